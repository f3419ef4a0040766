"""Is the cheapest question asked first, and none when all is settled?"""

from dataclasses import replace

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.cases.confirm import decide
from chongzheng.cases.question import Question, next_question
from unit.cases.combined import EVERY, ROWS

O, G, R, C = Original, Goods, Reversal, Clearing  # noqa: E741 - the letters of the table's columns


def asked(said: Witnesses) -> list[str]:
    return [one.ask for one in next_question(said)]


def test_nothing_is_asked_when_all_is_settled() -> None:
    assert all(next_question(said) == () for said in EVERY if decide(said).settled)
    assert [name for name in ROWS if asked(ROWS[name])] == ["D8"]


def test_the_cheapest_question_comes_first() -> None:
    assert asked(ROWS["D8"]) == ["channel query", "clearing file", "issuer inquiry", "merchant"]
    assert asked(replace(ROWS["D3"], goods=G.UNKNOWN))[0] == "merchant"
    assert asked(Witnesses(O.YES, G.NO, R.UNKNOWN, C.NOT_YET))[0] == "channel query"
    assert "host journal" in asked(Witnesses(O.YES, G.NO, R.UNKNOWN, C.NOT_YET))
    assert asked(Witnesses(O.YES, G.NO, R.FAILED, C.NONE)) != []


def test_questions_cost_and_can_change_something() -> None:
    for said in EVERY[::7]:
        found: tuple[Question, ...] = next_question(said)
        assert [one.price for one in found] == sorted(one.price for one in found)
        for one in found:
            assert one.changes > 0 and one.settles <= one.answers and one.cost_minutes > 0 and one.zh and one.en
