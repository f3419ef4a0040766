"""Which actions does the scheme know, which code may stand for which, and until when must each be done?

Facts of the field: facts/operations 2.1, 2.3 and 2.4; the codes are those of reason-codes.csv beside this file. Days
are second-hand throughout, and say so; 0 days: no limit is known.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from chongzheng.cases.calendar import Rows, due_at
from chongzheng.cases.fields import Field
from chongzheng.cases.registers import NAMES, UNVERIFIED, Register

OUT, IN = "out", "in"
CREDIT_ADJUSTMENT, MANUAL_REFUND = "credit adjustment", "manual refund"
DEBIT_REQUEST, COLLECTION, EXCEPTION, ARBITRATION = "debit request", "collection", "exception", "arbitration"
CHARGEBACK, INQUIRY, SLIP_REQUEST = "chargeback", "inquiry", "slip request"
REPRESENTMENT = "representment"

ACTIONS = Register(
    name="dispute actions",
    titles=("差错交易", "actions of a dispute"),
    money=True,
    fields=(
        *NAMES,
        Field("way", "word", "方向", "we do it (out), or it is done to us (in)", choices=(OUT, IN)),
        Field("families", "texts", "原因码类别", "families of the register reason codes that fit"),
        Field("limit", "word", "时限", "a row of the register dispute limits"),
        Field("gives_back", "flag", "向持卡人退款", "it gives the cardholder money back"),
    ),
    shipped={
        CREDIT_ADJUSTMENT: {"zh": "贷记调整", "en": "credit adjustment", "way": OUT, "families": ["credit_adjustment"],
                            "limit": CREDIT_ADJUSTMENT, "gives_back": True},
        MANUAL_REFUND: {"zh": "手工退货", "en": "manual refund", "way": OUT,
                        "families": ["clearing_record_type", "credit_adjustment"], "limit": MANUAL_REFUND,
                        "gives_back": True},
        DEBIT_REQUEST: {"zh": "请款", "en": "debit request", "way": OUT, "families": ["debit_request"],
                        "limit": DEBIT_REQUEST, "gives_back": False},
        COLLECTION: {"zh": "托收", "en": "collection from a debit card", "way": OUT, "families": ["collection"],
                     "limit": COLLECTION, "gives_back": False},
        EXCEPTION: {"zh": "例外协商", "en": "exception, by agreement", "way": OUT, "families": ["exception"],
                    "limit": EXCEPTION, "gives_back": False},
        INQUIRY: {"zh": "收到确认查询", "en": "an issuer asks", "way": IN, "families": ["inquiry_reason"],
                  "limit": "inquiry reply", "gives_back": False},
        SLIP_REQUEST: {"zh": "收到调单", "en": "an issuer asks for the slip", "way": IN,
                       "families": ["inquiry_reason"], "limit": "slip reply", "gives_back": False},
        CHARGEBACK: {"zh": "收到退单", "en": "a chargeback came", "way": IN, "families": ["chargeback"],
                     "limit": REPRESENTMENT, "gives_back": False},
    },
)  # fmt: skip


def _codes() -> dict[str, dict[str, Any]]:
    lines = files(__package__).joinpath("reason-codes.csv").read_text("utf-8").splitlines()
    return {
        f"{row['family']} {row['code']}": {
            "family": row["family"], "code": row["code"], "zh": row["zh"], "en": row["en"],
            "confidence": row["confidence"], "unverified": row["confidence"] != "H",
        }
        for row in csv.DictReader(lines)
    }  # fmt: skip


REASON_CODES = Register(
    name="reason codes",
    titles=("原因码", "reason codes"),
    money=False,
    fields=(
        Field("family", "word", "类别", "to which kind of message it belongs"),
        Field("code", "word", "代码", "as it stands in the message"),
        *NAMES,
        Field("confidence", "word", "可信度", "H, M or L", choices=("H", "M", "L")),
        UNVERIFIED,
    ),
    shipped=_codes(),
)

LIMITS = Register(
    name="dispute limits",
    titles=("差错时限", "time limits of disputes"),
    money=False,
    fields=(
        *NAMES,
        Field("count", "word", "计日方式", "calendar days (D) or working days (T)", choices=("D", "T")),
        Field("days", "whole", "天数", "so many; 0: no limit is known"),
        UNVERIFIED,
    ),
    shipped={
        name: {"zh": zh, "en": en, "count": "D", "days": days, "unverified": True}
        for name, zh, en, days in (
            ("inquiry reply", "查复:自收到起", "answer to an inquiry, from its receipt", 5),
            ("slip reply", "调单答复:自收到起", "answer to a request for the slip, from its receipt", 20),
            (REPRESENTMENT, "再请款:自收到退单起", "representment, from the chargeback", 20),
            (DEBIT_REQUEST, "请款:自误退起", "debit request, from the wrong refund", 30),
            (COLLECTION, "托收:自原交易或调整起", "collection, from the original or the adjustment", 20),
            (CREDIT_ADJUSTMENT, "贷记调整", "credit adjustment", 0),
            (MANUAL_REFUND, "手工退货", "manual refund", 0),
            (EXCEPTION, "例外协商", "exception, by agreement", 0),
        )
    },
)


def wrong_code(codes: Rows, row: Mapping[str, Any], code: str) -> str:
    """Why this code cannot stand for an action of that row; "" it can."""
    known = [one["code"] for one in codes.values() if one["family"] in row["families"]]
    return "" if code in known else f"code: for this there is {', '.join(known)}"


def ends_at(limits: Rows, name: str, since: int, calendar: Rows) -> int | None:
    """Until when (epoch ms) it must be done, counted from `since`; None where no limit is known.

    TheirMistake: working days of a year that has no row.
    """
    row = limits[name]
    return due_at(since, row["count"], row["days"], 24, calendar) if row["days"] else None
