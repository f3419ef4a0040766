"""Does settle bank bring statement, files and book together, in every format, once, and say what is missing?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.gateway import rest_days, statements
from chongzheng.journal import Journal, Vault
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from chongzheng.settlement.bank import Movement
from chongzheng.settlement.formats.known import packaged
from chongzheng.simulator.clearing import PLACES
from journal.made import AMOUNT_FEN, kept
from unit.settlement.acom_lines import control, joined, line

DAY, NAME = "20260922", "IND26092201ACOM"
ISSUER_FEN, NETWORK_FEN = 56, 4
NET_FEN = AMOUNT_FEN - ISSUER_FEN - NETWORK_FEN


@pytest.fixture
def clearing(tmp_path: Path) -> str:
    """A clearing file of one sale with its fees."""
    made = bytearray(line("000001", "0922100000", AMOUNT_FEN))
    for field, text in (("payable", f"{ISSUER_FEN:012d}"), ("switching_fee", f"D{NETWORK_FEN:011d}")):
        at, length = PLACES[field]
        made[at : at + length] = text.encode()
    data = joined(bytes(made))
    (tmp_path / NAME).write_bytes(data)
    (tmp_path / f"{NAME}.ctl").write_bytes(control(data, 1, AMOUNT_FEN, DAY))
    return str(tmp_path / NAME)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A journal whose book holds that sale."""
    path = tmp_path / "journal.db"
    journal = Journal.open(path, Vault.create(tmp_path / "vault.json"), Policy())
    for submission in kept(1):
        journal.apply([submission])
    journal.close()
    return path


def mt940(*movements: str, closing: str = "", opening: str = "1000,00", day: str = "260923") -> str:
    return (f":20:S1\r\n:25:6222020000001\r\n:28C:1/1\r\n:60F:C260922CNY{opening}\r\n"
            + "".join(f"{one}\r\n" for one in movements) + f":62F:C{day}CNY{closing}\r\n-\r\n")  # fmt: skip


def yuan(fen: int) -> str:
    return f"{fen // 100},{fen % 100:02d}"


def credited(fen: int, who: str = "中国银联 清算 20260922") -> str:
    """A statement with one credit, as a Chinese bank writes it."""
    return mt940(f":61:2609230923C{yuan(fen)}NTRFREF1//B1", f":86:{who}", closing=yuan(100_000 + fen))


def written(folder: Path, text: str, name: str = "s.sta") -> str:
    (folder / name).write_bytes(text.encode("gb18030"))
    return str(folder / name)


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["settle", "bank", *words])
    return done.exit_code, done.stdout, done.stderr


def said(*words: str) -> dict[str, object]:
    code, out, error = run(*words, "--json")
    assert code == 0, error
    (statement,) = json.loads(out)["statements"]
    return statement


def test_book_file_and_bank_agree_and_the_books_show_it(tmp_path: Path, clearing: str, place: Path) -> None:
    words = (written(tmp_path, credited(NET_FEN)), "--format", "mt940", "--clearing", clearing, "--db", str(place))
    dry = said(*words, "--dry-run")
    assert (dry["outcome"], dry["findings"]) == ("read", [])
    first = said(*words)
    assert first["paid"] == [{"channel": "card", "days": [DAY], "fen": NET_FEN, "movements": [1]}]
    assert set(first["gaps"].values()) == {0}  # type: ignore[attr-defined]
    side = Side.open(place)
    exposure = Ledger(side, lambda: 0)
    moved = {(debit, credit): fen for _, _, _, _, _, _, debit, credit, fen in side.ask("all_vouchers")}
    side.close()
    assert exposure and moved == {("bank", "clearing receivable"): NET_FEN, ("fees", "clearing receivable"): 60}
    again = said(*words)
    assert (again["outcome"], again["paid"]) == ("already read, nothing changed", [])


def test_a_credit_that_is_short_by_more_than_the_tail(tmp_path: Path, clearing: str, place: Path) -> None:
    file = written(tmp_path, credited(NET_FEN - 6))
    found = said(file, "--format", "mt940", "--clearing", clearing, "--db", str(place))
    assert [(one["gap"], one["fen"], one["word"]) for one in found["findings"]] == [("short_credit", -6, "到账不足")]  # type: ignore[attr-defined]
    out = run(file, "--format", "mt940", "--clearing", clearing)[1]
    assert "到账不足 card 20260922: -6 fen: the bank paid another sum than the file says" in out


