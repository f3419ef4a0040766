"""What is a paper made of, whatever it says: sections of facts, prose and tables whose cells know what they are.

The same paper becomes pages (pdf) and sheets (workbook), so neither can say what the other does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chongzheng.reports.documents import Document, code, digest
from chongzheng.reports.tongue import NOTHING, Tongue, digits

TEXT, ID, HASH = "text", "id", "hash"
MONEY, INSTANT, COUNT, SHARE, SPAN = "money", "instant", "count", "share", "span"
FORMS = (TEXT, ID, HASH, MONEY, INSTANT, COUNT, SHARE, SPAN)
"""What a cell holds: free text; a name or long number, kept as text; hex digits; fen; epoch ms; a whole number; ppm;
ms."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A number of another form than its column's: where each row is measured in something else."""

    form: str
    value: int | None


Cell = str | int | Typed | None


@dataclass(frozen=True, slots=True)
class Column:
    """The word above it, the form of its cells (of FORMS), and its share of the width on a page (0: as needed)."""

    title: str
    form: str = TEXT
    width: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `name`: of its sheet; `note` stands under it; `empty` instead of it when it has no rows."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values in two columns of pairs, for what stands once."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Prose:
    """A sentence or two. `strong`: what the reader looks for first."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places for signatures and dates."""

    names: tuple[str, ...]


Block = Table | Facts | Prose | Signatures


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter with its blocks."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `about`: what it is about, in one line; `reference`: its subject; `as_of`: epoch ms; `key`: the
    public key that signs it, in hex, or ""."""

    document: Document
    title: str
    about: str
    reference: str
    as_of: int
    sections: tuple[Section, ...]
    key: str = ""

    @property
    def tongue(self) -> Tongue:
        """The language it is dressed in."""
        return Tongue(self.document.language)

    @property
    def digest(self) -> str:
        """The hash of what it says."""
        return digest(self.document)

    @property
    def code(self) -> str:
        """The code on its pages."""
        return code(self.digest)

    def tables(self) -> list[tuple[str, Table]]:
        """(chapter, table) of every table with rows."""
        found = [(part.title, block) for part in self.sections for block in part.blocks if isinstance(block, Table)]
        return [(title, table) for title, table in found if table.rows]


def spelt(tongue: Tongue, form: str, value: Cell) -> str:
    """A cell as it stands on a page."""
    if isinstance(value, Typed):
        unit = f" {tongue('元', 'CNY')}" if value.form == MONEY and value.value is not None else ""
        return spelt(tongue, value.form, value.value) + unit
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str):
        return value
    match form:
        case "money":
            return digits(value)
        case "instant":
            return tongue.clock(value)
        case "share":
            return tongue.share(value)
        case "span":
            return tongue.span(value)
        case _:
            return f"{value:,}"
