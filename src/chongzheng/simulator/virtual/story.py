"""What happened to the payment that broke a promise, as a scenario that a clerk can read and the machine can play?

The journal's facts of that payment, in the words of tests/scenarios (its README says them), with what was decided on
each; above them, as remarks, the harms that were done to its world.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any

from chongzheng.app import journal_and_policy
from chongzheng.journal import Reader
from chongzheng.journal.reader import FactRow
from chongzheng.journal.rows import decode_fact
from chongzheng.money import Money
from chongzheng.reversal import facts
from chongzheng.reversal.entries import position
from chongzheng.reversal.facts import ANY, Answer, Line, Request
from chongzheng.reversal.payment import MoneyIs, Payment
from chongzheng.reversal.policy import Policy
from chongzheng.simulator.demo import engine_id
from chongzheng.simulator.virtual.events import ALL, Cast, Event
from chongzheng.simulator.virtual.run import Outcome, run
from chongzheng.simulator.virtual.weather import Weather
from chongzheng.simulator.virtual.world import World

DAY_MS = 24 * 3_600_000
UNITS_MS = (("d", DAY_MS), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))
ANSWERED_WITH_MAC = ("00", "10", "11")
"""Answers that a scenario takes for signed unless it says otherwise."""
WORDS_WIDTH = 46
SALES_TOLD_MAX = 10
"""More of them were not chosen."""
ID = re.compile(r"P[A-Z2-7]{16}")


@dataclass(frozen=True, slots=True)
class Story:
    """`payment`: "" when the violation is no single payment's; `scenario`: the text of its file, "" without one."""

    outcome: Outcome
    payment: str
    scenario: str

    @property
    def lines(self) -> Iterator[str]:
        """What a person is told: the weather, what was done, what broke, and the trace."""
        outcome = self.outcome
        yield f"seed {outcome.seed}: {outcome.payments} payments, {outcome.kills} kills, {outcome.steps} steps"
        yield f"weather: {outcome.weather.told() or 'calm'}"
        yield f"trace: {outcome.trace}"
        if len(outcome.sales) <= SALES_TOLD_MAX:
            yield f"sales: {', '.join(outcome.sales)}"
        yield from told(outcome.events)
        yield from (f"broken: {which}: {what}" for which, what in outcome.violations)


def story(
    seed: int, payments: int, cast: Cast = ALL, weather: Weather | None = None, invariant: str | None = None
) -> Story:
    """Run the seed, or what `cast` leaves of it, and tell of the payment that broke a promise first, or this one."""
    found: list[tuple[str, str]] = []
    outcome = run(seed, payments, weather, cast=cast, last=lambda world: found.append(_of(world, invariant)))
    return Story(outcome, *(found[0] if found else ("", "")))


def told(events: tuple[Event, ...]) -> Iterator[str]:
    """The harms of a world, in order, with virtual times and the names by which they can be left out."""
    for event in events:
        yield f"{event.number:>4}. {event.at_ms / 1000:8.3f} s  {event.words}  [{event.name}]"


def payment_in(violation: str, known: dict[str, str]) -> str:
    """The payment of which a violation speaks. `known`: how else it may be called -> id."""
    found = ID.search(violation)
    if found is not None:
        return found[0]
    return next((name for words, name in known.items() if words in violation), "")


def _of(world: World, invariant: str | None) -> tuple[str, str]:
    """The first payment that broke something, or this invariant, and its scenario."""
    keys = [*world.bank.desk.dossiers, *world.fleet.seen]
    known = {str(key): engine_id(key) for key in keys}
    broken = [(which, what) for which, what in world.watch.violations if invariant in (None, which)]
    named = ((payment_in(what, known), which, what) for which, what in broken)
    payment, which, what = next((one for one in named if one[0]), ("", "", ""))
    if not payment:
        return "", ""
    head = f"# Seed {world.seed} broke {which}: {' '.join(what.split())}."
    reader = Reader.open(world.machine.journal)
    try:
        _, policy = journal_and_policy(world.home.config)
        remarks = [f"# {line.strip()}" for line in told(tuple(world.events.happened))]
        return payment, scenario(reader, payment, policy, [head, *remarks])
    finally:
        reader.close()


# Scenarios


def scenario(reader: Reader, payment: str, policy: Policy, remarks: list[str]) -> str:
    """The file of one payment, `remarks` above; "" when the journal does not know it."""
    now, rows = reader.payment(payment), reader.facts_of(payment)
    if now is None or not rows:
        return ""
    telling = _Telling(rows[0].at)
    lines = [f"{left:{WORDS_WIDTH}} => {right}".rstrip() for left, right in map(telling.line, rows)]
    return "\n".join([*remarks, *_scene(now, rows[0].at, policy), *lines, *_end(now)]) + "\n"


