"""How is a journal copied while it is being written, put back, and an old copy told from the newest history?

The commits of a journal are a chain of hashes. A small file outside it, the mark, remembers how far the chain has
got. A journal whose chain does not contain the mark is an older one, or another one: going on with it would forget
payments that terminals and banks remember, so it is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from chongzheng.journal import sqlite
from chongzheng.journal.audit import GENESIS
from chongzheng.journal.reader import Reader
from chongzheng.journal.rows import encode, evidence
from chongzheng.journal.sql import keeping
from chongzheng.mistakes import TheirMistake

PAGES_AT_ONCE = 2_048
CHUNK_BYTES = 1 << 20
MANIFEST_BYTES_MAX = 4_096
FORMAT = "chongzheng backup 1"
NUMBERS_SKIPPED = 10_000
"""After history was lost: how far every counter is moved on, so that no number is given out twice."""

Progress = Callable[[int, int], None]
"""Called with how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Point:
    """How far a history has got: the number and hash of its last commit."""

    no: int
    hash: bytes


START = Point(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the journal stands, which commits were given up, where the old files lie."""

    point: Point
    given_up: int
    aside: tuple[Path, ...]


class Mark:
    """The high-water mark of one journal, a file that should lie on another disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Point | None:
        """Where the journal had got to, or None when there is no mark yet. TheirMistake when it is not a mark."""
        try:
            document = json.loads(self.path.read_bytes()[:MANIFEST_BYTES_MAX])
            return Point(int(document["commit"]), bytes.fromhex(document["hash"]))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TheirMistake(f"cannot be read ({error.strerror})", str(self.path)) from None
        except (ValueError, KeyError, TypeError):
            raise TheirMistake("is not the mark of a journal", str(self.path)) from None

    def note(self, point: Point) -> None:
        """Remember `point`, whole or not at all. TheirMistake when it cannot be written."""
        text = json.dumps({"commit": point.no, "hash": point.hash.hex()}) + "\n"
        _write_whole(self.path, text.encode())


class Milestones:
    """Moves the mark on behind a journal that is being written. Knows no threads; may be called from any, in turn."""

    def __init__(self, path: Path, mark: Mark) -> None:
        self._db = sqlite.open_reader(path)
        self._mark = mark
        self._noted = mark.read()

    def note(self) -> None:
        """The mark stands where the journal stands now."""
        point = _newest(self._db)
        if point != self._noted:
            self._mark.note(point)
            self._noted = point

    def close(self) -> None:
        """Note the last commit and let go of the journal."""
        try:
            self.note()
        finally:
            self._db.close()


def refuse_time_travel(path: Path, mark: Mark) -> None:
    """TheirMistake when the journal at `path`, missing or not, does not contain what the mark remembers."""
    known = mark.read()
    if known is None or known == START:
        return
    if not path.exists():
        _refuse_older(START, known, path, mark.path)
    connection = sqlite.open_reader(path)
    try:
        point = _newest(connection)
        if not _contains(connection, point, known):
            _refuse_older(point, known, path, mark.path)
    finally:
        connection.close()


def back_up(path: Path, folder: Path, at: int, progress: Progress) -> tuple[Path, Point]:
    """A copy of the journal at `path`, as of one moment, in `folder`, with its manifest beside it. `at`: epoch ms.

    The engine goes on writing meanwhile. The copy is read back before it gets its name.
    """
    source = sqlite.open_reader(path)
    _make_folder(folder)
    part = folder / f"{path.stem}.{os.getpid()}.part"
    try:
        with _plainly(folder), _private(part):
            source.execute("BEGIN")  # one moment, whatever is written during the copy
            point = _newest(source)
            _copy_pages(source, part, progress)
            _check_copy(part, point)
            target = folder / f"{path.stem}-{at}-{point.no}.db"
            manifest = {"format": FORMAT, "at": at, "commit": point.no, "hash": point.hash.hex()}
            manifest |= {"version": sqlite.SCHEMA_VERSION, "bytes": part.stat().st_size, "sha256": _digest(part)}
            _write_whole(_manifest_of(target), json.dumps(manifest, indent=1).encode() + b"\n")
            _rename(part, target)
    finally:
        source.close()
    return target, point


def restore(copy: Path, path: Path, mark: Mark, at: int, give_up: int | None = None, quick: bool = False) -> Restored:
    """Put the backup `copy` where the journal is. What lay there is kept beside it.

    TheirMistake: the copy is damaged, an engine is running, or the history known so far has more than the copy and
    `give_up` does not name its last commit. `quick` leaves out recomputing every chain.
    """
    point = _checked(copy, quick)
    lock = sqlite.WriterLock(path.resolve())
    try:
        known = _newest_known(path, mark)
        given_up = _refuse_loss(copy, point, known, give_up)
        with _plainly(path.parent), _private(Path(f"{path}.restoring")) as part:
            shutil.copyfile(copy, part)
            if given_up:
                _start_anew(part, point, known, at)
            _sync(part)
            aside = _put_aside(path, at)
            _rename(part, path)
            mark.note(point)
        return Restored(point, given_up, aside)
    finally:
        lock.release()


def _newest(connection: apsw.Connection) -> Point:
    row: Any = connection.execute(keeping()["newest_commit"]).fetchone()
    return Point(int(row[0]), bytes(row[1])) if row else START


def _contains(connection: apsw.Connection, newest: Point, known: Point) -> bool:
    if known.no > newest.no:
        return False
    row: Any = connection.execute(keeping()["commit_hash"], {"no": known.no}).fetchone()
    return row is not None and bytes(row[0]) == known.hash


def _refuse_older(point: Point, known: Point, path: Path, mark: Path) -> None:
    what = f"ends at commit {point.no}" if point.no < known.no else f"has another commit {known.no}"
    raise TheirMistake(
        f"{what}, but {mark} remembers commit {known.no}: this is an older or another journal, and what is missing"
        " could be paid or reversed twice; put the right one back, or restore a newer backup",
        str(path),
    )


def _refuse_loss(copy: Path, point: Point, known: Point, give_up: int | None) -> int:
    """How many commits are given up; TheirMistake when nobody said that they may be."""
    connection = sqlite.open_reader(copy)
    try:
        if known == START or _contains(connection, point, known):
            return 0
    finally:
        connection.close()
    if give_up == known.no:
        return max(known.no - point.no, 1)
    raise TheirMistake(
        f"ends at commit {point.no}, but the journal had got to commit {known.no}: that would be time travel;"
        f" take a newer backup, or if all of them are gone say --give-up {known.no} and reconcile by hand",
        str(copy),
    )


def _newest_known(path: Path, mark: Mark) -> Point:
    """The furthest that mark or the journal in place has got; one that is damaged says nothing."""
    known = mark.read() or START
    with suppress(TheirMistake, apsw.Error):
        connection = sqlite.open_reader(path)
        try:
            known = max(known, _newest(connection), key=lambda point: point.no)
        finally:
            connection.close()
    return known


def _copy_pages(source: apsw.Connection, part: Path, progress: Progress) -> None:
    target = apsw.Connection(str(part))
    try:
        with target.backup("main", source, "main") as copying:
            while not copying.done:
                copying.step(PAGES_AT_ONCE)
                progress(copying.page_count - copying.remaining, copying.page_count)
        target.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, nothing beside it
    finally:
        target.close()
    _sync(part)


def _check_copy(copy: Path, point: Point) -> None:
    connection = sqlite.open_reader(copy)
    try:
        if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)] or _newest(connection) != point:
            raise TheirMistake("was not written as it should be; look at the disk", str(copy))
    finally:
        connection.close()


