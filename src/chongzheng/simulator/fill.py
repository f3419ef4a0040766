"""How does a journal get as full as after years, quickly and truthfully? Real facts, real commits, real matters.

Nothing is written past the engine: payments go through the journal's own writer, many in a commit, and matters through
their keeper, many in a transaction, each with its act in the chain. So the whole can be inspected afterwards like any
journal. Only the clock is ours: it runs through the last days at the pace of the filling.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chongzheng.card import masked
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.journal import Evidence, Journal, Submission, Vault, evidence, payment_id
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.acts import queue
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters, Speaker
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import (
    Answer,
    AnswerWritten,
    Key,
    ReplyArrived,
    Request,
    RequestTaken,
    ReversalAnswered,
    ReversalAsked,
)
from chongzheng.reversal.policy import Policy

DAYS = 30
DAY_MS, MINUTE_MS = 86_400_000, 60_000
TERMINALS, SHOP_TERMINALS = 5_000, 4
TRACES_A_BATCH = 999_999
PAYMENTS_A_COMMIT = 400
MATTERS_AT_ONCE = 100
TASK_EVERY = 20
"""Beside so many cases there is a task."""
CLERKS = ("li", "mei", "chen", "zhao")
BOSS = "boss"
WHY = "the bank refused the reversal: {code}"
REFUSALS = (Overtaken, NotAllowed, TheirMistake)

Progress = Callable[[str, int, int], None]
"""Hears what is filled, how much of it is done, and how much there is to be."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many, and until when (epoch ms) the days go that they are spread over."""

    cases: int
    payments: int
    until: int


@dataclass(slots=True)
class Filled:
    """What came of it. `states`: of cases."""

    payments: int = 0
    facts: int = 0
    cases: int = 0
    matters: int = 0
    said: int = 0
    states: Counter[str] = field(default_factory=Counter)


def fill(place: Path | str, vault: Vault, size: Size, told: Progress) -> Filled:
    """Fill an empty journal. TheirMistake: it is not empty, or more cases are wanted than payments."""
    if size.cases > size.payments:
        raise TheirMistake("every case is about a payment of its own: name at least as many payments", "--fill")
    found = Filled()
    journal = Journal.open(place, vault, Policy())
    try:
        if next(iter(journal.reader().payments()), None) is not None:
            raise TheirMistake("holds payments already; fill a new one", "--fill")
        _payments(journal, size, found, told)
    finally:
        journal.close()
    side = Side.open(place)
    try:
        _cases(side, size, found, told)
    finally:
        side.close()
    return found


# Payments


def _payments(journal: Journal, size: Size, found: Filled, told: Progress) -> None:
    for first in range(0, size.payments, PAYMENTS_A_COMMIT):
        batch = [one for n in range(first, min(first + PAYMENTS_A_COMMIT, size.payments)) for one in story(n, size)]
        journal.apply(batch)
        found.facts += len(batch)
        found.payments = min(first + PAYMENTS_A_COMMIT, size.payments)
        told("payments", found.payments, size.payments)


def key_of(n: int) -> Key:
    """The n-th payment's key: terminals take turns, each counts its traces."""
    till, trace = n % TERMINALS, n // TERMINALS + 1
    merchant = f"8983100{till // SHOP_TERMINALS + 1:08d}"
    return Key(merchant, f"{10_000_001 + till}", f"{trace // TRACES_A_BATCH + 1:06d}", f"{trace % TRACES_A_BATCH:06d}")


def card_of(n: int) -> str:
    """The n-th card: made up, of nobody."""
    return f"6222020{n % 10**8:08d}{n * 7_919 % 10_000:04d}"


def fen_of(n: int) -> int:
    """The n-th amount."""
    return 100 + n * 104_729 % 500_000


def has_case(n: int, size: Size) -> bool:
    """Whether the n-th payment is one of those whose reversal failed: as many as cases are wanted, evenly spread."""
    return n * size.cases // size.payments != (n + 1) * size.cases // size.payments


def at_of(n: int, size: Size) -> int:
    """When the n-th payment was made."""
    return size.until - DAYS * DAY_MS + n * (DAYS * DAY_MS - 30 * MINUTE_MS) // size.payments


def story(n: int, size: Size) -> list[Submission]:
    """What happened to the n-th payment: refused, kept, reversed; or reversed in vain."""
    at = at_of(n, size)
    if has_case(n, size):
        return [_sale(n, at), _asked(n, at + 60_000), _undone(n, at + 60_400, "12")]
    match n % 10:
        case 0 | 1:
            return [_sale(n, at), _reply(n, at + 180, "51")]
        case 2:
            return [_sale(n, at), _asked(n, at + 60_000), _undone(n, at + 60_400, "00")]
        case _:
            return [_sale(n, at), _reply(n, at + 220, "00"), Submission(AnswerWritten(payment_id(key_of(n)), at + 260))]


def _heard(kind: str, n: int, at: int, **words: object) -> Evidence:
    key = key_of(n)
    said = {"F2": masked(card_of(n)), "F11": key.stan, "F41": key.terminal, **words}
    return evidence(kind, f"terminal:{key.terminal}", at, json.dumps(said, sort_keys=True).encode())


