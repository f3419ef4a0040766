"""What do our book and the channel's file disagree about, what does finance call it, and who does what about it?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from chongzheng.settlement.line import Kind, Record


class Why(StrEnum):
    """What keeps a record from a payment."""

    STRANGER = "no payment of ours explains it"
    AMBIGUOUS = "it fits more than one payment equally well"
    CONTRADICTS = "the payment it would belong to says otherwise"
    OTHER_TRADE = "it is no trade that moved money, nor the reversal of one"
    ADJUSTMENT = "it adjusts an earlier trade"
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


class Type(StrEnum):
    """How book and file differ. Long and short: both know the trade, and more, or less, money moved than the book says.
    One-sided: only one of the two knows it. Amount: the trade stands in both, with two amounts. Status: they disagree
    about what happened, or nobody can say which payment it happened to. Fee: another fee than the agreed one.
    """

    LONG = "long"
    SHORT = "short"
    ONE_SIDED_OURS = "one_sided_ours"
    ONE_SIDED_THEIRS = "one_sided_theirs"
    AMOUNT = "amount"
    STATUS = "status"
    FEE = "fee"


class Viewpoint(StrEnum):
    """Whose money a difference counts; the same difference is long for one and short for another (operations 2.1)."""

    ACQUIRER = "acquirer"
    MERCHANT = "merchant"
    CARDHOLDER = "cardholder"
    SCHEME = "scheme"


class Owner(StrEnum):
    """The queue that works it."""

    RECONCILIATION = "reconciliation"
    DISPUTES = "disputes"
    FINANCE = "finance"


class NextAction(StrEnum):
    """What its owner does first (operations 2.1 and 2.2)."""

    CREDIT_ADJUSTMENT = "credit_adjustment"
    DEBIT_REQUEST = "debit_request"
    ASK_CHANNEL = "ask_channel"
    OPEN_PAYMENT = "open_payment"
    DECIDE_BY_HAND = "decide_by_hand"
    CLAIM_FEE = "claim_fee"


HANDLING: MappingProxyType[Type, tuple[str, Owner, NextAction]] = MappingProxyType(
    {
        Type.LONG: ("长款", Owner.DISPUTES, NextAction.CREDIT_ADJUSTMENT),
        Type.SHORT: ("短款", Owner.DISPUTES, NextAction.DEBIT_REQUEST),
        Type.ONE_SIDED_OURS: ("单边账", Owner.RECONCILIATION, NextAction.ASK_CHANNEL),
        Type.ONE_SIDED_THEIRS: ("单边账", Owner.RECONCILIATION, NextAction.OPEN_PAYMENT),
        Type.AMOUNT: ("金额不符", Owner.DISPUTES, NextAction.DECIDE_BY_HAND),
        Type.STATUS: ("状态不符", Owner.RECONCILIATION, NextAction.DECIDE_BY_HAND),
        Type.FEE: ("手续费不符", Owner.FINANCE, NextAction.CLAIM_FEE),
    }
)
"""Each type's word in finance, its queue, and what is done first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. `payment` is "" where only the file knows the trade, `record_number` 0 where only we do. `fen`
    is signed from the viewpoint: what came, or was kept, beyond what the book says; negative: what is missing.
    `about`: ids of payments that it may be about, in order.
    """

    type: Type
    payment: str
    record_number: int
    fen: int
    why: str
    about: tuple[str, ...] = ()
    viewpoint: Viewpoint = Viewpoint.ACQUIRER

    @property
    def word(self) -> str:
        """What finance calls it."""
        return HANDLING[self.type][0]

    @property
    def owner(self) -> Owner:
        """The queue that works it."""
        return HANDLING[self.type][1]

    @property
    def next_action(self) -> NextAction:
        """What its owner does first."""
        return HANDLING[self.type][2]


ADJUSTED: MappingProxyType[str, int] = MappingProxyType({"02": 1, "22": -1})
"""Which way a debit and a credit adjustment move money, by the first digits of F3."""


def moved_fen(record: Record) -> int:
    """What the record moved towards the acquirer, in fen: a sale brings, a refund or a credit adjustment takes, a
    reversal does the opposite; 0 for a record that moved nothing, or whose dispute code alone says which way.
    """
    if record.kind is Kind.ADJUSTMENT:
        return ADJUSTED.get(record.processing[:2], 0) * record.amount_fen
    if not (record.is_original or record.is_reversal):
        return 0
    return record.amount_fen if record.is_original is not record.gives_back else -record.amount_fen


def of_break(one: Break) -> Difference:
    """The difference that a record without a payment is: the file knows a trade alone, or what it says is not clear."""
    stranger = one.why is Why.STRANGER
    return Difference(
        Type.ONE_SIDED_THEIRS if stranger else Type.STATUS,
        "",
        one.record.number,
        moved_fen(one.record),
        one.why.value,
        one.about,
    )
