"""Does a folder that forgets show a program what it wrote, and leave after a cut only what was synced, or a part?"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.real import lossy
from chongzheng.simulator.real.forgetful import SECTOR_BYTES, Forgetful, Left


def folder(path: Path, seed: int = 1) -> Forgetful:
    """A folder with one empty file."""
    (path / "a").touch()
    return Forgetful(path, Random(seed))


def test_a_program_sees_what_it_wrote_and_the_disk_only_what_was_synced(tmp_path: Path) -> None:
    memory = folder(tmp_path)
    memory.write("a", b"one", 0)
    memory.write("a", b"three", 5)
    assert (memory.read("a", 100, 0), memory.size("a")) == (b"one\0\0three", 10)
    assert (tmp_path / "a").read_bytes() == b""
    memory.sync("a")
    memory.truncate("a", 3)
    assert (memory.read("a", 100, 0), (tmp_path / "a").read_bytes()) == (b"one", b"one\0\0three")
    memory.truncate("a", 3)
    assert memory.cut(Left.NOTHING) == 1
    assert (memory.read("a", 100, 3), memory.size("a")) == (b"\0\0three", 10)


def test_a_file_that_was_renamed_without_a_sync_is_empty_after_a_cut(tmp_path: Path) -> None:
    memory = folder(tmp_path)
    memory.write("a", b"new", 0)
    (tmp_path / "a").replace(tmp_path / "b")
    memory.renamed("a", "b")
    assert memory.read("b", 9, 0) == b"new"
    memory.cut(Left.NOTHING)
    assert (tmp_path / "b").read_bytes() == b""
    memory.write("b", b"more", 0)
    memory.removed("b")
    assert memory.cut(Left.FIRST) == 0


@pytest.mark.parametrize("left", [Left.FIRST, Left.SOME, Left.TORN])
def test_a_part_of_what_was_not_synced_may_be_left(tmp_path: Path, left: Left) -> None:
    found = set()
    for seed in range(40):
        (tmp_path / str(seed)).mkdir()
        memory = folder(tmp_path / str(seed), seed)
        for number in range(4):
            memory.write("a", bytes([65 + number]) * 2 * SECTOR_BYTES, number * 2 * SECTOR_BYTES)
        lost = memory.cut(left)
        content = (tmp_path / str(seed) / "a").read_bytes()
        assert len(content) % SECTOR_BYTES == 0 and lost <= 4 and memory.lost == lost
        found.add("".join(chr(content[at]) for at in range(0, len(content), SECTOR_BYTES)).replace("\0", "."))
    whole = {"", "AA", "AABB", "AABBCC", "AABBCCDD"}
    match left:
        case Left.FIRST:
            assert found == whole
        case Left.SOME:
            assert "..BB" in found or "....CC" in found
        case _:
            assert found & {"A", "AAB", "AABBC", "AABBCCD"}


def test_everything_that_is_synced_lasts(tmp_path: Path) -> None:
    memory = folder(tmp_path)
    memory.write("a", b"kept", 0)
    memory.sync_all()
    assert memory.cut(Left.NOTHING) == 0
    assert (tmp_path / "a").read_bytes() == b"kept"


def test_where_no_such_file_system_can_be_it_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lossy, "DEVICE", tmp_path / "fuse")
    with pytest.raises(TheirMistake, match="needs this device") as refused:
        lossy.refuse_without_fuse()
    assert "\n" not in str(refused.value)
    monkeypatch.setattr(lossy, "DEVICE", tmp_path)
    monkeypatch.setattr(lossy, "LIBRARY", "no_such_library")
    with pytest.raises(TheirMistake, match="pip install"):
        lossy.refuse_without_fuse()
