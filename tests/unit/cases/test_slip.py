"""Is a fault slip read as people type and scanners see it, and does it put its payment in doubt?"""

from __future__ import annotations

import pytest

from chongzheng.cases.effects import HandIn, Open
from chongzheng.cases.slip import SLIP, TEXT_CHARS_MAX, read
from chongzheng.mistakes import TheirMistake
from unit.cases.play import Played

CHINESE = """
商户编号: 898100012345678
终端编号:10000001
批次号:1  凭证号:42
参考号 000000000042
金额: RMB 1,234.50
应答码: 98
冲正失败,请人工处理
"""
ENGLISH = "MERCHANT NO 898100012345678\nTID: 10000001\nBATCH NO. 000001\nTRACE NO 000042\nAMOUNT ¥12.3"


def test_slips_are_read_in_both_languages() -> None:
    assert read(CHINESE).said() == {
        "merchant": "898100012345678", "terminal": "10000001", "batch": "000001", "trace": "000042",
        "rrn": "000000000042", "code": "98", "fen": 123_450,
    }  # fmt: skip
    slip = read(ENGLISH)
    assert (slip.merchant, slip.batch, slip.trace, slip.fen, slip.other) == (
        "898100012345678",
        "000001",
        "000042",
        1_230,
        {},
    )


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(TheirMistake, match=r"batch \(批次号\), trace"):
        read("商户号 1\n终端号 2")
    with pytest.raises(TheirMistake, match="no amount in yuan"):
        read(ENGLISH.replace("12.3", "1.2.3"))
    with pytest.raises(TheirMistake, match="at most"):
        read(" " * (TEXT_CHARS_MAX + 1))
    assert "fen" not in read(ENGLISH.replace("AMOUNT ¥12.3", "")).said()


def test_a_slip_of_a_known_payment_joins_its_case_and_has_the_engine_look() -> None:
    one = Played(SLIP, payment="P1")
    one.well("Opened", "li", **read(CHINESE).said(), hash="a" * 64, at_raw=5)
    joins, look = one.effects
    assert isinstance(joins, Open) and joins.key == "case P1" and look == HandIn("CheckAsked", "P1")
    witness = joins.said["witness"]
    assert (witness["witness"], witness["reversal"], witness["hash"], witness["at_raw"]) == (
        "slip",
        "failed",
        "a" * 64,
        5,
    )
    assert (one.matter.state, one.matter.fen) == ("MATCHED", 123_450)
    assert SLIP.tags(one.matter) == {"payment": "P1", "terminal": "10000001"}


def test_a_slip_of_no_known_payment_waits_for_people() -> None:
    one = Played(SLIP)
    one.well("Opened", "li", **read(ENGLISH).said())
    assert (one.matter.state, one.matter.queue, one.effects) == ("UNMATCHED", "fault slips", [])
    one.well("PaymentFound", "li", payment="P3")
    assert one.matter.state == "MATCHED" and one.effects[1] == HandIn("CheckAsked", "P3")
    other = Played(SLIP)
    other.well("Opened", "li", **read(ENGLISH).said())
    assert other.well("Dropped", "li", reason="of another acquirer").body["dropped_for"] == "of another acquirer"
