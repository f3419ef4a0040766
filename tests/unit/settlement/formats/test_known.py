"""Is the layout found by its word, and a file's layout and day by its name?"""

from dataclasses import replace

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats import known
from chongzheng.settlement.formats.known import Known, packaged


def test_ours() -> None:
    words = packaged().words
    assert {"acom", "acoma", "aerra", "alfee", "alipay", "leshua", "wechat", "zm", "zme"} <= set(words)
    assert packaged() is packaged()


@pytest.mark.parametrize(
    ("name", "word", "day"),
    [
        ("IND26112201ACOM", "acom", "20261122"),
        ("IND26112201ACOMN", "acom", "20261122"),
        ("IND26112232ACOMA", "acoma", "20261122"),
        ("IND26112299ALFEE", "alfee", "20261122"),
        ("IND26112232AERRA", "aerra", "20261122"),
        ("INN26112288ZM_898110000000001", "zm", "20261122"),
        ("INN26112288ZME_898110000000001", "zme", "20261122"),
        ("20881021_20261122_业务明细.csv", "alipay", "20261122"),
        ("1900000109All2026-11-22.csv", "wechat", "20261122"),
        ("agent_trade_new_20261122.txt", "leshua", "20261122"),
    ],
)
def test_a_name_says_layout_and_day(name: str, word: str, day: str) -> None:
    assert packaged().of_file(name) == (word, day)


def test_a_name_that_says_nothing_or_too_much() -> None:
    with pytest.raises(TheirMistake, match="is not named like any file that is known"):
        packaged().of_file("x.txt")
    acom = packaged().named("acom", b"")
    with pytest.raises(TheirMistake, match="could be of several layouts: acom, twin"):
        packaged().over([replace(acom, name="twin", family="twin")]).of_file("IND26112201ACOM")


def test_variants_of_one_format_are_told_by_their_length() -> None:
    for length, name in ((581, "aerra-2017"), (1010, "aerra-2020"), (3, "aerra-2017")):
        for end in (b"\r\n", b"\n", b""):
            assert packaged().named("aerra", b"x" * length + end).name == name


def test_an_unknown_word_hears_what_there_is() -> None:
    with pytest.raises(TheirMistake, match="is not a layout that can be read; there is acom, "):
        packaged().named("xml", b"")


def test_an_operators_layout_takes_the_place_of_ours() -> None:
    mine = replace(packaged().named("acom", b""), title="mine")
    assert packaged().over([mine]).named("acom", b"").title == "mine"


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "LAYOUTS_MAX", 0)
    with pytest.raises(TheirMistake, match="are more than 0"):
        Known([packaged().named("acom", b"")])


def test_which_files_need_no_control_file() -> None:
    assert packaged().closes("20881021_20261122_业务明细.csv")
    assert not packaged().closes("IND26112201ACOM") and not packaged().closes("x")
