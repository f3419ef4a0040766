"""Is the one file of this layout found in an archive, and every archive that will not do refused with one line?"""

import gzip
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats import archive
from chongzheng.settlement.formats.archive import unwrap
from unit.settlement.bills import zipped

DETAIL = re.compile(r"明细\.csv$")
MOST = 10_000
ZIP = zipped({"a/1_明细.csv": b"rows", "1_汇总.csv": b"sums"})


def refusal(data: bytes, member: re.Pattern[str] | None = DETAIL, most: int = MOST) -> str:
    with pytest.raises(TheirMistake) as caught:
        unwrap(data, "f", member, most)
    return str(caught.value)


def test_plain_bytes_are_themselves() -> None:
    assert unwrap(b"abc", "f.csv", DETAIL, MOST) == (b"abc", "f.csv")


def test_the_member_that_fits_whatever_its_name_is_written_in() -> None:
    assert unwrap(ZIP, "f", DETAIL, MOST) == (b"rows", "1_明细.csv")
    in_utf8 = zipped({"夹/1_明细.csv": b"rows", "夹/": b""}, zipfile.ZipInfo)
    assert unwrap(in_utf8, "f", DETAIL, MOST) == (b"rows", "1_明细.csv")
    assert unwrap(zipped({"any": b"x"}), "f", None, MOST) == (b"x", "any")


def test_none_or_several_that_fit() -> None:
    assert refusal(ZIP, re.compile("x")) == "f: is a zip with 0 files of this layout among 2, not one"
    assert "with 2 files" in refusal(ZIP, None)


def test_a_gzip() -> None:
    assert unwrap(gzip.compress(b"rows"), "f.csv.gz", None, MOST) == (b"rows", "f.csv")
    assert refusal(gzip.compress(b"rows")[:-6]) == "f: is a gzip that was cut; ask for it again"
    assert refusal(b"\x1f\x8bnonsense") == "f: is a damaged gzip; ask for it again"


def test_what_unpacks_to_too_much() -> None:
    assert refusal(gzip.compress(bytes(MOST + 1))) == f"f: holds more than {MOST} bytes"
    assert refusal(zipped({"明细.csv": bytes(MOST + 1)})) == f"f: holds more than {MOST} bytes"


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBERS_MAX", 1)
    assert refusal(ZIP) == "f: holds more than 1 files"


def test_a_locked_zip() -> None:
    locked = io.BytesIO(zipped({"明细.csv": b"x" * 20}))
    data = bytearray(locked.getvalue())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flag] |= 1
    assert refusal(bytes(data)) == "f: is locked with a password, or packed in a rare way; pack it plainly"


@given(st.integers(4, len(ZIP) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_damaged_zip_is_refused_or_gives_the_same(at: int, put: bytes, cut: int) -> None:
    try:
        content, _ = unwrap(ZIP[:at] + put + ZIP[at + cut :], "f", DETAIL, MOST)
    except TheirMistake as mistake:
        assert mistake.where == "f"
    else:
        assert content in (b"rows", b"sums")
