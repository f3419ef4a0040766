"""Are effects values that name their payment?"""

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from chongzheng.reversal.effects import Effect, SendReversal


@pytest.mark.parametrize("kind", get_args(Effect), ids=str)
def test_every_effect_names_its_payment_first(kind: type[Effect]) -> None:
    assert fields(kind)[0].name == "payment"


def test_an_effect_is_a_value() -> None:
    effect = SendReversal("P1", "98", 1)
    assert effect == SendReversal("P1", "98", 1) != SendReversal("P1", "98", 2)
    with pytest.raises(FrozenInstanceError):
        effect.attempt = 2  # type: ignore[misc]  # the point of the test


def test_a_repeat_keeps_what_the_first_send_said() -> None:
    assert {member.name for member in fields(SendReversal)} == {"payment", "reason", "attempt"}
