"""Does the shipped journal keep what it acknowledged, wherever the power is cut, the disk fills up, or a sync fails?"""

import errno
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import chain, count
from random import Random

import apsw
import pytest

from chongzheng.bench.journal import Shop
from chongzheng.journal import Committed, JournalFull, Vault, sqlite
from chongzheng.mistakes import TheirMistake
from chongzheng.runner import OUTWARD, Runner
from chongzheng.simulator.virtual.disk import BeforeOp, Disk, Image, Op, PowerCut, quiet
from simulation.cuts import Owner

LOUD = (JournalFull, apsw.Error, TheirMistake)
CUTS_MIN = 400
MAKING_OPS = 80
"""Operations in which a journal is made; more follow."""
IMAGES = tuple(Image)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """One key for all: it is not what is tried here."""
    return Vault.create(tmp_path_factory.mktemp("vault") / "vault.json")


def cut_everywhere(owner: Owner, image: Image, every: int = 1) -> None:
    """Look at what a cut before each operation, or every so many, would leave, and after the last."""
    dice = Random(f"power {image}")

    def look(number: int, _: Op, __: str) -> None:
        if number % every == 0:
            owner.check(disk, image, dice)

    with Disk() as disk:
        disk.before_op = look
        owner.work(disk.folder)
        owner.check(disk, image, dice)


@pytest.mark.parametrize("image", Image)
def test_no_acknowledged_commit_is_lost(vault: Vault, image: Image) -> None:
    owner = Owner(vault, rounds=2)
    cut_everywhere(owner, image)
    assert owner.broken == []
    assert owner.cuts > CUTS_MIN


@pytest.mark.soak
@pytest.mark.parametrize("image", Image)
def test_no_acknowledged_commit_is_lost_in_a_long_day(vault: Vault, image: Image) -> None:
    owner = Owner(vault, rounds=8)
    cut_everywhere(owner, image)
    assert owner.broken == []


