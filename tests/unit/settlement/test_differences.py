"""Is each difference found once, in the right file, with finance's word and the right sign, and nothing else?"""

from dataclasses import replace

import pytest

from chongzheng.settlement import days
from chongzheng.settlement.breaks import Difference, Type, Why
from chongzheng.settlement.differences import (
    CAME_BACK,
    LESS_MOVED,
    MORE_MOVED,
    NOT_IN_FILE,
    OTHER_AMOUNT,
    OTHER_FEE,
    REVERSAL_ALONE,
    SAME_LINE_TWICE,
    Findings,
    differences,
)
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Held, match
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, TERMINAL, record, reversed_record

BEFORE, NEXT, THIRD = days.shifted(DAY, -1), days.shifted(DAY, 1), days.shifted(DAY, 2)
OPENED_AT = days.closes_at(DAY) - 14 * 3_600_000
KEPT = Candidate(
    "P1", TERMINAL, MERCHANT, "000001", 100, OPENED_AT, DAY, ("RRN000000001",), MASKED, held=Held.KEPT, fee_fen=6
)
SALE = record(1, fee_fen=6)
AGAIN = record(3, sent_at=f"{DAY}101500", fee_fen=6)
BACK = reversed_record(2)
VOID = replace(KEPT, gives_back=True)
VOIDED = record(1, processing="200000", fee_fen=6)


def found(payment: Candidate, *records: Record, files: str = DAY) -> Findings:
    return differences(match(records, [payment]), [payment], frozenset(files.split()))


def only(payment: Candidate, *records: Record, files: str = DAY) -> tuple[str, int, int, str]:
    (one,) = found(payment, *records, files=files).differences
    assert one.payment == payment.payment
    return one.type.value, one.record_number, one.fen, one.why


@pytest.mark.parametrize(
    ("payment", "records"),
    [
        (KEPT, [SALE]),
        (replace(KEPT, held=Held.RETURNED), [SALE, BACK]),
        (replace(KEPT, held=Held.OPEN), [SALE]),
        (replace(KEPT, held=Held.OPEN), [SALE, BACK]),
        (replace(KEPT, held=Held.OPEN), []),
        (replace(KEPT, held=Held.NEVER), []),
        (replace(KEPT, held=Held.RETURNED), []),
        (replace(KEPT, held=Held.RETURNED, seen=1, read_days=(BEFORE,)), [BACK]),
        (replace(KEPT, seen=1), []),
        (VOID, [VOIDED]),
    ],
    ids=["sale", "net-zero pair", "file decides", "file decides that it went back", "nothing is claimed", "never",
         "reversed before clearing", "pair across days", "heard before", "void"],
)  # fmt: skip
def test_book_and_file_agree(payment: Candidate, records: list[Record]) -> None:
    assert found(payment, *records, files=f"{DAY} {NEXT}") == Findings((), ())


@pytest.mark.parametrize(
    ("payment", "records", "difference"),
    [
        (replace(KEPT, held=Held.RETURNED), [SALE], ("long", 1, 100, MORE_MOVED)),
        (replace(KEPT, held=Held.NEVER), [SALE], ("long", 1, 100, MORE_MOVED)),
        (KEPT, [SALE, AGAIN], ("long", 1, 100, MORE_MOVED)),
        (replace(KEPT, held=Held.OPEN), [SALE, AGAIN], ("long", 1, 100, MORE_MOVED)),
        (replace(KEPT, seen=1), [AGAIN], ("long", 3, 100, MORE_MOVED)),
        (KEPT, [SALE, BACK], ("short", 1, -100, LESS_MOVED)),
        (replace(KEPT, seen=1), [BACK], ("short", 2, -100, LESS_MOVED)),
        (replace(VOID, held=Held.NEVER), [VOIDED], ("short", 1, -100, MORE_MOVED)),
        (KEPT, [], ("one_sided_ours", 0, -100, NOT_IN_FILE)),
        (VOID, [], ("one_sided_ours", 0, 100, NOT_IN_FILE)),
        (KEPT, [record(1, amount_fen=101)], ("amount", 1, 1, OTHER_AMOUNT)),
        (KEPT, [record(1, amount_fen=99)], ("amount", 1, -1, OTHER_AMOUNT)),
        (VOID, [record(1, amount_fen=101, processing="200000")], ("amount", 1, -1, OTHER_AMOUNT)),
        (replace(KEPT, held=Held.OPEN), [record(1, amount_fen=99)], ("amount", 1, -1, OTHER_AMOUNT)),
        (replace(KEPT, held=Held.RETURNED), [SALE, reversed_record(amount_fen=40)], ("amount", 1, 60, OTHER_AMOUNT)),
        (KEPT, [BACK], ("status", 2, -200, REVERSAL_ALONE)),
        (replace(KEPT, held=Held.NEVER), [SALE, BACK], ("status", 1, 0, CAME_BACK)),
        (KEPT, [SALE, record(3, fee_fen=6)], ("status", 3, 100, SAME_LINE_TWICE)),
        (KEPT, [record(1, fee_fen=7)], ("fee", 1, -1, OTHER_FEE)),
        (KEPT, [record(1, fee_fen=5)], ("fee", 1, 1, OTHER_FEE)),
    ],
)  # fmt: skip
def test_what_differs(payment: Candidate, records: list[Record], difference: tuple[str, int, int, str]) -> None:
    assert only(payment, *records, files=f"{DAY} {NEXT}") == difference


