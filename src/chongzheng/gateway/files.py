"""Which settlement files have arrived in the inbox, whole, and what became of each?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from chongzheng.gateway.counts import Counts
from chongzheng.mistakes import TheirMistake

POLL_MS = 500
CONTROL_WAIT_MS = 10_000
"""How long a file waits for its control file before it is read, and surely refused, without."""
FILES_MAX = 1_000
"""Files looked at in one round."""
FILE_BYTES_MAX = 2_000_000_000
CONTROL_SUFFIX = ".ctl"
UNFINISHED = (".tmp", ".part", ".why")
DONE, REFUSED = "done", "refused"
"""Where files lie afterwards."""


class NotNow(Exception):
    """The file is not at fault and stays where it is; it is looked at again."""


Read = Callable[[Path], Awaitable[str]]


class Inbox:
    """Watches one folder. `read(path)` gives one line about the file, or raises TheirMistake with what is wrong.

    A file is whole when two looks in a row see the same size and its control file (`<name>.ctl`) is there too, or it
    `closes` with totals of its own, which its name tells.
    Afterwards both lie in `done/` or `refused/`; a refused one has `<name>.why` beside it.
    """

    def __init__(
        self, folder: Path, read: Read, counts: Counts, closes: Callable[[str], bool] = lambda name: False
    ) -> None:
        self._folder = folder
        self._read = read
        self._counts = counts
        self._closes = closes
        self._seen: dict[str, tuple[int, int]] = {}
        self._task: asyncio.Task[None] | None = None
        for name in (DONE, REFUSED):
            try:
                (folder / name).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TheirMistake(f"cannot be used ({error.strerror})", str(folder)) from None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Stop looking; a file that is being read is given again by whoever starts next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                await self.look()
            except NotNow as reason:
                self._counts.note("settlement file must wait", str(reason))
            except Exception as error:  # noqa: BLE001 - one file that trips us must not end the watch
                self._counts.note("inbox failed", type(error).__name__)
            await asyncio.sleep(POLL_MS / 1000)

    async def look(self) -> int:
        """One round: read every file that is whole now; gives how many."""
        here = [path for path in sorted(self._folder.iterdir())[:FILES_MAX] if _is_candidate(path)]
        self._seen = {path.name: self._seen[path.name] for path in here if path.name in self._seen}
        whole = [path for path in here if self._is_whole(path)]
        for path in whole:
            await self._take(path)
        return len(whole)

    def _is_whole(self, path: Path) -> bool:
        size = path.stat().st_size
        before, looks = self._seen.get(path.name, (-1, 0))
        looks = looks + 1 if size == before else 0
        self._seen[path.name] = (size, looks)
        patient = looks * POLL_MS < CONTROL_WAIT_MS
        return looks > 0 and (_control_of(path).exists() or self._closes(path.name) or not patient)

    async def _take(self, path: Path) -> None:
        try:
            if path.stat().st_size > FILE_BYTES_MAX:
                raise TheirMistake(f"is larger than {FILE_BYTES_MAX} bytes", path.name)
            line = await self._read(path)
            self._move(path, DONE)
            self._counts.note("settlement file read", line)
        except TheirMistake as mistake:
            self._move(path, REFUSED)
            (self._folder / REFUSED / f"{path.name}.why").write_text(f"{mistake}\n", "utf-8")
            self._counts.note("settlement file refused", str(mistake))

    def _move(self, path: Path, where: str) -> None:
        self._seen.pop(path.name, None)
        for one in (path, _control_of(path)):
            if one.exists():
                one.replace(_free(self._folder / where / one.name))


def _free(path: Path) -> Path:
    """This name, or the same with a number where one of that name lies already: nothing is overwritten."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _control_of(path: Path) -> Path:
    return path.with_name(path.name + CONTROL_SUFFIX)


def _is_candidate(path: Path) -> bool:
    hidden = path.name.startswith(".") or path.name.endswith((CONTROL_SUFFIX, *UNFINISHED))
    return not hidden and path.is_file()
