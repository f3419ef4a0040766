"""Several lines fit several payments equally well: is there one assignment that is clearly the best?

Minimal cost assignment by shortest augmenting paths (Kuhn 1955, Munkres 1957), then the best one that differs from it.
If that one is nearly as good, nobody knows, and nothing is assigned.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

GROUP_MAX = 24
"""Lines, and payments, of one group; a larger group is for a person, because its best is never clearly the best."""

Costs = Sequence[Sequence[int | None]]
"""A row for each line, a column for each payment: how badly they agree, >= 0; None: they do not agree at all."""


def assign(costs: Costs, margin: int) -> tuple[int, ...] | None:
    """The column of each row, each once, at the least total cost; None where there is none, where another assignment
    costs less than `margin` more, or where the group is not square or larger than GROUP_MAX.
    """
    size = len(costs)
    if not 0 < size <= GROUP_MAX or any(len(row) != size for row in costs):
        return None
    never = 1 + margin + sum(cost for row in costs for cost in row if cost is not None)
    table = [[never if cost is None else cost for cost in row] for row in costs]
    best = _cheapest(table)
    total = _total(table, best)
    if total >= never or _second(table, best, margin) < total + margin:
        return None
    return tuple(best)


def _second(table: list[list[int]], best: Sequence[int], margin: int) -> int:
    """The cost of the best assignment that gives at least one row another column. A forbidden pair costs more than
    all others together, so an assignment that takes it never passes for a cheap one.
    """
    forbidden = 1 + margin + sum(map(sum, table))
    second = forbidden
    for row, column in enumerate(best):
        kept = table[row][column]
        table[row][column] = forbidden
        second = min(second, _total(table, _cheapest(table)))
        table[row][column] = kept
    return second


def _total(table: list[list[int]], columns: Sequence[int]) -> int:
    return sum(table[row][column] for row, column in enumerate(columns))


def _cheapest(table: list[list[int]]) -> list[int]:
    """The column of each row. Row and column 0 of the work arrays stand for "none"."""
    size = len(table)
    row_price, column_price = [0] * (size + 1), [0] * (size + 1)
    row_of = [0] * (size + 1)
    for row in range(1, size + 1):
        row_of[0] = row
        _turn_round(_path(table, row_price, column_price, row_of), row_of)
    columns = [0] * size
    for column in range(1, size + 1):
        columns[row_of[column] - 1] = column - 1
    return columns


def _path(table: list[list[int]], row_price: list[int], column_price: list[int], row_of: list[int]) -> list[int]:
    """The cheapest way from the new row (in `row_of[0]`) to a free column, as [that column, the one before, …, 0]."""
    size = len(table)
    beyond = 1 + 2 * sum(map(sum, table)) + max(map(abs, row_price)) + max(map(abs, column_price))
    cheapest, before, seen = [beyond] * (size + 1), [0] * (size + 1), [False] * (size + 1)
    column = 0
    while row_of[column] != 0:
        seen[column] = True
        row = row_of[column]
        for other in range(1, size + 1):
            price = table[row - 1][other - 1] - row_price[row] - column_price[other]
            if not seen[other] and price < cheapest[other]:
                cheapest[other], before[other] = price, column
        step, following = min((cheapest[other], other) for other in range(1, size + 1) if not seen[other])
        for other in range(size + 1):
            if seen[other]:
                row_price[row_of[other]] += step
                column_price[other] -= step
            else:
                cheapest[other] -= step
        column = following
    way = [column]
    while way[-1] != 0:
        way.append(before[way[-1]])
    return way


def _turn_round(way: list[int], row_of: list[int]) -> None:
    for column, previous in pairwise(way):
        row_of[column] = row_of[previous]
