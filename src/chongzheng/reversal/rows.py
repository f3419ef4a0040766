"""What is a row of the table made of? The actions it may name, where it leads, and how it is called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import State


class Do(StrEnum):
    """The actions a row may name; `step.py` has one small function for each."""

    FORWARD = "forward"
    AWAIT_REPLY = "await what the switch reports"
    APPROVE = "approve"
    APPROVE_AGAIN = "approve again"
    RELAY_REFUSAL = "relay refusal"
    REFUSE_TIMEOUT = "refuse: timed out"
    REFUSE_UNREACHABLE = "refuse: host unreachable"
    REFUSE_DUPLICATE = "refuse: duplicate"
    REFUSE_RELATION = "refuse: given back already"
    REFUSE_REVERSAL = "refuse the reversal: never reversed"
    DELIVERED = "delivered"
    MAYBE_DELIVERED = "maybe delivered"
    NOT_DELIVERED = "not delivered"
    DOUBT = "doubt the delivery"
    OWN = "own the reversal"
    REVERSE = "reverse"
    REPEAT = "repeat the reversal"
    RESEND = "send again"
    SIGN_IN = "sign in"
    WAIT = "wait"
    WAIT_URGENT = "wait, urgent"
    WAIT_LATE = "wait for a late original"
    INQUIRE = "inquire"
    INQUIRE_NOW = "inquire now"
    AWAIT_FILE = "await the file"
    CASE = "open a case"
    CASE_OVERDUE = "open a case: file overdue"
    CASE_AFTER_FINAL = "open a case: after the verdict"
    SETTLE = "settle"
    JUDGE_AGAIN = "judge again"
    CONTEST = "contest"


@dataclass(frozen=True, slots=True)
class Row:
    """Where the payment goes and what is done, in order."""

    to: State
    do: tuple[Do, ...] = ()


def rule_id(state: State, event: Event | str) -> str:
    """How a row is named in stories, proofs and counts, e.g. `FORWARDED.deadline`."""
    return f"{state}.{event}"
