"""Does the right rule win: of sets, of days, of merchants, of the operator's file; and is a contradiction refused?"""

import json
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chongzheng.fees import price_list
from chongzheng.fees.rules import Asked, Rule, When
from chongzheng.fees.tariff import Tariff, dearer_at, place
from chongzheng.fees.undone import OnRefund, RefundTerm
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX
from unit.fees.priced import DAY, asked, rule, tiers

ROOT = Path(__file__).parents[3]
GIVEN = json.loads((ROOT / "tests/data/fee-rules.json").read_text("utf-8"))
PACKED = price_list.read((ROOT / "src/chongzheng/fees/rules.toml").read_text("utf-8"), "rules.toml")


def id_and_fee(tariff: Tariff, of: Asked, name: str = "default") -> tuple[str, int] | None:
    quote = tariff.quote(of, name)
    return quote and (quote.rule.id, quote.fee_fen)


@pytest.mark.parametrize("case", GIVEN["tests"], ids=lambda case: case["id"])
def test_the_packed_list_says_what_the_requirements_say(case: dict[str, str | int | None]) -> None:
    of = Asked(
        str(case["channel"]), int(case["amount_fen"] or 0), DAY, str(case["entry_mode"]), str(case["card_type"] or "")
    )
    assert id_and_fee(PACKED, of, str(case["rule_set"])) == (case["rule"], case["fee_fen"])


def test_the_packed_list_is_whole() -> None:
    PACKED.refuse_contradictions()
    assert PACKED.sets == ("default", "tiered")
    assert {rule["id"] for rule in GIVEN["rules"]} == {rule.id for rule in PACKED.rules}


def test_of_what_no_rule_speaks_there_is_no_price() -> None:
    assert PACKED.quote(asked(100)) is None


def test_a_cap_shows_in_the_quote() -> None:
    capped = PACKED.quote(asked(500_001, card_type="debit"))
    just = PACKED.quote(asked(500_000, card_type="debit"))
    assert capped and capped.is_capped
    assert just and not just.is_capped


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(TheirMistake, match="rules: is none of default, tiered"):
        PACKED.prices("tired", DAY)


def test_rules_take_turns_by_date() -> None:
    old, new = rule(rate="0.0078", last_day="20160905"), rule(rate="0.0060", first_day="20160906")
    both = Tariff((new, old))
    both.refuse_contradictions()
    assert id_and_fee(both, asked(10_000, "20160905")) == ("CREDIT", 78)
    assert id_and_fee(both, asked(10_000, "20160906")) == ("CREDIT", 60)


def test_a_set_over_another_replaces_rows_of_the_same_id_only() -> None:
    both = Tariff(
        (rule("A", "0.01", order=1, when=When(card_type=frozenset({"debit"}))), rule("B", "0.02", order=2),
         rule("B", "0.03", order=2, set="upper"), rule("B", "0.04", order=2, set="top")),
        {"upper": "default", "top": "upper"},
    )  # fmt: skip
    both.refuse_contradictions()
    assert id_and_fee(both, asked(100, card_type="debit"), "top") == ("A", 1)
    assert [id_and_fee(both, asked(100), name) for name in both.sets] == [("B", 2), ("B", 4), ("B", 3)]


def test_the_operators_row_goes_before_the_packed_one_while_it_holds() -> None:
    own = Tariff((rule("CREDIT", "0.0055", first_day="20260101", last_day="20261231", when=credit()),))
    both = PACKED.merged(own)
    of = [id_and_fee(both, asked(10_000, day, card_type="credit")) for day in ("20251231", "20260101", "20270101")]
    assert of == [("CREDIT", 60), ("CREDIT", 55), ("CREDIT", 60)]


def credit() -> When:
    return When(channel=frozenset({"card"}), card_type=frozenset({"credit"}))


def test_a_merchants_own_price_is_for_that_merchant() -> None:
    both = PACKED.merged(Tariff((rule("CREDIT", "0.0050", when=credit(), merchant="M1"),)))
    of = {name: id_and_fee(both, asked(10_000, card_type="credit", merchant=name), "tiered") for name in ("M1", "M2")}
    assert of == {"M1": ("CREDIT", 50), "M2": ("CREDIT", 65)}
    assert place(both.rules[-1]) == "rule CREDIT of set default, merchant M1"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (rule("CREDIT", "0.0061", when=credit(), merchant="M"), "costs more than the general rule at 1 fen"),
        (rule("CREDIT", "0.0050", merchant="M"), "no general rule of the same conditions"),
        (rule("OTHER", "0.0010", merchant="M"), "no general rule of the same conditions"),
        (rule("CREDIT", "0.0060", when=credit(), merchant="M", set="none"), "there is no set none"),
        (rule("NEW", order=3), "has the order 3 of rule NEW"),
    ],
)
def test_what_contradicts_the_packed_list_is_refused(row: Rule, what: str) -> None:
    with pytest.raises(TheirMistake, match=what):
        PACKED.merged(Tariff((row,)))


def test_an_approved_price_may_be_dearer() -> None:
    both = PACKED.merged(Tariff((rule("CREDIT", "0.0090", when=credit(), merchant="M", approved_by="wang.li"),)))
    assert id_and_fee(both, asked(10_000, card_type="credit", merchant="M")) == ("CREDIT", 90)