def _scene(payment: Payment, began_at: int, policy: Policy) -> Iterator[str]:
    usual = Policy()
    for one in fields(Policy):
        value = getattr(policy, one.name)
        if value != getattr(usual, one.name) and isinstance(value, int | tuple):
            words = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
            yield f"policy {one.name} {words or _joined(value)}"
    if payment.day_ends_at:
        yield f"business day ends {after(max(0, payment.day_ends_at - began_at))}"


def _joined(value: int | tuple[int, ...]) -> str:
    """A list of one keeps its comma, which says that it is a list."""
    return ",".join(map(str, value)) + "," * (len(value) == 1) if isinstance(value, tuple) else str(value)


def _end(payment: Payment) -> Iterator[str]:
    verdict, lies = payment.verdict, position(payment)
    amount = "" if verdict.money is MoneyIs.CORRECT else str(Money(verdict.fen))
    yield " ".join(f"verdict {verdict.truth} {verdict.money} {amount} {verdict.proof}".split())
    yield f"money merchant {Money(lies.merchant)} suspense {Money(lies.suspense)}"


def after(milliseconds: int) -> str:
    """A time of a scenario: `+1m30s`."""
    text = ""
    for unit, size in UNITS_MS:
        count, milliseconds = divmod(milliseconds, size)
        text += f"{count}{unit}" if count else ""
    return f"+{text or '0'}"


@dataclass(slots=True)
class _Telling:
    """Where the story stands. Times of a scenario never go back, as clocks in the world may; a file comes in the
    morning. `due_ms`: when the payment's wait ends in the time of the scenario, `due_at` in that of the journal."""

    began_at: int
    now_ms: int = 0
    due_ms: int = 0
    due_at: int | None = None
    amount_fen: int = 0
    day: str = ""
    stan: str = ""
    echo: tuple[str, ...] = ()
    days: list[str] = field(default_factory=list)

    def line(self, row: FactRow) -> tuple[str, str]:
        """A fact on the left, what was decided on the right."""
        record = json.loads(row.record)
        fact = decode_fact(row.kind, json.dumps(record["fact"]).encode())
        request = getattr(fact, "request", None)
        if request is not None and not self.day:
            self.amount_fen, self.day, self.echo = request.amount_fen, request.day, request.echo
            self.stan = request.key.stan
        left = "our mistake" if record["error"] else _SAID[type(fact)](self, fact)
        place = self._place(fact)
        if record["wake_at"] != self.due_at and record["wake_at"] is not None:
            self.due_ms = self._at_ms(fact) + record["wake_at"] - fact.at
        self.due_at = record["wake_at"]
        done = "; ".join(_done(effect) for effect in record["effects"])
        return f"{place:8} {left}", f"{record['to']:11} ({row.rule}) {done}"

    def _place(self, fact: facts.Fact) -> str:
        if isinstance(fact, facts.SettlementSaw):
            return f"{'again' if self.days.count(fact.day) > 1 else 'day'} {self._day_no(fact)}"
        self.now_ms = self._at_ms(fact)
        return after(self.now_ms)

    def _at_ms(self, fact: facts.Fact) -> int:
        if isinstance(fact, facts.SettlementSaw):
            return max(1, self._day_no(fact)) * DAY_MS
        if isinstance(fact, facts.DeadlinePassed) and fact.due_at == self.due_at:
            return max(self.due_ms, self.now_ms, fact.at - self.began_at)
        return max(self.now_ms, fact.at - self.began_at)

    def _day_no(self, fact: facts.SettlementSaw) -> int:
        return (_date(fact.day) - _date(self.day)).days + 1

    # What each fact is called

    def request(self, word: str, request: Request) -> str:
        """A request of the terminal."""
        more = [f"undo={request.undo}"] if request.undo is not facts.Undo.REVERSE else []
        more += [f"moves={request.moves}"] if request.moves is not facts.Moves.DEBIT else []
        more += [f"original={request.original}", f"link={request.link}"] if request.link else []
        more += [f"undo_until={after(request.undo_ends_at - self.began_at)}"] if request.undo_ends_at else []
        return " ".join([f"{word} {Money(request.amount_fen)}", *more])

    def answer(self, word: str, answer: Answer) -> str:
        """An answer of the host."""
        usual = "good" if answer.code in ANSWERED_WITH_MAC else "absent"
        more = [f"mac={answer.mac}"] if answer.mac != usual else []
        more += [f"amount={Money(answer.amount_fen)}"] if answer.amount_fen is not None else []
        more += [f"rrn={answer.rrn}"] if answer.rrn else []
        fits = len(answer.echo) == len(self.echo)
        fits = fits and all(theirs in (ours, ANY) for theirs, ours in zip(answer.echo, self.echo, strict=True))
        return " ".join([f"{word} {answer.code}", *more, *([] if fits else ["echo=wrong"])])

    def reversal(self, fact: facts.ReversalAsked) -> str:
        """The terminal's own reversal."""
        asked_fen = fact.request.amount_fen
        differs = asked_fen != self.amount_fen or not self.now_ms
        return f"terminal reverses {fact.reason}{f' of {Money(asked_fen)}' if differs else ''}"

    def deadline(self, fact: facts.DeadlinePassed) -> str:
        """A wait is over, in time, late, or one that the payment has no more."""
        if fact.due_at != self.due_at:
            return f"deadline stale at {after(max(0, fact.due_at - self.began_at))}"
        return "deadline" if self._at_ms(fact) == self.due_ms else "deadline late"

    def file(self, fact: facts.SettlementSaw) -> str:
        """A clearing file."""
        self.days.append(fact.day)
        lines = [("original", line, fact.originals) for line in fact.originals]
        lines += [("reversal", line, fact.reversals) for line in fact.reversals]
        said = ", ".join(self._record(kind, line, len(beside) > 1) for kind, line, beside in lines)
        return f"file: {said or 'silent'}"

    def _record(self, kind: str, line: Line, is_one_of_many: bool) -> str:
        more = [f"stan={line.stan}"] if line.stan != self.stan else []
        more += [f"amount={Money(line.amount_fen)}"] if line.amount_fen != self.amount_fen else []
        more += [f"sent={line.sent_at}"] if is_one_of_many else []
        return " ".join([kind, f"rrn={line.rrn}", *more])


