"""Does the program compare whole days as tables, in any engine alike, and measure itself honestly?"""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chongzheng.bench import settle
from chongzheng.bench.settle import DAY, NEXT, Size
from chongzheng.cli import main
from chongzheng.reversal.facts import Answer
from unit.settlement.acom_lines import NAME, line, reversal
from whole.test_settle import ECHO, Shop

SIZE = Size(5_000, "csv", 512, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[settle.Difference]]:
    return settle.make(tmp_path_factory.mktemp("made"), SIZE)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["settle", "day", *map(str, words)])


def test_every_planted_difference_is_found_and_no_other(
    made: tuple[Path, Path, set[settle.Difference]], tmp_path: Path
) -> None:
    ours, theirs, planted = made
    out = tmp_path / "found.csv"
    said = json.loads(run(ours, theirs, "--date", DAY, "--date", NEXT, "--out", out, "--json").stdout)
    assert said["breaks"] == settle.judged(planted, [])["planted"]
    assert all(count > 0 for count in said["breaks"].values())
    assert (said["engine"], said["carried"], said["problems"]) == ("duckdb", 0, [])
    assert said["by_sql"] > 4_800
    with open(out, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["type"], row["payment"], int(row["line"]), int(row["fen"])) for row in rows} == planted
    assert len(rows) == len(planted)


def test_the_digest_depends_on_nothing_but_the_day(made: tuple[Path, Path, set[settle.Difference]]) -> None:
    ours, theirs, _ = made
    days = ("--date", DAY, "--date", NEXT, "--json")
    one = json.loads(run(ours, theirs, *days, "--threads", 1).stdout)
    two = json.loads(run(ours, theirs, *days, "--threads", 2, "--memory", 256).stdout)
    assert one["digest"] == two["digest"]
    assert json.loads(run(ours, theirs, "--date", DAY, "--json").stdout)["digest"] != one["digest"]


def test_a_person_sees_finance_words(made: tuple[Path, Path, set[settle.Difference]]) -> None:
    ours, theirs, _ = made
    said = run(ours, theirs, "--date", DAY, "--date", NEXT)
    assert said.exit_code == 0
    assert "长款" in said.stdout and "one_sided_ours" in said.stdout


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--date", "20261399"), "--date 20261399"),
        (("--date", DAY, "--engine", "oracle"), "oracle"),
        (("--date", DAY, "--out", "/nowhere/at/all.csv"), "/nowhere/at/all.csv"),
    ],
)
def test_bad_input_is_one_line(
    made: tuple[Path, Path, set[settle.Difference]], words: tuple[str, ...], where: str
) -> None:
    ours, theirs, _ = made
    said = run(ours, theirs, *words)
    assert said.exit_code == 2
    assert where in said.stderr and said.stderr.count("\n") == 1


def test_tables_the_wrong_way_round_are_one_line(made: tuple[Path, Path, set[settle.Difference]]) -> None:
    ours, theirs, _ = made
    said = run(theirs, ours, "--date", DAY)
    assert (said.exit_code, said.stderr.count("\n")) == (2, 1)
    assert "theirs.csv" in said.stderr


def test_the_measurement_counts_what_it_planted() -> None:
    words = ("bench", "settle", "--rows", "5000", "--threads", "1", "--memory", "512", "--json")
    figures = json.loads(CliRunner().invoke(main, words).stdout)
    assert (figures["recall"], figures["precision"]) == (1.0, 1.0)
    assert figures["ours"] >= 5_000 and figures["theirs"] >= 5_000
    assert set(figures["planted"]) == set(figures["found"]) and min(figures["planted"].values()) >= 5
    assert figures["seconds"] > 0 and figures["rss_mib"] > 0


def test_a_missed_and_an_invented_difference_cost_recall_and_precision() -> None:
    planted = {("long", "P1", 1, 100), ("fee", "P2", 2, -1)}
    assert settle.judged(planted, [("long", "P1", 1, 100)])["recall"] == 0.5
    assert settle.judged(planted, [*planted, ("long", "P3", 3, 1)])["precision"] == pytest.approx(2 / 3)
    assert settle.judged(planted, [("long", "P1", 1, 101)])["recall"] == 0.0


def test_a_clearing_file_says_the_same_through_an_engine(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.approved("000001", "RRN000000001")
    shop.approved("000002", "RRN000000002")
    shop.reversed("000003", Answer("00", "good", ECHO, "RRN000000003"))
    lines = [line(), line(stan="000002", rrn="RRN000000002", fen=99), line(stan="000003", rrn="RRN000000003")]
    file = shop.file(NAME, *lines, reversal(stan="000003", rrn="RRN000000003"))
    words = [str(file), "--date", DAY, "--db", str(shop.path), "--dry-run", "--json"]
    plain = json.loads(CliRunner().invoke(main, ["settle", *words]).stdout)
    by_engine = json.loads(CliRunner().invoke(main, ["settle", *words, "--engine", "duckdb"]).stdout)
    assert plain["matched"] == 4 and plain["breaks"]["amount"] == 1
    assert by_engine == plain