def test_a_price_that_becomes_dearer_when_the_general_one_falls_is_refused() -> None:
    merchant = rule("CREDIT", "0.0058", when=credit(), merchant="M", first_day="20250601", last_day="20261231")
    falls = rule("CREDIT", "0.0055", when=credit(), first_day="20260101")
    with pytest.raises(TheirMistake, match="costs more"):
        PACKED.merged(Tariff((merchant, falls)))
    PACKED.merged(Tariff((rule("CREDIT", "0.0058", when=credit(), merchant="M", last_day="20251231"), falls)))


def test_a_price_that_becomes_dearer_when_the_operators_row_ends_is_refused() -> None:
    dear_until = rule("CREDIT", "0.0090", when=credit(), first_day="20260101", last_day="20260630")
    merchant = rule("CREDIT", "0.0080", when=credit(), merchant="M", first_day="20260301")
    with pytest.raises(TheirMistake, match="costs more"):
        PACKED.merged(Tariff((dear_until, merchant)))


def test_two_rows_of_one_day_are_refused() -> None:
    with pytest.raises(TheirMistake, match="two rows of this id hold on the same day"):
        Tariff((rule(last_day="20260101"), rule(first_day="20260101"))).refuse_contradictions()
    with pytest.raises(TheirMistake, match="two rows"):
        Tariff((rule(first_day="20260101"), rule(last_day="20260101"))).refuse_contradictions()
    Tariff((rule(last_day="20260101"), rule(first_day="20260102"))).refuse_contradictions()
    Tariff((rule(first_day="20260102"), rule(last_day="20260101"))).refuse_contradictions()


@pytest.mark.parametrize("over", [{"a": "b"}, {"a": "b", "b": "a"}, {"default": "a", "a": "default"}])
def test_a_set_must_lead_to_the_general_one(over: dict[str, str]) -> None:
    with pytest.raises(TheirMistake, match="does not lead to default"):
        Tariff((), over).refuse_contradictions()


CAPPED = rule(rate="0.0050", cap_fen=2500)


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        (rule(rate="0.0060"), CAPPED, 1),
        (CAPPED, rule(rate="0.0060"), None),
        (rule(rate="0.0049", cap_fen=2501), CAPPED, 510_408),
        (rule(rate="0.0049", cap_fen=2500), CAPPED, None),
        (rule(rate="0.0040"), CAPPED, FEN_MAX),
        (rule(tiers=tiers((100_000, "0.0038"), (None, "0.0061"))), rule(rate="0.0060"), FEN_MAX),
        (rule(tiers=tiers((100_000, "0.0061"), (None, "0"))), rule(rate="0.0060"), 1),
        (rule(rate="0", cap_fen=0), CAPPED, None),
        (rule(rate="0.0040", when=When(amount_fen_max=10_000)), CAPPED, None),
        (rule(rate="0.0040", when=When(amount_fen_min=900_000)), CAPPED, 900_000),
    ],
)
def test_dearer_shows_at_a_bend(one: Rule, other: Rule, at: int | None) -> None:
    assert dearer_at(one, other) == at


slices = st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 999)), max_size=3)


def made(given: list[tuple[int, int]], last: int, cap: int | None) -> Rule:
    ends = sorted({end for end, _ in given})
    rates = [units for _, units in given][: len(ends)]
    pairs = [(end, f"0.{units:03d}") for end, units in zip(ends, rates, strict=True)]
    return rule(tiers=tiers(*pairs, (None, f"0.{last:03d}")), cap_fen=cap)


@given(slices, slices, st.integers(0, 999), st.integers(0, 999), st.none() | st.integers(0, 900),
       st.none() | st.integers(0, 900), st.integers(1, 5000))  # fmt: skip
@example([], [], 500, 400, 100, None, 225)
def test_where_no_bend_is_dearer_no_amount_is(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]], last: int, their_last: int, cap: int | None,
    their_cap: int | None, fen: int,
) -> None:  # fmt: skip
    one, other = made(mine, last, cap), made(theirs, their_last, their_cap)
    at = dearer_at(one, other)
    if at is not None:
        assert one.exact_fen(at) > other.exact_fen(at)
    else:
        assume(one != other)
        assert one.exact_fen(fen) <= other.exact_fen(fen)


def test_of_the_rows_about_refunds_the_closest_counts() -> None:
    packed = Tariff((), refunds=(RefundTerm(OnRefund.RECOMPUTE), RefundTerm(OnRefund.FULL, frozenset({"alipay"}))))
    own = Tariff((), refunds=(
        RefundTerm(OnRefund.PROPORTIONAL, first_day="20260101"), RefundTerm(OnRefund.NONE, merchant="M"),
        RefundTerm(OnRefund.FULL, first_day="20260601"),
    ))  # fmt: skip
    assert packed.on_refund("card", "M", DAY) is OnRefund.RECOMPUTE
    assert packed.on_refund("alipay", "M", DAY) is OnRefund.FULL
    both = packed.merged(own)
    of = [both.on_refund("card", "N", day) for day in ("20251231", "20260101", "20260601")]
    assert of == [OnRefund.RECOMPUTE, OnRefund.PROPORTIONAL, OnRefund.FULL]
    assert both.on_refund("alipay", "M", DAY) is OnRefund.NONE
    assert Tariff(()).on_refund("card", "M", DAY) is OnRefund.NONE
    assert PACKED.on_refund("card", "M", DAY) is OnRefund.RECOMPUTE
