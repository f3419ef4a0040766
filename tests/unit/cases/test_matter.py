"""Does a fact follow its row, and is every other fact refused with the reason?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chongzheng.cases.effects import Free
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import (
    NEW,
    Ask,
    Fact,
    Given,
    Kind,
    Matter,
    Outcome,
    Refused,
    Row,
    Step,
    in_all,
    step,
)
from chongzheng.mistakes import OurMistake

CLERK, HEAD = frozenset({"clerk"}), frozenset({"supervisor"})
WHY = Field("why", "text", "原因", "why")


def _doubled(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if given.rules.get("closed"):
        return Refused("rule", "the shop is closed")
    return Outcome(changes={"why": fact.said["why"]}, effects=(Free("k"),), moves={"fen": matter.fen * 2})


def _decides(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(state="DONE" if given.payment else "OPEN")


THING = Kind(
    name="thing",
    titles=("东西", "thing"),
    states=("OPEN", "PROPOSED", "DONE"),
    ended=frozenset({"DONE"}),
    rows=(
        Row(NEW, "Opened", "OPEN", may=CLERK, program=True),
        Row("OPEN", "Proposed", "PROPOSED", _doubled, may=CLERK, takes=(WHY,)),
        Row("PROPOSED", "Approved", "DONE", may=HEAD | CLERK, apart=("Proposed",), shown=True),
        Row("PROPOSED", "ClockRan", do=_decides),
        Row("OPEN", "Personal", may=CLERK),
        *in_all(("OPEN", "PROPOSED"), Row("OPEN", "Noted", may=CLERK)),
    ),
)
BLANK = Matter("", "thing", fen=7)


def opened() -> Matter:
    taken = step(THING, BLANK, Fact("Opened", 1), Given())
    assert isinstance(taken, Step)
    return taken.matter


def proposed() -> Matter:
    taken = step(THING, opened(), Fact("Proposed", 2, "li", CLERK, {"why": "broken"}), Given())
    assert isinstance(taken, Step) and taken.effects == (Free("k"),)
    return taken.matter


def why(taken: Step | Refused) -> str:
    assert isinstance(taken, Refused)
    return taken.why


def test_a_row_gives_the_next_state_the_changes_and_who_said_so() -> None:
    one = proposed()
    assert (one.state, one.version, one.fen, one.body["why"]) == ("PROPOSED", 2, 14, "broken")
    assert one.said_by("Proposed") == {"li"} and one.said_by("Opened", "Proposed") == {"program", "li"}
    noted = step(THING, one, Fact("Noted", 3, "li", CLERK), Given())
    again = step(THING, noted.matter, Fact("Noted", 3, "li", CLERK), Given()) if isinstance(noted, Step) else noted
    assert isinstance(again, Step) and again.matter.body["by"]["Noted"] == ["li"] and again.matter.state == "PROPOSED"


def test_a_fact_without_a_row_is_refused_and_told_what_is_possible() -> None:
    taken = step(THING, BLANK, Fact("Approved", 1, "li", CLERK), Given())
    assert why(taken) == "order" and "not there yet; possible now: Opened" in taken.text  # type: ignore[union-attr]
    ended = step(THING, replace(opened(), state="DONE"), Fact("Noted", 1, "li", CLERK), Given())
    assert isinstance(ended, Refused) and ended.text.endswith("possible now: nothing")


def test_only_those_who_may_say_a_fact_do() -> None:
    one = proposed()
    given = Given(hash="h")
    assert why(step(THING, one, Fact("Approved", 3, "x", frozenset({"auditor"}), shown="h"), given)) == "role"
    assert why(step(THING, one, Fact("Approved", 3, "li", CLERK, shown="h"), given)) == "self"
    assert why(step(THING, one, Fact("Approved", 3, "zhang", HEAD, shown="old"), given)) == "stale"
    assert why(step(THING, one, Fact("ClockRan", 3, "zhang", HEAD), given)) == "role"
    assert why(step(THING, opened(), Fact("Personal", 3), given)) == "role"
    done = step(THING, one, Fact("Approved", 3, "zhang", HEAD, shown="h"), given)
    assert isinstance(done, Step) and done.matter.state == "DONE"


def test_what_a_rule_refuses_or_a_word_that_is_missing_changes_nothing() -> None:
    said = Fact("Proposed", 2, "li", CLERK, {"why": "broken"})
    assert why(step(THING, opened(), said, Given({"closed": True}))) == "rule"
    assert why(step(THING, opened(), replace(said, said={}), Given())) == "field"


def test_a_rule_may_choose_the_state() -> None:
    for payment, state in (({}, "OPEN"), ({"state": "SETTLED"}, "DONE")):
        taken = step(THING, proposed(), Fact("ClockRan", 3), Given(payment=payment))
        assert isinstance(taken, Step) and taken.matter.state == state


def test_a_register_row_that_nobody_ships_is_our_mistake() -> None:
    assert Given({"limits": {"a": 1}}).rule("limits") == {"a": 1}
    with pytest.raises(OurMistake):
        Given().rule("limits")


def test_a_table_with_two_rows_for_one_pair_or_an_unknown_state_is_refused() -> None:
    row = Row("OPEN", "Noted", may=CLERK)
    with pytest.raises(OurMistake, match="two rows"):
        replace(THING, rows=(row, row))
    for wrong in (replace(row, state="GONE"), replace(row, next="GONE")):
        with pytest.raises(OurMistake, match="does not have"):
            replace(THING, rows=(wrong,))


def test_a_kind_asks_for_nothing_and_has_no_tags_unless_it_says_so() -> None:
    assert THING.tags(BLANK) == {} and THING.asks(BLANK, Fact("Opened", 1)) == {}
    assert Ask("thing", "shop", "1").since == 0
