"""What does a refund in a test stand on? A payment, a case with witnesses, and the way to any of its states."""

from __future__ import annotations

from typing import Any

from chongzheng.cases.effects import Book, Effect
from chongzheng.cases.matter import Matter
from chongzheng.cases.refund import REFUND
from unit.cases.play import NOON_MS, Played, standing

PAYMENT = "PAAAAAAAAAAAAAAAA"
FEN = 12_345
LONG_AGO_MS = NOON_MS - 3 * 24 * 3_600_000
NO_GOODS = (
    {"witness": "host journal", "original": "yes"},
    {"witness": "terminal journal", "reversal": "failed"},
    {"witness": "merchant", "goods": "no"},
)
DONE = {"way": "file", "reference": "F1 line 7", "looked_up": "nothing"}
SEEN_AT = {"reference": "channel query 9"}


def case(*witnesses: dict[str, Any], by: str = "sun", opened_at: int = LONG_AGO_MS) -> Matter:
    """The case of the payment, reported by `by`."""
    body = {"witnesses": list(witnesses), "by": {"Opened": [by]}}
    return Matter("case-9", "case", "REMEDYING", opened_at=opened_at, payment=PAYMENT, body=body)


def refund(truth: str = "charged_kept", proof: str = "proven", *heard: dict[str, Any], **changed: Any) -> Played:
    """A refund of which nothing is said yet."""
    stands = standing(truth, proof=proof, suspense_fen=FEN, amount_fen=FEN, **changed)
    played = Played(REFUND, stands, payment=PAYMENT)
    played.others["case"] = (case(*(heard or NO_GOODS)),)
    return played


def proposed(played: Played, **said: Any) -> Played:
    """It is proposed."""
    played.well("Opened", "li", **{"fen": FEN, "customer": "C1", "reason": "no goods", **said})
    return played


def approved(played: Played, **said: Any) -> Played:
    """It is approved by two."""
    proposed(played, **said).well("Approved", "zhang")
    return played


def sent(played: Played, **said: Any) -> Played:
    """It is on its way."""
    approved(played, **said).well("Sent", "wang", **DONE)
    return played


def posted(played: Played, **said: Any) -> Played:
    """The channel shows it."""
    sent(played, **said).well("Posted", "wang", **SEEN_AT)
    return played


def final(**said: Any) -> Played:
    """A final refund that a file has shown."""
    played = posted(refund(), **said)
    played.well("CreditSeen", "wang", **SEEN_AT)
    return played


def provisional() -> Played:
    """A refund of a payment of which nobody knows."""
    return refund("unknown", "claimed")


def booked(effects: list[Effect]) -> list[tuple[str, int]]:
    """What was booked, in order."""
    return [(str(one.what), one.fen) for one in effects if isinstance(one, Book)]


def other(name: str = "refund-2", fen: int = FEN, state: str = "POSTED", **body: Any) -> Matter:
    """Another refund to the same customer."""
    said = {"rule": "PR-4", "gives": "provisional", "hard": False, "customer": "C1", **body}
    return Matter(name, "refund", state, opened_at=NOON_MS, fen=fen, body=said)
