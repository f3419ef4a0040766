"""Where does one journal live, and how may a test look at it, or tamper with it, behind its back?"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
import psycopg

from chongzheng.journal import Journal, Reader, Vault
from chongzheng.journal.rows import decode_fact
from chongzheng.reversal.payment import FINAL, Owes
from chongzheng.reversal.policy import Policy

TABLES = ("payment", "fact", "evidence", "stray", "release", "entry", "cases", "card", "secret", "number",
          "settlement_file", "commits", "alias", "account", "act", "actor", "actor_session", "rule", "breaks",
          "voucher", "closing", "bank_statement", "bank_line", "matter", "matter_key", "matter_tag",
          "matter_word", "errand", "register_row", "notice", "notice_reply", "promise")  # fmt: skip
IN_POSTGRES = {
    "?": "%s",
    "x'7b7d'": "'\\x7b7d'::bytea",
    "x'7b'": "'\\x7b'::bytea",
    "x'00'": "'\\x00'::bytea",
    "x''": "''::bytea",
    "zeroblob(32)": "decode(repeat('00', 32), 'hex')",
    "CAST(replace(CAST(record AS TEXT), '156', '840') AS BLOB)": (
        "convert_to(replace(convert_from(record, 'UTF8'), '156', '840'), 'UTF8')"
    ),
    "CAST(json_set(CAST(body AS TEXT), '$.state', 'RETURNED') AS BLOB)": (
        "convert_to(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{state}', '\"RETURNED\"')::text, 'UTF8')"
    ),
}
"""What tests say to SQLite, in the words of PostgreSQL."""


class Place(ABC):
    """A place where one journal lives, and the ways a test may look at it or tamper with it behind its back."""

    path: Path | str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.vault = Vault.create(folder / "vault.json")
        self._open: list[Journal] = []

    @abstractmethod
    def raw(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody with a database tool can do, foreign keys off."""

    @abstractmethod
    def check(self) -> None:
        """Whether the database itself is sound."""

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

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, to compare before and after."""
        return {table: sorted(self.raw(f"SELECT * FROM {table}"), key=repr) for table in TABLES}

    def audit(self) -> None:
        """Everything that must hold after every commit, whatever happened before."""
        self.check()
        driven = set()
        with self.reading() as reader:
            assert reader.faults() == []
            cases = {case.payment for case in reader.cases()}
            for payment in reader.payments():
                facts = reader.facts_of(payment.id)
                heard = {item.id for item in reader.evidence_of(payment.id)}
                said = {decode_fact(row.kind, _fact_of(row.record)).evidence for row in facts}
                assert said - {""} <= heard, "a fact without its evidence"
                if payment.attempts:
                    driven.add(payment.id)
                if payment.state not in FINAL:
                    assert payment.owes is not Owes.NOTHING, "an open payment that owes nothing (O1)"
                    assert (payment.wake_at is not None) or payment.owes is Owes.PERSON, "nobody wakes it (O1)"
                if payment.owes is Owes.PERSON:
                    assert payment.id in cases, "a person's payment without a case (O3)"
        held = {row[0] for row in self.raw("SELECT payment FROM release WHERE verb = 'reversal'")}
        assert driven == held, "release tokens and reversals do not match"

    def close_all(self) -> None:
        """Whatever a test left open."""
        for journal in self._open:
            journal.close()


class SqlitePlace(Place):
    """A file in a folder."""

    path: Path

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / "journal.db"

    def raw(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """On a connection of its own."""
        connection = apsw.Connection(str(self.path))
        try:
            connection.set_busy_timeout(1_000)
            connection.execute("PRAGMA foreign_keys = OFF")
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def check(self) -> None:
        """Pages and references."""
        assert self.raw("PRAGMA integrity_check") == [("ok",)]
        assert self.raw("PRAGMA foreign_key_check") == []


class PostgresPlace(Place):
    """A schema of a server."""

    path: str

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.path = url

    def raw(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """On a connection of its own, in PostgreSQL's words."""
        for ours, theirs in IN_POSTGRES.items():
            sql = sql.replace(ours, theirs)
        with psycopg.connect(self.path, autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description is not None else []

    def check(self) -> None:
        """Nothing beyond what a server sees to itself."""


def _fact_of(record: bytes) -> bytes:
    found: bytes = msgspec.json.encode(msgspec.json.decode(record)["fact"])
    return found
