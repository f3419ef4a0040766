"""Why does a record of the clearing file belong to no payment, and what does finance call that?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.settlement.line import Record


class Why(StrEnum):
    """What keeps a record from a payment."""

    STRANGER = "no payment of ours explains it"
    AMBIGUOUS = "it fits more than one payment equally well"
    CONTRADICTS = "the payment it would belong to says otherwise"
    OTHER_TRADE = "it is no trade that moved money, nor the reversal of one"
    EARLIER_FILE = "an earlier file of its payment was not read yet"


class Word(StrEnum):
    """The finance word for what the file has and we have not (GLOSSARY.md)."""

    LONG = "长款"
    SHORT = "短款"
    ONE_SIDED = "单边账"


@dataclass(frozen=True, slots=True)
class Break:
    """A record without a payment. `about`: ids of the payments it may be about, in order; none of them is judged by
    this file, because what the file says of them is not clear.
    """

    why: Why
    record: Record
    about: tuple[str, ...] = ()

    @property
    def word(self) -> Word:
        """Money that came for nobody is long, money that went for nobody is short; else one side knows more."""
        record = self.record
        if self.why is not Why.STRANGER or not (record.is_original or record.is_reversal):
            return Word.ONE_SIDED
        return Word.LONG if record.is_original is not record.gives_back else Word.SHORT

    def __str__(self) -> str:
        """One line for a person."""
        record = self.record
        trade = f"{record.mti} STAN {record.stan} terminal {record.terminal}, {record.amount_fen} fen"
        return f"line {record.number}: {self.word}: {trade}: {self.why}"
