"""Is money given back once, whoever comes second: the terminal's own reversal, another person, or the same click?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chongzheng.cases.effects import Effect, TakeRelease
from chongzheng.cases.matter import Fact, Matter
from chongzheng.journal import Journal
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matter_effects import carry_out
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.reversal.effects import AnswerReversal, OpenCase, SendReversal
from chongzheng.reversal.facts import ReversalStopped
from chongzheng.reversal.payment import State
from journal.made import NOON_MS, asked, bare, cleared, kept, late, name_of, reply, sale, undone, written
from journal.place import Place

WHY = "not reversed, because a refund of it is under way"


@pytest.fixture
def take(side: Side, journal: Journal) -> Callable[..., None]:
    """Take a payment's release token for a refund."""
    keeper = Matters(side, lambda: NOON_MS, Registers(side))
    matter: Matter = keeper.open("task", {"what": "give it back", "team": "finance"})

    def one(n: int, provisional: bool = False) -> None:
        effect: Effect = TakeRelease(name_of(n), "refund", provisional)
        with side.together():
            carry_out(keeper, side, matter, Fact("Approved", NOON_MS), effect, 1)

    return one


@pytest.mark.parametrize("together", [True, False])
def test_a_terminals_reversal_of_what_is_refunded_is_answered_and_a_case_and_never_sent(
    place: Place, journal: Journal, take: Callable[..., None], together: bool
) -> None:
    journal.apply([sale(1), reply(1), written(1), sale(2), reply(2), written(2)])
    take(1)
    done = journal.apply([asked(1), asked(2)] if together else [asked(1)])
    mine = [one for one in done if one.payment.id == name_of(1)]
    effects = [effect for one in mine for effect in one.effects]
    assert [one.error for one in mine] == ["", ""] and mine[-1].payment.state is State.APPROVED
    assert [type(effect) for effect in effects] == [AnswerReversal, OpenCase]
    assert effects[0] == AnswerReversal(name_of(1), "00") and effects[1].why == WHY  # type: ignore[union-attr]
    again = journal.apply([asked(1, NOON_MS + 900)])
    assert [type(effect) for one in again for effect in one.effects] == [AnswerReversal, OpenCase]
    assert place.raw("SELECT verb FROM release WHERE payment = ?", name_of(1)) == [("refund",)]
    if together:
        assert [type(e) for one in done if one.payment.id == name_of(2) for e in one.effects] == [
            AnswerReversal,
            SendReversal,
        ]
    place.audit()


def test_a_reversal_of_our_own_is_barred_too_and_the_file_still_judges(
    place: Place, journal: Journal, take: Callable[..., None]
) -> None:
    journal.apply([sale(1), reply(1, code="51", mac="absent")])
    take(1)
    (_, barred) = journal.apply([reply(1, NOON_MS + 500)])
    assert (barred.payment.state, barred.error) == (State.DOUBTFUL, "")
    assert [type(effect) for effect in barred.effects] == [OpenCase]
    (seen,) = journal.apply([cleared(1)])
    assert (seen.payment.state, seen.payment.verdict.truth) == (State.SETTLED, "charged_kept")
    place.audit()


def test_a_stopped_reversal_may_be_advanced_on_and_is_never_driven_again(
    place: Place, journal: Journal, take: Callable[..., None]
) -> None:
    journal.apply([sale(1), reply(1), written(1), asked(1)])
    with pytest.raises(Overtaken, match="still under way"):
        take(1, provisional=True)
    journal.apply([bare(ReversalStopped(name_of(1), NOON_MS + 600, "zhang"))])
    with pytest.raises(Overtaken, match="may still take effect"):
        take(1)
    take(1, provisional=True)
    for more in (undone(1, NOON_MS + 700), reply(1, NOON_MS + 800), asked(1, NOON_MS + 900), late(1, NOON_MS + 10**8)):
        assert not [e for one in journal.apply([more]) for e in one.effects if isinstance(e, SendReversal)]
    with pytest.raises(Overtaken, match="given back already"):
        other = Matters(Side.open(place.path), lambda: NOON_MS, Registers(Side.open(place.path)))
        mine = other.open("task", {"what": "again", "team": "finance"})
        with other._side.together():
            carry_out(other, other._side, mine, Fact("x", NOON_MS), TakeRelease(name_of(1), "refund", True), 1)


def test_what_is_proven_kept_is_given_back_by_people_alone(
    place: Place, journal: Journal, take: Callable[..., None]
) -> None:
    journal.apply(kept(1))
    take(1)
    (after,) = journal.apply([asked(1, NOON_MS + 10**8)])
    assert not [effect for effect in after.effects if isinstance(effect, SendReversal)]
    place.audit()
