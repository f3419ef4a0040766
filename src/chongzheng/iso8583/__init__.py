"""How do ISO 8583 bytes become messages, and messages bytes?"""

from chongzheng.iso8583.codes import RESPONSE_CODES, Code, meaning
from chongzheng.iso8583.describe import REDACTED_FIELDS, from_json, lines, redact, subfields, to_json
from chongzheng.iso8583.dialect import DIALECTS, Dialect, dialect
from chongzheng.iso8583.evidence import evidence_json
from chongzheng.iso8583.framing import (
    FRAME_BYTES_MAX,
    CupEnvelope,
    CupsHeader,
    Deframer,
    frame,
    join_cup,
    join_cups,
    one_frame,
    split_cup,
    split_cups,
)
from chongzheng.iso8583.keys import WorkingKeys, kcv, open_working_keys, seal_working_keys
from chongzheng.iso8583.mac import ALGORITHMS, check, field_mac, mac_block, mac_input, sign
from chongzheng.iso8583.message import Message, Value

__all__ = [
    "ALGORITHMS",
    "DIALECTS",
    "FRAME_BYTES_MAX",
    "REDACTED_FIELDS",
    "RESPONSE_CODES",
    "Code",
    "CupEnvelope",
    "CupsHeader",
    "Deframer",
    "Dialect",
    "Message",
    "Value",
    "WorkingKeys",
    "check",
    "dialect",
    "evidence_json",
    "field_mac",
    "frame",
    "from_json",
    "join_cup",
    "join_cups",
    "kcv",
    "lines",
    "mac_block",
    "mac_input",
    "meaning",
    "one_frame",
    "open_working_keys",
    "redact",
    "seal_working_keys",
    "sign",
    "split_cup",
    "split_cups",
    "subfields",
    "to_json",
]
