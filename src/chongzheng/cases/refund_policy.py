"""Which rule of refunds holds for this payment: how good is the evidence, and what may be given back on whose word?

The level is computed from how the payment stands and from what witnesses said, never asserted by whoever proposes.
Source of levels and rows: operations 3.3; they are proposals of ours, so each row is one that the house may edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from types import MappingProxyType
from typing import Any

from chongzheng.cases.fields import FEN_MAX, Field
from chongzheng.cases.registers import Register
from chongzheng.mistakes import OurMistake

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
BLOCKED, NO_REFUND, OTHERWISE = "PR-X", "PR-0", "PR-9"
_STRONG = frozenset({"confirmed", "proven"})
_DEBITED = frozenset({"charged_kept", "charged_twice"})


class Level(StrEnum):
    """How good the evidence of a debit is; E0: there is evidence that nothing is debited, or not any more."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"


class Gives(StrEnum):
    """What a rule lets go out."""

    NOTHING = "nothing"
    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What witnesses said beside the engine. `goods`: yes, no, unknown; `blocked`: why nothing may go out (fraud, a
    chargeback or another refund in flight, merchant insolvent, account closed), "" where nothing is in the way."""

    host_approved: bool = False
    reversal_failed: bool = False
    goods: str = "unknown"
    hardship: bool = False
    blocked: str = ""


def level_of(standing: Mapping[str, Any], seen: Circumstances) -> Level:
    """The evidence level. `standing`: how the payment stands (its `truth` and `proof`)."""
    truth, strong = standing["truth"], standing["proof"] in _STRONG
    if strong and truth in ("never_charged", "charged_returned"):
        return Level.E0
    if strong and truth in _DEBITED:
        return Level.E3
    if truth in ("never_charged", "charged_returned"):
        return Level.E1  # said by one side only: nothing is given back on it, and nothing is refused for good
    return Level.E2 if seen.host_approved and seen.reversal_failed and seen.goods == "no" else Level.E1


def rule_of(rules: Mapping[str, Mapping[str, Any]], level: Level, fen: int, seen: Circumstances) -> str:
    """The name of the row that holds for `fen` > 0. OurMistake when no row does: the register has a hole."""
    if seen.blocked:
        return BLOCKED
    if level is Level.E0 or seen.goods == "yes":
        return NO_REFUND
    for name in sorted(rules.keys() - {NO_REFUND, OTHERWISE, BLOCKED}):
        row = rules[name]
        if row["level"] == level and row["over_fen"] < fen <= row["up_to_fen"] and (seen.hardship or not row["hard"]):
            return name
    if OTHERWISE not in rules:
        raise OurMistake("no rule of refunds for this", f"{level} {fen}")
    return OTHERWISE


def people_needed(row: Mapping[str, Any]) -> int:
    """How many different people a row takes, the proposer counted, once the automatic check is counted where it may."""
    return max(1, int(row["people"]) - int(row["machine_checks"]))


def lacking(row: Mapping[str, Any], approvals: Sequence[Mapping[str, Any]]) -> str:
    """What is missing before these approvals (`by`, `roles`) are enough, in words; "" nothing is. Each role that the
    row names takes a person of its own."""
    missing = people_needed(row) - 1 - len(approvals)
    if missing > 0:
        return f"{missing} more"
    wanted = row.get("roles", ())
    if any(
        all(role in approval["roles"] for role, approval in zip(wanted, some, strict=True))
        for some in permutations(approvals, len(wanted))
    ):
        return ""
    return f"one each of {', '.join(wanted)}"


def wrong_row(row: Mapping[str, Any]) -> str:
    """What is wrong with a row beyond its fields; "" nothing. Only E3 pays for good, and never does one person alone
    unless the automatic check counts as the second."""
    if len(row.get("roles", ())) > max(0, row["people"] - 1):
        return "roles: are more than the people who approve"
    if row["gives"] == Gives.FINAL and row["level"] != Level.E3:
        return "level: a final refund takes E3"
    if row["gives"] == Gives.PROVISIONAL and row["level"] == Level.E0:
        return "level: nothing was debited, so nothing is advanced"
    if row["gives"] != Gives.NOTHING and row["people"] < (1 if row["machine_checks"] else 2):
        return "people: at least two, or one where the automatic check counts as the second"
    return "up_to_fen: is above over_fen" if row["over_fen"] >= row["up_to_fen"] else ""


def _row(level: str, over: int, up_to: int, gives: str, people: int, latest_ms: int, **more: object) -> dict[str, Any]:
    return {
        "level": level, "over_fen": over, "up_to_fen": up_to, "gives": gives, "people": people,
        "machine_checks": False, "hard": False, "hold": False, "latest_ms": latest_ms, "unverified": True, **more,
    }  # fmt: skip


REFUND_POLICY = Register(
    name="refund policy",
    titles=("退款规则", "refund policy"),
    money=True,
    fields=(
        Field("level", "word", "证据等级", "the evidence level it is for", choices=tuple(Level)),
        Field("over_fen", "whole", "金额高于(分)", "for amounts above this, fen"),
        Field("up_to_fen", "fen", "金额至(分)", "and up to this, fen"),
        Field("gives", "word", "退款性质", "what may go out", choices=tuple(Gives)),
        Field("people", "whole", "人数", "how many different people it takes, the proposer counted"),
        Field("machine_checks", "flag", "系统复核", "whether the automatic check counts as the second person"),
        Field("hard", "flag", "困难客户", "only for a customer in hardship"),
        Field("hold", "flag", "需先冻结", "only once the shop's money is held"),
        Field("latest_ms", "whole", "最迟(毫秒)", "how long it may take, ms"),
        Field("merchant_cap_fen", "fen", "商户日限额(分)", "most a day and merchant, fen", needed=False),
        Field("group_cap_fen", "fen", "小组日限额(分)", "most a day and operator group, fen", needed=False),
        Field("roles", "texts", "审批角色", "roles of which the approvers must have one each", needed=False),
        Field(
            "wait_ms",
            "whole",
            "先等待(毫秒)",
            "how old the case must be: a file is waited for",
            needed=False,
        ),
        Field("one_advance", "flag", "限一笔垫付", "not while the customer has another advance open", needed=False),
        Field("unverified", "flag", "未核实", "a proposal of ours, not yet confirmed by the house", needed=False),
    ),
    check=wrong_row,
    shipped=MappingProxyType(
        {
            NO_REFUND: _row("E0", 0, FEN_MAX, "nothing", 0, DAY_MS),
            "PR-1": _row("E3", 0, 50_000, "final", 2, DAY_MS),
            "PR-2": _row("E3", 50_000, 1_000_000, "final", 2, DAY_MS),
            "PR-3": _row("E3", 1_000_000, FEN_MAX, "final", 3, 2 * DAY_MS, roles=["finance"]),
            "PR-4": _row(
                "E2",
                0,
                20_000,
                "provisional",
                2,
                2 * HOUR_MS,
                merchant_cap_fen=200_000,
                group_cap_fen=2_000_000,
                one_advance=True,
            ),
            "PR-5": _row("E2", 20_000, 100_000, "provisional", 2, DAY_MS),
            "PR-6": _row(
                "E2", 100_000, 1_000_000, "provisional", 2, DAY_MS, hold=True, roles=["supervisor"], wait_ms=DAY_MS
            ),
            "PR-7": _row(
                "E2",
                1_000_000,
                FEN_MAX,
                "provisional",
                3,
                2 * DAY_MS,
                hold=True,
                roles=["administrator", "finance"],
                wait_ms=DAY_MS,
            ),
            "PR-8": _row("E1", 0, 10_000, "provisional", 2, DAY_MS, hard=True),
            OTHERWISE: _row("E1", 0, FEN_MAX, "nothing", 0, DAY_MS),
            BLOCKED: _row("E1", 0, FEN_MAX, "nothing", 0, DAY_MS, hard=True),
        }
    ),
)
"""PR-0 to PR-X of operations 3.3, strict four eyes: PR-1 and PR-4 let the automatic check count once the house says
so in a row of its own."""
