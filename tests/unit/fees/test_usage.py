"""Is frequent use counted in any window of days, and does only a sure share of preferential traffic call for advice?"""

from dataclasses import replace
from pathlib import Path

from chongzheng.fees import interchange
from chongzheng.fees.traffic import Trade
from chongzheng.fees.usage import Limits, by_card, by_machine

LADDER = interchange.read(
    (Path(__file__).parents[3] / "src/chongzheng/fees/interchange.toml").read_text("utf-8"), "interchange.toml"
)
ONE = Trade("SN1", "M", 100, "20261130", 10, clearing_mcc="5812", card="C1")


def on(*days: int, **other: str) -> list[Trade]:
    return [replace(ONE, day=f"202611{day:02d}", **other) for day in days]


def test_the_busiest_days_in_a_row_count_over_the_end_of_a_month() -> None:
    december = [replace(ONE, day="20261205"), replace(ONE, day="20261206"), replace(ONE, day="20261207")]
    (usage,) = by_card([*on(1, 2, 3, 29, 30), *december], LADDER)
    assert (usage.name, usage.in_7_days, usage.in_30_days) == ("C1", 3, 5)


def test_cards_and_machines_are_counted_apart_and_what_has_no_name_is_not() -> None:
    trades = [*on(1, 2), *on(3, card=""), *on(4, card="C2", machine="SN2")]
    assert [(one.name, one.in_30_days) for one in by_card(trades, LADDER)] == [("C1", 2), ("C2", 1)]
    assert [(one.name, one.in_30_days) for one in by_machine(trades, LADDER)] == [("SN1", 3), ("SN2", 1)]


def test_advice_begins_above_the_limit() -> None:
    limits = Limits(in_7_days=2, in_30_days=3, preferential=300)
    assert by_card(on(1, 2, 20), LADDER)[0].advice(limits) == ()
    assert by_card(on(1, 2, 3, 20), LADDER)[0].advice(limits) == (
        "used 3 times within 7 days, more than 2", "used 4 times within 30 days, more than 3",
    )  # fmt: skip


def test_three_of_five_calls_for_no_advice_and_three_hundred_of_five_hundred_do() -> None:
    def mixed(cheap: int, dear: int) -> list[Trade]:
        return [replace(ONE, clearing_mcc="5411")] * cheap + [ONE] * dear

    limits = Limits(10**6, 10**6, 300)
    assert by_card(mixed(3, 2), LADDER)[0].advice(limits) == ()
    assert by_card(mixed(300, 200), LADDER)[0].advice(limits) == (
        "546 to 617 of 1000 trades at preferential merchants, surely above 300",
    )
    assert by_card([replace(ONE, clearing_mcc="")] * 9, LADDER)[0].preferential.of == 0
