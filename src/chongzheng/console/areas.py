"""To which of the five areas of work does an open matter belong?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

AREAS = ("confirm", "diagnose", "remedy", "tell", "improve")
CASE = "case"

BY_CHAPTER: Mapping[str, str] = MappingProxyType({
    "OPEN": "confirm",
    "REOPENED": "confirm",
    "CONFIRMING": "confirm",
    "DIAGNOSING": "diagnose",
    "DECIDING": "remedy",
    "REMEDYING": "remedy",
    "COMMUNICATING": "tell",
    "REVIEW": "improve",
})  # fmt: skip
"""An open case, by the chapter in which it is."""

BY_KIND: Mapping[str, str] = MappingProxyType({
    "inquiry": "confirm",
    "contact": "confirm",
    "slip": "confirm",
    "survey": "confirm",
    "watch": "confirm",
    "ticket": "diagnose",
    "procedure": "diagnose",
    "retry": "remedy",
    "refund": "remedy",
    "clawback": "remedy",
    "compensation": "remedy",
    "dispute": "remedy",
    "swap": "remedy",
    "task": "remedy",
    "part": "remedy",
    "claim": "remedy",
    "apology": "tell",
    "complaint": "tell",
    "feedback": "tell",
    "subscription": "tell",
})  # fmt: skip
"""Everything that is not here is work on getting better."""


def area_of(kind: str, state: str) -> str:
    """The area where an open matter is worked."""
    if kind == CASE:
        return BY_CHAPTER.get(state, "improve")
    return BY_KIND.get(kind, "improve")
