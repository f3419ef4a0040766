"""Is every wrong fee found to the fen, with its part and reason, and no right one?"""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.fees import interchange, price_list
from chongzheng.fees.agreement import Agreement, FeeCheck, Part, Side, Unchecked, check
from chongzheng.fees.rules import Rule, When
from chongzheng.fees.tail import tails
from chongzheng.fees.tariff import Tariff
from chongzheng.fees.undone import OnRefund, RefundTerm
from unit.fees.priced import DAY, rule

FEES = Path(__file__).parents[3] / "src/chongzheng/fees"
TARIFF = price_list.read((FEES / "rules.toml").read_text("utf-8"), "rules.toml")
LADDER = interchange.read((FEES / "interchange.toml").read_text("utf-8"), "interchange.toml")
MERCHANTS = Agreement(TARIFF, LADDER, DAY)
NETWORKS = Agreement(TARIFF, LADDER, DAY, Side.NETWORK)


@dataclass(frozen=True)
class Charge:
    """A line of a file, as far as fees go."""

    number: int = 1
    kind: str = "sale"
    amount_fen: int = 1_000_000
    fee_fen: int | None = 2500
    network_fee_fen: int | None = None
    channel: str = "card"
    merchant: str = "M1"
    entry_mode: str = "051"
    mcc: str = "5812"
    card_type: str = "debit"
    stan: str = "000001"
    sent_at: str = "20261123101010"
    rrn: str = ""
    order: str = ""
    original_stan: str = ""
    original_sent_at: str = ""
    original_rrn: str = ""
    original_order: str = ""


def undoing(kind: str, sale: Charge, **other: object) -> Charge:
    fee = None if sale.fee_fen is None else -sale.fee_fen
    pointing = Charge(2, kind, sale.amount_fen, fee, stan="000002", original_stan=sale.stan,
                      original_sent_at=sale.sent_at, channel=sale.channel)  # fmt: skip
    return replace(pointing, **other)  # type: ignore[arg-type]


def wrong(found: FeeCheck) -> list[tuple[int, str, int]]:
    return [(one.number, one.part.value, one.fen) for one in found.differences]


def test_the_agreed_fee_is_no_difference() -> None:
    found = check([Charge()], MERCHANTS)
    assert (found.differences, found.judged, found.unchecked) == ((), 1, {})


@pytest.mark.parametrize("fen", [-2500, -1, 1, 7])
def test_one_fen_is_a_difference_with_its_reason(fen: int) -> None:
    (one,) = check([Charge(fee_fen=2500 + fen)], MERCHANTS).differences
    assert (one.number, one.part, one.fen, one.agreed_fen) == (1, Part.MERCHANT, fen, 2500)
    assert "capped at 25.00; rule DEBIT_CAP" in one.why and "封顶 25.00 元" in one.why_zh


def test_entry_mode_and_merchant_decide() -> None:
    tapped = Charge(amount_fen=100_000, entry_mode="071", fee_fen=380)
    assert wrong(check([tapped, replace(tapped, entry_mode="051", fee_fen=500)], MERCHANTS)) == []
    assert wrong(check([replace(tapped, entry_mode="051")], MERCHANTS)) == [(1, "merchant", -120)]
    cheap = rule(
        "DEBIT_CAP",
        "0.0040",
        when=When(frozenset({"card"}), card_type=frozenset({"debit"})),
        cap_fen=2500,
        merchant="M1",
    )
    agreed = replace(MERCHANTS, tariff=TARIFF.merged(Tariff((cheap,))))
    assert wrong(check([Charge(amount_fen=100_000, fee_fen=400)], agreed)) == []


def test_a_wallet_and_a_set_of_rules() -> None:
    paid = Charge(channel="alipay", card_type="", entry_mode="", fee_fen=5780, order="A1", stan="")
    assert wrong(check([paid], replace(MERCHANTS, name="tiered"))) == []
    assert wrong(check([paid], MERCHANTS)) == [(1, "merchant", 1980)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Charge(fee_fen=None), Unchecked.NO_FEE),
        (Charge(card_type=""), Unchecked.NO_RULE),
        (Charge(kind="adjustment"), Unchecked.OTHER),
        (Charge(kind="refund", fee_fen=-1), Unchecked.NO_SALE),
    ],
)
def test_what_cannot_be_judged_is_counted_with_its_reason(line: Charge, why: Unchecked) -> None:
    found = check([line], MERCHANTS)
    assert (found.differences, found.judged, found.unchecked) == ((), 0, {why: 1})


@pytest.mark.parametrize("kind", ["reversal", "void"])
def test_undone_before_clearing_all_of_the_fee_comes_back(kind: str) -> None:
    sale = Charge()
    found = check([undoing(kind, sale), sale], MERCHANTS)
    assert (found.differences, found.judged) == ((), 2)
    assert wrong(check([sale, undoing(kind, sale, fee_fen=0)], MERCHANTS)) == [(2, "merchant", 2500)]
    assert check([undoing(kind, sale), replace(sale, card_type="")], MERCHANTS).unchecked == {Unchecked.NO_RULE: 2}


def test_of_a_sale_with_a_wrong_fee_the_wrong_fee_comes_back() -> None:
    sale = Charge(fee_fen=2600)
    assert wrong(check([sale, undoing("void", sale)], MERCHANTS)) == [(1, "merchant", 100)]


