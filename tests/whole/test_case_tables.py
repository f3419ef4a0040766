"""Do case decide and case causes reproduce the given tables, explain themselves, and refuse bad input in one line?"""

import csv
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chongzheng.cli import main

DATA = Path(__file__).parents[1] / "data"
ORACLE = json.loads((DATA / "causes-oracle.json").read_text("utf-8"))


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["case", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def written(folder: Path, text: str) -> Path:
    file = folder / "signals.json"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("vector", ORACLE["vectors"], ids=lambda vector: vector["id"])
def test_causes_reproduces_the_given_vectors(vector: dict[str, Any], tmp_path: Path) -> None:
    code, out, err = run("causes", written(tmp_path, json.dumps(vector["signals"])), "--json")
    said, wanted = json.loads(out), vector["expected"]
    assert (code, err, len(said["causes"])) == (0, "", 46)
    assert said["primary"] == (wanted["top"] if wanted["name_primary"] else None)
    first, second = said["causes"][:2]
    assert (first["id"], second["id"]) == (wanted["top"], wanted["second"])
    assert abs(first["posterior"] - wanted["posterior"]) <= ORACLE["tolerance"]
    assert abs(second["posterior"] - wanted["second_posterior"]) <= ORACLE["tolerance"]
    posteriors = [one["posterior"] for one in said["causes"]]
    assert posteriors == sorted(posteriors, reverse=True) and abs(sum(posteriors) - 1) < 1e-9
    assert sum(one["percent"] for one in said["shares"]) == 100
    assert bool(first["because"]) is bool(vector["signals"])
    assert said["next_tests"] and all(one["zh"] and one["en"] for one in said["next_tests"])


def test_a_person_reads_both_names_the_reason_and_the_next_question(tmp_path: Path) -> None:
    code, out, _ = run("causes", written(tmp_path, '{"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}'))
    assert code == 0
    for words in ("打印机卡纸/缺纸", "Printer jam", "tlm.printer = jam", "Ask next: "):
        assert words in out
    code, out, _ = run("causes", written(tmp_path, "{}"))
    assert code == 0 and "Cause: unknown" in out and "原因：未知" in out


def test_signals_that_no_cause_asks_for_are_named(tmp_path: Path) -> None:
    said = json.loads(run("causes", written(tmp_path, '{"tlm.pinter": "jam", "rsp": null}'), "--json")[1])
    assert said["not_asked_for"] == ["tlm.pinter"] and said["primary"] is None
    assert said["grades"]["tlm.rsrp_dbm"] == "unknown"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ("[1]", "is not one object of signals"),
        ("[" * 100_000, "is no JSON"),
        ('{"rsp": "00", "rsp": "96"}', "signals.json: rsp: stands twice"),
        ('{"rsp": 0}', "signals.json: rsp: is a code"),
        ('{"tlm.printer": ["jam"]}', "signals.json: tlm.printer: is a list"),
        ('{"rev.count": "3"}', "signals.json: rev.count: is a number"),
        ('{"tlm.loss_pct": NaN}', "signals.json: tlm.loss_pct: is not a number of this world"),
        ('{"tlm.loss_pct": 1e999}', "is not a number of this world"),
        ('{"tlm.loss_pct": ' + "9" * 5_000 + "}", "is no JSON"),
        ('{"tlm.loss_pct": ' + "9" * 500 + "}", "is not a number of this world"),
    ],
)
def test_bad_signals_are_one_line(text: str, says: str, tmp_path: Path) -> None:
    code, out, err = run("causes", written(tmp_path, text), "--json")
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert run("causes", tmp_path / "nowhere.json")[0] == 2
    assert "cannot be read" in run("causes", tmp_path)[2]
    binary = tmp_path / "b.json"
    binary.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in run("causes", binary)[2]
    big = written(tmp_path, " " * ((4 << 20) + 1))
    assert "has more than" in run("causes", big)[2]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text((DATA / "causes.csv").read_text("utf-8").replace("HW-PRN", "MY-PRN"), "utf-8")
    signals = written(tmp_path, '{"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}')
    assert json.loads(run("causes", signals, "--table", own, "--json")[1])["primary"] == "MY-PRN"
    own.write_text("cause_id\nX\n", "utf-8")
    code, _, err = run("causes", signals, "--table", own)
    assert code == 2 and "own.csv: has not the columns" in err


