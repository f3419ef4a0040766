"""Do dialects, several links, key changes and our own numbers keep the promises, over real sockets?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chongzheng.app import engine_of
from chongzheng.iso8583 import Message
from chongzheng.journal import Reader
from whole.engine_room import QUICK, Room, configure, room
from whole.scripted_host import Say, ScriptedHost, honest
from whole.scripted_host import answer as pos_answer
from whole.scripted_network import ScriptedNetwork, answer, approving
from whole.scripted_terminal import PAN

DIALECTS = ("cups", "iso87-ascii", "iso87-binary")
WAIT_S = 8.0


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def host_words(dialect: str, more: str = "") -> str:
    """What [host] says of a network."""
    return f"""
dialect = "{dialect}"
mac = "x9.9"
acquirer = "48021000"
forwarder = "48021000"
receiver = "01020000"
mcc = "5411"
{more}
"""


def with_host(config: Path, words: str) -> None:
    """More words in the table [host]."""
    config.write_text(config.read_text("utf-8").replace("[host]", f"[host]{words}"), "utf-8")


@asynccontextmanager
async def network_room(folder: Path, network: ScriptedNetwork, more: str = "") -> AsyncIterator[Room]:
    """An engine that is signed on at a network."""
    await network.start()
    config = configure(folder, network.port)
    with_host(config, host_words(network.name, more))
    here = Room(folder, config, network, engine_of(config))  # type: ignore[arg-type]
    await here.engine.start()
    try:
        await here.until(lambda: here.engine.host_ready)
        yield here
    finally:
        for one in here.terminals:
            await one.hang_up()
        await here.engine.stop()
        await network.stop()


def same_but_for_flag(messages: list[Message]) -> bool:
    """Whether all repeats of a reversal are one message, MAC and repeat flag aside."""
    bare = [{n: value for n, value in m.fields.items() if n not in (64, 128)} for m in messages]
    return all(fields == bare[0] for fields in bare)


# Dialects


@pytest.mark.parametrize("offers", [True, False])
@pytest.mark.parametrize("name", DIALECTS)
def test_a_sale_passes_a_network_under_our_numbers(tmp_path: Path, name: str, offers: bool) -> None:
    async def test() -> None:
        network = ScriptedNetwork(name, offers_keys=offers and name == "cups")
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale())
            assert (got.mti, got.text(39), got.text(11), got.text(38)) == ("0210", "00", "000001", "123456")
            assert got.text(60)[2:8] == terminal.batch and terminal.genuine
            [heard] = network.heard
            assert network.genuine == ["good"]
            assert (heard.text(11), heard.text(32), heard.text(37)[-6:]) == ("000001", "48021000", "000001")
            assert (heard.text(35)[:16] == PAN and 60 not in heard.fields) or name == "cups"
            [payment] = await here.until_state("APPROVED")
            assert dict(payment.identity)["up:stan"] == "000001"

    run(test())


@pytest.mark.parametrize("name", DIALECTS)
def test_repeats_of_a_reversal_carry_one_identity(tmp_path: Path, name: str) -> None:
    async def test() -> None:
        network = ScriptedNetwork(name, lambda m: [], offers_keys=name == "cups")
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(network.heard) >= 4)
            sale, *reversals = network.heard
            assert sale.mti == "0200" and same_but_for_flag(reversals)
            types = [m.mti for m in reversals]
            assert types[0] == "0420" and set(types[1:]) == {"0420" if name == "cups" else "0421"}
            assert reversals[0].text(90) == f"0200{sale.text(11)}{sale.text(7)}{'00048021000' * 2}"
            assert reversals[0].text(11) == f"{int(sale.text(11)) + 1:06d}"
            assert set(network.genuine) == {"good"}
            network.script = approving
            [payment] = await here.until_state("RETURNED")
            assert payment.ack is not None and payment.ack.code == "00"

    run(test())


def test_an_answer_for_another_amount_is_not_believed(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups", lambda m: [answer(m, "00", F4="000000000001")])
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            got = await terminal.ask(terminal.sale())
            assert got.text(39) == "98"
            [payment] = await here.until_state("REVERSING")
            assert payment.approval is None

    run(test())


def test_what_the_network_refuses_as_such_is_no_answer_of_a_bank(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups", lambda m: [m])
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            network.reject = "20000"
            got = await terminal.ask(terminal.sale())
            assert got.text(39) in ("96", "98")
            network.reject, network.script = "00000", approving
            await here.until_state("RETURNED")

    run(test())


def test_answers_find_their_payment_after_a_restart(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups", lambda m: [])
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(network.heard) >= 1)
            [sale] = network.heard[:1]
            await here.restart()
            network.say(answer(sale, "00", F38="123456"))
            await here.until(lambda: here.payments()[0].approval is not None)
            network.script = lambda m: [answer(m, "00")] if m.mti == "0420" else []
            [payment] = await here.until_state("RETURNED")
            assert payment.attempts > 0
            terminal = await here.terminal()
            terminal.send(terminal.sale(777))
            await here.until(lambda: any(m.text(4) == "000000000777" for m in network.heard))
            next_sale = next(m for m in network.heard if m.text(4) == "000000000777")
            assert int(next_sale.text(11)) > 1000, "a stop skips what was reserved and gives no number twice"

    run(test())


def test_an_answer_under_a_number_that_we_never_gave_is_a_stray(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups", lambda m: [answer(m, "00", F11="555555"), answer(m, "00", F7="0101000000")])
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
        reader = Reader.open(tmp_path / "journal.db")
        reasons = [why for _, why in reader.strays()]
        reader.close()
        assert reasons[:2] == ["speaks of a payment that we never sent"] * 2

    run(test())


# Keys


def test_keys_change_under_load_and_every_message_stays_genuine(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups")
        async with network_room(tmp_path, network) as here:
            terminals = [await here.terminal(number) for number in (1, 2)]

            async def sell(number: int) -> list[str]:
                codes = []
                for _ in range(30):
                    codes.append((await terminals[number].ask(terminals[number].sale())).text(39))
                    if number == 0 and len(codes) % 10 == 0:
                        network.offer_keys()
                return codes

            codes = await asyncio.gather(sell(0), sell(1))
            assert set(codes[0] + codes[1]) == {"00"} and len(network.mac_keys) == 4
            # What crossed the key message on the wire was made under the old key; nothing else was.
            assert network.genuine.count("bad") <= 2 * 3

    run(test())


def test_the_old_key_counts_until_the_first_answer_under_the_new_one(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups", lambda m: [])
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            for amount in (101, 102, 103):
                terminal.send(terminal.sale(amount))
            await here.until(lambda: len(network.heard) == 3)
            first, second, third = network.heard
            network.offer_keys()
            network.say(answer(first, "00"), key=-2)
            network.say(answer(second, "00"))
            network.say(answer(third, "00"), key=-2)
            codes = {m.text(4)[-3:]: m.text(39) for m in [await terminal.hear() for _ in range(3)]}
            assert codes == {"101": "00", "102": "00", "103": "98"}

    run(test())


def test_no_sale_leaves_under_the_old_key_while_the_host_changes_it(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [Say(pos_answer(m, "A0"), "none")] if m.mti == "0400" else [])
        async with room(tmp_path, host) as here:
            one, two = await here.terminal(1), await here.terminal(2)
            host.sign_in_after_ms = 500
            one.send(one.sale())
            await here.until(lambda: host.sign_ins == 2)
            host.script = honest  # from here on it takes the new keys only; its answer is still on the way
            assert (await two.ask(two.sale(555))).text(39) == "00"
            sold = [good for good, m in zip(host.genuine, host.heard, strict=True) if m.text(4) == "000000000555"]
            assert sold == [True]

    run(test())


def test_sales_wait_for_the_new_keys_and_then_leave(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups")
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            [link] = here.engine._links._links.values()
            network.answers_keys = False
            link._sign_in_at = None
            link.sign_in_again()
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.payments()) == 1)
            await asyncio.sleep(0.1)
            assert network.heard == [] and link.waiting == 1
            network.answers_keys = True
            network.offer_keys()
            assert (await terminal.hear()).text(39) == "00"
            assert network.genuine == ["good"] and link.waiting == 0

    run(test())


def test_a_sale_that_waits_for_keys_when_the_link_is_lost_never_left(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups")
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            [link] = here.engine._links._links.values()
            network.answers_keys = False
            link._sign_in_at = None
            link.sign_in_again()
            terminal.send(terminal.sale())
            await here.until(lambda: link.waiting == 1)
            network.hang_up()
            assert (await terminal.hear()).text(39) == "91"
            await here.until_state("UNSENT")
            assert network.heard == []

    run(test())


def test_keys_are_asked_for_as_often_as_configured(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups")
        async with network_room(tmp_path, network, "new_keys_every_ms = 300") as here:
            await here.until(lambda: len(network.mac_keys) >= 2)
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"

    run(test())


def test_their_echo_is_answered(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("iso87-ascii", offers_keys=False)
        async with network_room(tmp_path, network) as here:
            network.say(Message("0800", {7: "0101000000", 11: "900002", 70: "301"}), "none")
            await here.until(lambda: any(m.mti == "0810" and m.text(11) == "900002" for m in network.management))

    run(test())


def test_a_line_that_is_authenticated_by_itself_needs_no_keys(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("iso87-ascii")
        network.script = lambda m: []
        await network.start()
        config = configure(tmp_path, network.port)
        with_host(config, host_words("iso87-ascii").replace('mac = "x9.9"', 'mac = "line"'))
        engine = engine_of(config)
        await engine.start()
        here = Room(tmp_path, config, network, engine)  # type: ignore[arg-type]
        try:
            await here.until(lambda: engine.host_ready)
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(network.heard) == 1)
            assert network.genuine == ["absent"]
            network.say(answer(network.heard[0], "00"), "none")
            assert (await terminal.hear()).text(39) == "00"
        finally:
            await terminal.hang_up()
            await engine.stop()
            await network.stop()

    run(test())


# Several links


@asynccontextmanager
async def two_links(folder: Path, fail_over: str, policy: str = QUICK) -> AsyncIterator[tuple[Room, ScriptedHost]]:
    """An engine with two links, each to a scripted host of its own."""
    one, two = ScriptedHost(), ScriptedHost()
    await one.start()
    await two.start()
    config = configure(folder, one.port, policy=policy)
    with_host(config, f"\nfail_over = {fail_over}\n")
    text = config.read_text("utf-8").replace(
        "[settlement]", f'[[host.links]]\nname = "second"\naddress = "127.0.0.1:{two.port}"\n[settlement]'
    )
    config.write_text(text, "utf-8")
    engine = engine_of(config)
    await engine.start()
    here = Room(folder, config, one, engine)
    try:
        await here.until(lambda: all(engine._links.standing.values()))
        yield here, two
    finally:
        for terminal in here.terminals:
            await terminal.hang_up()
        await here.engine.stop()
        await one.stop()
        await two.stop()


def test_sales_spread_over_the_links_and_remember_theirs(tmp_path: Path) -> None:
    async def test() -> None:
        async with two_links(tmp_path, "[]") as (here, second):
            here.host.script = second.script = lambda m: [] if m.mti == "0200" else honest(m)
            terminal = await here.terminal()
            for _ in range(4):
                terminal.send(terminal.sale())
            await here.until_state(*["RETURNED"] * 4)
            for host in (here.host, second):
                sold = {m.text(11) for m in host.heard if m.mti == "0200"}
                undone = {m.text(11) for m in host.heard if m.mti == "0400"}
                assert len(sold) == 2 and undone == sold

    run(test())


@pytest.mark.parametrize(("fail_over", "goes"), [("[]", False), ('["reversal"]', True)])
def test_a_reversal_changes_links_only_where_that_is_safe(tmp_path: Path, fail_over: str, goes: bool) -> None:
    async def test() -> None:
        async with two_links(tmp_path, fail_over) as (here, second):
            here.host.script = lambda m: []
            terminal = await here.terminal()
            terminal.send(terminal.sale())
            await here.until(lambda: len(here.host.heard) == 1)
            await here.host.stop()
            if goes:
                await here.until_state("RETURNED")
                assert [m.mti for m in second.heard] == ["0400"]
            else:
                [payment] = await here.until_state("REVERSING")
                await here.until(lambda: here.payments()[0].attempts >= 1)
                assert second.heard == [] and dict(payment.identity)["up:link"] == "main"

    run(test())


def test_a_sale_takes_the_link_that_is_up(tmp_path: Path) -> None:
    async def test() -> None:
        async with two_links(tmp_path, "[]") as (here, second):
            await here.host.stop()
            await here.until(lambda: not here.engine._links.standing["main"])
            assert here.engine.host_ready
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "00"
            assert len(second.heard) == 1
            second.hang_up()
            await second.stop()
            await here.until(lambda: not here.engine.host_ready)
            assert (await terminal.ask(terminal.sale())).text(39) == "91"

    run(test())


def test_a_link_carries_no_more_than_it_may(tmp_path: Path) -> None:
    async def test() -> None:
        host = ScriptedHost(lambda m: [])
        await host.start()
        config = configure(tmp_path, host.port)
        with_host(config, "\nin_flight_max = 2\n")
        engine = engine_of(config)
        await engine.start()
        here = Room(tmp_path, config, host, engine)
        try:
            await here.until(lambda: engine.host_ready)
            terminal = await here.terminal()
            for _ in range(3):
                terminal.send(terminal.sale())
            assert (await terminal.hear()).text(39) == "91"
            assert [m.mti for m in host.heard][:2] == ["0200", "0200"]
        finally:
            await terminal.hang_up()
            await engine.stop()
            await host.stop()

    run(test())


def test_a_void_names_its_purchase_by_the_numbers_that_the_network_knows(tmp_path: Path) -> None:
    async def test() -> None:
        network = ScriptedNetwork("cups")
        async with network_room(tmp_path, network) as here:
            terminal = await here.terminal()
            sale = terminal.sale()
            sold = await terminal.ask(sale)
            named = {"F61": f"{terminal.batch}{sale.text(11)}", "F37": sold.text(37), "F38": sold.text(38)}
            void = terminal.sale(F3="200000", F60=f"23{terminal.batch}000", **named)
            assert (await terminal.ask(void)).text(39) == "00"
            first, second = network.heard
            assert second.text(90) == f"0200{first.text(11)}{first.text(7)}{'00048021000' * 2}"
            assert second.text(11) == f"{int(first.text(11)) + 2:06d}"

    run(test())
