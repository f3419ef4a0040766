"""What does a layout say: where each field of a file lies, what may stand there, what it means, and how the file ends?

A layout is a TOML text, ours (packaged beside this module) or an operator's; docs/settlement.md describes every word of
it. Nothing here reads a file: the caller hands the text in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from chongzheng.settlement.formats.kinds import Time

CELLS = "\x1f"
"""Between the cells of a row of a workbook, once it is text: no cell holds it."""


class Shape(StrEnum):
    """How a line falls into fields."""

    FIXED = "fixed"
    DELIMITED = "delimited"


class Container(StrEnum):
    """What a file may come wrapped in. `plain` also takes zip and gzip, which are told by their first bytes."""

    PLAIN = "plain"
    XLSX = "xlsx"


class Witness(StrEnum):
    """What a file is evidence of. Only the silence of a file of trades says something."""

    TRADES = "trades"
    FEES = "fees"
    DISPUTES = "disputes"


class Trade(StrEnum):
    """What a line of a layout without words of ISO 8583 may be; told in those words by `telling`."""

    SALE = "sale"
    VOID = "void"
    REFUND = "refund"
    REVERSAL = "reversal"
    VOID_REVERSAL = "reversal of a void"
    CREDIT = "credit adjustment"
    DEBIT = "debit adjustment"
    OTHER = "other"


MEANINGS = frozenset(
    "mti processing condition stan sent sent_day sent_time pan amount terminal merchant rrn code original_stan"
    " original_sent acquirer forwarder order theirs fee fee_back network_fee settled entry_mode mcc card_type"
    " original_order original_rrn error reason".split()
)
"""What a field can mean: the members of a Record, F7 in one piece or two, and `fee_back`, which lowers the fee."""

MONEY_MEANINGS = frozenset({"amount", "fee", "fee_back", "network_fee", "settled"})
TIME_MEANINGS = frozenset({"sent", "sent_day", "sent_time", "original_sent"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `at`, `length`: its place in bytes (fixed); `columns`: the names that its column may have, or its
    number from 1 (delimited). `part`: it lies inside a larger field, so no separator follows. `optional`: it may be
    blank; `missing`: its column may be absent. `must`: what it has to be; `values`: their words to ours, others to "".
    """

    name: str
    kind: str
    means: str = ""
    at: int = -1
    length: int = 0
    columns: tuple[str | int, ...] = ()
    optional: bool = False
    missing: bool = False
    part: bool = False
    must: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    time: Time | None = None

    @property
    def end(self) -> int:
        """The byte after the field."""
        return self.at + self.length


@dataclass(frozen=True, slots=True)
class Rule:
    """A line is `trade` when each field of `when` has one of its values, and the fields of `same` are equal.

    `gives`: for such lines, the fields from which these meanings come, the first that is not blank or zero; `channel`:
    whose trade it is, where that is not the layout's.
    """

    trade: Trade
    channel: str = ""
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    same: tuple[str, ...] = ()
    gives: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """What the file itself says it holds. `line`: a pattern with a group `count` and one for each sum; or `table`: the
    names of a header whose next line holds the values. `count` names the latter's column of the count; `sums`: group or
    column to the field that is added up; `of`: the trades that are counted, all if empty.
    """

    name: str
    line: re.Pattern[str] | None
    table: str
    count: str
    sums: tuple[tuple[str, str], ...]
    of: frozenset[Trade]
    form: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of file. `family`: the word under which variants of one file are one format; `days_back`:
    how many days before its clearing day a trade may have been sent; `day_line`: where the file states its day;
    `never`: columns that only another kind of file has; `nothing`: what stands where nothing is;
    `fee_by_trade`: the sign of a fee is not to be relied on, what gives back gets its fee back.
    """

    name: str
    family: str
    title: str
    channel: str
    witness: Witness
    shape: Shape
    encoding: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    closings: tuple[Closing, ...] = ()
    container: Container = Container.PLAIN
    file_name: re.Pattern[str] | None = None
    name_must: bool = False
    member: re.Pattern[str] | None = None
    day_line: re.Pattern[str] | None = None
    days_back: int = 1
    line_bytes: int = 0
    longer: bool = False
    fee_by_trade: bool = False
    separated: bool = False
    delimiter: str = ","
    opens: str = ""
    quoted: bool = True
    header: bool = True
    header_tag: str = ""
    row_tag: str = ""
    comment: str = ""
    never: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    skip: re.Pattern[str] | None = None
    sheet: str = ""

    def day_in_name(self, name: str) -> str | None:
        """The day (yyyymmdd) that a file of this name is of, "" when its name states none; None: not such a name."""
        found = self.file_name.fullmatch(name) if self.file_name is not None else None
        if found is None:
            return None
        stated = "".join(c for c in found.groupdict().get("day") or "" if c.isdigit())
        return f"20{stated}" if len(stated) == 6 else stated

    @property
    def is_parted(self) -> bool:
        """Whether each of several (merchants, accounts) has a file of the day, and its name says whose it is."""
        return self.file_name is not None and "part" in self.file_name.groupindex

    def part_in_name(self, name: str) -> str:
        """Whose file of the day it is, where its name says so (a group `part` in `file_name`)."""
        found = self.file_name.fullmatch(name) if self.file_name is not None else None
        return found.groupdict().get("part") or "" if found is not None else ""


def is_iso(fields: tuple[Field, ...]) -> bool:
    """Whether the file itself speaks ISO 8583: it states a message type."""
    return any(field.means == "mti" for field in fields)
