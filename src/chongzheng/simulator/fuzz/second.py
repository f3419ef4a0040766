"""Does another library understand the same bytes in the same way? pyiso8583, where it can say what our tables say.

It shares nothing with us. Where both accept, every field is equal. Where it accepts and we refuse, the reason is one
of those listed here: it does not ask whether digits are digits. Where we accept, so does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from chongzheng.iso8583 import DIALECTS, Message, dialect
from chongzheng.iso8583.spec import Field, Layout, prefix_bytes
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fuzz.promises import Broken, hold

STRICTER = ("holds a character that is not a digit", "the pad nibble is not zero")
"""What we refuse and the other library does not look at."""
UNSPEAKABLE = "xn"
"""A sign in front of packed digits: the other library has no such kind."""

Reader = Callable[[bytes], Mapping[str, str]]


def is_installed() -> bool:
    """Whether the other library is there."""
    return find_spec("iso8583") is not None


def _entry(layout: Layout, field: Field) -> dict[str, Any]:
    packed = field.kind in ("n", "z")
    entry: dict[str, Any] = {
        "data_enc": "b" if packed or field.kind == "b" else layout.charset,
        "len_enc": {"bcd": "bcd", "ascii": "ascii", "binary": "b"}[layout.lengths],
        "len_type": prefix_bytes(layout.lengths, field.prefix) if field.prefix else 0,
        "len_count": "nibbles" if packed else "bytes",
        "max_len": field.size,
        "desc": "",
    }
    if packed:
        entry["left_pad" if field.pad_left else "right_pad"] = "0"
    return entry


def spec_of(layout: Layout) -> dict[str, Any]:
    """One of our tables as a pyiso8583 specification; packed lengths count half bytes."""
    none = {"len_enc": "bcd", "len_type": 0, "desc": ""}
    bitmap = {"data_enc": "b", "max_len": 8} if layout.bitmap == "binary" else {"data_enc": "ascii", "max_len": 16}
    mti = {"data_enc": "b", "max_len": 2} if layout.mti == "bcd" else {"data_enc": layout.charset, "max_len": 4}
    spec: dict[str, Any] = {"h": {"data_enc": "b", "max_len": 0, **none}, "t": {**mti, **none}}
    spec |= {"p": {**bitmap, **none}, "1": {**bitmap, **none}}
    return spec | {str(field.number): _entry(layout, field) for field in layout.fields.values()}


class Second:
    """The other library with our tables."""

    def __init__(self) -> None:
        import iso8583

        self._library = iso8583
        self._specs = {name: spec_of(dialect(name).layout) for name in DIALECTS}

    def agrees(self, name: str, body: bytes, ours: Message | None) -> bool:
        """Broken when the two contradict each other; False when there is nothing to compare."""
        layout = dialect(name).layout
        fields = () if ours is None else ours.fields
        if any(layout.fields[number].kind == UNSPEAKABLE for number in fields):
            return False
        try:
            theirs, _ = self._library.decode(body, self._specs[name])
        except (self._library.DecodeError, KeyError) as error:  # KeyError: the bitmap names a field of no table
            if ours is not None:
                raise Broken(f"the other library refuses what we accept ({type(error).__name__})") from None
            return True
        if ours is None:
            return self._refused_for_a_reason(name, body, theirs)
        values = {key: _alike(layout, key, value) for key, value in theirs.items() if key not in ("h", "t", "p", "1")}
        hold(theirs["t"] == ours.mti, "both libraries read the same message type")
        hold(values == _as_theirs(ours), "both libraries read the same values")
        return True

    def _refused_for_a_reason(self, name: str, body: bytes, theirs: Mapping[str, str]) -> bool:
        layout = dialect(name).layout
        if any(key.isdigit() and int(key) in layout.fields and layout.fields[int(key)].kind == UNSPEAKABLE
               for key in theirs):  # fmt: skip
            return False
        try:
            dialect(name).decode(body)
        except TheirMistake as mistake:
            hold(mistake.what in STRICTER, f"we refuse what the other library accepts: {mistake.where}: {mistake.what}")
        return True


def _alike(layout: Layout, key: str, value: str) -> str:
    """Hex that is text to them is bytes to us, whatever its case."""
    return value.upper() if layout.fields[int(key)].kind == "hex" else value


def _as_theirs(msg: Message) -> dict[str, str]:
    """Our values in their terms: bytes as hex in capitals."""
    return {str(n): value.hex().upper() if isinstance(value, bytes) else value for n, value in msg.fields.items()}
