"""Does a case go through the five chapters, and only in their order, whatever anybody says?"""

from __future__ import annotations

import re
from pathlib import Path

from chongzheng import cases
from chongzheng.cases.case import CASE, SAID_OF_IT
from chongzheng.cases.case_states import CHAPTER_OF, CHAPTERS, CLOSED
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW
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
