"""What does one simulated world consist of?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

from chongzheng.iso8583 import Message
from chongzheng.simulator import troubles, vices
from chongzheng.simulator.bank import Bank, Connection, Settings
from chongzheng.simulator.desk import Act, Desk, Dossier, fen_of
from chongzheng.simulator.fleet import Fleet
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import key_of
from chongzheng.simulator.troubles import Sale, Trouble
from chongzheng.simulator.virtual.events import Events
from chongzheng.simulator.virtual.files import Home
from chongzheng.simulator.virtual.loop import VirtualLoop
from chongzheng.simulator.virtual.machine import Machine
from chongzheng.simulator.virtual.network import TILL, Fabric
from chongzheng.simulator.virtual.watch import Watch
from chongzheng.simulator.virtual.weather import Weather

HONEST_SALE, HONEST_REVERSAL = vices.SALE_VICES[0], vices.REVERSAL_VICES[0]


class OverheardDesk(Desk):
    """The bank's clerk, whose vices are events. A vice belongs to terminal and amount, whatever the trace number is."""

    events: Events

    def _file(self, asked: Message) -> Dossier:
        key = key_of(asked)
        if key not in self.dossiers:
            fate = vices.fate(self.seed, Key(key.merchant, key.terminal, "", asked.text(4)))
            vice, place = fate.sale, f"{key.terminal} {fen_of(asked)}"
            if vice != HONEST_SALE and not self.events.allow(f"bank {place}", f"the bank: {vice.does} ({place})"):
                fate = replace(fate, sale=HONEST_SALE)
            self.dossiers[key] = Dossier(fate)
        return self.dossiers[key]

    def reversal(self, asked: Message, sign_ins: int) -> list[Act]:
        """A reversal: from here on it matters what the bank does with those of this payment."""
        dossier = self._file(asked)
        vice, place = dossier.fate.reversal, f"{asked.text(41)} {fen_of(asked)}"
        if vice != HONEST_REVERSAL and not dossier.reversals:
            words = f"the bank, of reversals: {vice.does} ({place})"
            if not self.events.allow(f"bank reversals {place}", words):
                dossier.fate = replace(dossier.fate, reversal=HONEST_REVERSAL)
        return super().reversal(asked, sign_ins)


class OverheardBank(Bank):
    """The bank, with somebody who hears every frame before and after it does."""

    overheard: Callable[[bytes, Callable[[], None]], None]

    def __init__(self, settings: Settings, events: Events) -> None:
        super().__init__(settings)
        self.events = events
        was = self.desk
        self.desk = desk = OverheardDesk(was.seed, was.day, was.next_day, was.wait_ms, was.moment)
        desk.events = events

    def hear(self, connection: Connection, payload: bytes) -> None:
        """A frame arrived."""
        self.overheard(payload, lambda: Bank.hear(self, connection, payload))

    def _go_down(self) -> None:
        sales = self.desk.counts["sales"]
        if self.events.allow(f"bank down {sales}", f"the bank closed its links, after {sales} sales"):
            super()._go_down()


class Shift(Protocol):
    """People who work beside the engine."""

    def begin(self) -> None:
        """Each at a time of their own."""

    async def finish(self) -> None:
        """Everything that they began is brought to its end, and looked at."""


@dataclass(slots=True)
class World:
    """One seed in the making."""

    seed: int
    weather: Weather
    payments: int
    loop: VirtualLoop
    fabric: Fabric
    home: Home
    bank: OverheardBank
    machine: Machine
    fleet: Fleet
    watch: Watch
    dice: Random
    events: Events
    stopping: bool = False
    healed: bool = False
    """Whether no more harm is done."""
    givers: Shift | None = None
    """Whoever gives money back, where somebody does."""
    file_pause_ms: int = 1_500
    """How long nothing else is given to the engine once it has taken a file."""


def sale_of(events: Events) -> Callable[[int, str, str, int], Sale | None]:
    """What a terminal sells next, unless it is left out; its troubles are events."""

    def draw(seed: int, merchant: str, terminal: str, number: int) -> Sale | None:
        place = f"{TILL}{terminal} {number}"
        if not events.makes(place):
            return None
        sale = troubles.sale(seed, merchant, terminal, number)
        if sale.trouble is Trouble.NONE or events.allow(f"trouble {place}", f"{place}: {sale.trouble}"):
            return sale
        return replace(sale, trouble=Trouble.NONE)

    return draw
