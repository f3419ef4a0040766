"""S-41 (case side): old terminals are proposed for renewal by failure rate, with budget and the order's stability."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import astuple
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chongzheng.cases.renewal import Unit
from chongzheng.cli import main


def plan(folder: Path, units: list[Unit], yuan: int) -> dict[str, Any]:
    """What the command proposes for these terminals within so many yuan."""
    file = folder / "units.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([("name", "failures", "attempts", "price_fen", "age_days"), *map(astuple, units)])
    done = CliRunner().invoke(main, ["case", "renewal", str(file), "--budget", str(yuan), "--json"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_s_41(tmp_path: Path) -> None:
    rng = random.Random(41)
    bad = {f"8000{n:04}" for n in range(12)}
    units = []
    for n in range(200):
        name, attempts = f"8000{n:04}", rng.randrange(100, 600)
        rate = 0.12 if name in bad else 0.01
        failures = sum(rng.random() < rate for _ in range(attempts))
        units.append(Unit(name, failures, attempts, 80_000, rng.randrange(2_000)))
    units += [Unit(f"9000{n:04}", 1, 1, 80_000) for n in range(9)]  # failed once of once: not the worst for that
    found = plan(tmp_path, units, 8_000)
    rows = found["replace"]
    assert isinstance(rows, list) and len(rows) == 10 and {row["name"] for row in rows} <= bad
    stable = found["stability_percent"]
    assert isinstance(stable, int) and stable >= 70
    assert plan(tmp_path, units[::-1], 8_000)["replace"] == rows
