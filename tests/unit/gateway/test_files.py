"""Is a settlement file read once it is whole, and put where it belongs?"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.files import CONTROL_WAIT_MS, POLL_MS, Inbox, NotNow
from chongzheng.mistakes import TheirMistake


class Reading:
    """Reads a file as the test says."""

    def __init__(self, folder: Path) -> None:
        self.names: list[str] = []
        self.failure: Exception | None = None
        self.counts = Counts(lambda event, **more: None)
        self.inbox = Inbox(folder, self.read, self.counts)

    async def read(self, path: Path) -> str:
        self.names.append(path.name)
        if self.failure is not None:
            raise self.failure
        return "fine"

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            asyncio.run(self._look())

    async def _look(self) -> None:
        await self.inbox.look()


def test_a_file_is_read_once_it_no_longer_grows_and_its_control_file_is_there(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    file = tmp_path / "D1"
    file.write_bytes(b"a")
    reading.look(3)
    (tmp_path / "D1.ctl").write_bytes(b"c")
    file.write_bytes(b"ab")
    reading.look()
    assert reading.names == []
    reading.look(2)
    assert reading.names == ["D1"]
    assert sorted(p.name for p in (tmp_path / "done").iterdir()) == ["D1", "D1.ctl"]


def test_a_file_without_control_file_is_read_after_patience(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    (tmp_path / "D1").write_bytes(b"a")
    reading.look(CONTROL_WAIT_MS // POLL_MS)
    assert reading.names == []
    reading.look()
    assert reading.names == ["D1"]


def test_a_refused_file_lies_aside_with_the_reason(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.failure = TheirMistake("is cut", "D1")
    for _ in range(2):
        (tmp_path / "D1").write_bytes(b"a")
        (tmp_path / "D1.ctl").write_bytes(b"c")
        reading.look(2)
    names = sorted(p.name for p in (tmp_path / "refused").iterdir())
    assert names == ["D1", "D1.2", "D1.ctl", "D1.ctl.2", "D1.why"]
    assert (tmp_path / "refused" / "D1.why").read_text("utf-8") == "D1: is cut\n"


def test_a_file_that_must_wait_stays(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.failure = NotNow("the disk is full")
    (tmp_path / "D1").write_bytes(b"a")
    (tmp_path / "D1.ctl").write_bytes(b"c")
    reading.look()
    with pytest.raises(NotNow):
        reading.look()
    reading.failure = None
    reading.look()
    assert reading.names == ["D1", "D1"] and not (tmp_path / "D1").exists()


def test_unfinished_and_hidden_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    for name in (".D1", "D1.tmp", "D1.part", "D1.why", "D1.ctl"):
        (tmp_path / name).write_bytes(b"a")
    (tmp_path / "folder").mkdir()
    reading.look(30)
    assert reading.names == []


def test_the_watch_goes_on_after_any_failure_and_ends_when_told(tmp_path: Path) -> None:
    async def test() -> None:
        reading.inbox.start()
        async with asyncio.timeout(5):
            while reading.counts.of["inbox failed"] == 0:
                await asyncio.sleep(0.01)
            reading.failure = NotNow("later")
            while reading.counts.of["settlement file must wait"] == 0:
                await asyncio.sleep(0.01)
            reading.failure = None
            while reading.counts.of["settlement file read"] == 0:
                await asyncio.sleep(0.01)
        await reading.inbox.stop()

    reading = Reading(tmp_path)
    reading.failure = ValueError("bug")
    (tmp_path / "D1").write_bytes(b"a")
    (tmp_path / "D1.ctl").write_bytes(b"c")
    asyncio.run(test())


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TheirMistake):
        Reading(tmp_path / "file")
