"""After an outage, is a backlog driven at the bank's pace over real sockets, while terminals go on selling?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chongzheng.app import engine_of
from chongzheng.cli import main
from chongzheng.gateway import translate
from chongzheng.iso8583 import Message
from chongzheng.journal import Journal, Submission, Vault, payment_id
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Payment, State
from whole.engine_room import MERCHANT, QUICK, Room, configure, room
from whole.scripted_host import POS, Say, ScriptedHost, answer, honest
from whole.scripted_terminal import ScriptedTerminal

PENDING = 2_000
TERMINALS = 40
PATIENT = QUICK.replace("repeat_after_ms = [150, 300]", "repeat_after_ms = [3000]")
BATCH = "000001"


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def sales(count: int) -> list[translate.Heard]:
    """Sales of many terminals, as the door hears them."""
    terminals = [ScriptedTerminal("", f"2{number:07d}", MERCHANT, batch=BATCH) for number in range(TERMINALS)]
    said = [terminals[number % TERMINALS].sale(1_000 + number) for number in range(count)]
    return [translate.hear(POS.encode(message)) for message in said]


def leave_a_backlog(folder: Path, config: Path, count: int) -> None:
    """The journal of an engine that was stopped while so many reversals were owed, all of them due by now."""
    engine = engine_of(config)
    at = engine._clock() - 60_000
    journal = Journal.open(folder / "journal.db", Vault.from_file(folder / "vault.keys"), engine._config.policy,
                           threading.Lock())  # fmt: skip
    try:
        batch = []
        for heard in sales(count):
            asked = translate.request(heard, "20261122", at + 36_000_000, str)
            payment = payment_id(asked.key)
            batch.append(Submission(facts.RequestTaken(payment, at, "", asked), card=translate.card(heard)))
            batch.append(Submission(facts.SendUncertain(payment, at)))
        assert not [one for one in journal.apply(batch) if one.error]
    finally:
        journal.close()


def states(here: Room) -> dict[State, int]:
    """How many payments of the backlog stand where."""
    found: dict[State, int] = {}
    for payment in backlog(here):
        found[payment.state] = found.get(payment.state, 0) + 1
    return found


def backlog(here: Room) -> list[Payment]:
    """The payments of the backlog."""
    return [payment for payment in here.payments() if payment.key.terminal.startswith("2")]


class Bank:
    """A host that works on at most `limit` messages at once, is down when told, and knows poison."""

    def __init__(self, limit: int = 40, work_ms: int = 20) -> None:
        self.limit, self.work_ms = limit, work_ms
        self.working = 0
        self.busy = 0
        self.most = 0
        self.silent = False
        self.poison: str | None = None
        self.poisoned = 0

    def says(self, message: Message) -> list[Say]:
        """One message."""
        if self.silent:
            return []
        if message.mti == "0400" and message.text(41) == self.poison:
            self.poisoned += 1
            return [Say(answer(message, "30"))] if self.poisoned % 2 else []
        if message.mti == "0400" and self.working >= self.limit:
            self.busy += 1
            return [Say(answer(message, "96"))]
        self.working += 1
        self.most = max(self.most, self.working)
        asyncio.get_running_loop().call_later(self.work_ms / 1000, self._done)
        said = honest(message) if message.mti == "0200" else [Say(answer(message, "00"))]
        return [replace(say, after_ms=self.work_ms) for say in said]

    def _done(self) -> None:
        self.working -= 1


async def drained(here: Room, count: int) -> None:
    """Wait until none of the backlog owes a reversal any more."""
    await here.until(lambda: here.engine.status()["reversals_pending"] == 0, 60)
    await here.until(lambda: states(here) == {State.RETURNED: count}, 30)


def test_two_thousand_reversals_are_driven_at_the_bank_s_pace_while_terminals_sell(tmp_path: Path) -> None:
    async def test() -> None:
        bank = Bank()
        host = ScriptedHost(bank.says)
        await host.start()
        port = host.port
        await host.stop()  # the bank is down; its port is known
        config = configure(tmp_path, port, policy=PATIENT)
        leave_a_backlog(tmp_path, config, PENDING)
        engine = engine_of(config)
        await engine.start()
        here = Room(tmp_path, config, host, engine)
        try:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "91"
            await here.until(lambda: engine.status()["reversals_pending"] >= PENDING)
            down = engine.status()
            assert (down["host_ready"], down["reversals_in_flight"], down["empty_in_ms"]) == (False, 0, None)
            assert {payment.attempts for payment in backlog(here)} == {1}, "waiting costs no try"
            await host.start()
            await here.until(lambda: engine.host_ready)
            await here.until(lambda: engine.status()["reversals_per_minute"] > 0)
            forecasts, sold = [], 0
            while engine.status()["reversals_waiting"] > 0:
                opened = (engine.status()["circuit"], engine.status()["opened"])
                got = await terminal.ask(terminal.sale())
                if opened != ("closed", engine.status()["opened"]):  # a short processor: the bank says busy
                    continue
                assert got.text(39) == "00", "a sale passes while the queue is drained"
                sold += 1
                forecasts.append(engine.status()["empty_in_ms"])
            await drained(here, PENDING)
            assert sold > 3 and all(forecast is not None for forecast in forecasts)
            assert bank.busy < PENDING // 2, "the bank was not flooded"
            assert engine.status()["empty_in_ms"] == 0
            attempts = sum(payment.attempts - 1 for payment in backlog(here))
            assert attempts == sum(message.mti == "0400" for message in host.heard), "every try left, once"
        finally:
            for one in here.terminals:
                await one.hang_up()
            await engine.stop()
            await host.stop()

    run(test())


def test_poison_reversals_delay_no_other_terminal(tmp_path: Path) -> None:
    """One terminal's reversals are answered 30, or not at all, for ever; all others' are driven all the same."""

    async def test() -> None:
        bank = Bank()
        bank.poison = "20000007"
        host = ScriptedHost(bank.says)
        await host.start()
        config = configure(tmp_path, host.port, policy=PATIENT)
        leave_a_backlog(tmp_path, config, 400)
        engine = engine_of(config)
        await engine.start()
        here = Room(tmp_path, config, host, engine)
        try:
            poisoned = 400 // TERMINALS
            await here.until(lambda: states(here).get(State.RETURNED) == 400 - poisoned, 20)
            left = [payment for payment in backlog(here) if payment.state is not State.RETURNED]
            assert {payment.key.terminal for payment in left} == {bank.poison}
            await here.until(lambda: State.DOUBTFUL in states(here), 10)
            refused = next(payment for payment in backlog(here) if payment.state is State.DOUBTFUL)
            words = ["explain", refused.id, "--db", str(tmp_path / "journal.db")]
            shown = await asyncio.to_thread(CliRunner().invoke, main, words)
            assert "F39 30" in shown.output and "reversal answered 30" in shown.output, shown.output
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
        finally:
            for one in here.terminals:
                await one.hang_up()
            await engine.stop()
            await host.stop()

    run(test())


def test_a_silent_bank_is_asked_no_more_until_it_speaks(tmp_path: Path) -> None:
    """Connected but silent: reversals stop leaving, new sales hear 91 at once; then the bank speaks again."""

    async def test() -> None:
        bank = Bank()
        async with room(tmp_path, ScriptedHost(bank.says), policy=PATIENT) as here:
            terminal = await here.terminal()
            bank.silent = True
            other = await here.terminal(2)
            for one in (terminal, other):
                for _ in range(5):
                    one.send(one.sale())
            await here.until(lambda: here.engine.status()["circuit"] == "open", 10)
            heard = len(here.host.heard)
            got = await terminal.ask(terminal.sale())
            while got.text(39) == "98":  # the first five, when their wait was over
                got = await terminal.hear()
            assert got.text(39) == "91"
            assert len(here.host.heard) <= heard + 2
            bank.silent = False
            await here.until(lambda: here.engine.status()["circuit"] == "closed", 20)
            await here.until(lambda: here.engine.status()["reversals_pending"] == 0, 20)

    run(test())
