"""Do our book, the channel's file and the bank's credit say the same about each clearing day?

Three figures of one day and channel: what the journal says moved, what the file says moved and will be paid after fees,
and what the bank credited. The payout of a day may come alone, in parts, or together with other days of the same due
date; a movement is taken only when the sums agree, or when nothing else is left to choose from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from chongzheng.settlement import payouts
from chongzheng.settlement.bank import Movement, Statement
from chongzheng.settlement.breaks import Owner
from chongzheng.settlement.payouts import Payout

PARTS_MAX = 4
"""A payout in more parts than this is a person's to match."""

CHOICES_MAX = 16
"""Among more open movements of a channel than this no combination is looked for: it would be found by chance."""


class Gap(StrEnum):
    """What does not agree."""

    BOOK = "book"
    MISSING_CREDIT = "missing_credit"
    SHORT_CREDIT = "short_credit"
    EXCESS_CREDIT = "excess_credit"
    UNEXPLAINED_CREDIT = "unexplained_credit"
    FEE_TAIL = "fee_tail"


HANDLING: MappingProxyType[Gap, tuple[str, Owner, str]] = MappingProxyType(
    {
        Gap.BOOK: ("账实不符", Owner.RECONCILIATION, "settle_file"),
        Gap.MISSING_CREDIT: ("资金未到账", Owner.FINANCE, "ask_channel"),
        Gap.SHORT_CREDIT: ("到账不足", Owner.FINANCE, "ask_channel"),
        Gap.EXCESS_CREDIT: ("到账多款", Owner.FINANCE, "hold_in_suspense"),
        Gap.UNEXPLAINED_CREDIT: ("不明来款", Owner.FINANCE, "hold_in_suspense"),
        Gap.FEE_TAIL: ("手续费尾差", Owner.FINANCE, "post_rounding_tail"),
    }
)
"""Each gap's word in finance, its queue, and what is done first."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """One clearing day of a channel: `moved_fen` sales less what went back, by the file; `net_fen` what it will pay
    after fees; `booked_fen` what moved by our journal, None where nobody asked it.
    """

    channel: str
    day: str
    moved_fen: int
    net_fen: int
    booked_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap: `fen` signed, what came or is booked beyond what the file says, negative what is missing. `movements`:
    numbers of the lines of the statement it is about.
    """

    gap: Gap
    channel: str
    days: tuple[str, ...]
    due: str
    fen: int
    movements: tuple[int, ...]
    why: str

    @property
    def word(self) -> str:
        """What finance calls it."""
        return HANDLING[self.gap][0]

    @property
    def owner(self) -> Owner:
        """The queue that works it."""
        return HANDLING[self.gap][1]

    @property
    def next_action(self) -> str:
        """What its owner does first."""
        return HANDLING[self.gap][2]


@dataclass(frozen=True, slots=True)
class Paid:
    """Clearing days whose money came, with these movements."""

    channel: str
    days: tuple[str, ...]
    fen: int
    movements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """`paid` and `findings` in order; `pending`: clearing days whose money is not due within the statement; `others`:
    numbers of the movements that are no channel's.
    """

    paid: tuple[Paid, ...]
    findings: tuple[Finding, ...]
    pending: tuple[Cleared, ...]
    others: tuple[int, ...]


def reconcile(
    cleared: Iterable[Cleared], statement: Statement, agreed: Mapping[str, Payout], rest_days: Set[str]
) -> ThreeWay:
    """Compare the clearing days with one whole statement. `agreed`: payouts by channel; `rest_days`: no working days.

    TheirMistake: a channel that nobody said the payout of.
    """
    per_channel: dict[str, list[Cleared]] = {}
    for one in cleared:
        per_channel.setdefault(one.channel, []).append(one)
    whose = {movement.number: _whose(movement, statement, agreed) for movement in statement.movements}
    paid: list[Paid] = []
    findings: list[Finding] = []
    pending: list[Cleared] = []
    for channel in sorted({*per_channel, *(names[0] for names in whose.values() if len(names) == 1)}):
        mine = [movement for movement in statement.movements if whose[movement.number] == (channel,)]
        days = sorted(per_channel.get(channel, []), key=lambda one: one.day)
        findings += _book(days)
        matching = _Channel(payouts.of(agreed, channel), statement, rest_days, mine)
        matching.take(days)
        paid += matching.paid
        findings += matching.findings
        pending += matching.pending
    findings += [_ambiguous(movement) for movement in statement.movements if len(whose[movement.number]) > 1]
    findings.sort(key=lambda one: (one.channel, one.days, one.movements, one.gap))
    others = tuple(number for number, names in whose.items() if not names)
    return ThreeWay(tuple(paid), tuple(findings), tuple(pending), others)


