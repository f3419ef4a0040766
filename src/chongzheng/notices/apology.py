"""May we apologise to this person now? Once for an incident, and not again and again (facts/operations 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

QUIET_DAYS = 30
"""Repeated apologies are worse than none."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Apology:
    """One apology: to whom, for which incident, when (epoch ms), and the digest of the facts it was about."""

    person: str
    incident: str
    at: int
    facts: str


def objection(history: Iterable[Apology], wanted: Apology, supervisor: str = "") -> str:
    """Why it may not be sent, or "". `supervisor`: the person who says that it is to be sent all the same, or "".

    A second one for the same incident only when its facts have changed since the last; one for another incident not
    within QUIET_DAYS of the last to that person.
    """
    if supervisor:
        return ""
    earlier = sorted((one for one in history if one.person == wanted.person), key=lambda one: one.at)
    same = [one for one in earlier if one.incident == wanted.incident]
    if same:
        if same[-1].facts == wanted.facts:
            return f"there was an apology for {wanted.incident} already, and nothing has changed since"
        return ""
    if earlier and wanted.at - earlier[-1].at < QUIET_DAYS * DAY_MS:
        return f"this person had an apology within {QUIET_DAYS} days, for {earlier[-1].incident}"
    return ""