def test_a_credit_that_is_missing_and_a_book_that_knows_another_sum(tmp_path: Path, clearing: str, place: Path) -> None:
    journal = Journal.open(place, Vault.create(tmp_path / "another.json"), Policy())
    for submission in kept(2):
        journal.apply([submission])
    journal.close()
    file = written(tmp_path, credited(5, "RENT"))
    found = said(file, "--format", "mt940", "--clearing", f"acom:{DAY}:{clearing}", "--db", str(place))
    assert [(one["gap"], one["fen"]) for one in found["findings"]] == [  # type: ignore[attr-defined]
        ("book", AMOUNT_FEN), ("missing_credit", -NET_FEN),
    ]  # fmt: skip
    assert found["others"] == 1


def test_another_statement_of_the_same_day_is_refused(tmp_path: Path, clearing: str, place: Path) -> None:
    words = ("--format", "mt940", "--clearing", clearing, "--db", str(place))
    said(written(tmp_path, credited(NET_FEN)), *words)
    code, out, _ = run(written(tmp_path, credited(NET_FEN + 1)), *words)
    assert code == 1
    assert "another statement of these days was read before, nothing changed" in out


def test_a_statement_that_is_missing_between_two_shows_in_the_balance(tmp_path: Path, place: Path) -> None:
    words = ("--format", "mt940", "--db", str(place))
    said(written(tmp_path, mt940(closing="1000,00")), *words)
    later = mt940(opening="990,00", closing="990,00", day="260925").replace("60F:C260922", "60F:C260924")
    assert said(written(tmp_path, later), *words, "--dry-run")["leap_fen"] == -1000
    assert (
        "opens -1000 fen from where the last one closed: a statement is missing"
        in run(str(tmp_path / "s.sta"), *words)[1]
    )


def test_rows_in_a_described_layout(tmp_path: Path, clearing: str) -> None:
    layout = tmp_path / "mybank.toml"
    layout.write_text(LAYOUT, "utf-8")
    rows = ["交易日期,借贷,金额,对方户名,流水号", f"20260923,贷,{NET_FEN // 100}.{NET_FEN % 100:02d},中国银联,S1",
            "20260923,借,1.00,房东,S2"]  # fmt: skip
    (tmp_path / "bank.csv").write_bytes("\n".join(rows).encode("gb18030"))
    words = (str(tmp_path / "bank.csv"), "--format", str(layout), "--clearing", clearing)
    found = said(*words, "--date", "20260923", "--account", "6222")
    assert found["paid"] == [{"channel": "card", "days": [DAY], "fen": NET_FEN, "movements": [1]}]
    assert (found["movements"], found["others"], found["account"]) == (2, 1, "6222")
    assert "--date: is the last day" in run(*words)[2]
    assert "--account: says which account" in run(*words, "--date", "20260923")[2]


LAYOUT = """
name = "mybank"
title = "my bank's statement"
channel = "bank"
shape = "delimited"
encoding = "gb18030"
days_back = 31
fields = [
  { column = "交易日期", kind = "time", is = "sent_day", form = "yyyyMMdd" },
  { column = "借贷" },
  { column = "金额", kind = "yuan", is = "amount" },
  { column = "对方户名", kind = "text", is = "theirs" },
  { column = "流水号", kind = "word", is = "order" },
]

[[trades]]
is = "sale"
when = { "借贷" = "贷" }

[[trades]]
is = "refund"
when = { "借贷" = "借" }
"""


def read(folder: Path, text: str) -> statements.StatementFile:
    return statements.load(Path(written(folder, text)), "mt940", packaged())


def test_mt940_is_read_as_it_is_meant(tmp_path: Path) -> None:
    text = mt940(":61:2609230923C12,34NTRFREF1//B1", ":86:CHINA UNIONPAY", ":61:260923D1,00NTRFNONREF//B2",
                 ":61:2609230923RC0,34NTRFNONREF", closing="1011,00")  # fmt: skip
    (found,) = read(tmp_path, text).statements
    assert (found.account, found.currency, found.first_day, found.last_day) == (
        "6222020000001", "CNY", "20260923", "20260923",
    )  # fmt: skip
    assert found.movements == (
        Movement(1, "20260923", "20260923", 1234, "REF1", "", "CHINA UNIONPAY"),
        Movement(2, "20260923", "20260923", -100, "B2"),
        Movement(3, "20260923", "20260923", -34),
    )


def test_details_in_numbered_parts_name_the_other_party(tmp_path: Path) -> None:
    details = ":86:166?00CREDIT?20SETTLEMENT 20260922?32CHINA UNIONPAY"
    (found,) = read(tmp_path, mt940(":61:2609230923C1,00NTRFREF1", details, closing="1001,00")).statements
    assert found.movements[0].names("unionpay") and found.movements[0].names("20260922")


