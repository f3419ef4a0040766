"""How do vault, journal, runner and wires become one running engine, and how does it stop without losing anything?"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from chongzheng import config as settings
from chongzheng import uplink
from chongzheng.casework import Casework, house_of
from chongzheng.clearing import Clearing, awaited, desk, terms_of
from chongzheng.gateway.asking import Asking, Channel, answers_of
from chongzheng.gateway.channel import Channel as Kinds
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.desk import Desk as TerminalDesk
from chongzheng.gateway.desk import Rules, Ways
from chongzheng.gateway.driving import Driving, Wires
from chongzheng.gateway.expected import Awaited
from chongzheng.gateway.files import NotNow
from chongzheng.gateway.forwarding import Forwarding
from chongzheng.gateway.host import Ears, LinkSettings
from chongzheng.gateway.in_hand import InHand
from chongzheng.gateway.inquiry import Budget
from chongzheng.gateway.letters import Letters
from chongzheng.gateway.loading import Desk
from chongzheng.gateway.metrics import Sources
from chongzheng.gateway.pos import PosDoor
from chongzheng.gateway.settle import Terms
from chongzheng.gateway.steady import SteadyClock
from chongzheng.gateway.take_over import Hands, Look, TakeOver
from chongzheng.gateway.terminals import Terminal, Terminals
from chongzheng.gateway.timers import Deadline, Place, Timers
from chongzheng.gateway.turns import deadline_of, other_deadline_of
from chongzheng.gateway.writer import Writer
from chongzheng.housekeeping import Housekeeping
from chongzheng.journal import Committed, Fenced, Journal, Reader, Submission, Vault
from chongzheng.journal.mailbox import Mailbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reversal import effects, facts
from chongzheng.reversal.payment import Owes, Payment
from chongzheng.reversal.policy import Policy
from chongzheng.runner import Runner

if TYPE_CHECKING:
    from chongzheng.api.serve import Serving
    from chongzheng.notices.sending import House

DRAIN_WAIT_MS = 2_000
"""How long a stop waits for the bank to answer sales that are under way; later ones are reversed after the start."""
STOP_WAIT_MS = 10_000
"""How long a stop waits for commits that are under way."""
LINK_WAIT_MS = 1_500
"""How long terminals are kept waiting at the start for the host link; then they are let in and hear 91."""
TIDY_EVERY_MS = 1_000
IDLE_LOOK_MS = 10

log = structlog.get_logger("engine")


def engine_of(path: Path) -> Engine:
    """An engine, not yet started, for the configuration at `path`."""
    return Engine(settings.load(path))


def door_place(path: Path) -> tuple[Path | str, Path]:
    """The journal that a configuration names, and the key file of its vault."""
    config = settings.load(path)
    return config.journal, config.keys


def sealed_master_key(path: Path, clear: bytes, place: str) -> tuple[bytes, bytes]:
    """A clear master key as the configuration at `path` may hold it for `place`, and its check value."""
    config = settings.load(path)
    return uplink.sealed_master_key(config.keybox, Vault.from_file(config.keys), clear, place)


def journal_and_policy(path: Path) -> tuple[Path | str, Policy]:
    """Which journal a configuration names, and the policy that judges in it."""
    config = settings.load(path)
    return config.journal, config.policy


def clearing_desk(path: Path, folder: Path | None) -> tuple[Desk, Terms]:
    """What reads clearing files under this configuration, and on which terms. `folder`: of layouts, goes first."""
    config = settings.load(path)
    return desk(config.settlement, Vault.from_file(config.keys), folder), terms_of(config.settlement)


def awaited_files(path: Path, now: int) -> list[Awaited]:
    """How each clearing file that this configuration expects stands at `now`."""
    config = settings.load(path)
    reader = Reader.open(config.journal)
    try:
        return awaited(config.settlement, config.calendar.utc_offset_h, reader, now)
    finally:
        reader.close()


def journal_and_house(path: Path) -> tuple[Path | str, House]:
    """Which journal a configuration names, and the house that its notices leave. TheirMistake: it has no [notices]."""
    config = settings.load(path)
    if config.notices is None:
        raise TheirMistake("has no table [notices]", str(path))
    return config.journal, house_of(config.notices)


def journal_and_mark(path: Path) -> tuple[Path | str, Path]:
    """Which journal a configuration names, and the mark that remembers how far it has got."""
    config = settings.load(path)
    return config.journal, config.mark


def journal_and_checkpoints(path: Path) -> tuple[Path | str, Path, Path]:
    """Which journal a configuration names, where its checkpoints go, and the key that signs them."""
    config = settings.load(path)
    return config.journal, Path(config.audit.checkpoints), Path(config.audit.key)


class Engine:
    """One engine: start it, read its addresses, stop it. `failed` is set when it must not go on."""

    def __init__(self, config: settings.Config, clock: Callable[[], int] | None = None) -> None:
        self._config = config
        self.addresses: dict[str, str] = {}
        self.failed = asyncio.Event()
        self.failure = ""
        self.counts = Counts()
        self._clock = clock or SteadyClock(self.counts.note).now_ms
        self._house = Housekeeping(config, self.counts, self._clock)
        self._stopping = False
        self._clearing = Clearing(config.settlement, config.calendar.utc_offset_h, self.counts, self._clock)
        self._casework = Casework(config.journal, config.notices, self.counts, self._clock)

    async def start(self) -> None:
        """Open the journal, take up what was left, connect. TheirMistake when the configuration cannot be followed."""
        self._loop = asyncio.get_running_loop()
        self._vault = Vault.from_file(self._config.keys)
        pos_tls, host_tls = self._house.open()
        host, keybox = self._config.host, self._config.keybox
        uplink.refuse_what_does_not_fit(host, self._config.pos, keybox)
        self._box = uplink.key_box(keybox, self._vault)
        links = uplink.link_settings(host, self._box, host_tls)
        terminals = uplink.sealed_terminals(self._config.terminals, self._box, self._config.pos.mac)
        place, lease_ms = self._config.journal, self._config.lease_ms
        self._journal = Journal.open(place, self._vault, self._config.policy, threading.Lock(), lease_ms)
        try:
            self._build(links, terminals, pos_tls)
            await self._take_up()
            await self._open()
        except BaseException:
            self._journal.close()
            raise

    def _build(self, links: list[LinkSettings], terminals: list[Terminal], pos_tls: ssl.SSLContext | None) -> None:
        self._writer = Writer(self._loop)
        self._reader = self._journal.reader()
        in_hand = self._in_hand = InHand()
        execute, counts, clock = self._writer.execute, self.counts, self._clock
        book = Terminals(terminals, self._box, self._journal, execute, clock)
        may_pass, kinds = self._config.pos.pin != "refuse", settings.message_kinds(self._config)
        calendar = uplink.calendar_of(self._config.calendar, settings.cut_over_min(self._config.calendar))
        rules = Rules(calendar, self._config.policy.duplicate_code, may_pass, kinds)
        self._door = PosDoor(self._receive, counts, self._config.pos.connections_per_address, pos_tls)
        moment = uplink.moment_of(rules.calendar, clock)
        profile, pins = links[0].profile, book.pin_key if self._config.pos.pin == "translate" else None
        self._forwarding = Forwarding(
            self._journal, self._reader, in_hand, counts, clock, execute, self._hear, profile, pins
        )
        ears = Ears(self._forwarding.receive, self._forwarding.puzzled, self._forwarding.not_sent)
        self._links = uplink.links_of(links, self._config.host, self._box, counts, ears, moment, self._may_act)
        self._forwarding.links = self._links
        host, numbered = self._config.host, profile.own_numbers
        naming = uplink.naming_of(host, numbered, self._links, self._journal, execute, counts, moment)
        pass_on = self._forwarding.pass_on
        ways = Ways(self._hand_in, self._journal.keep_stray, self._door.name, naming, pass_on, self._in_turn)
        self._desk = TerminalDesk(rules, book, self._vault, self._reader, in_hand, counts, clock, ways)
        self._forwarding.passed_back = self._desk.passed_back
        self._make_timers(kinds)
        self.runner = self._make_runner()
        shared = isinstance(self._config.journal, str)
        self._others = self._make_take_over() if shared else None
        self._mail_side = Side.open(self._config.journal) if shared else None
        self._letters: Letters | None = None
        self._clearing.attach(self._journal, self._vault, self._hand_in_all)
        self._tidier: asyncio.TimerHandle | None = None
        self._api = self._make_api()

    def _make_timers(self, kinds: Kinds) -> None:
        """Two of them, so that a million reversals that are due never stand before a sale's own deadline."""
        policy, clock, later, reader = self._config.policy, self._clock, self._later_ms, self._reader
        self._counter = self._journal.reader()  # used on the writer's thread alone
        wires = Wires(
            self._forwarding.forward,
            self._forwarding.send_reversal,
            self._forwarding.resend,
            lambda: self.host_ready,
            lambda deadline, at: self._reversal_timers.postpone(deadline, at),
            lambda deadline, at: self._timers.postpone(deadline, at),
        )
        pace, trip = uplink.spared(self._config.outage, policy.repeat_after_ms[0], policy.reply_wait_ms)
        meaning, count = policy.reversal_meaning, self._count_reversals
        self._driving = Driving(pace, trip, meaning, clock, later, self._hand_in, wires, count, kinds.order_of)
        self._asking = self._make_asking()

        def others(after: Place, until: int, limit: int) -> list[Deadline]:
            return [Deadline(payment, at) for at, payment in reader.due_between(after, until, limit)]

        def reversals(after: Place, until: int, limit: int) -> list[Deadline]:
            page = reader.due_reversals(after, until, limit)
            return [deadline for deadline in map(deadline_of, page) if deadline is not None]

        self._timers = Timers(self._pass_deadline, clock, later, other_deadline_of, others)
        self._reversal_timers = Timers(self._driving.take, clock, later, deadline_of, reversals)

    def _make_asking(self) -> Asking:
        asked = self._config.inquiry
        ladder, persons = asked.per_merchant_per_day, asked.checks_per_merchant_per_day
        budget = Budget(asked.per_second, asked.per_second, ladder, checks_per_merchant_per_day=persons)
        channel = Channel(self._forwarding.ask, lambda: self.host_ready, answers_of(asked.answers))
        asking = Asking(budget, channel, self._clock, self._later_ms, self.counts)
        self._forwarding.answered = asking.heard
        return asking

    def _make_runner(self) -> Runner:
        outlets: dict[type[Any], Callable[[Payment, Any], None]] = {
            effects.Forward: self._driving.forward,
            effects.AnswerTerminal: self._desk.answer_sale,
            effects.AnswerReversal: self._desk.answer_reversal,
            effects.SendReversal: self._driving.send_reversal,
            effects.Resend: self._driving.resend,
            effects.Inquire: self._asking.inquire,
            effects.SignIn: self._forwarding.sign_in,
        }
        return Runner(
            self._journal,
            self._writer.execute,
            outlets,
            self._watch,
            self._desk.refuse,
            self._loop.call_later,
            self._fatal,
        )

    def _make_take_over(self) -> TakeOver:
        def look() -> Look:
            return self._journal.take_over(), self._counter.living()

        def look_again() -> None:
            self._timers.look_again()
            self._reversal_timers.look_again()

        at_hand = lambda: self._driving.pending  # noqa: E731 - counted anew every few seconds
        hands = Hands(self._hand_in, self._watch, at_hand, look_again, self._fatal)
        return TakeOver(look, self._writer.execute, self._clock, self._later_ms, hands)

    def _may_act(self) -> bool:
        """Whether this engine still holds its lease: what another may have taken over is no longer ours to act on."""
        return self._journal.leased

    def _sources(self, certificates: Callable[[], dict[str, int]]) -> Sources:
        links, status = self._links, self._driving.status
        return Sources(self.runner, self.counts, status, lambda: links.standing, self._door.__len__, certificates)

    async def _take_up(self) -> None:
        """What a stop left half done becomes a fact before anything new does; deadlines stand in the journal."""
        at = self._clock()
        for payment in self._reader.unfinished():
            uncertain = facts.SendUncertain if payment.owes is Owes.FORWARD else facts.DeliveryUncertain
            while not self._hand_in(Submission(uncertain(payment.id, at))):
                if self.failed.is_set():
                    raise OurMistake(self.failure, "recovery")
                await asyncio.sleep(IDLE_LOOK_MS / 1000)
        if self._others is not None:
            await self._others.begin()
        await self._quiet()
        if self.failed.is_set():
            raise OurMistake(self.failure, "recovery")

    async def _open(self) -> None:
        address = await self._door.take_address(*settings.address(self._config.pos.listen))
        self._timers.start()
        self._reversal_timers.start()
        self._driving.start()
        self._links.start()
        self._clearing.start()
        self._tidy()
        self._house.begin(self._sources, self._journal.reader)
        self._clearing.measure(self._house.also)
        self._casework.start(self._journal, self._hand_in_all)
        self._casework.measure(self._house.also)
        await self._wait(lambda: self.host_ready, LINK_WAIT_MS)
        await self._door.open()
        self.addresses["pos"] = address
        if self._api is not None:
            self.addresses["api"] = await asyncio.to_thread(self._api.start)
        if self._mail_side is not None:
            self._letters = Letters(Mailbox(self._mail_side, self._vault), self._commit, self._fatal)
            self._letters.start()

    @property
    def log_form(self) -> str:
        """What the log is to look like."""
        return str(self._config.log.form)

    @property
    def host_ready(self) -> bool:
        """Whether the link to the host is up and signed in."""
        return self._links.ready

    async def stop(self) -> None:
        """Accept nothing new, wait a little for answers, finish the commits that are under way, close."""
        if self._api is not None:
            await asyncio.to_thread(self._api.stop)
        await self._door.shut()
        self._timers.stop()
        self._reversal_timers.stop()
        if self._others is not None:
            self._others.stop()
        await self._wait(lambda: not len(self._in_hand.waiting), DRAIN_WAIT_MS)
        self._driving.stop()
        self._asking.stop()
        if self._letters is not None:
            await self._letters.stop()
        await self._stop_settling()
        await self._casework.stop()
        await self._house.finish()
        if self._tidier is not None:
            self._tidier.cancel()
        await self._quiet()
        await self._links.stop()
        await self._door.hang_up()
        self._writer.stop()
        self._house.close()
        if self._mail_side is not None:
            self._mail_side.close()
        self._counter.close()
        self._reader.close()
        self._box.close()
        self._journal.close()

    async def _stop_settling(self) -> None:
        self._stopping = True
        await self._clearing.stop()

    async def _quiet(self) -> None:
        """Wait until no fact waits for its commit, but not for ever: what is not committed has not happened."""
        await self._wait(lambda: self.runner.idle, STOP_WAIT_MS)

    async def _wait(self, until: Callable[[], bool], most_ms: int) -> None:
        give_up_at = time.monotonic_ns() + most_ms * 1_000_000
        while not until() and not self.failed.is_set() and time.monotonic_ns() < give_up_at:
            await asyncio.sleep(IDLE_LOOK_MS / 1000)

    def _receive(self, turn: Any, body: bytes) -> None:
        self._desk.receive(turn, body)

    def _hand_in(self, submission: Submission) -> bool:
        stops = self._hold_back([submission])
        taken = self.runner.hand_in(submission)
        if not taken:
            self._let_go(stops)
        return taken

    def _hold_back(self, batch: list[Submission]) -> list[str]:
        """What a person stops is not sent any more once that is heard, and not only once it is written."""
        stops = [one.fact.payment for one in batch if type(one.fact) is facts.ReversalStopped]
        for payment in stops:
            self._forwarding.hold_back(payment)
        return stops

    def _let_go(self, stops: list[str]) -> None:
        for payment in stops:
            self._forwarding.hold_back(payment, held=False)

    @property
    def casework(self) -> dict[str, int]:
        """How far this engine is with the cases of people (see Casework.standing)."""
        return self._casework.standing

    def status(self) -> dict[str, Any]:
        """How the host stands, how many reversals are pending, and when there will be none (see Driving.status)."""
        return {"host_ready": self.host_ready, **self._driving.status()}

    def _hear(self, submission: Submission) -> bool:
        return self._driving.hear(submission)

    def _in_turn(self, lane: str, order: int, go: Callable[[], None]) -> None:
        self._driving.in_turn(lane, order, go)

    def _pass_deadline(self, deadline: Deadline) -> bool:
        passed = facts.DeadlinePassed(deadline.payment, self._clock(), deadline.due_at)
        return self._driving.holds(deadline) or self._hand_in(Submission(passed))

    def _count_reversals(self, done: Callable[[Any], None]) -> None:
        self._writer.execute(self._counter.count_reversals, done)

    def _watch(self, payment: Payment) -> None:
        self._driving.watch(payment)
        self._reversal_timers.watch(payment)
        self._asking.watch(payment)
        self._desk.watch(payment)
        self._forwarding.watch(payment)
        self._timers.watch(payment)
        self._house.watch(payment)

    def _later_ms(self, wait_ms: int, call: Callable[[], None]) -> Callable[[], None]:
        return self._loop.call_later(wait_ms / 1000, call).cancel

    def _fatal(self, error: BaseException) -> None:
        """A commit failed in a way that says nothing about what is on the disk, or others have our work: only a fresh
        start can go on."""
        if self.failed.is_set():
            return
        fenced = isinstance(error, Fenced)
        self.failure = str(error) if fenced else f"the journal failed ({type(error).__name__}: {error})"
        log.error("engine stops", why=self.failure)
        self.failed.set()
        if self._others is not None:
            self._others.stop()

    def _tidy(self) -> None:
        if not self._may_act():  # it was frozen, or the database was away for too long
            self._fatal(Fenced("this engine held no lease for a while: others go on with its work"))
            return
        if self.runner.idle:
            self._writer.execute(self._journal.tidy, self._tidied)
        self._tidier = self._loop.call_later(TIDY_EVERY_MS / 1000, self._tidy)

    def _tidied(self, result: Any) -> None:
        if isinstance(result, Fenced) or (isinstance(result, BaseException) and not self._journal.alone):
            self._fatal(result)
        elif isinstance(result, BaseException):
            log.warning("tidying failed", why=type(result).__name__)

    # Settlement files

    def _hand_in_all(self, batch: Iterable[Submission]) -> list[Committed]:
        """From the settlement's thread: commit a batch on the writer's thread, then act on the loop."""
        future = asyncio.run_coroutine_threadsafe(self._commit(list(batch)), self._loop)
        return future.result()

    async def _commit(self, batch: list[Submission]) -> list[Committed]:
        if self._stopping:
            raise NotNow("the engine stops")
        durable: asyncio.Future[list[Committed]] = self._loop.create_future()
        stops = self._hold_back(batch)

        def done(result: list[Committed] | BaseException) -> None:
            if isinstance(result, Fenced):
                self._fatal(result)
            if isinstance(result, BaseException):
                self._let_go(stops)
                durable.set_exception(result)
                return
            try:
                self.runner.act_on(result)
            finally:  # a thread waits for this, and a stop waits for the thread
                durable.set_result(result)

        self._writer.execute(lambda: self._journal.apply(batch), done)
        return await durable

    # The API door, which lives on a thread and a loop of its own

    def _make_api(self) -> Serving | None:
        if (section := self._config.api) is None:
            return None
        from chongzheng import reception  # a door costs a fifth of the start, and most engines have none
        from chongzheng.api import door, serve

        to = reception.world_of(self._config, self._vault)
        files, overdue = self._clearing.ways, lambda: self._clearing.missing
        more = (self._house.figures, files, overdue, lambda: self.casework)
        ways = door.Ways(self._commit_for_api, to, self._clock, self._well, *more)
        return serve.Serving(reception.door_settings(section), self._config.journal, self._vault, ways)

    async def _commit_for_api(self, batch: Sequence[Submission]) -> list[Committed]:
        """On the door's loop: the commit itself is made on ours."""
        from chongzheng.api.intake import Unavailable

        try:
            there = asyncio.run_coroutine_threadsafe(self._commit(list(batch)), self._loop)
            return await asyncio.wrap_future(there)
        except NotNow as why:
            raise Unavailable(str(why)) from None

    def _well(self) -> dict[str, bool]:
        return {"journal": not self.failed.is_set(), "running": not self._stopping, "host": self.host_ready}
