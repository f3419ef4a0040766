"""Who should work on it, and how many people does a day need so that few clocks are broken (S-50)?"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

ANY = "any"
"""A skill that stands for all."""
STAFF_MAX = 500

SKILLS = Register(
    name="skills",
    titles=("人员技能", "skills"),
    money=False,
    fields=(
        Field("skills", "texts", "技能", "what this person works on: ways into a case, queues, languages; or any"),
        Field("most", "whole", "上限", "so many open matters at once"),
        Field("away", "flag", "不在岗", "is not here", needed=False),
    ),
    check=lambda row: "" if 0 < row["most"] <= 1_000 else "most is 1 to 1000",
)


def route(need: str, skills: Mapping[str, Mapping[str, Any]], loads: Mapping[str, int]) -> str:
    """The person (by id) with this skill who has most room, by share of what they may have; "" when nobody has any."""
    free = [
        (loads.get(who, 0) * 1_000_000 // row["most"], who)
        for who, row in skills.items()
        if not row.get("away") and {need, ANY} & set(row["skills"]) and loads.get(who, 0) < row["most"]
    ]
    return min(free)[1] if free else ""


def breaches(work: Sequence[tuple[int, int]], staff: int, within_ms: int) -> int:
    """How many pieces of work (arrived at, takes ms; by arrival) begin later than `within_ms` after they came, when
    `staff` people take them in turn."""
    free = [0] * staff
    late = 0
    for arrived, takes in work:
        begins = max(arrived, heapq.heappop(free))
        late += begins - arrived > within_ms
        heapq.heappush(free, begins + takes)
    return late


def staff_needed(work: Sequence[tuple[int, int]], within_ms: int, target_pct: int) -> int:
    """The fewest people with whom a replay of this work breaks at most `target_pct` percent; 0 when STAFF_MAX do not
    suffice, or there is no work. A replay of what was says nothing of a day that is busier."""
    if not work:
        return 0
    low, high = 1, STAFF_MAX
    if breaches(work, high, within_ms) * 100 > target_pct * len(work):
        return 0
    while low < high:
        middle = (low + high) // 2
        if breaches(work, middle, within_ms) * 100 <= target_pct * len(work):
            high = middle
        else:
            low = middle + 1
    return low
