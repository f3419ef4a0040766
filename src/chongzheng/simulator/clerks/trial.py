"""What comes of one trial: some payments, the people who work on them, and everything that can come in between?

The same seed gives the same trial. First anything may happen; then everything comes to rest, and the books of the
bank, of the engine and of people are compared.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.journal.bulk import BEFORE, DONE, Result, bulk
from chongzheng.simulator.clerks.deeds import Deed, Deeds
from chongzheng.simulator.clerks.office import Killed, Office
from chongzheng.simulator.clerks.others import Others
from chongzheng.simulator.clerks.watch import REFUSALS, Watch
from chongzheng.simulator.clerks.wires import DOUBTFUL, DRIVEN, Street, Wires
from chongzheng.simulator.virtual.disk import SHELF

PAYMENTS = 12
"""Interleavings in one trial: they share people, registers, limits and the clock."""
DEEDS_OF_ONE = 16
STATEMENTS_MAX = 30
"""Within so many statements from its beginning a doomed transaction dies; most are shorter, and then it does not."""
WAITS_MS = (1_000, 1_000, 20_000, 600_000, 3_600_000)
ERRANDS_MAX = 20
GOING_ON = 0.4
TOLD_OF_CASES = 0.2
LONG_WAITS_MS = (30 * 3_600_000, 5 * 86_400_000)
CLOSED_OF_ALL = 0.15
"""Cases are closed with all that belongs to it in tests of their own; here it matters what may not be closed."""
CASE_WORK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ConfirmStarted", {}),
    ("Confirmed", {}),
    ("CauseFound", {"primary": "unknown"}),
    ("Decided", {"action": "tell"}),
    ("Decided", {"action": "nothing"}),
    ("Decided", {"action": "refund"}),
    ("Remedied", {"result": "all is where it belongs"}),
    ("NoticeSent", {"audience": "cardholder", "template": "returned"}),
    ("Closed", {"outcome": "ended"}),
)
HEARD = (
    {"witness": "host journal", "original": "yes", "reversal": "failed"},
    {"witness": "merchant", "goods": "no"},
)
"""What makes an advance possible (evidence level E2, operations 3.3)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to. `violations`: (invariant, what); `trace`: digest of every deed and what came of it."""

    seed: int
    interleavings: int
    deeds: int
    done: int
    restarts: int
    kills: int
    violations: tuple[tuple[str, str], ...]
    evaluated: dict[str, int]
    reached: dict[str, int]
    trace: str
    story: tuple[str, ...]


def run(
    seed: int, payments: int = PAYMENTS, story: bool = False, first: Callable[[Trial], None] = lambda trial: None
) -> Outcome:
    """One trial from beginning to end; with `story` every deed is told. `first` is called before it begins."""
    folder = Path(tempfile.mkdtemp(prefix="trial-", dir=SHELF if SHELF.is_dir() else None))
    try:
        trial = Trial(seed, payments, folder)
        first(trial)
        trial.live()
        return trial.outcome(story)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Trial:
    """One seed in the making."""

    def __init__(self, seed: int, payments: int, folder: Path) -> None:
        self._seed = seed
        self._dice = Random(f"trial {seed}")
        self.office = Office(folder)
        self.wires = Wires(self.office, self._dice, payments)
        self.watch = Watch(self.office)
        self.wires.heard = self.watch.engine
        self._deeds = Deeds(self.office, self._dice)
        self._others = Others(self.office, self.watch, self._dice)
        self._last: Deed | None = None
        self._told: list[str] = []
        self._counts: Counter[str] = Counter()
        self.begun = False

    def live(self) -> None:
        """All of it."""
        self.begun = True
        try:
            for street in self.wires.streets:
                self._begin(street)
            for _ in range(DEEDS_OF_ONE * len(self.wires.streets)):
                self._one(self._street())
            self._rest()
        except Exception as error:  # noqa: BLE001 - a part that breaks ends its trial, not the campaign
            told = traceback.format_exception(error)
            broke = f"the trial broke: {type(error).__name__}: {' '.join(' '.join(told[-4:]).split())}"
            self.watch.hold("D4", False, broke)
        finally:
            self.office.close()

    def outcome(self, story: bool) -> Outcome:
        """What came of it."""
        trace = hashlib.sha256("\n".join(self._told).encode()).hexdigest()[:16]
        counts, watch = self._counts, self.watch
        return Outcome(
            self._seed, len(self.wires.streets), counts["deeds"], counts["done"], self.office.starts - 1,
            counts["kills"], tuple(watch.violations), dict(watch.evaluated), dict(watch.reached), trace,
            tuple(self._told) if story else (),
        )  # fmt: skip

    def _begin(self, street: Street) -> None:
        """A doubtful one has a case, and witnesses who say what a clerk needs; of others people may hear something."""
        plan = self.wires.begin(street)
        self._tell(f"{street.n} {street.account.fen} fen, {plan}")
        if plan not in (DOUBTFUL, DRIVEN):
            return
        reporter = self._dice.choice(("li", "mei", "fang"))
        case = Deed(
            reporter, "case", "", "Opened", {"source": "person", "why": "no slip", "witness": HEARD[0]}, street=street.n
        )
        if self._say(case):
            one = self.office.matters.of_payment(street.id)[0].id
            for said in HEARD[1:]:
                self._say(Deed(reporter, "case", one, "WitnessHeard", said, street=street.n))

    def _street(self) -> Street:
        """Of which payment it is the turn: people often go on with what they have in hand."""
        if self._last is not None and self._dice.random() < GOING_ON:
            return self.wires.streets[self._last.street - 1]
        return self._dice.choice(self.wires.streets)

    # One thing after the other

    def _one(self, street: Street) -> None:
        chance, traces = self._dice.random(), self.office.steps
        if street.payment is None or chance < 0.4:
            self._wire(street)
        elif chance < 0.88:
            self._person(street)
        elif chance < 0.91:
            self.program(TOLD_OF_CASES)
        elif chance < 0.95:
            self._others.act(street)
        elif chance < 0.958:
            self._restart()
        else:
            self._wait()
        if self.office.steps != traces:
            self._look(street)

    def _wire(self, street: Street) -> None:
        moves = self.wires.moves(street)
        if moves:
            name, go = self._dice.choices(moves, [self.wires.weight(name) for name, _ in moves])[0]
            self._tell(f"{street.n} {name}")
            go()

    def _wait(self) -> None:
        long = self._dice.random() < 0.15
        self.office.now += self._dice.choice(LONG_WAITS_MS if long else WAITS_MS)
        self._tell(f"time passes: {self.office.now}")

    def _restart(self) -> None:
        self.office.restart()
        self.watch.reach("the program was started again")
        self._tell("the program is started again")

    def _look(self, street: Street) -> None:
        matters = self.office.matters.of_payment(street.id)
        self.wires.order(street, matters)
        self.watch.stands(street, matters)

    def _tell(self, line: str) -> None:
        self._told.append(line)

    # People

    def _person(self, street: Street) -> None:
        chance, last = self._dice.random(), self._last
        if last is not None and chance < 0.1:
            self.watch.reach("somebody clicked twice")
            self._again(last)
            return
        if last is not None and chance < 0.16 and last.matter:
            self._second(last)
            return
        deed = self._deeds.draw(street, self.office.matters.of_payment(street.id))
        if deed is None:
            return
        self._counts["deeds"] += 1
        if chance < 0.19:
            self._preview(deed)
        if chance > 0.95 and deed.matter:
            self._batch(replace(deed, sight=None))
        elif chance > 0.9:
            self._doomed(deed)
        else:
            self._say(deed)

    def _say(self, deed: Deed) -> bool:
        """Whether it was done."""
        before, facts, traces = self._before(deed)
        try:
            after = self._carry_out(deed)
        except Exception as no:  # noqa: BLE001 - what nobody foresaw was told to nobody: that is a violation
            self._tell(f"{deed.street} {deed.who} {deed.fact} {deed.matter or deed.kind}: no: {no}")
            self.watch.refused(deed, no, traces)
            return False
        self._tell(f"{deed.street} {deed.who} {deed.fact} {after.id}: {after.state}")
        self._done(deed, before, after, facts)
        return True

    def _done(self, deed: Deed, before: Matter | None, after: Matter, facts: int) -> None:
        self._counts["done"] += 1
        self.wires.follow(self.wires.streets[deed.street - 1], deed.fact, deed.said, before, after)
        self._last = deed
        self.watch.done(deed, before, after, facts)

    def _before(self, deed: Deed) -> tuple[Matter | None, int, tuple[Any, ...]]:
        street = self.wires.streets[deed.street - 1]
        facts = int(self.office.matters.standing(street.id).get("facts", 0))
        return (self.office.matters.get(deed.matter) if deed.matter else None), facts, self.office.traces()

    def _carry_out(self, deed: Deed) -> Matter:
        matters = self.office.matters
        if deed.matter:
            shown = deed.sight.hash if deed.sight is not None else ""
            return matters.say(deed.matter, deed.fact, deed.said, deed.who, shown)
        payment = self.wires.streets[deed.street - 1].id
        return matters.open(deed.kind, deed.said, deed.who, payment=payment, parent=deed.parent)

    def _again(self, last: Deed) -> None:
        """The same again from the same hand: where it was decided on a sight, that sight has changed."""
        done = self._say(last)
        if last.sight is not None:
            self.watch.hold("D5", not done, f"{last.who} {last.fact} {last.matter} was done twice on one sight")

    def _second(self, last: Deed) -> None:
        """Somebody else had the same before their eyes, and says the same a moment later."""
        other = self._deeds.someone_else(last)
        done = self._say(last.by(other))
        if last.sight is not None:
            self.watch.reach("two people said the same, and one was done")
            self.watch.hold("K3", not done, f"{other} {last.fact} {last.matter} on what {last.who} had changed")

    def _preview(self, deed: Deed) -> None:
        if not deed.matter:
            return
        traces = self.office.traces()
        shown = deed.sight.hash if deed.sight is not None else ""
        self.office.matters.preview(deed.matter, deed.fact, deed.said, deed.who, shown)
        self.watch.reach("a preview said what would happen")
        self.watch.hold("D4", self.office.traces() == traces, f"a preview of {deed.fact} {deed.matter} left a trace")

    def _batch(self, deed: Deed) -> None:
        """By the way of bulk work, once and once more under the same reference."""
        before, facts, _ = self._before(deed)
        reference = f"batch {self._counts['batches']}"
        self._counts["batches"] += 1
        (result,) = bulk(
            self.office.matters, self.office.side, [deed.matter], deed.fact, deed.said, deed.who, reference
        )
        self.watch.reach("a batch was handed in")
        self._tell(f"{deed.street} {deed.who} {deed.fact} {deed.matter} in bulk: {result.result} {result.why}")
        if result.result == DONE:
            self._done(deed, before, self.office.matters.get(deed.matter), facts)
            traces = self.office.traces()
            again = self._in_bulk(deed, reference)
            self.watch.reach("a batch was handed in again")
            same = again.result == BEFORE and self.office.traces() == traces
            self.watch.hold("R1", same, f"batch {reference} of {deed.matter} was handed in again: {again}")
        else:
            self.watch.hold("R5", result.why, f"{deed.matter} in bulk: {result}")

    def _in_bulk(self, deed: Deed, reference: str) -> Result:
        office = self.office
        (result,) = bulk(office.matters, office.side, [deed.matter], deed.fact, deed.said, deed.who, reference)
        return result

    def _doomed(self, deed: Deed) -> None:
        """The program dies inside the transaction, or just after it, before anybody was told; then it is said again."""
        traces = self.office.traces()
        self.office.doom(self._dice.randrange(STATEMENTS_MAX))
        try:
            done = self._say(deed)
        except Killed:
            self._counts["kills"] += 1
            self._tell(f"{deed.street} {deed.who} {deed.fact} {deed.matter or deed.kind}: the program died")
            self.office.restart()
            self.watch.reach("the program died inside a transaction")
            self.watch.hold("D4", self.office.traces() == traces, f"{deed.fact} died and left a trace")
            self._say(deed)
            return
        finally:
            self.office.spare()
        self.office.restart()
        if done:
            self.watch.reach("the program died after a commit, and it was said again")
            self._again(deed)

    # The program

    def program(self, cases: float) -> None:
        """What it says by itself: deadlines that ran out, and how payments stand. `cases`: the part of them that hears
        it this time; the others hear it later."""
        matters = self.office.matters
        for one in matters.due():
            if not matters.holds(one, "ClockRan"):
                continue
            self._tell(f"{one}: its deadline ran out")
            self._loudly(lambda one=one: matters.say(one, "ClockRan", {}), f"ClockRan of {one}")  # type: ignore[misc]
            self.watch.reach("a deadline of a matter ran out")
        for one, facts in matters.behind():
            if one.startswith("case-") and self._dice.random() > cases:
                continue
            self._tell(f"{one} hears how its payment stands")
            self._loudly(lambda one=one, facts=facts: matters.tell_standing(one, facts), f"PaymentMoved of {one}")  # type: ignore[misc]
            self.watch.reach("a matter heard that its payment moved")
        for number, _, payment, fact, actor, _ in self.office.side.ask("open_errands", most=ERRANDS_MAX):
            self._errand(payment, fact, actor)
            self.office.side.ask("end_errand", no=number, at=self.office.now)

    def _errand(self, payment: str, fact: str, actor: str) -> None:
        """What people asked of the engine, after their commit."""
        street = next(one for one in self.wires.streets if one.id == payment)
        self._tell(f"{street.n} errand: {fact} by {actor}")
        if fact == "ReversalStopped":
            self.wires.stop(street, actor)
            self.watch.reach("a refund asked that the reversal be stopped")

    def _loudly(self, act: Callable[[], object], what: str) -> None:
        """The program is never refused."""
        try:
            act()
        except REFUSALS as no:
            self.watch.hold("R5", False, f"the program was refused {what}: {no}")

    # At rest

    def _finish(self, street: Street) -> None:
        """Whoever has to hears what the bank did."""
        came = self._deeds.chargeback(street, self.office.matters.of_payment(street.id))
        if came is not None:
            self._say(came)
        for one in self.office.matters.of_payment(street.id):
            for fact in self._deeds.news(one, street):
                sight = self._deeds.look("wang", one.id)
                words = {"reference": f"end {one.id} {fact}"}
                self._say(Deed("wang", one.kind, one.id, fact, words, sight, "", street.n))

    def _recover(self, street: Street) -> None:
        """Whoever has to takes back what went twice, or writes it off."""
        for one in self.office.matters.of_payment(street.id):
            for fact, said in self._deeds.recovery(one, street):
                if self.office.matters.holds(one.id, fact):
                    who = "zhang" if fact == "WrittenOff" else "wang"
                    self._say(Deed(who, one.kind, one.id, fact, said, self._deeds.look(who, one.id), "", street.n))

    def _close(self, street: Street) -> None:
        """A good clerk works its case to the end, as far as it can be."""
        for one in self.office.matters.of_payment(street.id):
            for fact, said in CASE_WORK if one.kind == "case" else ():
                if self.office.matters.holds(one.id, fact):
                    done = self._say(
                        Deed("zhang", "case", one.id, fact, said, self._deeds.look("zhang", one.id), "", street.n)
                    )
                    if fact == "Closed":
                        self.watch.reach("a case was closed" if done else "a case could not be closed yet")

    def _rest(self) -> None:
        for _ in range(3):
            for street in self.wires.streets:
                self.wires.settle(street)
                self._look(street)
            self.program(TOLD_OF_CASES)
            self.office.now += WAITS_MS[-1]
        for street in self.wires.streets:
            self._finish(street)
            if self._dice.random() < CLOSED_OF_ALL:
                self._recover(street)
                self._close(street)
            self._look(street)
            self.watch.rest(street, self.office.matters.of_payment(street.id))
        self.watch.chains()


def is_ended(one: Matter) -> bool:
    """Whether nothing is waited for any more."""
    return one.state in KINDS[one.kind].ended


__all__ = ["PROGRAM", "Outcome", "Trial", "run"]
