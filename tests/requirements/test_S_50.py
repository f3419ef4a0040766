"""S-50: what comes first is money x customer x deadline, and the suggested staff keeps its target in a replay."""

from __future__ import annotations

import json
import random
from pathlib import Path

from click.testing import CliRunner

from chongzheng.cases.routing import breaches, route
from chongzheng.cli import main
from journal.made import name_of, sale
from requirements.desk import HOUR_MS, Desk

WITHIN_MS = 2 * HOUR_MS
TARGET_PCT = 5


def test_s_50(desk: Desk, tmp_path: Path) -> None:
    for n, fen in ((1, 5_000), (2, 2_000_000), (3, 5_000)):
        desk.journal.apply([sale(n, amount_fen=fen)])
        desk.open("case", {"source": "engine", "why": "x"}, payment=name_of(n))
    third = desk.matters.of_payment(name_of(3))[0]
    desk.say(third, "Joined", "li", source="complaint", why="where is it", marks=["vulnerable"])
    waiting = desk.matters.queue("doubtful payments")
    assert [one.payment for one in waiting] == [name_of(2), name_of(3), name_of(1)]
    assert [one.priority for one in waiting] == [8, 4, 1]
    assert (breaches([(0, 10), (0, 10)], 1, 5), breaches([(0, 10), (0, 10)], 2, 5)) == (1, 0)
    assert route("engine", {"li": {"skills": ["engine"], "most": 9}}, desk.matters.owners()) == "li"
    dice = random.Random(50)
    at, work = 0, []
    for _ in range(3_000):
        at += dice.randint(0, HOUR_MS // 6)
        work.append((at, dice.randint(HOUR_MS // 12, HOUR_MS)))
    file = tmp_path / "work.csv"
    file.write_text("arrived_ms,takes_ms\n" + "".join(f"{at},{takes}\n" for at, takes in work), "utf-8")
    asked = ["case", "staff", str(file), "--within", str(WITHIN_MS // 60_000), "--target", str(TARGET_PCT), "--json"]
    said = json.loads(CliRunner().invoke(main, asked).stdout)
    staff = said["staff"]
    assert (said["work"], said["late"]) == (len(work), breaches(work, staff, WITHIN_MS))
    assert breaches(work, staff, WITHIN_MS) * 100 <= TARGET_PCT * len(work)
    assert breaches(work, staff - 1, WITHIN_MS) * 100 > TARGET_PCT * len(work)