def _date(day: str) -> date:
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()


_SAID: dict[type[Any], Callable[[_Telling, Any], str]] = {
    facts.RequestTaken: lambda told, fact: told.request("sale", fact.request),
    facts.RequestBarred: lambda told, fact: told.request("barred", fact.request),
    facts.RequestReported: lambda told, fact: told.request("reported", fact.request),
    facts.NotForwarded: lambda told, fact: "not forwarded",
    facts.SendUncertain: lambda told, fact: "send uncertain",
    facts.ReplyArrived: lambda told, fact: told.answer("reply", fact.answer),
    facts.AnswerWritten: lambda told, fact: "answer written",
    facts.AnswerUndelivered: lambda told, fact: "answer undelivered",
    facts.DeliveryUncertain: lambda told, fact: "delivery uncertain",
    facts.TerminalMovedOn: lambda told, fact: "terminal moved on",
    facts.DeadlinePassed: lambda told, fact: told.deadline(fact),
    facts.ReversalAsked: lambda told, fact: told.reversal(fact),
    facts.ReversalAnswered: lambda told, fact: told.answer("reversal answered", fact.answer),
    facts.ReversalStopped: lambda told, fact: "person stops",
    facts.SettlementSaw: lambda told, fact: told.file(fact),
    facts.InquiryAnswered: lambda told, fact: f"inquiry {fact.outcome}{'' if fact.authentic else ' unproven'}",
    facts.CheckAsked: lambda told, fact: "check asked",
    facts.TerminalGaveUp: lambda told, fact: f"terminal gave up {fact.sign}",
    facts.LinkChanged: lambda told, fact: (
        f"linked {fact.by} {fact.link} {fact.standing}{' proven' if fact.proven else ''}"
    ),
}

_DONE: dict[str, Callable[[dict[str, Any]], str]] = {
    "Forward": lambda done: "forward",
    "AnswerTerminal": lambda done: f"{'approve' if done['approved'] else 'answer'} {done['code']}",
    "AnswerReversal": lambda done: f"{'own' if done['code'] == '00' else 'refuse the reversal'} {done['code']}",
    "SendReversal": lambda done: f"reverse {done['reason']} #{done['attempt']}",
    "Resend": lambda done: f"resend #{done['attempt']}",
    "Inquire": lambda done: f"inquire #{done['attempt']}",
    "TellLinked": lambda done: (
        f"tell {done['payment']}: {done['link']} {done['standing']}{' proven' if done['proven'] else ''}"
    ),
    "SignIn": lambda done: "sign in",
    "OpenCase": lambda done: f"case {done['why'].replace(',', ' /')}",
    "ForgetCard": lambda done: "forget card",
}


def _done(effect: dict[str, Any]) -> str:
    return _DONE[effect["do"]](effect)
