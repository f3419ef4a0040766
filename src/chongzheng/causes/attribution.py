"""Whose share of the failure is it, in whole percent, and may people alone be blamed?

The classes are those that payment companies use (facts/operations 2.8). Shares are of causes; liability follows
contracts, not these. They sum to one hundred exactly, by largest remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, fsum

from chongzheng.causes.score import Ranking
from chongzheng.causes.signals import SIGNALS
from chongzheng.causes.table import Table
from chongzheng.mistakes import TheirMistake

PERCENT = 100

CLASSES: dict[str, tuple[str, str]] = {
    "human": ("人为操作", "people: cashier or back office"),
    "terminal_hardware": ("终端硬件", "terminal hardware"),
    "terminal_software": ("终端软件", "terminal software"),
    "network": ("网络", "network"),
    "acquirer_host": ("收单主机", "acquirer host"),
    "scheme": ("卡组织/转接", "scheme or switch"),
    "issuer": ("发卡方", "issuer"),
    "channel": ("钱包渠道", "wallet channel"),
    "merchant_configuration": ("商户配置", "merchant configuration"),
    "supplier": ("供应商", "supplier"),
    "cardholder": ("持卡人", "cardholder"),
    "suspected_fraud": ("疑似欺诈", "suspected fraud"),
}
"""Class: its name in Chinese and in English."""

_CLASS_OF = {
    "human": "human", "terminal": "terminal_hardware", "terminal_software": "terminal_software", "network": "network",
    "acquirer": "acquirer_host", "scheme": "scheme", "issuer": "issuer", "channel": "channel",
    "merchant": "merchant_configuration", "supplier": "supplier", "cardholder": "cardholder",
    "suspected_fraud": "suspected_fraud",
}  # fmt: skip
"""The word in the column attribution of the table: the class."""
HUMAN = frozenset({"human", "cardholder"})
"""Classes of people; suspected fraud is a matter of risk and not of blame."""


@dataclass(frozen=True, slots=True)
class Share:
    """One class and its whole percent."""

    name: str
    percent: int


def class_of(attribution: str, where: str = "attribution") -> str:
    """The class of a word in the table. TheirMistake: it is none of them."""
    if attribution not in _CLASS_OF:
        raise TheirMistake(f"{attribution!r} is none of {', '.join(_CLASS_OF)}", where)
    return _CLASS_OF[attribution]


def shares(ranking: Ranking) -> tuple[Share, ...]:
    """The share of every class, in the order of CLASSES: the posteriors of its causes, rounded to sum to 100."""
    parts: dict[str, list[float]] = {name: [] for name in CLASSES}
    for one in ranking.causes:
        parts[class_of(one.cause.attribution, one.cause.id)].append(one.posterior)
    return rounded({name: fsum(found) for name, found in parts.items()})


def rounded(weights: Mapping[str, float]) -> tuple[Share, ...]:
    """Whole percents of the weights (not negative, not all zero) that sum to exactly 100, by largest remainder."""
    total = fsum(weights.values())
    exact = {name: PERCENT * weight / total for name, weight in weights.items()}
    percents = {name: floor(part) for name, part in exact.items()}
    by_remainder = sorted(exact, key=lambda name: percents[name] - exact[name])
    for name in by_remainder[: PERCENT - sum(percents.values())]:
        percents[name] += 1
    return tuple(Share(name, percent) for name, percent in percents.items())


@dataclass(frozen=True, slots=True)
class Blame:
    """Whether a conclusion that blames people alone may stand; if not, which system questions are open."""

    allowed: bool
    zh: str
    en: str
    open_questions: tuple[str, ...] = ()


def system_questions(table: Table) -> tuple[str, ...]:
    """Signals that a machine witnesses and that speak for or against a cause which is not a person's."""
    asked = dict.fromkeys(
        name
        for cause in table.causes
        if class_of(cause.attribution, cause.id) not in HUMAN
        for item in cause.items
        for name in item.needs
    )
    return tuple(name for name in asked if name in SIGNALS and SIGNALS[name].of_system)


def blame(ranking: Ranking, primary: str, contributing: tuple[str, ...], table: Table) -> Blame:
    """Whether the conclusion may stand: all of its causes a person's is refused while no system question was answered.

    TheirMistake: a cause that is not in the table.
    """
    causes = [table.cause(cause_id, "conclusion") for cause_id in (primary, *contributing)]
    if any(class_of(cause.attribution, cause.id) not in HUMAN for cause in causes):
        return Blame(True, "结论不只归因于人", "the conclusion does not blame people alone")
    questions = system_questions(table)
    if any(name in ranking.signals for name in questions):
        return Blame(True, "已核查系统方面的问题", "a question about the systems was answered")
    return Blame(
        False,
        "不能只归因于人：系统方面的问题一个也没有核查",
        "people alone may not be blamed: no question about the systems was answered yet",
        questions,
    )
