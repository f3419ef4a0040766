"""Does the document of the whole proof say what was done, and does its verdict depend on each part?"""

from typing import Any

import pytest

from chongzheng.simulator.model import proof
from chongzheng.simulator.model.explore import Explored, Report, Violation
from chongzheng.simulator.model.guards import GUARDS, Missed
from chongzheng.simulator.model.orders import Confluence, Met
from chongzheng.simulator.model.promises import PROMISES, Tally

STORY = Violation("M7", "we began to reverse what was delivered", "calm", (("the sale arrives", "=> FORWARDED"),))


def run(**changes: Any) -> Explored:
    every = {"states": 9, "moves": 20, "closed": True, "counts": Tally(dict.fromkeys(PROMISES, 1)), **changes}
    return Explored("calm", **every)


def document(monkeypatch: pytest.MonkeyPatch, explored: Explored, ends: int = 1, violation: Any = STORY) -> Any:
    met = Met("a scene", 5040, 100, {(f"end {n}",): ("yes", "no") for n in range(ends)})
    guard = next(guard for guard in GUARDS if "M7" in guard.promises)
    said: list[str] = []

    def explore(settings: Any, processes: int, watch: Any) -> Report:
        watch(explored)
        return Report([explored], 1.0)

    def confluence(watch: Any) -> Confluence:
        watch(met)
        return Confluence((met,), 1.0)

    def check(watch: Any) -> list[Missed]:
        watch(Missed(guard, 7, violation))
        return [Missed(guard, 7, violation)]

    monkeypatch.setattr(proof, "explore", explore)
    monkeypatch.setattr(proof, "confluence", confluence)
    monkeypatch.setattr(proof, "check", check)
    found = proof.prove(quick=True, say=said.append)
    assert len(said) == 3 if ends > 1 else 2
    return found


def test_what_holds_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = document(monkeypatch, run())
    assert proof.holds(found)
    assert (found["states"], found["moves"], found["confluence"]["orders"]) == (9, 20, 5040)
    assert found["guards"]["removed"] == found["guards"]["found"] == 1
    assert list(found["guards"]["by"].values()) == ["M7"]


@pytest.mark.parametrize(
    ("explored", "ends", "violation"),
    [
        (run(violations=[STORY]), 1, STORY),
        (run(closed=False), 1, STORY),
        (run(counts=Tally({"M1": 1})), 1, STORY),
        (run(), 2, STORY),
        (run(), 1, None),
        (run(), 1, Violation("P8", "another promise", "calm", ())),
    ],
    ids=["broken", "not closed", "not looked at", "apart", "guard not missed", "another promise"],
)
def test_what_does_not_hold_does_not(
    monkeypatch: pytest.MonkeyPatch, explored: Explored, ends: int, violation: Any
) -> None:
    assert not proof.holds(document(monkeypatch, explored, ends, violation))


def test_a_broken_promise_is_told_as_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    found = document(monkeypatch, run(violations=[STORY]))
    assert found["stories"][0].splitlines()[0] == "M7 broken: we began to reverse what was delivered"
    assert "the sale arrives  => FORWARDED" in found["stories"][0]
