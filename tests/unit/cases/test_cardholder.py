"""Is a cardholder told everything that is proven, nothing that is not, and no date that nobody gave?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.calendar import instant
from chongzheng.cases.cardholder import OUT, SURE, Date, Heard, Stood, Told, Where, heard, told
from chongzheng.cases.matter import Matter
from chongzheng.reversal.facts import Moves
from chongzheng.reversal.payment import MoneyIs, Proof, Truth, Verdict

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


def ended(truth: Truth = Truth.CHARGED_KEPT, remedy: bool = False, state: str = "CLOSED") -> Matter:
    """A case that was decided so."""
    return Matter("case-1", "case", state, body={"decision": {"truth": str(truth)}, "action": {"remedy": remedy}})


def dispute(state: str, action: str = "chargeback") -> Matter:
    """What the scheme's own ways brought."""
    return Matter("dispute-1", "dispute", state, body={"action": action})


def say(
    truth: Truth,
    proof: Proof,
    *matters: Matter,
    money: MoneyIs = MoneyIs.CORRECT,
    moves: Moves = Moves.DEBIT,
    file_due_at: int = 0,
) -> Told:
    """What is said now."""
    verdict = Verdict(truth, money, 8_800, proof, "a rule", ())
    return told(verdict, moves, PAID, matters, NOW, file_due_at)


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


def test_what_the_terminal_does_not_count_is_not_with_the_shop() -> None:
    proposed = refund("PROPOSED", posted_at=0)
    d3 = say(Truth.CHARGED_KEPT, Proof.PROVEN, proposed, case(clocks=[clock("internal", "final", NOW + 1)]),
             money=MoneyIs.LONG)  # fmt: skip
    assert (d3.where, d3.unknown, d3.by, d3.date) == (Where.NOT_WITH_SHOP, ("righted",), NOW + 1, Date.AIM)
    assert [(one.name, one.stood) for one in d3.steps[1:]] == [("checked", Stood.DONE), ("righted", Stood.NOW)]
    d4 = say(Truth.CHARGED_KEPT, Proof.PROVEN, ended(), money=MoneyIs.LONG)
    assert (d4.where, d4.unknown, d4.date) == (Where.WITH_SHOP, (), Date.NONE)


@pytest.mark.parametrize(
    "over",
    [ended(remedy=True), ended(state="COMMUNICATING"), ended(Truth.CHARGED_RETURNED), dispute("WON"), case()],
)
def test_only_a_case_that_is_over_with_the_sale_standing_gives_the_shop_what_it_did_not_count(over: Matter) -> None:
    assert say(Truth.CHARGED_KEPT, Proof.PROVEN, over, money=MoneyIs.LONG).where is Where.NOT_WITH_SHOP


def test_where_nobody_knows_what_the_terminal_counts_the_shop_is_not_said_to_have_it() -> None:
    said = say(Truth.CHARGED_KEPT, Proof.CONFIRMED, money=MoneyIs.UNKNOWN, file_due_at=NOW + 7)
    assert (said.where, said.unknown, said.by) == (Where.SHOP_UNKNOWN, ("shop",), NOW + 7)
    assert [one.name for one in said.steps] == ["paid", "checked", "righted"]


@pytest.mark.parametrize(
    ("moves", "truth", "where", "first"),
    [
        (Moves.CREDIT, Truth.CHARGED_KEPT, Where.REFUND_MADE, "given"),
        (Moves.CREDIT, Truth.NEVER_CHARGED, Where.REFUND_NOT_MADE, "given"),
        (Moves.CREDIT, Truth.CHARGED_RETURNED, Where.REFUND_NOT_MADE, "given"),
        (Moves.CREDIT, Truth.CHARGED_TWICE, Where.DOUBLE, "given"),
        (Moves.CREDIT, Truth.CONTESTED, Where.REFUND_CHECKING, "given"),
        (Moves.HOLD, Truth.CHARGED_KEPT, Where.ON_HOLD, "held"),
        (Moves.HOLD, Truth.CHARGED_RETURNED, Where.NOT_TAKEN, "held"),
        (Moves.HOLD, Truth.CONTESTED, Where.CHECKING, "held"),
        (Moves.NOTHING, Truth.NEVER_CHARGED, Where.NOT_TAKEN, "paid"),
    ],
)
def test_a_refund_and_a_hold_have_words_of_their_own(moves: Moves, truth: Truth, where: Where, first: str) -> None:
    said = say(truth, Proof.PROVEN, moves=moves)
    assert (said.where, said.steps[0].name, said.steps[0].at) == (where, first, PAID)