GOLDEN = DATA / "decision-table.csv"
BLIND = ("id", "original_approved", "goods_delivered", "reversal", "clearing")


def golden() -> list[dict[str, str]]:
    return list(csv.DictReader(GOLDEN.read_text("utf-8").splitlines()))


def table(folder: Path, rows: list[dict[str, str]], columns: tuple[str, ...] | None = None) -> Path:
    file = folder / "table.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns or tuple(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def one(folder: Path, **words: str) -> dict[str, Any]:
    row = {"id": "1", "original_approved": "yes", "goods_delivered": "no", "reversal": "failed", "clearing": "original"}
    code, out, err = run("decide", "--table", table(folder, [row | words]), "--json")
    assert code in (0, 1), err
    found: dict[str, Any] = json.loads(out)["rows"][0]
    return found


def test_decide_computes_the_golden_table_without_seeing_its_answers(tmp_path: Path) -> None:
    code, out, err = run("decide", "--table", table(tmp_path, golden(), BLIND), "--json")
    assert (code, err) == (0, "")
    for said, wanted in zip(json.loads(out)["rows"], golden(), strict=True):
        assert said["rule"] == said["id"] == wanted["id"] and "agrees" not in said
        assert said["verdict"]["words"] == wanted["verdict"]
        assert said["money"]["words"] == wanted["money"] and said["money"]["viewpoint"]
        assert said["action"]["en"] == wanted["action"] and said["action"]["zh"]
        assert said["final_refund_allowed"] is (wanted["id"] in ("D3", "D6", "D10", "D13"))
        assert said["retry"]["allowed"] is (said["verdict"]["truth"] in ("never_charged", "charged_returned"))


def test_decide_agrees_with_every_row_of_the_golden_table() -> None:
    code, out, _ = run("decide", "--table", GOLDEN, "--json")
    said = json.loads(out)
    assert code == 0 and said["disagree"] == [] and all(row["agrees"] for row in said["rows"])


@pytest.mark.parametrize(
    ("number", "column", "word"),
    [(0, "verdict", "SUCCEEDED"), (7, "verdict", "NOT_DONE"), (2, "money", "merchant short"), (3, "action", "refund"),
     (4, "verdict", "REVERSED + refunded"), (6, "money", "correct")],
)  # fmt: skip
def test_decide_says_no_when_a_row_says_something_else(number: int, column: str, word: str, tmp_path: Path) -> None:
    rows = golden()
    rows[number][column] = word
    code, out, _ = run("decide", "--table", table(tmp_path, rows), "--json")
    said = json.loads(out)
    assert code == 1 and said["disagree"] == [rows[number]["id"]]
    assert said["rows"][number]["compared"][column] is False
    code, out, _ = run("decide", "--table", table(tmp_path, rows))
    assert code == 1 and "否 NO" in out


