"""Does a journal in PostgreSQL of an earlier version become one of today, and never under a program that runs on it?"""

import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psycopg
import pytest

from chongzheng.journal import Journal, Reader, Vault, postgres
from chongzheng.journal.sql import migration_of_postgres, schema_of_postgres
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from journal.made import reply, returned, sale
from journal.place import PostgresPlace

DATABASES = ("postgresql",)
SECOND = (Path(__file__).parent / "version_2_postgresql.sql").read_text("utf-8")
TABLES = "engine payment fact evidence stray release entry cases alias card secret number settlement_file commits"
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, is_identity, ordinal_position
FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2
"""
COLUMNS_OF = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position
"""
RULES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2"


def shape(url: str) -> list[object]:
    """Columns, rules and indexes of a schema; its own name left out."""
    with psycopg.connect(url, autocommit=True) as connection:
        (name,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
        return [
            tuple(str(value).replace(f"{name}.", "") for value in row)
            for question in (COLUMNS, RULES, INDEXES)
            for row in connection.execute(question).fetchall()  # type: ignore[arg-type]
        ]


def make(url: str, *texts: str) -> None:
    """A schema out of these texts."""
    with psycopg.connect(url, autocommit=True) as connection:
        for text in texts:
            connection.execute(text)  # type: ignore[arg-type]


def second_version(place: PostgresPlace, url: str) -> str:
    """A journal of version 2 with the same rows as `place`; its engine has stopped."""
    make(url, SECOND)
    with psycopg.connect(url, autocommit=True) as new, psycopg.connect(place.path, autocommit=True) as now:
        for table in TABLES.split():
            names = [row[0] for row in new.execute(COLUMNS_OF, (table,)).fetchall()]
            rows = now.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()  # type: ignore[arg-type]
            if rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                new.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # type: ignore[arg-type]
        for row in (("application", postgres.APPLICATION), ("schema", "2")):
            new.execute("INSERT INTO meta (name, value) VALUES (%s, %s)", row)
    return url


def filled(place: PostgresPlace, url: str) -> str:
    """A finished payment and one that is on its way, as version 2."""
    journal = place.open()
    journal.apply([*returned(1), sale(2)])
    journal.close()
    return second_version(place, url)


def told(url: str) -> list[object]:
    """What a reader says about this journal."""
    reader = Reader.open(url)
    try:
        assert reader.faults() == []
        ask = (reader.facts_of, reader.evidence_of, reader.entries_of, reader.cases)
        return [(payment, [question(payment.id) for question in ask]) for payment in reader.payments()]
    finally:
        reader.close()


def version_of(url: str) -> str:
    """The version that the journal says it has."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        return str(row[0]) if row else ""


def test_the_steps_and_the_schema_end_in_the_same_database(postgres_urls: Callable[[], str]) -> None:
    stepped, made = postgres_urls(), postgres_urls()
    make(stepped, SECOND, *map(migration_of_postgres, range(3, postgres.SCHEMA_VERSION + 1)))
    make(made, schema_of_postgres())
    assert shape(stepped) == shape(made)
    assert len(shape(made)) > 100


def test_an_older_journal_tells_the_same_story(place: PostgresPlace, postgres_urls: Callable[[], str]) -> None:
    url = filled(place, postgres_urls())
    with pytest.raises(TheirMistake, match="has journal version 2"):
        Reader.open(url)
    journal = Journal.open(url, place.vault, Policy())
    assert version_of(url) == str(postgres.SCHEMA_VERSION)
    assert told(url) == told(place.path)
    assert journal.take_over()
    assert not journal.apply([reply(2), sale(3)])[0].error
    journal.close()


def test_an_older_journal_is_left_alone_while_an_engine_runs_on_it(
    place: PostgresPlace, postgres_urls: Callable[[], str]
) -> None:
    url = filled(place, postgres_urls())
    make(url, f"UPDATE engine SET expires_at = {1 << 60}")
    with pytest.raises(TheirMistake, match="version 2, and 1 engines are running on it; stop them"):
        Journal.open(url, place.vault, Policy())
    assert version_of(url) == "2"
    make(url, "UPDATE engine SET expires_at = 1")
    Journal.open(url, place.vault, Policy()).close()
    assert version_of(url) == str(postgres.SCHEMA_VERSION)


def test_an_upgrade_killed_anywhere_is_done_by_the_next_start(
    place: PostgresPlace, postgres_urls: Callable[[], str]
) -> None:
    story = None
    for kills in count():
        url = filled(place, postgres_urls()) if kills == 0 else second_version(place, postgres_urls())
        story = story or told(place.path)
        killed = upgrade_and_die(url, place.folder / "vault.json", kills)
        assert version_of(url) in ("2", str(postgres.SCHEMA_VERSION)), f"killed at statement {kills}"
        if not killed:
            break
        expire(url)
        Journal.open(url, place.vault, Policy()).close()
        assert told(url) == story, f"killed at statement {kills}"
    assert kills > 10, "every statement was tried"


def expire(url: str) -> None:
    """A child that was killed after the upgrade may have held a lease."""
    make(url, "UPDATE engine SET expires_at = 1")


def upgrade_and_die(url: str, vault: Path, statements: int) -> bool:
    """Open the journal in a child that kills itself before this statement; False: it never came."""
    child = os.fork()
    if child == 0:
        try:
            honest, left = psycopg.Connection.execute, [statements]

            def execute(*words: object, **more: object) -> object:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return honest(*words, **more)  # type: ignore[arg-type]

            psycopg.Connection.execute = execute  # type: ignore[assignment,method-assign]
            Journal.open(url, Vault.from_file(vault), Policy())
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
