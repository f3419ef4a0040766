"""What may evidence keep of a message, as canonical JSON bytes, at the price that every message of every payment pays?

The same bytes as the redacted message through `json`: keys sorted, no white space. For the usual message the text is
one template of its shape, filled in; whatever is unusual about a value takes the long way.
"""

import json
from collections.abc import Callable
from typing import Any

from chongzheng.iso8583.describe import HEX_MARK, to_json
from chongzheng.iso8583.masking import is_shown, mask_account, redact
from chongzheng.iso8583.message import Message, Value
from chongzheng.iso8583.tlv import keep
from chongzheng.mistakes import TheirMistake

SHAPES_MAX = 1024  # a gateway sees some dozens; made-up messages must not fill the memory
_ACCOUNT, _CHIP, _MACS = 2, 55, (64, 128)
_BY_VALUE = frozenset({48, 61, 63})  # fields whose value says whether they may be kept

Shape = tuple[str | int, ...]
_templates: dict[Shape, tuple[tuple[int, ...], str]] = {}


def evidence_json(msg: Message) -> bytes:
    """The redacted message as canonical JSON, UTF-8."""
    try:
        return _quickly(msg)
    except (AttributeError, TypeError, TheirMistake, ValueError):
        return carefully(msg)


def carefully(msg: Message) -> bytes:
    """The long way: redacted, described, written by `json`."""
    document = to_json(redact(msg))
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _quickly(msg: Message) -> bytes:
    """ValueError, or what else comes, when a value is not the usual one of its field."""
    shape: Shape = (msg.mti, *msg.fields)
    found = _templates.get(shape)
    if found is None:
        found = _template(msg, shape)
    numbers, template = found
    fields: dict[int, Any] = msg.fields
    values = [_READ[number](fields[number]) if number in _READ else fields[number] for number in numbers]
    text = "".join(values)
    if not (text.isascii() and text.isprintable()) or '"' in text or "\\" in text or HEX_MARK in text:
        raise ValueError
    return (template % tuple(values)).encode("ascii")


def _template(msg: Message, shape: Shape) -> tuple[tuple[int, ...], str]:
    """The kept fields in the order of the text and the text around them; remembered unless values decide that."""
    if not (msg.mti.isascii() and msg.mti.isdecimal()):
        raise ValueError
    kept = [n for n in msg.fields if n in (_ACCOUNT, _CHIP) or is_shown(msg, n)]
    kept.sort(key=str)
    inner = ",".join(f'"{number}":"%s"' for number in kept)
    made = tuple(kept), f'{{"fields":{{{inner}}},"mti":"{msg.mti}"}}'
    if _BY_VALUE.isdisjoint(msg.fields) and all(_is_usual(n, value) for n, value in msg.fields.items()):
        if len(_templates) >= SHAPES_MAX:
            _templates.pop(next(iter(_templates)), None)
        _templates[shape] = made
    return made


def _is_usual(number: int, value: Value) -> bool:
    return isinstance(value, bytes) is (number in (52, _CHIP, *_MACS))


def _account(value: str) -> str:
    return mask_account("".join((value,)))  # a TypeError when it is no text


def _chip(value: bytes) -> str:
    kept = keep(value)
    if not kept:
        raise ValueError  # then there is no F55 at all
    return kept.hex().upper()


def _mac(value: bytes) -> str:
    return value.hex().upper()


_READ: dict[int, Callable[[Any], str]] = {_ACCOUNT: _account, _CHIP: _chip, 64: _mac, 128: _mac}
