"""Does a day with an outage end with every case closed, and is it said when it does not?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chongzheng.cases.case_states import CHAPTERS
from chongzheng.iso8583 import Message
from chongzheng.simulator import demo
from chongzheng.simulator.books import Agreement
from chongzheng.simulator.day_of_cases import Report
from chongzheng.simulator.desk import Desk
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.oracle import Findings
from chongzheng.simulator.vices import fate, in_outage

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
RUN_WAIT_S = 170


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The program with these words."""
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=RUN_WAIT_S, env={**os.environ})


def test_every_case_of_a_small_day_goes_through_five_chapters_to_its_close(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    done = run(
        "demo", "--cases", "--payments", "24", "--terminals", "6", "--seed", "3", "--json", "--keep", str(folder)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["ok"] and said["complaints"] == [] and said["cases"] == said["closed"] >= 3
    assert said["chapters"] == dict.fromkeys(CHAPTERS, said["cases"])
    assert said["refunds"]["CONFIRMED_FINAL"] >= 1 and said["refunds"]["RECOVERED"] == 1
    assert said["claw_backs"] == {"RECOVERED": 1} and said["tickets"] == {"CLOSED": 1}
    assert said["compensations"]["REDEEMED"] == 1 and said["apologies"]["SENT"] >= 3
    assert said["promises_kept"] == said["promises_made"] >= 3
    assert said["suspense_fen"] == said["advanced_fen"] == said["day"]["trial_balance_fen"] == 0
    assert said["notices"] == {"sent": said["mails"]} and said["mails"] > said["cases"]
    for name in said["documents"]:
        assert (folder / "papers" / name).read_bytes()[:4] == (b"%PDF" if name.endswith(".pdf") else b"PK\x03\x04")
    assert {name.rpartition(".")[2] for name in said["documents"]} == {"pdf", "xlsx"}
    checked = run("report", "verify", str(folder / "papers" / "period-zh.pdf"), "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert run("audit", "verify", "--db", str(folder / "journal.db")).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--payments", "5"), "--payments 5: is too few"),
        (("--engines", "2"), "--engines: does not go with --cases"),
        (("--db", "postgresql"), "--db: does not go with --cases"),
    ],
)
def test_what_does_not_go_with_it_is_one_line(words: tuple[str, ...], says: str) -> None:
    done = run("demo", "--cases", *words)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


BOOKS = Agreement(1, (), 0, {})
WORLD = demo.Report(
    demo.Plan(20, 4, 3, 0.0, 0, Path("here")), Findings(), {}, {}, (), {}, {}, (), {},
    0, 0, 0, 20, 0, 0, 0, 0, 1, BOOKS,
)  # fmt: skip
GOOD = Report(
    WORLD, 2, 2, dict.fromkeys(CHAPTERS, 2), {"CONFIRMED_FINAL": 1, "RECOVERED": 1}, {"RECOVERED": 1},
    {"GRANTED": 1, "REDEEMED": 1}, {"SENT": 2}, {"CLOSED": 1}, (2, 2), {"HO-ISSLATE": 2}, {"sent": 1}, ("one",),
    ("case-1-zh.pdf",), 40,
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"closed": 1}, "a case is open"),
        ({"cases": 0, "closed": 0, "chapters": {}}, "a case is open"),
        ({"chapters": {**GOOD.chapters, "tell": 1}}, "skipped a chapter"),
        ({"refunds": {"RECOVERED": 1}}, "nothing was given back"),
        ({"claw_backs": {"ORDERED": 1}}, "nothing was taken back"),
        ({"compensations": {}}, "nobody was compensated"),
        ({"apologies": {"SENT": 1, "FAILED": 1}}, "an apology did not leave"),
        ({"tickets": {"SENT": 1}}, "no ticket was answered"),
        ({"promises": (1, 2)}, "a promise was not kept"),
        ({"notices": {"sent": 1, "refused": 1}}, "a notice did not leave"),
        ({"letters": ()}, "no letter for every notice"),
        ({"documents": ()}, "no paper"),
        ({"world": replace(WORLD, planted={"P1": "ghost"}, findings=Findings(excused=("P1",)))}, "has no case"),
        ({"world": replace(WORLD, complaints=("x",))}, "a verdict is wrong"),
        ({"world": replace(WORLD, books=Agreement(1, (), 0, {"suspense": 7, "fees": -7}))}, "lies in suspense"),
        ({"world": replace(WORLD, books=Agreement(1, (), 0, {"provisional refunds": 7}))}, "advance is outstanding"),
        ({"world": replace(WORLD, books=Agreement(1, (), 7, {}))}, "do not balance"),
    ],
)
def test_whatever_is_missing_at_the_end_is_said(wrong: dict[str, Any], says: str) -> None:
    assert GOOD.ok and GOOD.complaints == ()
    bad = replace(GOOD, **wrong)
    assert not bad.ok and any(says in line for line in bad.complaints), bad.complaints


def test_an_outage_loses_answers_and_refuses_or_loses_reversals_and_one_may_work_late() -> None:
    drawn = fate(3, Key("m", "t", "b", "1"))
    names = [(one.sale.name, one.reversal.name, one.reversal_code) for one in (in_outage(drawn, n) for n in range(3))]
    assert names == [
        ("lost-answer", "invalid", "12"),
        ("lost-answer", "lose-all", "00"),
        ("lost-answer", "invalid", "12"),
    ]
    desk = Desk(3, "20260901", "20260902", 400, lambda: "0901120000", outage=(0, 9))
    key = Key("898310000000001", "10000001", "000001", "000001")
    assert not desk.work_off(key)
    sale = Message("0200", {4: "000000000700", 11: key.stan, 41: key.terminal, 42: key.merchant, 60: f"22{key.batch}"})
    assert desk.sale(sale) == [] and not desk.work_off(key)
    desk.reversal(Message("0400", dict(sale.fields)), 1)
    assert desk.ledger.account(key).truth == "charged_kept" and desk.work_off(key) and not desk.work_off(key)
    assert desk.ledger.account(key).truth == "charged_returned"
