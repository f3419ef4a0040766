"""How much is somebody compensated with, by severity and delay, and is there money left for it this month (S-38)?

Defaults of operations 3.5; they are proposals, so every row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases.calendar import DAY_MS, Rows, day_of, instant, working_days_after
from chongzheng.cases.fields import FEN_MAX, Field
from chongzheng.cases.priority import LEVELS
from chongzheng.cases.registers import PROPOSAL, Register, limits

DELAYS = ("24h", "T+1", "T+5")
"""Money not back within, shortest first; a longer delay takes the place of a shorter one."""
_WORKING_DAYS = {"T+1": 1, "T+5": 5}
EVERY_MONTH = "every month"


def _row(severity: str, delay: str, coupon: int, **more: object) -> dict[str, Any]:
    row = {"severity": severity, "delay": delay, "coupon_fen": coupon, "share_pct": 0, "share_cap_fen": 0,
           "day_fen": 0, "days_max": 0, "individual": False, "extra": "none", "unverified": True}  # fmt: skip
    return {**row, **more}


def _late(share_cap: int) -> dict[str, object]:
    return {"share_pct": 1 if share_cap else 0, "share_cap_fen": share_cap, "day_fen": 800, "days_max": 30}


MATRIX = Register(
    name="compensation matrix",
    titles=("补偿标准", "compensation by severity and delay"),
    money=True,
    fields=(
        Field("severity", "word", "严重等级", "S1 to S4", choices=LEVELS),
        Field("delay", "word", "未退回时长", "the money was not back within", choices=DELAYS),
        Field("coupon_fen", "whole", "券面(分)", "the coupon, fen"),
        Field("share_pct", "whole", "金额比例(%)", "and so many percent of the amount"),
        Field("share_cap_fen", "whole", "比例上限(分)", "of that at most, fen"),
        Field("day_fen", "whole", "每日加(分)", "and for each calendar day after T+5, fen"),
        Field("days_max", "whole", "加天数上限", "for so many days at most"),
        Field("individual", "flag", "个案", "no formula: a head decides"),
        Field("extra", "word", "附加", "what else", choices=("none", "personal call", "management letter")),
        PROPOSAL,
    ),
    check=lambda row: "" if row["share_pct"] <= 100 else "share_pct: is at most 100",
    shipped={
        "S4 T+1": _row("S4", "T+1", 500),
        "S4 T+5": _row("S4", "T+5", 1_000, **_late(0)),
        "S3 24h": _row("S3", "24h", 500),
        "S3 T+1": _row("S3", "T+1", 1_000),
        "S3 T+5": _row("S3", "T+5", 2_000, **_late(2_000)),
        "S2 24h": _row("S2", "24h", 2_000, extra="personal call"),
        "S2 T+1": _row("S2", "T+1", 3_000, extra="personal call"),
        "S2 T+5": _row("S2", "T+5", 5_000, extra="personal call", **_late(10_000)),
        "S1 24h": _row("S1", "24h", 0, individual=True, extra="management letter"),
    },
)

BUDGET = Register(
    name="compensation budget",
    titles=("补偿预算", "budget of compensations"),
    money=True,
    fields=(Field("fen", "whole", "月度预算(分)", "so much a month, fen"), PROPOSAL),
    check=lambda row: "" if row["fen"] <= FEN_MAX else f"fen is at most {FEN_MAX}",
    shipped={EVERY_MONTH: {"fen": 1_000_000, "unverified": True}},
)
"""Rows are named by months (yyyymm); `every month` holds where there is none."""

COMPENSATION_LIMITS = limits(
    "compensation limits",
    ("补偿限值", "limits of compensations"),
    {
        "customer": {"zh": "每客户次数", "en": "so many a customer without a supervisor", "n": 2, "unverified": True},
        "approval ms": {"zh": "审批有效期", "en": "a proposal lapses after", "n": 5 * DAY_MS, "unverified": True},
        "customer ms": {"zh": "统计窗口", "en": "counted over", "n": 180 * DAY_MS, "unverified": True},
    },
    PROPOSAL,
    money=True,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a customer gets: the row's name ("": nothing is due), fen, what else, and whether a head decides it."""

    row: str = ""
    fen: int = 0
    extra: str = "none"
    individual: bool = False


def offer(rows: Rows, calendar: Rows, severity: str, fen: int, since: int, until: int) -> Offer:
    """What is due for money of `fen` that was away from `since` until `until` (epoch ms): the row of the longest delay
    that was exceeded. TheirMistake: working days of a year that has no row."""
    for delay in reversed(DELAYS):
        ended = _over_at(delay, since, calendar)
        name, row = _of(rows, severity, delay)
        if until > ended and row is not None:
            share = min(fen * row["share_pct"] // 100, row["share_cap_fen"])
            days = min(max(0, (until - ended) // DAY_MS), row["days_max"])
            return Offer(name, row["coupon_fen"] + share + days * row["day_fen"], row["extra"], row["individual"])
    return Offer()


def _of(rows: Rows, severity: str, delay: str) -> tuple[str, Mapping[str, Any] | None]:
    fits = ((name, row) for name, row in rows.items() if row["severity"] == severity and row["delay"] == delay)
    return next(fits, ("", None))


def _over_at(delay: str, since: int, calendar: Rows) -> int:
    if delay not in _WORKING_DAYS:
        return since + DAY_MS
    return instant(working_days_after(day_of(since), _WORKING_DAYS[delay], calendar))


def budget_left(rows: Rows, month: str, spent_fen: int) -> int:
    """What is left of the budget of a month (yyyymm), in fen; below nought where it was cut after it was spent."""
    return int(rows.get(month, rows[EVERY_MONTH])["fen"]) - spent_fen
