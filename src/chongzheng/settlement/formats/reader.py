"""What does a file of this layout hold, line by line? One reader for all layouts, ours and an operator's.

Bytes are counted before they are text: a line of fixed width is sliced and then decoded, a delimited one is decoded
and then split, because a byte of a Chinese character may look like a delimiter. A line that cannot be read becomes a
Problem that says where; all others are read all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.archive import unwrap
from chongzheng.settlement.formats.closing import Tally
from chongzheng.settlement.formats.delimited import Delimited
from chongzheng.settlement.formats.fixed import Fixed
from chongzheng.settlement.formats.kinds import (
    BLANK_IS_NOTHING,
    CARDS,
    MONEY,
    TIME,
    UNREAD,
    WORDS,
    Unfit,
    moment,
    narrow,
)
from chongzheng.settlement.formats.layout import Field, Layout, Shape
from chongzheng.settlement.formats.telling import Misplaced, Teller, Value
from chongzheng.settlement.line import Problem, Reading, Record

LINES_MAX = 5_000_000
"""More trades than this in one file of one acquirer is not a file of this kind."""
TAKEN_MAX = 2_048
"""Values of one field that are remembered while a file is read: codes, shops and times stand in it again and again."""
CONTENT_BYTES_MAX = 1 << 31
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""A delimited file that begins with it is UTF-8 whatever its layout says: somebody has saved it again."""


def keyless(pan: str) -> str:
    """What a card number's hash is where nobody gave the key."""
    return ""


def read(layout: Layout, data: bytes, name: str, day: str, hashed: Callable[[str], str] = keyless) -> Reading:
    """Read `data` as the file called `name` of clearing day `day` (yyyymmdd, a day that exists).

    `hashed`: keyed hash of a card number. No exception for anything that a file holds: what is wrong is a Problem.
    """
    try:
        content, inner = unwrap(data, name, layout.member, CONTENT_BYTES_MAX)
    except TheirMistake as mistake:
        return Reading((), (Problem(name, mistake.what),))
    if content.startswith(BYTE_ORDER_MARK) and layout.shape is Shape.DELIMITED:
        content, layout = content.removeprefix(BYTE_ORDER_MARK), replace(layout, encoding="utf-8")
    problems = list(_name_problems(layout, inner, day))
    if content.count(b"\n") > LINES_MAX:
        return Reading((), (*problems, Problem(name, f"has more than {LINES_MAX} lines")), name=inner)
    return _Pass(layout, day, hashed, problems).through(content, inner)


