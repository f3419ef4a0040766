"""Which waits, windows and code meanings hold on this channel? The policy: data that an operator can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

from chongzheng.mistakes import TheirMistake

REPEATS_MAX = 64
"""More repeat intervals than this in a policy is a typing mistake, not a plan."""

APPROVED = frozenset({"00", "11"})
"""Approvals in full. 10 (approved for less) is one only where the policy accepts part of an amount."""

PARTIAL = frozenset({"10"})
"""Approvals for less than was asked for."""

REFUSED = frozenset(
    "01 02 03 04 05 07 12 13 14 15 17 19 21 22 23 25 30 31 33 34 35 36 37 38 39 40 41 42 43 44 45 51 52 53 54 55 56 57"
    " 58 59 60 61 62 63 64 65 66 67 75 77 79 90 92 93 95 97 99 A0 A1 A3 C1".split()
)
"""Refusals of a purchase (facts/iso8583 section 4). Any other code, 06 09 20 68 91 94 96 98 A7 and the unknown
ones among them, is ambiguous: the sale may have been executed all the same, and we never guess."""

REVERSAL_MEANING: MappingProxyType[str, str] = MappingProxyType(
    {
        "00": "done",
        "25": "not_found",
        "12": "invalid",
        "22": "already",
        "94": "already",
        "C9": "already",
        "CA": "already",
        "64": "mismatch",
        "14": "mismatch",
        "58": "mismatch",
        "40": "unsupported",
        "30": "malformed",
        "A0": "sign_in",
        "99": "sign_in",
        "77": "sign_in",
        "90": "cut_over",
        "68": "busy",
        "91": "busy",
        "92": "busy",
        "96": "busy",
        "98": "busy",
        "06": "busy",
        "09": "busy",
    }
)
"""What F39 of a reversal's answer means (facts/iso8583 3.4). A code not named here is `unknown`."""

MEANINGS = frozenset(REVERSAL_MEANING.values()) | {"unknown"}


@dataclass(frozen=True, slots=True)
class Policy:
    """All durations in milliseconds. `version` is stored with every payment that it judged.

    `reply_wait_ms`: how long we wait for the host; the terminal must wait longer (`terminal_wait_ms`).
    `repeat_after_ms`: waits between sends of a reversal, the last one repeated for ever inside the window.
    `not_found_after_ms`: waits before the reversal is tried again after "original not found".
    `urgent_after_ms`: wait after "day cut-over in progress". `reverse_for_ms`: how long reversals are driven.
    `inquire_after_ms`: waits before the channel is asked what became of a payment in doubt; empty: it has no inquiry.
    `related_code`: what a terminal hears that voids what is given back already.
    `accept_partial`: whether an approval for less stands; otherwise it is reversed with the amount that was asked.
    `ack_names_original`: whether F37 of a reversal's answer is the original's, so that a blind 00 shows.
    `clearing_days`: how many complete clearing files prove an absence.
    """

    version: str = "2026-11-22"
    reply_wait_ms: int = 50_000
    terminal_wait_ms: int = 60_000
    deliver_wait_ms: int = 5_000
    repeat_after_ms: tuple[int, ...] = (5_000, 10_000, 20_000, 40_000, 60_000)
    not_found_after_ms: tuple[int, ...] = (60_000, 600_000, 3_600_000)
    urgent_after_ms: int = 3_000
    reverse_for_ms: int = 12 * 3_600_000
    inquire_after_ms: tuple[int, ...] = ()
    file_due_ms: int = 48 * 3_600_000
    case_due_ms: int = 24 * 3_600_000
    clearing_days: int = 2
    ack_names_original: bool = True
    accept_partial: bool = False
    timeout_code: str = "98"
    duplicate_code: str = "94"
    unreachable_code: str = "91"
    irreversible_code: str = "12"
    related_code: str = "22"
    approved: frozenset[str] = APPROVED
    partial: frozenset[str] = PARTIAL
    refused: frozenset[str] = REFUSED
    reversal_meaning: MappingProxyType[str, str] = field(default_factory=lambda: REVERSAL_MEANING)

    def __post_init__(self) -> None:
        self._refuse_bad_waits()
        if self.terminal_wait_ms <= self.reply_wait_ms:
            raise TheirMistake("terminal_wait_ms must be longer than reply_wait_ms", "policy")
        if self.clearing_days < 2:
            raise TheirMistake("an absence needs at least two clearing days", "policy.clearing_days")
        unknown = set(self.reversal_meaning.values()) - MEANINGS
        if unknown:
            raise TheirMistake(f"no such meaning: {', '.join(sorted(unknown))}", "policy.reversal_meaning")

    def _refuse_bad_waits(self) -> None:
        for name, fewest in (("repeat_after_ms", 1), ("not_found_after_ms", 1), ("inquire_after_ms", 0)):
            waits: tuple[int, ...] = getattr(self, name)
            if not fewest <= len(waits) <= REPEATS_MAX or min(waits, default=1) <= 0:
                raise TheirMistake(f"needs {fewest} to {REPEATS_MAX} waits above zero", f"policy.{name}")
        for name in (
            "reply_wait_ms",
            "deliver_wait_ms",
            "urgent_after_ms",
            "reverse_for_ms",
            "file_due_ms",
            "case_due_ms",
        ):
            if getattr(self, name) <= 0:
                raise TheirMistake("must be above zero", f"policy.{name}")
