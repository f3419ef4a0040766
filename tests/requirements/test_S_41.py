"""S-41 (case side): old terminals are proposed for renewal by failure rate, with budget and the order's stability."""

from __future__ import annotations

import random

from chongzheng.cases.renewal import Unit, plan


def test_s_41() -> None:
    rng = random.Random(41)
    bad = {f"8000{n:04}" for n in range(12)}
    units = []
    for n in range(200):
        name, attempts = f"8000{n:04}", rng.randrange(100, 600)
        rate = 0.12 if name in bad else 0.01
        failures = sum(rng.random() < rate for _ in range(attempts))
        units.append(Unit(name, failures, attempts, 80_000, rng.randrange(2_000)))
    found = plan(units, 10 * 80_000)
    rows = found["replace"]
    assert isinstance(rows, list) and len(rows) == 10 and {row["name"] for row in rows} <= bad
    stable = found["stability_percent"]
    assert isinstance(stable, int) and stable >= 70
    assert plan(list(reversed(units)), 10 * 80_000)["replace"] == rows
