"""S-40: a change is linked to its problem and its release, and the failure rate before and after is shown by itself."""

from __future__ import annotations

from chongzheng.cases.measured import Attempt, before_and_after
from requirements.desk import DAY_MS, HOUR_MS, Desk

SPAN_MS = 7 * DAY_MS


def test_s_40(desk: Desk) -> None:
    problem = desk.open("problem", {"title": "reversals given up", "cause": "SW-RETRY"}, "li")
    planned = {"what": "resend for a day", "problem": problem.id, "release": "4.2", "way_back": "back to 4.1"}
    window = {"from_at": desk.now + HOUR_MS, "until_at": desk.now + 9 * HOUR_MS}
    change = desk.open("change", {**planned, **window}, "li")
    assert [one.id for one in desk.matters.tagged("change", "problem", problem.id)] == [change.id]
    assert [one.id for one in desk.matters.tagged("change", "release", "4.2")] == [change.id]
    desk.say(change, "Approved", "zhang")
    desk.now += 2 * HOUR_MS
    turned_at = desk.say(change, "PutInPlace", "qian").body["in_place_at"]
    # Every fifth reversal of the week before fails, every fiftieth of the week after.
    weeks = [Attempt(turned_at - SPAN_MS + n * HOUR_MS, n % 5 == 0 if n < 168 else n % 50 == 0) for n in range(336)]
    shown = desk.say(change, "Counted", **before_and_after(weeks, turned_at, SPAN_MS)).body["figures"][-1]
    assert (shown["before_ppm"], shown["after_ppm"], shown["verdict"]) == (202_381, 17_857, "works")
    assert desk.say(change, "Proven", "zhang").state == "PROVEN"
    heard = [(one["fact"], one.get("change", "")) for one in desk.matters.get(problem.id).body["heard"]]
    assert heard == [("ChangePlanned", ""), ("ChangeInPlace", change.id), ("ChangeProven", change.id)]
