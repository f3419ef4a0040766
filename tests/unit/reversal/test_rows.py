"""Is a row a value, and is each called by its state and event?"""

from dataclasses import FrozenInstanceError

import pytest

from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import State
from chongzheng.reversal.rows import Do, Row, rule_id


def test_a_rule_is_named_by_its_pair() -> None:
    assert rule_id(State.FORWARDED, Event.DEADLINE) == "FORWARDED.deadline"
    assert rule_id(State.NEW, "stop") == "NEW.stop"


def test_a_row_that_does_nothing_says_so() -> None:
    assert Row(State.APPROVED) == Row(State.APPROVED, ())
    assert Row(State.APPROVED, (Do.OWN,)) != Row(State.APPROVED)


def test_every_action_has_words_of_its_own() -> None:
    assert len({action.value for action in Do}) == len(Do)


def test_a_row_cannot_be_changed_afterwards() -> None:
    row = Row(State.APPROVED)
    assert not hasattr(row, "__dict__")
    with pytest.raises(FrozenInstanceError):
        row.to = State.SETTLED  # type: ignore[misc]
