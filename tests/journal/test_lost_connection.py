"""Does an engine's reader, and the door's own connection, work again after the database has cut them?"""

from __future__ import annotations

import psycopg
import pytest

from chongzheng.api.intake import Readers
from chongzheng.api.refusals import Refusal
from chongzheng.journal import postgres
from chongzheng.journal.on_postgres import PostgresReading, PostgresStorage
from chongzheng.journal.side import Side

NOBODY = ("no such payment",)


def cut(url: str, application: str) -> int:
    """End the connections of this name, as a network or an administrator does; how many."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = %s",
            (application,),
        ).fetchone()
    return int(ended[0]) if ended else 0


def test_a_reader_that_was_cut_answers_again(postgres_url: str) -> None:
    storage = PostgresStorage(postgres_url)
    reading = PostgresReading(postgres_url, storage.engine)
    try:
        assert reading.ask("get_payment", NOBODY) == []
        assert cut(postgres_url, "chongzheng reader") == 1
        assert reading.ask("get_payment", NOBODY) == []
        with pytest.raises(psycopg.OperationalError), reading.moment():
            assert cut(postgres_url, "chongzheng reader") == 1
            reading.ask("get_payment", NOBODY)  # another moment would not be the same
        with reading.moment():
            assert reading.ask("get_payment", NOBODY) == []
    finally:
        reading.close()
        storage.close()


def test_a_door_that_was_cut_fails_once_and_works_again(postgres_url: str) -> None:
    storage = PostgresStorage(postgres_url)
    side = Side.open(postgres_url)
    try:
        assert cut(postgres_url, "chongzheng door") == 1
        with pytest.raises(psycopg.OperationalError):
            side.ask("all_webhooks")
        assert side.ask("all_webhooks") == []
        with pytest.raises(psycopg.OperationalError), side.together():
            cut(postgres_url, "chongzheng door")
            side.ask("all_webhooks")
        with side.together(), side.together():
            assert side.ask("all_webhooks") == []
    finally:
        side.close()
        storage.close()


def test_a_connection_lost_while_it_is_looked_at_is_no_foreign_database(postgres_url: str) -> None:
    PostgresStorage(postgres_url).close()
    connection = psycopg.connect(postgres_url, autocommit=True)
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        postgres._meta(connection, "application")


def test_a_database_that_is_away_is_no_mistake_of_the_client() -> None:
    readers = Readers("postgresql://127.0.0.1:1/books")
    with pytest.raises(Refusal) as refused, readers.one():
        pass
    assert refused.value.problem.code == "busy"
    readers.close()
