"""Do the commands over what is known show it to people, learn only from reviewed cases, and refuse in one line?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.causes.learn import CONFIRMED_MIN
from chongzheng.causes.table import packed, read
from chongzheng.cli import main
from journal.place import SqlitePlace

RECORD = {"what": "reversal", "terminal": "T1", "batch": "1", "stan": "000001"}
CASES = CONFIRMED_MIN + 5
INSERT = """
INSERT INTO matter (no, kind, state, closed, version, opened_at, changed_at, owner, queue, priority, payment, parent,
                    fen, seen, body)
WITH RECURSIVE n(no) AS (SELECT ? UNION ALL SELECT no + 1 FROM n WHERE no < ?)
SELECT no, 'case', 'CLOSED', 1, 1, 0, 0, '', '', 0, '', 0, 0, 0, ? FROM n
"""


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["case", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SqlitePlace]:
    """An empty journal."""
    made = SqlitePlace(tmp_path / "place")
    made.open()
    yield made
    made.close_all()


def closed(place: SqlitePlace, count: int, cause: str, reviewed: bool) -> None:
    """So many closed cases of this cause, written behind the keeper's back: it would take minutes by hand."""
    body = {"cause": {"primary": cause, "by": "li", "reviewed": reviewed}}
    before = place.raw("SELECT count(*) FROM matter")[0][0]
    place.raw(INSERT, int(before) + 1, int(before) + count, json.dumps(body).encode())


def test_too_few_reviewed_cases_teach_nothing_and_enough_move_the_shares(place: SqlitePlace, tmp_path: Path) -> None:
    out = tmp_path / "learned.csv"
    closed(place, 3, "HW-PRN", reviewed=True)
    closed(place, CASES, "SW-RETRY", reviewed=False)
    code, text, _ = run("priors", "--db", place.path, "--json", "--out", str(out))
    said = json.loads(text)
    assert (code, said["learned"], said["reviewed"], said["ignored"]) == (1, False, 3, CASES)
    assert not out.exists() and f"fewer than {CONFIRMED_MIN}" in said["en"]
    closed(place, CASES, "HW-PRN", reviewed=True)
    code, text, _ = run("priors", "--db", place.path, "--json", "--out", str(out))
    said = json.loads(text)
    assert (code, said["learned"], said["reviewed"]) == (0, True, CASES + 3)
    first = said["changes"][0]
    assert first["cause"] == "HW-PRN" and first["cases"] == CASES + 3 and first["after"] > 2 * first["before"]
    table = read(out.read_text("utf-8").splitlines(), "learned.csv")
    assert [one.id for one in table.causes] == [one.id for one in packed().causes]
    assert table.by_id["HW-PRN"].prior > packed().by_id["HW-PRN"].prior
    signals = tmp_path / "signals.json"
    signals.write_text("{}", "utf-8")
    likely = json.loads(run("causes", str(signals), "--table", str(out), "--json")[1])["causes"][0]
    assert likely["id"] == "HW-PRN"
    assert "the priors were learned from" in run("priors", "--db", place.path)[1]


def test_an_export_is_read_as_the_words_of_a_receipt(tmp_path: Path) -> None:
    file = tmp_path / "flash.jsonl"
    file.write_text(json.dumps(RECORD), "utf-8")
    code, text, _ = run("saved", str(file), "--json")
    said = json.loads(text)
    assert (code, said["records"], said["pending"]) == (0, 1, [{"terminal": "T1", "batch": "1", "stan": "000001"}])
    assert said["hash"] in run("saved", str(file))[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [('{"what": "reversal"}', "terminal: is missing"), ("x", "line 1"), (None, "flash.jsonl: cannot be read")],
)
def test_what_is_no_export_is_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "flash.jsonl"
    if text is not None:
        file.write_text(text, "utf-8")
    code, out, error = run("saved", str(file))
    assert (code, out, error.count("\n")) == (2, "", 1) and says in error


def test_a_question_has_a_length_and_a_person(place: SqlitePlace) -> None:
    code, _, error = run("ask", "x" * 401, "--db", place.path)
    assert code == 2 and "more than 400 characters" in error
    code, _, error = run("ask", "printer", "--db", place.path)
    assert code == 2 and "say who you are" in error
