"""What can happen next in a small world? Every move of terminal, wires, host, engine, people and clock, with its name.

A move that names a fault costs one of the budget. Moves of the engine hand a word to the shipped machine and carry its
effects out; what an effect brings back is another move.
"""

from __future__ import annotations

from collections.abc import Iterator

from chongzheng.reversal import effects
from chongzheng.reversal.facts import Undo
from chongzheng.reversal.payment import FINAL, Owes, Payment, State, Told
from chongzheng.simulator.model import world as w
from chongzheng.simulator.model.host import of_host
from chongzheng.simulator.model.machine import Machine
from chongzheng.simulator.model.words import FAR
from chongzheng.simulator.model.world import Setting, World

Move = tuple[str, World, int, str]
"""Its name, the world after it, and the payment and word that were handed to the machine ("" for none)."""

_BEFORE_ANY_REVERSAL = frozenset(
    {State.NEW, State.FORWARDED, State.UNSENT, State.DELIVERING, State.APPROVED, State.REFUSED}
)
"""There is no reversal that a person could stop; the door refuses it."""


class Moves:
    """The moves of one setting."""

    def __init__(self, setting: Setting, machine: Machine) -> None:
        self._setting = setting
        self._machine = machine

    def of(self, world: World) -> Iterator[Move]:
        """Everything that can happen next. Decided effects leave before anything else happens, but for a kill."""
        if world.todo:
            yield from self._carried_out(world)
        else:
            final = self._is_final(world)
            yield from self._terminal(world, final)
            if not final:
                yield from self._arrivals(world)
            for name, after in of_host(world, self._setting):
                yield name, after, 0, ""
            yield from self._files(world)
            yield from self._people(world)
            yield from self._clock(world)
            if self._setting.wires and world.faults and not final:
                yield from _losses(world)
        if self._setting.stops and world.faults and not self._is_final(world):
            yield from self._kills(world)

    def _is_final(self, world: World) -> bool:
        return self._machine.payments[world.payment].state in FINAL

    # the engine

    def _engine(self, name: str, world: World, word: str) -> Move:
        taken = self._machine.take(world.payment, word)
        hears, todo, undos, questions = world.hears, world.todo, world.reversals, world.questions
        asked, has_case, releases = world.asked, world.has_case, world.releases
        for effect in taken.effects:
            match effect:
                case effects.Forward():
                    todo = w.FORWARD
                case effects.AnswerTerminal(approved=True):
                    todo = w.APPROVE
                case effects.AnswerTerminal():
                    hears |= w.NO if world.terminal == w.WAITING else 0
                case effects.AnswerReversal():
                    hears |= w.OWNED if world.terminal == w.REVERSING else 0
                case effects.SendReversal(attempt=attempt):
                    undos = min(undos + 1, w.COPIES_MAX)
                    releases += attempt == 1 or bool(world.people & w.STOPPED)
                case effects.Resend():
                    asked = min(asked + 1, w.COPIES_MAX)
                case effects.Inquire():
                    questions = 1
                case effects.OpenCase():
                    has_case = True
        after = world._replace(
            payment=taken.after, hears=hears, todo=todo, reversals=undos, questions=questions, asked=asked,
            has_case=has_case, releases=min(releases, 2),
        )  # fmt: skip
        if self._machine.payments[taken.after].state in FINAL:
            after = _at_rest(after)
        return name, after, world.payment, word

    def _carried_out(self, world: World) -> Iterator[Move]:
        if world.todo == w.FORWARD:
            forwarded = world._replace(todo=w.NOTHING, asked=1, forwards=min(world.forwards + 1, 2))
            yield "the sale goes to the host", forwarded, 0, ""
            if self._setting.wires and world.faults:
                lost = world._replace(todo=w.NOTHING, report=w.NOT_FORWARDED, faults=world.faults - 1)
                yield "fault: there is no link to the host", lost, 0, ""
            return
        if world.report:  # the gateway's reports come in their order: that of the delivery before comes first
            yield self._reported(world)
            return
        done = world._replace(todo=w.NOTHING)
        if world.terminal == w.WAITING:
            yield "the approval is written", done._replace(hears=world.hears | w.YES, report=w.WRITTEN), 0, ""
            if self._setting.wires and world.faults:
                gone = done._replace(report=w.UNDELIVERED, faults=world.faults - 1)
                yield "fault: the terminal's line is gone", gone, 0, ""
        else:
            yield "the approval is written to a terminal that waits no more", done._replace(report=w.WRITTEN), 0, ""
            yield "the terminal has hung up", done._replace(report=w.UNDELIVERED), 0, ""

    def _kills(self, world: World) -> Iterator[Move]:
        """The engine is killed and starts again at once; what it was about to do was done, or was not."""
        bare = world._replace(faults=world.faults - 1, todo=w.NOTHING, report=w.NO_REPORT)
        cut = bare._replace(sales=0, undos=0, hears=0, answers=())
        yield self._restarted("fault: the engine is killed", bare)
        if cut != bare:
            yield self._restarted("fault: the engine is killed, and every line is cut", cut)
        if world.todo == w.FORWARD:
            sent = bare._replace(asked=1, forwards=min(world.forwards + 1, 2))
            yield self._restarted("fault: the engine is killed as it forwards", sent)
        elif world.todo == w.APPROVE and world.terminal == w.WAITING:
            written = bare._replace(hears=bare.hears | w.YES)
            yield self._restarted("fault: the engine is killed as it writes the approval", written)

    def _restarted(self, name: str, world: World) -> Move:
        owes = self._machine.payments[world.payment].owes
        if owes is Owes.FORWARD:
            return self._engine(name, world, "send uncertain")
        if owes is Owes.DELIVERY:
            return self._engine(name, world, "delivery uncertain")
        return name, world, 0, ""

    def _arrivals(self, world: World) -> Iterator[Move]:
        """What arrives at the engine: from the terminal, from the host, from its own gateway."""
        if world.sales:
            yield self._engine("the sale arrives", world._replace(sales=world.sales - 1), "sale")
        if world.undos:
            word = "terminal disputes" if world.disputes else "terminal reverses"
            yield self._reversal_arrives(world._replace(undos=world.undos - 1), word)
        for index, word in enumerate(world.answers):
            if index and world.answers[index - 1] == word:
                continue
            left = world.answers[:index] + world.answers[index + 1 :]
            yield self._engine(f"the host's answer arrives: {word}", world._replace(answers=left), word)
            if self._setting.wires and world.faults:
                spent = world._replace(faults=world.faults - 1)
                yield self._engine(f"fault: the host's answer arrives twice: {word}", spent, word)
        if world.report:
            yield self._reported(world)

    def _reported(self, world: World) -> Move:
        word = ("", "not forwarded", "answer written", "answer undelivered")[world.report]
        return self._engine(f"the gateway reports: {word}", world._replace(report=w.NO_REPORT), word)

    def _reversal_arrives(self, world: World, word: str) -> Move:
        """The door refuses a reversal of what is never reversed and was never seen."""
        never = self._setting.sale.undo is not Undo.REVERSE
        if never and self._machine.payments[world.payment].state is State.NEW:
            hears = w.OWNED if world.terminal == w.REVERSING else 0
            return "the door refuses the terminal's reversal", world._replace(hears=world.hears | hears), 0, ""
        return self._engine("the terminal's reversal arrives", world, word)

    # the terminal

    def _terminal(self, world: World, final: bool) -> Iterator[Move]:
        phase = world.terminal
        if final:
            if phase == w.WAITING and world.hears & w.YES:
                yield "the terminal shows: approved", world._replace(terminal=w.APPROVED, hears=0), 0, ""
            return
        if phase == w.WAITING:
            yield from _waits(world)
        elif phase == w.REVERSING:
            yield from _reverses(world)
        elif not world.people & w.MOVED_ON:
            yield from self._goes_on(world)
        if world.faults and self._setting.wires:
            yield from self._muddles(world)

    def _goes_on(self, world: World) -> Iterator[Move]:
        """Its next sale: the desk makes a fact of it where it says something about this one."""
        payment = self._machine.payments[world.payment]
        moved = world._replace(people=world.people | w.MOVED_ON)
        if payment.state is State.APPROVED and payment.told is Told.MAYBE_APPROVED:
            yield self._engine("the terminal's next sale", moved, "terminal moved on")
        elif payment.state is State.FORWARDED:
            yield self._engine("the terminal's next sale, on a new line", moved, "terminal moved on")
        if world.terminal == w.APPROVED and world.faults and self._setting.wires:
            disputed = world._replace(
                terminal=w.REVERSING, tries=1, undos=min(world.undos + 1, w.COPIES_MAX), disputes=True,
                faults=world.faults - 1,
            )  # fmt: skip
            yield "fault: the terminal cannot print, and reverses", disputed, 0, ""

    def _muddles(self, world: World) -> Iterator[Move]:
        """Words under this payment's key that are not its terminal's, or not about it; a timer that fires early."""
        state = self._machine.payments[world.payment].state
        if state is State.NEW:
            return
        fault = world._replace(faults=world.faults - 1)
        yield self._engine("fault: another sale under the same trace number", fault, "conflicting sale")
        yield self._engine("fault: a timer fires that was moved", fault, "stale deadline")
        if state is State.APPROVED and self._setting.sale.undo is Undo.REVERSE:
            muddled = fault._replace(disputes=True)
            yield self._engine("fault: a reversal of another amount", muddled, "terminal reverses another amount")

    # files, people, clock

    def _files(self, world: World) -> Iterator[Move]:
        if self._machine.payments[world.payment].state is State.NEW:
            return
        for day in range(world.day):
            bit = 1 << day
            if world.read & bit and not (world.faults and self._setting.wires):
                continue
            fault = world.faults - (1 if world.read & bit else 0)
            sold = world.charges if world.charged_on == day else 0
            undone = world.returns if world.returned_on == day else 0
            word = f"file {day} {sold} {undone}"
            name = f"the clearing file of day {day + 1} is read" + (" again" if world.read & bit else "")
            yield self._engine(name, world._replace(read=world.read | bit, faults=fault), word)

    def _people(self, world: World) -> Iterator[Move]:
        if not self._setting.people:
            return
        state = self._machine.payments[world.payment].state
        if state not in _BEFORE_ANY_REVERSAL and state not in FINAL and not world.people & w.STOPPED:
            stopped = world._replace(people=world.people | w.STOPPED)
            yield self._engine("a clerk stops the reversal", stopped, "person stops")
        if state is not State.NEW and state not in FINAL and not world.people & w.CHECKED:
            asked = world._replace(people=world.people | w.CHECKED)
            yield self._engine("a clerk asks for a check", asked, "check asked")
        if world.terminal == w.FORGOT and state is not State.NEW and not world.people & w.GAVE_UP:
            shown = world._replace(people=world.people | w.GAVE_UP)
            yield self._engine("its trace numbers show that the terminal gave it up", shown, "terminal gave up")

    def _clock(self, world: World) -> Iterator[Move]:
        payment: Payment = self._machine.payments[world.payment]
        if payment.wake_at is not None:
            yield self._engine("the deadline passes", world, "deadline")
        if payment.day_ends_at == FAR:
            over = world._replace(payment=self._machine.day_ends(world.payment), day=w.SECOND_DAY)
            yield "the business day ends", over, 0, ""
        elif world.day == w.SECOND_DAY:
            shut = world._replace(day=w.CLOSED, asked=0, reversals=0)
            yield "the day after ends; what lies in the host's queue is never done", shut, 0, ""


