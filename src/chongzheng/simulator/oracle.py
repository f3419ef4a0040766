"""Was the engine right, payment by payment, measured against the bank's own book?

Pure: it compares the engine's claims with the book and knows neither of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PROVEN = "proven"
UNDECIDED = frozenset({"unknown", "contested"})
CONTESTED = "contested"
NET_TIMES = {"never_charged": 0, "charged_kept": 1, "charged_returned": 0, "charged_twice": 2}
"""How often the cardholder paid the amount in the end, if the verdict is right."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the journal holds of a payment: its verdict, whether that is final, and whether people have it."""

    payment: str
    truth: str
    proof: str
    is_final: bool
    amount_fen: int
    was_in_doubt: bool
    has_case: bool


@dataclass(frozen=True, slots=True)
class Book:
    """What the bank's ledger holds of a payment; `net_fen` is what the cardholder paid in the end."""

    payment: str
    truth: str
    charges: int
    returns: int
    net_fen: int
    sales: int


NOTHING = Book("", "never_charged", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Findings:
    """Ids of payments, each list sorted. `wrong` and `unnoticed` come with a line that says what is wrong."""

    in_doubt: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    returned_twice: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)


def judge(
    claims: Iterable[Claim], books: Iterable[Book], planted: Mapping[str, str], sent: Iterable[str]
) -> Findings:
    """Compare. `planted`: payment -> kind of the contradiction in the files; `sent`: what the terminals sent."""
    claimed = {claim.payment: claim for claim in claims}
    booked = {book.payment: book for book in books}
    known_to_terminals = set(sent)
    wrong: dict[str, str] = {}
    unproven, excused = [], []
    for payment, claim in sorted(claimed.items()):
        book = booked.get(payment, NOTHING)
        if payment in planted:
            if claim.truth == CONTESTED and claim.has_case:
                excused.append(payment)
            else:
                wrong[payment] = f"planted {planted[payment]} was not noticed: {claim.truth}, case: {claim.has_case}"
        elif not claim.is_final or claim.proof != PROVEN or claim.truth in UNDECIDED:
            unproven.append(payment)
        elif fault := _fault(claim, book):
            wrong[payment] = fault
    for payment in sorted(planted.keys() - claimed.keys()):
        wrong[payment] = f"planted {planted[payment]}, and the journal has no such payment"
    for payment in sorted(booked.keys() - known_to_terminals):
        wrong.setdefault(payment, "the bank saw it, and no terminal sent it")
    return Findings(
        in_doubt=tuple(sorted(claim.payment for claim in claimed.values() if claim.was_in_doubt)),
        unproven=tuple(unproven),
        excused=tuple(excused),
        wrong=wrong,
        returned_twice=tuple(sorted(book.payment for book in booked.values() if book.returns > 1)),
        lost=tuple(sorted(payment for payment in known_to_terminals & booked.keys() if payment not in claimed)),
        verdicts=_counted(claimed.values()),
    )


def _fault(claim: Claim, book: Book) -> str:
    if claim.truth != book.truth:
        return f"verdict {claim.truth}, the bank's book says {book.truth}"
    net_fen = NET_TIMES[claim.truth] * claim.amount_fen
    if net_fen != book.net_fen:
        return f"verdict {claim.truth} means {net_fen} fen, the bank's book says {book.net_fen}"
    return ""


def _counted(claims: Iterable[Claim]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for claim in claims:
        counts[claim.truth] = counts.get(claim.truth, 0) + 1
    return dict(sorted(counts.items()))
