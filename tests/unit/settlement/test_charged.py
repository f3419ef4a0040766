"""Do wrong fees of a file become differences of finance, signed from the view of who pays them?"""

from dataclasses import replace
from pathlib import Path

from chongzheng.fees import interchange, price_list
from chongzheng.fees.agreement import Agreement, Side, Unchecked
from chongzheng.settlement.breaks import NextAction, Owner, Type, Viewpoint
from chongzheng.settlement.charged import differences, side
from unit.settlement.acom_lines import record

FEES = Path(__file__).parents[3] / "src/chongzheng/fees"
TARIFF = price_list.read((FEES / "rules.toml").read_text("utf-8"), "rules.toml")
LADDER = interchange.read((FEES / "interchange.toml").read_text("utf-8"), "interchange.toml")
MERCHANTS = Agreement(TARIFF, LADDER, "20261123")


def test_a_layout_says_whose_fees_it_holds() -> None:
    assert side("acom") is Side.NETWORK
    assert side("zm") is side("wechat") is Side.MERCHANT


def test_a_merchant_that_paid_too_much_misses_money() -> None:
    sale = replace(record(7), amount_fen=1_000_000, card_type="debit", entry_mode="051", fee_fen=2600)
    (one,), found = differences([sale], MERCHANTS, {7: "P1"})
    assert (one.type, one.payment, one.record_number, one.fen) == (Type.FEE, "P1", 7, -100)
    assert (one.viewpoint, one.owner, one.next_action) == (Viewpoint.MERCHANT, Owner.FINANCE, NextAction.CLAIM_FEE)
    assert one.why.startswith("merchant fee 2600 fen, agreed 2500: debit card, inserted, 10000.00")
    assert found.judged == 1


def test_an_acquirer_that_paid_too_little_has_money_that_is_not_its_own() -> None:
    sale = replace(record(7), amount_fen=1_000_000, fee_fen=4499, network_fee_fen=325)
    (one,), _ = differences([sale], replace(MERCHANTS, side=Side.NETWORK), {})
    assert (one.payment, one.fen, one.viewpoint) == ("", 1, Viewpoint.ACQUIRER)
    assert one.why == "issuer fee 4499 fen, agreed 4500: credit card, merchant class standard, issuer's fee"


def test_lines_without_a_fee_are_counted() -> None:
    found, checked = differences([record()], MERCHANTS, {})
    assert (found, checked.unchecked) == ((), {Unchecked.NO_FEE: 1})
