"""S-01: first it is settled whether the transaction succeeded, by five witnesses, and the unknown pays nothing."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from click.testing import CliRunner

from chongzheng.cases.columns import Clearing, Goods, Reversal, Witnesses
from chongzheng.cases.confirm import decide
from chongzheng.cases.weigh import Says, weigh
from chongzheng.cli import main
from chongzheng.reversal.payment import Truth

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
