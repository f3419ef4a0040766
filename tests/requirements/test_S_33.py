"""S-33: planted patterns of firmware, region and issuer are recovered, with false discoveries of at most 5 %."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chongzheng.cli import main

FEATURES = ("firmware", "region", "issuer", "model")
PLANTED = {("firmware", "4.4"), ("region", "R7"), ("issuer", "I2")}
WORLDS, QUIET_WORLDS, ATTEMPTS = 8, 20, 4_000
WORSE = 2.5


def day(dice: random.Random, planted: set[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Reversals with features; the bad firmware runs mostly in R3, which by itself is a region like any other."""
    rows = []
    for _ in range(ATTEMPTS):
        region = dice.randrange(10)
        firmware = 4 if region == 3 and dice.random() < 0.7 else dice.randrange(8)
        words = (f"4.{firmware}", f"R{region}", f"I{dice.randrange(12)}", f"M{dice.randrange(5)}")
        chance = 0.05 * WORSE ** len(planted & set(zip(FEATURES, words, strict=True)))
        rows.append((*words, "yes" if dice.random() < chance else "no"))
    return rows


def found(folder: Path, rows: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    file = folder / "attempts.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([(*FEATURES, "failed"), *rows])
    done = CliRunner().invoke(main, ["case", "patterns", str(file), "--json"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["attempts"] == len(rows)
    patterns: list[dict[str, Any]] = said["patterns"]
    return patterns


def test_s_33(tmp_path: Path) -> None:
    told, false, recovered = 0, 0, 0
    for seed in range(WORLDS):
        patterns = found(tmp_path, day(random.Random(seed), PLANTED))
        pairs = {(one["feature"], one["value"]) for one in patterns}
        told, false, recovered = told + len(pairs), false + len(pairs - PLANTED), recovered + len(pairs & PLANTED)
        assert all(one["times"] > 1 and one["en"] and one["zh"] for one in patterns)
        assert ("region", "R3") not in pairs, "it only runs the bad firmware"
    assert recovered == WORLDS * len(PLANTED) and false * 100 <= 5 * told


def test_s_33_where_nothing_is_planted_nothing_is_told(tmp_path: Path) -> None:
    alarms = sum(bool(found(tmp_path, day(random.Random(seed), set()))) for seed in range(100, 100 + QUIET_WORLDS))
    assert alarms * 100 <= 5 * QUIET_WORLDS
