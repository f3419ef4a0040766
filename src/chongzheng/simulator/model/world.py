"""What is the smallest world in which a payment can go wrong? Terminal, wires, host, files, people, and a fault budget.

A world is a tuple of small numbers: two worlds that differ in nothing that matters are one state. What is under way on
a wire is a count or a set, never an order: any of it may arrive next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from chongzheng.reversal.facts import Moves, Undo
from chongzheng.reversal.payment import Payment, State
from chongzheng.simulator.model.promises import Around
from chongzheng.simulator.model.words import Sale

# what the terminal does
WAITING, APPROVED, DECLINED, REVERSING, UNDONE, FORGOT = range(6)
# what is on its way to the terminal, as bits
YES, NO, OWNED = 1, 2, 4
# what is decided and not yet carried out
NOTHING, FORWARD, APPROVE = range(3)
# what our own gateway has yet to report
NO_REPORT, NOT_FORWARDED, WRITTEN, UNDELIVERED = range(4)
# what the host has done beside its book, as bits
REFUSED, LIED = 1, 2
# days of the host: the business day, the day after, closed
FIRST_DAY, SECOND_DAY, CLOSED = range(3)
# what people and the terminal's later life have done, as bits
STOPPED, CHECKED, MOVED_ON, GAVE_UP = 1, 2, 4, 8

TRIES_MAX = 3
"""How often a terminal sends its reversal."""
COPIES_MAX = 1
"""Copies of one message under way; another is another arrival, and costs a fault."""
ANSWERS_MAX = 2
"""Answers of the host under way at once."""


class World(NamedTuple):
    """One state. `payment` is its number in the machine; `faults` how many may still happen.

    `sales` and `undos` count what is on its way from the terminal, `hears` is what is on its way to it; `asked`,
    `reversals` and `questions` lie in the host's queue, `answers` come back from it. `charges`, `charged_on`,
    `returns` are the host's book; `read` counts how often each file was read, as bits.
    """

    payment: int
    faults: int
    terminal: int = WAITING
    tries: int = 0
    sales: int = 1
    undos: int = 0
    disputes: bool = False
    hears: int = 0
    todo: int = NOTHING
    report: int = NO_REPORT
    asked: int = 0
    reversals: int = 0
    questions: int = 0
    answers: tuple[str, ...] = ()
    charges: int = 0
    charged_on: int = 0
    returns: int = 0
    returned_on: int = 0
    host: int = 0
    day: int = FIRST_DAY
    read: int = 0
    people: int = 0
    has_case: bool = False
    forwards: int = 0
    releases: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """One world to explore: what is sold, how many faults a run has, and which of them there are.

    `vices`: the host misbehaves; `wires`: messages are lost or doubled; `stops`: the engine is killed;
    `people`: a clerk stops and checks, and the terminal shows that it gave up.
    """

    name: str
    sale: Sale
    faults: int
    vices: bool = True
    wires: bool = True
    stops: bool = True
    people: bool = True


SALE = Sale()
ASKED_SALE = Sale(can_be_asked=True)
NOTICE = Sale(undo=Undo.RESEND, moves=Moves.CREDIT)
CASH_LOAD = Sale(undo=Undo.NONE)


def around(world: World, payment: Payment) -> Around:
    """What the promises want to know of a world."""
    under_way = (
        world.sales or world.undos or world.hears or world.todo or world.report
        or world.asked or world.reversals or world.questions or world.answers
    )  # fmt: skip
    quiet = world.day == CLOSED and world.read & 3 == 3 and not under_way and payment.state is not State.NEW
    return Around(
        charges=world.charges,
        returns=world.returns,
        shows_approved=world.terminal == APPROVED,
        disputes=world.disputes,
        has_case=world.has_case,
        forwards=world.forwards,
        releases=world.releases,
        host_lied=bool(world.host & LIED),
        quiet=quiet,
    )
