"""How many parts must lie in stock so that a failure seldom finds none? The reorder point of S-47.

Failures of many units in a short time come as Poisson counts; the point is the least stock that the failures of one
lead time exceed no more often than the target says. Whole numbers and Decimal, no floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

MILLION = 1_000_000
DEMAND_MAX = 100_000
"""Failures in one lead time beyond which the numbers are wrong, not the stock."""
_EXACT = Context(prec=40)

PARTS = Register(
    "parts",
    ("备件", "spare parts"),
    False,
    (
        Field("zh", "text", "名称", "its name in Chinese"),
        Field("en", "text", "名称（英文）", "its name"),
        Field("supplier", "word", "供应商", "row of the register suppliers"),
        Field("units", "whole", "在用数量", "how many are in use"),
        Field("failures_ppm_day", "whole", "日失效率（百万分之一）", "failures per million units and day"),
        Field("lead_days", "whole", "供货天数", "days from order to stock"),
        Field(
            "stock_out_ppm", "whole", "缺货概率目标（百万分之一）", "the target: out of stock, per million lead times"
        ),
        Field("batch", "whole", "每次订购数量", "how many are ordered at once"),
        Field("unverified", "flag", "未经核实", "the figures are a proposal", needed=False),
    ),
    {
        name: {
            "zh": zh,
            "en": en,
            "supplier": "terminal maker",
            "units": 1_000,
            "failures_ppm_day": rate,
            "lead_days": 14,
            "stock_out_ppm": 20_000,
            "batch": batch,
            "unverified": True,
        }
        for name, zh, en, rate, batch in (
            ("terminal", "整机", "terminal", 150, 10),
            ("printer", "打印机", "printer", 400, 20),
            ("reader", "读卡器", "card reader", 200, 10),
            ("battery", "电池", "battery", 500, 20),
            ("modem", "通讯模块", "modem", 120, 10),
        )
    },
    lambda row: wrong_part(row),
)


def wrong_part(row: Mapping[str, Any]) -> str:
    """What is wrong with the figures of a part, "" nothing."""
    for name in ("units", "failures_ppm_day"):
        if row[name] < 0:
            return f"{name}: is nought or more"
    for name in ("lead_days", "batch"):
        if row[name] < 1:
            return f"{name}: is one or more"
    if not 0 < row["stock_out_ppm"] < MILLION:
        return f"stock_out_ppm: is 1 to {MILLION - 1}"
    if demand(row) > DEMAND_MAX:
        return f"failures_ppm_day: more than {DEMAND_MAX} failures in one lead time"
    return ""


def demand(row: Mapping[str, Any]) -> Fraction:
    """How many failures one lead time brings on average."""
    return Fraction(row["units"] * row["failures_ppm_day"] * row["lead_days"], MILLION)


def reorder_point(row: Mapping[str, Any]) -> int:
    """The least stock at which P(failures of one lead time > stock) <= the target; order when stock falls to it."""
    mean = demand(row)
    average = _EXACT.divide(Decimal(mean.numerator), Decimal(mean.denominator))
    wanted = _EXACT.divide(Decimal(MILLION - row["stock_out_ppm"]), Decimal(MILLION))
    chance = _EXACT.exp(-average)
    below = chance
    count = 0
    while below < wanted:
        count += 1
        chance = _EXACT.divide(_EXACT.multiply(chance, average), Decimal(count))
        below = _EXACT.add(below, chance)
    return count
