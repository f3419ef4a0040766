"""Are priors learned only from enough labels that a reviewer confirmed, and are forecasts judged by what came true?"""

import pytest

from chongzheng.causes.learn import CONFIRMED_MIN, Confirmed, Forecast, brier, learned, reliability
from chongzheng.causes.score import score
from chongzheng.causes.table import packed
from chongzheng.mistakes import TheirMistake

TABLE = packed()


def confirmed(count: int, cause: str = "HW-PRN", reviewer: str = "li", start: int = 0) -> list[Confirmed]:
    return [Confirmed(f"case {n}", cause, reviewer) for n in range(start, start + count)]


def test_the_priors_stay_below_the_limit() -> None:
    lesson = learned(TABLE, confirmed(CONFIRMED_MIN - 1), "2")
    assert not lesson.learned and lesson.table is TABLE and lesson.table.version == "packed"
    assert all(one.before == one.after for one in lesson.changes)
    assert "199" in lesson.zh and "199" in lesson.en


def test_labels_of_a_machine_teach_nothing() -> None:
    lesson = learned(TABLE, confirmed(5_000, reviewer="") + confirmed(CONFIRMED_MIN - 1, start=9_000), "2")
    assert not lesson.learned and lesson.cases == CONFIRMED_MIN - 1 and lesson.ignored == 5_000


def test_a_case_counts_once_as_last_said() -> None:
    twice = confirmed(CONFIRMED_MIN, "HW-PRN") + confirmed(CONFIRMED_MIN, "NW-CELL")
    lesson = learned(TABLE, twice, "2")
    assert lesson.cases == CONFIRMED_MIN and lesson.ignored == CONFIRMED_MIN
    assert {one.cause: one.cases for one in lesson.changes if one.cases} == {"NW-CELL": CONFIRMED_MIN}


def test_priors_move_towards_what_was_confirmed_and_none_dies() -> None:
    lesson = learned(TABLE, confirmed(CONFIRMED_MIN), "3")
    changes = {one.cause: one for one in lesson.changes}
    assert lesson.learned and lesson.table.version == "3" and TABLE.by_id["HW-PRN"].prior == 0.030
    assert abs(sum(cause.prior for cause in lesson.table.causes) - 1) < 1e-12
    before = 0.030 / 1.196
    assert changes["HW-PRN"].before == pytest.approx(before)
    assert changes["HW-PRN"].after == pytest.approx((200 * before + 200) / 400)
    assert all(one.after > 0 for one in lesson.changes)
    assert all(one.after < one.before for one in lesson.changes if one.cause != "HW-PRN")
    assert lesson.table.by_id["HW-PRN"].items == TABLE.by_id["HW-PRN"].items
    assert score({}, lesson.table).causes[0].cause.id == "HW-PRN"
    assert score({}, lesson.table).version == "3"


def test_a_cause_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(TheirMistake, match="case 0: 'HW-NIL'"):
        learned(TABLE, confirmed(1, "HW-NIL"), "2")


def test_forecasts_are_judged() -> None:
    jam = score({"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351", "tlm.iface": "ethernet"}, TABLE)
    right, wrong = Forecast(jam, "HW-PRN"), Forecast(jam, "NW-CELL")
    assert brier([]) is None
    good, bad = brier([right]), brier([wrong])
    assert good is not None and bad is not None and 0 < good < 0.2 < 1 < bad < 2
    assert brier([right, wrong]) == pytest.approx((good + bad) / 2)
    (full,) = reliability([right, right, wrong])
    assert (full.low, full.high, full.cases) == (0.6, 0.7, 3)
    assert full.forecast == pytest.approx(0.6979, abs=5e-4) and full.right == pytest.approx(2 / 3)
    low, high = reliability([Forecast(score({}, TABLE), "NW-CELL"), right])
    assert (low.low, low.right, high.low) == (0.1, 1.0, 0.6)


def test_a_forecast_of_one_falls_into_the_last_bin() -> None:
    sure = score({"tlm.tamper": 1, "rsp": "A7", "chan": "card"}, TABLE)
    certain = Forecast(type(sure)((type(sure.causes[0])(sure.causes[0].cause, 1.0, 0.0, ()),), {}, "x"), "HW-TAMPER")
    assert reliability([certain])[0].high == 1.0
