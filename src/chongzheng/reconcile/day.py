"""What do the matched files of a day, or of several, show, whatever their size?

SQL settles what is certain and clean by itself and finds the closure of the rest; the pure rule decides about that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile import tables
from chongzheng.reconcile.engine import Engine
from chongzheng.reconcile.statements import statements
from chongzheng.settlement import digest
from chongzheng.settlement.breaks import Break, Difference
from chongzheng.settlement.differences import differences
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Fit, Match, Matching, match
from chongzheng.settlement.windows import HOUSE, Windows

GROUP_ROWS_MAX = 20_000
"""Doubtful rows that the pure rule gets at once, unless one place alone has more."""
PLACE_ROWS_MAX = 1_000_000
"""Doubtful rows of one place; with more, these are not the files of the same days."""
ROUNDS_MAX = 64
"""A chain of names longer than this joins what has nothing to do with each other."""
NAME = "VARCHAR(255)"
"""Every engine reads this as text."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Result:
    """`matched` lines with a payment, `sure` those of them that SQL settled by itself, `doubtful` lines that the pure
    rule decided about; `carried` payments about which a later file decides; `digest` 32 hexadecimal digits that do not
    depend on engine, threads or order.
    """

    ours: int = 0
    theirs: int = 0
    sure: int = 0
    matched: int = 0
    doubtful: int = 0
    carried: int = 0
    differences: list[Difference] = field(default_factory=list)
    digest: str = ""


class _Row(NamedTuple):
    """A doubtful payment or line with its place; nothing in it is about anything in another place."""

    place: tuple[str, str, str]
    one: Candidate | Record

    def sorted_by(self) -> tuple[str, str, str]:
        return self.place


@dataclass(slots=True)
class _Decided:
    """What the pure rule said so far: `matched` lines, the `total` of its matches' fingerprints, and the rest."""

    matched: int = 0
    total: int = 0
    differences: list[Difference] = field(default_factory=list)
    carried: int = 0
    lines: int = 0


def matched(engine: Engine, ours: Path, theirs: Path, records: Sequence[Record], windows: Windows = HOUSE) -> Matching:
    """What match.match says about the lines in `theirs`, which are `records`, and the payments in `ours`."""
    _sieve(engine, ours, theirs, windows, lambda phase: None)
    by_number = {record.number: record for record in records}
    found = [
        Match(by_number[number], payment, Fit(fit)) for number, payment, fit in engine.rows(statements()["sure_pairs"])
    ]
    breaks: list[Break] = []
    for candidates, doubtful in _groups(engine):
        matching = match([by_number[record.number] for record in doubtful], candidates, windows)
        found += matching.matches
        breaks += matching.breaks
    found.sort(key=lambda one: (one.record.number, one.payment))
    breaks.sort(key=lambda one: one.record.number)
    return Matching(tuple(found), tuple(breaks))


def reconcile(
    engine: Engine,
    ours: Path,
    theirs: Path,
    file_days: Set[str],
    rest_days: Set[str] = frozenset(),
    say: Say = lambda phase: None,
    windows: Windows = HOUSE,
) -> Result:
    """Compare the payments in `ours` with the lines in `theirs`, the complete files of `file_days` (yyyymmdd).

    TheirMistake: a file that is no such table, a card number in the clear, a payment or a line number twice.
    """
    rows = _sieve(engine, ours, theirs, windows, say)
    say("groups")
    decided = _decide(engine, file_days, rest_days, windows)
    say("digest")
    ((sure, total),) = engine.rows(statements()["sure"])
    decided.differences.sort(key=lambda one: (one.record_number, one.payment, one.type, one.fen))
    total = int(total) + decided.total + digest.of_differences(decided.differences)
    return Result(
        ours=rows[0],
        theirs=rows[1],
        sure=sure,
        matched=sure + decided.matched,
        doubtful=decided.lines,
        carried=decided.carried,
        differences=decided.differences,
        digest=digest.shown(total),
    )


def _sieve(engine: Engine, ours: Path, theirs: Path, windows: Windows, say: Say) -> tuple[int, int]:
    """Rows of ours and of theirs."""
    say("reading")
    for side, path in (("ours", ours), ("theirs", theirs)):
        engine.load(f"raw_{side}", path, tables.SIDES[side])
        engine.run(statements()[side])
    rows = _rows(engine, "ours", ours), _rows(engine, "theirs", theirs)
    _tell_windows(engine, windows)
    say("pairs")
    engine.run(statements()["paired"])
    say("closure")
    engine.run(statements()["doubtful_ours"])
    engine.run(statements()["doubtful_theirs"])
    _close(engine)
    return rows


