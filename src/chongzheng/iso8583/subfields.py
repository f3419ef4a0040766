"""What do the parts of F60, F61, F63 and F90 say?

Sources: the UnionPay POS field rules for F60 (type, batch, network management code), F61 (original batch, trace
number, date) and F63; the network rules for the reason in F60; ISO 8583:1987 for F90.
"""

from chongzheng.iso8583.message import Message

POS_DIALECTS = frozenset({"cup-pos", "cup-pos-billpay"})
ORIGINAL_DATA_DIGITS = 42


def _cut(text: str, *parts: tuple[str, int, int]) -> dict[str, str]:
    return {name: text[start:end] for name, start, end in parts}


def original_data(f90: str) -> dict[str, str]:
    """F90: original type 4, STAN 6, transmission time MMDDhhmmss 10, acquirer 11, forwarder 11 (42 digits)."""
    parts = (("mti", 0, 4), ("stan", 4, 10), ("transmission", 10, 20), ("acquirer", 20, 31), ("forwarder", 31, 42))
    return _cut(f90, *parts)


def _pos(msg: Message) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    if 60 in msg.fields:
        found[60] = _cut(msg.text(60), ("type", 0, 2), ("batch", 2, 8), ("netcode", 8, 11), ("rest", 11, 32))
    if 61 in msg.fields:
        found[61] = _cut(msg.text(61), ("batch", 0, 6), ("stan", 6, 12), ("date", 12, 16))
    if 63 in msg.fields:
        found[63] = _cut(msg.text(63), ("operator_or_brand", 0, 3), ("rest", 3, 512))
    return found


def subfields(msg: Message, dialect: str = "cup-pos") -> dict[int, dict[str, str]]:
    """The named parts of the fields that have them, by field number; parts that are not there are empty."""
    found = _pos(msg) if dialect in POS_DIALECTS else {}
    if dialect in ("cups", "cupd") and 60 in msg.fields:
        found[60] = _cut(msg.text(60), ("reason", 0, 4))
    if len(msg.text(90)) == ORIGINAL_DATA_DIGITS:
        found[90] = original_data(msg.text(90))
    return found
