"""S-28: of a prepared day of 1,000 payments the 40 planted exceptions are found, each by its kind, and no other."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import astuple
from pathlib import Path

from click.testing import CliRunner

from chongzheng.cases.finder import (
    APPROVED,
    CLEARING,
    DECLINED,
    HOST,
    PENDING,
    REVERSAL,
    SALE,
    TERMINAL,
    Seen,
    Wrong,
)  # fmt: skip
from chongzheng.cli import main

PAYMENTS = 1_000
PLANTED_EACH = 8


def plain(key: str, dice: random.Random) -> list[Seen]:
    """A payment that is as it should be, one of four ways."""
    fen = dice.randint(1, 500_000)
    sides = [Seen(TERMINAL, key, SALE, fen), Seen(HOST, key, SALE, fen)]
    match dice.randrange(4):
        case 0:
            return [Seen(TERMINAL, key, SALE, fen, DECLINED), Seen(HOST, key, SALE, fen, DECLINED)]
        case 1:
            return [*sides, Seen(TERMINAL, key, REVERSAL, fen), Seen(HOST, key, REVERSAL, fen)]
        case 2:
            both = [Seen(CLEARING, key, what, fen) for what in (SALE, REVERSAL)]
            return [*sides, Seen(HOST, key, REVERSAL, fen), *both]
    return [*sides, Seen(CLEARING, key, SALE, fen)]


def planted(key: str, wrong: Wrong, turn: int) -> list[Seen]:
    """A payment with this exception."""
    good = [Seen(TERMINAL, key, SALE, 100), Seen(HOST, key, SALE, 100), Seen(CLEARING, key, SALE, 100)]
    ways = {
        Wrong.UNMATCHED: [[Seen(HOST, key, REVERSAL, 100)], [Seen(CLEARING, key, REVERSAL, 100)]],
        Wrong.DUPLICATE: [[*good, good[1]], [*good, good[2]]],
        Wrong.AMOUNT: [[*good[:2], Seen(CLEARING, key, SALE, 99)], [Seen(TERMINAL, key, SALE, 1), *good[1:]]],
        Wrong.PENDING: [
            [good[0], Seen(HOST, key, SALE, 100, PENDING)],
            [*good, Seen(TERMINAL, key, REVERSAL, 100, PENDING)],
        ],
        Wrong.ONE_SIDED: [good[:2], [Seen(HOST, key, SALE, 100, DECLINED), good[2]]],
    }  # fmt: skip
    return ways[wrong][turn % 2]


def test_s_28(tmp_path: Path) -> None:
    dice = random.Random(28)
    keys = [f"M1 T1 000001 {n:06d}" for n in range(PAYMENTS)]
    chosen = dice.sample(keys, PLANTED_EACH * len(Wrong))
    wanted = {key: list(Wrong)[n % len(Wrong)] for n, key in enumerate(chosen)}
    day: list[Seen] = []
    for n, key in enumerate(keys):
        day += planted(key, wanted[key], n) if key in wanted else plain(key, dice)
    dice.shuffle(day)
    file = tmp_path / "day.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([("source", "key", "what", "fen", "outcome"), *map(astuple, day)])
    done = CliRunner().invoke(main, ["case", "find", str(file), "--json"])
    said = json.loads(done.stdout)
    found = {one["key"]: one["wrong"] for one in said["suspects"]}
    assert (done.exit_code, said["lines"], len(found)) == (0, len(day), len(said["suspects"]))
    assert len(wanted) == 40 and found == wanted and all(one["why"] for one in said["suspects"])
    assert {line.outcome for line in day} == {APPROVED, DECLINED, PENDING}
