"""Is every guard of the machine missed when it is away, and is the machine whole again afterwards?"""

import pytest

from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import State
from chongzheng.reversal.table import TABLE
from chongzheng.simulator.model.explore import one, told
from chongzheng.simulator.model.guards import ALONE, GUARDS, Guard, away, check
from chongzheng.simulator.model.promises import PROMISES

GUARDS_MIN = 12


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_this_guard_a_promise_breaks_and_the_story_is_told(guard: Guard) -> None:
    missed = check((guard,))[0]
    assert missed.violation is not None, "nobody noticed"
    assert missed.found, told(missed.violation)
    story = told(missed.violation)
    assert story.startswith(f"{missed.violation.promise} broken: ")
    assert len(story.splitlines()) == 2 + len(missed.violation.timeline)


def test_there_are_enough_guards_and_each_names_promises_that_exist() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS) >= GUARDS_MIN
    assert all(guard.promises and guard.promises <= set(PROMISES) for guard in GUARDS)


def test_a_guard_is_put_back_even_when_the_search_fails() -> None:
    guard = next(guard for guard in GUARDS if guard.name == "delivery-deadline")
    whole = TABLE[State.DELIVERING][Event.DEADLINE]
    with pytest.raises(ZeroDivisionError), away(guard):
        assert TABLE[State.DELIVERING][Event.DEADLINE] is not whole
        raise ZeroDivisionError
    assert TABLE[State.DELIVERING][Event.DEADLINE] is whole


def test_the_shortest_story_of_a_reversal_of_a_delivered_sale() -> None:
    guard = next(guard for guard in GUARDS if guard.name == "delivery-deadline")
    with away(guard):
        run = one(ALONE, first_only=True)
    names = [name for name, _ in run.violations[0].timeline]
    assert names == [
        "the sale arrives",
        "the sale goes to the host",
        "the host approves",
        "the host's answer arrives: yes",
        "the approval is written",
        "the deadline passes",
    ]
