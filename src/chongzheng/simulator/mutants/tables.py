"""How does the keeper of matters come to work by another table than the shipped one?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Kind, Row
from chongzheng.journal import matters
from chongzheng.simulator.swapping import Patch


def table(kind: str, change: Callable[[Row], Row | None]) -> tuple[Patch, ...]:
    """The keeper works by another table of this kind."""
    known = matters._kind
    rows = tuple(ours for row in KINDS[kind].rows if (ours := change(row)) is not None)
    altered = replace(KINDS[kind], rows=rows)

    def kind_of(name: str) -> Kind:
        return altered if name == kind else known(name)

    return ((matters, "_kind", kind_of),)


def but(fact: str, **changed: Any) -> Callable[[Row], Row | None]:
    """Rows of this fact say something else."""
    return lambda row: replace(row, **changed) if row.fact == fact else row


def without(fact: str, states: tuple[str, ...]) -> Callable[[Row], Row | None]:
    """There are no rows of this fact in these states."""
    return lambda row: None if row.fact == fact and row.state in states else row
