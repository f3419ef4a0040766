"""Does a sale hear of its void in the void's own commit, or not at all?"""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.journal import Submission
from chongzheng.journal.plan import Plan, Planner
from chongzheng.reversal.facts import Link, Moves, RequestTaken, Standing
from chongzheng.reversal.payment import State, Truth
from journal.made import kept, name_of, reply, sale, written
from journal.place import SqlitePlace


def void(n: int, of: int, at_step: int = 3) -> Submission:
    """The n-th payment is a void of the `of`-th."""
    plain = sale(n)
    assert isinstance(plain.fact, RequestTaken)
    request = replace(plain.fact.request, moves=Moves.CREDIT, original=name_of(of), link=Link.VOIDS)
    return Submission(replace(plain.fact, request=request), plain.evidence, plain.card)


def stands(place: SqlitePlace, n: int) -> list[tuple[str, Standing, bool]]:
    """What the n-th payment has heard of its voids."""
    with place.reading() as reader:
        payment = reader.payment(name_of(n))
        assert payment is not None
        return [(tie.by, tie.standing, tie.proven) for tie in payment.ties]


def test_a_void_and_its_sale_change_in_one_commit(place: SqlitePlace) -> None:
    journal = place.open()
    for submission in (sale(1), reply(1), written(1), void(2, 1)):
        journal.apply([submission])
    both = journal.apply([reply(2)])
    assert [one.payment.id for one in both] == [name_of(2), name_of(1)]
    with place.reading() as reader:
        last = [reader.facts_of(name_of(n))[-1] for n in (2, 1)]
        assert last[0].commit_no == last[1].commit_no
        assert [row.kind for row in last] == ["ReplyArrived", "LinkChanged"]
        assert reader.payment(name_of(1)).verdict.truth is Truth.CHARGED_RETURNED  # type: ignore[union-attr]
        assert reader.faults() == []
    assert stands(place, 1) == [(name_of(2), Standing.DONE, False)]


def test_a_sale_and_its_void_in_one_batch(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply([sale(1), reply(1), written(1), void(2, 1), reply(2), written(2)])
    assert stands(place, 1) == [(name_of(2), Standing.DONE, False)]
    with place.reading() as reader:
        assert reader.faults() == []


def test_a_void_of_a_sale_that_is_not_here_is_a_payment_all_the_same(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply([void(2, 1)])
    assert [one.payment.id for one in journal.apply([reply(2)])] == [name_of(2)]


def test_two_payments_that_void_each_other_come_to_an_end(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply([void(1, 2), void(2, 1), reply(1), reply(2)])
    with place.reading() as reader:
        assert reader.faults() == []
        assert {reader.payment(name_of(n)).state for n in (1, 2)} == {State.DELIVERING}  # type: ignore[union-attr]


def test_what_cannot_be_written_of_the_sale_stops_the_void_and_leaves_the_sale(
    place: SqlitePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = place.open()
    journal.apply([sale(1), reply(1), written(1), *kept(3), void(2, 1)])
    before = stands(place, 1)
    tell = Planner._tell

    def spoil(self: Any, plan: Plan, *rest: Any) -> None:
        tell(self, plan, *rest)
        plan.facts.append(plan.facts[-1])  # the same fact twice: the database refuses

    monkeypatch.setattr(Planner, "_tell", spoil)
    outcome = journal.apply([reply(2)])
    assert [(one.payment.id, one.payment.state) for one in outcome] == [(name_of(2), State.STOPPED)]
    assert stands(place, 1) == before
    monkeypatch.undo()
    journal.apply([written(1)])
    with place.reading() as reader:
        assert reader.faults() == []
