"""Does one line say the same in the words of ISO 8583, whatever words it came in?"""

import pytest

from chongzheng.settlement.formats.kinds import Unfit
from chongzheng.settlement.formats.parse import parse
from chongzheng.settlement.formats.telling import Misplaced, Teller, Value
from chongzheng.settlement.line import Kind, Record

DAY = "20261122"
TEXT = """
name = "x"
shape = "delimited"
fields = [
  { column = "fen", kind = "signed fen", is = "amount", optional = true },
  { column = "back", kind = "signed fen" },
  { column = "type" },
  { column = "a" }, { column = "b" },
  { column = "pan", kind = "any card", is = "pan", optional = true },
  { column = "fee", kind = "signed fen", is = "fee", optional = true },
  { column = "day", kind = "time", form = "yyyyMMdd", is = "sent_day", optional = true },
  { column = "time", kind = "time", form = "HHmmss", is = "sent_time", optional = true },
]
[[trades]]
is = "reversal"
when = { type = "R" }
same = ["a", "b"]
[[trades]]
is = "refund"
channel = "wechat"
when = { type = "R" }
gives = { amount = ["back", "fen"], order = "a" }
[[trades]]
is = "sale"
when = { type = ["S", "T"] }
"""
SALE: dict[str, Value] = {"fen": 100, "back": 0, "type": "S", "a": "", "b": "", "pan": "", "fee": None,
                          "day": (DAY, ""), "time": ("", "101500")}  # fmt: skip


def told(text: str = TEXT, line: str = "the line", **changes: Value) -> Record:
    teller = Teller(parse(text, "x.toml"), DAY, lambda pan: f"hash of {pan[-4:]}")
    values = {**SALE, **changes}
    return teller.record(7, line, values, teller.trade(values))


def test_the_first_rule_that_fits() -> None:
    assert told().kind is Kind.SALE
    assert told(type="R", a="1", b="1").kind is Kind.REVERSAL
    for a, b in (("1", "2"), ("", "")):
        assert told(type="R", a=a, b=b).kind is Kind.REFUND
    with pytest.raises(Misplaced, match="is no trade") as caught:
        told(type="?")
    assert caught.value.which == "type"
    with pytest.raises(Misplaced) as nowhere:
        told(TEXT.split("[[trades]]")[0] + '[[trades]]\nis = "sale"\nsame = ["a", "b"]', a="1")
    assert nowhere.value.which == ""


def test_a_trade_may_take_its_values_from_elsewhere() -> None:
    refund = told(type="R", back=-30, a="A1")
    assert (refund.amount_fen, refund.order, refund.channel) == (30, "A1", "wechat")
    assert (told(type="R", back=0).amount_fen, told().channel) == (100, "card")


def test_when_it_was_sent() -> None:
    assert told().sent_at == f"{DAY}101500"
    assert told(time=None).sent_at == f"{DAY}000000"
    assert told(day=None).sent_at == told(day=None, time=None).sent_at == f"{DAY}000000"
    for other in ("20261120", "20261123"):
        with pytest.raises(Misplaced, match="was not sent on") as caught:
            told(day=(other, ""))
        assert caught.value.which == "day"


def test_what_undoes_a_trade_may_carry_the_time_of_that_trade() -> None:
    assert told(type="R", back=100, day=("20260101", "")).sent_at == "20260101101500"
    for other in ("20251001", "20261123"):
        with pytest.raises(Misplaced, match="was not sent on"):
            told(type="R", back=100, day=(other, ""))


def test_without_an_amount_it_is_no_trade() -> None:
    with pytest.raises(Unfit, match="is blank"):
        told(fen=None)


def test_fees_are_as_stated_or_by_the_trade() -> None:
    by_trade = TEXT.replace("shape", "fee_by_trade = true\nshape")
    assert [told(fee=fee).fee_fen for fee in (5, -5, None)] == [5, -5, None]
    assert [told(by_trade, fee=fee).fee_fen for fee in (5, -5, None)] == [5, 5, None]
    assert [told(by_trade, type="R", fee=fee).fee_fen for fee in (5, -5)] == [-5, -5]


def test_no_card_number_leaves() -> None:
    pan, masked = "6222021234567890", "622202******7890"
    whole = told(pan=pan, line=f"{pan} and {pan}")
    assert (whole.masked_pan, whole.card, whole.text) == (masked, "hash of 7890", f"{masked} and {masked}")
    already = told(pan=masked, line=masked)
    assert (already.masked_pan, already.card, already.text) == (masked, "", masked)
    assert told(line="4111111111111111 4111111111111112").text == "411111******1111 4111111111111112"
    assert told(a="4111111111111111", line="4111111111111111").text == "4111111111111111"


ISO = """
name = "iso"
shape = "fixed"
fields = [
  { at = 0, length = 4, name = "MTI", kind = "digits", is = "mti" },
  { at = 4, length = 6, name = "F3", kind = "digits", is = "processing" },
  { at = 10, length = 4, name = "fen", kind = "signed fen", is = "amount" },
  { at = 14, length = 2, name = "F39", kind = "word", is = "code" },
  { at = 16, length = 6, name = "F90.2", kind = "digits", is = "original_stan" },
  { at = 22, length = 10, name = "F7", kind = "time", form = "MMddHHmmss", is = "sent" },
  { at = 32, length = 4, name = "out", kind = "fen", is = "fee", optional = true },
  { at = 36, length = 4, name = "in", kind = "fen", is = "fee_back", optional = true },
]
"""


def test_a_layout_that_speaks_iso_is_left_alone() -> None:
    teller = Teller(parse(ISO, "iso.toml"), DAY, str)
    values: dict[str, Value] = {"MTI": "0420", "F3": "000000", "fen": 100, "F39": "98", "F90.2": "000007",
                                "F7": (DAY, "101500"), "out": 5, "in": 2}  # fmt: skip
    record = teller.record(1, "", values, teller.trade(values))
    assert (record.kind, record.code, record.original_stan, record.fee_fen) == (Kind.REVERSAL, "98", "000007", 3)
    other = teller.record(1, "", {**values, "F90.2": "000000", "out": None, "in": 4, "fen": -1}, None)
    assert (other.original_stan, other.fee_fen, other.amount_fen) == ("", -4, -1)
    with pytest.raises(Misplaced, match="was not sent") as caught:
        teller.record(1, "", {**values, "F7": ("20261101", "")}, None)
    assert caught.value.which == "F7"
