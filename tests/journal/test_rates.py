"""Are reversals counted as they ended, on both sides of a change, in the canary and beside it, once a day?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chongzheng.journal import Journal, rates
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from journal.made import DAY_MS, NOON_MS, asked, sale, undone
from journal.place import Place

HOUR_MS = 3_600_000
UNITS = {name: {"model": "N9"} for name in ("T1", "T2", "T3")}


class Clock:
    """What the clock says; the keeper of matters reads it."""

    now = NOON_MS


@pytest.fixture
def matters(side: Side) -> Iterator[Matters]:
    """A keeper with three people, at noon."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    for who, role in (("li", Role.CLERK), ("zhang", Role.SUPERVISOR), ("qian", Role.TECHNICIAN)):
        people.add(who, who, frozenset({role}), "boss", NOON_MS)
    Clock.now = NOON_MS
    yield Matters(side, lambda: Clock.now, Registers(side))


def reversal(place: Place, journal: Journal, n: int, at: int, code: str | None, terminal: str = "T1") -> None:
    """A sale at a terminal whose answer was lost; its reversal ends with this code, or is under way."""
    for submission in (sale(n), asked(n), *([undone(n, code=code)] if code else [])):
        journal.apply([submission])
    place.raw("UPDATE payment SET terminal = ?, opened_at = ? WHERE stan = ?", terminal, at, f"{n:06d}")


def test_what_is_under_way_is_not_counted_and_what_is_not_back_failed(
    place: Place, journal: Journal, side: Side
) -> None:
    for n, code in enumerate(("00", "00", "12", None)):
        reversal(place, journal, n + 1, NOON_MS + n, code)
    journal.apply([sale(9, NOON_MS)])
    assert rates.attempts(side, NOON_MS, NOON_MS + 10) == (1, 3)
    assert rates.attempts(side, NOON_MS, NOON_MS + 10, ["T1", "T1"]) == (1, 3)
    assert rates.attempts(side, NOON_MS, NOON_MS + 10, ["T2"]) == (0, 0)
    assert rates.attempts(side, NOON_MS + 1, NOON_MS + 2) == (0, 1)
    assert rates.attempts(side, NOON_MS, NOON_MS) == (0, 0)


def change(matters: Matters, **more: Any) -> str:
    """A change that was put in place a minute ago."""
    window = {"from_at": Clock.now + HOUR_MS, "until_at": Clock.now + 2 * HOUR_MS}
    one = matters.open("change", {"what": "resend for a day", "way_back": "as before", **window, **more}, "li")
    matters.say(one.id, "Approved", {}, "zhang", matters.view(one.id).hash)
    Clock.now += HOUR_MS
    matters.say(one.id, "PutInPlace", {}, "qian")
    return one.id


def figures(matters: Matters, matter: str, name: str = "figures") -> list[tuple[int, int, int]]:
    """What was counted: rates before and after in ppm, and of how many."""
    return [(one["before_ppm"], one["after_ppm"], one["n"]) for one in matters.get(matter).body[name]]


def test_a_change_is_shown_its_rate_before_and_after_once_a_day(
    place: Place, journal: Journal, side: Side, matters: Matters
) -> None:
    everywhere, here, model = change(matters), change(matters, terminals=["T1"]), change(matters, terminals=["N9"])
    turned_at = Clock.now - 2 * HOUR_MS
    for n, (days, code) in enumerate(((-2, "12"), (-1, "12"), (-1, "00"), (1, "00"), (1, "12"), (-9, "00"))):
        reversal(place, journal, n + 1, turned_at + days * DAY_MS, code, "T1" if n % 2 else "T2")
    assert rates.count(matters, side, UNITS, Clock.now) == [], "nothing was counted after it yet"
    Clock.now += 2 * DAY_MS
    assert set(rates.count(matters, side, UNITS, Clock.now)) == {everywhere, here, model}
    assert figures(matters, everywhere) == [(666_667, 500_000, 5)] == figures(matters, model)
    assert figures(matters, here) == [(1_000_000, 0, 2)]
    assert rates.count(matters, side, UNITS, Clock.now + DAY_MS - 1) == []
    Clock.now += DAY_MS
    assert len(rates.count(matters, side, UNITS, Clock.now)) == 3


def test_a_canary_is_counted_beside_the_others_of_its_model_and_stopped_by_its_rule(
    place: Place, journal: Journal, side: Side, matters: Matters
) -> None:
    one = matters.open("release", {"model": "N9", "version": "4.3", "what": "resends"}, "li").id
    matters.say(one, "CanaryStarted", {"terminals": ["T1"]}, "zhang")
    for n in range(12):
        reversal(place, journal, n + 1, NOON_MS + HOUR_MS, "00" if n < 6 else "12", ("T2", "T1")[n // 6])
    reversal(place, journal, 20, NOON_MS + HOUR_MS, "12", "T9")
    Clock.now += DAY_MS
    assert rates.count(matters, side, UNITS, Clock.now) == [one]
    assert figures(matters, one, "counted") == [(0, 1_000_000, 12)] and matters.get(one).state == "CANARY"


def test_what_ended_meanwhile_is_left_alone(
    place: Place, journal: Journal, side: Side, matters: Matters, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = change(matters)
    for n, at in enumerate((NOON_MS - HOUR_MS, Clock.now + HOUR_MS)):
        reversal(place, journal, n + 1, at, "00")
    Clock.now += DAY_MS

    def quicker(*_: Any) -> None:
        raise Overtaken("somebody was quicker")

    monkeypatch.setattr(Matters, "say", quicker)
    assert rates.count(matters, side, UNITS, Clock.now) == [] and matters.get(one).state == "IN_PLACE"


def test_one_that_cannot_be_told_stops_no_other(
    place: Place, journal: Journal, side: Side, matters: Matters, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = change(matters), change(matters)
    for n, at in enumerate((NOON_MS - HOUR_MS, Clock.now + HOUR_MS)):
        reversal(place, journal, n + 1, at, "00")
    Clock.now += DAY_MS
    say = Matters.say

    def broken(self: Matters, matter: str, *words: Any) -> Any:
        if matter == bad:
            raise OurMistake("a rule fell over", matter)
        return say(self, matter, *words)

    monkeypatch.setattr(Matters, "say", broken)
    failed: list[str] = []
    assert rates.count(matters, side, UNITS, Clock.now, lambda name, why: failed.append(name)) == [good]
    assert failed == [bad]
    with pytest.raises(OurMistake):
        rates.count(matters, side, UNITS, Clock.now + DAY_MS)
