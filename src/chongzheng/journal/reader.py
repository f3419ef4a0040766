"""What does the journal say? Reading only, on a connection that cannot write, with the engine running or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from chongzheng.journal import sqlite
from chongzheng.journal.audit import GENESIS, link
from chongzheng.journal.rows import Evidence, decode_payment
from chongzheng.journal.sql import queries
from chongzheng.reversal.entries import Account, position
from chongzheng.reversal.payment import Payment

FOUND_MAX = 50


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


class Reader:
    """Answers questions about a journal."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection
        self._sql = queries()

    @classmethod
    def open(cls, path: str | Path) -> Reader:
        """TheirMistake when there is no journal of ours at `path`."""
        return cls(sqlite.open_reader(Path(path)))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

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

    def cases(self, payment: str | None = None) -> list[CaseRow]:
        """All cases, or those of one payment."""
        rows = self._all("all_cases") if payment is None else self._all("cases_of", payment)
        return [CaseRow(*row) for row in rows]

    def find(self, text: str) -> list[Payment]:
        """Payments by id, beginning of an id (at least four characters), STAN or terminal; at most FOUND_MAX."""
        wild = len(text) < 4 or "%" in text or "_" in text
        values = {"exact": text, "prefix": "" if wild else f"{text}%", "most": FOUND_MAX}
        return [decode_payment(body) for (body,) in self._db.execute(self._sql["find"], values)]

    def last_of_terminal(self, merchant: str, terminal: str) -> Payment | None:
        """The newest payment of a terminal."""
        row = self._one("last_of_terminal", merchant, terminal)
        return decode_payment(row[0]) if row else None

    def due(self) -> list[tuple[int, str]]:
        """All deadlines that payments have set themselves: (epoch ms, payment), earliest first."""
        return [(row[0], row[1]) for row in self._all("due")]

    def unfinished(self) -> list[Payment]:
        """Payments with a send or a delivery that may or may not have happened when the engine stopped."""
        return [decode_payment(body) for (body,) in self._all("unfinished")]

    def rules_reached(self) -> dict[str, int]:
        """How often each row of the table was used."""
        return {row[0]: row[1] for row in self._all("rules_reached")}

    def settlement_days(self) -> list[dict[str, Any]]:
        """The clearing files that were read, by day."""
        names = ("day", "name", "digest", "records", "complete", "state")
        return [dict(zip(names, row, strict=True)) for row in self._all("settlement_days")]

    def strays(self) -> list[tuple[Evidence, str]]:
        """Evidence that belongs to no payment, and why it was kept."""
        return [(Evidence(i, at, kind, source, body), why) for i, at, kind, source, why, body in self._all("strays")]

    def faults(self) -> list[str]:
        """What does not add up, one line each: chains, commits, and entries against states. Empty when all is well."""
        return [*self._chain_faults(), *self._commit_faults(), *self._ledger_faults()]

    def _chain_faults(self) -> Iterator[str]:
        for payment in self.payments():
            head = GENESIS
            rows = self.facts_of(payment.id)
            for number, row in enumerate(rows, 1):
                head = link(head, row.record)
                if row.seq != number or row.hash != head:
                    yield f"{payment.id}: fact {row.seq} does not follow from the one before"
            if self.head(payment.id) != (len(rows), head):
                yield f"{payment.id}: its facts do not end where the payment says"

    def _commit_faults(self) -> Iterator[str]:
        counts: dict[int, int] = defaultdict(int)
        for commit_no, _ in self._all("fact_hashes"):
            counts[commit_no] += 1
        for number, (no, facts, _) in enumerate(self._all("all_commits"), 1):
            if no != number or counts.pop(no, 0) != facts:
                yield f"commit {no}: facts are missing or were added"
        yield from (f"commit {no}: has facts but no record" for no in counts)

    def _ledger_faults(self) -> Iterator[str]:
        sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Account, 0))
        for payment, debit, credit, fen in self._all("ledger_check"):
            sums[payment][debit] += fen
            sums[payment][credit] -= fen
        for payment in self.payments():
            books, held = sums[payment.id], position(payment)
            if sum(books.values()) != 0:
                yield f"{payment.id}: its entries do not sum to zero"
            if (-books[Account.MERCHANT], -books[Account.SUSPENSE]) != (held.merchant, held.suspense):
                yield f"{payment.id}: the books and the state disagree about where the money lies"

    def _all(self, name: str, *values: object) -> list[Any]:
        return self._db.execute(self._sql[name], values).fetchall()

    def _one(self, name: str, *values: object) -> Any:
        return self._db.execute(self._sql[name], values).fetchone()
