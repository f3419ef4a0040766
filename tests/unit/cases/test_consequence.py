"""Does every finding have one consequence, and is a hole in the table loud?"""

import pytest

from chongzheng.cases import consequence
from chongzheng.cases.columns import Goods, Witnesses
from chongzheng.cases.consequence import CONSEQUENCES, follows
from chongzheng.cases.reading import Finding
from chongzheng.mistakes import OurMistake


def test_every_finding_is_followed_by_one_of_the_rows() -> None:
    found = [follows(f, Witnesses(goods=g, refunded=r)) for f in Finding for g in Goods for r in (False, True)]
    assert {row.rule for row in found} == {row.rule for row in CONSEQUENCES}
    assert not any(row.gives_back for row in CONSEQUENCES if row.refunded)


def test_a_hole_in_the_table_is_our_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consequence, "CONSEQUENCES", ())
    with pytest.raises(OurMistake, match="no consequence"):
        follows(Finding.OPEN, Witnesses())
