"""Which characters can the font of the papers draw, and what stands on the page for one that it cannot?

A name with a rare character must not become an empty box that could be any other: its number stands there instead.
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files

import pylopdf_fonts_zh_cn

from chongzheng.mistakes import OurMistake

FONT = "NotoSansSC-Regular.otf"
_UNICODE_FULL = 12
"""The format of a character map that holds more than the first 65,536."""
_MAP_HEAD = 16
_GROUP = 12


@cache
def drawn() -> frozenset[int]:
    """The numbers of all characters that the font has."""
    data = files(pylopdf_fonts_zh_cn).joinpath(FONT).read_bytes()
    table = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, table + 2)
    for n in range(count):
        (offset,) = struct.unpack_from(">I", data, table + 4 + 8 * n + 4)
        at = table + offset
        if struct.unpack_from(">H", data, at)[0] == _UNICODE_FULL:
            (groups,) = struct.unpack_from(">I", data, at + _MAP_HEAD - 4)
            spans = (struct.unpack_from(">III", data, at + _MAP_HEAD + _GROUP * n) for n in range(groups))
            return frozenset(number for first, last, _ in spans for number in range(first, last + 1))
    raise OurMistake("the font has no full character map", FONT)


def drawable(text: str) -> str:
    """The text with `[U+20BB7]` for every character that the font lacks, and a blank for what is not to be seen."""
    known = drawn()
    return "".join(c if ord(c) in known else f"[U+{ord(c):04X}]" if c.isprintable() else " " for c in text)


def _table(data: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for n in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * n)
        if tag == name:
            return int(offset)
    raise OurMistake("the font has no such table", name.decode())
