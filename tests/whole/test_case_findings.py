"""Do the commands over many records show tables to people, and refuse bad input in one line?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from journal.made import name_of, reply, sale
from journal.place import SqlitePlace

DAY = "source,key,what,fen,outcome\nhost,M T 1,sale,100,approved\nterminal,M T 1,sale,100,approved\n"
UNITS = "name,failures,attempts,price_fen,age_days\nA1,9,100,80000,10\nB2,0,100,80000,10\n"
TRIED = "firmware,failed\n" + "4.2,yes\n" * 30 + "4.2,no\n" * 30 + "4.3,no\n" * 200


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["case", *words])
    return done.exit_code, done.stdout, done.stderr


def written(folder: Path, text: str) -> str:
    path = folder / "given"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        (["find"], DAY, "it stands at the host, but is not in the file"),
        (["find"], DAY.replace("host,", "clearing,"), "it does not stand at the host, but is in the file"),
        (["patterns"], TRIED, "firmware 4.2: 30 of 60 failed, elsewhere 0 of 200"),
        (["renewal", "--budget", "800"], UNITS, "the first 10 keep their place in"),
        (["staff", "--within", "10"], "arrived_ms,takes_ms\n0,5\n0,5\n", "target_percent"),
    ],
)
def test_people_read_a_table(tmp_path: Path, words: list[str], text: str, shown: str) -> None:
    code, out, _ = run(words[0], written(tmp_path, text), *words[1:])
    assert code == 0 and shown in out


def test_what_nobody_knows_makes_a_record_irrecoverable(tmp_path: Path) -> None:
    lost = {"lost": [["T1", "1", "1"]], "host": [{"terminal": "T1", "batch": "1", "stan": "1", "amount_fen": 5}]}
    code, out, _ = run("rebuild", written(tmp_path, json.dumps(lost)), "--json")
    (record,) = json.loads(out)["records"]
    assert code == 1 and record["values"] == {"amount_fen": 5} and record["missing"] == ["what", "at", "card", "code"]


def test_no_number_of_people_is_enough(tmp_path: Path) -> None:
    crowd = "arrived_ms,takes_ms\n" + "0,99999999\n" * 1_000
    code, out, _ = run("staff", written(tmp_path, crowd), "--within", "1", "--target", "0", "--json")
    assert code == 1 and json.loads(out)["staff"] == 0


def test_where_the_money_of_a_payment_is(tmp_path: Path) -> None:
    place = SqlitePlace(tmp_path / "place")
    place.open().apply([sale(1), reply(1)])
    code, out, _ = run("position", "000001", "--db", place.path, "--json")
    said = json.loads(out)
    assert (said["payment"], said["sum_fen"]) == (name_of(1), 0)
    assert (code, said["suspense_fen"]) == (int(said["suspense_fen"] > 0), said["suspense_fen"])
    code, _, error = run("position", "P9", "--db", place.path)
    assert code == 2 and "P9: no such payment" in error
    place.close_all()


@pytest.mark.parametrize(
    ("words", "text", "says"),
    [
        (["find"], "source,key\n", "has no column what, fen, outcome"),
        (["find"], DAY.replace("100,approved", "1.5,approved"), "given row 1, fen: is not a whole number from 0"),
        (["find"], DAY.replace("host", "bank"), "given row 1, source: is none of terminal, host, clearing"),
        (["find"], DAY + "host,M\n", "given row 3: has not as many columns as the heading"),
        (["find"], DAY + 'host,"M\n', "given line"),
        (["patterns"], "firmware,failed\n4.2,maybe\n", "given row 1, failed: is none of yes, no"),
        (["renewal"], UNITS, "--budget"),
        (["renewal", "--budget", "1e3"], UNITS, "--budget"),
        (["staff", "--within", "0"], "arrived_ms,takes_ms\n", "--within"),
        (["rebuild"], "[]", 'is not one object with a list "lost"'),
        (["rebuild"], "{", "given: is no JSON"),
        (["rebuild"], '{"lost": [["T1", "1"]]}', "given: lost: is not terminal, batch and trace as text"),
        (["rebuild"], '{"lost": [], "host": {}}', "given: host: is not a list of records"),
        (["rebuild"], '{"lost": [], "slip": [{}]}', "given: slip 1: is not terminal, batch and trace as text"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, words: list[str], text: str, says: str) -> None:
    code, out, error = run(words[0], written(tmp_path, text), *words[1:])
    assert (code, out, error.count("\n")) == (2, "", 1) and says in error
