"""With which valid messages does fuzzing begin?

Made from the tables of all dialects and from the channel's kinds, so that mutants reach what stands behind the
decoder; recorded messages of others can be added. A start knows where each of its fields stands, which is what lets
a mutation lie about one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from chongzheng.gateway.channel import Kind
from chongzheng.gateway.translate import CUP_POS
from chongzheng.iso8583 import (
    DIALECTS,
    CupEnvelope,
    CupsHeader,
    Dialect,
    Message,
    Value,
    dialect,
    frame,
    join_cup,
    join_cups,
)
from chongzheng.iso8583.spec import Field, Layout, prefix_bytes
from chongzheng.iso8583.tlv import Element, build

STARTS_PER_DIALECT = 32
"""So few that their shapes stay compiled: what is measured is what mutants do to them."""
FIELDS_MAX = 14
CONTENT_MAX = 40
TYPES = "0100 0110 0200 0210 0220 0230 0400 0410 0420 0430 0800 0810 0820 0830".split()
USUAL = (2, 3, 4, 7, 11, 35, 37, 39, 41, 42, 49, 55, 60, 70, 90)
"""Fields that what stands behind the decoder looks at."""
CODES, MANAGEMENT = ("00", "10", "98", "A0"), ("001", "101", "161", "301")
PRINTABLE = "".join(map(chr, range(32, 127)))
ENVELOPE = CupEnvelope(bytes.fromhex("6000060000"), bytes.fromhex("603100310000"))
HEADER = CupsHeader("00010000", "48020000")
TAGS = ("95", "9F1E", "9F10", "9F36", "DF31", "9F26", "9F27", "5A", "57", "82", "9A", "9F02", "E1")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a field stands in a body, in bytes: its length prefix (none where both are equal) and its content."""

    field: Field
    prefix_at: int
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Start:
    """One valid body, its dialect, where its bitmap ends, and its fields in order."""

    dialect: Dialect
    body: bytes
    bitmap_end: int
    spans: tuple[Span, ...]


def start(spoken: Dialect, body: bytes) -> Start:
    """A valid body with its parts located. TheirMistake when it is not valid."""
    layout, msg = spoken.layout, spoken.decode(body)
    half = 8 if layout.bitmap == "binary" else 16
    first = body[layout.bitmap_at]
    long = first >> 7 if layout.bitmap == "binary" else int(chr(first), 16) >> 3
    at = bitmap_end = layout.bitmap_at + half * (1 + long)
    spans = []
    for number in sorted(msg.fields):
        field = layout.fields[number]
        content = at + (prefix_bytes(layout.lengths, field.prefix) if field.prefix else 0)
        end = content + _content_bytes(field, msg.fields[number])
        spans.append(Span(field, at, content, end))
        at = end
    return Start(spoken, body, bitmap_end, tuple(spans))


def _content_bytes(field: Field, value: Value) -> int:
    if field.kind in ("n", "z"):
        return (len(value) + 1) // 2
    if field.kind == "xn":
        return 1 + (len(value) - 1) // 2
    return 2 * len(value) if field.kind == "hex" else len(value)


def corpus(dice: Random, given: Iterable[tuple[str, bytes]] = ()) -> Mapping[str, Sequence[Start]]:
    """Starts of every dialect. `given`: more valid bodies, each with the name of its dialect."""
    found: dict[str, list[Start]] = {name: [] for name in DIALECTS}
    for name, body in given:
        found[name].append(start(dialect(name), body))
    kinds = list(CUP_POS.kinds.values())
    for name, starts in found.items():
        spoken = dialect(name)
        for turn in range(STARTS_PER_DIALECT):
            is_terminals = name.startswith("cup-pos") and turn % 2
            msg = _terminals(dice, spoken, dice.choice(kinds)) if is_terminals else _any(dice, spoken)
            starts.append(start(spoken, spoken.encode(msg)))
    return found


def wrap(spoken: Dialect, body: bytes) -> bytes:
    """The frame of a body, as it goes over the wire in its dialect."""
    framing = spoken.layout.framing
    if framing == "cup":
        return frame(join_cup(ENVELOPE, body))
    return frame(join_cups(HEADER, body) if framing == "cups" else body)


def chip(dice: Random, depth: int = 1) -> bytes:
    """Chip data, sometimes with templates inside templates."""
    elements = []
    for _ in range(dice.randrange(1, 7)):
        tag = dice.choice(TAGS)
        inner = chip(dice, depth + 1)[:60] if tag == "E1" and depth < 6 else dice.randbytes(dice.randrange(12))
        elements.append(Element(tag, inner))
    return build(elements)


def _any(dice: Random, spoken: Dialect) -> Message:
    layout = spoken.layout
    usual = [number for number in USUAL if number in layout.fields and dice.random() < 0.7]
    others = dice.sample(sorted(layout.fields), dice.randrange(FIELDS_MAX - 8))
    numbers = sorted({*usual, *others})
    return Message(dice.choice(TYPES), {number: content(dice, layout, layout.fields[number]) for number in numbers})


def _terminals(dice: Random, spoken: Dialect, kind: Kind) -> Message:
    """A request of this kind, or its reversal, as a terminal says it."""
    layout = spoken.layout
    numbers = sorted({*kind.needs, *dice.sample((2, 35, 52, 53, 55, 64), 3), 35})
    fields = {number: content(dice, layout, layout.fields[number]) for number in numbers}
    code = f"{kind.f60_1}{dice.randrange(10**6):06d}000"
    fixed: dict[int, Value] = {3: kind.f3, 25: kind.f25, 49: "156", 60: code, 61: f"{dice.randrange(10**16):016d}"}
    fields |= {number: value for number, value in fixed.items() if number in numbers}
    return Message("0400" if dice.random() < 0.3 else kind.mti, fields)


def content(dice: Random, layout: Layout, field: Field) -> Value:
    """A value that this field may hold, as its sender would fill it."""
    if field.number == 39 and field.size == 2:
        return dice.choice(CODES)
    if field.number == 70 or (field.number == 24 and field.size == 3):
        return dice.choice(MANAGEMENT).rjust(field.size, "0")
    if field.number == 55:
        data = chip(dice)[: min(field.size, 255)]
        return data if field.kind == "b" else data.decode("latin-1")
    low, high = (0, min(field.size, CONTENT_MAX)) if field.prefix else (field.size, field.size)
    if field.number in (2, 35):
        low = min(16, high)
    size = dice.randint(low, high)
    if field.kind == "b":
        return dice.randbytes(size)
    if field.kind == "hex":
        return dice.randbytes(field.size // 2)
    if field.kind == "xn":
        return "C" + "".join(dice.choices("0123456789", k=size - 1))
    digits = field.kind in ("n", "z") or field.number <= 33 or dice.random() < 0.5
    return "".join(dice.choices("0123456789" if digits else PRINTABLE, k=size))
