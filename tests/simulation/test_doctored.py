"""Is every lie of a clearing file reported, and would it be noticed if one were not, or if a line went to another?"""

from collections.abc import Iterable, Sequence

import pytest

from chongzheng.settlement import windows
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Fit, Match, Matching
from chongzheng.simulator import doctored
from chongzheng.simulator.doctored import LIES, campaign

FILES = 20_000
FEW = 400


def test_no_lie_is_hidden_and_no_damage_makes_a_wrong_match() -> None:
    found = campaign(FILES, 1, 1)
    assert found["faults"] == []
    assert (found["wrong"], found["unreported"], found["extra"], found["uncaught"]) == (0, 0, 0, 0)
    assert found["files"] == FILES and found["planted"] > FILES / 4 and found["read"] > FILES / 20
    assert set(found["by_lie"]) == set(LIES) and min(found["by_lie"].values()) > FILES / 100
    assert min(found["by_layout"].values()) > FILES / 10


def test_a_matcher_that_overlooks_one_fen_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows.Windows, "of", lambda _, channel: windows.Window(before_days=7, tolerance_fen=1))
    found = campaign(FEW, 2, 1)
    assert found["unreported"] and any("another amount" in fault for fault in found["faults"])


def test_a_matcher_that_takes_the_first_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(records: Iterable[Record], candidates: Sequence[Candidate]) -> Matching:
        return Matching(tuple(Match(record, candidates[0].payment, Fit.ALL) for record in records), ())

    monkeypatch.setattr(doctored, "match", first)
    assert campaign(FEW, 3, 1)["wrong"]


def test_the_same_seed_gives_the_same_figures() -> None:
    assert campaign(FEW, 4, 1) == campaign(FEW, 4, 1)
    assert campaign(FEW, 4, 1) != campaign(FEW, 5, 1)


@pytest.mark.parametrize("number", [236_412, 561_024, 977_996])
def test_a_damaged_line_that_names_two_payments_is_given_to_neither_or_to_its_own(number: int) -> None:
    tally = doctored.Tally()
    doctored.trial(1, number, tally)
    assert (tally.read, tally.wrong, tally.faults) == (1, 0, [])
