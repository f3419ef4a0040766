"""Is this PostgreSQL database ours, new enough, and as durable as we believe? Open it, or refuse with one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chongzheng.journal.sql import migration_of_postgres, queries_of_postgres, schema_of_postgres
from chongzheng.mistakes import TheirMistake

if TYPE_CHECKING:
    import psycopg

MARKS = ("postgresql://", "postgres://")
APPLICATION = "chongzheng journal"
SCHEMA_VERSION = 7
UPGRADABLE = tuple(map(str, range(2, SCHEMA_VERSION)))
"""Older layouts from which there is a way; version 1 was never in PostgreSQL."""
SERVER_VERSION_MIN = 150_000
CLAIM_LOCK = 0x43485A47
"""The number of the advisory lock under which a schema is made."""
CONNECT_WAIT_S = 10
NO_WORDS = "the journal's URL"
"""Where it cannot be taken apart, nothing of it is said."""
TRANSACTION_IDLE_MAX_MS = 5_000
"""An engine that freezes in the middle of a transaction keeps its rows locked no longer than this."""

SETTINGS = (
    ("synchronous_commit", "on", ("on", "remote_apply")),
    ("default_transaction_isolation", "read committed", ("read committed",)),
    ("idle_in_transaction_session_timeout", str(TRANSACTION_IDLE_MAX_MS), (f"{TRANSACTION_IDLE_MAX_MS // 1000}s",)),
    ("plan_cache_mode", "force_generic_plan", ("force_generic_plan",)),
    ("enable_seqscan", "off", ("off",)),
    ("enable_hashjoin", "off", ("off",)),
    ("enable_mergejoin", "off", ("off",)),
)
"""Of a writer: setting, how it is set, what may be read back. The last four keep a plan that was made while a table
was small from being kept when it is large: every statement of a writer goes by an index."""
SERVER_SETTINGS = (("fsync", ("on",)), ("full_page_writes", ("on",)))
"""What only the server's owner can set, and without which a commit may be lost."""


def is_url(place: object) -> bool:
    """Whether this names a PostgreSQL database and not a file."""
    return str(place).startswith(MARKS)


def open_writer(url: str) -> psycopg.Connection[Any]:
    """A connection that may write, its settings read back, on a journal that is ours; made if there is none."""
    connection = _connect(url, "engine")
    try:
        _refuse_old(connection, url)
        for name, value, wanted in SETTINGS:
            connection.execute(f"SET {name} = '{value}'")
            _refuse_unless(connection, url, name, wanted)
        for name, wanted in SERVER_SETTINGS:
            _refuse_unless(connection, url, name, wanted)
        _claim(connection, url)
        return connection
    except BaseException:
        connection.close()
        raise


def open_reader(url: str) -> psycopg.Connection[Any]:
    """A connection that cannot write."""
    connection = _connect(url, "reader")
    try:
        connection.execute("SET default_transaction_read_only = on")
        _refuse_foreign(connection, url)
        return connection
    except BaseException:
        connection.close()
        raise


def place_of(url: str) -> str:
    """The URL for messages: host and database, no user and no password."""
    try:
        import psycopg.conninfo
    except ImportError:
        return NO_WORDS
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return NO_WORDS
    return f"postgresql://{parts.get('host', 'localhost')}/{parts.get('dbname', '')}"


def _connect(url: str, what: str) -> psycopg.Connection[Any]:
    try:
        import psycopg
    except ImportError:
        raise TheirMistake("a journal on PostgreSQL needs pip install 'psycopg[binary]'", "journal") from None
    words = {"application_name": f"chongzheng {what}", "connect_timeout": CONNECT_WAIT_S, "keepalives_idle": 10}
    try:
        return psycopg.connect(url, autocommit=True, **words)  # type: ignore[arg-type]
    except psycopg.Error as error:
        why = str(error).strip().splitlines()[-1:] if isinstance(error, psycopg.OperationalError) else ["not a URL"]
        raise TheirMistake(f"cannot be reached ({' '.join(why)})", place_of(url)) from None


def _refuse_old(connection: psycopg.Connection[Any], url: str) -> None:
    if connection.info.server_version < SERVER_VERSION_MIN:
        found, wanted = connection.info.server_version // 10_000, SERVER_VERSION_MIN // 10_000
        raise TheirMistake(f"is PostgreSQL {found}; this program needs {wanted} or newer", place_of(url))


def _refuse_unless(connection: psycopg.Connection[Any], url: str, name: str, wanted: tuple[str, ...]) -> None:
    found = _one(connection, f"SHOW {name}")
    if found not in wanted:
        raise TheirMistake(f"the setting {name} is {found}, not {wanted[0]}: not safe to run", place_of(url))


def _claim(connection: psycopg.Connection[Any], url: str) -> None:
    """Whoever comes first makes the tables; the others wait, and find them."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (CLAIM_LOCK,))
        tables = _one(connection, "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
        if tables == 0:
            connection.execute(schema_of_postgres())  # type: ignore[arg-type]
            rows = (("application", APPLICATION), ("schema", str(SCHEMA_VERSION)))
            connection.cursor().executemany("INSERT INTO meta (name, value) VALUES (%s, %s)", rows)
        _refuse_foreign(connection, url, upgradable=True)
        _upgrade(connection, url)


def _upgrade(connection: psycopg.Connection[Any], url: str) -> None:
    """To the layout that this program knows, all steps in the caller's one transaction: a kill leaves the version
    before. Nobody may be writing meanwhile: an older program knows nothing of the new layout."""
    version = int(_meta(connection, "schema"))  # type: ignore[call-overload]
    if version == SCHEMA_VERSION:
        return
    living = _one(connection, queries_of_postgres()["count_living"])
    if living:
        what = f"has journal version {version}, and {living} engines are running on it; stop them, then start this one"
        raise TheirMistake(what, place_of(url))
    for step in range(version + 1, SCHEMA_VERSION + 1):
        connection.execute(migration_of_postgres(step))  # type: ignore[arg-type]
    connection.execute("UPDATE meta SET value = %s WHERE name = 'schema'", (str(SCHEMA_VERSION),))


def _refuse_foreign(connection: psycopg.Connection[Any], url: str, upgradable: bool = False) -> None:
    if _one(connection, "SELECT to_regclass('meta')") is None or _meta(connection, "application") != APPLICATION:
        raise TheirMistake("is a database, but not a chongzheng journal", place_of(url))
    version = _meta(connection, "schema")
    if upgradable and version in UPGRADABLE:
        return
    if version != str(SCHEMA_VERSION):
        raise TheirMistake(f"has journal version {version}; this program knows {SCHEMA_VERSION}", place_of(url))


def _meta(connection: psycopg.Connection[Any], name: str) -> object:
    import psycopg

    try:
        return _one(connection, "SELECT value FROM meta WHERE name = %s", name)
    except psycopg.OperationalError:  # a lost connection says nothing about whose database this is
        raise
    except Exception:  # noqa: BLE001 - somebody else's table of that name has other columns
        return None


def _one(connection: psycopg.Connection[Any], sql: str, *values: object) -> Any:
    row = connection.execute(sql, values).fetchone()  # type: ignore[arg-type]
    return row[0] if row is not None else None
