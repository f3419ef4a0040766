"""What does the journal say? Reading only, on a connection that cannot write, with the engine running or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from chongzheng.journal.audit import GENESIS
from chongzheng.journal.faults import faults
from chongzheng.journal.on_sqlite import SqliteReading
from chongzheng.journal.postgres import is_url
from chongzheng.journal.rows import Evidence, Owed, decode_owed, decode_payment
from chongzheng.journal.storage import Reading
from chongzheng.reversal.payment import Payment

FOUND_MAX = 50
PREFIX_CHARS_MIN = 4
BEHIND = "~"
"""Behind every letter and digit of an id."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as it was written. `record` is canonical JSON, `hash` chains it to the fact before."""

    seq: int
    commit_no: int
    at: int
    kind: str
    rule: str
    record: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A payment in a person's hands. Instants are epoch ms."""

    id: int
    payment: str
    why: str
    opened_at: int
    due_at: int
    state: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`fen` moved from the credited to the debited account by the `seq`-th fact."""

    seq: int
    n: int
    debit: str
    credit: str
    fen: int


EVERYBODYS = -1
"""Instead of an engine's number: what all engines look after."""


class Reader:
    """Answers questions about a journal."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @classmethod
    def open(cls, place: str | Path, engine: int = EVERYBODYS) -> Reader:
        """A file's path or a database's URL. TheirMistake when there is no journal of ours.

        With the number of an engine, deadlines and unfinished work are those that this engine must look after: its
        own; for what engines that are gone left waiting for a file, the living one with the lowest number.
        """
        if is_url(place):
            from chongzheng.journal.on_postgres import PostgresReading  # an engine on SQLite needs no client library

            return cls(PostgresReading(str(place), engine))
        return cls(SqliteReading(Path(place), engine))

    def close(self) -> None:
        """Let go of the database."""
        self._reading.close()

    @property
    def engine(self) -> int:
        """Whose deadlines and unfinished work this is about, or EVERYBODYS."""
        return self._reading.engine

    @contextmanager
    def moment(self) -> Iterator[Callable[..., list[Any]]]:
        """What is asked of this, a statement's name and its values, is answered as of one moment."""
        with self._reading.moment():
            yield self._all

    def ask(self, name: str, /, **values: object) -> list[Any]:
        """All rows of one named statement that only reads; values by their names."""
        return self._reading.ask(name, values)

    def payment(self, payment: str) -> Payment | None:
        """The payment with this id."""
        row = self._one("get_payment", payment)
        return decode_payment(row[2]) if row else None

    def head(self, payment: str) -> tuple[int, bytes]:
        """How many facts the payment has and the hash of the last."""
        row = self._one("get_payment", payment)
        return (row[0], row[1]) if row else (0, GENESIS)

    def payments(self) -> Iterator[Payment]:
        """All payments, oldest first."""
        return (decode_payment(body) for (body,) in self._all("all_payments"))

    def facts_of(self, payment: str) -> list[FactRow]:
        """Everything that happened to it, in order."""
        return [FactRow(*row) for row in self._all("facts_of", payment)]

    def evidence_of(self, payment: str) -> list[Evidence]:
        """Everything anybody said about it, redacted, oldest first."""
        return [Evidence(*row) for row in self._all("evidence_of", payment)]

    def entries_of(self, payment: str) -> list[EntryRow]:
        """Its double entries, in order."""
        return [EntryRow(*row) for row in self._all("entries_of", payment)]

    def vouchers_of(self, payment: str) -> list[EntryRow]:
        """What people and remedies booked about it beside its facts; `seq` is the number of the act."""
        rows = self.ask("vouchers_of", payment=payment)
        return [EntryRow(act, n, debit, credit, fen) for act, n, _, _, debit, credit, fen in rows]

    def cases(self, payment: str | None = None) -> list[CaseRow]:
        """All cases, or those of one payment."""
        rows = self._all("all_cases") if payment is None else self._all("cases_of", payment)
        return [CaseRow(*row) for row in rows]

    def find(self, text: str) -> list[Payment]:
        """Payments by id, its beginning (four characters or more), STAN, terminal; at most FOUND_MAX, newest first."""
        prefix = text.upper() if len(text) >= PREFIX_CHARS_MIN else ""
        values = {"exact": text, "prefix": prefix, "behind": prefix and f"{prefix}{BEHIND}", "most": FOUND_MAX}
        return [decode_payment(body) for (body,) in self._named("find", **values)]

    def find_original(self, merchant: str, terminal: str, stan: str, amount_fen: int, day: str) -> Payment | None:
        """The newest payment of this terminal, trace and amount on that business day, whatever its batch."""
        values = {"merchant": merchant, "terminal": terminal, "stan": stan, "amount": amount_fen, "day": day}
        rows = self._named("find_original", **values)
        return decode_payment(rows[0][0]) if rows else None

    def by_alias(self, alias: str) -> Payment | None:
        """The payment that is called this towards a network; the newest, should names come round again."""
        row = self._one("by_alias", alias)
        return decode_payment(row[0]) if row else None

    def last_of_terminal(self, merchant: str, terminal: str) -> Payment | None:
        """The newest payment of a terminal."""
        row = self._one("last_of_terminal", merchant, terminal)
        return decode_payment(row[0]) if row else None

    def in_doubt(self, younger: tuple[int, int, int, int]) -> list[tuple[str, int, int, int]]:
        """What is in doubt: (state, age, payments, fen). Age 0 opened after the first instant, 4 before the last."""
        return [(row[0], row[1], row[2], int(row[3])) for row in self._all("in_doubt", *younger)]

    def open_cases(self, now: int) -> tuple[int, int]:
        """How many cases are open, and how many of them are late at `now` (epoch ms)."""
        row = self._one("open_cases", now)
        return int(row[0]), int(row[1])

    def due(self) -> list[tuple[int, str]]:
        """All deadlines that payments have set themselves: (epoch ms, payment), earliest first."""
        return [(row[0], row[1]) for row in self._all("due")]

    def due_between(self, after: tuple[int, str], until: int, limit: int) -> list[tuple[int, str]]:
        """A page of the deadlines of payments that owe no reversal: (epoch ms, payment), earliest first.

        The page begins behind the deadline `after` and ends with the last one at `until`, or with `limit` rows.
        """
        return [(row[0], row[1]) for row in self._named("due_between", **self._page(after, until, limit))]

    def due_reversals(self, after: tuple[int, str], until: int, limit: int) -> list[Owed]:
        """A page of the payments that owe a reversal, by their deadline; pages as in `due_between`."""
        ((page,),) = self._named("due_reversals", **self._page(after, until, limit))
        return sorted(decode_owed(page), key=attrgetter("wake_at", "id")) if page is not None else []

    def count_reversals(self) -> int:
        """How many payments owe a reversal."""
        return int(self._named("count_reversals", me=self._reading.engine)[0][0])

    def unfinished(self) -> list[Payment]:
        """Payments with a send or a delivery that may or may not have happened when the engine stopped."""
        return [decode_payment(body) for (body,) in self._named("unfinished", me=self._reading.engine)]

    def living(self) -> list[int]:
        """The numbers of those that hold a lease now; empty for a file."""
        return [row[0] for row in self._all("living")]

    def rules_reached(self) -> dict[str, int]:
        """How often each row of the table was used."""
        return {row[0]: row[1] for row in self._all("rules_reached")}

    def settlement_days(self) -> list[dict[str, Any]]:
        """The clearing files that were read, by day."""
        names = ("day", "name", "digest", "records", "complete", "state", "channel", "format", "part", "at",
                 "supersedes", "superseded_by", "changes")  # fmt: skip
        return [dict(zip(names, row, strict=True)) for row in self._all("settlement_days")]

    def breaks_of_file(self, digest: str) -> dict[str, int]:
        """How many breaks of each type this file (its digest) has brought, whatever became of them since."""
        return {str(kind): int(count) for kind, count in self._all("breaks_of_file", digest)}

    def strays(self) -> list[tuple[Evidence, str]]:
        """Evidence that belongs to no payment, and why it was kept."""
        return [(Evidence(i, at, kind, source, body), why) for i, at, kind, source, why, body in self._all("strays")]

    def faults(self) -> list[str]:
        """What does not add up, one line each: chains, commits, and entries against states. Empty when all is well."""
        with self._reading.moment():
            return [str(fault) for fault in faults(self._all)]

    def _page(self, after: tuple[int, str], until: int, limit: int) -> dict[str, object]:
        return {"at": after[0], "after": after[1], "until": until, "most": limit, "me": self._reading.engine}

    def _all(self, name: str, *values: object) -> list[Any]:
        return self._reading.ask(name, values)

    def _named(self, name: str, **values: object) -> list[Any]:
        return self._reading.ask(name, values)

    def _one(self, name: str, *values: object) -> Any:
        rows = self._reading.ask(name, values)
        return rows[0] if rows else None
