"""Does each signal fire where it should and only there, do weights add up to a level, and is a small tap exempt?"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chongzheng.fees import hopping, interchange
from chongzheng.fees.hopping import Finding, Signals, findings
from chongzheng.fees.traffic import Registered, Trade
from chongzheng.fees.usage import Limits
from chongzheng.mistakes import TheirMistake

FEES = Path(__file__).parents[3] / "src/chongzheng/fees"
SIGNALS = hopping.read((FEES / "hopping.toml").read_text("utf-8"), "hopping.toml")
LADDER = interchange.read((FEES / "interchange.toml").read_text("utf-8"), "interchange.toml")

HONEST = Trade("SN1", "898440158120001", 100_000, "20261123", 12, "5812", "5812", "credit", "insert", 482, "东风餐厅",
               "东风餐厅")  # fmt: skip
OTHER = replace(HONEST, machine="SN2", merchant="898440158120002")
REGISTER = {name: Registered("5812", "44") for name in ("SN1", "SN2", "SN3", "SN4")}
CROWD = [replace(OTHER, machine=f"SN{2 + at % 3}", merchant=f"89844015812000{2 + at % 3}", amount_fen=60_000 + at * 400,
                 hour=9 + at // 3 % 12, cost_fen=None) for at in range(240)]  # fmt: skip


def found(
    trades: list[Trade], register: Mapping[str, Registered] = REGISTER, signals: Signals = SIGNALS
) -> Finding | None:
    """What is found of the machine SN1 among honest ones."""
    return next((one for one in findings([*trades, *CROWD], register, LADDER, signals) if one.machine == "SN1"), None)


def fired(trades: list[Trade], register: Mapping[str, Registered] = REGISTER) -> dict[str, tuple[int, int]]:
    one = found(trades, register)
    return {} if one is None else {each.rule.id: (each.hits, each.of) for each in one.fired}


def mixed(hits: int, of: int, **changed: object) -> list[Trade]:
    trades = [replace(HONEST, **changed)] * hits + [HONEST] * (of - hits)  # type: ignore[arg-type]
    return [replace(trade, hour=9 + at % 12) for at, trade in enumerate(trades)]


def test_an_honest_machine_fires_nothing() -> None:
    assert fired(mixed(0, 100)) == {}
    assert findings(mixed(0, 100), REGISTER, LADDER, SIGNALS) == ()


@pytest.mark.parametrize(
    ("changed", "signal"),
    [
        ({"merchant": "898440154110001"}, "receipt_mcc"),
        ({"field_mcc": "5411"}, "field_mcc"),
        ({"clearing_mcc": "5999"}, "clearing_mcc"),
        ({"merchant": "898320158120001"}, "region"),
        ({"slip_name": "北山超市加油站"}, "name"),
    ],
)
def test_a_share_of_conflicts_fires_its_signal_and_a_few_errors_do_not(changed: dict[str, str], signal: str) -> None:
    assert signal not in fired(mixed(5, 100, **changed))
    assert fired(mixed(30, 100, **changed))[signal] == (30, 100)


def test_where_nothing_is_registered_the_message_stands_for_it() -> None:
    assert fired(mixed(30, 100, clearing_mcc="5411"), {}) == {"clearing_mcc": (30, 100)}
    assert fired(mixed(30, 100, clearing_mcc="5411", field_mcc=""), {}) == {}


def test_several_merchants_behind_one_machine() -> None:
    assert fired(mixed(30, 100, merchant="898440158120009")) == {"many_merchants": (2, 100)}
    assert fired(mixed(2, 100, merchant="898440158120009")) == {}
    assert fired(mixed(5, 300, merchant="898440158120009")) == {}


def test_missing_interchange_fires_and_rounding_does_not() -> None:
    assert fired(mixed(50, 100, cost_fen=376))["interchange"] == (5350, 48250)
    assert fired(mixed(100, 100, cost_fen=481)) == {}
    assert fired(mixed(100, 100, cost_fen=None)) == {}
    assert fired(mixed(100, 100, card_type="", cost_fen=382)) == {}
    assert fired(mixed(100, 100, card_type="gold", cost_fen=1)) == {}


def test_four_deviations_of_rounding_are_the_limit() -> None:
    """A hundred sales of one yuan cost 48.25 fen; rounding two fees of each deviates by 4.08 fen, four times: 16.33."""
    small = {"amount_fen": 100, "cost_fen": 0}
    rounded = [replace(trade, cost_fen=1) if at < 32 else trade for at, trade in enumerate(mixed(100, 100, **small))]
    assert "interchange" not in fired(rounded)
    assert fired([replace(rounded[0], cost_fen=0), *rounded[1:]])["interchange"] == (17, 48)


def test_small_taps_are_cheaper_by_right() -> None:
    taps = mixed(80, 100, entry="tap", cost_fen=300)
    one = found(taps)
    assert one and {each.rule.id for each in one.fired} == {"interchange", "tap"}
    assert (one.score, one.level) == (-1, None)
    assert [(each.hits, each.of) for each in one.fired if each.rule.id == "tap"] == [(80, 100)]


@pytest.mark.parametrize("changed", [{"amount_fen": 100_001}, {"clearing_mcc": "5411"}, {"entry": "insert"}])
def test_what_is_no_small_tap_of_this_merchant_is_not_exempt(changed: dict[str, object]) -> None:
    assert "tap" not in fired(mixed(80, 100, **{"entry": "tap", "cost_fen": 300} | changed))


def test_taps_do_not_hide_what_others_miss() -> None:
    both = mixed(40, 80, entry="tap", cost_fen=300) + mixed(40, 40, cost_fen=376)
    assert "interchange" in fired(both) and "tap" not in fired(both)


def test_amounts_and_hours_of_another_trade() -> None:
    assert fired([replace(HONEST, amount_fen=100_000_000, cost_fen=None)] * 30)["ticket_size"][0] == 100_000_000
    assert fired(mixed(19, 19, amount_fen=100_000_000, cost_fen=None)) == {}
    assert fired(mixed(16, 30, amount_fen=100_000_000, cost_fen=None))["ticket_size"][0] == 100_000_000
    assert "ticket_size" not in fired(mixed(14, 30, amount_fen=100_000_000, cost_fen=None))
    assert fired([replace(HONEST, hour=3)] * 30)["hours"][1] == 30
    assert fired([replace(HONEST, hour=3)] * 19) == {}


def test_more_trades_of_a_cheaper_class_than_chance_explains() -> None:
    assert fired(mixed(30, 100, clearing_mcc="5411")) == {"clearing_mcc": (30, 100), "cheap_share": (30, 100)}
    assert "cheap_share" not in fired(mixed(30, 100, clearing_mcc="5999"))
    cheap = {"SN1": Registered("5411", "44")}
    assert "cheap_share" not in fired(mixed(0, 100), REGISTER | cheap)


def test_weights_add_up_to_a_level_and_each_signal_says_itself() -> None:
    hop = mixed(40, 100, merchant="898320154110001", field_mcc="5411", clearing_mcc="5411", cost_fen=376)
    one = found(hop)
    assert one and one.level
    assert (one.trades, one.score, one.level.name) == (100, 3 + 3 + 3 + 4 + 2 + 3 + 2, "delay")
    assert "+3 clearing_mcc: the category in clearing is not the registered one (40 of 100)" in map(str, one.fired)
    assert one.preferential.hits == 40 and one.preferential.is_above(200)


def test_the_worst_stands_first() -> None:
    worse = [replace(each, machine="SN9") for each in mixed(40, 100, merchant="898320154110001", clearing_mcc="5411")]
    both = findings([*mixed(40, 100, field_mcc="5411"), *worse, *CROWD], REGISTER, LADDER, SIGNALS)
    assert [one.machine for one in both] == ["SN9", "SN1"]


def test_signals_that_are_left_out_of_the_data_stay_silent() -> None:
    none = Signals({}, SIGNALS.levels)
    assert found(mixed(50, 100, clearing_mcc="5411", cost_fen=1), signals=none) is None
    without = Signals({id_: rule for id_, rule in SIGNALS.rules.items() if id_ != "interchange"}, ())
    assert found(mixed(80, 100, entry="tap", cost_fen=300), signals=without) is None


def test_from_how_often_on_use_calls_for_advice_is_data() -> None:
    assert SIGNALS.limits == Limits() == hopping.read("", "own.toml").limits
    own = hopping.read("[[usage]]\nin_7_days = 1\nin_30_days = 2\npreferential = 3\n", "own.toml")
    assert own.limits == Limits(1, 2, 3)


def test_levels_by_score() -> None:
    assert [level and level.name for level in map(SIGNALS.level, (3, 4, 6, 9, 10))] == [
        None, "watch", "warn", "warn", "delay",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[signal]]\nid = 'moon'\nweight = 1", r"signal 1 \(moon\), id: is none of receipt_mcc"),
        (
            "[[signal]]\nid = 'name'\nweight = 101",
            r"signal 1 \(name\), weight: must be a whole number from -100 to 100",
        ),
        ("[[signal]]\nid = 'name'\nweight = true", "weight: must be a whole number"),
        ("[[signal]]\nid = 'name'\nscore = 1", "'score': is no key here"),
        ("[[level]]\nname = 'x'\nscore = 1\nlimit = 2", "'limit': is no key here"),
        ("[[level]]\nname = 'x'", "score: must be a whole number"),
        ("[[rule]]", "'rule': is no key here; there are level, signal, usage"),
        ("[[usage]]\nin_7_days = 1\nin_30_days = 2\npreferential = 1001", "preferential: must be a whole number"),
        ("[[usage]]\nin_7_days = 1\nin_30_days = 2\nlimit = 3", "'limit': is no key here"),
    ],
)
def test_a_mistake_in_the_data_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        hopping.read(text, "own.toml")
