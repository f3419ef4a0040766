"""Does the ladder say what a trade costs: by card type, class and day, and is a contradiction told?"""

from decimal import Decimal
from pathlib import Path

import pytest

from chongzheng.fees.interchange import Cost, Ladder, read
from chongzheng.mistakes import TheirMistake

DAY = "20261123"
TEXT = (Path(__file__).parents[3] / "src/chongzheng/fees/interchange.toml").read_text("utf-8")
PACKED = read(TEXT, "interchange.toml")


def cost(amount_fen: int, card_type: str = "credit", mcc: str = "5812", ladder: Ladder = PACKED) -> Cost:
    found = ladder.cost(amount_fen, card_type, mcc, DAY)
    assert found
    return found


def test_the_published_split_of_ten_thousand() -> None:
    credit, debit = cost(1_000_000), cost(1_000_000, "debit")
    assert (credit.issuer_fee_fen, credit.network_fee_fen) == (4500, 325)
    assert 6000 - credit.issuer_fee_fen - credit.network_fee_fen == 1175
    assert (debit.issuer_fee_fen, debit.network_fee_fen) == (1300, 325)
    assert 2500 - debit.issuer_fee_fen - debit.network_fee_fen == 875


def test_caps_bind_where_the_list_says() -> None:
    assert cost(371_428, "debit").issuer_fen < 1300
    assert cost(371_429, "debit").issuer_fen == 1300
    assert cost(999_999).network_fen < 325
    assert cost(10_000_000).network_fen == 325
    assert cost(10_000_000).issuer_fen == 45_000


def test_classes_lower_fees_and_caps() -> None:
    assert PACKED.merchant_class("5411") == "preferential"
    assert PACKED.merchant_class("8398") == "zero"
    assert PACKED.merchant_class("5812") == PACKED.merchant_class("") == "standard"
    assert [PACKED.factor(mcc) for mcc in ("5411", "8398", "5812")] == [Decimal("0.78"), 0, 1]
    lower = cost(100_000, mcc="5411")
    assert lower.issuer_fen + lower.network_fen == Decimal("376.35")
    capped = cost(10_000_000, "debit", "5411")
    assert capped.issuer_fen + capped.network_fen == Decimal("1267.5")
    nothing = cost(10_000_000, mcc="8398")
    assert (nothing.issuer_fen, nothing.network_fen) == (0, 0)


def test_before_the_list_and_of_other_cards_nothing_is_known() -> None:
    assert PACKED.cost(100, "credit", "5812", "20160905") is None
    assert PACKED.cost(100, "credit", "5812", "20160906") is not None
    assert PACKED.cost(100, "", "5812", DAY) is None


OWN = """
[[cost]]
card_type = "debit"
from = 2026-01-01
until = 2026-12-31
issuer_rate = "0.00315"
issuer_cap_fen = 1170
network_rate = "0.000325"

[[class]]
name = "preferential"
factor = "0.5"
mcc = ["5411"]
"""


def test_the_operators_rows_go_first_while_they_hold() -> None:
    both = PACKED.merged(read(OWN, "own.toml"))
    both.refuse_contradictions()
    assert cost(10_000_000, "debit", ladder=both).issuer_fee_fen == 1170
    assert cost(10_000_000, "debit", ladder=both).network_fee_fen == 3250
    before = both.cost(10_000_000, "debit", "5812", "20251231")
    after = both.cost(10_000_000, "debit", "5812", "20270101")
    assert before and before.issuer_fee_fen == 1300
    assert after and after.issuer_fee_fen == 1300
    assert cost(10_000, mcc="5411", ladder=both).issuer_fen == Decimal("22.5")
    assert both.merchant_class("5541") == "standard"


def test_contradictions_are_told() -> None:
    PACKED.refuse_contradictions()
    doubled = PACKED.merged(read("[[class]]\nname = 'own'\nfactor = '0'\nmcc = ['5411']", "own.toml"))
    with pytest.raises(TheirMistake, match="class own: holds 5411, which stands in preferential too"):
        doubled.refuse_contradictions()
    with pytest.raises(TheirMistake, match="class standard: is missing"):
        Ladder((), ()).refuse_contradictions()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[cost]]\ncard_type = 'gold'\nissuer_rate = '0'\nnetwork_rate = '0'", "cost 1, card_type: is none of credit"),
        ("[[cost]]\ncard_type = 'debit'\nrate = '0'", "cost 1, 'rate': is no key here"),
        ("[[class]]\nname = 'x'", r"class 1 \(x\), factor: must be text"),
        ("[[class]]\nname = 'x'\nrate = '0'", r"class 1 \(x\), 'rate': is no key here"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        read(text, "own.toml")
