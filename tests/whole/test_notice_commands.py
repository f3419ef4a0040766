"""Can people see notices, send them again, see what would be said, and attach answers, from a shell alone?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from chongzheng.cli import main
from chongzheng.journal import Journal, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.post import Post
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from chongzheng.reversal.policy import Policy
from whole.engine_room import configure

PROMISE = "cardholder.promise_given"
KNOWN = {
    "what": "把结果告诉您",
    "by": 1_900_000_000_000,
    "facts": {"promise": {"value": "given", "proof": "confirmed"}},
}


PASSWORD = "correct horse battery"


class Office:
    """A journal, and a shell on it in this process."""

    def __init__(self, folder: Path) -> None:
        self.db = folder / "journal.db"
        Journal.open(self.db, Vault.create(folder / "vault.json"), Policy()).close()
        self.side = Side.open(self.db)

    def hire(self) -> dict[str, str]:
        """Everybody, with a session each."""
        people, now = Actors(self.side), wall_clock_ms()
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:test", now)
        people.add("li", "li", frozenset({Role.CLERK}), "boss", now)
        people.add("zhang", "zhang", frozenset({Role.SUPERVISOR}), "boss", now)
        for who in ("li", "zhang"):
            people.set_password(who, PASSWORD, "boss", now)
        return {who: people.open_session(who, PASSWORD, now)[0] for who in ("li", "zhang")}

    def say(self, *words: str, session: str = "") -> Result:
        """One command."""
        env = {"CHONGZHENG_SESSION": session, "CHONGZHENG_DB": str(self.db)}
        return CliRunner().invoke(main, list(words), env=env, prog_name="chongzheng")

    def done(self, *words: str, session: str = "") -> str:
        """One command, which must succeed."""
        said = self.say(*words, session=session)
        assert said.exit_code == 0, (words, said.output)
        return said.stdout

    def told(self, *words: str, session: str = "") -> Any:
        """The JSON document of one command."""
        return json.loads(self.done(*words, "--json", session=session))

    def refused(self, code: int, *words: str, session: str = "") -> str:
        """One command that must be refused with this code and one line; the line."""
        said = self.say(*words, session=session)
        assert said.exit_code == code and said.stderr.count("\n") == 1 and not said.stdout, (said.stdout, said.stderr)
        return said.stderr


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A journal and a shell on it; passwords are hashed at a price that tests can pay."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)
    made = Office(tmp_path)
    yield made
    made.side.close()


def put(office: Office, matter: str, count: int = 1) -> Post:
    """Notices that a matter asked for."""
    post = Post(office.side)
    for n in range(count):
        post.put(wall_clock_ms() - 1_000, matter, PROMISE, "li", f"{matter} {n}", KNOWN)
    return post


def case_of(office: Office, session: str) -> str:
    """A case of li's."""
    words = ("--say", "source=complaint", "--say", "why=debited twice")
    return str(office.told("matter", "open", "case", *words, session=session)["id"])


def test_notices_are_listed_shown_and_sent_again(office: Office) -> None:
    who = office.hire()
    case = case_of(office, who["li"])
    post, now = put(office, case, 3), wall_clock_ms()
    first, second, _ = post.claim(now)
    post.failed(first, "552 mailbox full", now, for_good=True)
    post.failed(second, "451 later", now, for_good=False)
    listed = office.told("notice", "list", "--state", "failed")["notices"]
    assert [(one["id"], one["evidence"]) for one in listed] == [(first.id, "552 mailbox full")]
    assert len(office.told("notice", "list", "--matter", case, "--after", str(first.id))["notices"]) == 2
    assert "is not one of" in office.refused(2, "notice", "list", "--state", "lost")
    assert PROMISE in office.done("notice", "list")
    office.done("notice", "retry", str(first.id), session=who["zhang"])
    assert "only what failed" in office.refused(1, "notice", "retry", str(first.id), session=who["zhang"])
    assert "say who you are" in office.refused(2, "notice", "retry", str(first.id))
    assert "no notice" in office.refused(2, "notice", "show", "99")
    assert json.loads(office.done("notice", "show", str(first.id)))["notice"]["state"] == "waiting"


