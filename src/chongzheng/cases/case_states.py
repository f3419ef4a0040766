"""Which states does a case have, and to which of the five chapters of the work does each belong (S-18)?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPEN, CONFIRMING, DIAGNOSING, DECIDING = "OPEN", "CONFIRMING", "DIAGNOSING", "DECIDING"
REMEDYING, COMMUNICATING, CLOSED = "REMEDYING", "COMMUNICATING", "CLOSED"
REOPENED, REVIEW = "REOPENED", "REVIEW"

CHAPTERED = (OPEN, CONFIRMING, DIAGNOSING, DECIDING, REMEDYING, COMMUNICATING, CLOSED, REOPENED, REVIEW)
UNCLOSED = tuple(state for state in CHAPTERED if state != CLOSED)

CHAPTERS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "confirm": ("确认情况", "confirm what happened"),
    "diagnose": ("查明原因", "find the cause"),
    "remedy": ("补救处理", "put it right"),
    "tell": ("沟通告知", "tell the people concerned"),
    "improve": ("评估改进", "watch and improve"),
})  # fmt: skip
"""(zh, en) of the five areas of work, in their order."""

CHAPTER_OF: Mapping[str, str] = MappingProxyType({
    OPEN: "confirm", REOPENED: "confirm", CONFIRMING: "confirm", DIAGNOSING: "diagnose", DECIDING: "remedy",
    REMEDYING: "remedy", COMMUNICATING: "tell", CLOSED: "improve", REVIEW: "improve",
})  # fmt: skip
