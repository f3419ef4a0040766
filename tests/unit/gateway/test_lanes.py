"""Does the oldest and largest go first, does no lane hold up another, and is nothing lost or given twice?"""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from chongzheng.gateway.lanes import ASIDE_TURN, DOUBLING_MS, Lanes, rank


def taken(lanes: Lanes[str]) -> list[str]:
    """Everything that goes now."""
    found = []
    while (item := lanes.take()) is not None:
        found.append(item)
    return found


def test_older_goes_first_and_so_does_larger() -> None:
    assert rank(1_000, 500) < rank(2_000, 500)
    assert rank(1_000, 5_000) < rank(1_000, 500)
    assert rank(1_000 + DOUBLING_MS, 1_024) == rank(1_000, 512)


def test_the_best_of_all_lanes_goes_first() -> None:
    lanes: Lanes[str] = Lanes(10, 5)
    for place, name in ((3, "c"), (1, "a"), (4, "d"), (2, "b")):
        assert lanes.put(name, place, f"lane{place % 2}", name)
    assert len(lanes) == 4 and "a" in lanes and lanes.get("a") == "a" and sorted(lanes.items()) == ["a", "b", "c", "d"]
    assert taken(lanes) == ["a", "b", "c", "d"]
    assert len(lanes) == 0 and lanes.get("a") is None


def test_a_lane_that_has_enough_in_flight_is_passed_over() -> None:
    lanes: Lanes[str] = Lanes(10, 2)
    for place in range(4):
        lanes.put(f"a{place}", place, "a", f"a{place}")
    lanes.put("b9", 9, "b", "b9")
    assert taken(lanes) == ["a0", "a1", "b9"]
    assert not lanes.has_room("a")
    lanes.leave("a")
    assert taken(lanes) == ["a2"]
    lanes.leave("a")
    lanes.leave("a")
    assert taken(lanes) == ["a3"]


def test_what_never_waited_counts_in_its_lane() -> None:
    lanes: Lanes[str] = Lanes(10, 1)
    lanes.join("a")
    lanes.put("a1", 1, "a", "a1")
    assert taken(lanes) == []
    lanes.leave("a")
    assert taken(lanes) == ["a1"]
    lanes.leave("a")
    lanes.leave("a")
    assert lanes.has_room("a")


def test_the_second_best_of_a_lane_waits_until_the_best_comes_back() -> None:
    lanes: Lanes[str] = Lanes(10, 1)
    lanes.put("worse", 5, "a", "worse")
    lanes.put("better", 2, "a", "better")
    assert taken(lanes) == ["better"]
    lanes.leave("a")
    assert taken(lanes) == ["worse"]


def test_a_full_queue_takes_nothing_new_but_replaces() -> None:
    lanes: Lanes[str] = Lanes(2, 1)
    assert lanes.put("a", 5, "a", "old") and lanes.put("b", 6, "b", "b")
    assert lanes.full
    assert not lanes.put("c", 1, "c", "c")
    assert lanes.put("a", 7, "a", "new")
    assert taken(lanes) == ["b", "new"]


def test_what_was_dropped_does_not_go_and_holds_up_nobody() -> None:
    lanes: Lanes[str] = Lanes(10, 2)
    for place in range(4):
        lanes.put(f"a{place}", place, "a", f"a{place}")
    assert lanes.drop("a0") == "a0"
    assert lanes.drop("a0") is None
    assert lanes.drop("a2") == "a2"
    assert taken(lanes) == ["a1", "a3"]


def test_a_queue_that_comes_and_goes_forgets_what_went() -> None:
    lanes: Lanes[str] = Lanes(5, 1)
    lanes.put("stays", 0, "b", "stays")
    for _ in range(200):
        lanes.put("a", 1, "a", "a")
        lanes.drop("a")
    assert sum(map(len, lanes._lanes.values())) <= 12
    assert len(lanes._heads) <= 12
    assert taken(lanes) == ["stays"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "take", "leave", "drop"]), st.integers(0, 12), st.integers(0, 30)),
    max_size=120,
)


