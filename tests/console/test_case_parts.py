"""Do the pieces of a case's page say what is so: the axis, the comparison, the causes, the procedure?"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.cases.sop import SOPS
from chongzheng.cases.timeline import Event, Moment
from chongzheng.console import axis, causing, diff, steps
from chongzheng.gateway.channel import packaged
from chongzheng.reversal.payment import Payment
from console.casework import message
from journal.made import NOON_MS, key

PURCHASE = packaged("cup-pos").kinds["purchase"]
DAY_MS = 86_400_000


def moment(at: int, source: str = "pos", text: str = "pos-0200", ahead_ms: int = 0) -> Moment:
    """Seen at this corrected instant."""
    return Moment(Event(f"{source} {at}", source, at + ahead_ms, text), at, ahead_ms)


def test_the_axis_keeps_the_order_and_says_long_gaps() -> None:
    found = axis.laid([moment(0), moment(400, "host", "host-0210"), moment(DAY_MS, "f.txt", "settlement-record")])
    assert found is not None
    assert [name for name, _ in found.lanes] == ["terminal", "host", "clearing"]
    places = [dot.x for dot in found.dots]
    assert places == sorted(places) and places[1] - places[0] >= 2 * axis.RADIUS
    assert [tick.gap_ms for tick in found.ticks if tick.gap_ms] == [DAY_MS - 400]
    assert all(axis.LEFT <= dot.x <= axis.WIDTH - axis.RIGHT for dot in found.dots)


def test_a_corrected_clock_shows_both_times() -> None:
    found = axis.laid(
        [moment(0), moment(1_000, "terminal journal", "reversal: failed", ahead_ms=95_000), moment(9_000)]
    )
    assert found is not None
    right, wrong, _ = found.dots
    assert right.raw_x is None and wrong.raw_x is not None and wrong.raw_x > wrong.x


def test_what_happened_at_one_instant_stands_beside_each_other() -> None:
    found = axis.laid([moment(0), moment(5, "host", "host-0210"), moment(5, "host", "host-0410")])
    assert found is not None
    assert found.dots[2].x - found.dots[1].x == 2 * axis.RADIUS


def test_a_long_story_shows_its_end_and_says_what_is_left_out() -> None:
    found = axis.laid([moment(n * 1_000) for n in range(axis.SHOWN_MAX + 5)])
    assert found is not None and found.left_out == 5
    assert [found.dots[0].number, found.dots[-1].number] == [6, axis.SHOWN_MAX + 5]
    assert axis.laid([moment(0)]) is None


def test_names_of_instants_never_stand_over_each_other() -> None:
    days = [moment(0), *(moment(n * DAY_MS, "f.txt", f"settlement-record {n}") for n in range(1, 12))]
    for many in range(2, len(days) + 1):
        found = axis.laid(days[:many])
        assert found is not None
        named = [tick.x for tick in found.ticks if not tick.gap_ms]
        half, end = axis.TICK_ROOM / 2, axis.WIDTH - axis.RIGHT
        spans = [(x - 2 * half, x) if x > end - half else (x - half, x + half) for x in named]
        assert all(before <= after for (_, before), (after, _) in pairwise(spans)), many


def test_who_saw_it_decides_the_lane() -> None:
    seen = [("pos", "pos-0400"), ("host", "host-0410"), ("host journal", "original: yes"), ("slip", "x"),
            ("day.txt", "settlement-record"), ("merchant", "goods: no"), ("engine", "DeadlinePassed")]  # fmt: skip
    assert [axis.lane_of(*one) for one in seen] == [
        "terminal", "host", "host", "terminal", "clearing", "witness", "engine",
    ]  # fmt: skip


def test_a_reversal_is_held_against_the_table_of_its_dialect() -> None:
    heard = [message(7, "0200", NOON_MS), message(7, "0400", NOON_MS + 9, F39="98", F60="22000002", F35="never")]
    found = diff.compared(Payment("P7", key(7)), heard, PURCHASE)
    assert found is not None
    rows = {row.number: row for row in found.rows}
    assert (rows[60].rule, rows[60].cells[0].found) == ("repeat", "differs")
    assert (rows[11].rule, rows[11].cells[0].found) == ("repeat", "same")
    assert (rows[35].rule, rows[35].cells[0].found) == ("never", "extra")
    assert (rows[39].rule, rows[39].cells[0].found) == ("own", "")
    assert (rows[12].rule, rows[12].cells[0].found) == ("free", "")
    assert found.wrong == 2


def test_what_a_reversal_leaves_out_is_missing() -> None:
    bare = message(7, "0400", NOON_MS + 9, F39="98")
    body = bare.body.replace(b'"23": "001", ', b"")
    assert body != bare.body
    found = diff.compared(Payment("P7", key(7)), [message(7, "0200", NOON_MS), replace(bare, body=body)], PURCHASE)
    assert found is not None and {row.number: row for row in found.rows}[23].cells[0].found == "missing"


def test_our_own_reversal_is_what_was_frozen_with_the_sale() -> None:
    ours = Payment("P7", key(7), attempts=1, reason="98", auth="A1", masked_pan="6222****1902",
                   identity=(("4", "000000012345"), ("link", "x")))  # fmt: skip
    found = diff.compared(ours, [message(7, "0200", NOON_MS)], PURCHASE)
    assert found is not None
    (reversal,) = found.reversals
    assert (reversal.who, reversal.fields[39], reversal.fields[38]) == ("ours", "98", "A1")
    assert {row.number: row for row in found.rows}[4].cells[0].found == "same"


@pytest.mark.parametrize(
    ("sale_chip", "frozen", "found"),
    [
        ("9F260811223344556677889F36020001", "hex:9F36020001", diff.SAME),
        ("9F260811223344556677889F36020001", "hex:9F36020002", diff.DIFFERS),
        ("9F36020001", "", diff.MISSING),
        ("unreadable", "hex:9F36020001", diff.DIFFERS),
    ],
)
def test_of_chip_data_the_tags_of_a_reversal_are_compared(sale_chip: str, frozen: str, found: str) -> None:
    ours = Payment("P7", key(7), attempts=1, identity=(("11", "000007"), *([("55", frozen)] if frozen else [])))
    compared = diff.compared(ours, [message(7, "0200", NOON_MS, F55=sale_chip)], PURCHASE)
    assert compared is not None
    (row,) = (row for row in compared.rows if row.number == diff.CHIP)
    assert (row.cells[0].found, row.cells[0].text) == (found, frozen.removeprefix("hex:"))


def test_without_a_sale_a_reversal_or_a_table_nothing_is_compared() -> None:
    payment, sale, back = Payment("P7", key(7)), message(7, "0200", NOON_MS), message(7, "0400", NOON_MS)
    assert diff.compared(payment, [sale], PURCHASE) is None
    assert diff.compared(payment, [back], PURCHASE) is None
    assert diff.compared(payment, [sale, back], None) is None
    assert diff.message_of(replace(sale, body=b"[]")) is None
    assert diff.message_of(replace(sale, body=b"\xff")) is None
    assert diff.message_of(message(7, "0210", NOON_MS, "host")) is None


def test_causes_are_ranked_with_what_speaks_for_them() -> None:
    body = {"signals": {"tlm.printer": "jam", "orig.rsp": "00"}}
    found = causing.causes_of(Matter("case-1", "case", body=body), chinese=False)
    assert found is not None
    first = found.lines[0]
    assert (first.id, first.title) == ("HW-PRN", "Printer jam or out of paper after approval")
    assert any("tlm.printer" in why for why in first.because) and not found.settled
    assert sum(percent for _, percent in found.shares) == 100
    assert causing.causes_of(Matter("case-2", "case"), chinese=True) is None


def test_the_shares_of_a_person_stand_before_the_scored_ones() -> None:
    body = {"signals": {"tlm.printer": "jam"}, "cause": {"primary": "HW-PRN", "shares": {"network": 70, "issuer": 30}}}
    found = causing.causes_of(Matter("case-1", "case", body=body), chinese=False)
    assert found is not None and found.settled and found.shares == (("network", 70), ("issuer", 30))


def test_the_procedure_beside_a_case_says_what_stands_in_the_way() -> None:
    case = Matter("case-1", "case", "CONFIRMING")
    doubt = steps.beside(case, (), SOPS.shipped, {"truth": "unknown"}, chinese=True)
    assert doubt is not None and (doubt.name, doubt.run, doubt.steps[0].standing) == ("doubt", "", "next")
    refund = steps.beside(Matter("refund-2", "refund"), (case,), SOPS.shipped, {"truth": "unknown"}, chinese=False)
    assert refund is not None and refund.steps[0].blocked == ("truth", "unknown", ("charged_kept", "charged_twice"))
    assert steps.beside(Matter("task-3", "task"), (), SOPS.shipped, {}, chinese=True) is None


def test_a_run_that_is_under_way_stands_before_the_register() -> None:
    row = SOPS.shipped["refund"]
    log = [{"step": "truth", "at": 1, "by": "li"}, {"step": "goods", "at": 2, "by": "li", "evidence": "call"}]
    body = {"sop": "refund", "version": 1, "zh": row["zh"], "en": row["en"], "steps": row["steps"], "log": log}
    run = Matter("procedure-4", "procedure", "RUNNING", body=body)
    found = steps.beside(Matter("refund-2", "refund"), (run,), SOPS.shipped, {"truth": "charged_kept"}, chinese=True)
    assert found is not None and found.run == "procedure-4"
    assert [one.standing for one in found.steps[:4]] == ["done", "done", "next", "later"]
    assert found.steps[2].blocked == ("case", "", ("DECIDING", "REMEDYING"))
    books = {**body, "log": [{"step": one["id"], "at": 1, "by": "li"} for one in row["steps"][:5]]}
    last = steps.beside(replace(run, body=books), (), SOPS.shipped, {"suspense_fen": 700}, chinese=True)
    assert last is not None and last.steps[5].blocked == ("settled", "700", ())
