"""Are merchant numbers of both region styles taken apart, and is nothing read into what is none?"""

import pytest

from chongzheng.fees.merchant_number import BY_CENTRE, PROVINCES, MerchantNumber, parse


def test_the_two_published_examples() -> None:
    shenyang, guangzhou = parse("898210154110002"), parse("102581083986056")
    assert shenyang == MerchantNumber("898", "2101", "5411", "0002")
    assert guangzhou == MerchantNumber("102", "5810", "8398", "6056")
    assert shenyang and shenyang.provinces == {"21"}
    assert guangzhou and guangzhou.provinces == {"44"}


def test_a_region_that_reads_in_both_styles_means_both() -> None:
    found = parse("898220154110002")
    assert found and found.provinces == {"22", "21"}
    assert found.may_lie_in("21") and found.may_lie_in("22") and not found.may_lie_in("44")


@pytest.mark.parametrize("number", ["8982101541100A2", "A98210154110002", " 898210154110002 "])
def test_letters_and_blanks_around_it(number: str) -> None:
    found = parse(number)
    assert found and found.mcc == "5411"


@pytest.mark.parametrize("number", ["", "89821015411000", "8982101541100021", "89821015A110002", "898210１54110002",
                                    "898 10154110002"])  # fmt: skip
def test_what_is_no_number_of_this_kind(number: str) -> None:
    assert parse(number) is None


@pytest.mark.parametrize("region", ["9901", "21A1"])
def test_a_region_that_means_nothing_speaks_against_none(region: str) -> None:
    found = parse(f"898{region}54110002")
    assert found and not found.provinces and found.may_lie_in("44")


def test_every_centre_lies_in_a_province_and_every_province_has_one() -> None:
    assert set(BY_CENTRE.values()) == PROVINCES
