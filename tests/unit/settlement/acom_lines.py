"""How do the tests write ACOM lines without the code that reads them?"""

from hashlib import sha256

from chongzheng.settlement.line import Record

DAY = "20261122"
NAME = "IND26112201ACOM"
PAN = "6222021234567890"
MASKED = "622202******7890"
TERMINAL, MERCHANT = "T0000001", "898110000000001"


def line(
    stan: str = "000001",
    sent: str = "1122100000",
    fen: int = 100,
    mti: str = "0200",
    processing: str = "000000",
    terminal: str = TERMINAL,
    merchant: str = MERCHANT,
    rrn: str = "RRN000000001",
    condition: str = "00",
    original: str = "000000",
    original_sent: str = "0000000000",
    code: str = "00",
    pan: str = PAN,
    other: bytes = b"",
    between: str = " ",
) -> bytes:
    """One line, its fields joined in order: an independent reading of the layout, by lengths instead of offsets."""
    fields = [
        "48020000".ljust(11),
        "48020000".ljust(11),
        stan,
        sent,
        pan.ljust(19),
        f"{fen:012d}",
        "0" * 12,
        "0" * 12,
        mti,
        processing,
        "5411",
        terminal.ljust(8),
        merchant.ljust(15),
        rrn.ljust(12),
        condition.ljust(2),
        "A00001",
        "01020000".ljust(11),
        original,
        code.ljust(2),
        "051",
        "0" * 12,
        "0" * 12,
        "D" + "0" * 11,
        "0",
        "001",
        "5",
        "0",
        original_sent,
        "01020000".ljust(11),
        "0",
        "01",
        "00",
        "0" * 12,
    ]
    return between.join(fields).encode() + between.encode() + other.ljust(14)


def reversal(stan: str = "000001", sent: str = "1122100100", of: str = "1122100000", **more: object) -> bytes:
    """The line of a reversal; it carries the trace number of its original, as on the wire."""
    return line(stan=stan, sent=sent, mti="0420", original=stan, original_sent=of, **more)  # type: ignore[arg-type]


def joined(*lines: bytes) -> bytes:
    """A file of these lines."""
    return b"".join(one + b"\n" for one in lines)


def control(data: bytes, records: int, fen: int, day: str = DAY) -> bytes:
    """The control file of `data`."""
    return f"day={day}\nrecords={records}\namount_fen={fen}\nsha256={sha256(data).hexdigest()}\n".encode()


def record(number: int = 1, **changes: object) -> Record:
    """A sale as the reader would give it."""
    values: dict[str, object] = {
        "number": number,
        "mti": "0200",
        "processing": "000000",
        "condition": "00",
        "stan": "000001",
        "sent_at": f"{DAY}100000",
        "masked_pan": MASKED,
        "amount_fen": 100,
        "terminal": TERMINAL,
        "merchant": MERCHANT,
        "rrn": "RRN000000001",
        "code": "00",
        "original_stan": "",
        "original_sent_at": "",
        "text": f"text of line {number}",
    }
    return Record(**{**values, **changes})  # type: ignore[arg-type]


def reversed_record(number: int = 2, **changes: object) -> Record:
    """The record of a reversal of `record()`."""
    own: dict[str, object] = {
        "mti": "0420",
        "sent_at": f"{DAY}100100",
        "original_stan": "000001",
        "original_sent_at": f"{DAY}100000",
    }
    return record(number, **{**own, **changes})
