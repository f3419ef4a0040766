"""May the search for the cause stop here, and is the cause that a reviewer names one that a case can be closed with?

A closed case has one primary cause and may have contributing ones (S-17). An investigation may not stop at "operator
careless" or "lack of training" (the 8D rule, facts/operations 2.8): whoever blames a person says which gap in a system
allowed it, and has asked at least one question about the systems (S-35).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chongzheng.causes.attribution import HUMAN, Share, blame, class_of, shares
from chongzheng.causes.score import Ranking
from chongzheng.causes.table import Table


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a reviewer says. `system_gap`: which gap in a system let a person make the mistake, "" if none is named."""

    primary: str
    contributing: tuple[str, ...] = ()
    reviewer: str = ""
    system_gap: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a conclusion does not stand; `open_questions` are the signals to ask for first."""

    code: str
    zh: str
    en: str
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A conclusion that stands: its causes, everybody's share in percent, and whether the scores named the same."""

    primary: str
    contributing: tuple[str, ...]
    reviewer: str
    system_gap: str
    shares: tuple[Share, ...]
    as_scored: bool
    version: str


def diagnose(conclusion: Conclusion, ranking: Ranking, table: Table) -> Diagnosis | tuple[Objection, ...]:
    """The diagnosis, or everything that stands against it. TheirMistake: a cause that is not in the table."""
    objections = tuple(_objections(conclusion, ranking, table))
    if objections:
        return objections
    named = ranking.primary
    return Diagnosis(
        conclusion.primary,
        conclusion.contributing,
        conclusion.reviewer,
        conclusion.system_gap.strip(),
        shares(ranking),
        named is not None and named.cause.id == conclusion.primary,
        ranking.version,
    )


def _objections(conclusion: Conclusion, ranking: Ranking, table: Table) -> Iterator[Objection]:
    primary = table.cause(conclusion.primary, "primary cause")
    for cause_id in conclusion.contributing:
        table.cause(cause_id, "contributing cause")
    if not conclusion.reviewer:
        yield Objection("no-reviewer", "结案原因须由复核人确认", "a reviewer must confirm the cause")
    if primary.contributing_only:
        yield Objection(
            "contributing-only",
            f"“{primary.zh}”不能作为主因，请指出主因",
            f"{primary.en} is never a primary cause; name what it contributed to",
        )
    if len({primary.id, *conclusion.contributing}) != 1 + len(conclusion.contributing):
        yield Objection("named-twice", "同一原因出现两次", "a cause is named twice")
    judged = blame(ranking, conclusion.primary, conclusion.contributing, table)
    if not judged.allowed:
        yield Objection("people-alone", judged.zh, judged.en, judged.open_questions)
    if stops_at_a_person(primary.attribution) and not conclusion.system_gap.strip():
        yield Objection(
            "stops-at-a-person",
            "不能止于“人员疏忽”：请写明是哪一处系统缺口让差错得以发生",
            "the search may not stop at a person: say which gap in a system let the mistake happen",
        )


def stops_at_a_person(attribution: str) -> bool:
    """Whether a search that ends with a cause of this attribution ends with a person."""
    return class_of(attribution) in HUMAN