class _Pass:
    """One way through one file."""

    def __init__(self, layout: Layout, day: str, hashed: Callable[[str], str], problems: list[Problem]) -> None:
        self._layout = layout
        self._day = day
        self._teller = Teller(layout, day, hashed)
        self._tally = Tally(layout)
        self._problems = problems
        self._takes = tuple(
            (field.name, _taker(field, layout, day), dict[str, Value](), 0 if field.kind in CARDS else TAKEN_MAX)
            for field in layout.fields
            if field.kind != UNREAD
        )
        self._day_seen = layout.day_line is None
        framed = layout.day_line or layout.closings or layout.comment or layout.skip
        self._framed = bool(framed)

    def through(self, content: bytes, name: str) -> Reading:
        """All lines in order, then what the whole must be."""
        rows: Fixed | Delimited = (
            Delimited(self._layout) if self._layout.shape is Shape.DELIMITED else Fixed(self._layout)
        )
        records = []
        for number, line in _lines(content):
            record = self._line(rows, number, line)
            if record is not None:
                records.append(record)
        whole = content == b"" or rows.complaint == ""
        if not whole:
            self._problems.append(Problem(name, rows.complaint))
        elif not self._day_seen and content:
            self._problems.append(Problem(name, "does not say which day it is of"))
        spoiled = bool(self._problems)
        self._problems += self._tally.differences(name, spoiled)
        closed = self._tally.is_closed and not self._problems
        return Reading(tuple(records), tuple(self._problems), closed, name)

    def _line(self, rows: Fixed | Delimited, number: int, line: bytes) -> Record | None:
        """The record, or None and the problem is noted, or None of a line that is no trade."""
        try:
            text = line.decode("ascii" if line.isascii() else self._layout.encoding, "replace")
            if self._framed and self._is_frame(text, _where(number)):
                return None
            cells = rows.cells(line, text)
            if cells is None:
                return None
            values = self._values(cells)
            rule = self._teller.trade(values)
            record = self._teller.record(number, text, values, rule)
        except Misplaced as unfit:
            self._problems.append(Problem(_where(number), str(unfit), unfit.which))
        except Unfit as unfit:
            self._problems.append(Problem(_where(number), str(unfit)))
        else:
            self._tally.add(rule.trade if rule is not None else None, values)
            return record
        return None

    def _is_frame(self, text: str, where: str) -> bool:
        """Whether a line is about the file: its day, its totals, a comment."""
        layout = self._layout
        if layout.day_line is not None and (found := layout.day_line.search(text)):
            self._day_seen = True
            if "".join(found.groups()) != self._day:
                raise Misplaced(f"is the file of another day than {self._day}", "name")
            return True
        if self._tally.takes(text, where):
            return True
        comment = layout.comment and text.startswith(layout.comment)
        return bool(comment or (layout.skip is not None and layout.skip.search(text)))

    def _values(self, cells: dict[str, str]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        name = ""
        try:
            for name, take, taken, most in self._takes:
                text = cells[name]
                if text in taken:
                    values[name] = taken[text]
                    continue
                values[name] = found = take(text)
                if len(taken) < most:
                    taken[text] = found
        except Unfit as unfit:
            raise Misplaced(str(unfit), name) from None
        return values


def _where(number: int) -> str:
    return f"line {number}"


def _taker(field: Field, layout: Layout, day: str) -> Callable[[str], Value]:
    """Turns what stands in the field into its value."""
    take = _kind(field, layout, day)
    blank: Value = None if field.kind in MONEY or field.kind == TIME else ""
    may_be_blank = (field.optional or field.kind in BLANK_IS_NOTHING) and not (field.must and "" not in field.must)
    zeros_are_blank = field.optional and field.kind == TIME
    nothing = frozenset(("", *layout.nothing))

    def value(given: str) -> Value:
        text = narrow(given)
        if text in nothing and may_be_blank:
            return blank
        if zeros_are_blank and text.strip("0") == "":
            return blank
        try:
            return take(text)
        except Unfit as unfit:
            raise Unfit(f"{unfit} or blank") if field.optional else unfit from None

    return _checked(value, field) if field.must or field.values else value


def _checked(value: Callable[[str], Value], field: Field) -> Callable[[str], Value]:
    """The same for a field that must be one of some words, or whose words are turned into ours."""
    must, words = frozenset(field.must), dict(field.values)

    def checked(given: str) -> Value:
        found = value(given)
        if must and found not in must:
            raise Unfit(f"is not {' or '.join(field.must)}")
        return words.get(str(found), "") if words else found

    return checked


def _kind(field: Field, layout: Layout, day: str) -> Callable[[str], Value]:
    time = field.time
    if time is not None:
        return lambda text: moment(text, time, day, layout.days_back)
    return WORDS[field.kind] if field.kind in WORDS else MONEY[field.kind]


def _name_problems(layout: Layout, name: str, day: str) -> Iterator[Problem]:
    stated = layout.day_in_name(name)
    if stated is None and layout.name_must:
        yield Problem(name, f"is not named like {layout.title}", "name")
    elif stated and stated != day:
        yield Problem(name, f"is the file of another day than {day}", "name")


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line without its end). The last line may do without one."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield number, line.removesuffix(b"\r")
