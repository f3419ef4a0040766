"""Is money given back once, whoever comes second: the terminal's own reversal, another person, or the same click?"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from chongzheng.cases.effects import Effect, TakeRelease
from chongzheng.cases.matter import Fact, Matter
from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matter_effects import carry_out
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.reversal.effects import AnswerReversal, OpenCase, SendReversal
from chongzheng.reversal.facts import ReversalStopped
from chongzheng.reversal.payment import State
from journal.made import AMOUNT_FEN, NOON_MS, asked, bare, cleared, kept, late, name_of, reply, sale, undone, written
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
    journal: Journal, side: Side, take: Callable[..., None]
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
        other = Matters(side, lambda: NOON_MS, Registers(side))
        mine = other.open("task", {"what": "again", "team": "finance"})
        with side.together():
            carry_out(other, side, mine, Fact("Approved", NOON_MS), TakeRelease(name_of(1), "refund", True), 1)


def test_what_is_proven_kept_is_given_back_by_people_alone(
    place: Place, journal: Journal, take: Callable[..., None]
) -> None:
    journal.apply(kept(1))
    take(1)
    (after,) = journal.apply([asked(1, NOON_MS + 10**8)])
    assert not [effect for effect in after.effects if isinstance(effect, SendReversal)]
    place.audit()


WAIT_S = 60
"""A racer that never comes to the start fails the test, and holds nobody up."""


def raced(place: Place, deeds: list[Callable[[Matters], Matter]]) -> list[str]:
    """Do all of this at the same moment, each over a connection of its own: what each heard, "done" or why not."""
    heard: list[str] = []
    ready = threading.Barrier(len(deeds), timeout=WAIT_S)

    def do(side: Side, deed: Callable[[Matters], Matter]) -> None:
        try:
            ready.wait()
            deed(Matters(side, lambda: NOON_MS, Registers(side)))
            heard.append("done")
        except (Overtaken, NotAllowed) as no:
            heard.append(str(no))
        finally:
            side.close()

    racers = [threading.Thread(target=do, args=(Side.open(place.path), deed)) for deed in deeds]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return heard


def test_of_many_at_once_one_proposes_one_approves_and_one_sends_and_the_others_hear_why(
    place: Place, journal: Journal, side: Side
) -> None:
    journal.apply([*kept(1), asked(1, NOON_MS + 10**8)])
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    for who, role in (("li", Role.CLERK), ("mei", Role.CLERK), ("zhang", Role.SUPERVISOR), ("wang", Role.FINANCE)):
        people.add(who, who, frozenset({role}), "boss", NOON_MS)
    words = {"fen": AMOUNT_FEN, "customer": "C1", "reason": "no goods"}
    heard = raced(
        place,
        [lambda keeper, who=who: keeper.open("refund", words, who, payment=name_of(1)) for who in ("li", "mei") * 3],  # type: ignore[misc]
    )
    assert heard.count("done") == 1
    assert all("proposed already (refund-" in why for why in heard if why != "done") and len(heard) == 6
    keeper = Matters(side, lambda: NOON_MS, Registers(side))
    (refund,) = keeper.page("refund")

    def says(fact: str, who: str, **said: str) -> Callable[[Matters], Matter]:
        shown = keeper.view(refund.id).hash
        return lambda keeper: keeper.say(refund.id, fact, said, who, shown)

    approvals = raced(place, [says("Approved", who) for who in ("zhang", "wang", "li", "zhang")])
    assert approvals.count("done") == 1 and all(len(why) > 12 for why in approvals if why != "done")
    sent = {"way": "api", "reference": "R-1", "looked_up": "nothing"}
    sendings = raced(place, [says("Sent", "wang", **sent) for _ in range(4)])
    assert sendings.count("done") == 1 and keeper.get(refund.id).state == "SENT"
    assert place.raw("SELECT verb FROM release WHERE payment = ?", name_of(1)) == [("refund",)]
    place.audit()
