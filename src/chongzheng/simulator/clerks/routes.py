"""By which routes can people give money back, who proposes and who approves on each, and when is it out?

Written from the rules of the house (operations 3.3, 3.4), not from the tables of the kinds: it is what those are
measured against.
"""

from __future__ import annotations

from chongzheng.reversal.booking import Booking

MAKES: dict[str, frozenset[str]] = {"refund": frozenset({"Opened"})}
"""Kind -> facts whose sayer proposed it."""
APPROVES: dict[str, frozenset[str]] = {"refund": frozenset({"Approved"})}
"""Kind -> facts by which a second person lets it go out."""
ALONE = "ApprovedAlone"
"""By which one person lets it go out in an emergency: up to a limit, not sent by whoever proposed it, and reviewed."""
REVIEWS = frozenset({"Upheld", "Faulted"})
"""What another person says of that afterwards."""
ALONE_UP_TO_FEN = 1_000_000
LIVE: dict[str, frozenset[str]] = {
    "refund": frozenset({"APPROVED", "SENT", "POSTED", "CONFIRMED_FINAL", "DOUBLE_CREDIT", "RECOVERING"}),
}
"""Kind -> states in which it may give money back, or has, and that has not come back."""
OUT: dict[str, frozenset[str]] = {
    "refund": frozenset({"SENT", "POSTED", "CONFIRMED_FINAL", "DOUBLE_CREDIT", "RECOVERING"}),
}
"""Kind -> states in which the bank has the order to give back."""
DOUBLED: dict[str, frozenset[str]] = {"refund": frozenset({"DOUBLE_CREDIT", "RECOVERING", "RECOVERED", "WRITTEN_OFF"})}
"""Kind -> states that say that the cardholder has, or had, the money twice."""
REOPENS = {"case": frozenset({"Reopened", "Joined"}), "refund": frozenset({"PaymentMoved", "ChargedBack"})}
"""Kind -> facts that open again what has ended."""
ENDS = {
    "refund": {
        "EXPIRED": "a refund lapsed",
    },
    "clawback": {"RECOVERED": "a double credit was recovered", "WRITTEN_OFF": "a double credit was written off"},
}
"""Kind -> state in which it ended without money -> the situation that it is."""
REMEDIES = frozenset({"refund", "clawback", "dispute"})
"""Kinds to which money belongs that was advanced or is held."""
THREE_ABOVE_FEN = 1_000_000
"""Refunds above this take three people, others two."""
GIVES_BY_HAND = frozenset({Booking.ADVANCED})
"""What a person books by hand when our own money goes to a cardholder."""


def people_needed(fen: int) -> int:
    """How many different people let so much go out: the proposer and those who approve."""
    return 3 if fen > THREE_ABOVE_FEN else 2
