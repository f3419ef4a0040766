"""Do the desk and cardholders' page come with the engine, come again when they fall, and go when it goes?"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from chongzheng import beside
from whole.engine_room import configure
from whole.test_up import command, run, up

PAGES = """
[api]
listen = "127.0.0.1:0"
[console]
listen = "127.0.0.1:0"
public = "127.0.0.1:{port}"
"""
COMES_S, LOOK_S = 40, 0.1


def _config(folder: Path, port: int = 0) -> Path:
    return configure(folder, 9, more='[pos]\nlisten = "127.0.0.1:0"\n' + PAGES.format(port=port))


async def _status(address: str) -> int:
    """0: nobody is there."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as one:
        try:
            return (await one.get(address, follow_redirects=True)).status_code
        except httpx.TransportError:
            return 0


async def _comes(address: str, status: int) -> None:
    async with asyncio.timeout(COMES_S):
        while await _status(address) != status:
            await asyncio.sleep(LOOK_S)


def _processes(folder: Path) -> dict[str, int]:
    """The leaders of what serves pages of this folder, by what they serve."""
    found = {}
    for one in Path("/proc").iterdir():
        if not one.name.isdigit():
            continue
        try:
            words = (one / "cmdline").read_text("utf-8").split("\0")
            leads = os.getpgid(int(one.name)) == int(one.name)
        except OSError:
            continue
        if leads and "--with-parent" in words and str(folder / "console.toml") in words:
            found["public" if "public" in words else "console"] = int(one.name)
    return found


def test_pages_come_with_the_engine_and_fall_and_go_each_by_itself(tmp_path: Path) -> None:
    async def test() -> None:
        async with up(_config(tmp_path)) as (engine, told):
            assert await _status(told["console"]) == 200 and await _status(told["public"]) == 200
            assert await _status(f"{told['public']}/sign-in") == 404, "no way leads from that page to the desk"
            for name in ("console.toml", "console.token", "console-public.token"):
                assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
            first = _processes(tmp_path)
            assert set(first) == {"console", "public"}
            os.killpg(first["public"], signal.SIGKILL)
            async with asyncio.timeout(COMES_S):
                while _processes(tmp_path).get("public", first["public"]) == first["public"]:
                    await asyncio.sleep(LOOK_S)
            assert _processes(tmp_path)["console"] == first["console"] and await _status(told["console"]) == 200
            engine.kill()
            await engine.communicate()
            await _comes(told["console"], 0)
            async with asyncio.timeout(COMES_S):
                while _processes(tmp_path):
                    await asyncio.sleep(LOOK_S)

    run(test())


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an engine with pages leaves behind when it has stopped."""
    folder = tmp_path_factory.mktemp("before") / "engine"
    folder.mkdir()

    async def once() -> None:
        async with up(_config(folder)):
            pass

    run(once())
    return folder


@pytest.fixture
def again(before: Path, tmp_path: Path) -> Path:
    """A copy of that."""
    return shutil.copytree(before, tmp_path / "engine")


def test_a_configuration_that_is_there_is_taken_as_it_is(again: Path) -> None:
    async def test() -> None:
        written = {one.name: one.read_bytes() for one in again.glob("console*.t*")}
        async with up(again / "config.toml") as (_, told):
            assert await _status(told["public"]) == 200
        assert {one.name: one.read_bytes() for one in again.glob("console*.t*")} == written
        assert not _processes(again)

    run(test())


@pytest.mark.parametrize(
    ("gone", "left", "where"),
    [
        ("console.toml", "listen = 3\n", "console"),
        ("console-public.token", "", "console-public.token"),
        ("console.toml", "", "console.token"),
    ],
    ids=["no sense", "no token", "half of it"],
)
def test_pages_that_cannot_start_stop_the_engine_with_a_line_that_says_why(
    again: Path, gone: str, left: str, where: str
) -> None:
    (again / gone).unlink()
    if left:
        (again / gone).write_text(left, "utf-8")
    ended = command("up", "--config", again / "config.toml")
    assert ended.returncode == 2 and "Traceback" not in ended.stderr and where in ended.stderr, ended.stderr
    assert not _processes(again)


NO_ADDRESS = "import time; print('{}', flush=True); time.sleep(60)"


@pytest.mark.parametrize("first", ["no process", "print('no address')", NO_ADDRESS])
def test_pages_that_do_not_start_again_are_tried_again_and_stop_all_the_same(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, tries = asyncio.create_subprocess_exec, []

    async def start(*words: str, **more: Any) -> Any:
        tries.append(words)
        if len(tries) == 2 and first == "no process":
            raise BlockingIOError(11, "Resource temporarily unavailable")
        code = first if len(tries) == 2 else """print('{"console": "http://127.0.0.1:9"}')"""
        return await made(sys.executable, "-c", code, **more)

    monkeypatch.setattr(beside, "AGAIN_S", (0.01,))
    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)

    async def test() -> None:
        one = beside.Served("console", (), "")
        await one.start()
        one.look_after()
        async with asyncio.timeout(COMES_S):
            while len(tries) < 4:
                await asyncio.sleep(LOOK_S)
        await one.stop()

    run(test())


def test_pages_need_a_door(tmp_path: Path) -> None:
    config = _config(tmp_path)
    config.write_text(config.read_text("utf-8").replace('[api]\nlisten = "127.0.0.1:0"\n', ""), "utf-8")
    ended = command("up", "--config", config)
    assert ended.returncode == 2 and "[api]" in ended.stderr and ended.stderr.count("\n") == 1
