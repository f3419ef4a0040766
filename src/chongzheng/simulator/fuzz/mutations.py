"""How does a valid message become one that nobody should send?

Some mutations know the layout: they lie in a length or in the bitmap, exchange, repeat or drop fields. The others
know nothing. Each takes the dice, a start and its relatives, and gives bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from chongzheng.iso8583 import Message, careful
from chongzheng.iso8583.spec import length_bytes
from chongzheng.simulator.fuzz.corpus import PRINTABLE, TYPES, Start, chip, content

GARBAGE_BYTES_MAX = 600
CUNNING = (0x00, 0x01, 0x0A, 0x1C, 0x20, 0x22, 0x2B, 0x2D, 0x2F, 0x30, 0x39, 0x3A, 0x41, 0x5C, 0x66, 0x7F, 0x80, 0xA0,
           0xB2, 0xD0, 0xF0, 0xFE, 0xFF)  # fmt: skip
"""Bytes at the borders of what fields may hold."""
WORDS = (b"hex:", b"hex:zz", b"hex:00", b"NK", b"NKzz", b"%s", b"\x00", b"+1", b" 1", b"1 ", b"_", b"\xb2", b"D", b"=")
"""Texts that mean something to one of our own programs."""
BAD_LENGTHS = (b"\x81", b"\x82\xff", b"\x83\xff\xff\xff", b"\x80")
"""Of chip data: cut off, or in a form that is not used."""
AGAIN = 0.25

Mutation = Callable[[Random, Start, Sequence[Start]], bytes]


def flip(dice: Random, body: bytes) -> bytes:
    """A few bits of any bytes turned over."""
    changed = bytearray(body)
    for _ in range(dice.randrange(1, 5) if changed else 0):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def spoil(dice: Random, body: bytes) -> bytes:
    """Cunning bytes instead of some, or words in the midst, or a piece taken out."""
    at = dice.randrange(len(body) + 1)
    kind = dice.randrange(4)
    if kind == 0:
        return body[:at] + bytes(dice.choices(CUNNING, k=dice.randrange(1, 4))) + body[at + 1 :]
    if kind == 1:
        return body[:at] + dice.choice(WORDS) + body[at:]
    if kind == 2:
        return body[:at] + body[at + dice.randrange(1, 9) :]
    word = dice.choice(WORDS)
    return body[:at] + word + body[at + len(word) :]


def _same(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return one.body


def _flip(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return flip(dice, one.body)


def _spoil(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return spoil(dice, one.body)


def _cut(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return one.body[: dice.randrange(len(one.body))]


def _longer(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return one.body + dice.randbytes(dice.randrange(1, 20))


def _garbage(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    return dice.randbytes(dice.randrange(GARBAGE_BYTES_MAX))


def _length_lie(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    told = [span for span in one.spans if span.field.prefix]
    if not told:
        return flip(dice, one.body)
    span = dice.choice(told)
    width = span.at - span.prefix_at
    if dice.random() < 0.3:
        lie = bytes(dice.choices(CUNNING, k=width))
    else:
        real, most = span.end - span.at, _longest(one.dialect.layout.lengths, width)
        lengths = (0, 1, real - 1, real + 1, 2 * real, span.field.size, span.field.size + 1, most)
        told_as = min(most, max(0, dice.choice(lengths)))
        lie = length_bytes(one.dialect.layout.lengths, span.field.prefix, told_as)
    return one.body[: span.prefix_at] + lie + one.body[span.at :]


def _longest(lengths: str, width: int) -> int:
    """The largest length that a prefix of so many bytes can say."""
    return int({"bcd": 100, "ascii": 10, "binary": 256}[lengths] ** width) - 1


def _bitmap_lie(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    layout = one.dialect.layout
    at, end = layout.bitmap_at, one.bitmap_end
    changed = bytearray(one.body)
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(at, end) if dice.random() < 0.8 else at
        if layout.bitmap == "hex":
            changed[place] = dice.choice(b"0123456789abcdefABCDEFgG ")
        else:
            changed[place] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _no_fields_beyond(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    """The bit that announces a second half, and a half without a bit."""
    layout = one.dialect.layout
    at, half = layout.bitmap_at, 8 if layout.bitmap == "binary" else 16
    if one.bitmap_end - at > half:
        return flip(dice, one.body)
    changed = bytearray(one.body)
    if layout.bitmap == "binary":
        changed[at] |= 0x80
        return bytes(changed[: at + half] + bytes(8) + changed[at + half :])
    changed[at] = ord(f"{int(chr(changed[at]), 16) | 8:X}")
    return bytes(changed[: at + half] + b"0" * 16 + changed[at + half :])


def _swap(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    if len(one.spans) < 2:
        return flip(dice, one.body)
    first, second = sorted(dice.sample(one.spans, 2), key=lambda span: span.prefix_at)
    body, whole = one.body, dice.random() < 0.5
    begin, middle = (first.prefix_at, second.prefix_at) if whole else (first.at, second.at)
    left, right = body[begin : first.end], body[middle : second.end]
    return body[:begin] + right + body[first.end : middle] + left + body[second.end :]


def _repeat(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    if not one.spans:
        return one.body * 2
    span = dice.choice(one.spans)
    return one.body[: span.end] + one.body[span.prefix_at : span.end] * dice.randrange(1, 3) + one.body[span.end :]


def _drop(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    if not one.spans:
        return b""
    span = dice.choice(one.spans)
    return one.body[: span.prefix_at] + one.body[span.end :]


def _splice(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    other = dice.choice(others).body
    return one.body[: dice.randrange(len(one.body) + 1)] + other[dice.randrange(len(other) + 1) :]


def _type(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    layout = one.dialect.layout
    if dice.random() < 0.3:
        return dice.randbytes(layout.bitmap_at) + one.body[layout.bitmap_at :]
    digits = dice.choice(TYPES) if dice.random() < 0.9 else "".join(dice.choices("0123456789", k=4))
    raw = bytes.fromhex(digits) if layout.mti == "bcd" else digits.encode(layout.charset)
    return raw + one.body[layout.bitmap_at :]


def _refill(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    """Another content, of another length where that varies: as a rule valid."""
    if not one.spans:
        return one.body
    span, layout = dice.choice(one.spans), one.dialect.layout
    field = span.field
    value = content(dice, layout, field)
    if field.kind == "ans" and dice.random() < 0.5:
        sort = dice.randrange(3)
        letters = PRINTABLE if sort else bytes(range(256)).decode(layout.charset)
        size = len(value) if not field.prefix else dice.choice((0, 1, len(value), field.size))
        value = "".join(dice.choices(letters, k=size))
        if sort == 2 and size >= 4:
            value = ("hex:" + "".join(dice.choices("0123456789abcxz", k=size - 4)))[:size]
    return one.body[: span.prefix_at] + _written(one, span.field.number, value) + one.body[span.end :]


def _written(one: Start, number: int, value: str | bytes) -> bytes:
    """The bytes of one field with its prefix: those behind the bitmap of a message that has no other."""
    layout = one.dialect.layout
    half = 8 if layout.bitmap == "binary" else 16
    alone = careful.write(layout, Message("0200", {number: value}))
    return alone[layout.bitmap_at + half * (2 if number > 64 else 1) :]


def _huge(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    """A field as long as its prefix can say, or a number as large as its place can hold."""
    if not one.spans:
        return one.body
    span, layout = dice.choice(one.spans), one.dialect.layout
    fill = bytes([dice.choice((0x39, 0x99, 0xFF, 0xF9, 0x00))])
    if not span.field.prefix:
        return one.body[: span.at] + fill * (span.end - span.at) + one.body[span.end :]
    packed = span.field.kind in ("n", "z")
    size = span.field.size
    prefix = length_bytes(layout.lengths, span.field.prefix, size)
    filled = fill * ((size + 1) // 2 if packed else size)
    return one.body[: span.prefix_at] + prefix + filled + one.body[span.end :]


def _chip(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    """Chip data with lies of its own, under a length that is true."""
    span = next((span for span in one.spans if span.field.number == 55), None)
    if span is None:
        return flip(dice, one.body)
    data = bad_chip(dice)[: min(255, span.field.size)]
    prefix = length_bytes(one.dialect.layout.lengths, span.field.prefix, len(data))
    return one.body[: span.prefix_at] + prefix + data + one.body[span.end :]


def bad_chip(dice: Random) -> bytes:
    """Chip data that may break any rule of its own."""
    data = chip(dice)
    match dice.randrange(6):
        case 0:
            return b"".join(b"\xe1" + bytes([2 * n]) for n in range(dice.randrange(1, 9), -1, -1))
        case 1:
            return bytes([dice.choice((0x82, 0x95))]) + dice.choice(BAD_LENGTHS)
        case 2:
            return b"\x82\x00" * dice.randrange(60, 70)
        case 3:
            return flip(dice, data)
        case 4:
            return spoil(dice, data)
    return data


MUTATIONS: tuple[Mutation, ...] = (
    _same, _flip, _flip, _spoil, _spoil, _cut, _longer, _garbage, _length_lie, _length_lie, _bitmap_lie, _bitmap_lie,
    _no_fields_beyond, _swap, _repeat, _drop, _splice, _type, _refill, _refill, _refill, _huge, _chip,
)  # fmt: skip


def mutant(dice: Random, one: Start, others: Sequence[Start]) -> bytes:
    """One body made of `one`, sometimes spoiled twice."""
    body = dice.choice(MUTATIONS)(dice, one, others)
    return spoil(dice, body) if dice.random() < AGAIN else body
