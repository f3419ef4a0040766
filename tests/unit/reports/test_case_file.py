"""Does an audit report hold everything about a case, link every figure, and stay the same until the journal moves?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.reports.case_file import case_file, case_of_payment, related, words_of
from chongzheng.reports.case_paper import case_paper
from chongzheng.reports.documents import CaseFile, digest
from journal.made import name_of, pan
from requirements.desk import DAY_MS, Desk
from requirements.worked import EVIL, in_doubt, opened, worked

REFERENCE = re.compile(
    r"act (?P<act>\d+)|fact (?P<fact>\d+)|(?P<evidence>E[0-9a-f]{32})|notice \d+|(?P<matter>[a-z]+-\d+)"
)


def filed(desk: Desk, case: str, language: str = "zh") -> CaseFile:
    with desk.place.reading() as reader:
        return case_file(reader, case, language)


def test_words_that_the_reader_is_not_to_see_are_not_in_it(desk: Desk) -> None:
    case = worked(desk).id
    with desk.place.reading() as reader:
        whole, less = (case_file(reader, case, "zh", hides) for hides in (frozenset(), frozenset({"why"})))
    said = {name for line in whole.story for name, _ in line.said}
    assert "why" in said and {name for line in less.story for name, _ in line.said} == said - {"why"}


def basis(value: Any) -> Iterator[tuple[str, ...]]:
    """Every `because` in a document."""
    for name in getattr(type(value), "__dataclass_fields__", ()):
        one = getattr(value, name)
        if name == "because":
            yield one
        yield from basis(one)
    if isinstance(value, tuple):
        for one in value:
            yield from basis(one)


def test_every_figure_links_to_something_that_is_in_the_paper(desk: Desk) -> None:
    file = filed(desk, worked(desk).id)
    assert file.trade is not None
    acts = {line.act for line in file.story}
    facts = set(range(1, file.trade.facts + 1))
    pieces = {piece.id for piece in file.evidence}
    matters = {file.case, *(one.id for one in file.related)}
    found = list(basis(file))
    assert len(found) > 25 and all(found), "a figure that rests on nothing"
    for because in found:
        for one in because:
            match = REFERENCE.fullmatch(one)
            assert match, one
            assert not match["act"] or int(match["act"]) in acts, one
            assert not match["fact"] or int(match["fact"]) in facts, one
            assert not match["evidence"] or one in pieces, one
            assert not match["matter"] or one in matters, one
    assert {piece.id for piece in file.evidence if piece.carries} == set(file.trade.because)


def test_the_story_of_a_case_is_all_there(desk: Desk) -> None:
    file = filed(desk, worked(desk).id)
    assert (file.state, file.outcome, file.lesson) == ("CLOSED", "returned by the scheme", "answer 25 is no verdict")
    assert file.closed_at == file.as_of == desk.now
    assert file.trade is not None and (file.trade.truth, file.trade.proof) == ("charged_returned", "proven")
    assert file.cause is not None and file.cause.shares == (("network", 70), ("terminal_software", 30))
    assert [(one.kind, one.state) for one in file.related] == [("task", "DONE")]
    assert [one.became for one in file.promises] == ["kept"]
    assert {(one.audience, one.state) for one in file.told} == {("cardholder", "sent")}
    assert {one.fact for one in file.approvals} >= {"Confirmed", "Decided"}
    assert all(len(one.shown) == 64 for one in file.approvals if one.fact == "Decided")
    assert dict(file.sources[0])["why"] == EVIL and dict(file.stands)["goods"] == "no"
    corrected = [moment for moment in file.timeline if moment.ahead_ms]
    assert [moment.at for moment in corrected] == [corrected[0].raw_at - 420_000]
    assert [moment.at for moment in file.timeline] == sorted(moment.at for moment in file.timeline)


def test_every_witness_rests_on_the_act_that_brought_it(desk: Desk) -> None:
    case = opened(desk)
    for goods in ("no", "yes"):
        desk.say(case, "WitnessHeard", "li", witness="merchant", goods=goods)
    file = filed(desk, case.id)
    heard = {f"act {line.act}": dict(line.said)["goods"] for line in file.story if line.fact == "WitnessHeard"}
    told = {moment.because: dict(moment.said)["goods"] for moment in file.timeline if moment.said}
    assert told == {(act,): goods for act, goods in heard.items()} and len(told) == 2
    assert [piece.because for piece in file.evidence if piece.kind == "witness"] == list(told)


def test_the_money_sums_to_zero_and_names_its_entries(desk: Desk) -> None:
    file = filed(desk, opened(desk).id)
    assert sum(one.fen for one in file.balances) == 0 and any(one.fen for one in file.balances)
    assert {one.account for one in file.balances} == {name for move in file.moves for name in (move.debit, move.credit)}


def test_the_same_until_the_journal_moves(desk: Desk) -> None:
    case = worked(desk)
    first = filed(desk, case.id)
    desk.now += 10 * DAY_MS
    worked(desk, 2)
    assert filed(desk, case.id) == first and digest(filed(desk, case.id, "en")) == digest(first)
    desk.say(case, "Reopened", "zhang", reason="the customer called again")
    again = filed(desk, case.id)
    assert digest(again) != digest(first) and (again.reopened, again.outcome, again.closed_at) == (1, "", None)


def test_no_card_number_that_somebody_wrote_is_carried_on(desk: Desk) -> None:
    keep = frozenset({"4000000000000002"})
    said = {"text": f"card {pan(7)} and 6222 0200 0000 1234, RRN 123456789012", "shop": "4000000000000002"}
    words = dict(words_of(said, keep))
    assert words["text"] == "card 622200****1902 and 6222 0****1234, RRN 123456789012"
    assert dict(words_of({"until": 1_795_442_333_070}, keep))["until"] == "1795442333070", "an instant is no card"
    assert words["shop"] == "4000000000000002"
    assert words_of({"a": None, "b": [1, True], "c": {"d": "e"}, "f": ""}, keep) == (("b", "1, true"), ("c", "d e"))


def test_of_an_incident_nothing_is_told_about_other_customers(desk: Desk) -> None:
    words = {"title": "the line is down", "channel": "bank link", "since": desk.now - 1, "customers": 9}
    incident = desk.open("incident", words, "zhang")
    cases = [opened(desk, n) for n in (1, 2)]
    for case in cases:
        desk.say(case, "IncidentNamed", "li", incident=incident.id)
        desk.matters.say(incident.id, "ChildClosed", {"case": case.id})
    told = [line for line in filed(desk, cases[0].id).story if line.matter == incident.id]
    assert [line.fact for line in told] == ["Opened", "ChildClosed"] and dict(told[1].said)["case"] == cases[0].id


def test_a_case_without_a_payment_has_a_report_too(desk: Desk) -> None:
    case = desk.open("case", {"source": "person", "why": "a question"}, "li")
    child = desk.open("task", {"what": "ask", "team": "merchants"}, "li", parent=case.id)
    file = filed(desk, case.id)
    assert (file.trade, file.moves, file.balances, file.evidence) == (None, (), (), ())
    assert [one.id for one in file.related] == [child.id]


def test_what_is_left_out_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.reports.case_file.PAGE_MAX", 2)
    case = desk.open("case", {"source": "person", "why": "a question"}, "li")
    tasks = [desk.open("task", {"what": f"{n}", "team": "x"}, "li", parent=case.id).id for n in range(5)]
    assert [one.id for one in filed(desk, case.id).related] == tasks and filed(desk, case.id).left_out == 0
    monkeypatch.setattr("chongzheng.reports.case_file.RELATED_MAX", 3)
    file = filed(desk, case.id)
    assert [one.id for one in file.related] == tasks[:3] and file.left_out == 2
    assert "2 more matters belong to it" in str(case_paper(replace(file, language="en")).sections[0])


def test_what_is_no_case_has_none(desk: Desk) -> None:
    task = desk.open("task", {"what": "ask", "team": "merchants"}, "li")
    for name, why in ((task.id, "is a task"), ("case-999", "no such"), ("case-1", "no such"), ("cat", "no id")):
        with pytest.raises(TheirMistake, match=why):
            filed(desk, name)


def test_a_payment_leads_to_its_case(desk: Desk) -> None:
    case = opened(desk)
    with desk.place.reading() as reader:
        assert case_of_payment(reader, name_of(1)) == case.id
        assert case_of_payment(reader, in_doubt(desk, 5)) == ""
        assert related(reader, desk.matters.get(case.id)) == []
