"""Which text of a delimited line is which column?"""

from __future__ import annotations

import csv

from chongzheng.settlement.formats.kinds import UNREAD, Unfit, narrow
from chongzheng.settlement.formats.layout import Field, Layout

CELLS_MAX = 2_000
CELL_CHARS_MAX = 65_536


class Delimited:
    """Splits lines; learns from the header, which is the first line that is no comment, where each column stands.

    `complaint`: what is wrong with the file as a whole: no header, or one without a column that is needed.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._delimiter = layout.delimiter
        self._places: dict[str, int] | None = None
        self._columns = 0
        self.complaint = "has no header line" if layout.header else ""
        if not layout.header:
            self._places = {f.name: int(f.columns[0]) - 1 for f in layout.fields if f.kind != UNREAD}

    def cells(self, line: bytes, text: str) -> dict[str, str] | None:
        """Field name to its text; None of the header, of a blank line, and after a header that will not do."""
        try:
            decoded = line.decode(self._layout.encoding)
        except UnicodeDecodeError:
            raise Unfit(f"is not {self._layout.encoding} text") from None
        if not decoded.strip(" \t\x1f"):
            return None
        if self._places is None:
            if self._columns == 0:
                self._learn(self._tagged(decoded, self._layout.header_tag, learning=True))
            return None
        cells = self._split(self._tagged(decoded, self._layout.row_tag))
        if self._columns and len(cells) != self._columns and not self._only_a_blank_more(cells):
            raise Unfit(f"has {len(cells)} columns where the header has {self._columns}")
        if max(self._places.values(), default=0) >= len(cells):
            raise Unfit(f"has only {len(cells)} columns")
        return {name: cells[place] if place >= 0 else "" for name, place in self._places.items()}

    def _only_a_blank_more(self, cells: list[str]) -> bool:
        """Some writers end every line with a delimiter, but not the header."""
        return len(cells) == self._columns + 1 and not cells[-1].strip()

    def _tagged(self, text: str, tag: str, learning: bool = False) -> str:
        """The text behind its tag; where the layout leaves the delimiter open, the header's tag is followed by it."""
        if not tag:
            return text
        if not text.startswith(tag):
            raise Unfit(f"does not begin with {tag}")
        if learning and not self._delimiter:
            self._delimiter = text[len(tag) : len(tag) + 1]
        return text[len(tag) :].removeprefix(self._delimiter)

    def _split(self, text: str) -> list[str]:
        opens = self._layout.opens
        if opens:
            if not text.startswith(opens):
                raise Unfit(f"does not begin with {opens}")
            return text[len(opens) :].split(self._delimiter + opens)
        if self._layout.quoted and '"' in text:
            return self._unquoted(text)
        return text.split(self._delimiter) if self._delimiter else [text]

    def _unquoted(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter or ",", strict=True))
        except csv.Error:
            raise Unfit("has a quotation mark that is not closed") from None

    def _learn(self, text: str) -> None:
        names = [narrow(name) for name in self._header(text)]
        self._columns = len(names)
        strange = [name for name in self._layout.never if name in names]
        if strange:
            self.complaint = f"has a column {strange[0]}; that is another kind of file"
            return
        places = {}
        for field in self._layout.fields:
            if field.kind == UNREAD:
                continue
            place = _place(field, names)
            if place is None:
                self.complaint = f"has no column {' or '.join(map(str, field.columns))} in its header"
                return
            places[field.name] = place
        self._places, self.complaint = places, ""

    def _header(self, text: str) -> list[str]:
        """A header carries no mark before each name; in some files it does, like the rows."""
        if self._layout.opens and text.startswith(self._layout.opens):
            return self._split(text)
        if self._layout.quoted and '"' in text:
            return self._unquoted(text)
        return text.split(self._delimiter) if self._delimiter else [text]


def _place(field: Field, names: list[str]) -> int | None:
    """Where the column stands, from 0; -1 of one that may be missing and is."""
    for column in field.columns:
        if isinstance(column, int) and column <= len(names):
            return column - 1
        if isinstance(column, str) and narrow(column) in names:
            return names.index(narrow(column))
    return -1 if field.missing else None
