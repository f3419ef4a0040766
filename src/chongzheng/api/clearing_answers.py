"""How do files that were read, tails, statements and breaks of the journal become the documents of the door?

The commands print the same documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chongzheng.api import clearing_shapes as shapes
from chongzheng.journal.bank import KeptStatement, StatementRow
from chongzheng.journal.settled import BookedTail, Run
from chongzheng.settlement import windows as settlement_windows
from chongzheng.settlement.windows import Windows


def runs(found: Sequence[Run], after: int, most: int) -> shapes.Runs:
    """A page of files that were read, asked for with these limits."""
    return shapes.Runs(files=[_run(one) for one in found], after=after + most if len(found) == most else 0)


def tails(found: Sequence[BookedTail]) -> shapes.Tails:
    """What the rounding of fees left over, and the sum."""
    rows = [
        shapes.TailBooked(
            act=one.act, at=one.at, file=one.file, name=one.name, day=one.day, fen=one.fen, why=list(one.why)
        )
        for one in found
    ]
    return shapes.Tails(tails=rows, fen=sum(one.fen for one in found))


def statements(found: Sequence[StatementRow], after: int, most: int) -> shapes.StatementPage:
    """A page of statements that were kept, asked for with these limits."""
    rows = [_statement(one) for one in found]
    return shapes.StatementPage(statements=rows, after=after + most if len(found) == most else 0)


def statement(kept: KeptStatement) -> shapes.StatementView:
    """One of them, with its movements and gaps."""
    return shapes.StatementView(statement=_statement(kept.row), lines=list(kept.lines), gaps=list(kept.gaps))


def named(statement: str) -> str:
    """The digest of a statement from its name in a path, where it has no slash."""
    return statement.replace("-", "/")


def counts(rows: Iterable[tuple[str, str, int, int]]) -> shapes.BreakCounts:
    """How many breaks there are of each type and state."""
    found = [shapes.BreakCount(type=type_, state=state, breaks=count, fen=fen) for type_, state, count, fen in rows]
    return shapes.BreakCounts(counts=found)


def windows(found: Windows, day: str) -> shapes.MatchWindows:
    """The matching windows of a day."""
    rows = [shapes.MatchWindow(channel=channel, **row) for channel, row in settlement_windows.rows(found).items()]
    return shapes.MatchWindows(day=day, windows=rows)


def _run(one: Run) -> shapes.Run:
    came = one.came
    return shapes.Run(
        digest=one.digest, name=one.name, channel=one.channel, format=one.format, part=one.part, day=one.day,
        rows=one.records, read_at=one.at, state=one.state, supersedes=one.supersedes, superseded_by=one.superseded_by,
        matched=came.get("matched"), moved_fen=came.get("moved_fen"), net_fen=came.get("net_fen"),
        result=came.get("result", ""), tail=list(came.get("tail", ())),
        breaks={type_: dict(by) for type_, by in one.breaks.items()},
    )  # fmt: skip


def _statement(one: StatementRow) -> shapes.StatementRow:
    known = {name: getattr(one, name) for name in shapes.StatementRow.__struct_fields__ if name != "statement"}
    return shapes.StatementRow(statement=one.digest.replace("/", "-"), **known)
