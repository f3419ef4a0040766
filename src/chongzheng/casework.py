"""What does an engine do for people: give them cases, ring their clocks, run their errands, send their notices?

It is done beside the payments, on threads and connections of its own, and rests after each transaction longer than the
transaction took, so that no sale waits for it. Of several engines on one database the living one with the lowest
number does it; what two of them do for a moment is done once all the same (journal/rounds).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from chongzheng.gateway.counts import Counts
from chongzheng.gateway.files import NotNow
from chongzheng.gateway.upkeep import Chore, Upkeep
from chongzheng.journal import Committed, Journal, JournalFull, Submission
from chongzheng.journal.post import Post
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.sections import NoticesSection

if TYPE_CHECKING:
    from chongzheng.journal.matters import Matters
    from chongzheng.journal.rounds import Rounds
    from chongzheng.notices.sending import House

LOOK_EVERY_MS = 500
NOTICES_EVERY_MS = 1_000
STOP_LOOK_MS = 100
COUNT_EVERY_MS = 3_600_000
"""How often figures of changes are counted (each at most once a day) and causes that came back are gathered."""
REST_SHARE = 2
"""A rest is so many times as long as the transaction before it."""
REST_MS_MAX = 100
ERRANDS_AT_ONCE = 100
INDEXED_AT_ONCE = 100

FIGURES = {
    "leads": "1 where this engine carries the cases; of several one does",
    "behind_seconds": "Since when not everything is done that is due of cases",
    "set_aside": "Matters that failed and are left alone for a while",
    "facts": "Facts about cases that the program has said since its start",
    "notices_waiting": "Notices that are not sent yet",
}

HandIn = Callable[[Iterable[Submission]], list[Committed]]

log = structlog.get_logger("casework")


class Casework:
    """The part of an engine that carries cases. Figures may be read from any thread."""

    def __init__(
        self, place: Path | str, notices: NoticesSection | None, counts: Counts, clock: Callable[[], int]
    ) -> None:
        self._place = place
        self._house = house_of(notices) if notices is not None else None
        self._counts = counts
        self._clock = clock
        self._stopping = threading.Event()
        self._upkeep: Upkeep | None = None
        self._rounds: Rounds | None = None
        self._looks = threading.Lock()
        self._begun_ns = 0
        self._leads = False
        self._said = 0
        self._caught_up_at = 0
        self._waiting = 0

    def start(self, journal: Journal, hand_in: HandIn) -> None:
        """Begin. `journal`: whose lease and number say whether this engine does it; `hand_in`: commits facts for the
        engine, from any thread."""
        self._journal, self._hand_in = journal, hand_in
        self._reader = journal.reader()
        self._caught_up_at = self._clock()
        self._side = Side.open(self._place)
        self._post_side = Side.open(self._place)
        self._post = Post(self._post_side)
        chores = [Chore("casework", LOOK_EVERY_MS, self._turn), Chore("casework figures", COUNT_EVERY_MS, self._count)]
        if self._house is not None:
            chores.append(Chore("notices", NOTICES_EVERY_MS, self._tell))
        self._upkeep = Upkeep(chores, self._counts)
        self._upkeep.start()

    async def stop(self) -> None:
        """Finish the transaction that is under way, and no other."""
        self._stopping.set()
        if self._upkeep is None:
            return
        await self._upkeep.stop()
        self._side.close()
        self._post_side.close()
        self._reader.close()

    @property
    def standing(self) -> dict[str, int]:
        """How far this engine is with it: whether it does it (1), since how many seconds not everything is done, how
        many matters are set aside, how many facts it has said since its start, and how many notices wait."""
        late_ms = self._clock() - self._caught_up_at if self._leads else 0
        aside = self._rounds.aside.count() if self._rounds is not None and self._leads else 0
        known = {"leads": int(self._leads), "behind_seconds": late_ms // 1000, "set_aside": aside, "facts": self._said}
        return known | {"notices_waiting": self._waiting}

    def measure(self, also: Callable[[str, str, Callable[[], float]], None]) -> None:
        """Add these figures to the engine's own."""
        for name, text in FIGURES.items():
            also(f"casework_{name}", text, self._figure(name))

    def _figure(self, name: str) -> Callable[[], float]:
        return lambda: self.standing[name]

    def _turn(self) -> None:
        """Errands, one round of everything, and another at once while there is more than one round takes."""
        if self._rounds is None:
            self._rounds = self._made()
        self._run_errands(self._rounds)
        self._leads = self._is_ours()
        while self._leads and not self._stopping.is_set() and self._round(self._rounds):
            self._leads = self._is_ours()

    def _made(self) -> Rounds:
        """The tables of cases are many, and nobody waits for them here."""
        from chongzheng.journal.rounds import Rounds

        return Rounds(self._keeper(), self._side, self._clock, self._set_aside, self._rest)

    def _keeper(self) -> Matters:
        from chongzheng.journal.matters import Matters
        from chongzheng.journal.registers import Registers

        return Matters(self._side, self._clock, Registers(self._side))

    def _round(self, rounds: Rounds) -> bool:
        """Whether there is more of something. What the database raises ends it; it is done again."""
        self._begun_ns = time.monotonic_ns()
        for part in (rounds.adopt, rounds.ring, rounds.tell, rounds.hear):
            self._said += part()
        self._waiting = self._post.waiting()
        if not rounds.more:
            self._caught_up_at = self._clock()
        return rounds.more

    def _run_errands(self, rounds: Rounds) -> None:
        """Hand in what matters ask of the engine, for payments that this one looks after."""
        from chongzheng.journal import errands

        after = 0
        while found := errands.waiting(self._side, after, ERRANDS_AT_ONCE):
            ours = errands.ours(found, self._reader.engine, self._living())
            said = [(one, submission) for one in ours if (submission := rounds.errand(one)) is not None]
            if said and not self._handed_in([submission for _, submission in said]):
                return
            errands.ended(self._side, [one for one, _ in said], self._clock())
            after = found[-1].no

    def _handed_in(self, batch: list[Submission]) -> bool:
        try:
            self._hand_in(batch)
        except (NotNow, JournalFull):  # it stands in the journal, and is handed in again
            return False
        return True

    def _tell(self) -> None:
        """Send the notices that are due."""
        if self._house is not None and self._is_ours() and self._post.due(self._clock()):
            asyncio.run(self._delivered(self._house))

    async def _delivered(self, house: House) -> None:
        """Until nothing is due any more, or the engine stops: what was under way then is sent again, under its name."""
        sending = asyncio.create_task(self._deliver(house))
        while not sending.done() and not self._stopping.is_set():
            await asyncio.wait([sending], timeout=STOP_LOOK_MS / 1000)
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    async def _deliver(self, house: House) -> None:
        from chongzheng.notices.sending import deliver_due

        while await deliver_due(self._post, house, self._clock):
            if not await asyncio.to_thread(self._is_ours):
                return

    def _count(self) -> None:
        if not self._is_ours():
            return
        self._index()
        from chongzheng.journal import rates, recurring
        from chongzheng.journal.registers import Registers

        matters, registers, now = self._keeper(), Registers(self._side), self._clock()
        rates.count(matters, self._side, registers.rows("units", day_of(now)), now, self._set_aside)
        recurring.gather(matters, self._side, registers.rows("recurring causes", day_of(now)), now)

    def _index(self) -> None:
        """Matters of an older journal have no words yet."""
        from chongzheng.journal import finding

        matters, after = self._keeper(), 0
        while not self._stopping.is_set() and (found := finding.unindexed(self._side, after, INDEXED_AT_ONCE)):
            for no in found:
                matters.index(no)
            after = found[-1]

    def _is_ours(self) -> bool:
        """A file has one engine, and no numbers."""
        living = self._living()
        return self._journal.leased and (not living or living[0] == self._reader.engine)

    def _living(self) -> list[int]:
        """One chore after the other: a connection is one thread's at a time."""
        with self._looks:
            return self._reader.living()

    def _rest(self) -> bool:
        """Whether to go on; a stop ends the rest."""
        took_ms = (time.monotonic_ns() - self._begun_ns) // 1_000_000 + 1
        self._stopping.wait(min(took_ms * REST_SHARE, REST_MS_MAX) / 1000)
        self._begun_ns = time.monotonic_ns()
        return not self._stopping.is_set()

    def _set_aside(self, name: str, why: str) -> None:
        """Loudly: somebody must look at it, and everything else goes on."""
        self._counts.of["a matter is set aside"] += 1
        log.error("a matter is set aside", matter=name, why=why)


def house_of(section: NoticesSection) -> House:
    """The house of [notices], with the days off of the calendar. Imported here: outlets cost an engine's start."""
    from chongzheng.gateway.rest_days import between
    from chongzheng.notices import equip

    return equip.house_of(section, between)
