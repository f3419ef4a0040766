"""What has the bank done with the money of one payment, whoever asked for it? Its own book, that nobody here writes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """One cardholder and one payment of `fen`. Credits and debits by the reference under which they were ordered: the
    same reference moves money once."""

    fen: int
    charges: int = 0
    reversals: int = 0
    credits: dict[str, int] = field(default_factory=dict)
    debits: dict[str, int] = field(default_factory=dict)
    is_charged_back: bool = False
    was_charged_back: bool = False

    @property
    def charged_fen(self) -> int:
        """What was taken for the payment."""
        return self.charges * self.fen

    @property
    def given_back_fen(self) -> int:
        """What came back over every route, less what was taken back again."""
        returned = (self.reversals + self.is_charged_back) * self.fen
        return returned + sum(self.credits.values()) - sum(self.debits.values())

    @property
    def is_doubled(self) -> bool:
        """Whether the cardholder has more back than was taken."""
        return self.given_back_fen > self.charged_fen

    def charge(self) -> None:
        """The sale was executed."""
        self.charges += 1

    def reverse(self) -> bool:
        """A reversal: it takes effect where a charge stands. Whether it did."""
        if self.charges <= self.reversals:
            return False
        self.reversals += 1
        return True

    def charge_back(self) -> None:
        """The issuer takes the money for its cardholder."""
        self.is_charged_back = self.was_charged_back = True

    def credit(self, reference: str, fen: int) -> None:
        """A refund or credit adjustment was ordered."""
        self.credits.setdefault(reference, fen)

    def debit(self, reference: str, fen: int) -> None:
        """Money was taken back from the cardholder."""
        self.debits.setdefault(reference, fen)
