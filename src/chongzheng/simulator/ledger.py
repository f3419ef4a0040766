"""Whose money did the bank move, truly? Its own append-only book, the truth that every verdict is measured against.

A host that is idempotent the way hosts are: the same sale is charged once, and the same reversal, word for word,
returns once. A reversal with other words returns again: who changes the identity of a repeat pays twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """F42, F41, F60.2 and F11 of a payment, as on the wire."""

    merchant: str
    terminal: str
    batch: str
    stan: str


CHARGE, RETURN = "charge", "return"


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement, never changed. `moment` is MMDDhhmmss of the bank's clock; `day` yyyymmdd its clearing day.

    `words` is a digest of the reversal that asked for a return."""

    kind: str
    key: Key
    fen: int
    pan: str = field(repr=False)
    day: str
    moment: str
    rrn: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What the book says about one payment. `net_fen` is what the cardholder paid in the end."""

    charges: int
    returns: int
    net_fen: int

    @property
    def truth(self) -> str:
        """The word of the verdict that is right; `impossible` when the bank gave back what it never took."""
        if self.returns > self.charges:
            return "impossible"
        left = self.charges - self.returns
        if left > 1:
            return "charged_twice"
        if left == 1:
            return "charged_kept"
        return "charged_returned" if self.charges else "never_charged"


class Ledger:
    """The book."""

    def __init__(self) -> None:
        self._postings: list[Posting] = []
        self._of: dict[Key, list[Posting]] = {}

    def charge(self, key: Key, fen: int, pan: str, day: str, moment: str, rrn: str) -> Posting:
        """Charge the card for this payment; the charge there already is when it was charged before."""
        return self.charged(key) or self._post(Posting(CHARGE, key, fen, pan, day, moment, rrn))

    def give_back(self, key: Key, words: str, day: str, moment: str) -> Posting | None:
        """Return the charge to the card, once for each wording of the reversal; None when nothing was charged."""
        charge = self.charged(key)
        if charge is None:
            return None
        for posting in self._of[key]:
            if posting.kind == RETURN and posting.words == words:
                return posting
        return self._post(Posting(RETURN, key, charge.fen, charge.pan, day, moment, charge.rrn, words))

    def charged(self, key: Key) -> Posting | None:
        """The charge of this payment."""
        return next((posting for posting in self._of.get(key, ()) if posting.kind == CHARGE), None)

    def returned(self, key: Key) -> bool:
        """Whether anything was given back."""
        return any(posting.kind == RETURN for posting in self._of.get(key, ()))

    def account(self, key: Key) -> Account:
        """Counts and net of one payment, zeros when the book has nothing of it."""
        postings = self._of.get(key, [])
        charges = [posting.fen for posting in postings if posting.kind == CHARGE]
        returns = [posting.fen for posting in postings if posting.kind == RETURN]
        return Account(len(charges), len(returns), sum(charges) - sum(returns))

    def of_day(self, day: str) -> Iterator[tuple[Posting, Posting | None]]:
        """The postings of a clearing day in order, a return with the charge it undoes."""
        for posting in self._postings:
            if posting.day == day:
                yield posting, self.charged(posting.key) if posting.kind == RETURN else None

    def _post(self, posting: Posting) -> Posting:
        self._postings.append(posting)
        self._of.setdefault(posting.key, []).append(posting)
        return posting
