"""Does an engine with a hardware key module carry PIN blocks and MACs, and refuse what it cannot keep safe?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chongzheng.app import engine_of
from chongzheng.gateway.hsm import open_module
from chongzheng.iso8583 import WorkingKeys, open_working_keys
from chongzheng.iso8583.keys import ecb_decrypt, ecb_encrypt
from chongzheng.mistakes import TheirMistake
from soft_module import LABEL, LIBRARY, soft_module
from whole.engine_room import MASTER_KEY, MERCHANT, Room, configure, room
from whole.scripted_host import ScriptedHost
from whole.scripted_terminal import ScriptedTerminal

HOST_PIN_KEY = bytes(range(16))  # what the scripted host gives
BLOCK = bytes.fromhex("041215FEDCBA9876")
PIN_WORDS = {"F53": "2600000000000000"}


def run(test: Coroutine[Any, Any, None]) -> None:
    """One test on a loop of its own."""
    asyncio.run(test)


def configure_module(folder: Path, port: int, terminals: int = 2) -> Path:
    """A configuration whose keys are in a hardware module."""
    place = soft_module()
    path = configure(folder, port, terminals, more='[pos]\npin = "translate"\n')
    module = open_module(LIBRARY, LABEL, place.pin_file)
    box = module.import_master(MASTER_KEY).held.hex()
    module.close()
    rows = [f"1{number:07d},{MERCHANT},{box}" for number in range(1, terminals + 1)]
    (folder / "terminals.csv").write_text("\n".join(["terminal,merchant,master_key", *rows]) + "\n", "utf-8")
    text = re.sub(r'(?m)^master_key = ".*"$', f'master_key = "{box}"', path.read_text("utf-8"))
    words = f'kind = "pkcs11"\nmodule = "{LIBRARY}"\nlabel = "{LABEL}"\npin_file = "{place.pin_file}"'
    path.write_text(f"{text}\n[keybox]\n{words}\n", "utf-8")
    return path


@asynccontextmanager
async def module_room(folder: Path) -> AsyncIterator[Room]:
    """An engine with a hardware module."""
    host = ScriptedHost()
    await host.start()
    config = configure_module(folder, host.port)
    here = Room(folder, config, host, engine_of(config))
    await here.engine.start()
    try:
        await here.until(lambda: here.engine.host_ready)
        yield here
    finally:
        for one in here.terminals:
            await one.hang_up()
        await here.engine.stop()
        await host.stop()


async def keys_of(terminal: ScriptedTerminal) -> WorkingKeys:
    """Sign in, and what the terminal got."""
    granted = await terminal.sign_in()
    return open_working_keys(granted.text(62).encode("latin-1"), MASTER_KEY)


def test_a_pin_block_reaches_the_host_under_its_own_key(tmp_path: Path) -> None:
    async def test() -> None:
        async with module_room(tmp_path) as here:
            terminal = await here.terminal()
            keys = await keys_of(terminal)
            sale = terminal.sale(**PIN_WORDS).with_fields({52: ecb_encrypt(keys.pik, BLOCK)})
            assert (await terminal.ask(sale)).text(39) == "00" and terminal.genuine
            [heard] = here.host.heard
            got = heard.fields[52]
            assert isinstance(got, bytes) and ecb_decrypt(HOST_PIN_KEY, got) == BLOCK
            assert here.host.genuine == [True] and keys.pik != HOST_PIN_KEY
        files = b"".join(path.read_bytes() for path in tmp_path.glob("journal.db*"))
        assert BLOCK not in files and keys.pik not in files and keys.mak not in files

    run(test())


def test_the_module_s_keys_survive_a_restart(tmp_path: Path) -> None:
    async def test() -> None:
        async with module_room(tmp_path) as here:
            terminal = await here.terminal()
            keys = await keys_of(terminal)
            await here.restart()
            again = await here.terminal(sign_in=False)
            again.mac_key, again.batch, again.stan = terminal.mac_key, terminal.batch, 40
            sale = again.sale(**PIN_WORDS).with_fields({52: ecb_encrypt(keys.pik, BLOCK)})
            assert (await again.ask(sale)).text(39) == "00"
            got = here.host.heard[-1].fields[52]
            assert isinstance(got, bytes) and ecb_decrypt(HOST_PIN_KEY, got) == BLOCK

    run(test())


def test_keys_rotate_under_load(tmp_path: Path) -> None:
    """Terminals and the link change keys while sales with PIN run; every block and MAC is under the right ones."""

    async def test() -> None:
        async with module_room(tmp_path) as here:
            terminals = [await here.terminal(1), await here.terminal(2)]
            [link] = here.engine._links._links.values()

            async def sell(terminal: ScriptedTerminal) -> list[str]:
                codes = []
                for turn in range(12):
                    if turn % 4 == 0:
                        keys = await keys_of(terminal)
                        terminal.stan = 0
                        link._sign_in_at = None
                        link.sign_in_again()
                    sale = terminal.sale(**PIN_WORDS).with_fields({52: ecb_encrypt(keys.pik, BLOCK)})
                    codes.append((await terminal.ask(sale)).text(39))
                return codes

            codes = await asyncio.gather(*(sell(one) for one in terminals))
            assert codes == [["00"] * 12] * 2 and here.host.sign_ins > 3
            assert all(here.host.genuine)
            blocks = {bytes(m.fields[52]) for m in here.host.heard if isinstance(m.fields[52], bytes)}
            assert {ecb_decrypt(HOST_PIN_KEY, block) for block in blocks} == {BLOCK}

    run(test())


def test_asking_for_keys_in_a_terminal_s_name_does_not_spoil_its_pin(tmp_path: Path) -> None:
    async def test() -> None:
        async with module_room(tmp_path) as here:
            terminal, stranger = await here.terminal(), await here.terminal(sign_in=False)
            keys = await keys_of(terminal)
            first = terminal.sale(**PIN_WORDS).with_fields({52: ecb_encrypt(keys.pik, BLOCK)})
            assert (await terminal.ask(first)).text(39) == "00"
            await stranger.sign_in()
            second = terminal.sale(**PIN_WORDS).with_fields({52: ecb_encrypt(keys.pik, BLOCK)})
            assert (await terminal.ask(second)).text(39) == "00"
            blocks = [m.fields[52] for m in here.host.heard]
            assert [ecb_decrypt(HOST_PIN_KEY, block) for block in blocks if isinstance(block, bytes)] == [BLOCK] * 2

    run(test())


def test_a_terminal_without_a_pin_key_is_not_forwarded(tmp_path: Path) -> None:
    async def test() -> None:
        async with module_room(tmp_path) as here:
            terminal = await here.terminal()
            here.engine._forwarding._pin_key = lambda merchant, name: None
            sale = terminal.sale(**PIN_WORDS).with_fields({52: bytes(8)})
            assert (await terminal.ask(sale)).text(39) == "91"
            assert here.host.heard == []
            await here.until_state("UNSENT")

    run(test())


def test_pin_blocks_pass_unchanged_where_both_sides_share_the_key(tmp_path: Path) -> None:
    async def test() -> None:
        async with room(tmp_path, more='[pos]\npin = "pass"\n') as here:
            terminal = await here.terminal()
            sale = terminal.sale(**PIN_WORDS).with_fields({52: BLOCK})
            assert (await terminal.ask(sale)).text(39) == "00"
            assert here.host.heard[0].fields[52] == BLOCK

    run(test())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "pkcs11"', 'kind = "software"', "pos.pin"),
        (LIBRARY, "/nowhere/module.so", "keybox"),
        (f'label = "{LABEL}"', 'label = "other"', "keybox"),
        ('[pos]\npin = "translate"', '[pos]\npin = "clear"', "pos.pin"),
    ],
)
def test_what_cannot_be_kept_safe_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    config = configure_module(tmp_path, 9)
    text = config.read_text("utf-8")
    assert old in text
    config.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(TheirMistake, match=said):
        asyncio.run(engine_of(config).start())


def test_a_master_key_of_the_vault_is_no_key_of_the_module(tmp_path: Path) -> None:
    config = configure_module(tmp_path, 9)
    text = config.read_text("utf-8")
    config.write_text(re.sub(r'(?m)^master_key = ".*"$', f'master_key = "{"ab" * 64}"', text), "utf-8")
    with pytest.raises(TheirMistake, match=r"host\.master_key"):
        asyncio.run(engine_of(config).start())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('dialect = "cups"\n', "host.acquirer"),
        ('fail_over = ["everything"]\n', "host.fail_over"),
        ('acquirer = "12a"\n', "host.acquirer"),
        ("in_flight_max = 0\n", "host.in_flight_max"),
        ('links = [{name = "main", address = "127.0.0.1:9"}]\n', "host.links"),
        ('links = [{name = "b", address = "127.0.0.1:99999"}]\n', "65535"),
        ('links = [{name = "b", address = "127.0.0.1:9", terminal = "90000002"}]\n', r"host\.links\.b\.master_key"),
        ("links = [" + "".join(f'{{name = "l{n}", address = "127.0.0.1:9"}},' for n in range(16)) + "]\n", "possible"),
    ],
)
def test_links_that_cannot_be_are_refused(tmp_path: Path, words: str, said: str) -> None:
    config = configure(tmp_path, 9)
    config.write_text(config.read_text("utf-8").replace("[host]\n", f"[host]\n{words}"), "utf-8")
    with pytest.raises(TheirMistake, match=said):
        asyncio.run(engine_of(config).start())
