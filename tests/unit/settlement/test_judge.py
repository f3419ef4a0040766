"""Is each payment told exactly what the file says of it, and never a silence that is not one?"""

from dataclasses import replace

import pytest

from chongzheng.reversal.facts import Line, SettlementSaw
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Why
from chongzheng.settlement.judge import Judgement, Saying, fact, judge
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, match
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, TERMINAL, record, reversed_record

NEXT, THIRD = "20261123", "20261124"
TEN_O_CLOCK_MS = days.closes_at(DAY) - 14 * 3_600_000
KNOWN = Candidate("P1", TERMINAL, MERCHANT, "000001", 100, TEN_O_CLOCK_MS, DAY, ("RRN000000001",), MASKED)


def told(records: list[Record], *candidates: Candidate, day: str = DAY) -> Judgement:
    return judge(match(records, candidates), candidates, day)


def test_lines_and_silence() -> None:
    silent = replace(KNOWN, payment="P0", stan="000002", rrns=())
    sale, undone = record(), reversed_record()
    judgement = told([sale, undone], KNOWN, silent)
    assert judgement == Judgement((Saying("P0"), Saying("P1", (sale,), (undone,))), (), ())
    assert [saying.is_silence for saying in judgement.sayings] == [True, False]
    assert not Saying("P1", (), (undone,)).is_silence


@pytest.mark.parametrize(
    "changes",
    [{"final": True}, {"day": NEXT}, {"read_days": (DAY,)}, {"day": "20261120"}],
    ids=["final", "later day", "heard it already", "gap before this file"],
)
def test_who_is_told_no_silence(changes: dict[str, object]) -> None:
    assert told([], replace(KNOWN, **changes)) == Judgement((), (), ())  # type: ignore[arg-type]


def test_silence_of_the_next_day_and_of_a_later_one_after_both() -> None:
    assert told([], KNOWN, day=NEXT).sayings == (Saying("P1"),)
    assert told([], replace(KNOWN, read_days=(DAY, NEXT)), day=THIRD).sayings == (Saying("P1"),)
    assert told([], replace(KNOWN, read_days=(NEXT,)), day=THIRD).sayings == ()


def test_a_line_reaches_a_final_payment_and_one_of_the_next_day() -> None:
    for changes in ({"final": True}, {"day": NEXT}):
        assert told([record()], replace(KNOWN, **changes)).sayings == (Saying("P1", (record(),)),)  # type: ignore[arg-type]


def test_a_file_that_was_heard_is_not_told_again() -> None:
    assert told([record()], replace(KNOWN, read_days=(DAY,))).sayings == ()


def test_a_line_after_a_gap_is_a_break() -> None:
    late = record(sent_at=f"{NEXT}100000")
    stranger = record(2, stan="000009", rrn="")
    judgement = told([late, replace(stranger, sent_at=f"{NEXT}100000")], KNOWN, day=THIRD)
    assert judgement.sayings == ()
    assert [(one.why, one.about) for one in judgement.breaks] == [(Why.EARLIER_FILE, ("P1",)), (Why.STRANGER, ())]
    heard = replace(KNOWN, read_days=(DAY, NEXT))
    assert told([late], heard, day=THIRD).sayings == (Saying("P1", (late,)),)


def test_a_line_about_a_payment_that_is_decided_is_told_after_a_gap_too() -> None:
    undone = reversed_record(sent_at=f"{THIRD}100000")
    decided = replace(KNOWN, final=True, read_days=(DAY,))
    assert told([undone], decided, day=THIRD).sayings == (Saying("P1", (), (undone,)),)


def test_a_payment_that_a_break_may_be_about_is_told_nothing() -> None:
    odd = reversed_record(amount_fen=99, rrn="OWN", original_sent_at="")
    judgement = told([record(), odd], KNOWN)
    assert (judgement.sayings, judgement.withheld) == ((), ("P1",))
    twins = [replace(KNOWN, rrns=()), replace(KNOWN, payment="P2", rrns=())]
    assert told([record()], *twins).withheld == ("P1", "P2")
    assert told([record()], *(replace(twin, final=True) for twin in twins)).withheld == ()


def test_the_fact_names_its_evidence() -> None:
    saying = Saying("P1", (record(),), (reversed_record(),))
    assert fact(saying, DAY, 7, "Efile", lambda r: f"E{r.number}") == SettlementSaw(
        "P1",
        7,
        "Efile",
        DAY,
        (Line("E1", 100, "RRN000000001", "000001", f"{DAY}100000"),),
        (Line("E2", 100, "RRN000000001", "000001", f"{DAY}100100"),),
    )


def test_a_line_that_is_the_sum_of_several_payments_proves_none_of_them() -> None:
    parts = [replace(KNOWN, amount_fen=60), replace(KNOWN, payment="P2", stan="000002", amount_fen=40)]
    said = told([record(stan="999999")], *parts)
    assert said == Judgement((), ("P1", "P2"), ())