@pytest.mark.parametrize("image", [Image.SYNCED, Image.PREFIX, Image.SUBSET, Image.TORN])
def test_a_journal_that_syncs_less_is_found_out(vault: Vault, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with less than our settings the same cuts must lose something, or the disk is too kind."""
    sync_less(monkeypatch)
    owner = Owner(vault, rounds=1)
    cut_everywhere(owner, image, every=8)
    assert any("lost facts" in line for line in owner.broken)


def test_a_journal_that_syncs_less_survives_the_death_of_its_process(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is the power that loses it, not the disk."""
    sync_less(monkeypatch)
    owner = Owner(vault, rounds=1)
    cut_everywhere(owner, Image.EVERYTHING, every=8)
    assert owner.broken == []


def sync_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal whose log is not synced at each commit."""
    weaker = tuple(("synchronous", "NORMAL", 1) if line[0] == "synchronous" else line for line in sqlite.SETTINGS)
    monkeypatch.setattr(sqlite, "SETTINGS", weaker)


def test_a_cut_in_the_middle_of_a_start_after_a_cut(vault: Vault) -> None:
    """The next start still finds everything: nothing that the interrupted one did may harm."""
    dice = Random("again")
    cuts = 0
    for nth in count(1):
        owner = Owner(vault, rounds=1)
        with Disk() as disk:
            owner.work(disk.folder)
            journal = owner.open(disk.folder)
            owner.round(journal, 0)
            disk.restart(Image.TORN, dice)
            disk.before_op = cut_at(disk.ops + nth)
            try:
                with closing(owner.open(disk.folder)) as journal:
                    journal.tidy()
            except PowerCut:
                cuts += 1
            disk.before_op = None
            for image in Image:
                owner.check(disk, image, dice)
            assert owner.broken == []
            if not disk.dead:
                break
    assert cuts > 5


def cut_at(nth: int) -> BeforeOp:
    """The power fails at this operation."""

    def cut(number: int, _: Op, __: str) -> None:
        if number >= nth:
            raise PowerCut

    return cut


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["full", "failing"])
def test_a_disk_that_is_full_or_fails_is_loud(vault: Vault, error: int, for_ever: bool) -> None:
    """Whatever the journal does not refuse loudly it keeps. Every operation while it is made, then every third."""
    fail_at(vault, error, for_ever, chain(range(1, MAKING_OPS), count(MAKING_OPS + for_ever, 3)))


@pytest.mark.soak
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["full", "failing"])
def test_a_disk_that_is_full_or_fails_at_any_operation_is_loud(vault: Vault, error: int, for_ever: bool) -> None:
    fail_at(vault, error, for_ever, count(1))


def fail_at(vault: Vault, error: int, for_ever: bool, operations: Iterable[int]) -> None:
    """A day's work with a fault at each of these operations, until there is none left to fail."""
    dice = Random("full")
    loud = 0
    for nth in operations:
        owner = Owner(vault, rounds=1)
        with quiet(), Disk() as disk:
            disk.fail(None, nth, error, for_ever)
            try:
                owner.work(disk.folder)
            except LOUD:
                loud += 1
                disk.kill()  # before what it left open is collected, which would fail once more
            if disk.ops < nth:
                break
            disk.mend()
            owner.check(disk, IMAGES[nth % len(IMAGES)], dice)
            assert owner.broken == [], f"operation {nth}"
    assert loud > MAKING_OPS


def test_a_full_disk_is_waited_for_and_nothing_is_lost(vault: Vault) -> None:
    """Full at every write of a commit: refused as a whole, and taken when there is room again."""
    full = 0
    for nth in count(1):
        owner = Owner(vault, rounds=1)
        with Disk() as disk:
            journal = owner.open(disk.folder)
            owner.round(journal, 0)
            disk.fail(Op.WRITE, nth, errno.ENOSPC, for_ever=True)
            wave = next(Shop().doubts(3))
            try:
                owner.apply(journal, wave)
            except JournalFull:
                full += 1
                disk.mend()
                owner.apply(journal, wave)
            else:
                break
            finally:
                disk.mend()
                owner.check(disk, Image.SYNCED, Random(nth))
                journal.close()
            assert owner.broken == []
    assert full > 5


def test_after_a_failed_sync_the_writer_is_done_for(vault: Vault) -> None:
    """What it wrote may be gone although it can still be read: the process must end, not try again."""
    owner, fatal, delivered = Owner(vault, rounds=1), list[BaseException](), list[str]()
    with Disk() as disk:
        journal = owner.open(disk.folder)
        owner.round(journal, 0)
        runner = Runner(
            journal=journal,
            execute=inline,
            outlets={kind: lambda payment, _: delivered.append(payment.id) for kind in OUTWARD},
            watch=lambda payment: None,
            refuse=lambda submission: None,
            later=lambda seconds, call: None,
            fatal=fatal.append,
        )
        first, second = Shop().sales(1), Shop().sales(1)
        disk.fail(Op.SYNC, 1, errno.EIO)
        ops = disk.ops
        assert runner.hand_in(next(first)[0])
        assert [type(error) for error in fatal] == [apsw.IOError]
        ops = disk.ops
        assert not runner.hand_in(next(second)[0])
        assert disk.ops == ops, "it went on writing"
        assert delivered == []
        disk.kill()
        for image in Image:
            owner.check(disk, image, Random(1))
        assert owner.broken == []


@pytest.mark.parametrize("image", Image)
def test_what_a_failed_sync_left_in_the_cache_is_made_durable_by_the_next_start(vault: Vault, image: Image) -> None:
    """It can be read, it is on no disk, and no later sync would write it: what came behind it would go with it."""
    owner = Owner(vault, rounds=1)
    with Disk() as disk:
        journal = owner.open(disk.folder)
        owner.round(journal, 0)
        disk.fail(Op.SYNC, 1, errno.EIO)
        with pytest.raises(apsw.IOError):
            owner.apply(journal, next(Shop().sales(1)))
        disk.restart(Image.EVERYTHING, Random(1))
        journal.close()
        journal = owner.open(disk.folder)
        owner.round(journal, 1)
        owner.check(disk, image, Random(2))
        disk.kill()
        journal.close()
    assert owner.broken == []


def inline(work: Callable[[], list[Committed]], done: Callable[[list[Committed] | BaseException], None]) -> None:
    """A commit at once, its failure handed on like the writer thread does it."""
    try:
        result: list[Committed] | BaseException = work()
    except Exception as error:  # noqa: BLE001
        result = error
    done(result)
