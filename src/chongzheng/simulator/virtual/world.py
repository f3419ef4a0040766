"""What does one simulated world consist of?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chongzheng.simulator.bank import Bank, Connection
from chongzheng.simulator.fleet import Fleet
from chongzheng.simulator.virtual.files import Home
from chongzheng.simulator.virtual.loop import VirtualLoop
from chongzheng.simulator.virtual.machine import Machine
from chongzheng.simulator.virtual.network import Fabric
from chongzheng.simulator.virtual.watch import Watch
from chongzheng.simulator.virtual.weather import Weather


class OverheardBank(Bank):
    """The bank, with somebody who hears every frame before and after it does."""

    overheard: Callable[[bytes, Callable[[], None]], None]

    def hear(self, connection: Connection, payload: bytes) -> None:
        """A frame arrived."""
        self.overheard(payload, lambda: Bank.hear(self, connection, payload))


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
    stopping: bool = False
