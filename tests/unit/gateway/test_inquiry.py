"""Is a channel asked no faster than it bears, a merchant's budget kept, and the most valuable asked first?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.gateway import inquiry as module
from chongzheng.gateway.inquiry import DAY_MS, Asked, Budget, Inquiries
from chongzheng.mistakes import TheirMistake

NOON_MS = 1_790_000_000_000


def asking(**limits: int) -> Inquiries[str]:
    return Inquiries(Budget(**limits))


def all_now(inquiries: Inquiries[str], at: int) -> list[str]:
    """Everything that may leave at this instant."""
    found = []
    while (item := inquiries.next(at)) is not None:
        found.append(item)
    return found


def test_the_most_valuable_goes_first() -> None:
    inquiries = asking()
    for name, place in (("b", 2), ("a", 1), ("c", 3)):
        assert inquiries.ask(NOON_MS, name, "m", place, name) is Asked.WAITS
    assert len(inquiries) == 3
    assert all_now(inquiries, NOON_MS) == ["a", "b", "c"]


def test_the_channel_s_rate_is_kept_after_the_first_burst() -> None:
    inquiries = asking(per_second=10, burst=3)
    for number in range(20):
        inquiries.ask(NOON_MS, f"P{number:02d}", "m", number, f"P{number:02d}")
    assert len(all_now(inquiries, NOON_MS)) == 3
    assert inquiries.wait_ms(NOON_MS) == 100
    assert all_now(inquiries, NOON_MS + 99) == []
    assert inquiries.wait_ms(NOON_MS + 99) == 1
    assert all_now(inquiries, NOON_MS + 100) == ["P03"]
    assert len(all_now(inquiries, NOON_MS + 300)) == 2
    assert len(all_now(inquiries, NOON_MS + 60_000)) == 3


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    inquiries = asking(per_second=1, burst=1)
    inquiries.ask(NOON_MS, "a", "m", 1, "a")
    inquiries.ask(NOON_MS, "b", "m", 2, "b")
    assert all_now(inquiries, NOON_MS) == ["a"]
    assert all_now(inquiries, NOON_MS - 5_000) == []
    assert all_now(inquiries, NOON_MS + 999) == []
    assert all_now(inquiries, NOON_MS + 1_000) == ["b"]


def test_a_merchant_has_a_budget_a_day() -> None:
    inquiries = asking(per_merchant_per_day=2)
    assert [inquiries.ask(NOON_MS, name, "m", 1, name) for name in ("a", "b", "c")] == [
        Asked.WAITS,
        Asked.WAITS,
        Asked.NO_BUDGET,
    ]
    assert inquiries.ask(NOON_MS, "d", "other", 1, "d") is Asked.WAITS
    assert inquiries.refused == 1
    assert inquiries.ask(NOON_MS + DAY_MS, "c", "m", 1, "c") is Asked.WAITS


def test_a_repeat_of_what_waits_costs_nothing() -> None:
    inquiries = asking(per_merchant_per_day=1)
    inquiries.ask(NOON_MS, "a", "m", 1, "first")
    assert inquiries.ask(NOON_MS, "a", "m", 1, "second") is Asked.WAITS
    assert all_now(inquiries, NOON_MS) == ["second"]


def test_what_need_not_be_asked_any_more_gives_its_budget_back() -> None:
    inquiries = asking(per_merchant_per_day=1)
    inquiries.ask(NOON_MS, "a", "m", 1, "a")
    inquiries.drop(NOON_MS, "a")
    inquiries.drop(NOON_MS, "a")
    assert inquiries.ask(NOON_MS, "b", "m", 1, "b") is Asked.WAITS
    assert all_now(inquiries, NOON_MS) == ["b"]


def test_a_full_queue_takes_no_more_and_spends_nothing() -> None:
    inquiries = asking(waiting_max=1, per_merchant_per_day=2)
    inquiries.ask(NOON_MS, "a", "m", 1, "a")
    assert inquiries.ask(NOON_MS, "b", "m", 1, "b") is Asked.NO_ROOM
    assert all_now(inquiries, NOON_MS) == ["a"]
    assert inquiries.ask(NOON_MS, "b", "m", 1, "b") is Asked.WAITS


def test_budgets_are_remembered_for_so_many_merchants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MERCHANTS_MAX", 2)
    inquiries = asking(per_merchant_per_day=1)
    for merchant in ("m1", "m2", "m3"):
        inquiries.ask(NOON_MS, f"P{merchant}", merchant, 1, merchant)
    assert len(inquiries._spent) == 2
    assert inquiries.ask(NOON_MS, "x", "m3", 1, "x") is Asked.NO_BUDGET


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(TheirMistake) as caught:
        Budget(per_second=0)
    assert caught.value.where == "inquiry.per_second"


@given(st.lists(st.integers(0, 700), max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_in_no_stretch_of_time_more_leave_than_burst_and_rate_allow(pauses: list[int], rate: int, burst: int) -> None:
    inquiries = asking(per_second=rate, burst=burst)
    at, left = NOON_MS, []
    for number, pause_ms in enumerate(pauses):
        at += pause_ms
        for more in range(3):
            inquiries.ask(at, f"P{number}-{more}", "m", number, "")
        left += [at for _ in all_now(inquiries, at)]
        if len(inquiries):
            assert inquiries.wait_ms(at) > 0
    for first, start in enumerate(left):
        for last in range(first, len(left)):
            assert last - first + 1 <= burst + rate * (left[last] - start) / 1_000


def test_a_person_s_questions_have_a_budget_of_their_own() -> None:
    inquiries = asking(per_merchant_per_day=1, checks_per_merchant_per_day=1)
    assert inquiries.ask(NOON_MS, "a", "m", 1, "a") is Asked.WAITS
    assert inquiries.ask(NOON_MS, "b", "m", 1, "b", True) is Asked.WAITS
    assert inquiries.ask(NOON_MS, "c", "m", 1, "c", True) is Asked.NO_BUDGET
    assert inquiries.ask(NOON_MS, "c", "m", 1, "c") is Asked.NO_BUDGET
    assert inquiries.ask(NOON_MS, "a", "m", 1, "again", True) is Asked.WAITS, "it waits already and costs nothing more"
    inquiries.drop(NOON_MS, "b")
    assert inquiries.ask(NOON_MS, "c", "m", 1, "c", True) is Asked.WAITS
