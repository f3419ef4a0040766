"""How bad is it, and what comes first? Severity S1 to S4, and priority = money x customer x deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.calendar import DAY_MS
from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

Rows = Mapping[str, Mapping[str, Any]]

LEVELS = ("S1", "S2", "S3", "S4")
"""Worst first."""

MARKS = ("regulator", "media", "key compromise", "duplicate settlement", "double debit", "medical", "transport",
         "no other way to pay", "vulnerable")  # fmt: skip
"""What may be said of a case beside its amount."""

SEVERITY = Register(
    name="severity",
    titles=("严重等级", "severity"),
    money=False,
    fields=(
        Field("from_fen", "whole", "金额起点(分)", "from this amount on, in fen"),
        Field("customers", "whole", "客户数起点", "from so many customers of one cause in an hour on"),
        Field("marks", "objects", "其他情形", "what else makes it so: [{mark}]", needed=False),
    ),
    shipped={
        "S1": {"from_fen": 1_000_000, "customers": 50, "marks": [
            {"mark": "regulator"}, {"mark": "media"}, {"mark": "key compromise"}, {"mark": "duplicate settlement"}]},
        "S2": {"from_fen": 100_000, "customers": 10,
               "marks": [{"mark": "double debit"}, {"mark": "medical"}, {"mark": "transport"}]},
        "S3": {"from_fen": 10_000, "customers": 3, "marks": [{"mark": "no other way to pay"}]},
        "S4": {"from_fen": 0, "customers": 0},
    },
)  # fmt: skip

MONEY, CUSTOMER, DEADLINE = "money", "customer", "deadline"
PRIORITY = Register(
    name="priority",
    titles=("优先级", "priority"),
    money=False,
    fields=(
        Field("factor", "word", "因素", "which of the three", choices=(MONEY, CUSTOMER, DEADLINE)),
        Field("at_least", "whole", "起点", "from here on: fen; marks of the customer; percent of the time used"),
        Field("points", "whole", "分值", "what it multiplies with"),
    ),
    check=lambda row: "" if 1 <= row["points"] <= 1_000 else "points are 1 to 1000",
    shipped={
        "money 0": {"factor": MONEY, "at_least": 0, "points": 1},
        "money 100": {"factor": MONEY, "at_least": 10_000, "points": 2},
        "money 1000": {"factor": MONEY, "at_least": 100_000, "points": 4},
        "money 10000": {"factor": MONEY, "at_least": 1_000_000, "points": 8},
        "customer": {"factor": CUSTOMER, "at_least": 0, "points": 1},
        "customer asked": {"factor": CUSTOMER, "at_least": 1, "points": 2},
        "customer in need": {"factor": CUSTOMER, "at_least": 2, "points": 4},
        "deadline far": {"factor": DEADLINE, "at_least": 0, "points": 1},
        "deadline half": {"factor": DEADLINE, "at_least": 50, "points": 2},
        "deadline near": {"factor": DEADLINE, "at_least": 70, "points": 4},
        "deadline over": {"factor": DEADLINE, "at_least": 100, "points": 10},
    },
)


def severity(rows: Rows, fen: int, customers: int, marks: frozenset[str], open_ms: int) -> str:
    """The worst row that applies; one worse for a vulnerable customer or money unresolved for more than a day."""
    found = len(LEVELS) - 1
    for place, level in enumerate(LEVELS):
        row = rows.get(level)
        if row is not None and _applies(row, fen, customers, marks):
            found = place
            break
    worse = "vulnerable" in marks or (fen > 0 and open_ms > DAY_MS)
    return LEVELS[max(found - worse, 0)]


def _applies(row: Mapping[str, Any], fen: int, customers: int, marks: frozenset[str]) -> bool:
    named = {one.get("mark") for one in row.get("marks", ())}
    return fen >= row["from_fen"] or 0 < row["customers"] <= customers or not marks.isdisjoint(named)


def priority(rows: Rows, fen: int, customer: int, used_pct: int) -> int:
    """money x customer x deadline, each by its row; a factor without a row counts 1."""
    values = {MONEY: fen, CUSTOMER: customer, DEADLINE: used_pct}
    result = 1
    for factor, value in values.items():
        reached = [row for row in rows.values() if row["factor"] == factor and row["at_least"] <= value]
        result *= max(reached, key=lambda row: row["at_least"])["points"] if reached else 1
    return result