def _rows(engine: Engine, side: str, path: Path) -> int:
    """How many rows a side has; TheirMistake when one of them cannot be used."""
    ((rows,),) = engine.rows(statements()[f"rows_of_{side}"])
    ((nameless,),) = engine.rows(statements()[f"nameless_{side}"])
    ((unmasked,),) = engine.rows(statements()[f"unmasked_{side}"])
    if nameless:
        raise TheirMistake(f"has {nameless} rows without a name or a channel", path.name)
    if unmasked:
        raise TheirMistake(f"has {unmasked} card numbers in the clear; mask or hash them first", path.name)
    return int(rows)


def _tell_windows(engine: Engine, windows: Windows) -> None:
    """What the windows say, as tables: the SQL text knows no calendar."""
    engine.run(f"CREATE TABLE near_days (channel {NAME}, sent_day {NAME}, day {NAME})")
    engine.run(f"CREATE TABLE tolerances (channel {NAME}, fen BIGINT)")
    engine.run(f"CREATE TABLE touched (channel {NAME}, shop {NAME}, till {NAME}, what {NAME}, name {NAME})")
    sent_days = list(engine.rows(statements()["sent_days"]))
    near = [(channel, sent, day) for channel, sent in sent_days for day in sorted(windows.of(channel).around(sent))]
    tolerances = [
        (channel, windows.of(channel).tolerance_fen) for channel in sorted({channel for channel, _ in sent_days})
    ]
    _insert(engine, "near_days", near)
    _insert(engine, "tolerances", tolerances)


def _insert(engine: Engine, table: str, rows: Sequence[tuple[str | int, ...]]) -> None:
    def quoted(value: str | int) -> str:
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    if rows:
        values = ", ".join(f"({', '.join(map(quoted, row))})" for row in rows)
        engine.run(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - the table is ours, the values are quoted


def _close(engine: Engine) -> None:
    """Let doubt spread along shared names until nothing new shares one."""
    for _ in range(ROUNDS_MAX):
        engine.run(statements()["fresh"])
        ((fresh,),) = engine.rows("SELECT count(*) FROM fresh")
        if fresh:
            engine.run(statements()["touch"])
            for side in tables.SIDES:
                for step in ("hit", "spread", "grow"):
                    engine.run(statements()[f"{step}_{side}"])
                engine.run(f"DROP TABLE hit_{side}")
                engine.run(f"DROP TABLE spread_{side}")
        engine.run("DROP TABLE fresh")
        if not fresh:
            return
    raise TheirMistake(f"has more than {ROUNDS_MAX} trades in a row that share a number with the next", "theirs")


def _decide(engine: Engine, file_days: Set[str], rest_days: Set[str], windows: Windows) -> _Decided:
    decided = _Decided()
    for candidates, records in _groups(engine):
        _refuse_twice(candidates, records)
        matching = match(records, candidates, windows)
        findings = differences(matching, candidates, file_days, rest_days, windows)
        decided.matched += len({one.record.number for one in matching.matches})
        decided.total += digest.of_matches(matching.matches)
        decided.differences += findings.differences
        decided.carried += len(findings.carried)
        decided.lines += len(records)
    return decided


def _refuse_twice(candidates: Sequence[Candidate], records: Sequence[Record]) -> None:
    """One of two rows with one name is always doubtful, and then the other is too."""
    if len({candidate.payment for candidate in candidates}) < len(candidates):
        raise TheirMistake("has a payment more than once", "ours")
    if len({record.number for record in records}) < len(records):
        raise TheirMistake("has lines with the same number; number them through", "theirs")


def _groups(engine: Engine) -> Iterator[tuple[list[Candidate], list[Record]]]:
    """Doubtful payments and lines, place by place, several small places at once."""
    ours = (_Row(row[:3], tables.candidate(row)) for row in engine.rows(statements()["group_ours"]))
    theirs = (_Row(row[:3], tables.record(row)) for row in engine.rows(statements()["group_theirs"]))
    candidates: list[Candidate] = []
    records: list[Record] = []
    for _, place in groupby(merge(ours, theirs, key=_Row.sorted_by), key=_Row.sorted_by):
        for row in islice(place, PLACE_ROWS_MAX):
            if isinstance(row.one, Candidate):
                candidates.append(row.one)
            else:
                records.append(row.one)
        if next(place, None) is not None:
            raise TheirMistake(
                f"leaves more than {PLACE_ROWS_MAX} trades of one place in doubt; is it of these days?", "theirs"
            )
        if len(candidates) + len(records) > GROUP_ROWS_MAX:
            yield candidates, records
            candidates, records = [], []
    yield candidates, records
