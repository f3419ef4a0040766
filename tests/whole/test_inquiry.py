"""Is a network asked what became of a payment in doubt, as often as the ladder says, and is its answer believed?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from chongzheng.app import engine_of
from chongzheng.iso8583 import Message
from chongzheng.reversal.payment import Proof, State, Truth
from whole.engine_room import QUICK, Room, configure
from whole.scripted_network import KEEP, ScriptedNetwork, answer
from whole.scripted_terminal import ScriptedTerminal
from whole.test_links import host_words, with_host

CODE = "330000"
ASKING = """
[inquiry]
answers = { "00" = "returned" }
"""


class Network:
    """One that does not tell whether it reversed, until it is asked often enough."""

    def __init__(self, codes: list[str | None]) -> None:
        self.codes = codes
        self.asked: list[Message] = []

    def says(self, message: Message) -> list[Message]:
        """Nothing to a sale, 12 to its reversal, and the next code to a question (None: nothing)."""
        if message.mti == "0200":
            return []
        if message.mti != "0100":
            return [answer(message, "12")]
        self.asked.append(message)
        code = self.codes.pop(0) if self.codes else None
        if code is None:
            return []
        kept = {number: value for number, value in message.fields.items() if number in KEEP}
        return [Message("0110", {**kept, 39: code})]


async def asked(folder: Path, network: Network) -> tuple[Room, ScriptedTerminal]:
    """An engine at this network, with a terminal that has sold once."""
    scripted = ScriptedNetwork("iso87-ascii", network.says, offers_keys=False)
    await scripted.start()
    config = configure(folder, scripted.port, policy=QUICK + "inquire_after_ms = [100, 200, 300]\n", more="")
    with_host(config, host_words(scripted.name, f'inquiry_code = "{CODE}"'))
    config.write_text(config.read_text("utf-8") + ASKING, "utf-8")
    here = Room(folder, config, scripted, engine_of(config))  # type: ignore[arg-type]
    await here.engine.start()
    await here.until(lambda: here.engine.host_ready)
    terminal = await here.terminal()
    terminal.send(terminal.sale())
    return here, terminal


async def leave(here: Room) -> None:
    """Close everything."""
    for one in here.terminals:
        await one.hang_up()
    await here.engine.stop()
    await here.host.stop()


def test_a_question_is_repeated_by_the_ladder_and_a_good_answer_is_evidence(tmp_path: Path) -> None:
    async def test() -> None:
        network = Network([None, "25", "00"])
        here, _ = await asked(tmp_path, network)
        try:
            await here.until(lambda: len(network.asked) == 3)
            await here.until(lambda: here.payments()[0].verdict.proof is not Proof.CLAIMED)
            [payment] = here.payments()
            assert payment.inquiries == 3
            assert (payment.verdict.truth, payment.verdict.proof) == (Truth.CHARGED_RETURNED, Proof.CONFIRMED)
            sale = here.host.heard[0]
            assert {m.text(3) for m in network.asked} == {CODE}
            assert {m.text(90)[:10] for m in network.asked} == {f"0200{sale.text(11)}"}
            assert set(here.host.genuine) == {"good"}
        finally:
            await leave(here)

    asyncio.run(test())


def test_an_answer_that_proves_nothing_changes_nothing_and_the_file_is_awaited(tmp_path: Path) -> None:
    async def test() -> None:
        network = Network(["25", "09", "05"])
        here, _ = await asked(tmp_path, network)
        try:
            await here.until(lambda: len(network.asked) == 3 and not network.codes)
            await asyncio.sleep(0.5)
            [payment] = here.payments()
            assert (payment.state, payment.inquiries) == (State.DOUBTFUL, 3)
            assert payment.verdict.truth is Truth.UNKNOWN
        finally:
            await leave(here)

    asyncio.run(test())
