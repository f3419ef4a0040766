"""What does one line of a clearing file say, once it is read? The same shape for every layout."""

from __future__ import annotations

from dataclasses import dataclass

GIVES_BACK = frozenset({"20", "17"})
"""First digits of F3 of a trade that gives money back: void and refund, void of a cash load (facts/iso8583 1.1)."""

TAKES = frozenset({"00", "60", "62", "63"})
"""First digits of F3 of a trade that takes money: purchase, completion, the loads of a chip card."""

ORIGINALS = frozenset({"0200", "0220"})
"""Requests and notices; a pre-authorisation (0100) moves no money and stands in no clearing file."""

EXECUTED = frozenset({"00", "11", "A2", "A4", "A5", "A6"})
"""F39 of a trade that moved money; the A codes are successes with a defect (facts/channels 5.6)."""

REVERSALS = frozenset({"0400", "0401", "0420", "0421"})


@dataclass(frozen=True, slots=True)
class Record:
    """One trade as the clearing house saw it. `sent_at` (F7) and `original_sent_at` (F90.3) are yyyymmddHHMMSS in
    Chinese time with the year derived, "" when absent; `number` is the line in the file, from 1; `text` is the line
    with the card number masked. No full card number leaves the reader.
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

    @property
    def is_original(self) -> bool:
        """A trade that moved money, either way: a request or a notice that was executed."""
        return self.mti in ORIGINALS and self._moves_money and self.code in EXECUTED

    @property
    def is_reversal(self) -> bool:
        """The reversal of such a trade. F39 of a reversal may hold its reason."""
        return self.mti in REVERSALS and self._moves_money

    @property
    def gives_back(self) -> bool:
        """Whether the trade, or the one that is reversed, gives the cardholder money: a void or a refund."""
        return self.processing[:2] in GIVES_BACK

    @property
    def _moves_money(self) -> bool:
        return self.processing[:2] in GIVES_BACK | TAKES


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
    """Everything that was understood of a file and everything that was not."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]

    @property
    def amount_fen(self) -> int:
        """The sum over all records, reversals counted like sales: a control total, not an amount of money."""
        return sum(record.amount_fen for record in self.records)
