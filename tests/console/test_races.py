"""When two people decide at the same moment in real browsers, does exactly one win, and is the other told?"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from console.casework import SECOND, doubtful
from console.world import PASSWORD, Day, actor_of

LIMIT_MS = 15_000
HEAD_START_MS = 120
SMALL_FEN = 100
"""Together below what one shop may be given back on a day."""
SEND = """([fact, words, at]) => {
  const form = document.querySelector(`details[data-fact="${fact}"] form`);
  for (const [name, text] of Object.entries(words)) form.elements[name].value = text;
  setTimeout(() => form.requestSubmit(), Math.max(0, at - Date.now()));
}"""
REFUSAL = {"ground": "evidence missing", "reason": "the slip is not there"}
PAIRS: tuple[tuple[tuple[str, str, dict[str, str]], ...], ...] = (
    (("first", "Approved", {}), ("second", "Approved", {})),
    (("first", "Approved", {}), ("second", "Rejected", REFUSAL)),
    (("first", "Approved", {}), ("again", "Approved", {})),
)
"""Who clicks what at the same moment: two people, two minds, one person in two windows."""
DONE, NOT_DONE = ".alert-success", ".alert-danger"


@dataclass
class Arena:
    """Three windows: of one supervisor, of another, and a second one of the first."""

    day: Day
    pages: dict[str, Page]
    told: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def arena(casework_day: Day, chromium: Browser) -> Arena:
    """Three windows, signed in and proven."""
    who = {"first": actor_of("supervisor"), "second": SECOND, "again": actor_of("supervisor")}
    return Arena(casework_day, {name: window(chromium, casework_day, actor) for name, actor in who.items()})


def window(chromium: Browser, day: Day, actor: str) -> Page:
    """A browser of its own in which this person is signed in and has proved who they are."""
    page = chromium.new_context().new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(f"{day.base}/sign-in")
    page.fill("[name=actor]", actor)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/queues/my")
    page.goto(f"{day.base}/prove")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/queues/my")
    return page


def race(arena: Arena, n: int, pair: tuple[tuple[str, str, dict[str, str]], ...]) -> str:
    """Two clicks at one moment on one refund; who won. Whatever is decided is decided once."""
    work = doubtful(arena.day.journal, arena.day.keeper, n, SMALL_FEN)
    for name, _, _ in pair:
        arena.pages[name].goto(f"{arena.day.base}/matters/{work.refund}")
    at = int(time.time() * 1000) + HEAD_START_MS
    for name, fact, words in pair:
        arena.pages[name].evaluate(SEND, [fact, words, at])
    won = [name for name, _, _ in pair if heard(arena, name)]
    refund = arena.day.keeper.get(work.refund)
    assert len(won) == 1, f"{work.refund}: {won} of {pair}"
    decided = [act for act in arena.day.keeper.story(work.refund) if act["fact"] in ("Approved", "Rejected")]
    assert len(decided) == 1, decided
    (fact,) = (fact for name, fact, _ in pair if name == won[0])
    assert (refund.state, len(refund.body["approvals"])) == (("APPROVED", 1) if fact == "Approved" else ("REFUSED", 0))
    held = arena.day.keeper.holder(f"give back {work.payment}")
    assert held == (work.refund if fact == "Approved" else ""), "one way back is held, or none"
    return won[0]


def heard(arena: Arena, name: str) -> bool:
    """Whether this window was told that it was done; else it was told that nothing was."""
    said: Any = arena.pages[name].locator(f"{DONE}, {NOT_DONE}").first
    said.wait_for()
    words = said.inner_text()
    if "已完成" in words:
        return True
    assert "没有产生任何效果" in words or "未执行" in words, words
    assert arena.pages[name].locator(".news").count() == 1, "what happened meanwhile is said"
    arena.told.append(words)
    return False


def test_of_two_clicks_at_one_moment_one_wins_and_the_other_is_told(arena: Arena) -> None:
    for number, pair in enumerate((*PAIRS, *PAIRS)):
        race(arena, 500 + number, pair)
    assert len(arena.told) == 6


@pytest.mark.soak
def test_fifty_races(arena: Arena) -> None:
    arena.told.clear()
    winners = Counter(race(arena, 600 + number, PAIRS[number % len(PAIRS)]) for number in range(50))
    print(dict(winners), len(arena.told))
    assert len(arena.told) == 50 and len(winners) >= 2, "not always the same window"
