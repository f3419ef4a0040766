"""Does the window grow while a host keeps up and shrink when it does not, and is the forecast what was seen?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.gateway.pacing import BAD_MIN, DRAIN_OVER_MS, FLOOR_FOR_MS, Drain, Pace, Window
from chongzheng.mistakes import TheirMistake

PACE = Pace(window_start=8, window_max=64, step=3, slack_ms=100)


def rounds(window: Window, count: int, at: int, latency_ms: int = 20, full: bool = True) -> int:
    """So many windows of good answers, one after the other; the instant afterwards."""
    for _ in range(count):
        at += latency_ms
        for _ in range(window.size):
            window.good(at, at - latency_ms, full)
    return at


def test_it_doubles_until_the_first_setback_and_then_grows_by_a_step() -> None:
    window = Window(PACE)
    at = rounds(window, 2, 0)
    assert window.size == 32
    for _ in range(7):
        window.bad(at, at)
    assert window.size == 16
    rounds(window, 1, at + 1)
    assert window.size == 19


def test_it_grows_no_wider_than_allowed() -> None:
    window = Window(PACE)
    rounds(window, 9, 0)
    assert window.size == 64


def test_a_window_that_was_never_used_up_does_not_grow() -> None:
    window = Window(PACE)
    rounds(window, 3, 0, full=False)
    assert window.size == 8


def test_one_bad_answer_alone_changes_nothing() -> None:
    window = Window(Pace(window_start=2))
    window.bad(10, 0)
    assert window.size == 2


def test_a_small_share_of_bad_answers_changes_nothing() -> None:
    window = Window(Pace(window_start=100))
    for _ in range(20):
        window.bad(10, 0)
    assert window.size == 100
    window.bad(10, 0)
    assert window.size == 50


def test_one_setback_shrinks_it_once() -> None:
    window = Window(Pace(window_start=64))
    for _ in range(64):
        window.bad(10, 5)
    assert window.size == 32
    window.good(11, 9, True)
    assert window.latency_ms == 0


def test_it_never_closes() -> None:
    window = Window(Pace(window_start=4, window_min=2))
    for at in range(1, 200):
        window.bad(at, at)
    assert window.size == 2


def test_slow_answers_shrink_it_to_three_quarters() -> None:
    window = Window(PACE)
    at = rounds(window, 3, 0, latency_ms=10)
    assert window.size == 64
    for _ in range(64):
        window.good(at + 500, at, True)
    assert window.size == 48


def test_a_host_that_was_always_slow_is_not_slow() -> None:
    window = Window(PACE)
    rounds(window, 2, 0, latency_ms=3_000)
    assert window.size == 32
    assert window.latency_ms == 3_000


def test_what_a_host_once_could_is_forgotten() -> None:
    window = Window(PACE)
    at = rounds(window, 1, FLOOR_FOR_MS, latency_ms=10)
    at = rounds(window, 1, at + 3 * FLOOR_FOR_MS, latency_ms=400)
    before = window.size
    at = rounds(window, 1, at + 3 * FLOOR_FOR_MS, latency_ms=400)
    assert window.size > before


def test_sales_in_flight_claim_their_share_and_no_more() -> None:
    window = Window(Pace(window_start=10, sale_share_percent=40))
    assert [window.reversals(sales) for sales in (0, 3, 4, 1_000)] == [10, 7, 6, 6]
    smallest = Window(Pace(window_start=1, sale_share_percent=99))
    assert smallest.reversals(1_000) == 1


def test_the_stubborn_have_a_share_of_their_own() -> None:
    assert Window(Pace(window_start=40)).stubborn() == 10
    assert Window(Pace(window_start=1)).stubborn() == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2_000), st.booleans()), max_size=400))
def test_whatever_happens_it_stays_within_its_limits(answers: list[tuple[bool, int, bool]]) -> None:
    window = Window(PACE)
    for number, (good, latency_ms, full) in enumerate(answers):
        at = 10_000 + 7 * number
        if good:
            window.good(at, at - latency_ms, full)
        else:
            window.bad(at, at - latency_ms)
        assert PACE.window_min <= window.size <= PACE.window_max
        assert PACE.window_min <= window.reversals(number) <= window.size


@given(st.integers(3, 40), st.integers(1, 5))
def test_a_host_with_a_limit_of_its_own_is_used_and_not_flooded(limit: int, seed: int) -> None:
    """A host that says "busy" to all above `limit` at once: the window settles around it."""
    window = Window(Pace(window_start=seed, window_max=512, step=1))
    sizes = []
    for turn in range(400):
        at = 1_000 * (turn + 1)
        size = window.size
        for number in range(size):
            if number < limit:
                window.good(at + 10, at, True)
            else:
                window.bad(at + 10, at)
        sizes.append(size)
    settled = sizes[200:]
    assert max(settled) <= limit * 2 + BAD_MIN + 1
    assert 2 * sum(settled) >= limit * len(settled)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"window_min": 0}, "pacing.window"),
        ({"window_start": 2_000}, "pacing.window"),
        ({"window_max": 5_000}, "pacing.window"),
        ({"step": 0}, "pacing.step"),
        ({"patience_ms": -1}, "pacing.patience_ms"),
        ({"bad_percent": 100}, "pacing.bad_percent"),
        ({"sale_share_percent": 0}, "pacing.sale_share_percent"),
    ],
)
def test_a_pace_that_makes_no_sense_is_refused(changes: dict[str, int], where: str) -> None:
    with pytest.raises(TheirMistake) as caught:
        Pace(**changes)
    assert caught.value.where == where


def test_the_forecast_is_the_rate_of_the_last_minute() -> None:
    drain = Drain()
    assert drain.per_minute(0) == 0
    assert drain.empty_in_ms(0, 0) == 0
    assert drain.empty_in_ms(5, 0) is None
    for at in range(0, DRAIN_OVER_MS, 100):
        drain.finished(at)
    assert drain.per_minute(DRAIN_OVER_MS - 1) == 600
    assert drain.empty_in_ms(1_200, DRAIN_OVER_MS - 1) == 120_000
    assert drain.per_minute(3 * DRAIN_OVER_MS) == 0
    assert drain.empty_in_ms(1, 3 * DRAIN_OVER_MS) is None


def test_a_short_watch_is_extrapolated() -> None:
    drain = Drain()
    for at in range(0, 2_000, 10):
        drain.finished(at)
    assert drain.per_minute(2_000) == 6_000


def test_a_clock_that_steps_back_loses_nothing() -> None:
    drain = Drain()
    for at in (5_000, 4_000, 6_000):
        drain.finished(at)
    assert drain.per_minute(6_000) == 180
