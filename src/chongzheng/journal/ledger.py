"""How much money is in doubt now, what stands on each account, and may this day be closed for the general ledger?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chongzheng.journal.actors import Actors, May
from chongzheng.journal.acts import enact, queue
from chongzheng.journal.rows import encode
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.settlement.days import closes_at, is_day, shifted

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CLEARING_MS = 3 * DAY_MS
"""When what is on its way, or being undone, is proven at the latest: two clearing days, and the file of the second."""
AHEAD_MS_MAX = HOUR_MS
"""Nothing is written that says it happened later than this from now."""
TOP = 20
"""Merchants and terminals that the board names."""
CODE_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the money in doubt: how many payments, and in fen what is held for somebody and what is missing."""

    name: str
    payments: int
    held_fen: int
    missing_fen: int

    @property
    def fen(self) -> int:
        """What is in doubt, whichever way."""
        return self.held_fen + self.missing_fen


@dataclass(frozen=True, slots=True)
class Exposure:
    """All money in doubt at `at` (epoch ms), and the same money by age, by where it is on its way, by whose it may be,
    by channel, by when it falls due; and the merchants and terminals with the most."""

    at: int
    all: Slice
    age: tuple[Slice, ...]
    stage: tuple[Slice, ...]
    whose: tuple[Slice, ...]
    channel: tuple[Slice, ...]
    due: tuple[Slice, ...]
    merchants: tuple[Slice, ...]
    terminals: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """An account over a day, in fen: all that was ever debited and credited, up to the closing before and up to now."""

    account: str
    title: str
    nature: str
    code: str
    once_debited_fen: int
    once_credited_fen: int
    all_debited_fen: int
    all_credited_fen: int

    @property
    def opening_fen(self) -> int:
        """What it began with. Above 0: a debit."""
        return self.once_debited_fen - self.once_credited_fen

    @property
    def debited_fen(self) -> int:
        """What the day debited."""
        return self.all_debited_fen - self.once_debited_fen

    @property
    def credited_fen(self) -> int:
        """What the day credited."""
        return self.all_credited_fen - self.once_credited_fen

    @property
    def closing_fen(self) -> int:
        """What it ends with. Above 0: a debit."""
        return self.all_debited_fen - self.all_credited_fen


@dataclass(frozen=True, slots=True)
class Item:
    """Money in suspense: a payment, or the number of a break. `fen` above 0 is held for somebody, below 0 missing."""

    subject: str
    channel: str
    merchant: str
    terminal: str
    stan: str
    day: str
    opened_at: int
    state: str
    what: str
    fen: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed day: when (epoch ms), by whom, and its trial balance."""

    day: str
    at: int
    act: int
    by: str
    balances: tuple[Balance, ...]


class Unposted(Exception):
    """The day cannot be closed: something of it is not in the books yet. Its lines are safe to show."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


SIDES = ("channel", "age", "stage", "whose", "due")
ORDERS = {
    "age": ("under 1 hour", "under 1 day", "under 3 days", "under 7 days", "7 days and more"),
    "stage": ("on its way", "being undone", "waiting for files", "with a person", "parked"),
    "whose": ("cardholder", "contested", "nobody knows"),
    "due": ("overdue", "within 24 hours", "within 48 hours", "within 72 hours", "later", "no date"),
}
"""The words of each side, in the order in which a person reads them."""


class Asking(Protocol):
    """Whoever can be asked: the desk, or a reader."""

    def ask(self, name: str, /, **values: object) -> list[Any]: ...


def exposure(asked: Asking, now: int) -> Exposure:
    """All money in doubt at `now` (epoch ms), in one statement."""
    rows = asked.ask("exposure", **_instants(now), clearing_ms=CLEARING_MS, most=TOP)
    sides: dict[str, dict[str, Slice]] = {side: {} for side in SIDES}
    whole = Slice("all", 0, 0, 0)
    merchants: list[Slice] = []
    terminals: list[Slice] = []
    for *words, merchant, terminal, number, held, missing in rows:
        one = Slice(f"{merchant} {terminal}".strip(), int(number), int(held), int(missing))
        if merchant:
            (terminals if terminal else merchants).append(one)
            continue
        whole = _added(whole, one)
        for side, word in zip(SIDES, words, strict=True):
            sides[side][word] = _added(sides[side].get(word, Slice(word, 0, 0, 0)), one)
    ordered = {side: _ordered(side, found) for side, found in sides.items()}
    return Exposure(at=now, all=whole, merchants=tuple(merchants), terminals=tuple(terminals), **ordered)


