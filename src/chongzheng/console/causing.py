"""Why did the reversal fail, by the evidence of a case: which causes, how likely, because of what, and whose?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chongzheng.cases.case_cause import signals
from chongzheng.cases.matter import Matter
from chongzheng.causes.attribution import CLASSES, shares
from chongzheng.causes.score import Scored, because, score
from chongzheng.causes.signals import SIGNALS
from chongzheng.causes.table import packed

SHOWN_MAX = 5
WORTH = 0.01
"""A cause below this posterior is not worth a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One cause: its name in this language, whole percent, why, and whether it may be named."""

    id: str
    title: str
    percent: int
    because: tuple[str, ...]
    named: bool
    remedy: str


@dataclass(frozen=True, slots=True)
class Causes:
    """The likeliest causes, the shares (name, percent) of whoever they are, and what was measured (name, value)."""

    lines: tuple[Line, ...]
    shares: tuple[tuple[str, int], ...]
    known: tuple[tuple[str, Any], ...]
    settled: bool


def causes_of(case: Matter, chinese: bool) -> Causes | None:
    """None where nothing is known that speaks for or against any cause: priors alone are no finding."""
    known = signals(case.body)
    if not known:
        return None
    ranking = score(dict(sorted(known.items())), packed())
    said = case.body.get("cause") or {}
    column = 0 if chinese else 1
    parts = said.get("shares") or {one.name: one.percent for one in shares(ranking) if one.percent}
    return Causes(
        lines=tuple(_line(one, ranking.signals, one is ranking.primary, chinese)
                    for one in ranking.causes[:SHOWN_MAX] if one.posterior >= WORTH),
        shares=tuple((CLASSES[name][column], percent) for name, percent in
                     sorted(parts.items(), key=lambda part: -part[1]) if name in CLASSES and percent),
        known=tuple((_called(name, column), value) for name, value in sorted(known.items())),
        settled=bool(said),
    )  # fmt: skip


def _line(one: Scored, known: Any, named: bool, chinese: bool) -> Line:
    title = one.cause.zh if chinese else one.cause.en
    return Line(one.cause.id, title, round(100 * one.posterior), because(one, known), named, one.cause.remedy)


def _called(name: str, column: int) -> str:
    found = SIGNALS.get(name)
    return name if found is None else (found.zh, found.en)[column]
