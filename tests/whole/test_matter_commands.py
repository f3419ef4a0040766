"""Can people work matters and registers from a shell alone, and is every no one line that says why?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cases.shipped import REGISTERS
from chongzheng.cli.matter import matter
from whole.test_people import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A journal and a shell on it."""
    return Office(tmp_path)


def test_a_task_is_opened_accepted_done_and_found_by_whoever_waits_for_it(office: Office) -> None:
    who = office.hire()
    words = ("--say", "what=send the slip of 000042", "--say", "team=merchants")
    one = office.told("matter", "open", "task", *words, session=who["li"])
    assert (one["state"], one["queue"], one["kind"]) == ("OFFERED", "merchants", "task")
    assert [m["id"] for m in office.told("matter", "list", "--queue", "merchants")["matters"]] == [one["id"]]
    assert office.told("matter", "queues")["queues"][0]["count"] == 1
    why = office.refused(1, "matter", "say", one["id"], "Done", "--say", "result=sent", session=who["li"])
    assert "possible now: Accepted" in why
    assert office.told("matter", "say", one["id"], "Accepted", session=who["zhang"])["owner"] == "zhang"
    done = office.done("matter", "say", one["id"], "Done", "--words", '{"result": "sent"}', session=who["zhang"])
    assert done.strip() == f"{one['id']}: DONE"
    seen = json.loads(office.done("matter", "show", one["id"]))
    assert [act["fact"] for act in seen["story"]] == ["Opened", "Accepted", "Done"] and len(seen["hash"]) == 64
    assert office.told("matter", "list", "--kind", "task", "--open")["matters"] == []


def test_the_table_of_every_kind_can_be_read_without_a_journal() -> None:
    shell = CliRunner()
    rows = json.loads(shell.invoke(matter, ["kinds", "task", "--json"]).stdout)["rows"]
    assert {"OFFERED", "ACCEPTED", "-"} == {row["state"] for row in rows}
    assert [row["words"] for row in rows if row["fact"] == "Opened"] == ["what team [due_at]"]
    assert "协作任务" in shell.invoke(matter, ["kinds"]).stdout


def test_bad_words_are_one_line(office: Office) -> None:
    who = office.hire()
    opened = ("matter", "open", "task", "--say")
    assert "NAME=VALUE" in office.refused(2, *opened, "what", session=who["li"])
    assert "team: is missing" in office.refused(2, *opened, "what=x", session=who["li"])
    assert "no JSON" in office.refused(2, "matter", "open", "task", "--words", "{", session=who["li"])
    assert "no id of a matter" in office.refused(2, "matter", "show", "cat-1")
    assert "say one of" in office.refused(2, "matter", "list")


def test_a_row_of_a_register_is_proposed_and_where_it_moves_money_approved_by_another(office: Office) -> None:
    who = office.hire()
    name = next(one.name for one in REGISTERS.values() if one.money and one.shipped)
    row, body = next(iter(REGISTERS[name].shipped.items()))
    said = ("register", "propose", name, row, "--body", json.dumps(dict(body)), "--reason", "as before, written down")
    one = office.told(*said, session=who["zhang"])
    assert (one["edition"], one["in_force"], one["proposed_by"]) == (1, False, "zhang")
    approved = ("register", "approve", name, row, "--from", one["valid_from"], "--edition", "1")
    assert "second person" in office.refused(1, *approved, session=who["zhang"])
    assert "in force" in office.done(*approved, session=who["boss"])
    last = office.told("register", "history", name)["rows"][-1]
    assert (last["in_force"], last["approved_by"]) == (True, "boss")
    assert office.told("register", "list", name)["rows"][row] == dict(body)
    assert name in office.done("register", "list")
    wrong = ("register", "propose", name, row, "--body", "{}", "--reason", "nothing in it")
    assert "is missing" in office.refused(2, *wrong, session=who["zhang"])
