"""Does the control file say what it must, and is anything else refused with the line that is wrong?"""

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.control import Control, parse

NAMES = "day, records, amount_fen, sha256, format, corrects"
GOOD = b"day=20261122\nrecords=2\namount_fen=300\nsha256=" + b"AB" * 32 + b"\n"


def test_a_control_file() -> None:
    assert parse(GOOD, "f.ctl") == Control("20261122", 2, 300, "ab" * 32)
    assert parse(b"\r\n" + GOOD.replace(b"\n", b"\r\n").replace(b"=", b" = "), "f.ctl").records == 2


def test_a_file_may_say_whose_place_it_takes() -> None:
    assert parse(GOOD + b"corrects=" + b"CD" * 32, "f.ctl").corrects == "cd" * 32
    assert parse(GOOD, "f.ctl").corrects == parse(GOOD, "f.ctl").format == ""
    assert parse(GOOD + b"format=alipay", "f.ctl").format == "alipay"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "f.ctl: has no day and no records and no amount_fen and no sha256"),
        (GOOD.replace(b"records=2\n", b""), "f.ctl: has no records"),
        (GOOD.replace(b"records=2", b"records=-2"), "f.ctl: line 2: has no proper value for records"),
        (GOOD.replace(b"day=2", b"day="), "f.ctl: line 1: has no proper value for day"),
        (GOOD + b"records=2\n", "f.ctl: line 5: names records a second time"),
        (GOOD + b"what\n", f"f.ctl: line 5: is not one of {NAMES} with = and a value"),
        (GOOD + b"x=1\n", f"f.ctl: line 5: is not one of {NAMES} with = and a value"),
        (GOOD + b" " * 4096, "f.ctl: is longer than 4096 bytes; it is not a control file"),
        ("day=２０２６１１２２".encode(), "f.ctl: line 1: has no proper value for day"),
    ],
)
def test_bad_control_files(data: bytes, says: str) -> None:
    with pytest.raises(TheirMistake) as caught:
        parse(data, "f.ctl")
    assert str(caught.value) == says


def test_a_mark_that_an_editor_put_before_the_first_line_is_no_fault() -> None:
    text = f"\ufeffday=20261122\r\nrecords=1\r\namount_fen=100\r\nsha256={'0' * 64}\r\n"
    assert parse(text.encode(), "x.ctl").records == 1