def test_one_that_waits_long_is_due_now_and_one_that_may_be_on_its_way_is_left(office: Office) -> None:
    who = office.hire()
    post, now = put(office, case_of(office, who["li"])), wall_clock_ms()
    (one,) = post.claim(now)
    assert "two minutes" in office.refused(1, "notice", "send-now", str(one.id))
    for _ in range(4):
        post.failed(post.get(one.id), "451 later", now, for_good=False)
        post._side.ask("retry_notice", id=one.id, at=now)
    post._side.ask("settle_notice", id=one.id, state="waiting", next_at=now + 3_600_000, sent_at=None, evidence="451")
    office.done("notice", "send-now", str(one.id))
    assert post.due(wall_clock_ms())
    assert "name a notice" in office.refused(2, "notice", "send-now")


def test_what_is_due_is_sent_here_where_no_engine_runs(office: Office, tmp_path: Path) -> None:
    who = office.hire()
    case = case_of(office, who["li"])
    put(office, case, 2)
    more = '[notices]\ncontact = "400-820-8888"\n'
    config = configure(tmp_path, 9, more=more)
    config.write_text(config.read_text("utf-8").replace('path = "journal.db"', f'path = "{office.db}"'), "utf-8")
    assert office.told("notice", "send-now", "--config", str(config))["tried"] == 2
    listed = office.told("notice", "list", "--state", "refused")["notices"]
    assert len(listed) == 2 and "no outlet" in listed[0]["evidence"]
    config.write_text(config.read_text("utf-8").replace(more, ""), "utf-8")
    assert "[notices]" in office.refused(2, "notice", "send-now", "--config", str(config))


def test_what_would_be_said_is_shown_or_why_it_may_not(office: Office) -> None:
    shown = office.told(
        "notice", "preview", PROMISE, "--words", json.dumps(KNOWN), "--language", "zh", "--matter", "case-7"
    )
    assert shown["template"] == f"{PROMISE}/1" and "把结果告诉您" in shown["body"] and "CASE-7" in shown["subject"]
    weak = {**KNOWN, "facts": {"promise": {"value": "given", "proof": "claimed"}}}
    refused = office.say("notice", "preview", PROMISE, "--words", json.dumps(weak), "--json")
    assert refused.exit_code == 1 and "it is only claimed" in json.loads(refused.stdout)["refused"][0]
    refused = office.say("notice", "preview", "cardholder.coffee")
    assert refused.exit_code == 1 and "no template" in refused.stdout
    assert "no JSON" in office.refused(2, "notice", "preview", PROMISE, "--words", "{")


def test_an_answer_is_attached_and_the_case_hears_it(office: Office) -> None:
    who = office.hire()
    case = case_of(office, who["li"])
    text = "thank you, my card is 6222 0212 3456 7894"
    assert office.told("notice", "reply", case.upper(), text, session=who["li"]) == {"matter": case, "told": True}
    body = json.loads(office.done("matter", "show", case))["matter"]["body"]
    assert body["replies"][0]["text"] == "thank you, my card is ****"
    assert "no reference" in office.refused(2, "notice", "reply", "CASE-99", "hello", session=who["li"])


def test_matters_are_found_by_words(office: Office) -> None:
    who = office.hire()
    case = case_of(office, who["li"])
    assert [one["id"] for one in office.told("matter", "search", "debited", "twice")["matters"]] == [case]
    assert office.told("matter", "search", "debited", "--kind", "task")["matters"] == []
    assert case in office.done("matter", "search", case)
    assert "words or numbers" in office.refused(2, "matter", "search", "!")


def test_terminals_below_the_minimum_are_listed(office: Office) -> None:
    who = office.hire()
    assert json.loads(office.done("register", "below-minimum", "--json"))["terminals"] == []
    unit = {"model": "N9", "serial": "A1", "version": "4.2", "site": "east", "installed": "20260105"}
    for register, name, body in (("units", "80000001", unit), ("minimum versions", "N9", {"version": "4.10"})):
        words = ("--body", json.dumps(body), "--from", day_of(wall_clock_ms()), "--reason", "stock list")
        office.done("register", "propose", register, name, *words, session=who["zhang"])
    said = office.say("register", "below-minimum")
    assert said.exit_code == 1 and "80000001" in said.stdout and "one way to the host only: east" in said.stdout
