"""Is the packed table the agreed one, and is a table that cannot be read refused with line and column?"""

import hashlib
from pathlib import Path

import pytest

from chongzheng.causes import table as of_table
from chongzheng.causes.table import CAUSES_MAX, COLUMNS, packed, read
from chongzheng.mistakes import TheirMistake

ROOT = Path(__file__).parents[3]
GIVEN = ROOT / "tests/data/causes.csv"
HEAD = ",".join(COLUMNS)
ROW = "A,net,甲,Alpha,0.5,a==1=+1,,network,r,p,o,none"


def lines(*rows: str, head: str = HEAD) -> list[str]:
    return [head, *rows]


def test_the_packed_table_is_the_given_one() -> None:
    ours = Path(of_table.__file__).with_name("causes.csv").read_bytes()
    assert hashlib.sha256(ours).hexdigest() == hashlib.sha256(GIVEN.read_bytes()).hexdigest()
    assert packed() == read(GIVEN.read_text("utf-8").splitlines(), "given")
    assert len(packed().causes) == 46
    assert abs(sum(cause.prior for cause in packed().causes) - 1.196) < 1e-9


def test_every_cause_has_both_names_and_only_inexperience_is_never_primary() -> None:
    assert all(cause.zh and cause.en and cause.owner for cause in packed().causes)
    assert [cause.id for cause in packed().causes if cause.contributing_only] == ["OP-TRAIN"]


def test_every_signal_is_asked_for_once() -> None:
    assert len(packed().asked) == len(set(packed().asked)) == 91


def test_a_row_is_read() -> None:
    (cause,) = read(lines(ROW), "t").causes
    assert (cause.id, cause.zh, cause.en, cause.prior, cause.supplier) == ("A", "甲", "Alpha", 0.5, "")
    assert [item.text for item in cause.items] == ["a==1"]
    assert read(lines(ROW.replace(",none", ",isp")), "t").causes[0].supplier == "isp"


def test_a_cause_is_found_by_its_id() -> None:
    assert packed().cause("HW-PRN", "x").en.startswith("Printer")
    with pytest.raises(TheirMistake, match="x: 'HW-NIL' is no cause"):
        packed().cause("HW-NIL", "x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ([], "has not the columns"),
        (lines(head="a,b"), "has not the columns"),
        (lines(), "has no causes"),
        (lines(ROW, ROW), "t line 3: A stands twice"),
        (lines(ROW + ",more"), "t line 2: has not 12 columns"),
        (lines("A,net"), "t line 2: has not 12 columns"),
        (lines(ROW.replace("0.5", "much")), "t line 2, prior: 'much' is no prior"),
        (lines(ROW.replace("0.5", "0")), "is no prior above zero"),
        (lines(ROW.replace("0.5", "nan")), "is no prior above zero"),
        (lines(ROW.replace("a==1=+1", "a=b=c")), "t line 2, evidence: 'a=b=c' is no"),
        (lines(ROW.replace("a==1=+1", '"a')), "is no CSV"),
    ],
)
def test_a_broken_table_is_refused(text: list[str], says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        read(text, "t")


def test_a_table_has_a_limit() -> None:
    rows = [ROW.replace("A,", f"A{n},", 1) for n in range(CAUSES_MAX + 1)]
    assert len(read(lines(*rows[:-1]), "t").causes) == CAUSES_MAX
    with pytest.raises(TheirMistake, match="more than 500 causes"):
        read(lines(*rows), "t")
