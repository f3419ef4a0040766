"""How does a person or another program read a message, and write one?

Values in JSON: digits and printable ASCII text as they are; text that is not printable ASCII as `hex:` and the bytes
on the wire; F52, F53, F55, F64 and F128, where they are bytes, as upper-case hex.
"""

from collections.abc import Mapping

from chongzheng.iso8583.codes import meaning
from chongzheng.iso8583.dialect import Dialect
from chongzheng.iso8583.masking import HIDDEN, REDACTED_FIELDS, is_shown, mask_account, mask_chip, redact
from chongzheng.iso8583.message import Message, Value
from chongzheng.iso8583.names import field_name
from chongzheng.iso8583.subfields import subfields
from chongzheng.mistakes import TheirMistake

__all__ = ["REDACTED_FIELDS", "from_json", "lines", "redact", "subfields", "to_json"]

HEX_FIELDS = frozenset({52, 53, 55, 64, 128})
HEX_MARK = "hex:"
FIELD_DIGITS_MAX = 3


def _is_plain(text: str) -> bool:
    return text.isascii() and (text.isprintable() or not text) and not text.startswith(HEX_MARK)


def _shown(number: int, value: Value, charset: str) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else HEX_MARK + value.encode(charset, "replace").hex().upper()
    if number in HEX_FIELDS:
        return value.hex().upper()
    text = value.decode("latin-1")
    return text if _is_plain(text) else HEX_MARK + value.hex().upper()


def _masked(msg: Message, number: int, charset: str) -> str:
    if number == 2:
        return mask_account(msg.text(number))
    if number == 55:
        return mask_chip(msg.fields[number])
    return _shown(number, msg.fields[number], charset) if is_shown(msg, number) else HIDDEN


def _charset(dialect: Dialect | None) -> str:
    return dialect.layout.charset if dialect else "latin-1"


def to_json(msg: Message, unmasked: bool = False, dialect: Dialect | None = None) -> dict[str, object]:
    """`{"mti", "fields": {"3": ...}}`, masked unless told otherwise; the dialect gives the charset of `hex:` text."""
    charset = _charset(dialect)
    fields = {
        str(number): _shown(number, msg.fields[number], charset) if unmasked else _masked(msg, number, charset)
        for number in sorted(msg.fields)
    }
    return {"mti": msg.mti, "fields": fields}


def _number(key: object) -> int:
    if not isinstance(key, str) or not key.isdecimal() or len(key) > FIELD_DIGITS_MAX or str(int(key)) != key:
        raise TheirMistake("every key must be a field number, 2 to 128", "fields")
    return int(key)


def _unhex(text: str, where: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise TheirMistake("is not hex", where) from None


def _is_bytes(number: int, dialect: Dialect | None) -> bool:
    if dialect is None or number not in dialect.layout.fields:
        return number in HEX_FIELDS - {53}  # bytes in ISO 8583:1993 only
    return dialect.layout.fields[number].kind in ("b", "hex")


def _value(number: int, text: object, dialect: Dialect | None) -> Value:
    where = f"fields.{number}"
    if not isinstance(text, str):
        raise TheirMistake("must be text", where)
    marked = text.startswith(HEX_MARK)
    if _is_bytes(number, dialect):
        if marked or number in HEX_FIELDS:
            return _unhex(text.removeprefix(HEX_MARK), where)
        if not text.isascii():
            raise TheirMistake("must be ASCII text or hex: and bytes", where)
        return text.encode("ascii")
    return _unhex(text.removeprefix(HEX_MARK), where).decode(_charset(dialect)) if marked else text


def from_json(doc: object, dialect: Dialect | None = None) -> Message:
    """The message of a document as `to_json(..., unmasked=True)` gives it; `TheirMistake` names what is wrong."""
    if not isinstance(doc, Mapping) or not isinstance(doc.get("fields"), Mapping):
        raise TheirMistake('must be an object with "mti" and "fields"', "document")
    mti = doc.get("mti")
    if not isinstance(mti, str):
        raise TheirMistake("must be four digits", "mti")
    numbers = {_number(key): text for key, text in doc["fields"].items()}
    return Message(mti, {number: _value(number, text, dialect) for number, text in numbers.items()})


def _remark(msg: Message, number: int, dialect: Dialect | None) -> str:
    if number == 39:
        code = meaning(msg.text(39))
        return f"{code.zh} / {code.en}" + (" (ambiguous)" if code.ambiguous else "")
    if not is_shown(msg, number):
        return ""
    parts = subfields(msg, dialect.name if dialect else "cup-pos").get(number, {})
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def lines(msg: Message, unmasked: bool = False, dialect: Dialect | None = None) -> list[str]:
    """A table for people, one line a field: number, name, value, and what its parts say."""
    document = to_json(msg, unmasked, dialect)["fields"]
    values = document if isinstance(document, dict) else {}
    table = [f"MTI  {msg.mti}"]
    for number in sorted(msg.fields):
        remark = _remark(msg, number, dialect)
        line = f"F{number:<3} {field_name(number):<30} {values[str(number)]}"
        table.append(f"{line}   ({remark})" if remark else line)
    return table
