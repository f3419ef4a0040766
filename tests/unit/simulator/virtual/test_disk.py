"""Does the simulated disk stand under plain SQLite: connections, cuts, faults, new starts, forks, thousands of it?"""

import errno
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from random import Random

import apsw
import pytest

from chongzheng.simulator.virtual.disk import Disk, Image, Op, PowerCut, quiet

DICE = Random(1)
DISKS = 600
"""One after the other in the test of leaks."""
GROWTH_BYTES_MAX = 512 * 1024


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A mounted disk."""
    with Disk() as made:
        yield made


def connect(disk: Disk) -> apsw.Connection:
    """A connection as the journal has it."""
    connection = apsw.Connection(str(disk.folder / "a.db"))
    connection.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0").fetchall()
    connection.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
    return connection


def put(connection: apsw.Connection, *numbers: int) -> None:
    """Each in a commit of its own."""
    for number in numbers:
        connection.execute("INSERT INTO t VALUES (?)", (number,))


def numbers(disk: Disk) -> list[int]:
    """What a reader of its own finds."""
    connection = apsw.Connection(str(disk.folder / "a.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [row[0] for row in connection.execute("SELECT n FROM t ORDER BY n")]
    finally:
        connection.close()


def test_readers_see_what_the_writer_commits(disk: Disk) -> None:
    writer = connect(disk)
    put(writer, 1, 2)
    assert numbers(disk) == [1, 2]
    writer.close()
    assert numbers(disk) == [1, 2]


def test_other_paths_pass_through(disk: Disk, tmp_path: Path) -> None:
    with apsw.Connection(str(tmp_path / "b.db")) as connection:
        connection.execute("CREATE TABLE t (n)")
    connection.close()
    assert disk.ops == 0
    memory = apsw.Connection(":memory:")
    memory.execute("CREATE TABLE t (n); CREATE TEMP TABLE u (n)")
    memory.close()
    assert disk.ops == 0
    connect(disk).close()
    assert disk.ops > 0


def test_operations_are_told_before_they_are_done(disk: Disk) -> None:
    told: list[tuple[int, Op, str]] = []
    disk.before_op = lambda number, op, name: told.append((number, op, name))
    writer = connect(disk)
    put(writer, 1)
    writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    writer.close()
    assert [number for number, _, _ in told] == list(range(1, disk.ops + 1))
    assert {op for _, op, _ in told} == {Op.CREATE, Op.WRITE, Op.SYNC, Op.TRUNCATE, Op.DELETE}
    assert {name for _, _, name in told} == {"a.db", "a.db-wal", "a.db-journal"}


def test_a_file_in_a_folder_of_the_disk_is_the_disks(disk: Disk) -> None:
    (disk.folder / "deep").mkdir()
    names = set()
    disk.before_op = lambda _, __, name: names.add(name)
    connection = apsw.Connection(str(disk.folder / "deep" / "a.db"))
    connection.execute("CREATE TABLE t (n)")
    connection.close()
    assert names == {"deep/a.db", "deep/a.db-journal"}
    disk.restart(Image.SYNCED, DICE)
    assert set(os.listdir(disk.folder / "deep")) == {"a.db", "a.db-journal"}, "the deletion was not synced"


@pytest.mark.parametrize("image", Image)
def test_commits_are_found_again(disk: Disk, image: Image) -> None:
    writer = connect(disk)
    put(writer, 1, 2)
    disk.kill()
    with disk.image(image, DICE) as other:
        assert numbers(other) == [1, 2]
        put(connect(other), 3)
        assert numbers(other) == [1, 2, 3]
    disk.restart(image, DICE)
    assert numbers(disk) == [1, 2]


def test_what_was_not_synced_is_gone(disk: Disk) -> None:
    writer = connect(disk)
    writer.execute("PRAGMA synchronous = NORMAL").fetchall()
    put(writer, 1, 2)
    assert numbers(disk) == [1, 2]
    disk.restart(Image.SYNCED, DICE)
    assert numbers(disk) == []


def test_a_crash_alone_loses_nothing_yet_and_a_cut_after_it_does(disk: Disk) -> None:
    writer = connect(disk)
    put(writer, 1)
    writer.execute("PRAGMA synchronous = NORMAL").fetchall()
    put(writer, 2)
    disk.restart(Image.EVERYTHING, DICE)
    assert numbers(disk) == [1, 2]
    with disk.image(Image.SYNCED, DICE) as other:
        assert numbers(other) == [1], "nobody has synced it since"
    put(connect(disk), 3)
    disk.restart(Image.SYNCED, DICE)
    assert numbers(disk) == [1, 2, 3]


def test_the_dead_do_nothing_and_are_quiet(disk: Disk, capfd: pytest.CaptureFixture[str]) -> None:
    writer, reader = connect(disk), connect(disk)
    put(writer, 1)
    disk.kill()
    for _ in range(2):
        with pytest.raises(PowerCut):
            put(writer, 2)
    with pytest.raises(PowerCut):
        connect(disk)
    before = disk.ops
    disk.restart(Image.SYNCED, DICE)
    fresh = connect(disk)
    put(fresh, 3)
    reader.close()
    del reader, writer
    gc.collect()
    assert disk.ops > before
    assert {path.name for path in disk.folder.iterdir()} == {"a.db", "a.db-wal", "a.db-shm"}
    put(fresh, 4)
    assert numbers(disk) == [1, 3, 4]
    assert capfd.readouterr() == ("", "")


def test_the_dead_are_quiet_in_the_middle_of_a_transaction(disk: Disk, capfd: pytest.CaptureFixture[str]) -> None:
    writer = apsw.Connection(str(disk.folder / "b.db"))
    writer.execute("PRAGMA cache_size = 1; CREATE TABLE t (b); BEGIN; INSERT INTO t VALUES (zeroblob(100000))")
    assert (disk.folder / "b.db-journal").exists()
    disk.restart(Image.EVERYTHING, DICE)
    del writer
    gc.collect()
    assert (disk.folder / "b.db-journal").exists(), "the journal of the next start is not theirs to delete"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("nth", range(1, 20))
def test_a_power_cut_at_an_operation(disk: Disk, nth: int, capfd: pytest.CaptureFixture[str]) -> None:
    def cut(number: int, _: Op, __: str) -> None:
        if number >= nth:
            raise PowerCut

    disk.before_op = cut
    acked = []
    with pytest.raises(PowerCut):
        writer = connect(disk)
        for number in range(10):
            put(writer, number)
            acked.append(number)
    assert disk.dead
    assert disk.ops == nth
    disk.before_op = None
    disk.restart(Image.SYNCED, DICE)
    connect(disk)
    assert numbers(disk) == acked
    assert capfd.readouterr() == ("", "")


def test_files_of_others_are_taken_over_locks_are_not(disk: Disk) -> None:
    (disk.folder / "keys").mkdir()
    (disk.folder / "keys" / "vault.json").write_text("{}")
    for name in ("a.db.lock", "a.db-shm"):
        (disk.folder / name).touch()
    disk.restart(Image.SYNCED, DICE)
    assert [path.name for path in disk.folder.iterdir()] == ["keys"]
    assert (disk.folder / "keys" / "vault.json").read_text() == "{}"


def test_a_file_that_was_laid_there_is_durable(disk: Disk) -> None:
    writer = connect(disk)
    put(writer, 1)
    writer.close()
    with Disk() as other:
        (other.folder / "a.db").write_bytes((disk.folder / "a.db").read_bytes())
        assert numbers(other) == [1]
        other.restart(Image.SYNCED, DICE)
        assert numbers(other) == [1]


def test_an_empty_file_that_was_never_synced_may_be_missing(disk: Disk) -> None:
    (disk.folder / "a.db").touch()
    connection = apsw.Connection(str(disk.folder / "a.db"))
    connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    disk.restart(Image.SYNCED, DICE)
    assert not (disk.folder / "a.db").exists()


@pytest.mark.parametrize(
    ("op", "error", "expected"),
    [
        (Op.WRITE, errno.ENOSPC, apsw.FullError),
        (Op.WRITE, errno.EIO, apsw.IOError),
        (Op.SYNC, errno.EIO, apsw.IOError),
        (Op.SYNC, errno.ENOSPC, apsw.IOError),
        (None, errno.ENOSPC, apsw.FullError),
    ],
)
def test_a_fault_is_what_sqlite_makes_of_it(disk: Disk, op: Op, error: int, expected: type[apsw.Error]) -> None:
    writer = connect(disk)
    disk.fail(op, 1, error)
    with pytest.raises(expected):
        put(writer, 1)
    put(writer, 2)
    assert numbers(disk) == [2]
    put(writer, 3)
    disk.fail(op, 1, error, for_ever=True)
    for _ in range(3):
        with pytest.raises(expected):
            put(writer, 4)
    disk.mend()
    put(writer, 5)
    assert numbers(disk) == [2, 3, 5]


def test_a_file_that_cannot_be_made_or_read(disk: Disk) -> None:
    disk.fail(Op.CREATE, 1, errno.ENOSPC)
    with pytest.raises(apsw.CantOpenError):
        connect(disk)
    put(connect(disk), 1)
    disk.fail(Op.READ, 1, errno.EIO)
    with pytest.raises(apsw.IOError) as caught:
        numbers(disk)
    assert caught.value.extendedresult == apsw.SQLITE_IOERR_READ  # type: ignore[attr-defined]
    assert numbers(disk) == [1]


def test_a_failed_delete(disk: Disk) -> None:
    disk.fail(Op.DELETE, 1, errno.EIO)
    connection = apsw.Connection(str(disk.folder / "a.db"))
    with pytest.raises(apsw.IOError):
        connection.execute("CREATE TABLE t (n)")
    connection.close()


def test_what_sqlite_overlooks_is_printed_unless_it_is_ours(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: printed.append(type(what.exc_value)))

    class Other:
        def __del__(self) -> None:
            raise ValueError

    for hush in (nullcontext, quiet):
        with hush():
            writer = connect(disk)
            put(writer, 1)
            disk.fail(None, 1, errno.ENOSPC, for_ever=True)
            del writer  # closing cannot move the log into the file
            Other()
            gc.collect()
            disk.mend()
    assert printed.count(ValueError) == 2
    assert len(printed) == 3
    assert numbers(disk) == [1, 1]


def test_what_a_failed_sync_lost_stays_lost(disk: Disk) -> None:
    writer = connect(disk)
    put(writer, 1)
    disk.fail(Op.SYNC, 1, errno.EIO)
    with pytest.raises(apsw.IOError):
        put(writer, 2)
    with disk.image(Image.EVERYTHING, DICE) as other:
        assert numbers(other) == [1, 2], "the cache shows it to who comes next"
        put(connect(other), 3)
        assert numbers(other) == [1, 2, 3]
        other.restart(Image.SYNCED, DICE)
        assert numbers(other) == [1], "the log has a hole: this is why nobody may go on after a failed sync"


def test_several_disks_at_once_are_apart(disk: Disk) -> None:
    with Disk() as other:
        one, two = connect(disk), connect(other)
        put(one, 1)
        put(two, 2)
        other.kill()
        put(one, 3)
        with pytest.raises(PowerCut):
            put(two, 4)
        assert numbers(disk) == [1, 3]
    put(one, 5)
    assert numbers(disk) == [1, 3, 5]


def test_a_child_takes_an_image_and_its_parent_goes_on(disk: Disk, tmp_path: Path) -> None:
    writer = connect(disk)
    put(writer, 1)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            disk.kill()
            with disk.image(Image.SYNCED, DICE, tmp_path / "child") as own:
                put(connect(own), 7)
                code = 0 if numbers(own) == [1, 7] else 2
        finally:
            os._exit(code)
    put(writer, 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    put(writer, 3)
    assert numbers(disk) == [1, 2, 3]
    assert not (tmp_path / "child").exists()


def test_hundreds_of_disks_leave_nothing() -> None:
    def one(n: int) -> None:
        with Disk() as disk:
            dead = connect(disk)
            put(dead, n)
            disk.restart(Image.TORN, Random(n))
            assert numbers(disk) == [n]
            put(connect(disk), n + 1)

    def held() -> tuple[int, int, Counter[str]]:
        gc.collect()
        kinds = Counter(type(thing).__name__ for thing in gc.get_objects())
        return len(os.listdir("/proc/self/fd")), apsw.memory_used(), kinds

    one(0)
    names, folders = apsw.vfs_names(), set(os.listdir("/dev/shm"))
    files, memory, kinds = held()
    for n in range(DISKS):
        one(n)
    files_after, memory_after, kinds_after = held()
    assert files_after <= files
    assert memory_after - memory < GROWTH_BYTES_MAX
    grown = {kind: n - kinds[kind] for kind, n in kinds_after.items() if n - kinds[kind] > DISKS // 10}
    assert not grown, grown
    assert apsw.vfs_names() == names
    assert not {name for name in set(os.listdir("/dev/shm")) - folders if name.startswith(f"disk-{os.getpid()}-")}
    assert "disks-" not in names[0], f"the platform's is the default again under {sys.platform}"


@pytest.mark.parametrize("image", list(Image))
def test_what_a_cut_would_leave_is_known_before_it(disk: Disk, image: Image) -> None:
    writer = connect(disk)
    put(writer, 1, 2)
    writer.execute("PRAGMA synchronous = OFF")
    put(writer, *range(3, 30))
    assert disk.unsynced
    found = disk.found(image, Random(f"cut {image}"))
    disk.kill()
    writer.close(force=True)
    disk.restart(image, Random(f"cut {image}"))
    there = {name: disk.folder / name for name in found}
    assert {name: path.read_bytes() if path.exists() else None for name, path in there.items()} == found