@dataclass(frozen=True, slots=True)
class _Due:
    """A clearing day and the days between which its money may come."""

    cleared: Cleared
    due: str
    late: str


_Fits = Callable[[_Due, Movement], bool]


class _Channel:
    """One channel: from what is certain to what is merely the only thing left."""

    def __init__(self, payout: Payout, statement: Statement, rest_days: Set[str], open_: list[Movement]) -> None:
        self._payout, self._statement, self._rest_days = payout, statement, rest_days
        self._open = open_
        self.paid: list[Paid] = []
        self.findings: list[Finding] = []
        self.pending: list[Cleared] = []

    def take(self, days: Sequence[Cleared]) -> None:
        """Match every day that is due within the statement, then say what is left on both sides."""
        waiting = []
        for cleared in days:
            due = self._payout.due(cleared.day, self._rest_days)
            late = self._payout.late(due, self._rest_days)
            if due > self._statement.last_day:
                self.pending.append(cleared)
            elif late >= self._statement.first_day:
                waiting.append(_Due(cleared, due, late))
        for step in (self._named, self._alone, self._together, self._in_parts, self._nearly, self._left_over):
            waiting = step(waiting)
        for one in waiting:
            self._missing(one)
        for movement in self._open:
            self._unexplained(movement)

    def _named(self, waiting: list[_Due]) -> list[_Due]:
        """The movement of the right sum that names the clearing day."""
        return self._each(
            waiting, lambda due, movement: movement.fen == due.cleared.net_fen and _names_day(movement, due)
        )

    def _alone(self, waiting: list[_Due]) -> list[_Due]:
        """The first movement of the right sum."""
        return self._each(waiting, lambda due, movement: movement.fen == due.cleared.net_fen)

    def _together(self, waiting: list[_Due]) -> list[_Due]:
        """Several clearing days of one due date in one movement, as after a holiday."""
        left: list[_Due] = []
        for group in _by_due(waiting):
            whole = _whole(group)
            found = [movement for movement in self._window(group[0]) if movement.fen == whole]
            if len(group) > 1 and found:
                self._pay(group, found[:1])
            else:
                left += group
        return left

    def _in_parts(self, waiting: list[_Due]) -> list[_Due]:
        """One due date in several movements, when exactly one choice of them adds up."""
        left: list[_Due] = []
        for group in _by_due(waiting):
            whole = _whole(group)
            found = self._sums(self._window(group[0]), whole)
            if len(found) == 1:
                self._pay(group, found[0])
            else:
                left += group
        return left

    def _sums(self, movements: list[Movement], whole: int) -> list[tuple[Movement, ...]]:
        if len(movements) > CHOICES_MAX:
            return []
        choices = (choice for size in range(2, PARTS_MAX + 1) for choice in combinations(movements, size))
        return [choice for choice in choices if sum(movement.fen for movement in choice) == whole]

    def _nearly(self, waiting: list[_Due]) -> list[_Due]:
        """A movement that differs by no more than the tails of rounding once: of one day, or of all of a due date."""
        left: list[_Due] = []
        for group in [[one] for one in waiting]:
            left += self._near(group)
        waiting, left = left, []
        for group in _by_due(waiting):
            left += self._near(group)
        return left

    def _near(self, group: list[_Due]) -> list[_Due]:
        whole, tail_fen = _whole(group), self._payout.tail_fen * len(group)
        near = [each for each in self._window(group[0]) if abs(each.fen - whole) <= tail_fen]
        if len(near) != 1:
            return group
        self._differs(group, near[0], Gap.FEE_TAIL, "the bank paid what rounding once gives")
        return []

    def _left_over(self, waiting: list[_Due]) -> list[_Due]:
        """The one movement that is left, for the one due date that is left: it must be it, and it is not right."""
        left: list[_Due] = []
        for group in _by_due(waiting):
            window = self._window(group[0])
            others = [one for one in waiting if one not in group]
            if len(window) == 1 and not any(_may_be(one, window[0]) for one in others):
                gap = Gap.SHORT_CREDIT if window[0].fen < _whole(group) else Gap.EXCESS_CREDIT
                self._differs(group, window[0], gap, "the bank paid another sum than the file says")
            else:
                left += group
        return left

    def _each(self, waiting: list[_Due], fits: _Fits) -> list[_Due]:
        left: list[_Due] = []
        for one in waiting:
            found = [movement for movement in self._window(one) if fits(one, movement)]
            if one.cleared.net_fen == 0:
                self.paid.append(Paid(one.cleared.channel, (one.cleared.day,), 0, ()))
            elif found:
                self._pay([one], found[:1])
            else:
                left.append(one)
        return left

    def _window(self, due: _Due) -> list[Movement]:
        return [movement for movement in self._open if _may_be(due, movement)]

    def _pay(self, group: Sequence[_Due], movements: Sequence[Movement]) -> None:
        cleared = [one.cleared for one in group]
        fen = sum(movement.fen for movement in movements)
        days = tuple(one.day for one in cleared)
        self.paid.append(Paid(cleared[0].channel, days, fen, tuple(movement.number for movement in movements)))
        self._open = [movement for movement in self._open if movement not in movements]

    def _differs(self, group: list[_Due], movement: Movement, gap: Gap, why: str) -> None:
        fen = movement.fen - _whole(group)
        self._say(gap, group, fen, (movement.number,), f"{why}: {movement.fen} fen instead of {_whole(group)}")
        self._open = [other for other in self._open if other is not movement]

    def _missing(self, one: _Due) -> None:
        """Nothing came. While the statement ends before the last day on which it may, that is no gap yet."""
        if one.late > self._statement.last_day:
            self.pending.append(one.cleared)
            return
        why = f"{one.cleared.net_fen} fen were due by {one.late}, and the bank has no movement that fits"
        self._say(Gap.MISSING_CREDIT, [one], -one.cleared.net_fen, (), why)

    def _unexplained(self, movement: Movement) -> None:
        why = f"{movement.fen} fen of this channel on {movement.day}, and no clearing day says so"
        number = (movement.number,)
        self.findings.append(
            Finding(Gap.UNEXPLAINED_CREDIT, self._payout.channel, (), movement.day, movement.fen, number, why)
        )

    def _say(self, gap: Gap, group: list[_Due], fen: int, movements: tuple[int, ...], why: str) -> None:
        days = tuple(one.cleared.day for one in group)
        self.findings.append(Finding(gap, self._payout.channel, days, group[0].due, fen, movements, why))


