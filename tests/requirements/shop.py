"""How do the requirement tests ask what a payment costs, and hand in a day of sales with their fees?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.simulator.clearing import PLACES
from unit.settlement.acom_lines import DAY, NAME, control, joined, line

REGISTERED, CHEAP = "898110058120001", "898110054110009"
"""A restaurant and a supermarket next to it: the merchant number carries the category."""
FULL = {"receivable": f"{0:012d}", "payable": f"{4500:012d}", "switching_fee": f"D{325:011d}", "mcc": "5812"}
"""What issuer and network get of 10 000 yuan on a credit card of a standard merchant."""
CHEAPER = {"merchant": CHEAP, "payable": f"{3510:012d}", "switching_fee": f"D{254:011d}", "mcc": "5411"}
"""The same at the preferential one."""


def fee(*words: str) -> dict[str, Any]:
    """What the command fee says, as its JSON document."""
    done = CliRunner().invoke(main, ["fee", *words, "--json"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def costs(channel: str, yuan: str, card: str = "", entry: str = "") -> tuple[int, str]:
    """Fee in fen and the rule that says so; a fee without its reason in both languages is none."""
    words = ["--channel", channel, "--amount", yuan]
    words += (["--card", card] if card else []) + (["--entry", entry] if entry else [])
    said = fee(*words)
    assert said["why"] and said["why_zh"] and said["rule"] in said["why"] and said["rule"] in said["why_zh"]
    return said["fee_fen"], said["rule"]


def sold(number: int, terminal: str, **other: str) -> bytes:
    """One sale of 10 000 yuan at the registered merchant as a line of the acquirer's file; `other` fields replace."""
    when = f"1122{9 + number % 12:02d}0000"
    rrn = f"RRN{number:09d}"
    made = bytearray(line(f"{number:06d}", when, 1_000_000, terminal=terminal, merchant=REGISTERED, rrn=rrn))
    for field, value in (FULL | other).items():
        at, length = PLACES[field]
        assert len(value) == length
        made[at : at + length] = value.encode()
    return bytes(made)


def day_of(folder: Path, lines: Iterable[bytes]) -> list[str]:
    """The words that name a day's file of these lines, whose machines are all registered as restaurants."""
    held = list(lines)
    data = joined(*held)
    at, length = PLACES["amount"]
    total = sum(int(text[at : at + length]) for text in held)
    (folder / NAME).write_bytes(data)
    (folder / f"{NAME}.ctl").write_bytes(control(data, len(held), total))
    register = folder / "register.csv"
    at, length = PLACES["terminal"]
    machines = sorted({text[at : at + length].decode() for text in held})
    register.write_text("machine,mcc,province\n" + "".join(f"{name},5812,12\n" for name in machines), "utf-8")
    return [str(folder / NAME), "--date", DAY, "--register", str(register)]
