"""Does the program say what is due of matters, once, in bounded batches, and does one that fails stop no other?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import apsw
import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal import Journal, rounds
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.errands import Errand
from chongzheng.journal.matters import Matters
from chongzheng.journal.post import Post
from chongzheng.journal.registers import Registers
from chongzheng.journal.rounds import BATCH_MAX, SET_ASIDE_MS, Rounds
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from journal.made import DAY_MS, NOON_MS, asked, cleared, name_of, reply, sale, written
from journal.place import Place


class Desk:
    """A keeper with a clock, its rounds, and what they set aside."""

    def __init__(self, side: Side) -> None:
        self.now, self.side = NOON_MS, side
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
        self.matters = Matters(side, lambda: self.now, Registers(side))
        self.failed: list[tuple[str, str]] = []
        self.rests = 0
        self.rounds = self.another()

    def another(self) -> Rounds:
        """Rounds of another engine."""
        return Rounds(self.matters, self.side, lambda: self.now, lambda *words: self.failed.append(words), self.rest)

    def rest(self) -> bool:
        """Go on."""
        self.rests += 1
        return True

    def cases(self) -> list[Matter]:
        """All of them."""
        return self.matters.page("case")


@pytest.fixture
def desk(journal: Journal, side: Side) -> Desk:
    """A desk at an empty journal."""
    return Desk(side)


def short(journal: Journal, *numbers: int) -> None:
    """Sales that went well, and were returned by the file all the same: the engine opens a case of each."""
    for n in numbers:
        journal.apply([sale(n), reply(n), written(n), cleared(n, 1, 1)])


def test_cases_of_the_engine_are_given_once_and_again_when_it_opens_them_again(
    journal: Journal, desk: Desk, place: Place
) -> None:
    short(journal, 1, 2, 3)
    assert (desk.rounds.adopt(), desk.rounds.adopt(), desk.another().adopt()) == (3, 0, 0)
    assert desk.rests == 3
    first = desk.cases()[0]
    place.raw("UPDATE matter SET closed = 1, state = 'CLOSED' WHERE no = ?", int(first.id.rpartition("-")[2]))
    assert (desk.rounds.adopt(), desk.rounds.adopt()) == (1, 0)
    assert desk.matters.get(first.id).state == "REOPENED"


def test_one_that_fails_is_set_aside_loudly_and_tried_again_later(
    journal: Journal, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(journal, 1, 2, 3)
    good: Callable[..., Matter] = desk.matters.open

    def bad(kind: str, said: dict[str, Any], *words: Any, **more: Any) -> Matter:
        if more["payment"] == name_of(2):
            raise OurMistake("a rule fell over", name_of(2))
        return good(kind, said, *words, **more)

    monkeypatch.setattr(desk.matters, "open", bad)
    assert (desk.rounds.adopt(), desk.rounds.adopt()) == (2, 0)
    assert [name for name, _ in desk.failed] == ["engine case 2"] and "a rule fell over" in desk.failed[0][1]
    assert desk.rounds.aside.count() == 1
    monkeypatch.undo()
    assert desk.rounds.adopt() == 0, "not yet"
    desk.now += SET_ASIDE_MS
    assert desk.rounds.aside.count() == 0
    assert desk.rounds.adopt() == 1


def test_a_database_that_is_away_is_no_matters_fault(
    journal: Journal, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(journal, 1)

    def busy(*words: Any, **more: Any) -> Matter:
        raise apsw.BusyError("database is locked")

    monkeypatch.setattr(desk.matters, "open", busy)
    with pytest.raises(apsw.BusyError):
        desk.rounds.adopt()
    assert desk.failed == []
    monkeypatch.undo()
    assert desk.rounds.adopt() == 1


def test_clocks_ring_once_when_they_are_due(desk: Desk) -> None:
    said = {"source": "complaint", "why": "debited twice"}
    case = desk.matters.open("case", said, "li")
    assert case.due_at is not None and desk.rounds.ring() == 0
    desk.now = case.due_at
    other = desk.another()
    assert (desk.rounds.ring(), desk.rounds.ring(), other.ring()) == (1, 0, 0)
    after = desk.matters.get(case.id)
    assert after.body["escalations"] and after.due_at is not None and after.due_at > desk.now


def test_a_clock_that_rang_meanwhile_does_not_ring_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.matters.open("case", {"source": "complaint", "why": "debited twice"}, "li")
    assert case.due_at is not None
    desk.now = case.due_at
    ask: Callable[..., list[Any]] = desk.side.ask
    stale = ask("matters_due_after", now=desk.now, at=-1, no=0, most=9)
    assert desk.another().ring() == 1
    found = lambda name, **words: stale if name == "matters_due_after" else ask(name, **words)  # noqa: E731
    monkeypatch.setattr(desk.side, "ask", found)
    assert desk.rounds.ring() == 0
    assert len(desk.matters.story(case.id)) == 2 and desk.failed == []


def test_a_clock_that_nothing_stops_is_set_aside_and_not_rung_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.matters.open("case", {"source": "complaint", "why": "debited twice"}, "li")
    assert case.due_at is not None
    desk.now = case.due_at
    monkeypatch.setattr(desk.matters, "tell", lambda matter, fact, said, depth: desk.matters.get(matter))
    assert (desk.rounds.ring(), desk.rounds.ring()) == (0, 0)
    assert [name for name, _ in desk.failed] == [case.id]


def test_what_is_set_aside_does_not_hide_what_is_behind_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BATCH_MAX", 2)
    cases = [desk.matters.open("case", {"source": "complaint", "why": f"no {n}"}, "li") for n in range(5)]
    assert cases[-1].due_at is not None
    desk.now = cases[-1].due_at
    for one in cases[:4]:
        desk.rounds.aside.put(one.id, "it fails")
    assert [desk.rounds.ring() for _ in range(3)] == [0, 0, 1]
    assert not desk.rounds.more


def test_open_matters_hear_how_their_payment_stands_now(journal: Journal, desk: Desk) -> None:
    journal.apply([sale(1), reply(1), written(1)])
    case = desk.matters.open("case", {"source": "complaint", "why": "debited"}, "li", payment=name_of(1))
    assert desk.rounds.tell() == 0
    journal.apply([asked(1, at=NOON_MS + 2 * DAY_MS)])
    assert (desk.rounds.tell(), desk.rounds.tell()) == (1, 0)
    assert desk.matters.get(case.id).body["standing"]["state"] == "REVERSING"


def test_a_round_looks_at_so_many_and_the_next_goes_on_behind_them(
    journal: Journal, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "LOOKED_AT_MAX", 2)
    journal.apply([part for n in range(5) for part in (sale(n), reply(n), written(n))])
    for n in range(5):
        desk.matters.open("case", {"source": "complaint", "why": "debited"}, "li", payment=name_of(n))
    journal.apply([asked(4, at=NOON_MS + 2 * DAY_MS)])
    found = []
    for _ in range(3):
        found.append((desk.rounds.tell(), desk.rounds.more))
    assert found == [(0, True), (0, True), (1, False)]
    short(journal, 11, 12, 13)
    assert [desk.rounds.adopt() for _ in range(3)] == [2, 1, 0]


def test_a_stop_ends_a_round_after_the_transaction_under_way(journal: Journal, desk: Desk) -> None:
    short(journal, 1, 2, 3)
    stopped = Rounds(desk.matters, desk.side, lambda: desk.now, lambda *words: None, lambda: False)
    assert stopped.adopt() == 1
    assert len(desk.cases()) == 1


def test_a_wave_is_taken_batch_by_batch(journal: Journal, desk: Desk, place: Place) -> None:
    short(journal, *range(BATCH_MAX + 5))
    taken = [desk.rounds.adopt(), desk.rounds.more, desk.rounds.adopt(), desk.rounds.more]
    assert taken == [BATCH_MAX, True, 5, False]
    assert len({case.payment for case in (*desk.cases(), *desk.matters.page("case", BATCH_MAX))}) >= BATCH_MAX + 5
    place.audit()


def noticed(desk: Desk, state: str, matter: str, template: str = "cardholder.promise_given") -> int:
    """A notice of a matter that came to this end."""
    post = Post(desk.side)
    post.put(desk.now, matter, template, "li", f"{matter} {state} {template}", {"audience": "cardholder"})
    (notice,) = post.claim(desk.now)
    if state == "sent":
        post.sent(notice.id, "250 OK", desk.now)
    else:
        post.failed(notice, "552 mailbox full", desk.now, for_good=True)
    return notice.id


def test_a_case_hears_once_what_became_of_its_notices(desk: Desk) -> None:
    case = desk.matters.open("case", {"source": "complaint", "why": "debited twice"}, "li")
    sent, failed = noticed(desk, "sent", case.id), noticed(desk, "failed", case.id)
    assert (desk.rounds.hear(), desk.rounds.hear(), desk.another().hear()) == (2, 0, 0)
    after = desk.matters.get(case.id)
    (told,), (lost,) = after.body["notices"], after.body["failures"]
    assert (told["notice"], told["audience"], told["reference"]) == (sent, "cardholder", "250 OK")
    assert (lost["notice"], lost["why"]) == (failed, "552 mailbox full")
    assert Post(desk.side).retry(failed, desk.now)
    (again,) = Post(desk.side).claim(desk.now)
    Post(desk.side).sent(again.id, "250 at last", desk.now)
    assert desk.rounds.hear() == 1
    assert len(desk.matters.get(case.id).body["notices"]) == 2


def test_a_notice_that_did_not_arrive_and_that_nobody_waits_for_is_a_task(desk: Desk) -> None:
    words = {"what": "call them", "team": "operations"}
    task = desk.matters.open("task", words, "li")
    number = noticed(desk, "failed", task.id)
    assert noticed(desk, "sent", task.id) == number + 1
    assert (desk.rounds.hear(), desk.rounds.hear()) == (2, 0)
    (made,) = desk.matters.of_parent(task.id)
    assert made.kind == "task" and f"notice {number}" in made.body["what"] and "mailbox full" in made.body["what"]


def test_an_errand_that_nobody_knows_is_set_aside(desk: Desk) -> None:
    strange = Errand(7, "P1", "MoneyWished", "li", 0, 0)
    assert desk.rounds.errand(strange) is None and desk.rounds.errand(strange) is None
    assert [name for name, _ in desk.failed] == ["errand 7"]
    assert desk.rounds.errand(Errand(8, "P1", "CheckAsked", "li", 0, 0)) is not None


def test_an_ended_matter_that_has_a_row_for_it_hears_how_its_payment_moves_on(
    journal: Journal, desk: Desk, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was given back for good, and now comes back another way too, must be found out."""
    assert ("refund", "CONFIRMED_FINAL") in rounds.LATE
    journal.apply([part for n in (1, 2) for part in (sale(n), reply(n), written(n))])
    for n in (1, 2):
        desk.matters.open("case", {"source": "complaint", "why": "debited"}, "li", payment=name_of(n))
    place.raw("UPDATE matter SET kind = 'refund', state = 'CONFIRMED_FINAL', closed = 1 WHERE no = 1")
    place.raw("UPDATE matter SET state = 'CLOSED', closed = 1 WHERE no = 2")
    journal.apply([asked(n, at=NOON_MS + 2 * DAY_MS) for n in (1, 2)])
    told: list[str] = []

    def heard(matter: str, facts: int) -> bool:
        desk.side.ask("set_seen", no=int(matter.rpartition("-")[2]), seen=facts)
        told.append(matter)
        return True

    monkeypatch.setattr(desk.matters, "tell_standing", heard)
    assert (desk.rounds.tell(), desk.rounds.tell(), told) == (1, 0, ["refund-1"])


def test_a_deadline_without_a_row_says_nothing_and_is_no_failure(desk: Desk, place: Place) -> None:
    case = desk.matters.open("case", {"source": "complaint", "why": "debited"}, "li")
    place.raw("UPDATE matter SET kind = 'slip', state = 'UNMATCHED', due_at = ?", NOON_MS - 1)
    assert desk.rounds.ring() == 0 and desk.failed == [] and case.due_at is not None
