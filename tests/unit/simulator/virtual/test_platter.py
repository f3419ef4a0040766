"""Does a file keep after a power cut what it must keep, and lose only what it may lose?"""

from random import Random

import pytest

from chongzheng.simulator.virtual.platter import CREATED, DELETED, SECTOR_BYTES, Change, Image, Op, Platter

CUTS = 300
LOSSY = (Image.PREFIX, Image.SUBSET, Image.TORN)


def write(at: int, data: bytes) -> Change:
    """These bytes at this place."""
    return Change(Op.WRITE, at, data)


def made(*changes: Change, durable: bytes | None = b"") -> Platter:
    """A file to which this was done and not synced."""
    platter = Platter(durable)
    for change in changes:
        platter.change(change)
    return platter


def found(platter: Platter, image: Image) -> set[bytes | None]:
    """All contents that many cuts leave."""
    contents = (platter.after(image, Random(seed)) for seed in range(CUTS))
    return {None if content is None else bytes(content) for content in contents}


def test_everything_is_what_a_program_reads() -> None:
    platter = made(write(0, b"abc"), write(5, b"f"), Change(Op.TRUNCATE, 7), Change(Op.TRUNCATE, 6), durable=b"xyz!")
    assert found(platter, Image.EVERYTHING) == {b"abc!\0f"}
    assert found(platter, Image.SYNCED) == {b"xyz!"}


def test_what_is_synced_stays_in_every_image() -> None:
    platter = made(CREATED, write(0, b"safe"), durable=None)
    assert platter.sync()
    assert all(found(platter, image) == {b"safe"} for image in Image)
    platter.change(write(4, b"!"))
    assert not platter.sync()
    assert all(found(platter, image) == {b"safe!"} for image in Image)


def test_a_prefix_keeps_the_order_and_a_subset_does_not() -> None:
    platter = made(write(0, b"a"), write(1, b"b"), write(2, b"c"))
    assert found(platter, Image.PREFIX) == {b"", b"a", b"ab", b"abc"}
    assert found(platter, Image.SUBSET) == {b"", b"a", b"ab", b"abc", b"\0b", b"\0bc", b"a\0c", b"\0\0c"}


def test_a_torn_write_is_cut_where_sectors_of_the_file_meet() -> None:
    platter = made(write(500, b"x" * (SECTOR_BYTES + 24)), durable=b"." * 1100)
    whole = bytes(platter.current() or b"")
    old = bytes(platter.durable or b"")
    cuts = (512, 1024)
    halves = {whole[:at] + old[at:] for at in cuts} | {old[:at] + whole[at:] for at in cuts}
    assert found(platter, Image.TORN) == {old} | halves


def test_short_writes_are_not_torn() -> None:
    platter = made(write(0, b"x" * SECTOR_BYTES), Change(Op.TRUNCATE, 600))
    assert found(platter, Image.TORN) == found(platter, Image.SUBSET)


def test_a_new_file_may_be_missing_until_it_or_its_folder_is_synced() -> None:
    platter = made(CREATED, write(0, b"a"), durable=None)
    for image in LOSSY:
        assert found(platter, image) == {None, b"", b"a"}
    platter.sync_name()
    assert found(platter, Image.SYNCED) == {b""}
    for image in LOSSY:
        assert found(platter, image) == {b"", b"a"}


def test_a_deleted_file_may_come_back_until_its_folder_is_synced() -> None:
    platter = made(write(3, b"!"), DELETED, durable=b"old")
    assert found(platter, Image.EVERYTHING) == {None}
    for image in LOSSY:
        assert found(platter, image) == {b"old", b"old!", None}
    platter.sync_name()
    assert found(platter, Image.SUBSET) == {None}


def test_writes_to_a_new_file_never_reach_the_deleted_one_of_that_name() -> None:
    platter = made(write(0, b"O"), DELETED, CREATED, write(2, b"new"), durable=b"old")
    for image in LOSSY:
        assert found(platter, image) == {b"old", b"Old", None, b"", b"\0\0new"}
    platter.sync_name()
    assert found(platter, Image.SUBSET) == {b"", b"\0\0new"}


def test_the_name_alone_is_synced_only_where_it_changed() -> None:
    platter = made(write(0, b"new"), durable=b"old")
    platter.sync_name()
    assert found(platter, Image.SYNCED) == {b"old"}


def test_pages_that_a_failed_sync_lost_are_read_still_and_never_written() -> None:
    platter = made(CREATED, write(0, b"lost"), durable=None)
    platter.lose()
    platter.change(write(4, b"!"))
    assert platter.current() == b"lost!"
    platter.sync()
    assert found(platter, Image.EVERYTHING) == {b"lost!"}
    assert found(platter, Image.SYNCED) == {b"\0\0\0\0!"}
    platter.change(DELETED)
    assert platter.current() is None


@pytest.mark.parametrize("lost", [False, True])
def test_a_copy_goes_its_own_way(lost: bool) -> None:
    platter = made(write(0, b"a"))
    if lost:
        platter.lose()
    other = platter.copy()
    other.change(write(1, b"b"))
    other.sync()
    assert platter.current() == b"a"
    assert platter.after(Image.SYNCED, Random(1)) == b""
    assert other.current() == b"ab"
    assert other.after(Image.SYNCED, Random(1)) == (b"\0b" if lost else b"ab")
