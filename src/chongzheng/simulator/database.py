"""Where does a demo on PostgreSQL keep its journal? In a schema of its own, gone afterwards unless it is to be kept.

Whatever else there is in the database is neither read nor touched.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from chongzheng.journal.postgres import place_of
from chongzheng.mistakes import TheirMistake

CONNECT_WAIT_S = 10
DROP_WAIT_MS = 20_000
"""How long engines that were killed may still hold locks."""
NAME = "chongzheng_demo_"


@contextmanager
def schema(url: str, keep: bool) -> Iterator[str]:
    """The URL of an empty schema in the database of `url`. TheirMistake when it cannot be made there."""
    name = NAME + secrets.token_hex(4)
    _run(url, f'CREATE SCHEMA "{name}"')
    try:
        yield within(url, name)
    finally:
        if not keep:
            _run(url, f"SET client_min_messages = warning; SET lock_timeout = {DROP_WAIT_MS}",
                 f'DROP SCHEMA "{name}" CASCADE')  # fmt: skip


def within(url: str, name: str) -> str:
    """The same database, with this schema before all others."""
    parts = urlsplit(url)
    option = f"options={quote(f'-csearch_path={name}')}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{option}" if parts.query else option))


def _run(url: str, *statements: str) -> None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_WAIT_S) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        why = " ".join(str(error).strip().splitlines()[-1:])
        raise TheirMistake(f"cannot be used ({why})", place_of(url)) from None
    except psycopg.Error as error:
        raise TheirMistake(f"has no room for a demo ({type(error).__name__}: {error})", place_of(url)) from None
