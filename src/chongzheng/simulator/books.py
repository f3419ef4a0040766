"""Do the verdicts, the ledger and the clearing files say the same about the money, when the demo has ended?

The files are read here from the places of their fields, by nothing that the engine reads them with. A trace number may
come again on a terminal, so the three are compared by terminal and trace: what the files moved there, what the ledger
says that clearing owes for it, and what the verdicts make of the amounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chongzheng.journal.ledger import Ledger
from chongzheng.journal.reader import Reader
from chongzheng.journal.side import Side
from chongzheng.reversal.entries import Account
from chongzheng.reversal.payment import Payment, Truth
from chongzheng.settlement.days import closes_at
from chongzheng.simulator.clearing import PLACES

SALE, REVERSAL = "0200", "0420"
TIMES = {Truth.CHARGED_KEPT: 1, Truth.CHARGED_TWICE: 2}
"""How often the amount stays with clearing; everything else leaves nothing there."""


class Trace(NamedTuple):
    """F42, F41 and F11 of a sale."""

    merchant: str
    terminal: str
    stan: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """`compared` traces, those that are `apart` (with what each of the three says, fen), and the trial balance: the
    sum of all accounts, fen, which is nought, and what stands on each (above 0: a debit)."""

    compared: int
    apart: tuple[str, ...]
    trial_fen: int
    balances: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether the three agree and the books balance."""
        return not self.apart and self.trial_fen == 0


def compare(place: Path | str, files: Iterable[Path], day: str, planted: frozenset[str]) -> Agreement:
    """The journal at `place` against the clearing `files`; `day` is the last that they are of.

    Traces of `planted` payments, of which a file lies, are left out.
    """
    cleared = Counter[Trace]()
    for file in files:
        cleared.update(moved(file.read_bytes()))
    booked, judged, left_out = Counter[Trace](), Counter[Trace](), set[Trace]()
    reader = Reader.open(place)
    try:
        for payment in reader.payments():
            trace = Trace(payment.key.merchant, payment.key.terminal, payment.key.stan)
            if payment.id in planted:
                left_out.add(trace)
            judged[trace] += _by_verdict(payment)
            for entry in reader.entries_of(payment.id):
                booked[trace] += entry.fen * ((entry.debit == Account.CLEARING) - (entry.credit == Account.CLEARING))
    finally:
        reader.close()
    traces = sorted((cleared.keys() | judged.keys()) - left_out)
    apart = [
        f"{' '.join(trace)}: verdict {judged[trace]}, ledger {booked[trace]}, files {cleared[trace]} fen"
        for trace in traces
        if not judged[trace] == booked[trace] == cleared[trace]
    ]
    balances = _balances(place, day)
    return Agreement(len(traces), tuple(apart), sum(balances.values()), balances)


def moved(content: bytes) -> Counter[Trace]:
    """What the lines of a file move, fen: a sale to us, its reversal back."""
    found = Counter[Trace]()
    for line in content.splitlines():
        is_reversal = _text(line, "mti") == REVERSAL
        stan = _text(line, "original_stan" if is_reversal else "stan")
        trace = Trace(_text(line, "merchant"), _text(line, "terminal"), stan)
        found[trace] += int(_text(line, "amount")) * (-1 if is_reversal else 1)
    return found


def _text(line: bytes, name: str) -> str:
    at, length = PLACES[name]
    return line[at : at + length].decode("gbk").strip()


def _by_verdict(payment: Payment) -> int:
    return TIMES.get(payment.verdict.truth, 0) * payment.fen


def _balances(place: Path | str, day: str) -> dict[str, int]:
    """What stands on each account when the day has ended, where that is not nought."""
    side = Side.open(place)
    try:
        trial = Ledger(side, lambda: closes_at(day)).trial(day)
    finally:
        side.close()
    return {balance.account: balance.closing_fen for balance in trial if balance.closing_fen}
