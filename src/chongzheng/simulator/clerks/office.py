"""Where do the clerks work, and what is left when the program dies under their hands? One store, opened anew.

The shipped keeper, registers and journal on SQLite, in a folder in memory. A kill ends a transaction at any of its
statements, as the death of the process would: nothing is committed, and the next start reads what there is.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import apsw

from chongzheng.journal import Journal, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Driver, Side, SqliteDriver
from chongzheng.reversal.policy import Policy

NOON_MS = 1_790_000_000_000
POLICY = Policy(
    version="trial",
    repeat_after_ms=(5_000, 30_000),
    not_found_after_ms=(20_000,),
    reverse_for_ms=90_000,
    file_due_ms=86_400_000,
)
"""As shipped, with fewer repeats, so that a trial reaches the end of a reversal's window in a few steps."""
PEOPLE: dict[str, frozenset[Role]] = {
    "li": frozenset({Role.CLERK}),
    "mei": frozenset({Role.CLERK}),
    "zhang": frozenset({Role.SUPERVISOR}),
    "chen": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "wang": frozenset({Role.FINANCE}),
    "fang": frozenset({Role.FINANCE, Role.CLERK}),
    "gao": frozenset({Role.RISK}),
    "sun": frozenset({Role.AUDITOR}),
}
"""Whoever works here; two of them may both propose and approve, and must not do it to the same."""
_PRINT = """SELECT (SELECT count(*) FROM act), (SELECT coalesce(sum(version), 0) FROM matter),
  (SELECT count(*) FROM matter), (SELECT count(*) FROM matter_key), (SELECT count(*) FROM voucher),
  (SELECT count(*) FROM errand), (SELECT count(*) FROM notice), (SELECT count(*) FROM release),
  (SELECT count(*) FROM register_row), (SELECT count(*) FROM matter_tag)"""
_FOR_EVER = 1 << 62


class Killed(BaseException):
    """The process is gone, between two statements."""


class Mortal:
    """A connection that dies after `left` more statements."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.dialect = driver.dialect
        self.left = _FOR_EVER

    def run(self, name: str, values: dict[str, object]) -> list[Any]:
        """As the driver does, unless it has come to its end."""
        self._age()
        return self._driver.run(name, values)

    def script(self, name: str) -> None:
        """The same of a text of statements."""
        self._age()
        self._driver.script(name)

    def transaction(self) -> AbstractContextManager[Any]:
        """A transaction; one in which the process dies is not committed."""
        return self._driver.transaction()

    def close(self) -> None:
        """Let go."""
        self._driver.close()

    def _age(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


class Office:
    """The store of one trial and who works at it; `now` (epoch ms) is what every clock says."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON_MS
        self._path = folder / "journal.db"
        self._vault = Vault.create(folder / "vault.json")
        self.starts = 0
        self._open()
        people = Actors(self.side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", self.now)
        for who, roles in PEOPLE.items():
            people.add(who, who, roles, "boss", self.now)

    def _open(self) -> None:
        self.starts += 1
        self.journal = Journal.open(self._path, self._vault, POLICY)
        self._mortal = Mortal(SqliteDriver(self._path))
        self.side = Side(self._mortal)
        self.side.write("make")
        self.registers = Registers(self.side)
        self.matters = Matters(self.side, lambda: self.now, self.registers)
        self.actors = Actors(self.side)
        self._eye = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)

    def close(self) -> None:
        """The process ends."""
        self._eye.close()
        self.side.close()
        self.journal.close()

    def restart(self) -> None:
        """It ends, and another one opens what there is."""
        self.close()
        self._open()

    def doom(self, statements: int) -> None:
        """It will die when so many more statements have run; `spare` takes that back."""
        self._mortal.left = statements

    def spare(self) -> None:
        """It lives on."""
        self._mortal.left = _FOR_EVER

    @property
    def steps(self) -> int:
        """Changes whenever another connection has committed something."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the store, read beside the keeper."""
        return self._eye.execute(sql, values).fetchall()

    def traces(self) -> tuple[Any, ...]:
        """How much there is of everything that a fact could leave behind."""
        return self.rows(_PRINT)[0]

    def reader(self) -> Any:
        """Of the journal, with a connection of its own."""
        return self.journal.reader()
