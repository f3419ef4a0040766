"""What does a picture show? The same rows as the table beneath it: the picture is drawn of that table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chongzheng.console.engine import SEEN_EVERY_MS
from chongzheng.journal.ledger import Slice
from chongzheng.reports.control import Chart

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one set of bars. `key`: the word of its name; `style`: bar, line, dash, step, or none, which stands
    in the table alone; `unit`: count, fen, ppm; `tone`: which of the colours."""

    key: str
    style: str
    unit: str = "count"
    tone: str = "main"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is called, its values (None: not known), its instant where the picture runs along the clock, and
    whether it is to be looked at. `said`: the word of a fixed list that `label` is, "" it is shown as it is."""

    label: str
    values: tuple[int | None, ...]
    at: int = 0
    strange: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name, the word over its first column, its series and its rows."""

    name: str
    head: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value is not None for row in self.rows for value in row.values)


def traffic(opened: Sequence[tuple[int, int]]) -> Picture:
    """Payments by the minute (epoch ms of its begin)."""
    rows = tuple(Row("", (count,), at=at) for at, count in opened)
    return Picture("traffic", "chart.minute", (Series("chart.opened", "bar"),), rows)


def owed(seen: Sequence[tuple[int, int]], empty_at: int | None) -> Picture:
    """Reversals owed as they were seen, and when none is left at the pace of now (epoch ms, None: not known)."""
    rows: list[Row] = [Row("", (count, None), at=at) for at, count in seen]
    if empty_at is not None and seen and empty_at - seen[-1][0] > SEEN_EVERY_MS:
        last = rows.pop()
        rows += [Row("", (last.values[0], last.values[0]), at=last.at), Row("", (None, 0), at=empty_at)]
    series = (Series("chart.owed", "line"), Series("chart.forecast", "dash", tone="soft"))
    return Picture("owed", "chart.when", series, tuple(rows))


def sliced(name: str, parts: Sequence[Slice]) -> Picture:
    """Money in doubt by one of its sides."""
    rows = tuple(Row(one.name, (one.payments, one.held_fen, one.missing_fen), said="slice") for one in parts)
    series = (
        Series("money.payments", "none"),
        Series("money.held", "bar", "fen"),
        Series("money.missing", "bar", "fen", tone="late"),
    )
    return Picture(name, "money.name", series, rows)


def failures(chart: Chart) -> Picture:
    """The share of reversals that failed, day by day, with the limits of what is usual."""
    rows = tuple(
        Row(
            one.day.name,
            (one.day.tries, one.day.hits, one.day.share_ppm, chart.mean_ppm, one.low_ppm, one.high_ppm),
            strange=one.strange,
            said="day",
        )
        for one in chart.points
    )
    series = (
        Series("chart.tries", "none"),
        Series("chart.failed", "none"),
        Series("chart.share", "line", "ppm"),
        Series("chart.mean", "dash", "ppm", "soft"),
        Series("chart.low", "step", "ppm", "warn"),
        Series("chart.high", "step", "ppm", "warn"),
    )
    return Picture("failures", "payment.day", series, rows)
