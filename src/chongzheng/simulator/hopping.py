"""How well is category hopping found? Machines from one seed, some of which hop, and the figures of the detector.

The honest ones are made hard on purpose: pooled numbers of small merchants, shops that live on taps, numbers that
changed, letters in serials, both region styles, typing errors, shops that sell dear or by night. The hoppers hop with a
part of their trades only, some with every trace consistent but the clearing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chongzheng.fees.hopping import Finding, Signals, findings
from chongzheng.fees.interchange import Ladder
from chongzheng.fees.merchant_number import BY_CENTRE, PROVINCES
from chongzheng.fees.traffic import Registered, Trade

DAY = "20261123"
HOPPING_SHARE = 0.2
TYPING_ERRORS = 0.01
TRADES = (60, 300)
"""Trades of a machine in the days that are looked at."""

STANDARD = ("5812", "5311", "5651", "7011", "5732", "5944")
CHEAP = ("5411", "5541", "4900", "8398", "8062")
SIZES = {"5812": 12_000, "5311": 30_000, "5651": 25_000, "7011": 60_000, "5732": 200_000, "5944": 500_000}
"""The middle amount of a category, fen."""

CENTRES = {province: code for code, province in BY_CENTRE.items()}
TAP_FEN_MAX = 100_000
TAP_FACTOR = 0.6
"""What a small tap costs of the standard: the network's own discount."""


