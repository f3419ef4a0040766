"""Who supplies what, under which clauses, and what is due when one is broken? Rows of two registers (S-48)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.fields import FEN_MAX, Field
from chongzheng.cases.registers import Register

SORTS = ("maker", "software", "carrier", "acquirer", "scheme", "bank", "wallet", "security", "merchant service")
BREACHES = ("late answer", "outage", "defect", "late delivery")
PERCENT = 100

SUPPLIERS = Register(
    "suppliers",
    ("供应商", "suppliers"),
    False,
    (
        Field("zh", "text", "名称", "its name in Chinese"),
        Field("en", "text", "名称（英文）", "its name"),
        Field("sort", "word", "类别", "what it supplies", choices=SORTS),
        Field("contact", "text", "联系方式", "where a ticket goes: an address of the register of contacts"),
        Field("answer_hours", "whole", "应答小时", "hours in which it answers a ticket"),
        Field("unverified", "flag", "未经核实", "a proposal, not the contract's figure", needed=False),
    ),
    {
        name: {"zh": zh, "en": en, "sort": sort, "contact": f"{name} desk", "answer_hours": hours, "unverified": True}
        for name, zh, en, sort, hours in (
            ("terminal maker", "终端厂商", "terminal maker", "maker", 24),
            ("application house", "应用软件商", "application house", "software", 24),
            ("carrier", "通信运营商", "carrier", "carrier", 8),
            ("scheme", "卡组织", "card scheme", "scheme", 48),
            ("wallet", "钱包机构", "wallet", "wallet", 48),
        )
    },
    lambda row: "" if row["answer_hours"] > 0 else "answer_hours: is one or more",
)

CONTRACTS = Register(
    "contracts",
    ("合同条款", "contract clauses"),
    True,
    (
        Field("supplier", "word", "供应商", "row of the register suppliers"),
        Field("breach", "word", "违约类型", "what breaks it", choices=BREACHES),
        Field("zh", "text", "条款", "what it says, in Chinese"),
        Field("en", "text", "条款（英文）", "what it says"),
        Field("fen_each", "whole", "每次金额（分）", "due for each breach, fen"),
        Field("fen_hour", "whole", "每小时金额（分）", "due for each hour begun, fen"),
        Field("fen_month", "whole", "月度上限（分）", "at most in a month, fen"),
        Field("loss_percent", "whole", "损失分担比例", "share of the loss that it bears, percent"),
        Field("unverified", "flag", "未经核实", "a proposal, not the contract's figure", needed=False),
    ),
    {
        "terminal maker, answer": {
            "supplier": "terminal maker",
            "breach": "late answer",
            "zh": "逾期应答每次违约金",
            "en": "a fixed sum for each ticket that is answered late",
            "fen_each": 20_000,
            "fen_hour": 0,
            "fen_month": 500_000,
            "loss_percent": 0,
            "unverified": True,
        },
        "terminal maker, defect": {
            "supplier": "terminal maker",
            "breach": "defect",
            "zh": "因产品缺陷造成的损失由厂商分担",
            "en": "a share of the loss that a defect brought about",
            "fen_each": 0,
            "fen_hour": 0,
            "fen_month": 5_000_000,
            "loss_percent": 60,
            "unverified": True,
        },
        "carrier, outage": {
            "supplier": "carrier",
            "breach": "outage",
            "zh": "线路中断按小时赔付",
            "en": "a sum for each hour begun of an outage, and a share of the loss",
            "fen_each": 0,
            "fen_hour": 5_000,
            "fen_month": 1_000_000,
            "loss_percent": 20,
            "unverified": True,
        },
        "carrier, answer": {
            "supplier": "carrier",
            "breach": "late answer",
            "zh": "逾期应答每次违约金",
            "en": "a fixed sum for each ticket that is answered late",
            "fen_each": 10_000,
            "fen_hour": 0,
            "fen_month": 200_000,
            "loss_percent": 0,
            "unverified": True,
        },
    },
    lambda row: wrong_clause(row),
)


def wrong_clause(row: Mapping[str, Any]) -> str:
    """What is wrong with the figures of a clause, "" nothing."""
    for name in ("fen_each", "fen_hour", "fen_month"):
        if not 0 <= row[name] <= FEN_MAX:
            return f"{name}: is 0 to {FEN_MAX} fen"
    if not 0 <= row["loss_percent"] <= PERCENT:
        return f"loss_percent: is 0 to {PERCENT}"
    if not (row["fen_each"] or row["fen_hour"] or row["loss_percent"]):
        return "fen_each: nothing is due under this clause"
    return ""


def clauses(rules: Mapping[str, Mapping[str, Any]], supplier: str, breach: str) -> dict[str, Mapping[str, Any]]:
    """The clauses of a supplier that such a breach breaks, by their names in order."""
    return {name: row for name, row in sorted(rules.items()) if (row["supplier"], row["breach"]) == (supplier, breach)}