def test_a_row_that_says_less_agrees_by_its_bare_word(tmp_path: Path) -> None:
    found = one(tmp_path, verdict="SUCCEEDED", money="long", action="hold-give-back")
    assert found["agrees"] and one(tmp_path, verdict="charged_kept")["agrees"]
    assert not one(tmp_path, money="short")["agrees"]
    assert "agrees" not in one(tmp_path, verdict="", money=" ")


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"original_approved": "是", "goods_delivered": "未交付", "reversal": "失败", "clearing": "仅原交易"}, "D3"),
        ({"original_approved": "YES ×2 (Re-swiped)", "goods_delivered": "Once", "clearing": "two  originals"}, "D6"),
        ({"original_approved": "否（已拒绝）", "reversal": "无", "clearing": "无", "goods_delivered": "是"}, "D14"),
        ({"reversal": "拒绝 12，次日", "clearing": "原交易"}, "D10"),
        ({"reversal": "refused 12", "clearing": "original"}, "D3"),
        ({"reversal": "rejected A0"}, "D3"),
        ({"reversal": "declined 64"}, "D11"),
        ({"reversal": "acked 00", "clearing": "original + reversal"}, "D2"),
        ({"reversal": "迟到应答00，已垫付", "clearing": "原交易+冲正"}, "D15"),
        ({"reversal": "after provisional refund", "clearing": "not yet"}, "D15-doubt"),
        ({"reversal": "confirmed by query", "clearing": "not yet"}, "D2"),
        ({"reversal": "acked 00", "clearing": "not yet"}, "D8"),
        ({"original_approved": "", "goods_delivered": "", "reversal": "", "clearing": ""}, "D8"),
        ({"reversal": "acked 00", "clearing": "no original 或 original+reversal"}, "D2"),
        ({"clearing": "original only or original+reversal"}, "D8"),
        ({"original_approved": "钱包已支付", "reversal": "撤销失败", "clearing": "–"}, "D13"),
    ],
)
def test_the_words_of_witnesses(words: dict[str, str], rule: str, tmp_path: Path) -> None:
    assert one(tmp_path, **words)["rule"] == rule


def test_what_is_open_says_whom_to_ask_next(tmp_path: Path) -> None:
    found = one(tmp_path, original_approved="unknown", clearing="not yet")
    assert found["verdict"]["truth"] == "unknown" and not found["final_refund_allowed"]
    assert found["ask_next"][0]["ask"] == "channel query"
    assert one(tmp_path, reversal="rejected 25")["cause_hint"] == "SW-MATCH"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"original_approved": "perhaps"}, "table.csv row 1, original_approved: 'perhaps' is no word"),
        ({"goods_delivered": "half"}, "row 1, goods_delivered: 'half'"),
        ({"reversal": "went well"}, "row 1, reversal: 'went well'"),
        ({"reversal": "refused 00"}, "row 1, reversal: '00' is no code"),
        ({"reversal": "failed, acked 00"}, "names two outcomes"),
        ({"clearing": "somewhere"}, "row 1, clearing: 'somewhere'"),
        ({"clearing": "none or somewhere"}, "row 1, clearing: 'somewhere'"),
    ],
)
def test_an_unseen_word_is_one_line_with_row_and_column(words: dict[str, str], says: str, tmp_path: Path) -> None:
    row = {name: "unknown" for name in BLIND} | {"id": "1"} | words
    code, out, err = run("decide", "--table", table(tmp_path, [row]), "--json")
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column id"),
        ("id,reversal\n1,none\n", "has no column original_approved, goods_delivered, clearing"),
        (",".join(BLIND) + "\n", "has no rows"),
        (",".join(BLIND) + "\n1,yes\n", "table.csv row 1: has not as many columns"),
        (",".join(BLIND) + "\n1,yes,no,none,none,x\n", "table.csv row 1: has not as many columns"),
        (",".join(BLIND) + '\n1,"yes', "is no CSV"),
    ],
)
def test_a_broken_table_is_one_line(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(text, "utf-8")
    code, out, err = run("decide", "--table", file, "--json")
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_every_product_of_the_words_of_the_golden_table_has_an_answer(tmp_path: Path) -> None:
    words = [sorted({row[name] for row in golden()} | {"unknown", ""}) for name in BLIND[1:]]
    rows = [dict(zip(BLIND, (str(n), *said), strict=True)) for n, said in enumerate(product(*words))]
    code, out, _ = run("decide", "--table", table(tmp_path, rows), "--json")
    found = json.loads(out)["rows"]
    assert code == 0 and len(found) == len(rows) > 4_000
    for said in found:
        if said["verdict"]["truth"] in ("unknown", "contested"):
            assert not said["final_refund_allowed"] and not said["retry"]["allowed"]
    kept = [said for row, said in zip(rows, found, strict=True)
            if row["goods_delivered"] == "yes" and said["verdict"]["truth"] == "charged_kept"]  # fmt: skip
    assert kept and not any(said["final_refund_allowed"] for said in kept)
