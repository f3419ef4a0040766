"""S-40: a change is linked to its problem and its release, and the failure rate before and after is shown by itself."""

from __future__ import annotations

from chongzheng.journal import rates
from journal.made import asked, sale, undone
from requirements.desk import DAY_MS, HOUR_MS, Desk


def reversals(desk: Desk, first: int, count: int, failed: int, at: int) -> None:
    """So many payments whose answer was lost, opened at an instant; this many of their reversals are refused."""
    for n in range(first, first + count):
        for submission in (sale(n), asked(n), undone(n, code="12" if n < first + failed else "00")):
            desk.journal.apply([submission])
        desk.place.raw("UPDATE payment SET opened_at = ? WHERE stan = ?", at, f"{n:06d}")


def test_s_40(desk: Desk) -> None:
    problem = desk.open("problem", {"title": "reversals given up", "cause": "SW-RETRY"}, "li")
    planned = {"what": "resend for a day", "problem": problem.id, "release": "4.2", "way_back": "back to 4.1"}
    window = {"from_at": desk.now + HOUR_MS, "until_at": desk.now + 9 * HOUR_MS}
    change = desk.open("change", {**planned, **window}, "li")
    assert [one.id for one in desk.matters.tagged("change", "problem", problem.id)] == [change.id]
    assert [one.id for one in desk.matters.tagged("change", "release", "4.2")] == [change.id]
    desk.say(change, "Approved", "zhang")
    desk.now += 2 * HOUR_MS
    desk.say(change, "PutInPlace", "qian")
    reversals(desk, 1, 20, 10, desk.now - DAY_MS)
    reversals(desk, 21, 20, 1, desk.now + HOUR_MS)
    desk.now += DAY_MS
    assert rates.count(desk.matters, desk.side, {}, desk.now) == [change.id]
    (shown,) = desk.matters.get(change.id).body["figures"]
    assert (shown["before_ppm"], shown["after_ppm"], shown["verdict"]) == (500_000, 50_000, "works")
    assert desk.say(change, "Proven", "zhang").state == "PROVEN"
    heard = [(one["fact"], one.get("change", "")) for one in desk.matters.get(problem.id).body["heard"]]
    assert heard == [("ChangePlanned", ""), ("ChangeInPlace", change.id), ("ChangeProven", change.id)]
