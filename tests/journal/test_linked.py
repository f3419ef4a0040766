"""Does a sale hear of its void in the void's own commit, or not at all?"""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.journal import Journal, Submission
from chongzheng.journal.plan import Plan, Planner
from chongzheng.reversal.effects import AnswerTerminal, Forward, SendReversal
from chongzheng.reversal.facts import Link, Moves, RequestReported, RequestTaken, Standing
from chongzheng.reversal.payment import State, Truth
from journal.made import NOON_MS, asked, kept, name_of, reply, sale, undone, written
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
        plan.entries.append(plan.entries[-1])  # the same entry twice: the database refuses

    monkeypatch.setattr(Planner, "_tell", spoil)
    outcome = journal.apply([reply(2)])
    assert [(one.payment.id, one.payment.state) for one in outcome] == [(name_of(2), State.STOPPED)]
    assert stands(place, 1) == before
    monkeypatch.undo()
    journal.apply([written(1)])
    with place.reading() as reader:
        assert reader.faults() == []


# The release token: one give-back of a payment, whether void or reversal


def tokens(place: SqlitePlace) -> list[tuple[object, ...]]:
    """(payment, verb) of every release token."""
    return sorted(place.raw("SELECT payment, verb FROM release"))


def sold(place: SqlitePlace) -> Journal:
    """A journal with one approved sale."""
    journal = place.open()
    journal.apply([sale(1), reply(1), written(1)])
    return journal


def test_a_void_takes_the_token_of_its_sale_in_its_own_commit(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([void(2, 1)])
    assert tokens(place) == [(name_of(1), "void")]
    (reversed_too,) = journal.apply([asked(1)])
    assert (reversed_too.payment.state, reversed_too.error) == (State.APPROVED, "")
    assert not any(isinstance(effect, SendReversal) for effect in reversed_too.effects)
    assert tokens(place) == [(name_of(1), "void")]
    place.audit()


@pytest.mark.parametrize("first", ["reversal", "void"])
@pytest.mark.parametrize("together", [True, False])
def test_of_two_give_backs_the_database_refuses_the_second_and_its_terminal_is_declined(
    place: SqlitePlace, first: str, together: bool
) -> None:
    journal = sold(place)
    gives_back = [asked(1) if first == "reversal" else void(3, 1), void(2, 1)]
    done = journal.apply(gives_back) if together else [one for part in gives_back for one in journal.apply([part])]
    refused = next(one for one in done if one.payment.id == name_of(2))
    assert (refused.payment.state, refused.error, refused.rule) == (State.UNSENT, "", "NEW.request_barred")
    assert refused.effects[0] == AnswerTerminal(name_of(2), "22", approved=False)
    assert not any(isinstance(effect, Forward) for effect in refused.effects)
    assert tokens(place) == [(name_of(1), first)]
    assert State.STOPPED not in {one.payment.state for one in done}
    place.audit()


def test_a_void_that_took_no_effect_gives_the_token_back(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([void(2, 1)])
    journal.apply([reply(2, code="51", mac="absent")])
    assert tokens(place) == []
    (again,) = [one for one in journal.apply([void(3, 1)]) if one.payment.id == name_of(3)]
    assert again.payment.state is State.FORWARDED
    assert tokens(place) == [(name_of(1), "void")]
    journal.apply([reply(3, code="51", mac="absent")])
    journal.apply([asked(1)])
    assert tokens(place) == [(name_of(1), "reversal")]
    place.audit()


def test_a_reversed_void_has_a_token_of_its_own_and_then_its_sale_is_free(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([void(2, 1)])
    journal.apply([asked(2)])
    assert tokens(place) == sorted([(name_of(1), "void"), (name_of(2), "reversal")])
    journal.apply([reply(2), undone(2)])
    assert tokens(place) == [(name_of(2), "reversal")]
    place.audit()


def test_a_void_taken_and_undone_in_one_batch_leaves_no_token(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([void(2, 1), reply(2, code="51", mac="absent")])
    assert tokens(place) == []
    journal.apply([void(3, 1), reply(3, code="51", mac="absent"), void(4, 1)])
    assert tokens(place) == [(name_of(1), "void")]
    place.audit()


def test_a_void_approved_after_all_takes_the_token_if_it_is_free_and_stops_nobody_if_not(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([void(2, 1)])
    journal.apply([reply(2, code="51", mac="absent")])
    journal.apply([reply(2, NOON_MS + 900)])
    assert tokens(place) == sorted([(name_of(1), "void"), (name_of(2), "reversal")])
    journal.apply([sale(5), reply(5), written(5), void(6, 5)])
    journal.apply([reply(6, code="51", mac="absent")])
    journal.apply([asked(5)])
    late = journal.apply([reply(6, NOON_MS + 900)])
    assert [one.error for one in late] == ["", ""]
    assert (name_of(5), "reversal") in tokens(place)
    place.audit()


def test_a_void_that_another_switch_reports_is_knowledge_and_not_ours_to_refuse(place: SqlitePlace) -> None:
    journal = sold(place)
    journal.apply([asked(1)])
    plain = void(2, 1)
    assert isinstance(plain.fact, RequestTaken)
    fact = RequestReported(plain.fact.payment, plain.fact.at, plain.fact.evidence, plain.fact.request)
    done = journal.apply([replace(plain, fact=fact)])
    assert [(one.payment.state, one.error) for one in done] == [(State.FORWARDED, ""), (State.REVERSING, "")]
    assert tokens(place) == [(name_of(1), "reversal")]
    place.audit()