def _request(n: int, at: int) -> Request:
    key, fen = key_of(n), fen_of(n)
    identity = (("F11", key.stan), ("F4", f"{fen:012d}"))
    return Request(
        key=key, amount_fen=fen, currency="156", fingerprint=f"{n}:{fen}", echo=(key.stan, key.terminal),
        identity=identity, day=day_of(at), day_ends_at=at - at % DAY_MS + DAY_MS, masked_pan=masked(card_of(n)),
    )  # fmt: skip


def _answer(n: int, code: str) -> Answer:
    key = key_of(n)
    return Answer(code, "good", (key.stan, key.terminal), f"{n + 1:012d}")


def _sale(n: int, at: int) -> Submission:
    heard = _heard("0200", n, at, F4=fen_of(n))
    return Submission(RequestTaken(payment_id(key_of(n)), at, heard.id, _request(n, at)), (heard,))


def _reply(n: int, at: int, code: str) -> Submission:
    heard = _heard("0210", n, at, F39=code)
    return Submission(ReplyArrived(payment_id(key_of(n)), at, heard.id, _answer(n, code)), (heard,))


def _asked(n: int, at: int) -> Submission:
    heard = _heard("0400", n, at, F39="98")
    return Submission(ReversalAsked(payment_id(key_of(n)), at, heard.id, "98", _request(n, at)), (heard,))


def _undone(n: int, at: int, code: str) -> Submission:
    heard = _heard("0410", n, at, F39=code)
    return Submission(ReversalAnswered(payment_id(key_of(n)), at, heard.id, _answer(n, code)), (heard,))


# Cases


@dataclass(slots=True)
class _Clock:
    at: int

    def now(self) -> int:
        return self.at


class _Rules:
    """The registers, read once a day of the filling's clock: nobody changes them meanwhile."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._days: dict[str, Mapping[str, Any]] = {}

    def in_force(self, at: int) -> Mapping[str, Any]:
        """All rows of the day of this instant."""
        return self._days.setdefault(day_of(at), self._registers.in_force(at))


@dataclass(slots=True)
class _Desk:
    """Everybody who says something."""

    keeper: Matters
    clock: _Clock
    found: Filled
    clerks: tuple[Speaker, ...]
    engine: Speaker

    def open(self, kind: str, said: Mapping[str, Any], payment: str = "", by: Speaker | None = None) -> Matter:
        key = f"case {payment}" if payment else ""
        self.found.matters += 1
        who = by or self.engine
        return self.keeper.opened(KINDS[kind], who, dict(said), payment=payment, parent="", key=key, depth=0)

    def say(self, matter: str, fact: str, by: Speaker, **said: Any) -> Matter:
        self.clock.at += MINUTE_MS
        self.found.said += 1
        return self.keeper.said(matter, fact, said, by, self.keeper.hash_now(matter), depth=0)


def _cases(side: Side, size: Size, found: Filled, told: Progress) -> None:
    _hire(side, size.until - DAYS * DAY_MS)
    clock = _Clock(0)
    keeper = Matters(side, clock.now, _Rules(Registers(side)))
    desk = _Desk(keeper, clock, found, tuple(keeper.speaker(who) for who in CLERKS), keeper.speaker("program"))
    wanted = (n for n in range(size.payments) if has_case(n, size))
    while some := list(_some(wanted, MATTERS_AT_ONCE)):
        with side.together():
            queue(side)
            for n in some:
                clock.at = at_of(n, size) + 3 * MINUTE_MS
                _case(desk, n)
        told("cases", found.cases, size.cases)


def _some(numbers: Iterator[int], most: int) -> Iterator[int]:
    for _, n in zip(range(most), numbers, strict=False):
        yield n


def _case(desk: _Desk, n: int) -> None:
    """One case as the engine opens it, and how far clerks have come with it."""
    one = desk.open("case", {"source": "engine", "why": WHY.format(code="12")}, payment=payment_id(key_of(n)))
    nth, clerk = desk.found.cases, desk.clerks[n % len(desk.clerks)]
    desk.found.cases += 1
    with suppress(*REFUSALS):
        for fact, said in WAYS[nth % len(WAYS)]:
            one = desk.say(one.id, fact, clerk, **said)
    desk.found.states[one.state] += 1
    if nth % TASK_EVERY == 0:
        desk.open("task", {"what": "请商户补传签购单 / ask the shop for the slip", "team": "merchants"}, by=clerk)


_TAKEN: tuple[tuple[str, dict[str, Any]], ...] = (("Taken", {}),)
_BEGUN = (*_TAKEN, ("ConfirmStarted", {}))
_CONFIRMED = (*_BEGUN, ("Confirmed", {}))
_CAUSED = (*_CONFIRMED, ("CauseFound", {}))
_WAITS = (*_CAUSED, ("Decided", {"action": "wait", "note": "the clearing file of tomorrow"}))
WAYS: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
    (), (), (), _TAKEN, (), _BEGUN, (), _CONFIRMED, _TAKEN, _CAUSED, (), (), _BEGUN, (), _WAITS,
)  # fmt: skip
"""What was said of a case so far, case after case in turn."""


def _hire(side: Side, at: int) -> None:
    """People without passwords: whoever is to sign in is given one afterwards."""
    actors = Actors(side)
    actors.add(BOSS, "Boss", frozenset({Role.ADMINISTRATOR}), "shell:fill", at)
    for who in CLERKS:
        actors.add(who, f"{who.title()}, clerk", frozenset({Role.CLERK}), BOSS, at)