@given(STEPS, st.integers(1, 3), st.integers(1, 8))
def test_it_is_the_queue_that_a_plain_list_would_be(steps: list[tuple[str, int, int]], most: int, limit: int) -> None:
    lanes: Lanes[str] = Lanes(limit, most)
    waiting: dict[str, int] = {}
    flying: list[str] = []
    for step, number, place in steps:
        name, lane = f"{number}", f"lane{number % 3}"
        if step == "put":
            fits = name in waiting or len(waiting) < limit
            assert lanes.put(name, place, lane, name) is fits
            if fits:
                waiting[name] = place
        elif step == "drop":
            assert lanes.drop(name) == (name if waiting.pop(name, None) is not None else None)
        elif step == "leave" and lane in flying:
            flying.remove(lane)
            lanes.leave(lane)
        elif step == "take":
            free = [(p, n) for n, p in waiting.items() if flying.count(f"lane{int(n) % 3}") < most]
            expected = min(free)[1] if free else None
            assert lanes.take() == expected
            if expected is not None:
                del waiting[expected]
                flying.append(f"lane{int(expected) % 3}")
        assert len(lanes) == len(waiting)


def test_a_thousand_stuck_in_one_lane_delay_nobody_else() -> None:
    lanes: Lanes[str] = Lanes(2_000, 1)
    for place in range(1_000):
        lanes.put(f"stuck{place}", place, "stuck", "stuck")
    honest = [f"honest{number}" for number in range(500)]
    random.Random(1).shuffle(honest)
    for number, name in enumerate(honest):
        lanes.put(name, 10_000 + number, name, name)
    assert taken(lanes) == ["stuck", *honest]


def test_a_lane_that_was_set_aside_comes_after_the_others_but_for_its_turn() -> None:
    lanes: Lanes[str] = Lanes(1_000, 100)
    for n in range(2 * ASIDE_TURN):
        lanes.put(f"bad{n:02d}", -100 + n, "B", f"bad{n:02d}")
        lanes.put(f"good{n:02d}", n, f"G{n}", f"good{n:02d}")
    order = []
    for _ in range(4 * ASIDE_TURN):
        item = lanes.take()
        assert item is not None
        order.append(item)
        if item.startswith("bad"):
            lanes.set_aside("B")
    turns = [n for n, item in enumerate(order[: 2 * ASIDE_TURN]) if item.startswith("bad")]
    assert turns == [0, ASIDE_TURN]
    assert sorted(order) == sorted({*order}) and lanes.take() is None


def test_lanes_set_aside_are_bounded_and_forgotten() -> None:
    lanes: Lanes[str] = Lanes(1, 1)
    lanes.set_aside("A")
    lanes.set_aside("B")  # no room to remember it
    assert lanes.put("p", 1, "B", "p")
    assert lanes.take() == "p"
    assert lanes.take() is None


def test_within_a_lane_a_smaller_order_goes_first_and_between_lanes_the_rank() -> None:
    lanes: Lanes[str] = Lanes(10, 5)
    lanes.put("old reversal", 1, "a", "old reversal", order=2)
    lanes.put("notice", 7, "a", "notice", order=1)
    lanes.put("other", 5, "b", "other", order=2)
    assert (lanes.first_order("a"), lanes.first_order("b"), lanes.first_order("c")) == (1, 2, None)
    assert taken(lanes) == ["other", "notice", "old reversal"]
    lanes.put("later", 5, "b", "later", order=2)
    lanes.set_aside("b")
    assert lanes.first_order("b") is None


def test_a_lane_that_is_hurried_goes_before_the_best_as_far_as_it_has_room() -> None:
    lanes: Lanes[str] = Lanes(10, 2)
    for place in range(4):
        lanes.put(f"a{place}", place, "a", f"a{place}")
        lanes.put(f"b{place}", 100 + place, "b", f"b{place}")
    lanes.hurry("b")
    lanes.hurry("nobody")
    assert taken(lanes) == ["b0", "b1", "a0", "a1"]
    lanes.leave("b")
    assert lanes.take() == "b2"
