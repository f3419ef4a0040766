"""What does one line of a clearing file say, once it is read? The same shape for every layout.

A layout that has no words of ISO 8583 is told in them all the same: a sale is 0200 with F3 00, a void 0200 with 20, a
refund 0220 with 20, the reversal of any of them 0420; an adjustment that credits the cardholder 0220 with 22, one that
debits 0220 with 02 (the F3 of ISO 8583:1987). So every rule below holds for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GIVES_BACK = frozenset({"20", "17"})
"""First digits of F3 of a trade that gives money back: void and refund, void of a cash load (facts/iso8583 1.1)."""

TAKES = frozenset({"00", "60", "62", "63"})
"""First digits of F3 of a trade that takes money: purchase, completion, the loads of a chip card."""

ORIGINALS = frozenset({"0200", "0220"})
"""Requests and notices; a pre-authorisation (0100) moves no money and stands in no clearing file."""

EXECUTED = frozenset({"00", "11", "A2", "A4", "A5", "A6"})
"""F39 of a trade that moved money; the A codes are successes with a defect (facts/channels 5.6)."""

REVERSALS = frozenset({"0400", "0401", "0420", "0421"})

ADJUSTS = frozenset({"02", "22"})
"""First digits of F3 of an adjustment: debit and credit."""

CARD_CHANNEL = "card"


class Kind(StrEnum):
    """What a line is to the trade."""

    SALE = "sale"
    VOID = "void"
    REFUND = "refund"
    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Record:
    """One trade as the clearing house saw it. `sent_at` (F7) and `original_sent_at` (F90.3) are yyyymmddHHMMSS in
    Chinese time with the year derived, "" when absent; `number` is the line in the file, from 1; `text` is the line
    with the card number masked. No full card number leaves the reader: `card` is its keyed hash, "" where there is
    none or nobody gave the key.

    `order` is our order number and `theirs` the channel's own; `original_order` and `original_rrn` point back like
    `original_stan`. `fee_fen` and `network_fee_fen` (the scheme's) are what we pay, negative where we get it back, and
    `settled_fen` is what comes to us; None where the layout does not say. `acquirer` F32, `forwarder` F33, `entry_mode`
    F22, `mcc` F18, `card_type` credit, debit or "". `error` and `reason` are the dispute's codes (AERRA), which make a
    line an adjustment whatever its F3.
    """

    number: int
    mti: str
    processing: str
    condition: str
    stan: str
    sent_at: str
    masked_pan: str
    amount_fen: int
    terminal: str
    merchant: str
    rrn: str
    code: str
    original_stan: str
    original_sent_at: str
    text: str
    channel: str = CARD_CHANNEL
    acquirer: str = ""
    forwarder: str = ""
    order: str = ""
    theirs: str = ""
    fee_fen: int | None = None
    settled_fen: int | None = None
    entry_mode: str = ""
    mcc: str = ""
    card_type: str = ""
    original_order: str = ""
    original_rrn: str = ""
    card: str = ""
    error: str = ""
    reason: str = ""
    network_fee_fen: int | None = None

    @property
    def is_original(self) -> bool:
        """A trade that moved money, either way: a request or a notice that was executed."""
        return self.mti in ORIGINALS and self._moves_money and self.code in EXECUTED

    @property
    def is_reversal(self) -> bool:
        """The reversal of such a trade. F39 of a reversal may hold its reason."""
        return self.mti in REVERSALS and self._moves_money

    @property
    def kind(self) -> Kind:
        """Which of the six: a refused trade, an inquiry or a pre-authorisation is other."""
        if self.error or self.processing[:2] in ADJUSTS:
            return Kind.ADJUSTMENT
        if self.is_reversal:
            return Kind.REVERSAL
        if not self.is_original:
            return Kind.OTHER
        if not self.gives_back:
            return Kind.SALE
        return Kind.REFUND if self.mti == "0220" else Kind.VOID

    @property
    def gives_back(self) -> bool:
        """Whether the trade, or the one that is reversed, gives the cardholder money: a void or a refund."""
        return self.processing[:2] in GIVES_BACK

    @property
    def _moves_money(self) -> bool:
        return not self.error and self.processing[:2] in GIVES_BACK | TAKES


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where (`file`, `line 7`) and in which field (its name in the layout, or ""). Shows no value."""

    where: str
    what: str
    which: str = ""

    def __str__(self) -> str:
        """One line for a person."""
        place = f"{self.where}, {self.which}" if self.which else self.where
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was understood of a file and everything that was not. `closed`: the file itself says what it
    holds, and holds it; `name`: that of the file inside an archive.
    """

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    closed: bool = False
    name: str = ""

    @property
    def amount_fen(self) -> int:
        """The sum over all records, reversals counted like sales: a control total, not an amount of money."""
        return sum(record.amount_fen for record in self.records)
