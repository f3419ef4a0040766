"""Is a reversal under a new batch given to the one payment that it can mean, and to none that it might?"""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.reversal.facts import Key, Undo
from chongzheng.reversal.originals import meant
from chongzheng.reversal.payment import State
from unit.reversal.made import KEY, known, request

NEW_BATCH = request(key=replace(KEY, batch="000013"))
OPEN = known(state=State.APPROVED, masked_pan="622848******1234")


def test_an_open_payment_of_the_older_batch_is_meant() -> None:
    assert meant(NEW_BATCH, [OPEN]) is OPEN
    assert meant(NEW_BATCH, []) is None


@pytest.mark.parametrize(
    "other",
    [
        {"key": Key("other", KEY.terminal, KEY.batch, KEY.stan)},
        {"key": Key(KEY.merchant, "other", KEY.batch, KEY.stan)},
        {"key": Key(KEY.merchant, KEY.terminal, KEY.batch, "000999")},
        {"key": NEW_BATCH.key},
        {"amount_fen": 1},
        {"currency": "840"},
        {"day": "20261121"},
        {"kind": "void"},
        {"undo": Undo.RESEND},
        {"state": State.SETTLED},
        {"masked_pan": "622848******9999"},
    ],
)
def test_another_one_is_not(other: dict[str, Any]) -> None:
    assert meant(NEW_BATCH, [replace(OPEN, **other)]) is None


def test_a_card_that_was_not_sent_says_nothing() -> None:
    for one, two in (("", "622848******1234"), ("622848******1234", ""), ("", "")):
        assert meant(replace(NEW_BATCH, masked_pan=one), [replace(OPEN, masked_pan=two)]) is not None


def test_of_two_that_fit_none_is_meant() -> None:
    other = replace(OPEN, id="P2", key=replace(KEY, batch="000011"))
    assert meant(NEW_BATCH, [OPEN, other]) is None
