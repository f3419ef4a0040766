"""Do shares sum to one hundred exactly, and are people alone never blamed before a system was asked?"""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from chongzheng.causes.attribution import CLASSES, HUMAN, blame, class_of, rounded, shares, system_questions
from chongzheng.causes.score import score
from chongzheng.causes.signals import Signals
from chongzheng.causes.table import packed
from chongzheng.mistakes import TheirMistake


@drawn(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=12).filter(lambda found: sum(found) > 1e-3))
def test_percents_sum_to_one_hundred_and_are_off_by_less_than_one(weights: list[float]) -> None:
    found = rounded({str(number): weight for number, weight in enumerate(weights)})
    assert sum(one.percent for one in found) == 100
    assert all(abs(one.percent - 100 * weights[int(one.name)] / sum(weights)) < 1 + 1e-6 for one in found)


def test_the_largest_remainder_gets_the_percent_that_is_left() -> None:
    found = {one.name: one.percent for one in rounded({"a": 1, "b": 1, "c": 1.01})}
    assert found == {"a": 33, "b": 33, "c": 34}


def test_every_class_has_its_share_and_every_cause_a_class() -> None:
    found = shares(score({"tlm.printer": "jam", "orig.rsp": "00"}, packed()))
    assert [one.name for one in found] == list(CLASSES)
    assert sum(one.percent for one in found) == 100
    assert max(found, key=lambda one: one.percent).name == "terminal_hardware"
    assert all(class_of(cause.attribution) in CLASSES for cause in packed().causes)
    assert all(zh and en for zh, en in CLASSES.values())
    with pytest.raises(TheirMistake, match="x: 'moon' is none of"):
        class_of("moon", "x")


@pytest.mark.parametrize(
    ("signals", "primary", "contributing", "allowed"),
    [
        ({}, "OP-RESWIPE", (), False),
        ({"same_card_resale_s": 60, "op.tenure_d": 2, "orig.timeout": True}, "OP-RESWIPE", ("OP-TRAIN",), False),
        ({}, "OP-CUSTOMER", ("OP-POWEROFF",), False),
        ({"host.queue_ms": 100}, "OP-RESWIPE", (), True),
        ({"tlm.boot_reason": "user"}, "OP-POWEROFF", (), True),
        ({}, "OP-RESWIPE", ("NW-CELL",), True),
        ({}, "HW-PRN", (), True),
        ({}, "FR-SUSPECT", (), True),
    ],
)
def test_people_alone_are_not_blamed_before_a_system_was_asked(
    signals: Signals, primary: str, contributing: tuple[str, ...], allowed: bool
) -> None:
    found = blame(score(signals, packed()), primary, contributing, packed())
    assert found.allowed is allowed and found.zh and found.en
    assert bool(found.open_questions) is not allowed


def test_the_open_questions_are_about_systems() -> None:
    questions = system_questions(packed())
    assert {"tlm.printer", "host.queue_ms", "issuer.timeout_z"} <= set(questions)
    assert not {"op.tenure_d", "goods.delivered", "tlm.clear_reversal_menu", "tlm.link_event"} & set(questions)
    assert {"human", "cardholder"} == HUMAN
