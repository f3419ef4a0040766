"""Does a template state only what is proven, only to whom it is for, only in words that fit, and early enough?"""

from typing import Any

import pytest

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.notices.taboo import Audience
from chongzheng.notices.wording import (
    Known,
    Refused,
    Rendered,
    Template,
    Today,
    first_day_after,
    in_force,
    load,
    render,
)
from chongzheng.reversal.payment import Proof

ROW: dict[str, Any] = {
    "audience": "cardholder",
    "occasion": "returned",
    "version": 1,
    "since": "20260101",
    "states": [{"fact": "truth", "is": ["charged_returned"], "proof": "confirmed"}],
    "blanks": {"amount": "yuan", "note": "text"},
    "zh": {"subject": "退回 {amount}", "body": "钱 {amount} 已退回：{note}\n", "short": "已退 {amount}"},
    "en": {"subject": "Back: {amount}", "body": "{amount} went back: {note}\n", "short": "{amount} back"},
}
TRUTH = {"truth": Known("charged_returned", Proof.CONFIRMED, ("E1", "E2"))}
VALUES: dict[str, object] = {"amount": 1_234, "note": "原卡"}
SPRING = frozenset({"20260124", "20260125", "20260131"})


def made(**other: Any) -> Template:
    """The template of ROW with other parts."""
    return load([{**ROW, **other}])[0]


def said(outcome: Rendered | Refused) -> str:
    """The one reason."""
    assert isinstance(outcome, Refused)
    [reason] = outcome.reasons
    return reason


def test_proven_facts_are_said_in_the_language_asked_for() -> None:
    zh = render(made(), TRUTH, VALUES, "zh")
    assert isinstance(zh, Rendered)
    assert (zh.subject, zh.body, zh.short) == ("退回 12.34 元", "钱 12.34 元 已退回：原卡", "已退 12.34 元")
    assert zh.template == "cardholder.returned/1"
    assert zh.stated == (("truth", "charged_returned", "confirmed", ("E1", "E2")),)
    both = render(made(), TRUTH, VALUES, "both")
    assert isinstance(both, Rendered)
    assert both.subject == "退回 12.34 元 / Back: CNY 12.34"
    assert both.body.index("原卡") < both.body.index("went back")
    assert both.digest != zh.digest and render(made(), TRUTH, VALUES, "both") == both


@pytest.mark.parametrize(("facts", "why"), [
    ({}, "nothing is known of it"),
    ({"truth": Known("charged_kept", Proof.PROVEN)}, "it is charged_kept"),
    ({"truth": Known("charged_returned", Proof.ACKNOWLEDGED)}, "it is only acknowledged"),
    ({"truth": Known("charged_returned", Proof.CLAIMED)}, "it is only claimed"),
])  # fmt: skip
def test_what_is_not_proven_is_not_said_and_the_reason_is(facts: dict[str, Known], why: str) -> None:
    assert why in said(render(made(), facts, VALUES, "zh"))


def test_better_proof_than_needed_is_good_enough() -> None:
    assert isinstance(render(made(), {"truth": Known("charged_returned", Proof.PROVEN)}, VALUES, "en"), Rendered)


def test_a_blank_without_a_value_is_a_reason_and_a_value_that_does_not_fit_a_mistake() -> None:
    assert said(render(made(), TRUTH, {"amount": 1}, "zh")) == "cardholder.returned/1 needs note (text)"
    with pytest.raises(TheirMistake, match="amount"):
        render(made(), TRUTH, {"amount": "1", "note": "x"}, "zh")


@pytest.mark.parametrize("note", ["以后绝不再发生", "应答码 25", "这是商户的责任"])
def test_a_value_cannot_bring_in_what_may_not_be_said(note: str) -> None:
    assert said(render(made(), TRUTH, {**VALUES, "note": note}, "zh"))


