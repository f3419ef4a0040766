"""Does the engine's time pass evenly, whatever the clock on the wall does?"""

from chongzheng.gateway.steady import FOLLOWED_AFTER_MS, FOLLOWED_AT_ONCE_MS, NS_PER_MS, SteadyClock

NOON_MS = 1_790_000_000_000
DAY_MS = 86_400_000


class Clocks:
    """A wall that can be moved, and a monotonic clock that cannot."""

    def __init__(self) -> None:
        self.wall_ms = NOON_MS
        self.passed_ms = 5_000
        self.noted: list[str] = []
        self.steady = SteadyClock(self.note, lambda: self.wall_ms * NS_PER_MS, lambda: self.passed_ms * NS_PER_MS)

    def note(self, what: str, _: str) -> None:
        """Hear of a jump."""
        self.noted.append(what)

    def after(self, ms: int) -> int:
        """What the steady clock says so much later."""
        self.wall_ms += ms
        self.passed_ms += ms
        return self.steady.now_ms()


def test_time_passes_as_on_the_wall() -> None:
    clocks = Clocks()
    assert clocks.steady.now_ms() == NOON_MS
    assert clocks.after(1_234) == NOON_MS + 1_234


def test_a_small_correction_is_followed_at_once_and_never_backwards() -> None:
    clocks = Clocks()
    clocks.steady.now_ms()
    clocks.wall_ms += FOLLOWED_AT_ONCE_MS
    assert clocks.after(10) == NOON_MS + 10 + FOLLOWED_AT_ONCE_MS
    clocks.wall_ms -= 300
    assert clocks.after(10) == NOON_MS + 10 + FOLLOWED_AT_ONCE_MS
    assert clocks.after(1_000) == NOON_MS + 1_020 + FOLLOWED_AT_ONCE_MS - 300
    assert clocks.noted == []


def test_a_jump_is_not_followed_and_told_once() -> None:
    for jump_ms in (DAY_MS, -DAY_MS):
        clocks = Clocks()
        clocks.steady.now_ms()
        clocks.wall_ms += jump_ms
        assert clocks.after(1_000) == NOON_MS + 1_000
        assert clocks.after(1_000) == NOON_MS + 2_000
        clocks.wall_ms -= jump_ms
        assert clocks.after(1_000) == NOON_MS + 3_000
        assert clocks.noted == ["the machine's clock jumped, not followed yet"]


def test_a_clock_that_was_put_right_for_good_is_followed() -> None:
    clocks = Clocks()
    clocks.steady.now_ms()
    clocks.wall_ms += DAY_MS
    clocks.after(1)
    assert clocks.after(FOLLOWED_AFTER_MS - 1) == NOON_MS + FOLLOWED_AFTER_MS
    assert clocks.after(1) == NOON_MS + FOLLOWED_AFTER_MS + 1 + DAY_MS
    assert clocks.noted[-1] == "the machine's clock jumped and stayed there, followed"


def test_another_jump_begins_the_wait_anew() -> None:
    clocks = Clocks()
    clocks.steady.now_ms()
    clocks.wall_ms += DAY_MS
    clocks.after(FOLLOWED_AFTER_MS - 1)
    clocks.wall_ms += DAY_MS
    assert clocks.after(2) == NOON_MS + FOLLOWED_AFTER_MS + 1
    assert len(clocks.noted) == 2
