"""Does seal-key give a configuration what opens there, from components, and say what is wrong in one line?"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from chongzheng.app import engine_of
from chongzheng.iso8583 import kcv
from whole.engine_room import MASTER_KEY, MERCHANT, configure
from whole.test_keybox import configure_module

PROGRAM = Path(sys.executable).with_name("chongzheng")
PARTS = (bytes(range(100, 116)), bytes(a ^ b for a, b in zip(MASTER_KEY, range(100, 116), strict=True)))


def seal(config: Path, said: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it."""
    call = [str(PROGRAM), "seal-key", "--config", str(config), *words]
    return subprocess.run(call, input=said, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("make", [configure, configure_module])
def test_components_become_a_key_that_opens(tmp_path: Path, make: type) -> None:
    config = make(tmp_path, 9)
    said = "\n".join(part.hex() for part in PARTS)
    done = seal(config, said, "--terminal", "10000009", "--merchant", MERCHANT)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == f"check value {kcv(MASTER_KEY).hex().upper()}"
    with open(tmp_path / "terminals.csv", "a", encoding="utf-8") as file:
        file.write(f"10000009,{MERCHANT},{done.stdout.strip()}\n")
    link = seal(config, MASTER_KEY.hex(), "--link", "90000001")
    assert link.returncode == 0 and MASTER_KEY.hex() not in done.stdout + link.stdout

    async def start() -> None:
        engine = engine_of(config)
        await engine.start()
        await engine.stop()

    asyncio.run(start())


@pytest.mark.parametrize(
    ("said", "words", "why"),
    [
        ("00" * 16, ("--terminal", "1"), "--merchant"),
        ("00" * 16, ("--link", "9", "--terminal", "1", "--merchant", "2"), "--link"),
        ("xx" * 16, ("--link", "9"), "is not hex"),
        ("00" * 16 + "\n" + "00" * 8, ("--link", "9"), "another length"),
        ("00" * 5, ("--link", "9"), "8, 16 or 24"),
        ("", ("--link", "9"), "8, 16 or 24"),
        ("00" * 99, ("--link", "9"), "at most"),
        ("00" * 16 + "\n" * 12, ("--link", "9"), "standard input"),
    ],
)
def test_what_is_no_key_is_refused_in_one_line(tmp_path: Path, said: str, words: tuple[str, ...], why: str) -> None:
    done = seal(configure(tmp_path, 9), said, *words)
    assert done.returncode == 2 and done.stdout == ""
    assert why in done.stderr and done.stderr.count("\n") == 1
