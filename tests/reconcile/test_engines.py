"""Does Spark say the same as DuckDB and the rule, and does a missing or misused engine say so in one line?"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reconcile import tables
from chongzheng.reconcile.day import reconcile
from chongzheng.reconcile.duck import DuckEngine
from chongzheng.reconcile.engine import Bounds
from chongzheng.reconcile.matcher import matcher
from chongzheng.reconcile.opening import open_engine
from chongzheng.settlement.breaks import Difference
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Held, match
from reconcile.test_two_speeds import PLACES, by_the_rule
from reconcile.worlds import DAY, NEXT, world

SPARK_WAIT_S = 900
FILE_DAYS = frozenset({DAY, NEXT})


def as_json(found: list[Difference]) -> list[object]:
    rows = [[one.type, one.payment, one.record_number, one.fen, one.why, *one.about] for one in found]
    return list(json.loads(json.dumps(rows)))


@pytest.mark.cluster
def test_spark_says_the_same(tmp_path: Path) -> None:
    candidates, records = world(1, PLACES)
    tables.write_ours(tmp_path / "ours.csv", candidates)
    tables.write_theirs(tmp_path / "theirs.csv", records)
    script = Path(__file__).with_name("spark_answers.py")
    words = [sys.executable, str(script), str(tmp_path), *sorted(FILE_DAYS)]
    local = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=SPARK_WAIT_S, env=local, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    said = json.loads(done.stdout.splitlines()[-1])
    matched, carried, found, total = by_the_rule(candidates, records, FILE_DAYS)
    assert said["sure"] > PLACES // 4
    assert (said["matched"], said["carried"], said["digest"]) == (matched, carried, total)
    assert said["found"] == as_json(found)


def test_without_pyspark_the_line_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(TheirMistake, match=r"pip install 'chongzheng\[cluster\]'"):
        open_engine("spark://127.0.0.1:7077", Bounds(tmp_path))


def test_an_engine_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="is no engine"):
        open_engine("oracle", Bounds(tmp_path))


def test_matches_by_an_engine_are_those_of_the_rule(tmp_path: Path) -> None:
    candidates, records = world(2, PLACES)
    ruled = match(records, candidates)
    said = matcher("duckdb", tmp_path)(records, candidates)
    assert sorted(said.matches, key=lambda one: (one.record.number, one.payment)) == sorted(
        ruled.matches, key=lambda one: (one.record.number, one.payment)
    )
    assert said.breaks == ruled.breaks
    assert list(tmp_path.iterdir()) == []


CANDIDATES, RECORDS = world(3, 3)
CERTAIN = Candidate("P1", "T1", "M1", "000001", 100, 0, DAY, ("R1",), held=Held.KEPT)
CERTAIN_LINE = Record(
    1, "0200", "000000", "", "000001", f"{DAY}100000", "", 100, "T1", "M1", "R1", "00", "", "", ""
)  # fmt: skip


def refusal(folder: Path, candidates: list[Candidate], records: list[Record]) -> str:
    tables.write_ours(folder / "ours.csv", candidates)
    tables.write_theirs(folder / "theirs.csv", records)
    return said_of(folder, "ours.csv", "theirs.csv")


def said_of(folder: Path, ours: str, theirs: str) -> str:
    engine = open_engine("duckdb", Bounds(folder))
    try:
        with pytest.raises(TheirMistake) as caught:
            reconcile(engine, folder / ours, folder / theirs, FILE_DAYS)
    finally:
        engine.close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_card_number_in_the_clear_is_refused_and_not_shown(tmp_path: Path) -> None:
    clear = [replace(RECORDS[0], masked_pan="6222021234567890"), *RECORDS[1:]]
    line = refusal(tmp_path, CANDIDATES, clear)
    assert "1 card numbers in the clear" in line and "6222021234567890" not in line
    line = refusal(tmp_path, [replace(CANDIDATES[0], card="6222021234567890"), *CANDIDATES[1:]], RECORDS)
    assert "1 card numbers in the clear" in line and "ours.csv" in line


@pytest.mark.parametrize(
    ("candidates", "records", "words"),
    [
        ([*CANDIDATES, CANDIDATES[0]], RECORDS, "payment more than once"),
        (CANDIDATES, [*RECORDS, RECORDS[0]], "same number"),
        ([replace(CANDIDATES[0], payment=""), *CANDIDATES[1:]], RECORDS, "without a name"),
        (CANDIDATES, [replace(RECORDS[0], channel=""), *RECORDS[1:]], "without a name or a channel"),
        ([replace(CANDIDATES[0], day="20261399"), *CANDIDATES[1:]], RECORDS, "no such word or day"),
        (CANDIDATES, [replace(RECORDS[0], sent_at="yesterday", mti="0420"), *RECORDS[1:]], "not yyyymmddHHMMSS"),
    ],
)
def test_rows_that_cannot_be_used(
    tmp_path: Path, candidates: list[Candidate], records: list[Record], words: str
) -> None:
    assert words in refusal(tmp_path, candidates, records)


@pytest.mark.parametrize("text", ["", "payment,day\nP1,20261122\n", "\x00\x01", "a,b\n1\n2,3,4\n"])
def test_a_file_that_is_no_such_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "ours.csv").write_text(text, "utf-8")
    tables.write_theirs(tmp_path / "theirs.csv", RECORDS)
    assert "ours.csv" in said_of(tmp_path, "ours.csv", "theirs.csv")


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "ours.parquet").write_bytes(b"PAR1 not")
    tables.write_theirs(tmp_path / "theirs.csv", RECORDS)
    assert "ours.parquet" in said_of(tmp_path, "ours.parquet", "theirs.csv")


def test_parquet_with_other_types_is_refused(tmp_path: Path) -> None:
    tables.write_ours(tmp_path / "ours.csv", CANDIDATES)
    tables.write_theirs(tmp_path / "theirs.csv", RECORDS)
    engine = DuckEngine(Bounds(tmp_path))
    engine.run(f"COPY (FROM read_csv('{tmp_path}/ours.csv', all_varchar = true)) TO '{tmp_path}/ours.parquet'")
    engine.close()
    assert "BIGINT is needed" in said_of(tmp_path, "ours.parquet", "theirs.csv")


def test_a_payment_with_two_numbers_is_not_for_the_tables(tmp_path: Path) -> None:
    with pytest.raises(OurMistake, match="several RRNs"):
        tables.write_ours(tmp_path / "ours.csv", [replace(CANDIDATES[0], rrns=("R1", "R2"))])


def test_lines_with_one_number_are_refused_where_both_are_sure(tmp_path: Path) -> None:
    """Both belong to payments of ours for certain, so only the number itself is wrong."""
    first, second = (
        replace(CERTAIN, payment=payment, stan=stan, rrns=(rrn,))
        for payment, stan, rrn in (("P1", "000001", "R1"), ("P2", "000002", "R2"))
    )
    lines = [replace(CERTAIN_LINE, stan=one.stan, rrn=one.rrns[0]) for one in (first, second)]
    assert "same number" in refusal(tmp_path, [first, second], lines)


def test_payments_with_one_id_are_refused_where_both_are_sure(tmp_path: Path) -> None:
    both = [CERTAIN, replace(CERTAIN, stan="000002", rrns=("R2",))]
    lines = [CERTAIN_LINE, replace(CERTAIN_LINE, number=2, stan="000002", rrn="R2")]
    assert "payment more than once" in refusal(tmp_path, both, lines)