def _checked(copy: Path, quick: bool) -> Point:
    """The point at which a sound backup ends."""
    manifest = _manifest(copy)
    if _digest(copy) != manifest["sha256"]:
        raise TheirMistake("is not what was backed up; its digest differs from its manifest's", str(copy))
    point = Point(int(manifest["commit"]), bytes.fromhex(manifest["hash"]))
    _check_copy(copy, point)
    if not quick:
        reader = Reader.open(copy)
        try:
            wrong = reader.faults()
        finally:
            reader.close()
        if wrong:
            raise TheirMistake(f"has {len(wrong)} faults; the first: {wrong[0]}", str(copy))
    return point


def _manifest(copy: Path) -> dict[str, Any]:
    path = _manifest_of(copy)
    try:
        document: dict[str, Any] = json.loads(path.read_bytes()[:MANIFEST_BYTES_MAX])
        if document["format"] != FORMAT or not {"commit", "hash", "sha256"} <= document.keys():
            raise ValueError
        int(document["commit"])
        bytes.fromhex(document["hash"])
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror}); it belongs beside the backup", str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise TheirMistake("is not the manifest of a backup", str(path)) from None
    return document


def _manifest_of(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.json")


def _start_anew(part: Path, point: Point, known: Point, at: int) -> None:
    """Commits are given up: no number of theirs may be given out again, and the journal says what happened to it."""
    body = encode({"kept": point.no, "given_up": known.no})
    proof = evidence("restore", "operator", at, body)
    connection = apsw.Connection(str(part))
    try:
        with sqlite.transaction(connection):
            connection.execute(keeping()["skip_numbers"], {"gap": NUMBERS_SKIPPED})
            connection.execute(
                keeping()["note_restore"],
                {
                    "id": proof.id,
                    "at": at,
                    "kind": proof.kind,
                    "source": proof.source,
                    "why": f"commits after {point.no} up to {known.no} were given up",
                    "body": body,
                },
            )
    finally:
        connection.close()


def _put_aside(path: Path, at: int) -> tuple[Path, ...]:
    moved = []
    for suffix in ("", "-wal", "-shm"):
        old = Path(f"{path}{suffix}")
        if old.exists():
            new = Path(f"{path}.before-{at}{suffix}")
            _rename(old, new)
            moved.append(new)
    return tuple(moved)


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, sqlite.PRIVATE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _rename(part, path)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


def _rename(old: Path, new: Path) -> None:
    os.replace(old, new)
    folder = os.open(new.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                whole.update(chunk)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    return whole.hexdigest()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise TheirMistake(f"cannot be made ({error.strerror})", str(folder)) from None


@contextmanager
def _private(part: Path) -> Iterator[Path]:
    """A file of ours alone that goes away unless it got its name."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, sqlite.PRIVATE))
    try:
        yield part
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{part}{suffix}").unlink(missing_ok=True)


@contextmanager
def _plainly(place: Path) -> Iterator[None]:
    """A disk that refuses says so in one line."""
    try:
        yield
    except apsw.FullError:
        raise TheirMistake("the disk is full", str(place)) from None
    except (OSError, apsw.IOError, apsw.CantOpenError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        raise TheirMistake(f"cannot be written ({said})", str(place)) from None
