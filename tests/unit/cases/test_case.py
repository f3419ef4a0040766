"""Does a case go through the five chapters, and only in their order, whatever anybody says?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

from chongzheng import cases
from chongzheng.cases.case import CASE, SAID_OF_IT
from chongzheng.cases.case_rules import ACTIONS, SOURCES
from chongzheng.cases.case_states import CHAPTER_OF, CHAPTERS, CLOSED
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, Refused
from chongzheng.cases.priority import LEVELS
from chongzheng.cases.sla import nearest
from chongzheng.cases.witness import WITNESSES
from unit.cases.play import Played, standing

ENGINE = {"source": "engine", "why": "reversal unanswered until its window closed", "engine_case": 7}


def test_a_case_goes_from_doubt_to_close_in_the_order_of_the_chapters() -> None:
    case = Played(CASE, standing(), payment="P1")
    walked = [case.well("Opened", **ENGINE).state]
    for fact, who, said in (
        ("ConfirmStarted", "li", {}),
        ("WitnessHeard", "li", {"witness": "merchant", "goods": "no"}),
        ("Confirmed", "li", {}),
        ("CauseFound", "li", {"primary": "NW-CELL", "shares": {"network": 100}}),
        ("Decided", "li", {"action": "refund"}),
        ("RemedyEnded", "program", {"matter": "refund-3", "state": "POSTED"}),
        ("Remedied", "li", {"result": "given back by refund-3"}),
        ("NoticeSent", "program", {"audience": "cardholder", "template": "refund_posted"}),
        ("Closed", "li", {"outcome": "the money is back", "lesson": "a second network path"}),
    ):
        walked.append(case.well(fact, who, **said).state)
    assert list(dict.fromkeys(walked)) == [
        "OPEN", "CONFIRMING", "DIAGNOSING", "DECIDING", "REMEDYING", "COMMUNICATING", "CLOSED",
    ]  # fmt: skip
    assert list(dict.fromkeys(CHAPTER_OF[state] for state in walked)) == list(CHAPTERS)
    assert case.matter.due_at is None and case.refused("Noted", "li", text="late").why == "order"


def test_no_chapter_is_skipped() -> None:
    case = Played(CASE, standing(), payment="P1")
    assert case.refused("Confirmed", "li").why == "order"
    case.well("Opened", **ENGINE)
    for fact, said in (("CauseFound", {"primary": "unknown"}), ("Decided", {"action": "refund"}),
                       ("Remedied", {"result": "x"}), ("Closed", {"outcome": "x"})):  # fmt: skip
        assert "possible now" in case.refused(fact, "li", **said).text


def test_it_is_found_by_payment_shop_cause_and_whom_it_waits_for() -> None:
    case = Played(CASE, standing(), payment="P1")
    case.well("Opened", **ENGINE)
    case.well("Paused", "li", reason="issuer")
    tags = CASE.tags(case.matter)
    assert (tags["payment"], tags["merchant"], tags["waiting"], tags["source"]) == ("P1", "M1", "issuer", "engine")
    assert (tags["cause"], tags["incident"], tags["severity"]) == ("", "", "S3")


def test_a_case_that_is_over_stands_in_no_list_of_what_waits() -> None:
    case = Played(CASE, standing(), payment="P1")
    case.well("Opened", **ENGINE)
    clock = {"name": "x", "warned_at": 1, "ran_at": None, "met_at": None}
    body = {**case.matter.body, "waiting": "issuer", "clocks": [clock], "standing": {"suspense_fen": 5}}
    lists = {"waiting": "issuer", "risk": "yes", "suspense": "yes"}
    assert lists.items() <= CASE.tags(replace(case.matter, body=body)).items()
    assert not lists.keys() & CASE.tags(replace(case.matter, body=body, state=CLOSED)).keys()


def test_nobody_talks_into_the_void() -> None:
    told = re.compile(r'(?:Say\((?:matter\.parent|case|to), |told\(matter, given, |_told\(matter, )"(\w+)"')
    files = sorted(Path(cases.__file__).parent.glob("*.py"))
    facts = {fact for file in files for fact in told.findall(file.read_text("utf-8"))}
    heard = {row.fact for kind in KINDS.values() for row in kind.rows}
    assert len(facts) > 10 and facts - heard == set()


def test_what_other_matters_tell_is_kept_also_after_the_close() -> None:
    for state in (*CASE.states,):
        for fact in (*SAID_OF_IT, "NoticeSent"):
            assert (state, fact) in CASE.table, (state, fact)
    assert CASE.ended == {CLOSED} and [row.fact for row in CASE.possible(NEW)] == ["Opened"]


TRUTHS = ("never_charged", "charged_kept", "charged_returned", "charged_twice", "contested", "unknown")
WORDS: dict[str, list[object]] = {
    "source": list(SOURCES.shipped), "why": ["it is not there"], "witness": list(WITNESSES), "goods": ["yes", "no"],
    "action": list(ACTIONS.shipped), "primary": ["unknown", "NW-CELL"], "reason": ["issuer", "again"],
    "mark": ["media"],
    "what": ["a call"], "day": ["20261231"], "no": [1, 2], "audience": ["cardholder", "shop"], "template": ["told"],
    "answer": ["soon"], "result": ["done"], "outcome": ["over"], "to": ["mei"], "text": ["noted"], "queue": ["night"],
    "signals": [{"tlm.printer": "jam"}, {"tlm.printer": None}],
    "clock": ["complex", "extended"], "incident": ["incident-4"], "reference": ["7"],
}  # fmt: skip


def test_whatever_is_said_in_whatever_order_no_case_closes_unfinished() -> None:
    reached: set[str] = set()
    for seed in range(300):
        wander(Random(seed), reached)
    assert reached == set(CASE.states)


ONWARD = (
    "ConfirmStarted", "Confirmed", "CauseFound", "Decided", "Remedied", "NoticeSent", "ComplaintAnswered",
    "PromiseKept", "PaymentMoved", "Closed", "Reopened", "ReviewEnded",
)  # fmt: skip


def wander(dice: Random, reached: set[str]) -> None:
    """Facts of any kind, sensible or not, by anybody; sometimes the payment moves, or a clock runs out."""
    one = Played(CASE, standing(dice.choice(TRUTHS)), payment="P1")
    one.well("Opened", source=dice.choice(list(SOURCES.shipped)), why="x")
    for _ in range(150):
        if dice.random() < 0.02:
            one.pays(truth=dice.choice(TRUTHS), suspense_fen=dice.choice((0, 0, 700)))
        if dice.random() < 0.1 and one.matter.due_at is not None:
            one.now = max(one.now, one.matter.due_at)
            one.well("ClockRan")
        rows = CASE.possible(one.matter.state)
        onward = [row for row in rows if row.fact in ONWARD]
        row = dice.choice(onward if onward and dice.random() < 0.7 else rows)
        said = {field.name: dice.choice(WORDS[field.name]) for field in row.takes if field.needed}
        said = one.payment if row.fact == "PaymentMoved" else said
        before = one.matter
        after = one.say(row.fact, dice.choice(("li", "zhang", "program")), **said)
        if isinstance(after, Refused):
            assert one.matter == before and after.text
            continue
        reached.add(after.state)
        held(one, just_closed=row.fact == "Closed")


def held(one: Played, *, just_closed: bool) -> None:
    """What is true of a case after every fact."""
    case, body = one.matter, one.matter.body
    assert case.state in CASE.states and case.priority >= 1 and body["severity"] in LEVELS
    assert case.due_at == (nearest(body["clocks"]) if case.state != CLOSED else None)
    if not just_closed:
        return
    assert one.payment["suspense_fen"] == 0 and body["decision"]["engine"] == one.payment["truth"]
    assert body["cause"] and all(promise["kept_at"] or promise["broken_at"] for promise in body.get("promises", ()))
    assert all(clock["met_at"] for clock in body["clocks"] if clock["kind"] in ("legal", "promise"))