class Ledger:
    """The books. `clock`: epoch ms. `asked`: who is asked what takes long, where others wait for `side`."""

    def __init__(self, side: Side, clock: Callable[[], int], asked: Asking | None = None) -> None:
        self._side = side
        self._clock = clock
        self._asked: Asking = asked or side
        self._actors = Actors(side)

    def exposure(self) -> Exposure:
        """All money in doubt now."""
        return exposure(self._asked, self._clock())

    def suspense(self) -> list[Item]:
        """The sub-ledger of suspense now, oldest first."""
        return [Item(*(*row[:-1], int(row[-1]))) for row in self._asked.ask("suspense_items")]

    def trial(self, day: str) -> tuple[Balance, ...]:
        """Every account over this day, closed or not. TheirMistake: no such day."""
        _check_day(day)
        closed = self._side.ask("get_closing", day=day)
        return self._closing(closed[0]).balances if closed else self._balances(day)

    def close(self, day: str, by: str) -> tuple[Closing, bool]:
        """Close the day for the general ledger; whether that is new. A closed day stays as it was closed.

        Unposted: it is not over, the one before is not closed, a file is half read, a proposal waits, or the books and
        the payments disagree. OurMistake: the trial balance is not zero.
        """
        _check_day(day)
        self._actors.allowed(by, May.CLOSE_DAYS)
        # What takes long is read before the transaction, which would keep the engine waiting. What is booked in between
        # counts on the next day, as all does that is booked into a day that is closed.
        apart = [f"the books of {name} are not where its state says" for (name,) in self._asked.ask("books_apart")]
        balances = self._balances(day)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.CLOSE_DAYS)
            closed = self._side.ask("get_closing", day=day)
            if closed:
                return self._closing(closed[0]), False
            unposted = [*self._unposted(day), *apart]
            if unposted:
                raise Unposted(unposted)
            now = self._clock()
            if sum(balance.closing_fen for balance in balances):
                raise OurMistake("the trial balance is not zero", day)
            figures = encode({"balances": balances})
            totals = {balance.account: balance.closing_fen for balance in balances}
            act = enact(self._side, now, by, "day closed", f"day {day}", balances=totals)
            self._side.ask("put_closing", day=day, at=now, act=act, figures=figures)
            return self._closing((day, now, act, figures)), True

    def closing(self, day: str) -> Closing | None:
        """The day as it was closed."""
        rows = self._side.ask("get_closing", day=day)
        return self._closing(rows[0]) if rows else None

    def accounts(self) -> list[tuple[str, str, str, str]]:
        """(name, title, nature, number in the general ledger) of every account, those with debits first."""
        return [tuple(row) for row in self._side.ask("accounts")]

    def set_code(self, account: str, code: str, by: str) -> None:
        """The number of this account in the general ledger. TheirMistake: no such account, or no such number."""
        if not code.isprintable() or len(code) > CODE_CHARS_MAX:
            raise TheirMistake(f"is at most {CODE_CHARS_MAX} visible characters", "code")
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.CLOSE_DAYS)
            if not self._side.ask("set_code", name=account, code=code):
                names = ", ".join(row[0] for row in self._side.ask("accounts"))
                raise TheirMistake(f"there is no such account; there are {names}", account)
            enact(self._side, self._clock(), by, "account numbered", f"account {account}", code=code)

    def _balances(self, day: str) -> tuple[Balance, ...]:
        """Everything before the end of the day, less what the last closing before it held: what was written after that
        closing, but dated before it, counts here."""
        before = self._side.ask("closing_before", day=day)
        closed = {one.account: one for one in self._closing(before[0]).balances} if before else {}
        moved = {row[0]: (int(row[1]), int(row[2])) for row in self._moved(closes_at(day))}
        found = []
        for name, title, nature, code in self._side.ask("accounts"):
            debited, credited = moved.get(name, (0, 0))
            known = (closed[name].all_debited_fen, closed[name].all_credited_fen) if name in closed else (0, 0)
            found.append(Balance(name, title, nature, code, *known, debited, credited))
        if unknown := moved.keys() - {one.account for one in found}:
            raise OurMistake("an account that the ledger does not know", ", ".join(sorted(unknown)))
        return tuple(found)

    def _moved(self, until: int) -> list[Any]:
        """(account, debited, credited) before an instant. While that is far ahead everything is before it."""
        if until - self._clock() > AHEAD_MS_MAX:
            return self._asked.ask("balances_now")
        return self._asked.ask("balances_until", until=until)

    def _unposted(self, day: str) -> Iterator[str]:
        end = closes_at(day)
        if self._clock() < end:
            yield f"{day} is not over"
        last = self._side.ask("last_closing")
        if last and day != shifted(str(last[0][0]), 1):
            yield f"the last closed day is {last[0][0]}; the next to close is {shifted(str(last[0][0]), 1)}"
        for (name,) in self._side.ask("unfinished_files", day=day):
            yield f"the file {name} is half read; give it again"
        for (number,) in self._side.ask("proposals_until", until=end):
            yield f"break {number} waits for a second person"

    def _closing(self, row: Any) -> Closing:
        day, at, act, figures = row
        said = msgspec.json.decode(bytes(figures), type=_Figures)
        (by,) = self._side.ask("act_by", no=act)[0]
        return Closing(day, at, act, by, said.balances)


class _Figures(msgspec.Struct):
    balances: tuple[Balance, ...]


def _added(one: Slice, other: Slice) -> Slice:
    return Slice(
        one.name,
        one.payments + other.payments,
        one.held_fen + other.held_fen,
        one.missing_fen + other.missing_fen,
    )


def _ordered(side: str, found: dict[str, Slice]) -> tuple[Slice, ...]:
    """Where the words have an order all of them are there, so that two boards can be laid side by side."""
    if side in ORDERS:
        return tuple(found.get(word, Slice(word, 0, 0, 0)) for word in ORDERS[side])
    return tuple(sorted(found.values(), key=lambda one: (-one.fen, one.name)))


def _instants(now: int) -> dict[str, int]:
    return {
        "now": now,
        "hour": now - HOUR_MS,
        "day": now - DAY_MS,
        "three_days": now - 3 * DAY_MS,
        "week": now - 7 * DAY_MS,
        "in_one_day": now + DAY_MS,
        "in_two_days": now + 2 * DAY_MS,
        "in_three_days": now + 3 * DAY_MS,
    }


def _check_day(day: str) -> None:
    if not is_day(day):
        raise TheirMistake("is no day; write it as yyyymmdd", "date")
