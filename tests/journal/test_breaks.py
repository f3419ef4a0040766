"""Is a difference resolved once, by people who may, on what they were shown, with its money out of suspense?"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from chongzheng.journal import FilePart, Journal
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.breaks import PROPOSAL_MS, Break, Breaks, Decision, Overtaken
from chongzheng.journal.rules import ALONE_UP_TO_FEN, Rules, day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Resolution
from chongzheng.settlement.breaks import Difference, Type, Viewpoint
from journal.made import AMOUNT_FEN, DAY_MS, NOON_MS, asked, cleared, kept, name_of, sale
from journal.place import Place

RACERS = 50
WAIT_S = 60
"""A racer that never comes to the start fails the test, and holds nobody up."""
STRANGER = Difference(Type.ONE_SIDED_THEIRS, "", 7, 500, "no payment of ours explains it")
TODAY = day_of(NOON_MS)


class Desk:
    """A journal with four people: li and mei are clerks, zhang supervises, boss administers; a clock that tests set."""

    def __init__(self, place: Place, journal: Journal, side: Side) -> None:
        self.now = NOON_MS
        self.journal = journal
        self.place, self.side = place, side
        self.breaks = Breaks(side, lambda: self.now)
        self.rules = Rules(side)
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        for who, role in (("li", Role.CLERK), ("mei", Role.CLERK), ("zhang", Role.SUPERVISOR), ("sun", Role.AUDITOR)):
            people.add(who, who, frozenset({role}), "boss", NOON_MS)
        self.people = people

    def found(self, *differences: Difference) -> list[int]:
        """Breaks of a file; their ids."""
        return [number for _, number in self.breaks.put("d1", "card", "20260923", differences)]

    def shown(self, number: int) -> str:
        """The hash of what somebody sees now."""
        return self.breaks.view(number).hash

    def wanted(self, number: int, how: Resolution = Resolution.CARDHOLDER) -> Decision:
        """A decision on what is to be seen now."""
        return Decision(how, "the shop confirmed it", ("slip 4711",), self.shown(number))

    def alone_up_to(self, fen: int) -> None:
        """The rule, in force from today."""
        self.rules.propose(ALONE_UP_TO_FEN, TODAY, str(fen), "small amounts", "zhang", self.now)
        self.rules.approve(ALONE_UP_TO_FEN, TODAY, str(fen), "boss", self.now)

    def suspense(self) -> int:
        """What lies there by all vouchers."""
        rows = self.place.raw("SELECT debit, credit, fen FROM voucher")
        return sum(int(fen) * ((credit == "suspense") - (debit == "suspense")) for debit, credit, fen in rows)

    def holds(self) -> bool:
        """Whether the journal finds nothing wrong."""
        with self.place.reading() as reader:
            return reader.faults() == []


@pytest.fixture
def desk(place: Place, journal: Journal, side: Side) -> Desk:
    """An empty journal with people."""
    return Desk(place, journal, side)


def untouched(desk: Desk, act: Callable[[], Any], refused: type[Exception], match: str) -> None:
    """Something is refused, and leaves no trace."""
    before = desk.place.dump()
    with pytest.raises(refused, match=match):
        act()
    assert desk.place.dump() == before


def test_the_same_difference_of_a_file_is_found_once_and_its_money_is_parked(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    assert desk.found(STRANGER) == [] and desk.suspense() == 500
    short = Difference(Type.SHORT, "", 8, -200, "a refund of nobody's")
    fee = Difference(Type.FEE, "", 8, -3, "another fee than agreed")
    theirs = Difference(Type.FEE, "", 8, -3, "another network fee", viewpoint=Viewpoint.MERCHANT)
    assert len(desk.found(STRANGER, short, fee, theirs)) == 3 and desk.suspense() == 300, "a fee is nobody's money"
    view = desk.breaks.view(number)
    assert (view.suspense_fen, view.takes_two, view.one.queue) == (500, True, "reconciliation")
    first, second, _, third = desk.breaks.page()
    assert desk.breaks.page(after=first.id, most=1) == [second] and desk.breaks.page(after=third.id) == []
    assert ("one_sided_theirs", "open", 1, 500) in desk.breaks.counts()
    assert desk.holds()


def test_the_writer_keeps_breaks_as_the_desk_does_and_a_corrected_file_takes_them_back(place: Place) -> None:
    journal = place.open()
    many = [Difference(Type.ONE_SIDED_THEIRS, "", n, 1, "w") for n in range(1, 602)]
    words = ("20260923", 10, True, NOON_MS)
    journal.begin_file("d1", "a", *words)
    assert journal.put_breaks("d1", FilePart(), "20260923", many, NOON_MS) == 601
    assert journal.put_breaks("d1", FilePart(), "20260923", many, NOON_MS) == 0
    assert place.raw("SELECT count(*) FROM voucher") == [(601,)]
    journal.begin_file("d2", "b", *words, corrects="d1")
    assert place.raw("SELECT DISTINCT state FROM breaks") == [("superseded",)]
    assert place.raw("SELECT sum(CASE WHEN credit = 'suspense' THEN fen ELSE -fen END) FROM voucher") == [(0,)]
    with place.reading() as reader:
        assert reader.faults() == []


def test_without_a_rule_everything_takes_two(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    proposed = desk.breaks.resolve(number, "li", desk.wanted(number))
    assert (proposed.state, proposed.proposed_by, desk.suspense()) == ("proposed", "li", 500)
    done = desk.breaks.approve(number, "zhang", desk.shown(number))
    assert (done.state, done.proposed_by, done.approved_by, desk.suspense()) == ("resolved", "li", "zhang", 0)
    ((debit, credit, fen),) = desk.place.raw("SELECT debit, credit, fen FROM voucher WHERE act = ?", done.act)
    assert (debit, credit, fen) == ("suspense", "cardholder payable", 500)
    assert desk.holds()


def test_up_to_the_limit_of_the_day_one_person_is_enough(desk: Desk) -> None:
    desk.alone_up_to(500)
    small, large = desk.found(STRANGER, Difference(Type.LONG, "", 8, 501, "w"))
    assert desk.breaks.resolve(small, "li", desk.wanted(small)).state == "resolved"
    assert desk.breaks.resolve(large, "li", desk.wanted(large)).state == "proposed"
    desk.now = NOON_MS - 2 * DAY_MS
    assert desk.breaks.view(large).takes_two, "the rule was not in force yet"


@pytest.mark.parametrize("how", ["clerk", "promoted", "other name in the session"])
def test_nobody_approves_what_they_proposed(desk: Desk, how: str) -> None:
    (number,) = desk.found(STRANGER)
    desk.breaks.resolve(number, "li", desk.wanted(number))
    if how == "promoted":
        desk.people.change("li", "boss", NOON_MS, roles=frozenset({Role.SUPERVISOR, Role.FINANCE}))
    match = "may not approve" if how == "clerk" else "second person"
    if how != "other name in the session":
        untouched(desk, lambda: desk.breaks.approve(number, "li", desk.shown(number)), NotAllowed, match)
    untouched(desk, lambda: desk.breaks.approve(number, "mei", desk.shown(number)), NotAllowed, "may not approve")
    with pytest.raises(Exception, match=r"(?i)check"):
        desk.place.raw("UPDATE breaks SET approved_by = 'li' WHERE id = 1")


def test_an_approval_is_bound_to_what_was_shown(desk: Desk) -> None:
    desk.journal.apply([sale(1), asked(1)])
    (number,) = desk.found(Difference(Type.STATUS, name_of(1), 3, AMOUNT_FEN, "they disagree"))
    stale = desk.shown(number)
    desk.breaks.resolve(number, "li", desk.wanted(number, Resolution.CARDHOLDER))
    untouched(desk, lambda: desk.breaks.approve(number, "zhang", stale), Overtaken, "not what you were shown")
    seen = desk.shown(number)
    desk.journal.apply([cleared(1, 1, 0)])
    untouched(desk, lambda: desk.breaks.approve(number, "zhang", seen), Overtaken, "not what you were shown")
    assert desk.breaks.approve(number, "zhang", desk.shown(number)).state == "resolved"


def test_a_decision_on_something_that_changed_is_refused(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    wanted = desk.wanted(number)
    desk.breaks.resolve(number, "li", wanted)
    desk.breaks.reject(number, "zhang", "ask the shop first")
    untouched(desk, lambda: desk.breaks.resolve(number, "li", wanted), Overtaken, "not what you were shown")
    assert desk.breaks.resolve(number, "mei", desk.wanted(number)).proposed_by == "mei"


def test_money_in_suspense_is_never_only_explained(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    explained = desk.wanted(number, Resolution.EXPLAINED)
    untouched(desk, lambda: desk.breaks.resolve(number, "li", explained), TheirMistake, "500 fen lie in suspense")
    (fee,) = desk.found(Difference(Type.FEE, "", 9, -3, "another fee"))
    assert desk.breaks.resolve(fee, "li", desk.wanted(fee, Resolution.EXPLAINED)).state == "proposed"


@pytest.mark.parametrize(
    "changed", [{"reason": "no"}, {"reason": "a\nb\nc"}, {"evidence": ()}, {"evidence": ("x",)}, {"reason": "r" * 501}]
)
def test_a_decision_without_reason_or_evidence_is_none(desk: Desk, changed: dict[str, Any]) -> None:
    (number,) = desk.found(STRANGER)
    words = {"how": Resolution.LOSS, "reason": "written off", "evidence": ("note",), "shown": desk.shown(number)}
    wanted = Decision(**(words | changed))
    untouched(desk, lambda: desk.breaks.resolve(number, "li", wanted), TheirMistake, "reason|evidence")


@pytest.mark.parametrize("who", ["sun", "boss", "nobody", ""])
def test_who_may_not_resolve_does_not(desk: Desk, who: str) -> None:
    (number,) = desk.found(STRANGER)
    wanted = desk.wanted(number)
    untouched(desk, lambda: desk.breaks.resolve(number, who, wanted), NotAllowed, "may not resolve|does not work")


def test_a_proposal_grows_old(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    desk.breaks.resolve(number, "li", desk.wanted(number))
    desk.now += PROPOSAL_MS + 1
    untouched(desk, lambda: desk.breaks.approve(number, "zhang", desk.shown(number)), Overtaken, "too old")
    assert desk.breaks.resolve(number, "mei", desk.wanted(number)).proposed_by == "mei"
    assert desk.breaks.approve(number, "zhang", desk.shown(number)).state == "resolved"


def test_a_proposal_is_sent_back_by_a_second_person_or_taken_back_by_the_first(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    desk.breaks.resolve(number, "li", desk.wanted(number))
    untouched(desk, lambda: desk.breaks.reject(number, "mei", "not so"), NotAllowed, "may not approve")
    assert desk.breaks.reject(number, "li", "my mistake").state == "open"
    untouched(desk, lambda: desk.breaks.reject(number, "zhang", "again"), Overtaken, "nothing is proposed")


@pytest.mark.parametrize("alone", [True, False])
def test_of_fifty_who_resolve_at_once_one_does_and_the_others_hear_why(
    desk: Desk, place: Place, alone: bool
) -> None:
    if alone:
        desk.alone_up_to(500)
    (number,) = desk.found(STRANGER)
    wanted = desk.wanted(number)
    heard = race(place, lambda breaks, n: breaks.resolve(number, ("li", "mei")[n % 2], wanted))
    assert len([one for one in heard if isinstance(one, Break)]) == 1
    assert all("already, by" in str(one) or "quicker" in str(one) for one in heard if not isinstance(one, Break))
    assert desk.breaks.page("all")[0].state == ("resolved" if alone else "proposed")
    assert desk.suspense() == (0 if alone else 500) and desk.holds()


def test_of_fifty_who_approve_at_once_one_does(desk: Desk, place: Place) -> None:
    (number,) = desk.found(STRANGER)
    desk.people.add("wu", "wu", frozenset({Role.FINANCE}), "boss", NOON_MS)
    desk.breaks.resolve(number, "li", desk.wanted(number))
    shown = desk.shown(number)
    heard = race(place, lambda breaks, n: breaks.approve(number, ("zhang", "wu")[n % 2], shown))
    assert len([one for one in heard if isinstance(one, Break)]) == 1
    assert desk.suspense() == 0 and desk.holds()


def race(place: Place, act: Callable[[Breaks, int], Break]) -> list[Break | Exception]:
    """Fifty at once, on five connections; what each got."""
    sides = [Side.open(place.path) for _ in range(5)]
    start, heard = threading.Barrier(RACERS, timeout=WAIT_S), list[Break | Exception]()

    def one(n: int) -> None:
        start.wait()
        try:
            heard.append(act(Breaks(sides[n % len(sides)], lambda: NOON_MS), n))
        except Exception as error:  # noqa: BLE001 - looked at below
            heard.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for side in sides:
        side.close()
    assert len(heard) == RACERS
    assert all(isinstance(one, Break | Overtaken) for one in heard), heard
    return heard


def test_a_case_with_a_suspense_balance_stays_open_until_the_money_has_gone(desk: Desk) -> None:
    desk.alone_up_to(AMOUNT_FEN)
    desk.journal.apply([*kept(1), asked(1, NOON_MS + 2 * DAY_MS)])  # charged, and the shop does not count it any more
    ((case,),) = desk.place.raw("SELECT id FROM cases")

    def close() -> str:
        return desk.breaks.close_case(case, "li", "the shop was called")

    untouched(desk, close, TheirMistake, f"{AMOUNT_FEN} fen of its payment lie in suspense")
    (number,) = desk.found(Difference(Type.LONG, name_of(1), 4, AMOUNT_FEN, "kept and not counted"))
    untouched(desk, close, TheirMistake, "a difference about its payment is not resolved")
    assert desk.breaks.view(number).suspense_fen == AMOUNT_FEN
    assert desk.breaks.resolve(number, "li", desk.wanted(number)).state == "resolved"
    assert close() == name_of(1)
    assert desk.place.raw("SELECT state, closed_by IS NULL FROM cases") == [("closed", 0)]
    untouched(desk, close, TheirMistake, "no open case")
    assert desk.holds()


def test_the_statement_that_closes_a_case_looks_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.journal.apply([*kept(1), asked(1, NOON_MS + 2 * DAY_MS)])
    ((case,),) = desk.place.raw("SELECT id FROM cases")
    monkeypatch.setattr(Breaks, "_suspense", lambda *_: 0)
    untouched(desk, lambda: desk.breaks.close_case(case, "li", "all is well"), TheirMistake, "in suspense")


def test_a_voucher_or_a_resolution_that_no_act_made_is_found(desk: Desk) -> None:
    (number,) = desk.found(STRANGER)
    desk.breaks.resolve(number, "li", desk.wanted(number))
    desk.breaks.approve(number, "zhang", desk.shown(number))
    assert desk.holds()
    for harm, heal, told in (
        ("UPDATE voucher SET fen = 499", "UPDATE voucher SET fen = 500", "are not those it booked"),
        ("UPDATE breaks SET act = 1", f"UPDATE breaks SET act = {desk.breaks.page('all')[0].act}", "no act says so"),
        ("UPDATE act SET actor = 'mei' WHERE actor = 'li'", "UPDATE act SET actor = 'li' WHERE actor = 'mei'",
         "labelled otherwise"),
    ):  # fmt: skip
        desk.place.raw(harm)
        with desk.place.reading() as reader:
            assert any(told in fault for fault in reader.faults()), harm
        desk.place.raw(heal)
        assert desk.holds()


def test_a_limit_takes_two_people_and_a_day_that_is_not_over(desk: Desk) -> None:
    rules = desk.rules
    for name, day, value in (("no.such", TODAY, "1"), (ALONE_UP_TO_FEN, "20260101", "1"), (ALONE_UP_TO_FEN, "x", "1"),
                             (ALONE_UP_TO_FEN, TODAY, "-1"), (ALONE_UP_TO_FEN, TODAY, "1.5")):  # fmt: skip
        with pytest.raises(TheirMistake):
            rules.propose(name, day, value, "because", "zhang", NOON_MS)
    with pytest.raises(NotAllowed):
        rules.propose(ALONE_UP_TO_FEN, TODAY, "1", "because", "li", NOON_MS)
    rules.propose(ALONE_UP_TO_FEN, TODAY, "100", "because", "zhang", NOON_MS)
    assert rules.limit(ALONE_UP_TO_FEN, NOON_MS) is None
    with pytest.raises(NotAllowed, match="second person"):
        rules.approve(ALONE_UP_TO_FEN, TODAY, "100", "zhang", NOON_MS)
    rules.propose(ALONE_UP_TO_FEN, TODAY, "99999", "because", "zhang", NOON_MS)
    with pytest.raises(TheirMistake, match="another one now"):
        rules.approve(ALONE_UP_TO_FEN, TODAY, "100", "boss", NOON_MS)
    with pytest.raises(TheirMistake, match="its day is over"):
        rules.approve(ALONE_UP_TO_FEN, TODAY, "99999", "boss", NOON_MS + DAY_MS)
    rules.approve(ALONE_UP_TO_FEN, TODAY, "99999", "boss", NOON_MS)
    with pytest.raises(TheirMistake, match="approved for this day already"):
        rules.propose(ALONE_UP_TO_FEN, TODAY, "1", "because", "zhang", NOON_MS)
    with pytest.raises(TheirMistake, match="no such rule waits"):
        rules.approve(ALONE_UP_TO_FEN, TODAY, "1", "boss", NOON_MS)
    assert rules.limit(ALONE_UP_TO_FEN, NOON_MS) == 99_999
    assert [one.approved_by for one in rules.all()] == ["boss"]