def _whole(group: Sequence[_Due]) -> int:
    return sum(one.cleared.net_fen for one in group)


def _may_be(due: _Due, movement: Movement) -> bool:
    return due.due <= movement.day <= due.late


def _by_due(waiting: list[_Due]) -> Iterator[list[_Due]]:
    groups: dict[str, list[_Due]] = {}
    for one in waiting:
        groups.setdefault(one.due, []).append(one)
    return iter(groups.values())


def _names_day(movement: Movement, due: _Due) -> bool:
    day = due.cleared.day
    return movement.names(day) or movement.names(f"{day[:4]}-{day[4:6]}-{day[6:]}")


def _whose(movement: Movement, statement: Statement, agreed: Mapping[str, Payout]) -> tuple[str, ...]:
    return tuple(sorted(one.channel for one in agreed.values() if one.is_theirs(movement, statement.account)))


def _book(days: Sequence[Cleared]) -> list[Finding]:
    """Days on which the file says that another sum moved than our journal."""
    return [
        Finding(
            Gap.BOOK, one.channel, (one.day,), one.day, one.booked_fen - one.moved_fen, (),
            f"by the journal {one.booked_fen} fen moved, by the file {one.moved_fen}",
        )
        for one in days
        if one.booked_fen is not None and one.booked_fen != one.moved_fen
    ]  # fmt: skip


def _ambiguous(movement: Movement) -> Finding:
    why = f"{movement.fen} fen on {movement.day} bear the names of more than one channel"
    return Finding(Gap.UNEXPLAINED_CREDIT, "", (), movement.day, movement.fen, (movement.number,), why)
