"""What does one line of a clearing file say, once it is read? The same shape for every layout."""

from __future__ import annotations

from dataclasses import dataclass

PRE_AUTHORISATION = "06"
"""F25 of the pre-authorisation family: its messages look like purchases and are not (facts/channels 5.5)."""

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
    def is_sale(self) -> bool:
        """A purchase that was charged: 0200 with processing 00xxxx, outside the pre-authorisation family."""
        return self.mti == "0200" and self._is_purchase and self.code in EXECUTED

    @property
    def is_reversal(self) -> bool:
        """The reversal of a purchase: 0420 with processing 00xxxx. F39 of a reversal may hold its reason."""
        return self.mti in REVERSALS and self._is_purchase

    @property
    def _is_purchase(self) -> bool:
        return self.processing.startswith("00") and self.condition != PRE_AUTHORISATION


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
