"""Does each fact of a case change what it should, and is what must not be refused in words?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.calendar import DAY_MS, HOUR_MS, day_of, instant
from chongzheng.cases.case import CASE
from chongzheng.cases.case_steps import KEPT_MAX
from chongzheng.cases.effects import CloseCase, Say, Take, Tell
from unit.cases.play import MINUTE_MS, Played, standing

ENGINE = {"source": "engine", "why": "no answer", "engine_case": 7}
COMPLAINT = {"source": "complaint", "why": "debited, nothing bought", "marks": ["vulnerable"], "customers": 3}
TOLD = {"audience": "cardholder", "template": "returned"}


def case(until: str = "Opened", truth: str = "charged_kept", **said: Any) -> Played:
    """A case of a payment, after so many of its facts."""
    played = Played(CASE, standing(truth), payment="P1")
    for fact, who, words in (
        ("Opened", "program", said or ENGINE),
        ("ConfirmStarted", "li", {}),
        ("WitnessHeard", "li", {"witness": "merchant", "goods": "no"}),
        ("Confirmed", "li", {}),
        ("CauseFound", "li", {"primary": "unknown"}),
        ("Decided", "li", {"action": "nothing" if truth == "never_charged" else "refund"}),
        ("Remedied", "li", {"result": "done"}),
    ):
        if (played.matter.state, fact) in CASE.table:
            played.well(fact, who, **words)
        if fact == until:
            return played
    raise AssertionError(until)


def clocks(played: Played) -> dict[str, Any]:
    return {one["name"]: one for one in played.matter.body["clocks"]}


def test_it_opens_with_its_amount_queue_and_clocks_and_takes_the_engines_case() -> None:
    one = case()
    assert (one.matter.fen, one.matter.queue, one.matter.body["severity"]) == (12_345, "doubtful payments", "S3")
    assert set(clocks(one)) == {"first touch", "decision", "final"}
    assert one.effects == [
        Take("case P1", "that payment has a case already"),
        Take("engine case 7", "that case of the engine has another case"),
    ]
    assert one.matter.due_at is not None and one.matter.due_at > one.now
    other = Played(CASE)
    assert "there is engine" in other.refused("Opened", "li", source="dream", why="x").text
    assert other.well("Opened", "li", source="person", why="x", fen=500).fen == 500 and other.effects == []


def test_whoever_comes_later_joins_and_what_they_wait_for_counts() -> None:
    one = case()
    low = one.matter.priority
    one.well("Joined", "li", **COMPLAINT)
    one.well("Joined", "li", **{**COMPLAINT, "customers": 1})
    body = one.matter.body
    assert len(body["sources"]) == 3 and body["marks"] == ["vulnerable"] and body["customers"] == 3
    assert [c["name"] for c in body["clocks"]].count("complaint answer") == 1
    assert one.matter.priority > low and body["severity"] == "S2"
    assert one.refused("Joined", "li", source="dream", why="x").why == "rule"


def test_what_comes_with_a_slip_is_heard_as_a_witness() -> None:
    one = case("Opened", source="fault slip", why="a slip", witness={"witness": "slip", "reversal": "failed"})
    assert one.matter.body["stands"] == {"reversal": "failed"} and "witness" not in one.matter.body["sources"][0]


@pytest.mark.parametrize("said", [{}, {"witness": "nobody"}, {"witness": ["x"]}, {"witness": "slip", "goods": 5}])
def test_a_witness_that_comes_with_it_says_what_a_witness_says_or_is_refused_in_words(said: dict[str, Any]) -> None:
    words = {"source": "person", "why": "debited", "witness": said}
    assert Played(CASE).refused("Opened", "li", **words).text.startswith("witness: ")
    assert case().refused("Joined", "li", **words).text.startswith("witness: ")


def test_a_complaint_after_its_clock_was_met_starts_another() -> None:
    one = case("Opened", **COMPLAINT)
    one.well("ComplaintAnswered", complaint="complaint-1")
    assert clocks(one)["complaint answer"]["met_at"] == one.now
    one.well("Joined", "li", **COMPLAINT)
    assert [c["met_at"] is None for c in one.matter.body["clocks"] if c["kind"] == "legal"] == [False, True]


def test_a_late_change_of_the_verdict_moves_the_case_back_visibly() -> None:
    one = case("Remedied", truth="charged_kept")
    one.well("PaymentMoved", **standing("charged_kept", facts=4))
    assert one.matter.state == "COMMUNICATING" and one.matter.body["standing"]["facts"] == 4
    one.pays(truth="contested")
    assert one.well("PaymentMoved", **one.payment).state == "CONFIRMING"
    (late,) = one.matter.body["late_changes"]
    assert (late["from"], late["to"], late["state"]) == ("charged_kept", "contested", "COMMUNICATING")
    assert one.matter.body["decision"] == {} and one.matter.body["action"] == {}
    assert one.well("PaymentMoved", **standing("unknown")).state == "CONFIRMING"
    assert one.matter.body["standing"]["truth"] == "unknown"


def test_the_verdict_that_the_remedy_was_to_bring_about_moves_nothing_back() -> None:
    one = case("Remedied")
    one.pays(truth="charged_returned")
    assert one.well("PaymentMoved", **one.payment).state == "COMMUNICATING"
    assert one.matter.body["decision"]["truth"] == "charged_returned"
    one.well("NoticeSent", **TOLD)
    assert one.well("Closed", "li", outcome="returned").state == "CLOSED"


def test_a_person_may_doubt_what_was_confirmed_or_decided() -> None:
    one = case("Decided")
    one.well("DecidedAnew", "li", reason="the shop pays it back itself")
    assert one.matter.state == "DECIDING" and one.matter.body["given_up"][0]["action"] == "refund"
    assert one.well("ConfirmedAnew", "li", reason="the slip is of another sale").state == "CONFIRMING"
    assert one.matter.body["late_changes"][0]["by"] == "li"


def test_what_is_decided_fits_the_verdict_and_the_goods() -> None:
    unknown = case("CauseFound", truth="unknown")
    assert "it is unknown" in unknown.refused("Decided", "li", action="refund").text
    assert "there is" in unknown.refused("Decided", "li", action="magic").text
    unknown.pays(truth="charged_kept")
    assert unknown.refused("Decided", "li", action="wait").why == "stale"
    kept = Played(CASE, standing(), payment="P1")
    for fact, who, said in (
        ("Opened", "program", ENGINE),
        ("WitnessHeard", "li", {"witness": "merchant", "goods": "yes"}),
        ("Confirmed", "li", {}),
        ("CauseFound", "li", {"primary": "unknown"}),
    ):
        kept.well(fact, who, **said)
    assert "the goods were delivered" in kept.refused("Decided", "li", action="refund").text
    assert kept.well("Decided", "li", action="nothing", note="right by luck").state == "COMMUNICATING"


def test_nothing_goes_back_for_good_while_nobody_asked_about_the_goods() -> None:
    one = Played(CASE, standing(), payment="P1")
    for fact, said in (("Opened", ENGINE), ("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {})):
        one.well(fact, "li", **said)
    for action in ("refund", "credit adjustment"):
        why = one.refused("Decided", "li", action=action).text
        assert "nothing goes back for good yet (D4-ask): ask the merchant" in why
    one.well("WitnessHeard", "li", witness="merchant", goods="no")
    assert one.well("Decided", "li", action="refund").state == "REMEDYING"


def test_a_strong_witness_against_the_machine_makes_it_contested() -> None:
    one = case("ConfirmStarted")
    one.well("WitnessHeard", "li", witness="issuer", original="no")
    decision = one.well("Confirmed", "li").body["decision"]
    assert (decision["truth"], decision["engine"]) == ("contested", "charged_kept")
    assert decision["against"] == ["issuer: original no"]
    one.well("CauseFound", "li", primary="unknown")
    assert "it is contested" in one.refused("Decided", "li", action="refund").text


def test_a_strong_witness_that_comes_late_moves_the_case_back_and_a_weak_one_does_not() -> None:
    one = case("Decided")
    assert one.well("WitnessHeard", "li", witness="merchant", original="no").state == "REMEDYING"
    assert one.well("WitnessHeard", "li", witness="channel query", original="no").state == "CONFIRMING"
    assert one.matter.body["late_changes"][0]["to"] == "contested"
    for fact, said in (("Confirmed", {}), ("CauseFound", {"primary": "unknown"}), ("Decided", {"action": "wait"})):
        one.well(fact, "li", **said)
    assert one.well("WitnessHeard", "li", witness="channel query", original="no").state == "REMEDYING"


def test_a_case_without_a_payment_has_no_verdict_about_money() -> None:
    one = Played(CASE)
    one.well("Opened", "li", source="supplier", why="a firmware loses reversals")
    assert one.well("Confirmed", "li").body["decision"]["truth"] == "no payment"
    one.well("CauseFound", "li", primary="SW-RETRY")
    assert "it is no payment" in one.refused("Decided", "li", action="refund").text
    one.well("Decided", "li", action="nothing")
    assert one.well("Closed", "li", outcome="a ticket was opened").state == "CLOSED"


def test_clocks_stand_still_for_listed_reasons_only() -> None:
    one = case("Opened", **COMPLAINT)
    assert one.refused("Paused", "li", reason="holiday").why == "field"
    one.well("Paused", "li", reason="issuer")
    assert [c["paused_for"] for c in one.matter.body["clocks"]] == ["issuer"] * 3 + [""]
    assert "already" in one.refused("Paused", "li", reason="merchant").text
    one.wait(DAY_MS)
    one.well("Resumed", "li")
    assert clocks(one)["final"]["paused_ms"] == DAY_MS + 2 * MINUTE_MS and one.matter.body["waiting"] == ""
    assert "nobody" in one.refused("Resumed", "li").text
    one.rules["pause reasons"] = {}
    assert "no reason" in one.refused("Paused", "li", reason="issuer").text


def test_a_clock_warns_and_runs_out_and_concludes_nothing() -> None:
    one = case()
    assert one.matter.due_at == clocks(one)["decision"]["warn_at"]
    one.now = clocks(one)["decision"]["warn_at"]
    one.well("ClockRan")
    assert one.matter.body["escalations"][0]["what"] == "at risk" and one.matter.queue == "doubtful payments"
    low = one.matter.priority
    one.now = clocks(one)["decision"]["due_at"]
    one.well("ClockRan")
    said = [(e["what"], e["clock"]) for e in one.matter.body["escalations"]]
    assert ("broken", "decision") in said and one.matter.queue == "supervisor" and one.matter.priority > low
    assert one.matter.state == "OPEN" and "action" not in one.matter.body


def test_the_law_grants_more_days_from_the_first_day_and_a_head_says_so() -> None:
    one = case("Opened", **COMPLAINT)
    began = clocks(one)["complaint answer"]["started_at"]
    one.wait(3 * DAY_MS)
    assert one.refused("ClockExtended", "li", clock="complex", reason="x").why == "role"
    assert "complex or extended" in one.refused("ClockExtended", "zhang", clock="opened", reason="x").text
    assert "complex or extended" in one.refused("ClockExtended", "zhang", clock="never", reason="x").text
    one.well("ClockExtended", "zhang", clock="complex", reason="three banks")
    assert "complaint answer" not in clocks(one)
    assert clocks(one)["complaint answer, complex"]["due_at"] == instant(day_of(began + 30 * DAY_MS))
    assert "no clock of the law" in case().refused("ClockExtended", "zhang", clock="complex", reason="x").text


def test_a_promise_is_a_clock_that_is_kept_broken_or_runs_out() -> None:
    one = case()
    assert "not over" in one.refused("PromiseMade", "li", what="money back", day="20260101").text
    assert one.refused("PromiseMade", "li", what="money back", day="20260230").why == "rule"
    one.well("PromiseMade", "li", what="a call", day=day_of(one.now))
    one.well("PromiseMade", "li", what="a letter", day="20261008")
    one.well("PromiseMade", "li", what="money back", day="20261009")
    one.now = clocks(one)["promise 1"]["due_at"]
    one.well("ClockRan")
    one.well("PromiseKept", "li", no=1)
    one.well("PromiseKept", "li", no=2)
    one.well("PromiseBroken", "li", no=3, reason="the issuer needs longer")
    first, second, third = one.matter.body["promises"]
    assert first["broken_at"] and first["kept_at"]
    assert second["kept_at"] and not second["broken_at"]
    assert third["broken_at"] and third["given_up"] and not third["kept_at"]
    assert "no open promise" in one.refused("PromiseKept", "li", no=2).text


def test_people_are_told_through_the_post_under_a_key_of_their_own() -> None:
    one = case()
    one.well("NoticeAsked", "li", audience="cardholder", template="in_doubt", to="contact-9", said={"day": "20261008"})
    words = {"day": "20261008", "audience": "cardholder"}
    assert one.effects[-1] == Tell("in_doubt", "contact-9", "case-1 cardholder in_doubt 0", words)


def test_nothing_open_is_closed() -> None:
    one = case("Remedied")
    one.matter.body["cause"].clear()
    one.well("PromiseMade", "li", what="a call", day="20261008")
    one.well("Joined", "li", **COMPLAINT)
    one.pays(suspense_fen=-5, truth="contested")
    why = one.refused("Closed", "li", outcome="x").text
    for word in ("-5 fen", "verdict has changed", "no cause", "not told", "promise 1", "not answered"):
        assert word in why
    one.pays(suspense_fen=0, truth="charged_kept")
    one.well("CauseCorrected", "li", primary="unknown")
    one.well("NoticeSent", "li", **TOLD)
    one.well("PromiseKept", "li", no=1)
    assert "a complaint is not answered" in one.refused("Closed", "li", outcome="x").text
    one.well("ComplaintAnswered", "li", answer="it is on its way")
    assert one.well("Closed", "li", outcome="x").body["closing"]["by"] == "li"
    assert one.effects[-1] == CloseCase("P1") and one.matter.due_at is None


def test_a_case_of_an_incident_says_so_when_it_closes() -> None:
    one = case("Opened", truth="never_charged")
    one.well("IncidentNamed", "li", incident="incident-4")
    assert one.matter.parent == "incident-4"
    assert one.refused("IncidentNamed", "li", incident="incident-5").why == "taken"
    for fact, said in (("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {"primary": "unknown"}),
                       ("Decided", {"action": "nothing"}), ("Closed", {"outcome": "x"})):  # fmt: skip
        one.well(fact, "li", **said)
    assert one.effects[-1] == Say("incident-4", "ChildClosed", {"case": "case-1"}, softly=True)


def test_a_closed_case_comes_back_and_the_fourth_time_it_is_reviewed() -> None:
    one = case("Remedied")
    one.well("NoticeSent", **TOLD)

    def close() -> None:
        if "complaint answer" in clocks(one):
            one.well("ComplaintAnswered", "li", answer="it is on its way")
        for fact, said in (("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {"primary": "unknown"}),
                           ("Decided", {"action": "tell"}), ("Closed", {"outcome": "x"})):  # fmt: skip
            if (one.matter.state, fact) in CASE.table:
                one.well(fact, "li", **said)
        assert one.matter.state == "CLOSED"

    close()
    assert one.refused("Joined", "li", source="dream", why="x").why == "rule"
    assert one.well("Joined", "li", **COMPLAINT).state == "REOPENED" and "complaint answer" in clocks(one)
    close()
    assert one.well("Reopened", "li", reason="the customer says it is not there").state == "REOPENED"
    assert clocks(one)["decision"]["met_at"] is None
    close()
    one.well("Reopened", "li", reason="again")
    close()
    assert one.well("Reopened", "li", reason="again").state == "REVIEW" and one.matter.queue == "supervisor"
    assert one.well("ReviewEnded", "zhang", reason="a second bank is asked").state == "REOPENED"
    assert one.matter.body["reviews"][0]["by"] == "zhang"


def test_what_is_kept_is_bounded() -> None:
    one = case()
    one.matter.body["tasks"] = [{}] * KEPT_MAX  # type: ignore[index]
    one.well("TaskEnded", task="task-1", state="Done")
    assert len(one.matter.body["tasks"]) == KEPT_MAX


def test_marks_make_it_worse_and_it_is_never_milder_again() -> None:
    one = case()
    one.well("Marked", "li", mark="media")
    assert one.matter.body["severity"] == "S1"
    one.matter.body["marks"].clear()
    one.wait(HOUR_MS)
    assert one.well("Noted", "li", text="nothing in the papers").body["severity"] == "S1"
