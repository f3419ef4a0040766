"""Is every row of the table of readings needed, and is there one for everything that witnesses can say?"""

import pytest

from chongzheng.cases import reading
from chongzheng.cases.columns import Goods, Witnesses
from chongzheng.cases.confirm import decide
from chongzheng.cases.reading import READINGS, Finding, Reading, read
from chongzheng.reversal.payment import Proof
from unit.cases.combined import EVERY

BARE = [said for said in EVERY if said.goods is Goods.NO and not said.refunded and not said.charged_back]


def test_everything_is_read_and_nothing_said_is_open() -> None:
    assert {read(said) for said in EVERY} == set(READINGS) and read(Witnesses()).finding is Finding.OPEN


@pytest.mark.parametrize("left_out", range(len(READINGS)))
def test_no_reading_can_be_left_out(left_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [decide(said) for said in BARE]
    rows = [row for n, row in enumerate(READINGS) if n != left_out]
    monkeypatch.setattr(reading, "READINGS", (*rows, Reading(Finding.DISPUTE, Proof.PROVEN)))
    assert [decide(said) for said in BARE] != before
