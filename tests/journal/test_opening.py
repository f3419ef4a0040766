"""Does a writer refuse, with one line, every file that it cannot keep safe or that is not its own?"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from chongzheng.journal import Journal, Reader, sqlite
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from journal.made import name_of, sale
from journal.place import SqlitePlace

DATABASES = ("sqlite",)
NOBODY = 65_534
OPEN_ELSEWHERE = """
import sys
from chongzheng.journal import Journal, Vault
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
try:
    journal = Journal.open(sys.argv[1], Vault.from_file(sys.argv[2]), Policy())
except TheirMistake as mistake:
    print(mistake)
    sys.exit(2)
print("open", flush=True)
sys.stdin.read()
"""


def refusal(place: SqlitePlace, path: Path | None = None) -> str:
    """The line that an operator reads; the lock is let go, so that the next try is refused for the same reason."""
    said = []
    for _ in range(2):
        with pytest.raises(TheirMistake) as mistake:
            Journal.open(path or place.path, place.vault, Policy())
        said.append(str(mistake.value))
    assert said[0] == said[1]
    assert "\n" not in said[0]
    return said[0]


def elsewhere(place: SqlitePlace, path: Path | None = None) -> subprocess.Popen[str]:
    """Another engine, in a process of its own."""
    words = [sys.executable, "-c", OPEN_ELSEWHERE, str(path or place.path), str(place.folder / "vault.json")]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_second_engine_is_refused_until_the_first_is_gone(place: SqlitePlace) -> None:
    place.open()
    with elsewhere(place) as other:
        said, _ = other.communicate(timeout=20)
    assert other.returncode == 2
    assert "another engine" in said
    assert "another engine" in refusal(place), "in the same process too"


def test_an_engine_that_was_killed_leaves_no_lock(place: SqlitePlace) -> None:
    with elsewhere(place) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert "another engine" in refusal(place)
        other.kill()
    place.open().apply([sale(1)])
    place.audit()


def test_a_link_to_a_journal_has_the_lock_of_the_journal(place: SqlitePlace) -> None:
    place.open()
    link = place.folder / "link.db"
    link.symlink_to(place.path)
    assert "another engine" in refusal(place, link)
    assert "another engine" in refusal(place, place.folder / ".." / place.folder.name / "journal.db")


def test_closing_twice_closes_nobody_elses_file(place: SqlitePlace) -> None:
    journal = place.open()
    journal.close()
    handle = os.open(place.folder / "other", os.O_CREAT | os.O_WRONLY)
    journal.close()
    assert os.write(handle, b"still open") == 10
    os.close(handle)


@pytest.mark.parametrize("setting", [name for name, _, _ in sqlite.SETTINGS])
def test_a_setting_that_does_not_apply_is_refused(
    place: SqlitePlace, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    place.open().close()
    other = {"journal_mode": "DELETE", "locking_mode": "EXCLUSIVE", "synchronous": "NORMAL", "temp_store": "FILE",
             "wal_autocheckpoint": "1000"}.get(setting, "OFF")  # fmt: skip
    changed = tuple((n, other if n == setting else how, wanted) for n, how, wanted in sqlite.SETTINGS)
    monkeypatch.setattr(sqlite, "SETTINGS", changed)
    assert f"the setting {setting} is" in refusal(place)
    monkeypatch.undo()
    place.open().apply([sale(1)])


def test_a_journal_in_memory_is_refused(place: SqlitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    journal = Journal.open(":memory:", place.vault, Policy())
    journal.apply([sale(1)])
    journal.close()
    with_name = Reader.open(place.folder / ":memory:")
    assert with_name.payment(name_of(1)) is not None, "a name that SQLite takes for memory is a file like any other"
    with_name.close()


def test_a_file_that_is_no_database_is_refused_and_kept(place: SqlitePlace) -> None:
    place.path.write_bytes(b"This is not a database. " * 100)
    before = place.path.read_bytes()
    assert "is not a database" in refusal(place)
    with pytest.raises(TheirMistake, match="is not a database"):
        Reader.open(place.path)
    assert place.path.read_bytes() == before


def test_another_programs_database_is_refused_and_kept(place: SqlitePlace) -> None:
    other = apsw.Connection(str(place.path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = place.path.read_bytes()
    assert "not a chongzheng journal" in refusal(place)
    with pytest.raises(TheirMistake, match="not a chongzheng journal"):
        Reader.open(place.path)
    assert place.path.read_bytes() == before


@pytest.mark.parametrize("version", [0, sqlite.SCHEMA_VERSION + 1, 99])
def test_another_version_is_refused_and_kept(place: SqlitePlace, version: int) -> None:
    place.open().close()
    place.raw(f"PRAGMA user_version = {version}")
    assert f"has journal version {version}" in refusal(place)
    with pytest.raises(TheirMistake, match="journal version"):
        Reader.open(place.path)


def test_an_old_sqlite_is_refused(place: SqlitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    assert "3.40.1 is older" in refusal(place)
    assert not place.path.exists()


def test_a_missing_folder_is_named(place: SqlitePlace) -> None:
    nowhere = place.folder / "no" / "journal.db"
    assert "folder of the journal does not exist" in refusal(place, nowhere)
    assert not nowhere.parent.exists()
    with pytest.raises(TheirMistake, match="no journal here"):
        Reader.open(nowhere)


def test_a_folder_in_its_place_is_refused(place: SqlitePlace) -> None:
    place.path.mkdir()
    assert "cannot be opened" in refusal(place)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so look with the eyes of somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_named(place: SqlitePlace) -> None:
    place.open().close()
    with tempfile.TemporaryDirectory() as folder:
        closed, hidden = Path(folder, "closed"), Path(folder, "hidden")
        for inner, mode in ((closed, 0o555), (hidden, 0o000)):
            inner.mkdir()
            inner.chmod(mode)
        os.chmod(folder, 0o755)
        with as_nobody():
            assert "its lock file cannot be made" in refusal(place, closed / "journal.db")
            for path in (hidden / "journal.db", hidden / "deeper" / "journal.db"):
                assert str(hidden) in refusal(place, path)
        hidden.chmod(0o755)


def test_a_journal_that_cannot_be_written_is_named(place: SqlitePlace) -> None:
    place.open().close()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        path = Path(folder, "journal.db")
        path.write_bytes(place.path.read_bytes())
        path.chmod(0o444)
        with as_nobody():
            assert "look at its permissions" in refusal(place, path)


def test_a_damaged_journal_is_refused_or_its_damage_is_found(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply([sale(n) for n in range(50)])
    journal.close()
    whole = bytearray(place.path.read_bytes())
    whole[100:120] = b"\xff" * 20  # the header of the page that lists the tables
    place.path.write_bytes(whole)
    assert "is damaged" in refusal(place)


def test_an_empty_file_becomes_a_journal(place: SqlitePlace) -> None:
    place.path.touch()
    place.open().apply([sale(1)])
    place.audit()


def test_a_birth_that_was_cut_short_is_taken_up(place: SqlitePlace) -> None:
    started = apsw.Connection(str(place.path))
    started.execute("PRAGMA journal_mode = wal").fetchall()
    started.close()
    place.open().apply([sale(1)])
    place.audit()


def test_a_reader_cannot_write(place: SqlitePlace) -> None:
    place.open()
    with place.reading() as reader, pytest.raises(apsw.ReadOnlyError):
        reader._reading._db.execute("DELETE FROM payment")  # type: ignore[attr-defined]


def test_nobody_else_may_read_a_journal(place: SqlitePlace) -> None:
    before = os.umask(0o022)
    try:
        journal = place.open()
        journal.apply([sale(1)])
        modes = {path.name: path.stat().st_mode & 0o777 for path in place.folder.glob("journal.db*")}
        assert modes == dict.fromkeys(["journal.db", "journal.db-wal", "journal.db-shm", "journal.db.lock"], 0o600)
        journal.close()
    finally:
        os.umask(before)


def test_an_older_journal_that_others_could_read_is_closed_to_them(place: SqlitePlace) -> None:
    place.open().close()
    place.path.chmod(0o644)
    place.open()
    assert place.path.stat().st_mode & 0o777 == 0o600
