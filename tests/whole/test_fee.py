"""Does the command fee reproduce the requirements, explain itself, and refuse bad input in one line?"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.fees import hopping
from chongzheng.gateway import fee_rules
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import payouts

GIVEN = json.loads((Path(__file__).parents[1] / "data/fee-rules.json").read_text("utf-8"))


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["fee", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("case", GIVEN["tests"], ids=lambda case: case["id"])
def test_every_line_of_the_requirements(case: dict[str, str | None]) -> None:
    card = ["--card", case["card_type"]] if case["card_type"] else []
    code, out, _ = run("--channel", case["channel"], *card, "--entry", case["entry_mode"], "--amount", case["amount"],
                       "--rules", case["rule_set"], "--json")  # fmt: skip
    said = json.loads(out)
    assert (code, said["fee_fen"], said["rule"]) == (0, case["fee_fen"], case["rule"])
    assert said["why"] and said["why_zh"]


def test_a_person_reads_amount_and_both_reasons() -> None:
    code, out, _ = run("--channel", "card", "--card", "debit", "--entry", "insert", "--amount", "10000.00")
    assert code == 0
    assert out.split("\n")[0] == "25.00 yuan"
    assert "capped at 25.00" in out and "封顶 25.00 元" in out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("--channel card --card debit --amount 1e4", "--amount"),
        ("--channel card --card debit --amount 12.345", "--amount"),
        ("--channel card --card debit --amount -5", "--amount"),
        ("--channel card --card debit --amount 0.00", "--amount"),
        ("--channel card --card debit --amount １０", "--amount"),
        ("--channel card --card debit --amount 99999999999", "--amount"),
        ("--channel visa --amount 5", "--channel"),
        ("--channel card --card gold --amount 5", "--card"),
        ("--channel card --card debit --entry wave --amount 5", "--entry"),
        ("--channel card --amount 5 --entry insert", "add --card credit or --card debit"),
        ("--channel card --card debit", "--amount: is missing"),
        ("--amount 5", "--channel: is missing"),
        ("--channel card --card debit --amount 5 --rules none", "rules: is none of default, tiered"),
        ("--channel card --card debit --amount 5 --date 20260230", "--date: is no day"),
        ("--channel card --card debit --amount 5 --mcc 54", "--mcc: is not four digits"),
        ("--channel card --card debit --amount 5 --own nowhere.toml", "nowhere.toml: cannot be read"),
        ("", "--channel: is missing"),
    ],
)
def test_bad_input_is_one_line(words: str, what: str) -> None:
    code, out, error = run(*words.split())
    assert (code, out) == (2, "")
    assert what in error and error.count("\n") == 1


def test_the_operators_file_goes_first_while_it_holds(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\nid = "QR_WALLET"\norder = 1\nchannel = ["alipay", "wechat"]\nrate = "0.0030"\n'
                   'from = 2026-01-01\nuntil = 2026-12-31\n', "utf-8")  # fmt: skip
    asked = ("--channel", "wechat", "--amount", "100", "--own", str(own), "--json", "--date")
    fees = {day: json.loads(run(*asked, day)[1])["fee_fen"] for day in ("20251231", "2026-01-01", "20270101")}
    assert fees == {"20251231": 38, "2026-01-01": 30, "20270101": 38}


def test_a_broken_file_of_the_operator_is_one_line(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\nid = "A"\norder = 1\nrate = 0.5\n', "utf-8")
    code, _, error = run("--channel", "wechat", "--amount", "100", "--own", str(own))
    assert (code, error) == (2, 'chongzheng: own.toml: rule 1 (A), rate: must be text such as "0.0060", at most 1\n')


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(TheirMistake, match=r"own\.toml: is not UTF-8 text"):
        fee_rules.tariff(own)
    monkeypatch.setattr(fee_rules, "FILE_BYTES_MAX", 1)
    with pytest.raises(TheirMistake, match=r"own\.toml: has more than 1 bytes"):
        fee_rules.tariff(own)


def test_the_table_lists_the_rules_of_a_set_in_order() -> None:
    said = json.loads(run("--table", "--rules", "tiered", "--json")[1])["table"]
    assert [(row["rule"], row["set"], row["mode"]) for row in said] == [
        ("QR_WALLET", "tiered", "TIERED"),
        ("QR_UNIONPAY", "default", "WHOLE"),
        ("TAP_SMALL", "default", "WHOLE"),
        ("DEBIT_CAP", "default", "WHOLE"),
        ("CREDIT", "tiered", "WHOLE"),
    ]
    code, out, _ = run("--table")
    assert code == 0
    assert "DEBIT_CAP" in out and "0.50%, at most 25.00" in out and "借记卡，25.00 元封顶" in out


def test_the_program_itself_says_it() -> None:
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", "fee", "--channel", "card", "--card",
               "debit", "--entry", "insert", "--amount", "10000.00", "--json"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["fee_fen"] == 2500


SOLD = ("--channel", "card", "--card", "debit", "--amount", "10000", "--json")


@pytest.mark.parametrize(
    ("words", "policy", "back"),
    [
        ("--refund 4000", "RECOMPUTE", 0),
        ("--refund 4000 --policy PROPORTIONAL", "PROPORTIONAL", 1000),
        ("--refund 3000 --refunded 4000", "RECOMPUTE", 1000),
        ("--refund 10000 --policy FULL", "FULL", 2500),
        ("--refund 10000 --policy NONE", "NONE", 0),
    ],
)
def test_how_much_of_the_fee_comes_back(words: str, policy: str, back: int) -> None:
    code, out, _ = run(*SOLD, *words.split())
    said = json.loads(out)
    assert (code, said["fee_fen"], said["policy"], said["returned_fen"]) == (0, 2500, policy, back)


def test_no_more_comes_back_than_was_paid() -> None:
    assert run(*SOLD, "--refund", "10000.01")[2] == (
        "chongzheng: refund: is nothing, or more than is left of the sale\n"
    )
    assert "0.00 yuan of it come back with the refund (RECOMPUTE)" in run(*SOLD[:-1], "--refund", "1")[1]


PAGE = (Path(__file__).parents[2] / "docs/fees.md").read_text("utf-8")


def examples(kind: str) -> list[str]:
    return [block.partition("```")[0] for block in PAGE.split(f"```{kind}\n")[1:]]


def test_the_examples_of_the_page_are_what_the_program_takes_and_says(tmp_path: Path) -> None:
    prices, paid = examples("toml")
    own = tmp_path / "own.toml"
    own.write_text(prices, "utf-8")
    asked = ("--own", str(own), "--json", "--date", "20261010", "--channel")
    autumn = json.loads(run(*asked, "card", "--card", "credit", "--amount", "10000", "--rules", "autumn")[1])
    assert (autumn["rule"], autumn["fee_fen"]) == ("CREDIT", 5000)
    merchant = ("--card", "debit", "--amount", "10000", "--merchant", "898210154110002")
    assert json.loads(run(*asked, "card", *merchant)[1])["fee_fen"] == 2000
    assert json.loads(run(*asked, "wechat", "--amount", "2000", "--rules", "autumn")[1])["fee_fen"] == 980
    assert fee_rules.ladder(own).cost(10**6, "debit", "5812", "20261010")
    assert set(payouts.read(paid, "page")) == {"card"}
    command, *said = examples("")[0].strip().split("\n")
    out = run(*command.split()[3:])[1]
    assert out.startswith(said[0] + "\n" + said[1].partition("(…)")[0])


@pytest.mark.parametrize(
    "signal", ["receipt_mcc", "many_merchants", "region", "interchange", "cheap_share", "name", "tap"]
)
def test_the_page_names_every_signal_with_its_weight(signal: str) -> None:
    rule = hopping.read(fee_rules.text("hopping.toml"), "hopping.toml").rules[signal]
    assert re.search(rf"^\| .*`{signal}`.* \| {re.escape(f'{rule.weight:+d}')}( each)? \|", PAGE, re.MULTILINE)
