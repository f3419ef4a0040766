"""Do clocks run, pause for listed reasons only, warn, run out and forecast as an operator would by hand?"""

from __future__ import annotations

from chongzheng.cases import sla
from chongzheng.cases.calendar import CALENDAR, DAY_MS, HOUR_MS, instant

DAYS = CALENDAR.shipped
RULES = sla.CLOCKS.shipped
NOON = instant("20260922", 12)


def one(due: int = 1_000) -> sla.Clock:
    return sla.clock("final", sla.INTERNAL, 0, due, ["Closed"])


def test_what_is_shipped_is_right_and_a_senseless_row_is_not() -> None:
    assert [sla.CLOCKS.wrong(row) for row in RULES.values()] == [""] * len(RULES)
    assert [sla.PAUSES.wrong(row) for row in sla.PAUSES.shipped.values()] == [""] * 6
    assert "out of range" in sla.CLOCKS.wrong({**RULES["final"], "n": 0})
    assert "out of range" in sla.CLOCKS.wrong({**RULES["final"], "warn_pct": 100})
    assert "law" in sla.PAUSES.wrong({"zh": "等", "en": "wait", "clocks": ["legal"]})


def test_a_case_starts_the_clocks_of_its_severity() -> None:
    clocks = {c["name"]: c["due_at"] for c in sla.started(RULES, DAYS, "opened", NOON, "S1")}
    assert clocks == {
        "first touch S1": NOON + HOUR_MS // 2,
        "decision": instant("20260923", 12),
        "final": instant("20260928"),  # Friday the 25th is a holiday
    }
    assert "first touch" in {c["name"] for c in sla.started(RULES, DAYS, "opened", NOON, "S4")}
    (legal,) = sla.started(RULES, DAYS, "complaint", NOON, "S4")
    assert (legal["kind"], legal["due_at"]) == ("legal", instant("20261007"))


def test_where_the_calendar_ends_a_clock_counts_earlier_and_says_so() -> None:
    eve = instant("20261231", 12)
    final = {c["name"]: c for c in sla.started(RULES, DAYS, "opened", eve, "S4")}["final"]
    assert final["due_at"] == instant("20270103") and "add the row 2027" in final["uncounted"]
    assert sla.started(RULES, DAYS, "complaint", eve, "S4")[0]["uncounted"] == ""


def test_a_fact_meets_its_clocks_and_only_once() -> None:
    after = sla.met([one()], "Closed", 500)
    assert after[0]["met_at"] == 500 and sla.met(after, "Closed", 700) == after
    assert sla.met([one()], "Noted", 500) == [one()]
    assert sla.nearest(after) is None and sla.kept(after[0]) is True
    assert sla.kept(sla.met([one()], "Closed", 1_001)[0]) is False


def test_what_is_over_has_no_clock_that_runs() -> None:
    early = sla.met([one()], "Closed", 300)
    assert [c["met_at"] for c in sla.ended([one(), *early], 500)] == [500, 300]


def test_time_stands_still_in_a_pause_of_a_kind_that_may() -> None:
    legal = sla.clock("complaint", sla.LEGAL, 0, 1_000, ["Closed"])
    held = sla.paused([one(), legal], "merchant", ["internal"], 400)
    assert [c["paused_for"] for c in held] == ["merchant", ""]
    assert sla.nearest(held) == 700 and sla.forecast(held[0], 5_000, 1) == "paused"
    assert sla.used_pct(held[0], 9_999) == 40
    assert sla.paused(held, "issuer", ["internal"], 500) == held
    again = sla.resumed(held, 900)
    assert (again[0]["due_at"], again[0]["warn_at"], again[0]["paused_ms"]) == (1_500, 1_200, 500)
    assert again[1] == legal and sla.used_pct(again[0], 1_000) == 50
    twice = sla.resumed(sla.paused(again, "issuer", ["internal"], 1_000), 1_100)
    assert (twice[0]["paused_ms"], twice[0]["due_at"]) == (600, 1_600)
    done = sla.met(held, "Closed", 450)
    assert sla.resumed(done, 900) == done


def test_it_warns_then_runs_out_each_once() -> None:
    calm, risky, broken = sla.ran([one()], 699)
    assert (calm, risky, broken) == ([one()], [], []) and sla.nearest(calm) == 700
    warned, risky, broken = sla.ran(calm, 700)
    assert (risky, broken, sla.nearest(warned)) == (["final"], [], 1_000)
    assert sla.ran(warned, 800) == (warned, [], [])
    out, risky, broken = sla.ran(warned, 1_000)
    assert (risky, broken, sla.nearest(out), sla.kept(out[0])) == ([], ["final"], None, False)
    assert sla.ran(out, 2_000) == (out, [], [])
    assert sla.ran([one()], 1_000)[2] == ["final"]


def test_a_breach_is_forecast_from_what_such_work_usually_takes() -> None:
    week = sla.clock("final", sla.INTERNAL, 0, 7 * DAY_MS, ["Closed"])
    said = [sla.forecast(week, at * DAY_MS, DAY_MS) for at in (0, 4.9, 5.5, 6.5, 7)]
    assert said == ["in time", "at risk", "at risk", "likely broken", "broken"]
    assert sla.forecast(week, 4 * DAY_MS, 2 * DAY_MS) == "at risk"
    assert sla.forecast(sla.met([week], "Closed", 1)[0], 9 * DAY_MS, 1) == "met"


def test_the_share_of_kept_clocks_counts_those_that_ended() -> None:
    late, good = sla.met([one()], "Closed", 2_000)[0], sla.met([one()], "Closed", 2)[0]
    assert sla.kept_share([one(), late, good, good]) == (2, 3)


def test_what_is_shown_of_clocks_is_the_most_pressing_first() -> None:
    later = sla.clock("later", sla.LEGAL, 0, 5_000, [])
    waits = sla.paused([sla.clock("waits", sla.INTERNAL, 0, 9_000, [])], "issuer", ["internal"], 100)
    shown = sla.outlook([*waits, later, one(), *sla.met([one()], "Closed", 1)], 900, sla.usual_ms([50, 900, 200]))
    assert [(c["name"], c["used_pct"], c["forecast"]) for c in shown] == [
        ("final", 90, "likely broken"), ("later", 18, "in time"), ("waits", 1, "paused"),
    ]  # fmt: skip
    assert sla.usual_ms([]) == 0
