"""Which parts of a message may be shown or kept, and what takes the place of the others?

Rule: what is not known to be harmless is hidden. The account number keeps its first 6 and last 4 digits.
"""

from chongzheng.iso8583 import tlv
from chongzheng.iso8583.message import Message, Value
from chongzheng.mistakes import TheirMistake

HIDDEN = "****"
REDACTED_FIELDS = frozenset({14, 34, 35, 36, 45, 52})  # never written anywhere: expiry, tracks, extended PAN, PIN block
_ACCOUNT, _CHIP, _TOTALS, _ORIGINAL, _OPERATOR = 2, 55, 48, 61, 63
_SHOWN = frozenset(
    {*range(3, 14), *range(15, 34), 37, 38, 39, 40, 41, 42, 43, 44, 49, 50, 51, 53, 60, 64, *range(66, 102), 128}
)
# chip data without account number, name, expiry or track: results, counters, cryptograms, terminal facts
_SHOWN_TAGS = frozenset(
    "82 84 8A 91 95 9A 9B 9C 5F2A 9F02 9F03 9F06 9F09 9F10 9F1A 9F1E".split()
    + "9F26 9F27 9F33 9F34 9F35 9F36 9F37 9F41 DF31".split()
)


def mask_account(number: str) -> str:
    """First 6 and last 4 characters, a star for each between; all stars when it is too short for that."""
    if len(number) < 13:
        return "*" * len(number)
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def _is_harmless(mti: str, number: int, text: str) -> bool:
    if number == _TOTALS:
        return mti[1:2] == "5" and text.isdecimal()  # batch totals of a settlement
    if number == _ORIGINAL:
        return len(text) in (12, 16) and text.isdecimal()  # batch, trace number and date of the original
    if number == _OPERATOR:
        return len(text) <= 3  # operator number or card brand
    return number in _SHOWN


def is_shown(msg: Message, number: int) -> bool:
    """Whether this field of this message may be shown and kept as it is."""
    value = msg.fields[number]
    if isinstance(value, bytes) and number not in (64, 128):
        return False
    return _is_harmless(msg.mti, number, msg.text(number))


def mask_chip(data: Value) -> str:
    """F55 as hex with the value of every element that is not known to be harmless in stars."""
    try:
        elements = tlv.parse(data if isinstance(data, bytes) else data.encode("latin-1"))
    except (TheirMistake, UnicodeEncodeError):
        return HIDDEN
    parts: list[str] = []
    for element in elements:
        size = len(element.value)
        head = tlv.build([element])[: -size or None].hex().upper()
        parts.append(head + (element.value.hex().upper() if element.tag in _SHOWN_TAGS else "*" * (2 * size)))
    return "".join(parts)


def _kept_chip(data: Value) -> bytes | None:
    if not isinstance(data, bytes):
        return None
    try:
        return tlv.keep(data) or None
    except TheirMistake:
        return None


def redact(msg: Message) -> Message:
    """The message as evidence may hold it: F2 masked, F55 cut to the reversal tags, all that is not harmless gone."""
    kept: dict[int, Value | None] = {}
    for number, value in msg.fields.items():
        if number == _ACCOUNT:
            kept[number] = mask_account(msg.text(number))
        elif number == _CHIP:
            kept[number] = _kept_chip(value)
        elif is_shown(msg, number):
            kept[number] = value
    return Message(msg.mti, {number: value for number, value in kept.items() if value is not None})
