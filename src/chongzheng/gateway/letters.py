"""What have processes without wires left for an engine? Taken, committed and acted upon like everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from chongzheng.gateway.files import NotNow
from chongzheng.journal import Committed, Fenced, JournalFull, Submission
from chongzheng.journal.mailbox import Mailbox

LOOK_EVERY_MS = 50
FULL_PAUSE_MS = 1_000
"""After a full disk; the letters it had are another engine's, or ours again, when HELD_MS is over."""

log = structlog.get_logger("engine")


class Letters:
    """`commit`: everything in one commit, acted upon when it returns; `fatal` hears of a database that fails."""

    def __init__(
        self,
        mailbox: Mailbox,
        commit: Callable[[list[Submission]], Awaitable[Sequence[Committed]]],
        fatal: Callable[[BaseException], None],
    ) -> None:
        self._mailbox = mailbox
        self._commit = commit
        self._fatal = fatal
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take no more, and finish what was taken."""
        self._stopped = True
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        try:
            while not self._stopped:
                if not await self._look():
                    await asyncio.sleep(LOOK_EVERY_MS / 1000)
        except (NotNow, Fenced):  # the engine stops
            return
        except Exception as error:  # noqa: BLE001 - what these rows need, every commit needs too
            self._fatal(error)

    async def _look(self) -> bool:
        letters = await asyncio.to_thread(self._mailbox.take)
        if not letters:
            return False
        try:
            await self._commit([one for letter in letters for one in letter.submissions])
        except JournalFull:
            log.error("the disk is full; letters wait", letters=len(letters))
            await asyncio.sleep(FULL_PAUSE_MS / 1000)
            return False
        await asyncio.to_thread(self._mailbox.done, letters)
        return True
