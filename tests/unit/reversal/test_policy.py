"""Does a policy that would lose money or time refuse itself, and do the codes mean what the field says?"""

from types import MappingProxyType
from typing import Any

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import APPROVED, MEANINGS, REFUSED, REPEATS_MAX, REVERSAL_MEANING, Policy


def test_the_usual_policy_holds_and_waits_less_than_the_terminal() -> None:
    policy = Policy()
    assert policy.reply_wait_ms < policy.terminal_wait_ms
    assert policy.clearing_days == 2
    assert policy.reversal_meaning is REVERSAL_MEANING


def test_no_code_is_both_yes_and_no() -> None:
    assert not APPROVED & REFUSED


@pytest.mark.parametrize("code", "06 09 10 20 68 91 94 96 98 A7 ZZ".split())
def test_ambiguous_codes_are_neither(code: str) -> None:
    assert code not in APPROVED | REFUSED


@pytest.mark.parametrize(
    ("meaning", "codes"),
    [
        ("done", "00"),
        ("not_found", "25"),
        ("invalid", "12"),
        ("already", "22 94 C9 CA"),
        ("mismatch", "14 58 64"),
        ("unsupported", "40"),
        ("malformed", "30"),
        ("sign_in", "77 99 A0"),
        ("cut_over", "90"),
        ("busy", "06 09 68 91 92 96 98"),
    ],
)
def test_reversal_answers_mean_what_the_field_says(meaning: str, codes: str) -> None:
    assert sorted(code for code, means in REVERSAL_MEANING.items() if means == meaning) == codes.split()
    assert meaning in MEANINGS


def test_all_meanings_are_spoken_for() -> None:
    assert len(set(REVERSAL_MEANING.values())) == 10
    assert set(REVERSAL_MEANING.values()) | {"unknown"} == MEANINGS


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"repeat_after_ms": ()}, "policy.repeat_after_ms"),
        ({"repeat_after_ms": (1,) * (REPEATS_MAX + 1)}, "policy.repeat_after_ms"),
        ({"repeat_after_ms": (5, 0)}, "policy.repeat_after_ms"),
        ({"not_found_after_ms": (-1,)}, "policy.not_found_after_ms"),
        ({"inquire_after_ms": (60_000, 0)}, "policy.inquire_after_ms"),
        ({"inquire_after_ms": (1,) * (REPEATS_MAX + 1)}, "policy.inquire_after_ms"),
        ({"reply_wait_ms": 0}, "policy.reply_wait_ms"),
        ({"deliver_wait_ms": 0}, "policy.deliver_wait_ms"),
        ({"urgent_after_ms": -5}, "policy.urgent_after_ms"),
        ({"reverse_for_ms": 0}, "policy.reverse_for_ms"),
        ({"file_due_ms": 0}, "policy.file_due_ms"),
        ({"case_due_ms": 0}, "policy.case_due_ms"),
        ({"terminal_wait_ms": 50_000}, "policy"),
        ({"clearing_days": 1}, "policy.clearing_days"),
        ({"reversal_meaning": MappingProxyType({"00": "fine"})}, "policy.reversal_meaning"),
    ],
)
def test_a_bad_policy_says_where_it_is_bad(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        Policy(**wrong)
    assert mistake.value.where == where


def test_a_channel_may_have_no_inquiry_and_a_part_may_be_accepted() -> None:
    assert (Policy().inquire_after_ms, Policy().accept_partial) == ((), False)
    assert Policy(inquire_after_ms=(60_000,)).inquire_after_ms == (60_000,)


def test_the_longest_list_of_repeats_is_accepted() -> None:
    assert len(Policy(repeat_after_ms=(1,) * REPEATS_MAX).repeat_after_ms) == REPEATS_MAX
