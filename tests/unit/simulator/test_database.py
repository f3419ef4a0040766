"""Does a demo on PostgreSQL leave in the database what was there, and nothing else?"""

from __future__ import annotations

import psycopg
import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.database import NAME, schema, within

URL = "postgresql://me@db.example:5432/money"


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """What the database answers."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def test_the_schema_stands_in_the_url_beside_what_was_there() -> None:
    assert within(URL, "one") == f"{URL}?options=-csearch_path%3Done"
    assert within(f"{URL}?host=/tmp", "one") == f"{URL}?host=/tmp&options=-csearch_path%3Done"


def test_what_the_demo_made_is_gone_and_what_was_there_is_not(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE payment (mine text)")
    with schema(postgres_url, keep=False) as url:
        ((name,),) = rows(url, "SELECT current_schema()")
        assert str(name).startswith(NAME)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE payment (ours text)")
    assert rows(postgres_url, "SELECT column_name FROM information_schema.columns WHERE table_name = 'payment'") == [
        ("mine",)
    ]
    assert rows(postgres_url, f"SELECT 1 FROM pg_namespace WHERE nspname = '{name}'") == []


def test_what_is_to_be_kept_stays(postgres_url: str) -> None:
    with schema(postgres_url, keep=True) as url:
        ((name,),) = rows(url, "SELECT current_schema()")
    try:
        assert rows(url, "SELECT current_schema()") == [(name,)]
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA "{name}"')  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/nobody?connect_timeout=2", "postgresql://a:b:c/"])
def test_a_database_that_cannot_be_used_is_said_in_one_line_without_a_password(url: str) -> None:
    with pytest.raises(TheirMistake) as told, schema(url, keep=False):
        raise AssertionError("there is none")
    assert "\n" not in str(told.value) and "a:b" not in str(told.value)
