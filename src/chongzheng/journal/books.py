"""What does a desk of finance see of the books and of the day: postings, suspense, differences, closings, by the page?

All of it only reads, and each page says where the next one begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from chongzheng.journal.breaks import STATES, Break
from chongzheng.journal.ledger import Asking
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.entries import Account
from chongzheng.settlement.days import shifted

PAGE_MAX = 200
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
LAST = 2**62
"""Behind every number that a row can have."""
FOREVER = 2**62
UNRESOLVED = ("unresolved", "open", "proposed")
"""States of differences that are not over."""
LOOKED_AT_MAX = 2_000
"""Payments that one page of suspense looks at; with fewer that have something there it is short."""
Behind = tuple[int, str, int]
"""Where a page of suspense begins: behind this (epoch ms, payment, break)."""
BY_MACHINE = frozenset({Account.CLEARING, Account.MERCHANT, Account.SUSPENSE})
"""Accounts between which facts of payments move money; all others are moved by vouchers alone."""
AGES: MappingProxyType[str, tuple[int, int]] = MappingProxyType({
    "under 1 hour": (0, HOUR_MS),
    "under 1 day": (HOUR_MS, DAY_MS),
    "under 3 days": (DAY_MS, 3 * DAY_MS),
    "under 7 days": (3 * DAY_MS, 7 * DAY_MS),
    "7 days and more": (7 * DAY_MS, FOREVER),
})  # fmt: skip
"""Ages as the board of money in doubt names them: (at least, less than), ms."""


@dataclass(frozen=True, slots=True)
class Lying:
    """Money in suspense: of a payment, or of a break (`break_id`, else 0). `fen` above 0 is held for somebody, below 0
    missing; `what`: what is known of the payment, or the type of the break."""

    payment: str
    channel: str
    merchant: str
    terminal: str
    opened_at: int
    owes: str
    what: str
    fen: int
    break_id: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One move of money between two accounts. `key`: where the next page begins; `why`: the fact, or the kind of the
    act; `by`: who acted, "" the machine; `act` 0: none."""

    key: tuple[int, ...]
    at: int
    payment: str
    break_id: int
    debit: str
    credit: str
    fen: int
    why: str
    by: str
    act: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that is closed: when (epoch ms), by which act of whom."""

    day: str
    at: int
    act: int
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which differences: by state, type, channel, file; "" is any."""

    state: str = "unresolved"
    type: str = ""
    channel: str = ""
    file: str = ""


class Books:
    """`asked`: whoever can be asked, the desk or a reader."""

    def __init__(self, asked: Asking) -> None:
        self._asked = asked

    def opened(self, since: int, until: int) -> dict[int, int]:
        """Payments by the minute (epoch ms of its begin) in which they were opened; a span of at most a day."""
        days = {"before": day_of(since), "today": day_of(until), "behind": shifted(day_of(until), 1)}
        rows = self._asked.ask("opened_by_minute", since=since, until=until, **days)
        return {int(minute) * MINUTE_MS: int(count) for minute, count in rows}

    def reversals(self, first: str, last: str) -> dict[str, tuple[int, int]]:
        """By business day: how many reversals failed, of how many that are not under way any more."""
        rows = self._asked.ask("reversals_by_day", first=first, last=last)
        return {str(day): (int(failed), int(tried)) for day, failed, tried in rows}

    def suspense(self, age: str, channel: str, after: Behind, most: int, now: int) -> tuple[list[Lying], Behind | None]:
        """Money in suspense, oldest first, behind the row with this (instant, payment, break), and behind what the next
        page begins; None: there is none. What people have settled lies between and is passed over: a page that has
        passed over many is short. TheirMistake: no such age."""
        if age and age not in AGES:
            raise TheirMistake(f"is one of {', '.join(AGES)}", "age")
        least, less = AGES.get(age, (0, FOREVER))
        span = {"since": now - less + 1 if less < FOREVER else 0, "until": now - least + 1 if least else FOREVER}
        at, payment, break_id = after
        most, begin = min(most, PAGE_MAX), {"at": at, "after": payment}
        reach = self._asked.ask("suspense_reach", **span, **begin, looked=LOOKED_AT_MAX)
        end = reach[0] if reach else (FOREVER, "")
        words = {"after_break": break_id, "to_at": end[0], "to": end[1], "channel": channel, "most": most + 1}
        rows = self._asked.ask("suspense_page", **span, **begin, **words)
        found = [Lying(*(*said, int(fen), int(number))) for *said, fen, number in rows]
        if len(found) > most:
            last = found[most - 1]
            return found[:most], (last.opened_at, last.payment, last.break_id)
        return found, (int(end[0]), str(end[1]), 0) if reach else None

    def postings(self, account: str, before: tuple[int, ...], most: int) -> list[Posting]:
        """What the machine booked on an account, newest first; `before`: the key of the last row, () at first."""
        if account not in BY_MACHINE:
            return []
        place, seq, n = before or (LAST, 0, 0)
        words = {"account": account, "place": place, "seq": seq, "n": n, "most": min(most, PAGE_MAX)}
        return [
            Posting((int(place), int(seq), int(n)), at, payment, 0, debit, credit, int(fen), kind, "", 0)
            for place, seq, n, at, payment, debit, credit, fen, kind in self._asked.ask("postings_of_account", **words)
        ]

    def vouchers(self, account: str, before: tuple[int, ...], most: int) -> list[Posting]:
        """What was booked beside the facts, newest first; the same key."""
        act, n = before or (LAST, 0)
        words = {"account": account, "act": act, "n": n, "most": min(most, PAGE_MAX)}
        return [
            Posting((int(no), int(n)), at, payment, int(number), debit, credit, int(fen), kind, by, int(no))
            for no, n, at, kind, payment, number, debit, credit, fen, by in self._asked.ask(
                "vouchers_of_account", **words
            )
        ]

    def breaks(self, wanted: Wanted, after: int, most: int) -> list[Break]:
        """Differences behind the number `after`, the oldest first. TheirMistake: no such state."""
        if wanted.state not in STATES:
            raise TheirMistake(f"is one of {', '.join(STATES)}", "state")
        words = {"state": wanted.state, "type": wanted.type, "channel": wanted.channel, "file": wanted.file}
        name = "breaks_unresolved" if wanted.state in UNRESOLVED else "breaks_page"
        rows = self._asked.ask(name, **words, after=after, most=min(most, PAGE_MAX))
        return [Break(*row) for row in rows]

    def closings(self, most: int) -> list[Closed]:
        """Days that are closed, the newest first."""
        rows = self._asked.ask("newest_closings", most=min(most, PAGE_MAX))
        return [Closed(str(day), int(at), int(act), str(by)) for day, at, act, by in rows]
