"""When is money due over weekends and holidays, whose is a movement, and is a wrong row told?"""

from pathlib import Path

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import payouts
from chongzheng.settlement.bank import Movement
from chongzheng.settlement.payouts import Payout
from chongzheng.settlement.windows import Counting

TEXT = (Path(__file__).parents[3] / "src/chongzheng/settlement/payouts.toml").read_text("utf-8")
PACKED = payouts.read(TEXT, "payouts.toml")
WEEKEND = frozenset({"20261121", "20261122"})


@pytest.mark.parametrize(
    ("day", "due"),
    [("20261119", "20261120"), ("20261120", "20261123"), ("20261121", "20261123"), ("20261122", "20261123")],
)
def test_working_days_skip_the_weekend(day: str, due: str) -> None:
    assert Payout("card", ("x",)).due(day, WEEKEND) == due


def test_calendar_days_do_not() -> None:
    daily = Payout("alipay", ("x",), Counting.D, 1, 2)
    assert (daily.due("20261120", WEEKEND), daily.late("20261121", WEEKEND)) == ("20261121", "20261123")


def test_several_working_days_and_a_calendar_that_never_works() -> None:
    assert Payout("card", ("x",), days=2).due("20261119", WEEKEND) == "20261123"
    assert Payout("card", ("x",), days=0).due("20261121", WEEKEND) == "20261121"
    never = frozenset(f"202611{day:02d}" for day in range(1, 31)) | {f"202612{day:02d}" for day in range(1, 32)}
    assert Payout("card", ("x",)).due("20261101", never) == "20261202"


def test_whose_a_movement_is() -> None:
    came = Movement(1, "20261123", "20261123", 1, theirs="中国银联股份有限公司")
    assert PACKED["card"].is_theirs(came, "6222")
    assert not PACKED["alipay"].is_theirs(came, "6222")
    assert Payout("card", ("银联",), account="6222").is_theirs(came, "6222")
    assert not Payout("card", ("银联",), account="6222").is_theirs(came, "1")


def test_the_packed_rows() -> None:
    assert set(PACKED) == {"card", "alipay", "wechat", "leshua"}
    assert (PACKED["card"].counting, PACKED["card"].tail_fen, PACKED["card"].late_days) == (Counting.T, 5, 0)
    assert payouts.of(PACKED, "card") is PACKED["card"]


def test_what_is_left_out() -> None:
    found = payouts.read('[[payout]]\nchannel = "x"\nnames = ["X"]\ndays = 1', "own.toml")
    assert found == {"x": Payout("x", ("X",))}


ROW = '[[payout]]\nchannel = "x"\nnames = ["X"]\ndays = 1\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ROW + ROW, "own.toml: payout 2, channel: x stands there twice"),
        (ROW + 'counting = "W"', "payout 1, counting: is none of D, T"),
        (ROW.replace("1", "31"), "days: must be a whole number from 0 to 30"),
        (ROW + "tail = 1", "'tail': is no key here"),
        (ROW.replace('["X"]', "[]"), "names: must be a list of 1 to 20 texts"),
    ],
)
def test_a_wrong_row_is_told(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        payouts.read(text, "own.toml")


def test_a_channel_that_nobody_described() -> None:
    with pytest.raises(TheirMistake, match=r"channel fax: has no \[\[payout\]\]"):
        payouts.of(PACKED, "fax")