@dataclass(frozen=True, slots=True)
class Planted:
    """All trades, the register, and the machines that hop."""

    trades: tuple[Trade, ...]
    register: dict[str, Registered]
    hoppers: frozenset[str]
    tappers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How the detector did; shares in thousandths. `tappers_blamed`: honest machines that live on taps and whose low
    cost counts against them.
    """

    machines: int
    hoppers: int
    alerts: int
    found: int
    tappers: int
    tappers_blamed: int

    @property
    def recall(self) -> int:
        """Hoppers found, of all."""
        return 1000 * self.found // max(self.hoppers, 1)

    @property
    def false_discoveries(self) -> int:
        """Alerts about honest machines, of all alerts, rounded up."""
        return -(-1000 * (self.alerts - self.found) // max(self.alerts, 1))


def measured(planted: Planted, ladder: Ladder, signals: Signals, level: str = "warn") -> tuple[Score, list[Finding]]:
    """The score at the alert level `level` and above, and the alerts."""
    least = next(one.score for one in signals.levels if one.name == level)
    alerts = [one for one in findings(planted.trades, planted.register, ladder, signals) if one.score >= least]
    names = {one.machine for one in alerts}
    found = len(names & planted.hoppers)
    blamed = sum(_is_blamed(one) for one in alerts if one.machine in planted.tappers)
    score = Score(len(planted.register), len(planted.hoppers), len(alerts), found, len(planted.tappers), blamed)
    return score, alerts


def _is_blamed(alert: Finding) -> bool:
    fired = {one.rule.id for one in alert.fired}
    return "interchange" in fired and "tap" not in fired


def plant(seed: int, machines: int, ladder: Ladder) -> Planted:
    """A population from one seed."""
    rng = random.Random(seed)
    trades: list[Trade] = []
    register: dict[str, Registered] = {}
    hoppers, tappers = set(), set()
    for number in range(machines):
        machine = f"SN{number:08d}"
        shop = _Shop(rng, machine, ladder)
        register[machine] = Registered(shop.mcc, shop.province)
        if rng.random() < HOPPING_SHARE:
            hoppers.add(machine)
            trades.extend(shop.hopping())
        else:
            trades.extend(shop.honest())
            if shop.taps > 0.5:
                tappers.add(machine)
    return Planted(tuple(trades), register, frozenset(hoppers), frozenset(tappers))


class _Shop:
    """One machine and its merchant."""

    def __init__(self, rng: random.Random, machine: str, ladder: Ladder) -> None:
        self._rng, self._machine, self._ladder = rng, machine, ladder
        # one in eight is a supermarket or a station: cheap by right
        self.mcc = rng.choice(STANDARD if rng.random() < 0.875 else CHEAP[:3])
        self.province = rng.choice(sorted(PROVINCES))
        self.taps = rng.choice((0.1, 0.2, 0.3, 0.9))
        self._by_night = rng.random() < 0.05
        self._dear = 20 if rng.random() < 0.05 else 1
        trade = rng.choice(("餐厅", "商店", "酒店", "电器"))
        self._name = f"{rng.choice('东南西北福禄')}{rng.choice('风海山湖源泰')}{trade}{machine[-4:]}"
        self._number = self._made(self.mcc, self.province)

    def honest(self) -> Iterator[Trade]:
        """Trades with the noise of honest life."""
        rng = self._rng
        pooled = rng.random() < 0.06
        if pooled:
            self._number = self._made(rng.choice(STANDARD + CHEAP), self.province)
        changed = self._made(self.mcc, self.province) if rng.random() < 0.05 else self._number
        count = rng.randint(*TRADES)
        for at in range(count):
            trade = self._trade(self.mcc, self._number if at < count * 2 // 3 else changed)
            if rng.random() < TYPING_ERRORS:
                trade = replace(trade, field_mcc=rng.choice(STANDARD + CHEAP))
            if rng.random() < TYPING_ERRORS:
                trade = replace(trade, asked_name=self._name[:3])
            yield trade

    def hopping(self) -> Iterator[Trade]:
        """A part of the trades goes through merchants of a cheaper class, in one of four ways."""
        rng = self._rng
        self.taps = min(self.taps, 0.3)
        share, way = rng.uniform(0.15, 0.9), rng.choice(("open", "abroad", "silent", "many"))
        cheaper = [mcc for mcc in CHEAP if self._ladder.factor(mcc) < self._ladder.factor(self.mcc)]
        pool = [rng.choice(cheaper) for _ in range(rng.randint(1, 4))]
        numbers = [(mcc, self._made(mcc, self._elsewhere(way))) for mcc in pool]
        for _ in range(rng.randint(*TRADES)):
            if rng.random() >= share:
                yield self._trade(self.mcc, self._number)
                continue
            mcc, number = rng.choice(numbers)
            trade = self._trade(mcc, self._number if way == "silent" else number)
            told = self.mcc if way in ("silent", "abroad") else mcc
            name = self._name if way == "silent" else f"{mcc}超市加油站"
            yield replace(trade, field_mcc=told, slip_name=name, asked_name=name if way == "open" else self._name)

    def _elsewhere(self, way: str) -> str:
        return self._rng.choice(sorted(PROVINCES - {self.province})) if way == "abroad" else self.province

    def _made(self, mcc: str, province: str) -> str:
        rng = self._rng
        region = f"{province}01" if rng.random() < 0.5 else f"{CENTRES[province]}10"
        serial = f"A{rng.randrange(10**3):03d}" if rng.random() < 0.2 else f"{rng.randrange(10**4):04d}"
        return f"{rng.choice(('898', '102', '822'))}{region}{mcc}{serial}"

    def _trade(self, mcc: str, number: str) -> Trade:
        rng = self._rng
        middle = SIZES.get(self.mcc, 15_000) * self._dear
        amount = max(int(middle * rng.lognormvariate(0, 0.9)), 1)
        entry = "tap" if rng.random() < self.taps else "insert"
        card_type = rng.choice(("credit", "debit"))
        hour = rng.choice((22, 23, 0, 1, 2)) if self._by_night else rng.randint(9, 21)
        cost = self._ladder.cost(amount, card_type, mcc, DAY)
        issuer, network = (cost.issuer_fee_fen, cost.network_fee_fen) if cost else (0, 0)
        if entry == "tap" and amount <= TAP_FEN_MAX:
            issuer, network = int(issuer * TAP_FACTOR), int(network * TAP_FACTOR)
        return Trade(
            self._machine, number, amount, DAY, hour, self.mcc, mcc, card_type, entry, issuer + network, self._name,
            self._name,
        )  # fmt: skip