def test_messages_of_one_file_are_statements_of_their_own(tmp_path: Path) -> None:
    two = mt940(closing="1000,00") + mt940(closing="1000,00", day="260924")
    assert [one.last_day for one in read(tmp_path, two).statements] == ["20260923", "20260924"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"s\.sta: holds no statement"),
        ("hello", "holds no statement"),
        (mt940(closing="1000,01"), "the movements miss the closing balance by 1 fen"),
        (mt940(":61:2609230923C1,00NTRFREF1").replace(":62F:C260923CNY", ""), "both balances"),
        (mt940(closing="1000,00").replace(":25:6222020000001\r\n", ""), "does not say its account"),
        (mt940(":61:26092X0923C1,00NTRFREF1", closing="1001,00"), "is not an MT940 statement|cannot be read|miss"),
        (mt940(":61:2609230923C1,005NTRFREF1", closing="1001,00"), "is not an MT940 statement"),
        (mt940(closing="1000,00") + mt940(closing="1000,01"), r"s\.sta, message 2: the movements miss"),
    ],
)
def test_a_wrong_mt940_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says) as told:
        read(tmp_path, text)
    assert "\n" not in str(told.value)


def test_a_statement_of_iso_20022(tmp_path: Path, clearing: str) -> None:
    from unit.settlement.test_camt import balance, document, entry

    amount = f"{NET_FEN // 100}.{NET_FEN % 100:02d}"
    text = document(entry(amount, more="<AddtlNtryInf>UNIONPAY</AddtlNtryInf>"), opening="0.00", closing=amount)
    text = text.replace("2026-11-23", "2026-09-23").replace("2026-11-24", "2026-09-23")
    assert balance("OPBD", "0.00", day="2026-09-23") in text
    (tmp_path / "s.xml").write_text(text, "utf-8")
    found = said(str(tmp_path / "s.xml"), "--format", "camt053", "--clearing", clearing)
    assert [one["days"] for one in found["paid"]] == [[DAY]]  # type: ignore[attr-defined]


def test_nothing_of_a_statement_that_cannot_be_read_is_printed(tmp_path: Path) -> None:
    broken = written(tmp_path, mt940(":61:26092X0923C1,00NTRFSECRET", closing="1001,00"))
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", "settle", "bank", broken, "--format"]
    done = subprocess.run([*command, "mt940"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "SECRET" not in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.sta", "--format", "mt940"), "nowhere.sta: cannot be read"),
        (("{s}", "--format", "nothing"), "--date: is the last day of the statement"),
        (("{s}", "--format", "nothing", "--date", "20260923", "--account", "1"), "is not a layout that can be read"),
        (("{s}", "--format", "no.toml"), "no.toml"),
        (("{s}", "--format", "mt940", "--clearing", "nowhere"), "nowhere"),
        (("{s}", "--format", "mt940", "--payouts", "nowhere.toml"), "nowhere.toml: cannot be read"),
        (("{s}", "--format", "mt940", "--db", "nowhere.db"), "nowhere.db"),
        (("{s}",), "--format"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    file = written(tmp_path, credited(1))
    code, out, error = run(*(word.format(s=file) for word in words))
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert says in error


def test_too_large_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "FILE_BYTES_MAX", 10)
    with pytest.raises(TheirMistake, match="has more than 10 bytes"):
        read(tmp_path, credited(1))


def test_days_off_are_those_of_the_published_calendar() -> None:
    week = rest_days.between("20261001", "20261011")
    assert "20261001" in week and "20261008" not in week
    assert "20261010" not in week, "a Saturday that is worked"
    with pytest.raises(TheirMistake, match="is beyond the calendar of working days"):
        rest_days.between("20991231", "20991231")


def test_files_that_the_journal_has_read_are_known_by_themselves(clearing: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    Journal.open(empty, Vault.create(tmp_path / "other.json"), Policy()).close()
    done = CliRunner().invoke(main, ["settle", clearing, "--date", DAY, "--db", str(empty)])
    assert done.exit_code == 0, done.output
    found = said(written(tmp_path, credited(NET_FEN)), "--format", "mt940", "--db", str(empty))
    assert [(one["days"], one["fen"]) for one in found["paid"]] == [([DAY], NET_FEN)]  # type: ignore[attr-defined]
    assert found["findings"] == [], "what the file moved for nobody is parked, so the book says it too"


def test_a_file_of_which_only_its_reading_is_known_must_be_named(clearing: str, place: Path, tmp_path: Path) -> None:
    journal = Journal.open(place, Vault.from_file(tmp_path / "vault.json"), Policy())
    journal.begin_file("old", "old file", DAY, 1, True, 1)
    journal.finish_file("old")
    journal.close()
    words = (written(tmp_path, credited(NET_FEN)), "--format", "mt940", "--db", str(place))
    code, _, error = run(*words)
    assert code == 2 and "old file" in error and "--clearing" in error
    assert said(*words, "--clearing", clearing)["findings"] == []
