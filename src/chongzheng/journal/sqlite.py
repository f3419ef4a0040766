"""Is this SQLite file ours, alone ours, and as durable as we believe? Open it, or refuse with one line."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from chongzheng.journal.sql import migration, schema
from chongzheng.mistakes import TheirMistake

APPLICATION_ID = 0x43485A47
"""`CHZG`, in the header of every journal."""
SCHEMA_VERSION = 7
SQLITE_VERSION_MIN = (3, 51, 3)
"""Older ones may corrupt a WAL that two connections write or checkpoint (the WAL-reset bug)."""
BUSY_WAIT_MS = 5_000
PRIVATE, OTHERS = 0o600, stat.S_IRWXG | stat.S_IRWXO
CHUNK_BYTES = 1 << 16
"""SQLite's file system takes less than 128 KiB at once."""
COMPANIONS = ("-wal", "-shm", ".lock")
"""Files beside the journal that hold what it holds, or would be mistaken for it."""

SETTINGS = (
    ("journal_mode", "wal", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("locking_mode", "NORMAL", "normal"),
    ("temp_store", "MEMORY", 2),
    ("secure_delete", "ON", 1),
    ("cache_size", "-65536", -65_536),
    ("wal_autocheckpoint", "0", 0),
)
"""Pragma, how it is set, what must be read back: a setting that silently does not apply is worse than a wrong one."""


class WriterLock:
    """Held by the one process that writes this journal; released by the kernel when it dies."""

    def __init__(self, path: Path) -> None:
        try:
            self._handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise TheirMistake(f"its lock file cannot be made ({error.strerror})", f"{path}.lock") from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise TheirMistake("another engine is writing this journal; stop it first", str(path)) from None

    def release(self) -> None:
        """Let the next writer in. A second call does nothing: by then the number may be another file's."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def open_writer(path: Path) -> tuple[apsw.Connection, WriterLock]:
    """The writing connection, its settings read back, on a journal that is ours; made if there is none."""
    _refuse_old_sqlite()
    path = path.resolve()  # a link to a journal is that journal, and has its lock
    if not os.path.isdir(path.parent):
        raise TheirMistake("the folder of the journal does not exist, or may not be looked into", str(path.parent))
    lock = WriterLock(path)
    try:
        _keep_private(path)
        _write_again(Path(f"{path}-wal"))
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(BUSY_WAIT_MS)
        _refuse_read_only(connection, path)
        _claim(connection, path)
        _apply_settings(connection, path)
        return connection, lock
    except BaseException as error:  # noqa: BLE001 - the lock is let go whatever happened, and it is raised again
        lock.release()
        raise _plain(error, path) from None


def open_reader(path: Path) -> apsw.Connection:
    """A connection that cannot write."""
    if not os.path.isfile(path):
        raise TheirMistake("there is no journal here", str(path))
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(BUSY_WAIT_MS)
        connection.execute("PRAGMA query_only = ON")
        _refuse_foreign(connection, path)
        return connection
    except apsw.Error as error:
        raise _plain(error, path) from None


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """All of it or nothing. SQLite may have rolled back by itself (a full disk): then there is nothing to undo."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: apsw.Connection) -> Iterator[None]:
    """A part of a transaction that may fail alone."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def _keep_private(path: Path) -> None:
    """Mode 0600 for the journal and its companions (SQLite gives a new one the mode of the journal itself)."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE))
        for file in (path, *(Path(f"{path}{suffix}") for suffix in COMPANIONS)):
            if file.exists() and os.stat(file).st_mode & OTHERS:
                os.chmod(file, PRIVATE)
    except OSError as error:
        raise TheirMistake(f"cannot be opened ({error.strerror}); look at its permissions", str(path)) from None


def _write_again(wal: Path) -> None:
    """Make durable what can be read of the log, before anything rests on it.

    After a sync that failed, the system shows pages that are on no disk and that no later sync writes: it takes them
    for clean. An engine that starts again would read them, add to them, and lose everything behind the hole when the
    power fails. Written again they are dirty again. SQLite cannot be trusted with this: it knows nothing of the sync.
    """
    if not wal.is_file() or not wal.stat().st_size:
        return
    file = apsw.VFSFile("", str(wal), [apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_READWRITE, 0])
    try:
        size = file.xFileSize()
        for at in range(0, size, CHUNK_BYTES):
            file.xWrite(file.xRead(min(CHUNK_BYTES, size - at), at), at)
        file.xSync(apsw.SQLITE_SYNC_FULL)
    finally:
        file.xClose()


def _refuse_old_sqlite() -> None:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < SQLITE_VERSION_MIN:
        wanted = ".".join(map(str, SQLITE_VERSION_MIN))
        raise TheirMistake(f"SQLite {apsw.sqlite_lib_version()} is older than {wanted} and unsafe", "apsw")


def _refuse_read_only(connection: apsw.Connection, path: Path) -> None:
    """SQLite opens a file that it may not write for reading, and says so only at the first write."""
    if connection.readonly("main"):
        raise TheirMistake("cannot be written; look at its permissions", str(path))


def _claim(connection: apsw.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables is not None and tables[0] == 0 and _pragma(connection, "application_id") == 0:
        connection.execute("PRAGMA journal_mode = wal")
        with transaction(connection):
            connection.execute(schema())
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    _refuse_foreign(connection, path, upgradable=True)
    _upgrade(connection, path)


def _upgrade(connection: apsw.Connection, path: Path) -> None:
    """Step by step to the layout that this program knows. Each step is one transaction, its version part of it: a kill
    at any statement leaves the version before or the version after."""
    version = _pragma(connection, "user_version")
    while isinstance(version, int) and version < SCHEMA_VERSION:
        version += 1
        with transaction(connection):
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise TheirMistake("has rows that belong to nothing; an upgrade would lose them", str(path))
            connection.execute(migration(version)).fetchall()
            connection.execute(f"PRAGMA user_version = {version}")


def _refuse_foreign(connection: apsw.Connection, path: Path, upgradable: bool = False) -> None:
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise TheirMistake("is a database, but not a chongzheng journal", str(path))
    version = _pragma(connection, "user_version")
    if upgradable and version in range(1, SCHEMA_VERSION):
        return
    if version != SCHEMA_VERSION:
        raise TheirMistake(f"has journal version {version}; this program knows {SCHEMA_VERSION}", str(path))


def _apply_settings(connection: apsw.Connection, path: Path) -> None:
    for name, value, _ in SETTINGS:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
    for name, _, wanted in SETTINGS:
        found = _pragma(connection, name)
        if found != wanted:
            raise TheirMistake(f"the setting {name} is {found}, not {wanted}: not safe to run", str(path))


def _pragma(connection: apsw.Connection, name: str) -> object:
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0] if row is not None else None


def _plain(error: BaseException, path: Path) -> BaseException:
    match error:
        case apsw.NotADBError():
            return TheirMistake("is not a database", str(path))
        case apsw.CantOpenError() | apsw.PermissionsError() | apsw.ReadOnlyError():
            return TheirMistake("cannot be opened; look at its permissions", str(path))
        case apsw.CorruptError():
            return TheirMistake("is damaged; restore a backup and keep this file for the investigation", str(path))
        case apsw.BusyError():
            return TheirMistake("is locked by another program", str(path))
        case apsw.IOError():
            return TheirMistake(f"its disk fails ({error}); look at it before you start again", str(path))
        case apsw.FullError():
            return TheirMistake("the disk is full", str(path))
        case _:
            return error
