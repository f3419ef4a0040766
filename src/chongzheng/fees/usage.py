"""How often is a card or a machine used, and how much of it goes to preferential merchants? Advice, never a block.

Frequent small use calls risk control at the bank, and a large share of preferential traffic speaks against a card
(facts/operations S-07, S-11). The limits are data; what is above them is advice for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from chongzheng.fees.interchange import Ladder
from chongzheng.fees.share import Prior, Share
from chongzheng.fees.traffic import Trade

USUAL_PREFERENTIAL = Prior(2, 18)
"""Share of preferential traffic where nothing is known: one in ten, worth twenty trades."""


@dataclass(frozen=True, slots=True)
class Limits:
    """More uses than these in any window of days, or a preferential share surely above this many thousandths."""

    in_7_days: int = 20
    in_30_days: int = 60
    preferential: int = 300


USUAL_LIMITS = Limits()
"""Where no file says others."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One card, by its keyed hash, or one machine: its busiest 7 and 30 days, and its share of preferential trades."""

    name: str
    in_7_days: int
    in_30_days: int
    preferential: Share

    def advice(self, limits: Limits) -> tuple[str, ...]:
        """What is above a limit, one line each."""
        found = []
        for uses, most, window in ((self.in_7_days, limits.in_7_days, 7), (self.in_30_days, limits.in_30_days, 30)):
            if uses > most:
                found.append(f"used {uses} times within {window} days, more than {most}")
        if self.preferential.is_above(limits.preferential):
            low, high = self.preferential.low, self.preferential.high
            found.append(
                f"{low} to {high} of 1000 trades at preferential merchants, surely above {limits.preferential}"
            )
        return tuple(found)


def by_card(trades: Iterable[Trade], ladder: Ladder) -> tuple[Usage, ...]:
    """The usage of every card whose hash is known, by hash."""
    return _by(trades, ladder, lambda trade: trade.card)


def by_machine(trades: Iterable[Trade], ladder: Ladder) -> tuple[Usage, ...]:
    """The usage of every machine, by its name."""
    return _by(trades, ladder, lambda trade: trade.machine)


def _by(trades: Iterable[Trade], ladder: Ladder, named: Callable[[Trade], str]) -> tuple[Usage, ...]:
    groups: dict[str, list[Trade]] = {}
    for trade in trades:
        if name := named(trade):
            groups.setdefault(name, []).append(trade)
    return tuple(_usage(name, groups[name], ladder) for name in sorted(groups))


def _usage(name: str, trades: list[Trade], ladder: Ladder) -> Usage:
    days = Counter(_number(trade.day) for trade in trades)
    known = [trade.clearing_mcc for trade in trades if trade.clearing_mcc]
    cheap = sum(ladder.factor(mcc) < 1 for mcc in known)
    return Usage(name, _busiest(days, 7), _busiest(days, 30), Share(cheap, len(known), USUAL_PREFERENTIAL))


def _busiest(days: Counter[int], window: int) -> int:
    """The most uses in so many days in a row; such a row may begin with a day of use."""
    return max(sum(count for day, count in days.items() if first <= day < first + window) for first in days)


def _number(day: str) -> int:
    return date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
