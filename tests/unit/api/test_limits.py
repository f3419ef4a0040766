"""Is a client let in as often as its token says, and told truly when to come again?"""

from hypothesis import given
from hypothesis import strategies as st

from chongzheng.api.limits import BUCKETS_MAX, MINUTE_MS, Buckets

NOON_MS = 1_790_000_000_000


def test_a_full_bucket_is_emptied_and_refills_evenly() -> None:
    buckets = Buckets()
    assert [buckets.take("a", 3, NOON_MS) for _ in range(4)] == [0, 0, 0, 20_000]
    assert buckets.take("b", 3, NOON_MS) == 0
    assert buckets.take("a", 3, NOON_MS + 19_999) == 1
    assert buckets.take("a", 3, NOON_MS + 20_000) == 0
    assert buckets.take("a", 3, NOON_MS + 20_000) == 20_000


def test_a_clock_that_goes_back_gives_nothing_away_and_takes_nothing() -> None:
    buckets = Buckets()
    assert buckets.take("a", 1, NOON_MS) == 0
    assert buckets.take("a", 1, NOON_MS - 60_000) == MINUTE_MS
    assert buckets.take("a", 1, NOON_MS + 59_999) == 1


def test_the_bucket_that_was_longest_unused_is_forgotten() -> None:
    buckets = Buckets()
    for n in range(BUCKETS_MAX + 1):
        buckets.take(f"b{n}", 1, NOON_MS)
    assert buckets.take("b1", 1, NOON_MS) > 0
    assert buckets.take("b0", 1, NOON_MS) == 0


@given(st.integers(1, 200), st.lists(st.integers(0, 3_000), max_size=200))
def test_never_more_than_a_minutes_worth_and_what_time_brought(per_minute: int, steps: list[int]) -> None:
    buckets, now, let_in = Buckets(), NOON_MS, 0
    for step in steps:
        now += step
        wait_ms = buckets.take("a", per_minute, now)
        let_in += wait_ms == 0
        if wait_ms:
            assert buckets.take("a", per_minute, now + wait_ms - 1) > 0 or wait_ms == 1
            now += wait_ms - 1
    assert let_in <= per_minute + (now - NOON_MS) * per_minute // MINUTE_MS + 1