@pytest.mark.parametrize(
    "payment", [replace(KEPT, fee_fen=None), replace(KEPT, held=Held.OPEN, fee_fen=None)], ids=["not asked", "open"]
)
def test_a_fee_that_nobody_agreed_is_not_checked(payment: Candidate) -> None:
    assert found(payment, SALE, files=f"{DAY} {NEXT}").differences == ()


def test_a_fee_is_not_checked_where_the_file_has_none_or_the_trade_went_back() -> None:
    assert found(KEPT, record(1)).differences == ()
    assert found(replace(KEPT, held=Held.RETURNED), record(1, fee_fen=1), BACK).differences == ()


def test_lines_that_add_up_to_the_payment_are_no_difference() -> None:
    parts = [record(1, amount_fen=60), record(2, amount_fen=40)]
    assert found(KEPT, *parts).differences == ()
    assert only(KEPT, record(1, amount_fen=60), record(2, amount_fen=41)) == ("amount", 1, 1, OTHER_AMOUNT)


def test_payments_that_add_up_to_the_line_are_no_difference() -> None:
    parts = [replace(KEPT, amount_fen=60), replace(KEPT, payment="P2", stan="000002", amount_fen=40)]
    whole = record(1, stan="999999")
    assert differences(match([whole], parts), parts, frozenset({DAY})).differences == ()


@pytest.mark.parametrize(
    ("payment", "records", "later"),
    [
        (KEPT, [], ("one_sided_ours", 0, -100, NOT_IN_FILE)),
        (KEPT, [BACK], ("status", 2, -200, REVERSAL_ALONE)),
        (replace(KEPT, held=Held.RETURNED), [SALE], ("long", 1, 100, MORE_MOVED)),
    ],
    ids=["sale may still come", "original may still come", "reversal may still come"],
)
def test_what_the_next_file_may_bring_is_carried_over(
    payment: Candidate, records: list[Record], later: tuple[str, int, int, str]
) -> None:
    assert found(payment, *records) == Findings((), ("P1",))
    assert only(payment, *records, files=f"{DAY} {NEXT}") == later


def test_the_file_that_makes_silence_final_reports_it_and_no_later_one() -> None:
    waiting = replace(KEPT, read_days=(DAY,))
    assert only(waiting, files=NEXT) == ("one_sided_ours", 0, -100, NOT_IN_FILE)
    assert found(replace(waiting, read_days=(DAY, NEXT)), files=THIRD) == Findings((), ())


def test_what_was_in_an_earlier_file_and_is_taken_back_waits_for_no_other_file() -> None:
    earlier = replace(KEPT, read_days=(DAY,), seen=1)
    assert only(earlier, BACK, files=THIRD) == ("short", 2, -100, LESS_MOVED)
    assert found(replace(earlier, held=Held.RETURNED), BACK, files=THIRD) == Findings((), ())


def test_silence_with_a_gap_is_not_final() -> None:
    assert found(KEPT, files=NEXT) == Findings((), ("P1",))


def test_a_wallet_counts_its_own_days() -> None:
    order = replace(KEPT, channel="wechat", order="O1")
    assert found(order, files=DAY).carried == ("P1",)
    assert only(order, files=f"{DAY} {NEXT}")[0] == "one_sided_ours"


def test_a_payment_that_heard_this_file_hears_nothing_again() -> None:
    assert found(replace(KEPT, read_days=(DAY,))) == Findings((), ())


def test_a_break_is_the_difference_and_what_it_may_be_about_is_not_another() -> None:
    doubtful = record(9, masked_pan="622202******0000")
    assert found(KEPT, doubtful, files=f"{DAY} {NEXT}") == Findings(
        (Difference(Type.STATUS, "", 9, 100, Why.CONTRADICTS.value, ("P1",)),), ()
    )


def test_the_order_of_the_input_means_nothing() -> None:
    payments = [KEPT, replace(KEPT, payment="P0", stan="000007", rrns=("RRN000000007",))]
    records = [record(5, terminal="T0000009"), record(4, stan="000001", fee_fen=1)]
    one = differences(match(records, payments), payments, frozenset({DAY, NEXT}))
    other = differences(match(records[::-1], payments[::-1]), payments[::-1], frozenset({DAY, NEXT}))
    assert one == other
    assert [difference.type for difference in one.differences] == [Type.ONE_SIDED_OURS, Type.FEE, Type.ONE_SIDED_THEIRS]
