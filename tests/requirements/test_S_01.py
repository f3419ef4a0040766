"""S-01: first it is settled whether the transaction succeeded, by five witnesses, and the unknown pays nothing."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cases.columns import Clearing, Goods, Reversal, Witnesses
from chongzheng.cases.confirm import decide
from chongzheng.cases.weigh import Says, weigh
from chongzheng.cli import main
from chongzheng.journal.breaks import Overtaken
from chongzheng.reversal.payment import Truth
from journal.made import asked, cleared, name_of, sale, undone
from journal.made import reply as answered
from requirements.desk import Desk

GOLDEN = Path(__file__).parents[1] / "data/decision-table.csv"
PAYS = {"hold-give-back", "never-resend", "wallet", "refund-one", "refund-both"}


def test_s_01() -> None:
    done = CliRunner().invoke(main, ["case", "decide", "--table", str(GOLDEN), "--json"])
    rows = json.loads(done.stdout)["rows"]
    assert done.exit_code == 0 and len(rows) == 15
    assert all(row["agrees"] and row["rule"] == row["id"] for row in rows)
    truths = set()
    for terminal, host, query, reply in product(Says, repeat=4):
        strong = {query, reply} - {Says.MISSING}
        for goods, reversal, clearing in product((Goods.UNKNOWN, Goods.NO, Goods.ONCE), Reversal, Clearing):
            said = weigh(terminal, host, query, reply, Witnesses(goods=goods, reversal=reversal, clearing=clearing))
            found = decide(said)
            truths.add(found.truth)
            if len(strong) > 1:
                assert found.truth is Truth.CONTESTED
            if found.truth in (Truth.UNKNOWN, Truth.CONTESTED):
                assert not found.final_refund_allowed and found.action not in PAYS
            if found.final_refund_allowed:
                assert goods is not Goods.UNKNOWN
    assert truths == set(Truth)


def test_s_01_nobody_spoke_is_unknown() -> None:
    nobody = weigh(Says.MISSING, Says.MISSING, Says.MISSING, Says.MISSING, Witnesses())
    assert decide(nobody).truth is Truth.UNKNOWN and decide(nobody).rule == "D8"


def test_s_01_a_case_decides_by_its_witnesses_and_pays_nothing_on_a_contradiction(desk: Desk) -> None:
    desk.journal.apply(
        [sale(1), answered(1), asked(1), undone(1, code="12"), cleared(1), cleared(1, 0, day="20260924")]
    )
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    desk.say(case, "WitnessHeard", "li", witness="merchant", goods="no")
    kept = desk.say(case, "Confirmed", "li").body["decision"]
    assert (kept["rule"], kept["truth"], kept["final_refund_allowed"]) == ("D3", "charged_kept", True)
    denied = desk.say(case, "WitnessHeard", "li", witness="issuer", original="no", reference="letter 7")
    assert denied.state == "CONFIRMING" and denied.body["late_changes"][0]["to"] == "contested"
    decision = desk.say(case, "Confirmed", "li").body["decision"]
    assert (decision["engine"], decision["truth"]) == ("charged_kept", "contested")
    (task,) = [one for one in desk.matters.of_parent(case.id) if one.kind == "task"]
    assert "issuer: original no" in task.body["what"] and task.queue == "supervisor"
    desk.say(case, "CauseFound", "li")
    for action in ("refund", "refund one of two"):
        with pytest.raises(Overtaken, match="it is contested"):
            desk.say(case, "Decided", "li", action=action)
