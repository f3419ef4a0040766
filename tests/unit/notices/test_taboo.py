"""Are promises nobody can keep, codes of ours, and early blame found in both languages, and ordinary words left?"""

import pytest

from chongzheng.notices.taboo import Audience, objections


@pytest.mark.parametrize("text", [
    "我们保证不再出现", "这种情况不会再发生", "不会再次发生", "绝不再犯", "杜绝此类问题", "This will not happen again.",
    "Never again!", "We guarantee a refund", "it won't happen again", "we are 100% sure",
])  # fmt: skip
@pytest.mark.parametrize("audience", list(Audience))
def test_nobody_is_promised_what_cannot_be_kept(text: str, audience: Audience) -> None:
    [said] = objections(text, audience, True)
    assert said.startswith("promises what nobody can keep")


@pytest.mark.parametrize("text", [
    "原因 HW-PRN", "F39 是 96", "状态 CHARGED_KEPT", "verdict UNKNOWN", "RRN 12", "rule D7", "按 PR-4 处理", "见 S-43",
    "a 0400 was sent", "应答码 25", "the response code was 91", "原因代码 4502", "原因码 9601",
])  # fmt: skip
def test_outside_nobody_sees_a_code_of_ours(text: str) -> None:
    for audience in (Audience.CARDHOLDER, Audience.SHOP):
        assert all("shows a code of ours" in said for said in objections(text, audience, True))
        assert objections(text, audience, True)
    assert objections(text, Audience.TECHNICIAN, True) == ()


@pytest.mark.parametrize("text", [
    "这是商户的责任", "由于收银员操作不当", "因发卡行失误", "this was the cashier's mistake", "it was your own fault",
])  # fmt: skip
def test_nobody_is_blamed_before_the_cause_is_settled(text: str) -> None:
    [said] = objections(text, Audience.MANAGER, False)
    assert said.startswith("blames before the cause is settled")
    assert objections(text, Audience.MANAGER, True) == ()


def test_ordinary_words_pass() -> None:
    text = "您好，编号 CZ-7K3F-9Q2M，2026年 9 月 21 日，POS 显示成功，卡 622202******1234。"
    text += "It is on hold; call 400-820-8888."
    assert objections(text, Audience.CARDHOLDER, False) == ()


@pytest.mark.parametrize(
    "text",
    [
        "card 622202******0400",
        "卡 622202******0620。",
        "tel 0310-7654321",
        "tel (0350) 123456",
        "CASE-0200",
        "0510 85432100",
    ],
)
def test_the_end_of_a_card_and_an_area_code_are_no_message_type(text: str) -> None:
    assert objections(text, Audience.CARDHOLDER, True) == ()
    assert objections("a 0400 was sent", Audience.CARDHOLDER, True) == ("shows a code of ours: 0400",)
