"""Is a cardholder told everything that is proven, nothing that is not, and no date that nobody gave?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.calendar import instant
from chongzheng.cases.cardholder import OUT, SURE, Date, Stood, Told, Where, heard, told
from chongzheng.cases.matter import Matter
from chongzheng.reversal.payment import Proof, Truth

NOW = 1_795_400_000_000
DAY_MS = 86_400_000
PAID = NOW - DAY_MS


def refund(state: str, opened_at: int = NOW, **more: Any) -> Matter:
    """A refund of 88 yuan."""
    due_at = more.pop("due_at", None)
    return Matter("refund-4", "refund", state, opened_at=opened_at, due_at=due_at, fen=8_800, body=more)


def clock(kind: str, name: str, due_at: int, **more: Any) -> dict[str, Any]:
    """One that runs."""
    return {"name": name, "kind": kind, "due_at": due_at, "met_at": None, "paused_at": None, **more}


def promise(day: str, **more: Any) -> dict[str, Any]:
    """Our word, not broken and not kept."""
    return {"day": day, "kept_at": None, "broken_at": None, **more}


def case(**body: Any) -> Matter:
    """A case that says so much."""
    return Matter("case-1", "case", "CONFIRMING", body=body)


def say(truth: Truth, proof: Proof, *matters: Matter, file_due_at: int = 0) -> Told:
    """What is said now."""
    return told(truth, proof, PAID, matters, NOW, file_due_at)


@pytest.mark.parametrize("truth", Truth)
@pytest.mark.parametrize("proof", Proof)
def test_what_is_not_confirmed_is_not_known_yet(truth: Truth, proof: Proof) -> None:
    said = say(truth, proof)
    open_still = proof not in SURE or truth in (Truth.UNKNOWN, Truth.CONTESTED)
    assert (said.where is Where.CHECKING) is open_still
    assert ("taken" in said.unknown) is open_still
    assert [step.stood for step in said.steps if step.name == "checked"] == [Stood.NOW if open_still else Stood.DONE]


@pytest.mark.parametrize(
    ("truth", "where", "unknown", "steps"),
    [
        (Truth.NEVER_CHARGED, Where.NOT_TAKEN, (), ["paid", "checked", "done"]),
        (Truth.CHARGED_KEPT, Where.WITH_SHOP, (), ["paid", "checked", "done"]),
        (Truth.CHARGED_RETURNED, Where.RETURNED, ("statement",), ["paid", "checked", "returned", "statement"]),
        (Truth.CHARGED_TWICE, Where.TWICE, ("back",), ["paid", "checked", "sent", "arrived"]),
    ],
)
def test_each_proven_truth_has_its_words(
    truth: Truth, where: Where, unknown: tuple[str, ...], steps: list[str]
) -> None:
    said = say(truth, Proof.PROVEN)
    assert (said.where, said.unknown, [one.name for one in said.steps]) == (where, unknown, steps)
    assert said.steps[0].at == PAID and said.refund_fen == 0 and said.complaints == ()


@pytest.mark.parametrize("state", ["PROPOSED", "APPROVED", "REFUSED", "EXPIRED", "STOPPED"])
def test_a_refund_that_did_not_leave_is_not_spoken_of(state: str) -> None:
    assert state not in OUT
    said = say(Truth.UNKNOWN, Proof.CLAIMED, refund(state, posted_at=0))
    assert (said.where, said.refund_fen) == (Where.CHECKING, 0)


def test_a_refund_on_its_way_is_not_there_yet() -> None:
    said = say(Truth.CHARGED_KEPT, Proof.PROVEN, refund("SENT", posted_at=0, due_at=NOW + DAY_MS))
    assert (said.where, said.refund_fen, said.unknown) == (Where.ON_ITS_WAY, 8_800, ("arrival",))
    assert (said.by, said.date) == (NOW + DAY_MS, Date.AIM)
    assert [(one.name, one.stood) for one in said.steps[2:]] == [("sent", Stood.DONE), ("arrived", Stood.NOW)]


def test_a_refund_before_the_truth_is_known_says_that_it_is_not() -> None:
    said = say(Truth.UNKNOWN, Proof.CLAIMED, refund("SENT", posted_at=0))
    assert said.unknown == ("taken", "arrival") and said.steps[1].stood is Stood.NOW
    assert (said.by, said.date) == (0, Date.NONE)


@pytest.mark.parametrize("state", ["POSTED", "CONFIRMED_FINAL", "WRITTEN_OFF"])
def test_a_refund_that_arrived_says_when(state: str) -> None:
    said = say(Truth.CHARGED_KEPT, Proof.CONFIRMED, refund(state, posted_at=NOW - 5))
    assert said.where is Where.ARRIVED and said.steps[-1].at == NOW - 5 and said.date is Date.NONE
    assert said.steps[-1].stood is Stood.DONE


@pytest.mark.parametrize(
    ("truth", "proof", "where"),
    [
        (Truth.CHARGED_RETURNED, Proof.PROVEN, Where.DOUBLE),
        (Truth.CHARGED_RETURNED, Proof.ACKNOWLEDGED, Where.ARRIVED),
        (Truth.CHARGED_KEPT, Proof.PROVEN, Where.ARRIVED),
    ],
)
def test_twice_back_is_said_only_where_both_ways_are_proven(truth: Truth, proof: Proof, where: Where) -> None:
    said = say(truth, proof, refund("DOUBLE_CREDIT", posted_at=NOW - 5))
    assert said.where is where
    assert (said.steps[-1].name == "settled") is (where is Where.DOUBLE)


@pytest.mark.parametrize(
    ("truth", "proof", "where", "steps"),
    [
        (Truth.CHARGED_RETURNED, Proof.PROVEN, Where.RETURNED, ["returned", "settled", "statement"]),
        (Truth.CHARGED_KEPT, Proof.PROVEN, Where.WITH_SHOP, ["done"]),
        (Truth.CHARGED_RETURNED, Proof.ACKNOWLEDGED, Where.CHECKING, ["told"]),
    ],
)
def test_a_refund_that_came_back_to_us_is_not_with_the_cardholder(
    truth: Truth, proof: Proof, where: Where, steps: list[str]
) -> None:
    said = say(truth, proof, refund("RECOVERED", posted_at=NOW - 5))
    assert (said.where, said.refund_fen) == (where, 0)
    assert [one.name for one in said.steps[2:]] == steps


def test_a_refund_that_was_stopped_in_time_was_never_there() -> None:
    said = say(Truth.CHARGED_RETURNED, Proof.PROVEN, refund("RECOVERED", posted_at=0))
    assert [one.name for one in said.steps] == ["paid", "checked", "returned", "statement"]


def test_once_the_cardholder_was_told_a_day_nothing_is_taken_back_before_it() -> None:
    twice = refund("RECOVERING", posted_at=NOW - 5)

    def says(state: str, day: str) -> tuple[int, Date]:
        order = Matter("clawback-1", "clawback", state, body={"notice": {"debit_day": day}})
        said = say(Truth.CHARGED_RETURNED, Proof.PROVEN, twice, order, case(promises=[promise("20991231")]))
        return said.by, said.date

    assert says("NOTICED", "20991130") == (instant("20991130"), Date.EARLIEST)
    assert says("NOTICED", "20200101") == (instant("20991231"), Date.PROMISED), "that day is over"
    assert says("TRYING", "20991130")[1] is Date.PROMISED, "nobody was told"


def test_of_several_refunds_the_newest_counts() -> None:
    old, new = refund("CONFIRMED_FINAL", NOW - 9, posted_at=1), refund("SENT", NOW, posted_at=0)
    assert say(Truth.CHARGED_KEPT, Proof.PROVEN, new, old).where is Where.ON_ITS_WAY


def test_our_word_comes_before_the_law_and_the_law_before_what_we_aim_at() -> None:
    aim, law = clock("internal", "final", NOW + 1), clock("legal", "complaint answer", NOW + 2)
    word = promise("20991231")
    assert say(Truth.UNKNOWN, Proof.CLAIMED, case(clocks=[aim])).date is Date.AIM
    assert say(Truth.UNKNOWN, Proof.CLAIMED, case(clocks=[aim, law])).by == NOW + 2
    said = say(Truth.UNKNOWN, Proof.CLAIMED, case(clocks=[aim, law], promises=[word]))
    assert (said.by, said.date) == (instant("20991231"), Date.PROMISED)


def test_a_date_that_is_over_or_kept_or_not_for_them_is_not_given() -> None:
    over = [
        clock("internal", "final", NOW),
        clock("legal", "x", NOW + 1, met_at=5),
        clock("internal", "decision", NOW + 9),
    ]
    words = [promise("20991231", kept_at=1), promise("20991231", broken_at=1), promise("20200101")]
    said = say(Truth.CONTESTED, Proof.PROVEN, case(clocks=over, promises=words))
    assert (said.by, said.date) == (0, Date.NONE)


def test_without_a_case_the_file_that_decides_is_the_date() -> None:
    said = say(Truth.UNKNOWN, Proof.CLAIMED, file_due_at=NOW + 7)
    assert (said.by, said.date) == (NOW + 7, Date.AIM)
    assert say(Truth.NEVER_CHARGED, Proof.PROVEN, file_due_at=NOW + 7).date is Date.NONE


def test_complaints_are_told_with_the_day_of_their_answer_the_last_five() -> None:
    made = [
        Matter(f"complaint-{n}", "complaint", "JOINED", body={"clocks": [clock("legal", "a", NOW + n)]})
        for n in range(1, 8)
    ]
    said = say(Truth.UNKNOWN, Proof.CLAIMED, *made)
    assert [one.id for one in said.complaints] == [f"complaint-{n}" for n in range(3, 8)]
    assert said.complaints[-1].by == NOW + 7
    assert heard(Matter("complaint-9", "complaint", "ANSWERED")).by == 0