def test_blame_may_be_said_where_the_template_states_the_cause() -> None:
    states = [*ROW["states"], {"fact": "attribution", "is": ["settled"], "proof": "confirmed"}]
    facts = {**TRUTH, "attribution": Known("settled", Proof.PROVEN)}
    assert isinstance(render(made(states=states), facts, {**VALUES, "note": "这是商户的责任"}, "zh"), Rendered)


def test_what_does_not_fit_a_telephone_is_refused_and_not_cut() -> None:
    template = made(zh={"subject": "x", "body": "{amount} {note}", "short": "{note}" * 6})
    assert said(render(template, TRUTH, {**VALUES, "note": "长" * 60}, "zh")) == (
        "the short has 360 characters, more than 320"
    )


def test_a_day_that_must_lie_ahead_counts_working_days() -> None:
    template = made(
        ahead={"blank": "day", "working_days": 5},
        blanks={"day": "day"},
        zh={"subject": "s", "body": "{day}", "short": "s"},
        en={"subject": "s", "body": "{day}", "short": "s"},
    )
    today = Today("20260123", SPRING)  # a Friday
    assert "which day it is" in said(render(template, TRUTH, {"day": "20261231"}, "zh"))
    assert "20260130 or later" in said(render(template, TRUTH, {"day": "20260129"}, "zh", today))
    assert isinstance(render(template, TRUTH, {"day": "20260130"}, "zh", today), Rendered)
    reasons = render(template, TRUTH, {"day": "soon"}, "zh", today)
    assert "working days ahead" in said(reasons)
    outcome = render(template, TRUTH, {}, "zh", today)
    assert isinstance(outcome, Refused) and len(outcome.reasons) == 2


def test_working_days_are_counted_over_days_off_and_there_is_an_end_to_it() -> None:
    assert first_day_after("20260123", 1, SPRING) == "20260126"
    assert first_day_after("20260130", 1, SPRING) == "20260201"
    with pytest.raises(OurMistake, match="no 61 working days"):
        first_day_after("20260123", 61, frozenset())


def test_of_several_versions_the_newest_in_force_counts() -> None:
    both = load([ROW, {**ROW, "version": 2, "since": "20260601"}])
    assert in_force(both, Audience.CARDHOLDER, "returned", "20260531") is both[0]
    assert in_force(both, Audience.CARDHOLDER, "returned", "20260601") is both[1]
    assert in_force(both, Audience.CARDHOLDER, "returned", "20251231") is None
    assert in_force(both, Audience.SHOP, "returned", "20260601") is None
    assert in_force(both, Audience.CARDHOLDER, "kept", "20260601") is None


@pytest.mark.parametrize(("other", "why"), [
    ({"version": 0}, "counts from 1"),
    ({"since": "2026"}, "begins on a day"),
    ({"blanks": {"amount": "yuan"}}, "{note} is no blank of it"),
    ({"blanks": {"amount": "yuan", "note": "text", "more": "text"}}, "more is never used"),
    ({"blanks": {"amount": "yuan", "note": "number"}}, "is not for this audience"),
    ({"zh": {"subject": "不会再发生 {amount}", "body": "{note}", "short": ""}}, "nobody can keep"),
    ({"en": {"subject": "F39 {amount}", "body": "{note}", "short": ""}}, "a code of ours"),
    ({"en": {"subject": "6222020000001234 {amount}", "body": "{note}", "short": ""}}, "as long as a card number"),
])  # fmt: skip
def test_a_template_that_could_say_what_it_may_not_is_not_loaded(other: dict[str, Any], why: str) -> None:
    with pytest.raises(OurMistake, match=why.replace("{", r"\{")):
        made(**other)


def test_inner_audiences_may_read_numbers_of_the_trade() -> None:
    assert made(audience="technician", blanks={"amount": "yuan", "note": "number"}).audience is Audience.TECHNICIAN


def test_one_version_has_one_text() -> None:
    with pytest.raises(OurMistake, match="one name and version"):
        load([ROW, ROW])
