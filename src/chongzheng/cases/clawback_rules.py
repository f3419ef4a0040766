"""By which way, until when and from which amount on is a double credit taken back, and what will it cost us?

Ways, limits and first guesses are rows; the sources of the days are weak (operations 2.4, 3.4), so each row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import UNVERIFIED, Register, limits

DAY_MS = 24 * 3_600_000
CARDS = ("credit", "debit", "wallet")
Rows = Mapping[str, Mapping[str, Any]]

WAYS = Register(
    name="clawback ways",
    titles=("追回途径", "ways to take back a double credit"),
    money=True,
    fields=(
        Field("card", "word", "卡种", "for which cards", choices=CARDS),
        Field("action", "word", "差错交易", "which action of the scheme"),
        Field("code", "word", "原因码", "its reason code"),
        Field("days", "whole", "时限(天)", "calendar days after the credit; 0: no limit is known"),
        UNVERIFIED,
    ),
    shipped={
        "credit": {"card": "credit", "action": "debit request", "code": "9652", "days": 30, "unverified": True},
        "debit": {"card": "debit", "action": "collection", "code": "9722", "days": 20, "unverified": True},
        "debit, late": {"card": "debit", "action": "exception", "code": "9700", "days": 0, "unverified": True},
        "credit, late": {"card": "credit", "action": "exception", "code": "9703", "days": 0, "unverified": True},
    },
)

CLAWBACK_LIMITS = limits(
    "clawback limits",
    ("追回限值", "limits of claw-backs"),
    {
        "small fen": {"zh": "小额核销(分)", "en": "up to so much is written off", "n": 2_000, "unverified": True},
        "notice days": {"zh": "扣款前通知(工作日)", "en": "working days between the notice and any debit", "n": 5},
        "first step ms": {"zh": "首次处理", "en": "the first step is taken within", "n": DAY_MS, "unverified": True},
    },
    UNVERIFIED,
    money=True,
)

PRIORS = Register(
    name="clawback priors",
    titles=("追回先验", "what is believed of claw-backs before any is counted"),
    money=False,
    fields=(
        Field("yes", "whole", "发生", "as if so many had happened"),
        Field("no", "whole", "未发生", "as if so many had not"),
        UNVERIFIED,
    ),
    check=lambda row: "" if row["yes"] > 0 and row["no"] > 0 else "both are above nought",
    shipped={
        "late reversal": {"yes": 1, "no": 19, "unverified": True},
        "recovery": {"yes": 7, "no": 3, "unverified": True},
    },
)


def way_for(rows: Rows, card: str, credited_at: int, now: int) -> tuple[str, int | None] | None:
    """The way with the shortest clock that still runs, and when it ends (epoch ms; None: no limit is known); None when
    there is none for this card."""
    found: list[tuple[int, str]] = []
    endless = ""
    for name, row in sorted(rows.items()):
        if row["card"] != card:
            continue
        if row["days"] == 0:
            endless = endless or name
        elif now <= credited_at + row["days"] * DAY_MS:
            found.append((credited_at + row["days"] * DAY_MS, name))
    if found:
        ends_at, name = min(found)
        return name, ends_at
    return (endless, None) if endless else None


def reserve_fen(rows: Rows, exposure_fen: int, late: tuple[int, int], recovered: tuple[int, int]) -> int:
    """What to set aside for advances of `exposure_fen`: exposure x P(late reversal succeeds) x (1 - recovery rate), the
    two rates shrunken towards the rows of `clawback priors`; rounded up.

    `late`, `recovered`: (how many did, of how many) of this channel or issuer.
    """
    first, second = rows["late reversal"], rows["recovery"]
    succeeds = late[0] + first["yes"], late[1] + first["yes"] + first["no"]
    lost = recovered[1] - recovered[0] + second["no"], recovered[1] + second["yes"] + second["no"]
    return int(-(-exposure_fen * succeeds[0] * lost[0] // (succeeds[1] * lost[1])))
