"""What does the host do with what lies in its queue? Honestly, or with one of its vices for a fault.

It keeps a book: what it took, on which of its days, and what it returned. Its clearing files are that book. It takes
the messages of its queue in turn, unless a reversal overtakes its sale or the sale is left for the next day.
"""

from __future__ import annotations

from collections.abc import Iterator

from chongzheng.reversal.facts import Undo
from chongzheng.simulator.model import world as w
from chongzheng.simulator.model.world import Setting, World

Act = tuple[str, World]


def of_host(world: World, setting: Setting) -> Iterator[Act]:
    """Everything the host may do next; nothing when it is closed, or when too many of its answers are under way."""
    if world.questions:
        yield from _asked(world)
    if world.day == w.CLOSED or len(world.answers) >= w.ANSWERS_MAX:
        return
    if world.asked:
        yield from _in_turn(world._replace(asked=world.asked - 1), setting)
    if world.reversals:
        undone = world._replace(reversals=world.reversals - 1)
        if not world.asked:
            yield from _reversal(undone, setting)
        elif world.faults:
            for name, after in _reversal(undone._replace(faults=world.faults - 1), setting):
                yield f"fault: the reversal overtakes its sale; {name}", after


def _in_turn(world: World, setting: Setting) -> Iterator[Act]:
    if world.day == w.FIRST_DAY:
        yield from _sale(world, setting)
    elif world.faults:
        for name, after in _sale(world._replace(faults=world.faults - 1), setting):
            yield f"fault: a sale of the day before; {name}", after


def _said(world: World, *words: str) -> World:
    """Its answers are under way; of two that are alike one is enough."""
    return world._replace(answers=tuple(sorted({*world.answers, *words})[: w.ANSWERS_MAX]))


def _taken(world: World) -> World:
    return world._replace(charges=1, charged_on=world.day)


def _sale(world: World, setting: Setting) -> Iterator[Act]:
    if world.charges or world.host & w.REFUSED:
        yield from _repeated(world, setting)
        return
    done = _taken(world)
    yield "the host approves", _said(done, "yes")
    yield "the host refuses", _said(world._replace(host=world.host | w.REFUSED), "no")
    if not (setting.vices and world.faults):
        return
    spent, taken = world._replace(faults=world.faults - 1), done._replace(faults=world.faults - 1)
    yield "fault: the host approves, and its answer is lost", taken
    yield "fault: the host approves, and says that something went wrong", _said(taken, "perhaps")
    yield "fault: the host does nothing, and says that something went wrong", _said(spent, "perhaps")
    yield "fault: the host approves, and signs its answer wrongly", _said(taken, "forged yes")
    yield "fault: somebody approves in the host's place, without its key", _said(spent, "forged yes")
    yield "fault: somebody approves in the host's place, without any MAC", _said(spent, "unsigned yes")
    yield "fault: the host approves, and answers another sale", _said(taken, "yes to another")
    yield "fault: the host approves, and then says that something went wrong", _said(taken, "yes", "perhaps")
    lying = taken._replace(host=world.host | w.LIED)
    yield "fault: the host refuses, and then approves", _said(lying, "no", "yes")
    yield "fault: the host approves, and says that it refused", _said(lying, "no")
    if setting.sale.undo is Undo.REVERSE:
        twice = lying._replace(charges=2)
        yield "fault: the host takes the money twice", _said(twice, "yes")


def _repeated(world: World, setting: Setting) -> Iterator[Act]:
    """A repeat of the same request, known by its key: the answer of the first."""
    yield "the host repeats its answer", _said(world, "yes" if world.charges else "no")


def _reversal(world: World, setting: Setting) -> Iterator[Act]:
    word, after = _honestly(world)
    yield f"the host works the reversal: {word}", _said(after, word)
    if not (setting.vices and world.faults):
        return
    spent, done = world._replace(faults=world.faults - 1), after._replace(faults=world.faults - 1)
    yield f"fault: the host works the reversal, and its answer is lost: {word}", done
    for excuse in ("busy", "sign in", "cut over", "mismatch", "unsupported"):
        yield f"fault: the host does nothing with the reversal: {excuse}", _said(spent, excuse)
    yield "fault: the host says done, and does nothing", _said(spent, "done blindly")
    if world.returns and word == "done":
        yield "fault: the host forgets that it returned: already", _said(done, "already")
        yield "fault: the host forgets that it returned: not found", _said(done, "not found")
    elif word == "done":
        yield "fault: the host returns, and signs its answer wrongly", _said(done, "forged done")
        yield "fault: the host returns, and does not sign its answer", _said(done, "unsigned done")
        yield "fault: the host returns, and answers another reversal", _said(done, "done of another")
    elif world.charges > world.returns:
        late = done._replace(returns=world.returns + 1, returned_on=world.day)
        yield "fault: the host returns on the next day", _said(late, "done")
    else:
        yield "fault: somebody says done in the host's place, without its key", _said(spent, "forged done")


def _honestly(world: World) -> tuple[str, World]:
    """Returned once, on the day of the sale; a repeat hears the same again; what was never taken is not found."""
    if world.returns:
        return "done", world
    if world.charges == 0:
        return ("invalid" if world.host & w.REFUSED else "not found"), world
    if world.charged_on != world.day:
        return "invalid", world
    return "done", world._replace(returns=1, returned_on=world.day)


def _asked(world: World) -> Iterator[Act]:
    """The answer is true at the moment at which it is given."""
    if len(world.answers) >= w.ANSWERS_MAX:
        return
    done = world._replace(questions=0)
    if world.charges > world.returns:
        yield "the channel looks: charged", _said(done, "found charged")
    elif world.returns:
        yield "the channel looks: returned", _said(done, "found returned")
    elif world.host & w.REFUSED and not world.asked:
        yield "the channel looks: never", _said(done, "found never")
    else:
        yield "the channel looks: nothing", _said(done, "found nothing")
    if world.faults:
        yield "fault: the question to the channel is lost", done._replace(faults=world.faults - 1)
