"""Which bytes of a line of fixed width are which field?"""

from __future__ import annotations

from operator import itemgetter

from chongzheng.settlement.formats.kinds import UNREAD, Unfit
from chongzheng.settlement.formats.layout import Layout
from chongzheng.settlement.formats.telling import Misplaced

BLANK = ord(" ")


class Fixed:
    """Slices lines. `complaint`: what is wrong with the file as a whole; nothing, for this shape."""

    complaint = ""

    def __init__(self, layout: Layout) -> None:
        self._bytes, self._longer = layout.line_bytes, layout.longer
        self._encoding = layout.encoding
        read = [field for field in layout.fields if field.kind != UNREAD]
        self._names = tuple(field.name for field in read)
        self._cut = itemgetter(*(slice(field.at, field.end) for field in read), slice(0))  # of one field alone: a tuple
        ends = {f.end for f in layout.fields if not f.part and f.end < layout.line_bytes}
        self._between = itemgetter(*sorted(ends), max(ends)) if layout.separated and ends else None
        self._blanks = (BLANK,) * (len(ends) + 1)

    def cells(self, line: bytes, text: str) -> dict[str, str]:
        """Field name to what stands there. Unfit: another length, or no separator where one belongs."""
        if len(line) != self._bytes and not (self._longer and len(line) > self._bytes):
            raise Unfit(f"has {len(line)} bytes, not {self._bytes}")
        if self._between is not None and (found := self._between(line)) != self._blanks:
            separators = set(found)
            if len(separators) != 1 or chr(min(separators)).isalnum():
                raise Unfit("has no separator where one belongs")
        if line.isascii():  # then a character is a byte, and the text can be sliced
            return dict(zip(self._names, self._cut(text), strict=False))
        return {name: self._decoded(part, name) for name, part in zip(self._names, self._cut(line), strict=False)}

    def _decoded(self, part: bytes, name: str) -> str:
        try:
            return part.decode(self._encoding)
        except UnicodeDecodeError:
            raise Misplaced(f"is not {self._encoding} text", name) from None
