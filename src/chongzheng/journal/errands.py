"""What do matters ask of the engine, whose work is it, and has it been handed in?

An errand is put in the transaction of the fact that asks for it. It is handed in after that, and again until the engine
has committed it: a check that is asked for twice is asked for, a reversal that is stopped twice is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chongzheng.journal.rows import Submission
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import facts

PERSON, PROGRAM = "person:", "program"
Made = Callable[[str, int, str], facts.Fact]
FACTS: Mapping[str, Made] = MappingProxyType({"CheckAsked": facts.CheckAsked, "ReversalStopped": facts.ReversalStopped})
"""What may be asked for."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing asked for. `owner`: the number of the engine that looks after its payment; `at`: when it was asked for
    (epoch ms)."""

    no: int
    payment: str
    fact: str
    actor: str
    at: int
    owner: int

    def said(self, now: int) -> Submission:
        """What is handed in. OurMistake: nobody knows what is asked for."""
        if self.fact not in FACTS:
            raise OurMistake(f"errand {self.no} asks for {self.fact}, which the engine does not know", self.payment)
        actor = self.actor if self.actor == PROGRAM else f"{PERSON}{self.actor}"
        return Submission(FACTS[self.fact](self.payment, now, actor))


def waiting(side: Side, after: int, most: int) -> list[Errand]:
    """What is not handed in yet, oldest first, behind a number."""
    return [Errand(*row) for row in side.ask("errands_waiting", after=after, most=most)]


def ours(errands: Iterable[Errand], me: int, living: Iterable[int]) -> list[Errand]:
    """Those whose payments this engine looks after; of engines that are gone, the living one with the lowest number.
    Nobody has a number where there is one engine."""
    there = sorted(living)
    first = not there or there[0] == me
    return [one for one in errands if not there or one.owner == me or (first and one.owner not in there)]


def ended(side: Side, errands: Iterable[Errand], now: int) -> None:
    """They are handed in: committed by the engine."""
    with side.together():
        for one in errands:
            side.ask("end_errand", no=one.no, at=now)
