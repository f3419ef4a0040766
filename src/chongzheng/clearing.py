"""What does an engine do with clearing files: where do they come from, what becomes of each, and which are missing?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from chongzheng.api.clearing_ways import ClearingWays
from chongzheng.fees.agreement import Agreement
from chongzheng.fees.traffic import Registered
from chongzheng.gateway import fee_rules, payouts, traffic, windows
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.expected import Awaited, Expectation, Standing, standing
from chongzheng.gateway.fetching import Fetcher, Server
from chongzheng.gateway.files import DONE, Inbox, NotNow
from chongzheng.gateway.receiving import Receiving
from chongzheng.gateway.settle import Desk, HandIn, Outcome, Terms, layouts, load_named, settle
from chongzheng.gateway.shelf import Shelf
from chongzheng.gateway.upkeep import Chore, Upkeep
from chongzheng.journal import Journal, JournalFull, Reader, Vault
from chongzheng.mistakes import TheirMistake
from chongzheng.sections import PACKED, ExpectedSection, SettlementSection, SftpSection
from chongzheng.settlement import charged

LOOK_EVERY_MS = 60_000
SAY_SO = "; if this one corrects it, its control file says so: corrects=, and the SHA-256 of the earlier file"


def desk(section: SettlementSection, vault: Vault, folder: Path | None = None) -> Desk:
    """What reads files; `folder` of layouts goes before the configured one."""
    named = folder or (Path(section.layouts) if section.layouts else None)
    return Desk(layouts(named), vault.index)


def awaited(section: SettlementSection, utc_offset_h: int, reader: Reader, now: int) -> list[Awaited]:
    """How each expected file stands."""
    expectations = [_expectation(one) for one in section.expected]
    return standing(expectations, reader.settlement_days(), now, utc_offset_h, windows.rest)


def ways(section: SettlementSection, vault: Vault, utc_offset_h: int) -> ClearingWays:
    """What the door needs of clearing files: where uploads go, what lies in `done`, and what is agreed."""
    inbox = Path(section.inbox)
    shelves = [*([inbox / DONE] if section.inbox else []), *map(Path, section.archives)]

    def of() -> Desk:
        return desk(section, vault)

    return ClearingWays(
        Receiving(inbox, section.upload_bytes_max) if section.inbox else None,
        Shelf(shelves, of) if shelves else None,
        of,
        lambda: payouts.agreed(Path(section.payouts) if section.payouts else None),
        _agreement(section) if section.fees else None,
        lambda: _machines(section),
        lambda reader, now: awaited(section, utc_offset_h, reader, now),
    )


def _machines(section: SettlementSection) -> dict[str, Registered]:
    if not section.machines:
        return {}
    path = Path(section.machines)
    return traffic.register(fee_rules.content(path), path.name)


def _agreement(section: SettlementSection) -> Callable[[str, str], Agreement]:
    own = None if section.fees in ("", PACKED) else Path(section.fees)
    return lambda word, of: Agreement(fee_rules.tariff(own), fee_rules.ladder(own), of, charged.side(word))


def _expectation(one: ExpectedSection) -> Expectation:
    hours, _, minutes = one.by.partition(":")
    by_min = int(hours) * 60 + int(minutes)
    return Expectation(one.format, one.since, by_min, one.days_after, one.counting == "T", one.part)


def terms_of(section: SettlementSection) -> Terms:
    """How files are taken."""
    owners = {(one.format, one.part): frozenset(one.merchants) for one in section.owners}
    return Terms(whole=frozenset(section.whole), owners=owners, agreed=_agreement(section) if section.fees else None)


class Clearing:
    """The part of an engine that reads clearing files. `missing`: names of files that are overdue."""

    def __init__(self, section: SettlementSection, utc_offset_h: int, counts: Counts, clock: Callable[[], int]) -> None:
        self._section = section
        self._utc_offset_h = utc_offset_h
        self._counts = counts
        self._clock = clock
        self._settling: asyncio.Future[str] | None = None
        self._inbox: Inbox | None = None
        self._upkeep: Upkeep | None = None
        self._fetchers: list[Fetcher] = []
        self._told: set[tuple[str, Standing]] = set()  # bounded by what is expected of one month
        self._standing: Sequence[Awaited] = ()

    def attach(self, journal: Journal, vault: Vault, hand_in: HandIn) -> None:
        """The journal that facts go to, and the way there. TheirMistake: the configuration cannot be followed."""
        self._journal, self._vault, self._hand_in = journal, vault, hand_in
        self._desk = desk(self._section, vault)
        if self._section.inbox:
            closes = self._desk.known.closes
            self._inbox = Inbox(Path(self._section.inbox), self._settle, self._counts, closes)
        elif self._section.sftp:
            raise TheirMistake("is missing; files that are fetched need a place to lie", "settlement.inbox")
        self._fetchers = [self._fetcher(one) for one in self._section.sftp]

    @property
    def ways(self) -> ClearingWays:
        """What the door needs, once a journal is attached."""
        return ways(self._section, self._vault, self._utc_offset_h)

    def start(self) -> None:
        """Begin to look for files, and at the clock."""
        if self._inbox is not None:
            self._inbox.start()
        servers = zip(self._fetchers, self._section.sftp, strict=True)
        chores = [Chore(f"fetch files from {one.name}", one.every_ms, fetch) for fetch, one in servers]
        if self._section.expected:
            chores.append(Chore("expected files", LOOK_EVERY_MS, self.look))
        if chores:
            self._upkeep = Upkeep(chores, self._counts)
            self._upkeep.start()

    async def stop(self) -> None:
        """Look no more; a file that is being read is given again by whoever starts next."""
        for fetch in self._fetchers:
            fetch.stop()
        if self._upkeep is not None:
            await self._upkeep.stop()
        if self._inbox is not None:
            await self._inbox.stop()
        if self._settling is not None:
            await asyncio.gather(self._settling, return_exceptions=True)

    @property
    def missing(self) -> list[str]:
        """Files that are overdue, as of the last look; from any thread."""
        return [str(one) for one in self._standing if one.standing is Standing.MISSING]

    @property
    def late(self) -> int:
        """How many of the last month's files came late, as of the last look."""
        return sum(one.standing is Standing.LATE for one in self._standing)

    def measure(self, also: Callable[[str, str, Callable[[], float]], None]) -> None:
        """Add the figures of expected files to the engine's own."""
        also("clearing_files_missing", "Clearing files that are overdue", lambda: len(self.missing))
        also("clearing_files_late", "Clearing files of the last month that came late", lambda: self.late)

    def look(self) -> None:
        """Compare what should be here with what is; an alarm goes to the log once."""
        reader = self._journal.reader()
        try:
            self._standing = awaited(self._section, self._utc_offset_h, reader, self._clock())
        finally:
            reader.close()
        for one in self._standing:
            if one.standing in (Standing.MISSING, Standing.LATE) and (str(one), one.standing) not in self._told:
                self._told.add((str(one), one.standing))
                self._counts.note(f"clearing file {one.standing}", str(one))

    def _fetcher(self, section: SftpSection) -> Fetcher:
        host, _, port = section.address.rpartition(":")
        server = Server(
            section.name, host, int(port), section.user, section.known_hosts, section.key, section.password,
            section.folder, section.pattern,
        )  # fmt: skip
        return Fetcher(server, Path(self._section.inbox), self._counts)

    async def _settle(self, path: Path) -> str:
        """Read one file from the inbox; facts go through the runner like all others."""
        self._settling = asyncio.ensure_future(asyncio.to_thread(self._settle_here, path))
        return await asyncio.shield(self._settling)

    def _settle_here(self, path: Path) -> str:
        clearing = load_named(path, self._desk)
        terms = terms_of(self._section)
        reader = self._journal.reader()
        try:
            summary = settle(clearing, self._journal, reader, self._clock(), self._hand_in, terms=terms)
        except JournalFull:
            raise NotNow("the disk is full") from None
        finally:
            reader.close()
        if summary.outcome is Outcome.OTHER_CONTENT:
            raise TheirMistake(summary.outcome + SAY_SO, path.name)
        return f"{summary.name}: {summary.outcome}, {summary.matched} of {summary.records} records matched"
