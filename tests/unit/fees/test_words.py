"""Does the sentence say what was asked, what the rates say, and what was done to the result?"""

from decimal import Decimal

import pytest

from chongzheng.fees import words
from chongzheng.fees.rules import Asked, Rule
from chongzheng.fees.tariff import Tariff
from unit.fees.priced import asked, rule, tiers


def said(rule: Rule, of: Asked) -> tuple[str, str]:
    quote = Tariff((rule,)).quote(of)
    assert quote
    return words.english(quote), words.chinese(quote)


def test_an_even_fee() -> None:
    assert said(rule(), asked(10_000, card_type="credit", entry_mode="insert")) == (
        "credit card, inserted, 100.00: 0.60% of 100.00 is 0.60; rule CREDIT of set default",
        "贷记卡，插卡，100.00 元：0.60% × 100.00 = 0.60 元；规则 CREDIT，价目 default",
    )


def test_a_rounded_fee() -> None:
    english, chinese = said(rule(en="cheap", zh="低"), asked(1_250))
    assert english.startswith("card, 12.50: 0.60% of 12.50 is 0.075, rounded half up to 0.08;")
    assert english.endswith("(cheap)")
    assert chinese.startswith("银行卡，12.50 元：0.60% × 12.50 = 0.075 元，四舍五入为 0.08 元；")
    assert chinese.endswith("（低）")


def test_a_capped_fee_of_one_merchant() -> None:
    english, chinese = said(rule(rate="0.0050", cap_fen=2500, merchant="M1"), asked(10**6, merchant="M1"))
    assert "0.50% of 10000.00 would be 50.00, capped at 25.00; rule CREDIT of set default, agreed with" in english
    assert "应为 50.00 元，封顶 25.00 元；规则 CREDIT，价目 default，商户 M1 协议价" in chinese


def test_slices_are_summed_as_far_as_the_amount_reaches() -> None:
    sliced = rule(tiers=tiers((100_000, "0.0038"), (None, "0.0060")))
    assert "0.38% of 1000.00 plus 0.60% of 500.00 is 6.80" in said(sliced, asked(150_000))[0]
    assert ": 0.38% of 500.00 is 1.90;" in said(sliced, asked(50_000))[0]


@pytest.mark.parametrize(
    ("rate", "text"),
    [("0.0038", "0.38%"), ("0.005", "0.50%"), ("0.00325", "0.325%"), ("0", "0.00%"), ("0.1", "10.00%")],
)
def test_rates_as_people_write_them(rate: str, text: str) -> None:
    assert words.percent(Decimal(rate)) == text


def test_prices_are_short() -> None:
    assert words.price(rule(rate="0.0050", cap_fen=2500)) == "0.50%, at most 25.00"
    assert words.price(rule(tiers=tiers((100_000, "0.0038"), (None, "0.0060")))) == "0.38% up to 1000.00, then 0.60%"
