"""Does a trade tell the category, the place and the names behind it, and nothing it does not know?"""

import pytest

from chongzheng.fees.traffic import Trade, alike


def trade(**other: str) -> Trade:
    return Trade("SN1", other.pop("merchant", "898210154110002"), 100, "20261123", 10, **other)  # type: ignore[arg-type]


def test_the_category_is_in_the_number() -> None:
    assert trade().receipt_mcc == "5411"
    assert trade(merchant="POOLED").receipt_mcc == ""


@pytest.mark.parametrize(("province", "outside"), [("21", False), ("44", True), ("", False)])
def test_the_place_is_in_the_number(province: str, outside: bool) -> None:
    assert trade().lies_outside(province) is outside
    assert not trade(merchant="POOLED").lies_outside(province)


@pytest.mark.parametrize(
    ("slip", "asked", "two"),
    [
        ("东风餐厅", "东风餐厅", False),
        ("东风餐厅", "东 风餐厅", False),
        ("东风餐厅", "东风餐厅有限公司", False),
        ("东风餐厅", "北山超市加油站", True),
        ("", "北山超市", False),
        ("东风餐厅", "", False),
    ],
)
def test_two_names(slip: str, asked: str, two: bool) -> None:
    assert trade(slip_name=slip, asked_name=asked).has_two_names is two


@pytest.mark.parametrize(
    ("one", "other", "thousandths"),
    [("abc", "ABC", 1000), ("abcd", "abxy", 333), ("aaaa", "aa", 500), ("a", "a", 1000), ("a", "b", 0), ("", "ab", 0)],
)
def test_alike(one: str, other: str, thousandths: int) -> None:
    assert alike(one, other) == alike(other, one) == thousandths
