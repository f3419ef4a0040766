"""Is a step out of order, or before its guard holds, refused with the reason, and is the log whole?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.effects import Say
from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.procedure import PROCEDURE, next_step, why_blocked
from unit.cases.timeline import RULES, Played, play

KEPT = {"truth": "charged_kept", "proof": "proven", "suspense_fen": 0}


def run(sop: str, **payment: Any) -> Played:
    return play(PROCEDURE, [("Opened", "li", {"sop": sop})], given(payment), parent="case-3", payment="P1")


def given(payment: dict[str, Any], case: str = "DECIDING", rules: dict[str, Any] | None = None) -> Given:
    """The payment stands so, and its case in this state."""
    return Given(rules or RULES, payment, {"cases": (Matter("case-3", "case", case),)})


def test_a_refund_takes_two_people_proof_and_clean_books() -> None:
    one = run("refund", **{**KEPT, "proof": "claimed"})
    assert "the proof is claimed; it must be confirmed or proven" in one.why_not("StepDone", "li", step="truth")
    one.given = given({**KEPT, "suspense_fen": 500}, "CONFIRMING")
    one.say("StepDone", "li", step="truth")
    assert "tell the evidence: word of the shop" in one.why_not("StepDone", "li", step="goods")
    one.say("StepDone", "li", step="goods", evidence="call of 14:02")
    assert "the case of its payment must be DECIDING or REMEDYING" in one.why_not("StepDone", "li", step="propose")
    one.given = given({**KEPT, "suspense_fen": 500})
    one.say("StepDone", "li", step="propose")
    assert one.why_not("StepDone", "li", step="approve") == "role: approve is taken by: supervisor"
    one.say("StepDone", "zhang", step="approve").say("StepDone", "li", step="post", evidence="R-1")
    assert "500 fen lie in suspense" in one.why_not("StepDone", "wang", step="books")
    one.given = given(KEPT)
    one.say("StepDone", "wang", step="books", note="booked")
    assert one.state == "FINISHED"
    said = {"procedure": "procedure-1", "sop": "refund", "version": 1}
    assert one.effects == (Say("case-3", "ProcedureEnded", said, softly=True),)
    assert [(entry["step"], entry["by"], entry["version"]) for entry in one.matter.body["log"]][3] == (
        "approve",
        "zhang",
        1,
    )


def test_a_step_out_of_order_is_refused_and_says_what_is_next() -> None:
    one = run("restore").say("StepDone", "qian", step="save", evidence="ab12")
    assert one.why_not("StepDone", "qian", step="first sale").startswith(
        "order: first sale comes later; next is install"
    )
    assert "save is taken already" in one.why_not("StepDone", "qian", step="save")
    assert "is none of save, install" in one.why_not("StepSkipped", "zhang", step="dance", reason="x")
    assert "cannot be left out" in one.why_not("StepSkipped", "zhang", step="install", reason="x")
    assert next_step(one.matter)["id"] == "install"


def test_a_figure_must_be_told_and_keep_to_its_bound() -> None:
    one = run("restore")
    for step in ("save", "install", "sign on", "keys"):
        one.say("StepDone", "qian", step=step, evidence="x")
    assert "tell the figure: reversals still pending" in one.why_not("StepDone", "qian", step="pending")
    assert "pending: 2, at most 0" in one.why_not("StepDone", "qian", step="pending", figure=2)
    assert one.why_not("StepDone", "qian", step="pending", figure=0) == ""


def test_the_second_step_of_two_people_is_another_persons_and_an_optional_one_may_be_left_out() -> None:
    one = run("key loss").say("StepDone", "zhang", step="block").say("StepDone", "qian", step="revoke", evidence="K-1")
    assert "qian took revoke; load takes another person" in one.why_not("StepDone", "qian", step="load")
    late = run("late reversal").say("StepDone", "li", step="stop")
    late.say("StepSkipped", "zhang", step="cancel", reason="no such way for this scheme")
    assert late.matter.body["log"][1]["skipped"] == "no such way for this scheme"


def test_a_run_keeps_its_version_may_be_abandoned_and_needs_a_procedure_that_is_there() -> None:
    one = run("restore")
    sop = {**RULES["sop"]["restore"], "version": 2, "steps": [{"id": "only", "zh": "一", "en": "one"}]}
    one.given = given({}, rules={**RULES, "sop": {"restore": sop}})
    one.say("StepDone", "qian", step="save", evidence="x")
    assert one.matter.body["log"][0]["version"] == 1
    assert one.say("Abandoned", "li", reason="another unit").state == "ABANDONED"
    assert "there is no procedure dance; there is doubt" in Played(PROCEDURE).why_not("Opened", "li", sop="dance")
    assert PROCEDURE.tags(one.matter) == {"sop": "restore"}
    assert PROCEDURE.asks(one.matter, Fact("StepDone", 1))["cases"].value == "P1"


def test_the_end_of_a_run_beside_no_case_is_told_to_nobody() -> None:
    sop = {"version": 3, "zh": "一", "en": "one", "steps": [{"id": "only", "zh": "一", "en": "one", "settled": True}]}
    one = play(PROCEDURE, [("Opened", "li", {"sop": "s"})], given({}, rules={"sop": {"s": sop}}))
    assert one.say("StepDone", "li", step="only").effects == () and one.state == "FINISHED"
    assert why_blocked(sop["steps"][0], {"suspense_fen": 7}) == "only: 7 fen lie in suspense"  # type: ignore[index]
    assert (
        why_blocked({"id": "x", "truth": ["charged_kept"]}, {}) == "x: the truth is not known; it must be charged_kept"
    )
