"""Is the best assignment found, and refused when another is nearly as good?"""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.settlement.assign import GROUP_MAX, assign


@pytest.mark.parametrize(
    ("costs", "columns"),
    [
        ([[0]], (0,)),
        ([[1, 180], [179, 2]], (0, 1)),
        ([[180, 1], [2, 179]], (1, 0)),
        ([[5, 90], [6, 300]], (1, 0)),
        ([[3, None], [3, 3]], (0, 1)),
        ([[0, 200, 400], [200, 0, 200], [400, 200, 0]], (0, 1, 2)),
    ],
)
def test_the_best(costs: list[list[int | None]], columns: tuple[int, ...]) -> None:
    assert assign(costs, 60) == columns


@pytest.mark.parametrize(
    "costs",
    [
        [],
        [[1, 2]],
        [[1, 2], [3]],
        [[None]],
        [[None, None], [1, 2]],
        [[1, None], [2, None]],
        [[7, 7], [7, 7]],
        [[0, 29], [30, 0]],
    ],
    ids=["nothing", "more payments than lines", "ragged", "no fit", "a line that fits none", "both fit one only",
         "all alike", "too close"],
)  # fmt: skip
def test_nothing_is_assigned_where_nobody_knows(costs: list[list[int | None]]) -> None:
    assert assign(costs, 60) is None


def test_a_margin_that_is_just_reached_is_enough() -> None:
    assert assign([[0, 30], [30, 0]], 60) == (0, 1)
    assert assign([[0, 29], [30, 0]], 60) is None


def test_a_large_group_is_for_a_person() -> None:
    def apart(size: int) -> list[list[int | None]]:
        return [[100 * abs(row - column) for column in range(size)] for row in range(size)]

    assert assign(apart(GROUP_MAX), 60) == tuple(range(GROUP_MAX))
    assert assign(apart(GROUP_MAX + 1), 60) is None


def squares(size: int) -> st.SearchStrategy[list[list[int | None]]]:
    cost = st.one_of(st.none(), st.integers(0, 400))
    return st.lists(st.lists(cost, min_size=size, max_size=size), min_size=size, max_size=size)


@given(costs=st.integers(1, 5).flatmap(squares), margin=st.integers(0, 120))
def test_it_is_what_trying_all_of_them_gives(costs: list[list[int | None]], margin: int) -> None:
    def total(columns: tuple[int, ...]) -> int | None:
        taken = [costs[row][column] for row, column in enumerate(columns)]
        return None if None in taken else sum(cost for cost in taken if cost is not None)

    totals = {columns: cost for columns in permutations(range(len(costs))) if (cost := total(columns)) is not None}
    ranked = sorted(totals.values())
    found = assign(costs, margin)
    clear = bool(ranked) and (len(ranked) == 1 or ranked[1] >= ranked[0] + margin)
    assert (found is not None) is clear
    if found is not None:
        assert totals[found] == ranked[0]
