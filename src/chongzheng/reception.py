"""How do facts come in where no engine is: through an HTTP door that stands alone, or from a file?

A door alone has no wires, so it decides nothing: it leaves what it hears for an engine and waits until that has
committed it. So there may be any number of such doors, and none of them owns a payment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from chongzheng import clearing
from chongzheng import config as settings
from chongzheng.api.door import Ways
from chongzheng.api.imports import Send
from chongzheng.api.intake import Intake, Readers, Unavailable
from chongzheng.api.reports import World
from chongzheng.api.serve import DoorSettings, Serving
from chongzheng.journal import Committed, Journal, Reader, Submission, Vault
from chongzheng.journal.doors import Token
from chongzheng.journal.mailbox import Mailbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.uplink import calendar_of

TAKEN_WAIT_MS = 8_000
"""How long a client waits for an engine to take what it said."""
COMMIT_WAIT_MS = 30_000
"""The same once an engine has it: whether that says so or dies is known by then."""
LOOK_EVERY_MS = 20


def wall_clock_ms() -> int:
    """Now, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def world_of(config: settings.Config, vault: Vault) -> World:
    """What reports rest on."""
    days = calendar_of(config.calendar, settings.cut_over_min(config.calendar))
    return World(days.day, vault.index, settings.message_kinds(config).kinds)


def door_settings(section: settings.ApiSection) -> DoorSettings:
    """The table [api] in the words of the door."""
    papers = section.tls
    return DoorSettings(
        settings.address(section.listen),
        Path(papers.certificate) if papers is not None else None,
        Path(papers.key) if papers is not None else None,
        section.behind_proxy,
        section.open_metrics,
    )


@contextmanager
def import_desk(path: Path) -> Iterator[Send]:
    """Takes reports straight into the journal of an engine that is stopped; it acts on them when it starts.

    In PostgreSQL engines may run: they look after what was brought in once the visit is over.
    """
    config = settings.load(path)
    vault = Vault.from_file(config.keys)
    journal = Journal.open(config.journal, vault, config.policy, visiting=True)
    readers = Readers(config.journal)

    async def commit(batch: Sequence[Submission]) -> list[Committed]:
        return journal.apply(batch)

    intake = Intake(commit, world_of(config, vault), wall_clock_ms, readers)
    everybody = Token("", "import", "", frozenset({"report"}), frozenset(), 1, 0, None)
    try:
        with asyncio.Runner() as runner:
            yield lambda lines: runner.run(intake.take(lines, everybody, "import"))
    finally:
        readers.close()
        journal.close()


class Reception:
    """A door alone. `start` gives its address; `well` whether it may stay open."""

    def __init__(self, path: Path, clock: Callable[[], int] = wall_clock_ms) -> None:
        config = settings.load(path)
        if config.api is None:
            raise TheirMistake("needs a table [api] that says where to listen", str(path))
        if not isinstance(config.journal, str):
            raise TheirMistake("a journal in a file has its door in its engine: chongzheng up", "journal.path")
        self._clock = clock
        vault = Vault.from_file(config.keys)
        self._reader = Reader.open(config.journal)
        self._side = Side.open(config.journal)
        self._mailbox = Mailbox(self._side, vault)
        files = clearing.ways(config.settlement, vault, config.calendar.utc_offset_h)
        ways = Ways(self._hand_over, world_of(config, vault), clock, self._parts, lambda: b"", files)
        self._serving = Serving(door_settings(config.api), config.journal, vault, ways)

    def start(self) -> str:
        """Listen; the address, as a client says it."""
        return self._serving.start()

    def stop(self) -> None:
        """Let what is under way finish, then close."""
        self._serving.stop()
        self._side.close()
        self._reader.close()

    def well(self) -> bool:
        """Whether the door is served and the database answers; if not, start anew."""
        return self._serving.alive and self._parts()["journal"]

    def _parts(self) -> dict[str, bool]:
        try:
            living = self._reader.living()
        except Exception:  # noqa: BLE001 - whatever it is, there is no journal behind this door
            return {"journal": False, "engines": False}
        return {"journal": True, "engines": bool(living)}

    async def _hand_over(self, batch: Sequence[Submission]) -> list[Committed]:
        """On the door's loop: until an engine has committed it, or none is there to."""
        name = await asyncio.to_thread(self._mailbox.leave, batch, self._clock())
        begun_ns = time.monotonic_ns()
        while await asyncio.to_thread(self._mailbox.waits, name):
            waited_ms = (time.monotonic_ns() - begun_ns) // 1_000_000
            if waited_ms > TAKEN_WAIT_MS and await asyncio.to_thread(self._mailbox.withdraw, name):
                raise Unavailable("no engine is there to take it; nothing was taken")
            if waited_ms > COMMIT_WAIT_MS:
                raise Unavailable("an engine has it, but does not say that it is in; say it again")
            await asyncio.sleep(LOOK_EVERY_MS / 1000)
        return []
