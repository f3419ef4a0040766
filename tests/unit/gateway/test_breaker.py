"""Does the breaker open on silence, on errors and on "busy", try carefully, and close on the first good word?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.gateway.breaker import Breaker, Circuit, Trip
from chongzheng.mistakes import TheirMistake

TRIP = Trip(silent_min=3, silent_after_ms=1_000, bad_max=4, within_ms=5_000, open_ms=100, open_max_ms=400, probes=2)


def silent(at: int = 0) -> Breaker:
    """A breaker whose host said nothing to three messages."""
    breaker = Breaker(TRIP)
    for _ in range(3):
        breaker.sent(at)
    breaker.look(at + 1_000)
    return breaker


def test_it_begins_closed() -> None:
    breaker = Breaker(TRIP)
    assert breaker.may_send(0)
    assert (breaker.circuit, breaker.opened) == (Circuit.CLOSED, 0)


def test_silence_opens_it() -> None:
    breaker = silent()
    assert (breaker.circuit, breaker.why, breaker.opened) == (Circuit.OPEN, "the host is silent", 1)
    assert not breaker.may_send(1_050)


def test_few_unanswered_messages_are_no_silence() -> None:
    breaker = Breaker(TRIP)
    breaker.sent(0)
    breaker.sent(0)
    assert breaker.may_send(9_000)


def test_a_short_silence_is_none() -> None:
    breaker = Breaker(TRIP)
    for _ in range(9):
        breaker.sent(0)
    assert breaker.may_send(999)
    breaker.good(999)
    assert breaker.may_send(99_999)


def test_after_a_while_a_few_may_try_and_a_good_word_closes_it() -> None:
    breaker = silent()
    assert breaker.may_send(1_100)
    breaker.sent(1_100)
    assert breaker.circuit is Circuit.HALF_OPEN
    assert breaker.may_send(1_101)
    breaker.sent(1_101)
    assert not breaker.may_send(1_102)
    breaker.good(1_150)
    assert (breaker.circuit, breaker.why) == (Circuit.CLOSED, "")
    assert breaker.may_send(1_150)


def test_some_of_the_tries_can_be_kept_for_others() -> None:
    breaker = silent()
    assert breaker.may_send(1_100, kept=1)
    breaker.sent(1_100)
    assert not breaker.may_send(1_100, kept=1)
    assert breaker.may_send(1_100)
    breaker.sent(1_100)
    assert not breaker.may_send(1_100)


def test_one_try_is_never_kept() -> None:
    breaker = silent()
    assert breaker.may_send(1_100, kept=5)


def test_what_was_silent_before_says_nothing_about_the_host() -> None:
    breaker = Breaker(TRIP)
    for at in range(50):
        breaker.sent(at, known_silent=True)
    assert breaker.may_send(99_999)
    breaker = silent()
    assert breaker.may_send(1_100)
    breaker.sent(1_100, known_silent=True)
    assert not breaker.may_send(2_100)
    assert breaker.circuit is Circuit.OPEN


def test_a_try_that_fails_opens_it_for_twice_as_long_up_to_a_limit() -> None:
    breaker = silent()
    at, waits = 1_000, []
    for _ in range(4):
        opened_at = at
        while not breaker.may_send(at):
            at += 1
        waits.append(at - opened_at)
        breaker.sent(at)
        at += 1_000
        breaker.look(at)
        assert breaker.circuit is Circuit.OPEN
    assert waits == [100, 200, 400, 400]
    assert breaker.opened == 5


def test_a_good_word_makes_the_next_opening_short_again() -> None:
    breaker = silent()
    assert breaker.may_send(1_100)
    breaker.busy(1_100)
    assert breaker.circuit is Circuit.OPEN
    breaker.good(1_150)
    for at in range(4):
        breaker.failed(2_000 + at)
    assert not breaker.may_send(2_100)
    assert breaker.may_send(2_103)


def test_busy_to_everything_opens_it() -> None:
    breaker = Breaker(TRIP)
    for at in range(3):
        breaker.busy(at)
    assert breaker.may_send(3)
    breaker.busy(4)
    assert breaker.circuit is Circuit.OPEN
    assert breaker.why == "the host says that it is busy"


def test_busy_now_and_then_does_not() -> None:
    breaker = Breaker(TRIP)
    for at in range(100):
        breaker.busy(at)
        if at % 3 == 2:
            breaker.good(at)
    assert breaker.circuit is Circuit.CLOSED


def test_bad_words_far_apart_are_not_in_a_row() -> None:
    breaker = Breaker(TRIP)
    for number in range(10):
        breaker.busy(number * 5_001)
    assert breaker.circuit is Circuit.CLOSED


def test_a_link_that_keeps_failing_opens_it() -> None:
    breaker = Breaker(TRIP)
    for at in range(4):
        breaker.failed(at)
    assert (breaker.circuit, breaker.why) == (Circuit.OPEN, "the link to the host fails")


def test_late_bad_words_do_not_keep_it_open() -> None:
    breaker = silent()
    for at in range(1_000, 1_100):
        breaker.busy(at)
    assert breaker.opened == 1
    assert breaker.may_send(1_100)


WORDS = st.sampled_from(["sent", "good", "busy", "failed", "look"])


@given(st.lists(st.tuples(WORDS, st.integers(0, 700)), max_size=80))
def test_however_it_went_it_lets_something_try_in_the_end(steps: list[tuple[str, int]]) -> None:
    breaker, at = Breaker(TRIP), 0
    for name, pause_ms in steps:
        at += pause_ms
        if name != "sent" or breaker.may_send(at):
            getattr(breaker, name)(at)
    for _ in range(3):
        at += TRIP.silent_after_ms + TRIP.open_max_ms
        if breaker.may_send(at):
            break
    else:
        raise AssertionError(breaker.circuit)
    breaker.good(at)
    assert breaker.circuit is Circuit.CLOSED


SENSELESS = [({"probes": 0}, "breaker.probes"), ({"open_ms": 20_000}, "breaker.open_ms")]


@pytest.mark.parametrize(("changes", "where"), SENSELESS)
def test_limits_that_make_no_sense_are_refused(changes: dict[str, int], where: str) -> None:
    with pytest.raises(TheirMistake) as caught:
        Trip(**changes)
    assert caught.value.where == where
