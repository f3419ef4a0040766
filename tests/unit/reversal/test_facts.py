"""Do all facts have the same frame, and can each be found again by its name?"""

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from chongzheng.reversal import facts
from chongzheng.reversal.facts import KINDS, Fact, Key


def test_every_kind_is_listed_under_its_name() -> None:
    assert set(KINDS.values()) == set(get_args(Fact))
    assert all(kind.__name__ == name for name, kind in KINDS.items())
    assert len(KINDS) == 19


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_fact_says_of_which_payment_when_and_on_what_evidence(kind: type[Fact]) -> None:
    named = [member.name for member in fields(kind)]
    assert named[:2] == ["payment", "at"]
    assert "evidence" in named


def test_a_fact_is_never_changed() -> None:
    fact = facts.SendUncertain("P1", 5)
    with pytest.raises(FrozenInstanceError):
        fact.at = 6  # type: ignore[misc]  # the point of the test


def test_keys_with_the_same_parts_are_the_same_key() -> None:
    assert Key("m", "t", "b", "s") == Key("m", "t", "b", "s")
    assert Key("m", "t", "b", "s") != Key("m", "t", "b2", "s")
    assert len({Key("m", "t", "b", "s"), Key("m", "t", "b", "s")}) == 1
