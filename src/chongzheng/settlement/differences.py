"""Which differences between our book and the channel's file do the matches and the breaks show, in finance words?

A payment is judged by what all its lines moved, in this file and in earlier ones: an original and its reversal are a
pair that moved nothing, on one day or across two. What a later file may still bring is carried over, not reported; it
is reported by the file that makes the silence final, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from chongzheng.settlement.breaks import Difference, Type, of_break
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Fit, Held, Matching
from chongzheng.settlement.windows import HOUSE, Window, Windows

NOT_IN_FILE = "the book says it stands, and no file of its days has it"
SAME_LINE_TWICE = "the same line stands in the file more than once"
REVERSAL_ALONE = "the files have its reversal, and not the trade itself"
CAME_BACK = "the book says it never happened; the files have it and its reversal"
OTHER_AMOUNT = "the file moved another amount than the book says"
MORE_MOVED = "the file moved it more often than the book says"
LESS_MOVED = "the file took it back, and the book says it stands"
OTHER_FEE = "the file charged another fee than the agreed one"


@dataclass(frozen=True, slots=True)
class Findings:
    """`differences` in the order of the file, those without a line first; `carried`: ids of payments about which a
    later file decides, in order.
    """

    differences: tuple[Difference, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """What a line says about one payment: the line, and how much of it is this payment's, in fen."""

    record: Record
    fen: int

    @property
    def movement(self) -> tuple[str | int, ...]:
        """Lines that agree in all of this are one movement of money (see reversal.verdict)."""
        record = self.record
        return (record.mti, record.stan, record.sent_at, record.rrn, record.order, record.theirs, self.fen)


def differences(
    matching: Matching,
    candidates: Iterable[Candidate],
    file_days: Set[str],
    rest_days: Set[str] = frozenset(),
    windows: Windows = HOUSE,
) -> Findings:
    """What the files of `file_days` (yyyymmdd), matched as one, show about the candidates that have not heard them yet.

    A payment that a break may be about is left out: the break itself is the difference. `rest_days`: days that are no
    working days, for channels that count those.
    """
    shares: dict[str, list[_Share]] = {}
    doubted = {payment for one in matching.breaks for payment in one.about}
    found = [of_break(one) for one in matching.breaks]
    carried: list[str] = []
    ordered = sorted(candidates, key=lambda candidate: candidate.payment)
    amounts = {candidate.payment: candidate.amount_fen for candidate in ordered}
    for one in matching.matches:
        fen = amounts[one.payment] if one.fit is Fit.SUM else one.record.amount_fen
        shares.setdefault(one.payment, []).append(_Share(one.record, fen))
    for candidate in ordered:
        if candidate.payment in doubted or not file_days.isdisjoint(candidate.read_days):
            continue
        window = windows.of(candidate.channel)
        files, read = set(window.files(candidate.day, rest_days)), set(candidate.read_days)
        lines = tuple(shares.get(candidate.payment, ()))
        told = _Told(candidate, lines, window, final=file_days | read >= files, was_final=read >= files)
        found += told.differences()
        carried += [candidate.payment] if told.is_carried else []
    found.sort(key=lambda one: (one.record_number, one.payment, one.type, one.fen))
    return Findings(tuple(found), tuple(carried))


class _Told:
    """One payment and its lines. `final`: no later file speaks about it; `was_final`: an earlier one said the last."""

    def __init__(
        self, candidate: Candidate, lines: tuple[_Share, ...], window: Window, *, final: bool, was_final: bool
    ) -> None:
        self._payment = candidate
        self._window = window
        firsts: dict[tuple[str | int, ...], _Share] = {}
        self._repeated = [line for line in lines if firsts.setdefault(line.movement, line) is not line]
        self._lines = tuple(firsts.values())
        self._final, self._was_final = final, was_final
        self._originals = [line for line in self._lines if line.record.is_original]
        self._reversals = [line for line in self._lines if line.record.is_reversal]
        self._count = candidate.seen + len(self._originals) - len(self._reversals)
        self._sign = -1 if candidate.gives_back else 1

    @property
    def is_carried(self) -> bool:
        """Whether a later file may still bring what is missing now."""
        held, count = self._payment.held, self._count
        missing = (held is Held.KEPT and count < 1 and not self._lines) or count < 0
        return not self._final and (missing or (held is Held.RETURNED and count == 1))

    def differences(self) -> list[Difference]:
        """All of this payment."""
        found = [self._one(Type.STATUS, self._sign * line.fen, SAME_LINE_TWICE, line) for line in self._repeated]
        if not self.is_carried and (self._lines or not self._was_final):
            found += self._of_money()
        return found

    def _of_money(self) -> list[Difference]:
        surplus = self._count - self._wanted
        if any(not self._same(line.fen) for line in self._lines):
            moved = (
                self._payment.seen * self._payment.amount_fen + self._sum(self._originals) - self._sum(self._reversals)
            )
            fen = self._sign * (moved - self._wanted * self._payment.amount_fen)
            return [self._one(Type.AMOUNT, fen, OTHER_AMOUNT)] if fen else self._of_fee()
        if surplus:
            return [self._by_count(surplus)]
        if self._payment.held is Held.NEVER and self._lines:
            return [self._one(Type.STATUS, 0, CAME_BACK)]
        return self._of_fee()

    @property
    def _wanted(self) -> int:
        """How often the book says that it moved; while the book says nothing, once or not at all is as well."""
        if self._payment.held is Held.OPEN:
            return min(max(self._count, 0), 1)
        return 1 if self._payment.held is Held.KEPT else 0

    def _by_count(self, surplus: int) -> Difference:
        fen = self._sign * surplus * self._payment.amount_fen
        if self._count < 0:
            return self._one(Type.STATUS, fen, REVERSAL_ALONE)
        if surplus < 0 and not self._lines:
            return self._one(Type.ONE_SIDED_OURS, fen, NOT_IN_FILE)
        return self._one(Type.LONG if fen > 0 else Type.SHORT, fen, MORE_MOVED if surplus > 0 else LESS_MOVED)

    def _of_fee(self) -> list[Difference]:
        """The agreed fee is that of a trade which stands, alone on its line."""
        agreed = self._payment.fee_fen
        charged = [line.record.fee_fen for line in self._lines]
        if agreed is None or len(charged) != 1 or charged[0] is None or self._wanted != 1 or charged[0] == agreed:
            return []
        return [self._one(Type.FEE, agreed - charged[0], OTHER_FEE)]

    def _same(self, fen: int) -> bool:
        return self._window.same(fen, self._payment.amount_fen)

    @staticmethod
    def _sum(lines: Iterable[_Share]) -> int:
        return sum(line.fen for line in lines)

    def _one(self, type_: Type, fen: int, why: str, line: _Share | None = None) -> Difference:
        named = line or (self._lines[0] if self._lines else None)
        return Difference(type_, self._payment.payment, named.record.number if named else 0, fen, why)