def test_a_refund_follows_the_agreement_and_those_before_it() -> None:
    sale = Charge()
    refunds = [
        undoing("refund", sale, number=2, amount_fen=400_000, fee_fen=0),
        undoing("refund", sale, number=3, amount_fen=300_000, fee_fen=-1000),
        undoing("refund", sale, number=4, amount_fen=300_000, fee_fen=-1500),
    ]
    assert wrong(check([sale, *refunds], MERCHANTS)) == []
    beyond = undoing("refund", sale, number=5, amount_fen=1, fee_fen=0)
    assert check([sale, *refunds, beyond], MERCHANTS).unchecked == {Unchecked.NO_RULE: 1}
    keeps = Tariff((), refunds=(RefundTerm(OnRefund.NONE, merchant="M1"),))
    found = check([sale, *refunds], replace(MERCHANTS, tariff=TARIFF.merged(keeps)))
    assert wrong(found) == [(3, "merchant", -1000), (4, "merchant", -1500)]
    assert found.differences[0].why == "refund of 3000.00 of a sale of 10000.00, agreed: NONE"
    assert "约定 NONE" in found.differences[0].why_zh


@pytest.mark.parametrize(
    ("sale", "back"),
    [
        (Charge(order="A"), {"original_order": "A", "original_stan": ""}),
        (Charge(rrn="R"), {"original_rrn": "R", "original_stan": ""}),
        (Charge(), {}),
    ],
)
def test_a_sale_is_found_by_order_trace_or_reference(sale: Charge, back: dict[str, str]) -> None:
    assert check([sale, undoing("void", sale, **back)], MERCHANTS).judged == 2


def test_of_two_sales_that_fit_neither_is_taken() -> None:
    sale = Charge(order="A")
    found = check([sale, replace(sale, number=3), undoing("void", sale, original_order="A")], MERCHANTS)
    assert found.unchecked == {Unchecked.NO_SALE: 1}


def cleared(**other: object) -> Charge:
    """A line of a network's file: 10 000 on a credit card, with both columns."""
    return replace(Charge(card_type="", fee_fen=4500, network_fee_fen=325), **other)  # type: ignore[arg-type]


def test_a_networks_file_is_checked_against_the_ladder_part_by_part() -> None:
    assert wrong(check([cleared(), cleared(fee_fen=1300)], NETWORKS)) == []
    assert wrong(check([cleared(fee_fen=4505, network_fee_fen=320)], NETWORKS)) == [
        (1, "issuer", 5),
        (1, "network", -5),
    ]
    assert wrong(check([cleared(fee_fen=3510)], NETWORKS)) == [(1, "issuer", -990)]
    assert wrong(check([cleared(fee_fen=3510, network_fee_fen=254, mcc="5411")], NETWORKS)) == []


def test_where_the_card_type_is_known_the_other_types_fee_is_wrong() -> None:
    found = check([cleared(fee_fen=1300, card_type="credit")], NETWORKS)
    assert wrong(found) == [(1, "issuer", -3200)]
    assert found.differences[0].why == "credit card, merchant class standard, issuer's fee"
    assert found.differences[0].why_zh == "贷记卡，商户类别 standard，发卡行服务费"


def test_only_columns_that_are_there_are_judged() -> None:
    assert wrong(check([cleared(network_fee_fen=None), cleared(fee_fen=None)], NETWORKS)) == []
    assert wrong(check([cleared(fee_fen=None, card_type="debit", network_fee_fen=1)], NETWORKS)) == [
        (1, "network", -324)
    ]
    assert check([cleared()], replace(NETWORKS, day="20160905")).unchecked == {Unchecked.NO_RULE: 1}


def test_a_networks_reversal_brings_both_parts_back_and_its_refunds_are_not_judged() -> None:
    sale = cleared()
    back = undoing("reversal", sale, network_fee_fen=-325)
    assert wrong(check([sale, back], NETWORKS)) == []
    assert wrong(check([sale, replace(back, network_fee_fen=0)], NETWORKS)) == [(2, "network", 325)]
    assert check([sale, replace(back, kind="refund")], NETWORKS).unchecked == {Unchecked.NO_RULE: 1}


@given(st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["071", "051"]), st.sampled_from(["credit", "debit"]),
                          st.sampled_from([-3, -1, 0, 0, 0, 0, 1, 2])), max_size=30))  # fmt: skip
def test_every_planted_fen_is_found_and_no_other_and_the_tail_is_of_the_agreed_fees(
    given: list[tuple[int, str, str, int]],
) -> None:
    lines, planted, right = [], [], 0
    for number, (amount_fen, mode, card_type, off) in enumerate(given, 1):
        fee = by_hand(amount_fen, mode, card_type).fee_fen(amount_fen)
        right += fee
        line = Charge(number, "sale", amount_fen, fee + off, entry_mode=mode, card_type=card_type, stan=f"{number:06d}")
        lines.append(line)
        planted += [(number, "merchant", off)] if off else []
    found = check(lines, MERCHANTS)
    assert wrong(found) == planted
    assert sum(tail.charged_fen for tail in tails(found.fees)) == right


def by_hand(amount_fen: int, mode: str, card_type: str) -> Rule:
    if mode == "071" and amount_fen <= 100_000:
        return rule(rate="0.0038")
    return rule(rate="0.0060") if card_type == "credit" else rule(rate="0.0050", cap_fen=2500)
