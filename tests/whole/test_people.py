"""Can people register, see money in doubt, resolve a break in pairs and close a day, from a shell alone?"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chongzheng.journal import FilePart, Journal, Vault
from chongzheng.reversal.policy import Policy
from chongzheng.settlement.breaks import Difference, Type

WORDS = {
    "boss": "correct horse battery",
    "li": "a clerk's long word",
    "zhang": "supervisors know best",
    "wu": "ledgers sum to zero",
}
PAST_MS = 1_790_000_000_000
PAST = "20260921"


class Office:
    """A journal with one break, and a shell on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.db = folder, folder / "journal.db"
        journal = Journal.open(self.db, Vault.create(folder / "vault.json"), Policy())
        stranger = Difference(Type.ONE_SIDED_THEIRS, "", 7, 123_456, "no payment of ours explains it")
        journal.put_breaks("d1", FilePart(), PAST, [stranger], PAST_MS)
        journal.close()

    def say(self, *words: str, stdin: str = "", session: str = "") -> subprocess.CompletedProcess[str]:
        """One command."""
        command = [sys.executable, "-c", "from chongzheng.cli import main; main()", *words, "--db", str(self.db)]
        env = {**os.environ, "CHONGZHENG_SESSION": session}
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, env=env)

    def done(self, *words: str, **more: str) -> str:
        """One command, which must succeed."""
        said = self.say(*words, **more)
        assert said.returncode == 0, (words, said.stderr)
        return said.stdout

    def told(self, *words: str, **more: str) -> Any:
        """The JSON document of one command."""
        return json.loads(self.done(*words, "--json", **more))

    def refused(self, code: int, *words: str, **more: str) -> str:
        """One command that must be refused with this code and one line; the line."""
        said = self.say(*words, **more)
        assert said.returncode == code and said.stderr.count("\n") == 1 and not said.stdout, (said.stdout, said.stderr)
        return said.stderr

    def hire(self) -> dict[str, str]:
        """Everybody, with a session each."""
        self.done("user", "add", "boss", "--name", "老板", "--role", "administrator")
        self.done("user", "password", "boss", "--password-stdin", stdin=WORDS["boss"] + "\n")
        for who, role in (("li", "clerk"), ("zhang", "supervisor"), ("wu", "finance")):
            as_boss = ("--as", "boss", "--password-stdin")
            self.done("user", "add", who, "--name", who, "--role", role, *as_boss, stdin=WORDS["boss"] + "\n")
            self.done("user", "password", who, *as_boss, stdin=f"{WORDS['boss']}\n{WORDS[who]}\n")
        return {
            who: self.done("user", "session", "--as", who, "--password-stdin", stdin=word + "\n").strip()
            for who, word in WORDS.items()
        }


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office without people."""
    return Office(tmp_path)


def test_an_office_works_a_break_and_closes_its_day(office: Office, tmp_path: Path) -> None:
    people = office.hire()
    assert [one["roles"] for one in office.told("user", "list")["actors"]][2:] == [["supervisor"], ["finance"]]
    board = office.told("money", "board")
    assert (board["fen"], board["payments"]) == (123_456, 1) and board["stage"][-1]["fen"] == 123_456
    ((one),) = office.told("breaks", "list")["breaks"]
    number = str(one["id"])
    hash_ = office.told("breaks", "show", number)["hash"]
    wanted = ("--how", "channel", "--reason", "their file of tomorrow corrects it", "--evidence", "mail 12")
    resolve = ("breaks", "resolve", number, *wanted, "--shown")
    assert "not what you were shown" in office.refused(1, *resolve, "0" * 64, session=people["li"])
    assert "proposed" in office.done(*resolve, hash_, session=people["li"])
    proposed = office.told("breaks", "show", number)["hash"]
    approve = ("breaks", "approve", number, "--shown", proposed)
    assert "li may not approve" in office.refused(1, *approve, session=people["li"])
    close = ("money", "close", "--date", PAST)
    assert "waits for a second person" in office.refused(1, *close, session=people["wu"])
    assert "resolved" in office.done(*approve, session=people["zhang"])
    assert office.told("money", "board")["fen"] == 0
    export = ("--xlsx", str(tmp_path / "gl.xlsx"), "--csv", str(tmp_path))
    closed = office.told(*close, *export, session=people["wu"])
    assert (closed["trial_fen"], closed["new"], closed["closed_by"]) == (0, True, "wu")
    assert sorted(Path(name).name for name in closed["files"]) == [
        f"{PAST}-closing.csv", f"{PAST}-suspense.csv", f"{PAST}-trial.csv", "gl.xlsx",
    ]  # fmt: skip
    assert "is there already" in office.refused(2, "money", "export", "--date", PAST, *export[:2])
    assert office.told(*close, session=people["wu"])["new"] is False
    assert office.told("money", "trial", "--date", PAST)["accounts"] == closed["accounts"]


def test_who_is_nobody_changes_nothing(office: Office) -> None:
    people = office.hire()
    add = ("user", "add", "eve", "--name", "Eve", "--role", "administrator")
    assert "say who you are" in office.refused(2, *add)
    assert "sign in again" in office.refused(1, *add, session=people["boss"] + "x")
    assert "may not manage actors" in office.refused(1, *add, session=people["zhang"])
    assert "nobody who works here" in office.refused(1, *add, "--as", "boss", "--password-stdin", stdin="wrong\n")
    assert "last administrator" in office.refused(2, "user", "disable", "boss", session=people["boss"])
    office.done("user", "disable", "li", session=people["boss"])
    assert "sign in again" in office.refused(1, "breaks", "reject", "1", "--reason", "none", session=people["li"])
    assert {one["id"] for one in office.told("user", "list")["actors"]} == {"boss", "li", "zhang", "wu"}
    kinds = [one["kind"] for one in office.told("user", "history", "li")["history"]]
    assert kinds == ["actor added", "password changed", "actor changed"]


def test_a_limit_and_an_account_number_are_set_by_those_who_may(office: Office) -> None:
    people = office.hire()
    office.done("breaks", "limit", "--propose", "200000", "--reason", "small", session=people["zhang"])
    propose = ("breaks", "limit", "--approve", "200000")
    assert "second person" in office.refused(1, *propose, session=people["zhang"])
    assert office.told(*propose, session=people["wu"])["in_force_fen"] == 200_000
    hash_ = office.told("breaks", "show", "1")["hash"]
    wanted = ("--how", "loss", "--reason", "not worth the letter", "--evidence", "note", "--shown", hash_)
    assert "resolved" in office.done("breaks", "resolve", "1", *wanted, session=people["li"])
    office.done("money", "account", "suspense", "--code", "2241.03", session=people["wu"])
    codes = {one["account"]: one["code"] for one in office.told("money", "account")["accounts"]}
    assert (codes["suspense"], codes["fees"]) == ("2241.03", "")


def test_a_remedy_is_booked_by_two_people(office: Office) -> None:
    office.hire()
    why = ("--break", "1", "--reason", "a week of waiting", "--evidence", "mail 3")
    book = ("money", "book", "compensated", "12.5", *why)
    both = ("--as", "li", "--second", "zhang", "--password-stdin")
    said = office.done(*book, *both, stdin=f"{WORDS['li']}\n{WORDS['zhang']}\n")
    assert said.startswith("compensated over 12.50: act ")
    assert "takes a second person" in office.refused(1, *book, *both[:2], both[-1], stdin=WORDS["li"] + "\n")
    wrong = office.refused(1, *book, *both, stdin=f"{WORDS['li']}\n{WORDS['li']}\n")
    assert "nobody who works here" in wrong
    assert "amount in yuan" in office.refused(2, "money", "book", "compensated", "1.234", *book[4:], *both)


def test_tables_for_people_are_whole(office: Office) -> None:
    office.hire()
    assert "1,234.56" in office.done("money", "board") and "1,234.56" in office.done("money", "trial", "--date", PAST)
    assert "1,234.56" in office.done("breaks", "list") and "takes_two" in office.done("breaks", "show", "1")
    assert "老板" in office.done("user", "list") and "actor added" in office.done("user", "history", "li")