def test_a_refund_transaction_that_nobody_knows_of_is_not_a_charge_that_nobody_knows_of() -> None:
    said = say(Truth.UNKNOWN, Proof.CLAIMED, moves=Moves.CREDIT)
    assert (said.where, said.unknown) == (Where.REFUND_CHECKING, ("made",))


@pytest.mark.parametrize("state", ["RECEIVED", "ANSWERED", "IN_ARBITRATION", "LOST"])
def test_what_an_issuer_charged_back_is_not_with_the_shop(state: str) -> None:
    said = say(Truth.CHARGED_KEPT, Proof.PROVEN, dispute(state), ended())
    assert (said.where, said.unknown) == (Where.CHARGED_BACK, ("statement",))
    assert [one.name for one in said.steps] == ["paid", "checked", "by-bank", "statement"]


@pytest.mark.parametrize("other", [dispute("WON"), dispute("LOST", "inquiry")])
def test_a_chargeback_that_was_won_and_a_question_that_was_lost_take_nothing_away(other: Matter) -> None:
    assert say(Truth.CHARGED_KEPT, Proof.PROVEN, other).where is Where.WITH_SHOP


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
        (Truth.CHARGED_RETURNED, Proof.ACKNOWLEDGED, Where.DOUBLE),
        (Truth.CHARGED_KEPT, Proof.PROVEN, Where.DOUBLE),
        (Truth.NEVER_CHARGED, Proof.ACKNOWLEDGED, Where.DOUBLE),
        (Truth.NEVER_CHARGED, Proof.PROVEN, Where.NOT_OWED),
    ],
)
@pytest.mark.parametrize("state", ["DOUBLE_CREDIT", "RECOVERING"])
def test_twice_back_is_said_whichever_the_other_way_was(truth: Truth, proof: Proof, where: Where, state: str) -> None:
    said = say(truth, proof, refund(state, posted_at=NOW - 5))
    assert said.where is where and "keeps" in said.unknown
    assert [(one.name, one.stood) for one in said.steps[2:]] == [
        ("sent", Stood.DONE), ("arrived", Stood.DONE), ("settled", Stood.NOW),
    ]  # fmt: skip


@pytest.mark.parametrize("state", sorted(OUT - {"RECOVERED"}))
@pytest.mark.parametrize("truth", Truth)
def test_what_is_not_posted_has_not_arrived_whatever_its_state(state: str, truth: Truth) -> None:
    said = say(truth, Proof.PROVEN, refund(state, posted_at=0))
    assert said.where is Where.ON_ITS_WAY and said.steps[-1].stood is Stood.NOW


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
    long = say(Truth.CHARGED_KEPT, Proof.PROVEN, refund("RECOVERED", posted_at=NOW - 5), money=MoneyIs.LONG)
    assert long.where is Where.NOT_WITH_SHOP


def test_a_refund_that_was_stopped_in_time_was_never_there() -> None:
    said = say(Truth.CHARGED_RETURNED, Proof.PROVEN, refund("RECOVERED", posted_at=0))
    assert [one.name for one in said.steps] == ["paid", "checked", "returned", "statement"]


@pytest.mark.parametrize("truth", [Truth.CHARGED_RETURNED, Truth.NEVER_CHARGED])
def test_once_the_cardholder_was_told_a_day_nothing_is_taken_back_before_it(truth: Truth) -> None:
    twice = refund("RECOVERING", posted_at=NOW - 5)

    def says(state: str, day: str) -> tuple[int, Date]:
        order = Matter("clawback-1", "clawback", state, body={"notice": {"debit_day": day}})
        said = say(truth, Proof.PROVEN, twice, order, case(promises=[promise("20991231")]))
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
    assert heard(Matter("complaint-9", "complaint", "ANSWERED"), NOW) == Heard("complaint-9", "ANSWERED", 0, False)


@pytest.mark.parametrize(("due_at", "by", "late"), [(NOW + 1, NOW + 1, False), (NOW, 0, True), (NOW - DAY_MS, 0, True)])
def test_a_day_that_is_over_is_no_promise_of_an_answer(due_at: int, by: int, late: bool) -> None:
    one = Matter("complaint-1", "complaint", "JOINED", body={"clocks": [clock("legal", "a", due_at)]})
    assert (heard(one, NOW).by, heard(one, NOW).late) == (by, late)
