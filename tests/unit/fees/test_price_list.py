"""Is a price list read as it is written, and is every mistake in one told in one line with its place?"""

from decimal import Decimal

import pytest

from chongzheng.fees.price_list import read
from chongzheng.fees.rules import Rule, When
from chongzheng.fees.undone import OnRefund, RefundTerm
from chongzheng.mistakes import TheirMistake
from unit.fees.priced import tiers

WHOLE_RULE = """
[[set]]
name = "default"
zh = "基本"

[[set]]
name = "autumn"
over = "default"

[[rule]]
set = "autumn"
id = "CREDIT"
order = 5
from = 2026-09-01
until = 2026-11-30
merchant = "898210154110002"
approved_by = "wang.li"
channel = ["card"]
entry_mode = ["insert", "swipe"]
card_type = ["credit"]
mcc = ["5411", "5812"]
amount_fen_min = 100
amount_fen_max = 5000
rate = "0.0055"
cap_fen = 2000
en = "autumn"
zh = "秋季"
"""


def test_every_key_is_read() -> None:
    tariff = read(WHOLE_RULE, "own.toml")
    assert dict(tariff.over) == {"autumn": "default"}
    entries, mccs = frozenset({"insert", "swipe"}), frozenset({"5411", "5812"})
    when = When(frozenset({"card"}), entries, frozenset({"credit"}), mccs, 100, 5000)
    assert tariff.rules == (
        Rule("autumn", 5, "CREDIT", when, tiers((None, "0.0055")), 2000, "20260901", "20261130", "898210154110002",
             "wang.li", False, "秋季", "autumn"),
    )  # fmt: skip


def test_what_is_left_out_is_open() -> None:
    tariff = read('[[rule]]\nid = "A"\norder = 1\nrate = "0"\n[[set]]\nname = "b"', "own.toml")
    assert tariff.rules == (Rule("default", 1, "A", When(), tiers((None, "0"))),)
    assert dict(tariff.over) == {"b": "default"}


def test_slices_are_read() -> None:
    text = '[[rule]]\nid = "A"\norder = 1\nmode = "TIERED"\ntiers = [{up_to_fen = 5, rate = "0.1"}, {rate = "0.2"}]'
    assert read(text, "own.toml").rules[0].tiers == tiers((5, "0.1"), (None, "0.2"))
    assert read(text, "own.toml").rules[0].tiers[0].rate == Decimal("0.1")
    three = text.replace("{rate", '{up_to_fen = 6, rate = "0.3"}, {rate')
    assert read(three, "own.toml").rules[0].tiers == tiers((5, "0.1"), (6, "0.3"), (None, "0.2"))


def test_what_is_agreed_about_refunds_is_read() -> None:
    text = '[[refund]]\npolicy = "NONE"\nmerchant = "M"\nchannel = ["card"]\nfrom = 2026-01-01\nuntil = 2026-12-31'
    assert read(text, "own.toml").refunds == (
        RefundTerm(OnRefund.NONE, frozenset({"card"}), "M", "20260101", "20261231"),
    )


START = '[[rule]]\nid = "A"\norder = 1\n'
SLICED = START + 'mode = "TIERED"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule = ", "own.toml: is not TOML: Invalid value"),
        ("[[set]]\nname = 'x'\nprice = 1", r"own.toml: set 1 \(x\), 'price': is no key here"),
        ("[[set]]\nover = 'x'", "own.toml: set 1, name: must be 1 to 64 letters"),
        (START, r"own.toml: rule 1 \(A\), rate: must be text such as"),
        (START + "rate = 0.006", r"rule 1 \(A\), rate: must be text such as"),
        (START + 'rate = "0"\nprize = 1', r"rule 1 \(A\), 'prize': is no key here"),
        (START + 'rate = "0"\nmode = "STEP"', "mode: is none of WHOLE, TIERED"),
        (START + 'rate = "0"\ntiers = []', "tiers: does not belong to mode WHOLE"),
        (SLICED + 'rate = "0"', "rate: does not belong to mode TIERED"),
        (SLICED, "tiers: must be a list of 2 to 16 tables"),
        (SLICED + 'tiers = [{up_to_fen = 5, rate = "0", cap = 1}, {rate = "0"}]', "tiers 1, 'cap': is no key here"),
        (SLICED + 'tiers = [{rate = "0"}, {rate = "0"}]', "tiers 1, up_to_fen: stands in every slice but the last"),
        (SLICED + 'tiers = [{up_to_fen = 0, rate = "0"}, {rate = "0"}]', "tiers 1, up_to_fen: stands in every"),
        (SLICED + 'tiers = [{up_to_fen = 5, rate = "0"}, {up_to_fen = 6, rate = "0"}]', "tiers 2, 'up_to_fen': is no"),
        (
            SLICED + 'tiers = [{up_to_fen = 5, rate = "0"}, {up_to_fen = 5, rate = "0"}, {rate = "0"}]',
            "tiers 2, up_to_fen: is not above the slice before",
        ),
        (START + 'rate = "0"\namount_fen_min = 5\namount_fen_max = 4', "amount_fen_max: is smaller than"),
        ("[[refund]]\npolicy = 'HALF'", "refund 1, policy: is none of FULL, NONE, PROPORTIONAL, RECOMPUTE"),
        ("[[refund]]\nrate = '0'", "refund 1, 'rate': is no key here"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says) as told:
        read(text, "own.toml")
    assert "\n" not in str(told.value)
