"""Does each case of the engine become one person's case, once, also when it comes late or twice at a time?"""

from __future__ import annotations

import pytest

from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.adoption import give
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from journal.made import DAY_MS, NOON_MS, asked, cleared, name_of, reply, sale, written


@pytest.fixture
def matters(side: Side) -> Matters:
    """A keeper, and a clerk."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
    return Matters(side, lambda: NOON_MS, Registers(side))


def short(journal: Journal, n: int) -> None:
    """A sale that went well, and was returned by the file all the same: the engine opens a case."""
    journal.apply([sale(n), reply(n), written(n), cleared(n, 1, 1)])


def adopt(matters: Matters, side: Side, most: int = 200) -> int:
    """As the rounds do: the next of the engine's cases are given; how many were."""
    found = side.ask("cases_to_adopt", after=0, scan=2**62, most=most)
    return sum(give(matters, int(number), str(payment), str(why)) for number, payment, why in found)


def test_every_case_of_the_engine_is_given_once(journal: Journal, matters: Matters, side: Side) -> None:
    for n in range(5):
        short(journal, n)
    assert (adopt(matters, side, 2), adopt(matters, side), adopt(matters, side)) == (2, 3, 0)
    cases = matters.page("case")
    assert sorted(case.payment for case in cases) == sorted(name_of(n) for n in range(5))
    assert {case.body["sources"][0]["why"] for case in cases} == {"settled charged_returned, money short"}


def test_it_joins_the_case_that_a_person_has_open(journal: Journal, matters: Matters, side: Side) -> None:
    short(journal, 1)
    said = {"source": "complaint", "why": "debited twice"}
    case = matters.open("case", said, "li", payment=name_of(1), key=f"case {name_of(1)}")
    assert adopt(matters, side) == 1
    assert [one["source"] for one in matters.get(case.id).body["sources"]] == ["complaint", "engine"]
    assert len(matters.page("case")) == 1


def test_a_second_case_of_one_payment_joins_the_first(journal: Journal, matters: Matters, side: Side) -> None:
    short(journal, 1)
    assert adopt(matters, side) == 1
    journal.apply([asked(1, at=NOON_MS + 2 * DAY_MS)])
    assert adopt(matters, side) == 1 and adopt(matters, side) == 0
    (case,) = matters.page("case")
    assert len(case.body["sources"]) == 2


def test_what_another_process_takes_meanwhile_is_left_to_it(
    journal: Journal, matters: Matters, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(journal, 1)

    def quicker(*words: object, **more: object) -> None:
        raise Overtaken("somebody else was quicker")

    monkeypatch.setattr(matters, "open", quicker)
    assert adopt(matters, side) == 0
