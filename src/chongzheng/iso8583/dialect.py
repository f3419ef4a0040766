"""How does one dialect turn a body into a message and back, fast where it can and exact where it must?"""

from typing import Any, TypeVar

from chongzheng.iso8583 import careful
from chongzheng.iso8583.decoding import Decoder, compile_decoder
from chongzheng.iso8583.encoding import Encoder, compile_encoder
from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import Layout, prefix_bytes, read_tables
from chongzheng.iso8583.specs import TABLES
from chongzheng.mistakes import TheirMistake

HEX_CHARACTERS = "0123456789ABCDEFabcdef"
COMPILED_SHAPES_MAX = 128  # a dialect in use has some dozens; a flood of made-up bitmaps must not fill the memory
SIGHTS_TO_COMPILE = 8  # compiling a shape costs as much as reading it carefully some sixty times
SIGHTED_SHAPES_MAX = 1024  # shapes whose sights are counted

_Made = TypeVar("_Made")


def _remember(cache: dict[Any, _Made], key: object, made: _Made, limit: int = COMPILED_SHAPES_MAX) -> None:
    """Adds to a cache that forgets its oldest entry when it is full."""
    if len(cache) >= limit:
        cache.pop(next(iter(cache)), None)
    cache[key] = made


def _shape_ends(layout: Layout) -> tuple[int, ...]:
    """For every first byte of a bitmap, where type, bitmap and the length of F2 end in a body."""
    ends: list[int] = []
    for first in range(256):
        if layout.bitmap == "binary":
            half, bits = 8, first >> 6
        else:
            half, bits = 16, (int(chr(first), 16) if chr(first) in HEX_CHARACTERS else 0) >> 2
        account = prefix_bytes(layout.lengths, layout.fields[2].prefix) if bits & 1 else 0
        ends.append(layout.bitmap_at + half * (1 + (bits >> 1)) + account)
    return tuple(ends)


class Dialect:
    """One dialect: `name`, `layout`, and the two directions between a body (type to last field) and a message."""

    __slots__ = ("_at", "_decoders", "_encoders", "_ends", "_sights", "layout", "name")

    def __init__(self, layout: Layout) -> None:
        self.name = layout.name
        self.layout = layout
        self._at = layout.bitmap_at
        self._ends = _shape_ends(layout)
        self._decoders: dict[bytes, Decoder] = {}
        self._encoders: dict[tuple[str | int, ...], Encoder] = {}
        self._sights: dict[object, int] = {}

    def __repr__(self) -> str:
        """The name."""
        return f"Dialect({self.name!r})"

    def decode(self, body: bytes) -> Message:
        """The message in `body`; `TheirMistake` names the field that breaks a rule of the dialect."""
        try:
            return self._decoders[body[: self._ends[body[self._at]]]](body)
        except (IndexError, KeyError, ValueError):
            return self._decode_carefully(bytes(body))

    def _decode_carefully(self, body: bytes) -> Message:
        """Reads field by field; a shape is compiled only once valid messages had it often, so garbage costs little."""
        msg = careful.read(self.layout, body)
        start = self._ends[body[self._at]]
        if self._is_usual(body[:start]):
            _remember(self._decoders, body[:start], compile_decoder(self.layout, msg, start))
        return msg

    def encode(self, msg: Message) -> bytes:
        """The bytes of `msg`; `TheirMistake` names the field that breaks a rule of the dialect."""
        fields = msg.fields
        try:
            return self._encoders[msg.mti, *fields](fields)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return self._encode_carefully(msg)

    def _encode_carefully(self, msg: Message) -> bytes:
        body = careful.write(self.layout, msg)
        shape = (msg.mti, *msg.fields)
        if self._is_usual(shape):
            _remember(self._encoders, shape, compile_encoder(self.layout, msg.mti, tuple(msg.fields)))
        return body

    def _is_usual(self, shape: object) -> bool:
        """Whether a shape was seen so often that compiling it pays."""
        sights = self._sights.pop(shape, 0) + 1
        _remember(self._sights, shape, sights, SIGHTED_SHAPES_MAX)
        return sights >= SIGHTS_TO_COMPILE


_DIALECTS = {name: Dialect(layout) for name, layout in read_tables(TABLES).items()}
DIALECTS: tuple[str, ...] = tuple(_DIALECTS)


def dialect(name: str) -> Dialect:
    """The dialect of this name; `TheirMistake` lists the names when there is none."""
    found = _DIALECTS.get(name)
    if found is None:
        raise TheirMistake(f"no such dialect, there are {', '.join(DIALECTS)}", "dialect")
    return found
