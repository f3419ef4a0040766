"""Which queues does a person see, and what is in each?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chongzheng.cases import sla
from chongzheng.cases.calendar import day_of
from chongzheng.cases.matter import Matter

PROPOSED = "PROPOSED"
"""The state in which whatever moves money waits for a second person."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who looks, at which instant (epoch ms), and which queues their team works."""

    who: str
    now: int
    team: frozenset[str] = frozenset()


Belongs = Callable[[Matter, Seat], bool]


def _due_today(matter: Matter, seat: Seat) -> bool:
    ends = [one["due_at"] for one in matter.body.get("clocks", ()) if sla.runs(one)]
    nearest = min(ends, default=matter.due_at)
    return nearest is not None and day_of(nearest) <= day_of(seat.now)


def _at_risk(matter: Matter, seat: Seat) -> bool:
    return any(sla.runs(one) and seat.now >= one["warn_at"] for one in matter.body.get("clocks", ()))


def _waits_for(whom: str) -> Belongs:
    return lambda matter, seat: matter.body.get("waiting") == whom


def _in_suspense(matter: Matter, seat: Seat) -> bool:
    return matter.kind == "case" and bool(matter.body.get("standing", {}).get("suspense_fen"))


QUEUES: Mapping[str, tuple[str, str, Belongs]] = MappingProxyType({
    "my": ("我的", "mine", lambda matter, seat: matter.owner == seat.who),
    "team": ("本组", "my team's", lambda matter, seat: matter.queue in seat.team),
    "unassigned": ("未分配", "nobody's", lambda matter, seat: not matter.owner),
    "due today": ("今日到期", "due today", _due_today),
    "at risk": ("有超时风险", "at risk", _at_risk),
    "waiting merchant": ("等待商户", "waiting for the shop", _waits_for("merchant")),
    "waiting issuer": ("等待发卡行", "waiting for the issuer", _waits_for("issuer")),
    "waiting scheme": ("等待转接清算", "waiting for the scheme", _waits_for("scheme")),
    "waiting supplier": ("等待供应商", "waiting for a supplier", _waits_for("supplier")),
    "approvals": ("待复核", "to be approved", lambda matter, seat: matter.state == PROPOSED),
    "suspense": ("挂账账龄", "money in suspense, by age", _in_suspense),
    "fault slips": ("故障凭条", "fault slips", lambda matter, seat: matter.kind == "slip"),
    "breaks": ("对账差错", "differences in clearing", lambda matter, seat: matter.queue == "breaks"),
})  # fmt: skip
"""name -> (zh, en, what belongs in it); of open matters."""
