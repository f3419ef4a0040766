"""Are the figures of a month those that a person counts, with intervals, and do they stay when the month is over?"""

from __future__ import annotations

import pytest

from chongzheng.cases.calendar import instant
from chongzheng.cases.matter import Matter
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.documents import Figure, Period, digest
from chongzheng.reports.period import period
from journal.made import NOON_MS
from requirements.desk import DAY_MS, HOUR_MS, Desk
from requirements.worked import in_doubt

FIRST, LAST = "20260901", "20260930"
OCTOBER = instant("20261001", 9)


def report(desk: Desk, first: str = FIRST, last: str = LAST) -> Period:
    with desk.place.reading() as reader:
        return period(reader, first, last, "en")


def figure(found: Period, name: str, month: int = 0) -> Figure:
    return next(one for one in found.months[month].figures if one.name == name)


def case(desk: Desk, payment: str = "", fen: int = 10_000) -> Matter:
    said = {"source": "person", "why": "it was told", **({} if payment else {"fen": fen})}
    return desk.open("case", said, "li", payment=payment)


def close(desk: Desk, one: Matter) -> None:
    for fact, said in (("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {"primary": "unknown"}),
                       ("Decided", {"action": "other"}), ("Remedied", {"result": "seen to"}),
                       ("Closed", {"outcome": "over"})):  # fmt: skip
        desk.say(one, fact, "li", **said)


def capa(desk: Desk) -> Matter:
    words = {"what": "longer wait", "sort": "corrective", "owner": "qian", "due_at": desk.now + DAY_MS}
    return desk.say(desk.open("capa", words, "li"), "Done", "qian", evidence="in release 4.2")


def measure(desk: Desk, one: Matter, after: int) -> None:
    desk.say(one, "Measured", "qian", failures_before=80, n_before=1_000, failures_after=after, n_after=1_000)


@pytest.fixture
def month(desk: Desk) -> Desk:
    """September: three cases closed after 1, 2 and 4 hours, one left open; one comes back; two measures done."""
    cases = [case(desk, fen=10_000 * n) for n in (1, 2, 3, 4)]
    for hours, one in zip((1, 1, 2), cases[:3], strict=True):
        desk.now += hours * HOUR_MS
        close(desk, one)
    desk.now = NOON_MS + DAY_MS
    desk.open("feedback", {"stars": 5, "solved": True}, parent=cases[0].id)
    desk.open("feedback", {"stars": 1, "solved": False}, parent=cases[1].id)
    measure(desk, capa(desk), 20)
    capa(desk)
    return desk


def test_the_figures_are_those_that_a_person_counts(month: Desk) -> None:
    month.now = OCTOBER
    month.open("task", {"what": "later", "team": "x"}, "li")
    found = report(month)
    assert (found.whole, [one.month for one in found.months]) == (None, ["202609"])
    assert (figure(found, "cases_opened").value, figure(found, "cases_closed").value) == (4, 2)
    assert figure(found, "cases_open").value == 2, "one never closed, one opened again"
    resolved = figure(found, "resolve_ms")
    assert (resolved.value, resolved.n) == (4 * HOUR_MS, 4), "two of four are open: the second to close is the median"
    assert resolved.low == HOUR_MS and resolved.high is None
    risk = figure(found, "risk_fen")
    assert (risk.value, risk.low, risk.high) == (60_000, 0, 90_000)
    assert figure(found, "closed_fen").value == 40_000
    again = figure(found, "reopened_ppm")
    assert (again.value, again.n) == (333_333, 3) and again.low is not None and again.low < 333_333 < (again.high or 0)
    effect = figure(found, "capa_ppm")
    assert (effect.value, effect.n, figure(found, "capa_ended").value) == (500_000, 2, 2)
    stars = figure(found, "stars_ppm")
    assert (stars.value, stars.n) == (500_000, 2)


def test_a_month_that_is_over_stays_as_it_was(month: Desk) -> None:
    month.now = OCTOBER
    month.open("task", {"what": "later", "team": "x"}, "li")
    before = report(month)
    assert before.as_of == before.until
    month.now += DAY_MS
    for one in month.matters.page("case", open_only=True):
        if one.state == "OPEN":
            close(month, one)
    for one in month.matters.page("capa", open_only=True):
        measure(month, one, 10)
    month.say("case-1", "Reopened", "zhang", reason="again")
    month.open("feedback", {"stars": 2, "solved": True}, parent="case-1")
    after = report(month)
    assert after == before and digest(after) == digest(before)
    both = report(month, FIRST, "20261031")
    assert [one.month for one in both.months] == ["202609", "202610"] and both.whole is not None
    assert figure(both, "cases_closed", 1).value == 1 and figure(both, "reopened_ppm", 1).value == 0
    assert (figure(both, "capa_ppm", 1).value, figure(both, "capa_ppm", 1).n) == (1_000_000, 1)
    whole = {one.name: one.value for one in both.whole.figures}
    assert whole["cases_opened"] == 4 and whole["capa_ended"] == 2


def test_a_month_that_goes_on_says_so_and_speaks_as_of_its_last_act(month: Desk) -> None:
    found = report(month)
    assert found.as_of == month.now + 1 < found.until
    month.now += DAY_MS
    assert report(month) == found, "time alone changes nothing"


def test_the_same_terminal_within_thirty_days_is_the_same_trouble(desk: Desk) -> None:
    for n in (1, 2):
        case(desk, in_doubt(desk, n))
        desk.now += DAY_MS
    case(desk, fen=5)
    repeat = figure(report(desk), "repeat_ppm")
    assert (repeat.value, repeat.n) == (500_000, 2), "a case without a terminal is not counted"
    desk.now += 31 * DAY_MS
    case(desk, in_doubt(desk, 3))
    assert figure(report(desk, "20261001", "20261031"), "repeat_ppm").value == 0


def test_promises_are_counted_when_they_fall_due_and_kept_late_is_broken(desk: Desk) -> None:
    one = case(desk)
    for day in ("20260922", "20260923", "20260924", "20261005"):
        desk.say(one, "PromiseMade", "li", what=f"call by {day}", day=day)
    desk.say(one, "PromiseKept", "li", no=1)
    desk.wait(3 * DAY_MS)
    desk.say(one, "PromiseBroken", "li", no=3, reason="no answer")
    desk.say(one, "PromiseKept", "li", no=2)
    desk.now = OCTOBER
    case(desk)
    kept = figure(report(desk), "promises_ppm")
    assert (kept.value, kept.n) == (333_333, 3)
    (annex,) = [one for one in report(desk).annexes if one.name == "promises"]
    assert [dict(row.words)["became"] for row in annex.rows] == ["kept", "broken", "broken"]
    assert all(row.because and row.because[0].startswith("act ") for row in annex.rows)


def test_every_figure_rests_on_rows_of_its_annex(month: Desk) -> None:
    in_doubt(month)
    found = report(month)
    rows = {annex.name: annex.rows for annex in found.annexes}
    for one in found.months[0].figures:
        assert one.because and all(name in rows for name in one.because), one.name
    assert figure(found, "cases_opened").value == sum(1 for row in rows["cases"] if row.at >= found.since)
    assert figure(found, "capa_ended").value == len(rows["measures"])
    assert figure(found, "payments").value == sum(int(dict(row.words)["count"]) for row in rows["payments"]) == 1
    assert rows["payments"][0].because[0].startswith("sha256:")
    acts = {int(word.removeprefix("act ")) for row in rows["cases"] for word in row.because}
    assert max(acts) <= found.acts and len(found.head) == 64


@pytest.mark.parametrize(
    ("first", "last"), [("20260931", "20261001"), ("20261001", "20260930"), ("x", "y"), ("20200101", "20261001")]
)
def test_what_is_no_period_is_refused(desk: Desk, first: str, last: str) -> None:
    with pytest.raises(TheirMistake):
        report(desk, first, last)