def _at_rest(world: World) -> World:
    """After a verdict no word moves money (every one is tried); only the host's book and files go on."""
    return world._replace(sales=0, undos=0, report=w.NO_REPORT, questions=0, answers=())


def _waits(world: World) -> Iterator[Move]:
    over = world._replace(hears=0)
    if world.hears & w.YES:
        yield "the terminal shows: approved", over._replace(terminal=w.APPROVED), 0, ""
    if world.hears & w.NO:
        yield "the terminal shows: declined", over._replace(terminal=w.DECLINED), 0, ""
    first = over._replace(terminal=w.REVERSING, tries=1, undos=min(world.undos + 1, w.COPIES_MAX))
    yield "the terminal waits no more, and reverses", first, 0, ""
    if world.faults:
        spent = world._replace(faults=world.faults - 1)
        yield "fault: the terminal sends its sale again", spent._replace(sales=min(world.sales + 1, 2)), 0, ""
        yield "fault: the terminal forgets it", spent._replace(hears=0, terminal=w.FORGOT), 0, ""


def _reverses(world: World) -> Iterator[Move]:
    if world.hears & w.OWNED:
        yield "the terminal hears that its reversal is owned", world._replace(hears=0, terminal=w.UNDONE), 0, ""
    if world.undos or world.hears & w.OWNED:
        return  # silence is only where something was lost; an answer that is merely late is one that arrives
    if world.tries < w.TRIES_MAX:
        again = world._replace(tries=world.tries + 1, undos=min(world.undos + 1, w.COPIES_MAX))
        yield "the terminal reverses again", again, 0, ""
    else:
        yield "the terminal gives its reversal up", world._replace(hears=0, terminal=w.FORGOT), 0, ""


def _losses(world: World) -> Iterator[Move]:
    """Each message under way may be lost."""
    spent = world._replace(faults=world.faults - 1)
    for name, lost in (
        ("the sale", spent._replace(sales=world.sales - 1) if world.sales else None),
        ("the terminal's reversal", spent._replace(undos=world.undos - 1) if world.undos else None),
        ("the sale on its way to the host", spent._replace(asked=0) if world.asked else None),
        ("the reversal on its way to the host", spent._replace(reversals=0) if world.reversals else None),
        ("what the terminal should hear", spent._replace(hears=0) if world.hears else None),
    ):
        if lost is not None:
            yield f"fault: lost is {name}", lost, 0, ""
    for index, word in enumerate(world.answers):
        left = world.answers[:index] + world.answers[index + 1 :]
        yield f"fault: lost is the host's answer: {word}", spent._replace(answers=left), 0, ""
