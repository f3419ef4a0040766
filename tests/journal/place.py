"""Where does one journal live, and how may a test look at it, or tamper with it, behind its back?"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec

from chongzheng.journal import Journal, Reader, Vault
from chongzheng.journal.rows import decode_fact
from chongzheng.reversal.payment import FINAL, Owes
from chongzheng.reversal.policy import Policy

TABLES = ("payment", "fact", "evidence", "stray", "release", "entry", "cases", "card", "secret", "number",
          "settlement_file", "commits")  # fmt: skip


class SqlitePlace:
    """A place where one journal lives, and the ways a test may look at it or tamper with it behind its back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.path = folder / "journal.db"
        self.vault = Vault.create(folder / "vault.json")
        self._open: list[Journal] = []

    def open(self, policy: Policy | None = None) -> Journal:
        """A new writer on the same place."""
        journal = Journal.open(self.path, self.vault, policy or Policy())
        self._open.append(journal)
        return journal

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of its own, closed at the end."""
        reader = Reader.open(self.path)
        try:
            yield reader
        finally:
            reader.close()

    def raw(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody with a database tool can do, foreign keys off."""
        connection = apsw.Connection(str(self.path))
        try:
            connection.set_busy_timeout(1_000)
            connection.execute("PRAGMA foreign_keys = OFF")
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, to compare before and after."""
        return {table: sorted(self.raw(f"SELECT * FROM {table}"), key=repr) for table in TABLES}

    def audit(self) -> None:
        """Everything that must hold after every commit, whatever happened before."""
        assert self.raw("PRAGMA integrity_check") == [("ok",)]
        assert self.raw("PRAGMA foreign_key_check") == []
        with self.reading() as reader:
            assert reader.faults() == []
            cases = {case.payment for case in reader.cases()}
            for payment in reader.payments():
                facts = reader.facts_of(payment.id)
                heard = {item.id for item in reader.evidence_of(payment.id)}
                said = {decode_fact(row.kind, _fact_of(row.record)).evidence for row in facts}
                assert said - {""} <= heard, "a fact without its evidence"
                if payment.state not in FINAL:
                    assert payment.owes is not Owes.NOTHING, "an open payment that owes nothing (O1)"
                    assert (payment.wake_at is not None) or payment.owes is Owes.PERSON, "nobody wakes it (O1)"
                if payment.owes is Owes.PERSON:
                    assert payment.id in cases, "a person's payment without a case (O3)"
        driven = {row[0] for row in self.raw("SELECT id FROM payment WHERE json_extract(body, '$.attempts') > 0")}
        held = {row[0] for row in self.raw("SELECT payment FROM release WHERE verb = 'reversal'")}
        assert driven == held, "release tokens and reversals do not match"

    def close_all(self) -> None:
        """Whatever a test left open."""
        for journal in self._open:
            journal.close()


def _fact_of(record: bytes) -> bytes:
    found: bytes = msgspec.json.encode(msgspec.json.decode(record)["fact"])
    return found
