"""Does the hunt for changes that nobody notices see what is noticed, and what is not?"""

import tomllib
from dataclasses import replace

import pytest

from house import line_mutation
from house.line_mutation import TABLE, Change, noticed


def first(what: str) -> Change:
    """The first change of the table that is told so."""
    source = (line_mutation.SOURCE / TABLE).read_text("utf-8")
    return next(change for change in line_mutation._of_the_table(source) if change.what == what)


def test_every_row_is_changed_in_where_it_leads_and_in_each_thing_it_does() -> None:
    source = (line_mutation.SOURCE / TABLE).read_text("utf-8")
    changes = list(line_mutation._of_the_table(source))
    assert sum("becomes" in change.what for change in changes) == source.count(": Row(")
    assert len({change.source for change in changes} | {source}) == len(changes) + 1


def test_a_change_of_a_rule_is_noticed_and_none_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(line_mutation.ROOT)
    change = first("without Do.FORWARD")
    assert noticed(change, "tests/scenarios")
    assert not noticed(replace(change, source=(line_mutation.SOURCE / TABLE).read_text("utf-8")), "tests/scenarios")


def test_annotations_are_no_behaviour() -> None:
    assert line_mutation._behaviour("def f(a: int) -> None: ...") == line_mutation._behaviour("def f(a: str): ...")
    assert line_mutation._behaviour("x = 1") != line_mutation._behaviour("x = 2")


def test_each_change_that_is_said_to_change_nothing_is_one_that_is_tried_and_has_a_reason() -> None:
    known = tomllib.loads(line_mutation.KNOWN_ALIKE.read_text("utf-8"))["alike"]
    for one in known:
        lines = [line.strip() for line in (line_mutation.SOURCE / one["module"]).read_text("utf-8").splitlines()]
        assert one["line"] in lines, one
        assert one["what"] and len(one["why"]) > 20, one
    assert len(line_mutation.alike()) >= len(known)
