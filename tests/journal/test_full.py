"""What happens when the disk is full at the n-th page? Nothing half written, nothing lost, and on it goes."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from chongzheng.journal import Journal, JournalFull, Submission
from chongzheng.reversal.payment import State
from journal.made import NOON_MS, asked, name_of, reply, said, sale, undone
from journal.place import SqlitePlace

DATABASES = ("sqlite",)

PAGES_TRIED = 40
BULKY = "x" * 3_000


def bulky(submission: Submission) -> Submission:
    """The same with evidence that fills most of a page."""
    fact = submission.fact
    more = said("0800", 0, fact.at, note=BULKY, of=fact.payment)
    return Submission(fact, (*submission.evidence, more), submission.card)


def batch(n: int) -> list[Submission]:
    """Eight payments of this round, each opened and reversed."""
    return [bulky(make(8 * n + i)) for i in range(8) for make in (sale, asked)]


def connection(journal: Journal) -> apsw.Connection:
    """The one that writes."""
    found: apsw.Connection = journal._storage._db  # type: ignore[attr-defined]
    return found


def no_room_after(journal: Journal, pages: int) -> None:
    """Let the database grow by so many pages and no more."""
    ((now,),) = connection(journal).execute("PRAGMA page_count").fetchall()
    ((limit,),) = connection(journal).execute(f"PRAGMA max_page_count = {now + pages}").fetchall()
    assert limit == now + pages


def room(journal: Journal) -> None:
    """The disk is big again."""
    connection(journal).execute("PRAGMA max_page_count = 1073741823").fetchall()


@pytest.mark.parametrize("poison", [False, True], ids=["whole batch", "fact by fact"])
def test_full_at_every_page_of_a_batch(place: SqlitePlace, poison: bool) -> None:
    journal = place.open()
    journal.apply(batch(0))
    full = 0
    for pages in range(PAGES_TRIED):
        submissions = batch(pages + 1)
        if poison:  # a fact without a payment: the batch goes fact by fact
            submissions.insert(5, reply(9_000 + pages))
        before = place.dump()
        no_room_after(journal, pages)
        try:
            journal.apply(submissions)
        except JournalFull:
            full += 1
            assert place.dump() == before, f"something was written with room for {pages} pages"
            room(journal)
            committed = journal.apply(submissions)
            assert [c.payment.state for c in committed] == [State.FORWARDED, State.REVERSING] * 8
        room(journal)
    assert 10 < full < PAGES_TRIED, "full must have been tried at every page, and in the end there was room"
    place.audit()
    with place.reading() as reader:
        assert len(list(reader.payments())) == 8 * (PAGES_TRIED + 1)
        assert len(reader.strays()) == (PAGES_TRIED if poison else 0), "a stray is kept once, however often it is tried"


def test_what_was_rolled_back_is_forgotten(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply(batch(0))
    no_room_after(journal, 6)
    with pytest.raises(JournalFull):
        journal.apply([bulky(sale(500)), reply(9_000), *batch(1)])
    room(journal)
    assert journal.apply([reply(500)]) == [], "a payment that is not on the disk does not exist"
    place.audit()


def test_everything_else_that_is_written_says_full_too(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply(batch(0))
    no_room_after(journal, 0)
    writes: list[Callable[[], object]] = [
        lambda: journal.save_secret("big", b"s" * 9_000),
        lambda: journal.begin_file("d" * 9_000, "f", "20260923", 1, True, NOON_MS),
        lambda: journal.next_number("n" * 9_000),
        journal.tidy,
    ]
    journal.keep_stray(said("0210", 1, NOON_MS, note="y" * 9_000), "stray")
    for write in writes:
        with pytest.raises(JournalFull):
            write()
    room(journal)
    for write in writes:
        write()
    assert journal.next_number("n" * 9_000) == 2
    with place.reading() as reader:
        assert len(reader.strays()) == 1
    place.audit()


def test_no_room_for_a_checkpoint_is_no_failed_commit(place: SqlitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit stands in the WAL. Were it reported as failed, the facts would be applied twice."""

    class NoCheckpoint:
        def __init__(self, inner: apsw.Connection) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def wal_checkpoint(self, **words: object) -> None:
            raise apsw.FullError("no room in the database file")

    journal = place.open()
    monkeypatch.setattr("chongzheng.journal.on_sqlite.WAL_PAGES_MAX", 0)
    whole = connection(journal)
    journal._storage._db = NoCheckpoint(whole)  # type: ignore[attr-defined]
    (committed,) = journal.apply([sale(1)])
    assert committed.payment.state is State.FORWARDED
    journal.tidy()
    journal._storage._db = whole  # type: ignore[attr-defined]
    place.audit()


def can_mount() -> bool:
    """Whether this user can make a small disk."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True)
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0


SMALL_DISKS_KIB = [960, 1040, 1120, 1200] if can_mount() else []
"""Sizes at which the disk fills in different files; where nobody may mount, the page limit above must do."""


@contextmanager
def small_disk(size_kib: int) -> Iterator[Path]:
    """A folder on a disk of that size, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("size_kib", SMALL_DISKS_KIB)
def test_a_disk_that_is_really_full(size_kib: int) -> None:
    with small_disk(size_kib) as folder:
        place = SqlitePlace(folder)
        ballast = folder / "ballast"
        ballast.write_bytes(b"b" * size_kib * 512)
        journal = place.open()
        numbers, acked, number_failed = [], 0, 0
        for n in range(400):
            try:
                journal.apply([bulky(sale(n))])
                acked = n + 1
                numbers.append(journal.next_number("n"))
            except JournalFull:
                break
        for _ in range(30):
            try:
                numbers.append(journal.next_number("n"))
            except JournalFull:
                number_failed += 1
        assert acked < 400, "the disk never filled"
        assert number_failed, "a number was given out that is written nowhere"
        with pytest.raises(JournalFull):
            journal.apply([bulky(sale(900)), bulky(asked(0))])
        ballast.unlink()
        journal.tidy()
        committed = journal.apply([asked(0), undone(0)])
        assert committed[-1].payment.state in (State.RETURNED, State.REVERSING)
        numbers.append(journal.next_number("n"))
        assert numbers == sorted(set(numbers)), "a number was given out twice"
        journal.close()
        with place.reading() as reader:
            assert reader.faults() == []
            assert all(reader.payment(name_of(n)) is not None for n in range(acked))
            assert reader.payment(name_of(900)) is None
