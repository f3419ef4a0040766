"""Is a price list read as it is written, and is every mistake in one told in one line with its place?"""

from decimal import Decimal

import pytest

from chongzheng.fees.price_list import RULES_MAX, read
from chongzheng.fees.rules import Rule, When
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


START = '[[rule]]\nid = "A"\norder = 1\n'
SLICED = START + 'mode = "TIERED"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule = ", "own.toml: is not TOML: Invalid value"),
        ("other = 1", "own.toml, 'other': is no key here; there are rule, set"),
        ("rule = 3", r"own.toml: rule: write each as \[\[rule\]\]"),
        ("rule = [3]", "own.toml: rule: write each as"),
        ("[[set]]\nname = 'x'\nprice = 1", r"own.toml: set 1 \(x\), 'price': is no key here"),
        ("[[set]]\nover = 'x'", "own.toml: set 1, name: must be 1 to 64 letters"),
        ("[[set]]\nname = 'x'\nover = 'a b'", r"set 1 \(x\), over: must be 1 to 64 letters"),
        (START, r"own.toml: rule 1 \(A\), rate: must be text such as"),
        (START + "rate = 0.006", r"rule 1 \(A\), rate: must be text such as"),
        (START + 'rate = "1"', "rate: must be text"),
        (START + 'rate = "0.123456789"', "rate: must be text"),
        (START + 'rate = "0"\nmode = "STEP"', "mode: is neither WHOLE nor TIERED"),
        (START + 'rate = "0"\ntiers = []', "tiers: belongs to mode TIERED"),
        (SLICED + 'rate = "0"', "rate: belongs to mode WHOLE"),
        (SLICED, "tiers: must be a list of 2 to 16 tables"),
        (SLICED + "tiers = [1, 2]", "tiers 1: must be a table with rate and up_to_fen"),
        (SLICED + 'tiers = [{up_to_fen = 5, rate = "0", cap = 1}, {rate = "0"}]', "tiers 1, 'cap': is no key here"),
        (SLICED + 'tiers = [{rate = "0"}, {rate = "0"}]', "tiers 1, up_to_fen: stands in every slice but the last"),
        (SLICED + 'tiers = [{up_to_fen = 5, rate = "0"}, {up_to_fen = 6, rate = "0"}]', "tiers 2, up_to_fen: stands"),
        (SLICED + 'tiers = [{up_to_fen = 0, rate = "0"}, {rate = "0"}]', "tiers 1, up_to_fen: is not above"),
        (SLICED + 'tiers = [{up_to_fen = 5, rate = "0"}, {up_to_fen = 5, rate = "0"}, {rate = "0"}]',
         "tiers 2, up_to_fen: is not above the slice before"),
        (START + 'rate = "0"\nchannel = "card"', "channel: must be a list of words"),
        (START + 'rate = "0"\nchannel = []', "channel: must be a list of words"),
        (START + 'rate = "0"\nchannel = ["visa"]', "channel: is none of card, alipay, wechat, unionpay_qr"),
        (START + 'rate = "0"\ncard_type = [1]', "card_type: is none of credit, debit"),
        (START + 'rate = "0"\nmcc = [5411]', "mcc: must be four digits as text"),
        (START + 'rate = "0"\nmcc = ["54１1"]', "mcc: must be four digits as text"),
        (START + 'rate = "0"\namount_fen_min = 5\namount_fen_max = 4', "amount_fen_max: is smaller than"),
        (START + 'rate = "0"\ncap_fen = 1.5', "cap_fen: must be a whole number from 0 to 999999999999"),
        (START + 'rate = "0"\ncap_fen = true', "cap_fen: must be a whole number"),
        (START + 'rate = "0"\ncap_fen = -1', "cap_fen: must be a whole number"),
        (START + 'rate = "0"\nfrom = "2026-01-01"', "from: must be a day such as 2016-09-06, without quotes"),
        (START + 'rate = "0"\nfrom = 2026-01-01T00:00:00Z', "from: must be a day"),
        (START + 'rate = "0"\nfrom = 2026-01-02\nuntil = 2026-01-01', "until: lies before the day it begins"),
        (START + 'rate = "0"\nzh = "a\\nb"', "zh: must be one line of text"),
        (START + 'rate = "0"\nen = 3', "en: must be one line of text"),
        (START + 'rate = "0"\nen = "' + "x" * 301 + '"', "en: must be one line of text, at most 300"),
        ("[[rule]]\nid = 'a b'", "rule 1, order: must be a whole number from 0 to 100000"),
        ("[[rule]]\norder = 1\nid = 'a b'", "rule 1, id: must be 1 to 64 letters, digits or _ . -"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_place(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says) as told:
        read(text, "own.toml")
    assert "\n" not in str(told.value)


def test_a_list_has_an_end() -> None:
    with pytest.raises(TheirMistake, match=f"own.toml: rule: has more than {RULES_MAX} rows"):
        read("rule = [" + "{}," * (RULES_MAX + 1) + "]", "own.toml")
