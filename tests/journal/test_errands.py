"""Is what a matter asks of the engine handed in by the engine whose payment it is, and until it was?"""

from __future__ import annotations

import pytest

from chongzheng.journal import Journal
from chongzheng.journal.errands import Errand, ended, ours, waiting
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import facts
from journal.made import NOON_MS, name_of, reply, sale


def put(side: Side, *words: tuple[int, str, str]) -> None:
    """What a matter asks for: of the n-th payment, which fact, who."""
    for n, fact, actor in words:
        side.ask("put_errand", matter=1, payment=name_of(n), fact=fact, actor=actor, at=NOON_MS)


def test_what_waits_is_handed_in_oldest_first_and_once_it_is_in_no_more(journal: Journal, side: Side) -> None:
    journal.apply([sale(1), reply(1), sale(2), reply(2)])
    put(side, (1, "CheckAsked", "li"), (2, "ReversalStopped", "program"))
    first, second = waiting(side, 0, 10)
    assert waiting(side, first.no, 10) == [second] and waiting(side, 0, 1) == [first]
    assert first.said(NOON_MS + 5).fact == facts.CheckAsked(name_of(1), NOON_MS + 5, "person:li")
    assert second.said(NOON_MS + 5).fact == facts.ReversalStopped(name_of(2), NOON_MS + 5, "program")
    assert not [one for one in journal.apply([first.said(NOON_MS + 5), second.said(NOON_MS + 5)]) if one.error]
    ended(side, [first], NOON_MS + 6)
    assert waiting(side, 0, 10) == [second]


def test_said_twice_is_harmless(journal: Journal, side: Side) -> None:
    journal.apply([sale(1), reply(1)])
    put(side, (1, "ReversalStopped", "li"))
    (one,) = waiting(side, 0, 10)
    before = journal.apply([one.said(NOON_MS + 5)])
    after = journal.apply([one.said(NOON_MS + 9)])
    assert not before[0].error and not after[0].error
    assert after[0].payment.state == before[0].payment.state and after[0].effects == ()


def test_what_the_engine_does_not_know_is_our_mistake(journal: Journal, side: Side) -> None:
    journal.apply([sale(1)])
    put(side, (1, "MoneyWished", "li"))
    (one,) = waiting(side, 0, 10)
    with pytest.raises(OurMistake, match="MoneyWished"):
        one.said(NOON_MS)


def test_each_engine_runs_its_own_and_the_first_those_of_engines_that_are_gone() -> None:
    mine, theirs, gone = (Errand(no, f"P{no}", "CheckAsked", "li", 0, owner) for no, owner in ((1, 2), (2, 1), (3, 7)))
    assert ours([mine, theirs, gone], 2, [1, 2]) == [mine]
    assert ours([mine, theirs, gone], 1, [1, 2]) == [theirs, gone]
    assert ours([mine, theirs, gone], -1, []) == [mine, theirs, gone], "a file has one engine"
