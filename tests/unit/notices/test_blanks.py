"""Is each kind of value written right in both languages, and does nothing pass that could be a card number?"""

from typing import Any

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.notices.blanks import Blank, names_a_card, without_cards, written

NOON_MS = 1_790_000_000_000  # 2026-09-21 22:13:20 in China
CARD = "622202******1234"
WHOLE = "6222020000001234"


@pytest.mark.parametrize(("kind", "value", "zh", "en"), [
    (Blank.CARD, CARD, CARD, CARD),
    (Blank.CARD, "****************", "****************", "****************"),
    (Blank.YUAN, 0, "0.00 元", "CNY 0.00"),
    (Blank.YUAN, 123_456_705, "1,234,567.05 元", "CNY 1,234,567.05"),
    (Blank.INSTANT, NOON_MS, "2026年9月21日 22:13（北京时间）", "21 Sep 2026 22:13 (Beijing time)"),
    (Blank.DAY, "20261231", "2026年12月31日", "31 Dec 2026"),
    (Blank.REFERENCE, "CZ-7K3F-9Q2M", "CZ-7K3F-9Q2M", "CZ-7K3F-9Q2M"),
    (Blank.NAME, "老王面馆 No. 3", "老王面馆 No. 3", "老王面馆 No. 3"),
    (Blank.TEXT, "等了 3 天", "等了 3 天", "等了 3 天"),
    (Blank.CONTACT, "400-820-8888", "400-820-8888", "400-820-8888"),
    (Blank.COUNT, 12_000, "12,000", "12,000"),
    (Blank.NUMBER, "123456789012", "123456789012", "123456789012"),
])  # fmt: skip
def test_a_value_is_written_as_people_of_each_language_write_it(kind: Blank, value: Any, zh: str, en: str) -> None:
    assert (written(kind, value, "zh", "x"), written(kind, value, "en", "x")) == (zh, en)


@pytest.mark.parametrize(("kind", "value"), [
    (Blank.CARD, WHOLE), (Blank.CARD, "62220****1234"), (Blank.CARD, "622202******12345"), (Blank.CARD, 1),
    (Blank.YUAN, -1), (Blank.YUAN, 1.5), (Blank.YUAN, "1"), (Blank.YUAN, True), (Blank.YUAN, 10**12),
    (Blank.INSTANT, -1), (Blank.INSTANT, 10**18), (Blank.DAY, "20260230"), (Blank.DAY, "2026-01-01"),
    (Blank.REFERENCE, "cz 1"), (Blank.REFERENCE, "123456-789012"), (Blank.REFERENCE, "A" * 49),
    (Blank.NAME, ""), (Blank.NAME, " "), (Blank.NAME, "x" * 61), (Blank.NAME, "a\nb"), (Blank.NAME, None),
    (Blank.TEXT, f"card {WHOLE}"), (Blank.TEXT, "6222 0200 0000 1234"), (Blank.TEXT, "6222-0200-0000-1234"),
    (Blank.TEXT, "６２２２０２００００００１２３４"), (Blank.CONTACT, "123456789012"), (Blank.COUNT, -1),
    (Blank.NUMBER, "1234567890123456"), (Blank.NUMBER, "12-3"), (Blank.NUMBER, ""),
])  # fmt: skip
def test_what_does_not_fit_its_blank_is_refused_with_its_name(kind: Blank, value: Any) -> None:
    with pytest.raises(TheirMistake) as refused:
        written(kind, value, "zh", "the_blank")
    assert refused.value.where == "the_blank"
    assert WHOLE not in str(refused.value)


def test_what_others_wrote_loses_every_card_number_and_keeps_the_rest() -> None:
    said = f"我的卡 {WHOLE}，也可写作 6222 0200 0000 1234，电话 13800138000"
    assert names_a_card(said)
    assert without_cards(said) == "我的卡 ****，也可写作 ****，电话 13800138000"
    assert not names_a_card(without_cards(said))
