"""What do confirmed cases say about how common each cause is, and were the forecasts any good?

Priors are learned by Dirichlet smoothing, only from labels that a reviewer confirmed and only when there are enough of
them; labels that a machine assigned teach nothing (facts/operations 6.3). Every change is a version with the share of
each cause before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from chongzheng.causes.score import Ranking
from chongzheng.causes.table import Table

CONFIRMED_MIN = 200
"""Below this number of confirmed cases the packed priors stay (facts/operations 6.2)."""
PRIOR_CASES = 200.0
"""How many cases the expert's guess is worth (our proposal)."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The cause of one closed case. `reviewer`: who confirmed it, "" for a label that nobody but a machine gave."""

    case: str
    cause: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Change:
    """The share (0 to 1) of a cause before and after, and how many cases were confirmed as it."""

    cause: str
    before: float
    after: float
    cases: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of learning. `table` is the old one where nothing was `learned`; `why` says so, in both languages."""

    table: Table
    learned: bool
    cases: int
    ignored: int
    changes: tuple[Change, ...]
    zh: str
    en: str


def learned(table: Table, confirmed: Sequence[Confirmed], version: str) -> Lesson:
    """The table with priors from the confirmed cases, called `version`; a case that stands twice counts as last said.

    TheirMistake: a cause that is not in the table.
    """
    last = {one.case: table.cause(one.cause, f"case {one.case}").id for one in confirmed if one.reviewer}
    counts = Counter(last.values())
    total, ignored = len(last), len(confirmed) - len(last)
    if total < CONFIRMED_MIN:
        zh = f"只有{total}个经复核的案例，少于{CONFIRMED_MIN}个，先验不变"
        en = f"{total} reviewed cases are fewer than {CONFIRMED_MIN}; the priors stay"
        return Lesson(table, False, total, ignored, _changes(table, table, counts), zh, en)
    before = _shares(table)
    causes = tuple(
        replace(cause, prior=(PRIOR_CASES * before[cause.id] + counts[cause.id]) / (PRIOR_CASES + total))
        for cause in table.causes
    )
    after = Table(causes, version)
    zh = f"先验已按{total}个经复核的案例更新，版本{version}"
    en = f"the priors were learned from {total} reviewed cases, version {version}"
    return Lesson(after, True, total, ignored, _changes(table, after, counts), zh, en)


def _shares(table: Table) -> dict[str, float]:
    total = fsum(cause.prior for cause in table.causes)
    return {cause.id: cause.prior / total for cause in table.causes}


def _changes(before: Table, after: Table, counts: Counter[str]) -> tuple[Change, ...]:
    old, new = _shares(before), _shares(after)
    return tuple(Change(cause_id, old[cause_id], new[cause_id], counts[cause_id]) for cause_id in old)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the scores said of a case whose cause was later confirmed."""

    ranking: Ranking
    cause: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose best cause had a posterior from `low` up to `high`: their mean, and the share that came true."""

    low: float
    high: float
    cases: int
    forecast: float
    right: float


def brier(forecasts: Sequence[Forecast]) -> float | None:
    """The mean Brier score over all causes: 0 is perfect, 2 is sure and always wrong. None: there is no case."""
    if not forecasts:
        return None
    found = [
        (one.posterior - float(one.cause.id == forecast.cause)) ** 2
        for forecast in forecasts
        for one in forecast.ranking.causes
    ]
    return fsum(found) / len(forecasts)


def reliability(forecasts: Sequence[Forecast]) -> tuple[Bin, ...]:
    """Bins of equal width that hold a case: of forecasts around p, a share of p should have been right."""
    sorted_in: dict[int, list[tuple[float, bool]]] = {}
    for forecast in forecasts:
        best = forecast.ranking.causes[0]
        place = min(int(best.posterior * BINS), BINS - 1)
        sorted_in.setdefault(place, []).append((best.posterior, best.cause.id == forecast.cause))
    return tuple(
        Bin(
            place / BINS,
            (place + 1) / BINS,
            len(found),
            fsum(said for said, _ in found) / len(found),
            sum(right for _, right in found) / len(found),
        )
        for place, found in sorted(sorted_in.items())
    )
