"""What is a planted bug, and how does it get into the code of this process, and only of a simulated world?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from chongzheng.mistakes import OurMistake
from chongzheng.simulator import vices as of_the_bank
from chongzheng.simulator.clerks.trial import Trial
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.swapping import Patch, swapped
from chongzheng.simulator.vices import REVERSAL_VICES, SALE_VICES, Fate, digest
from chongzheng.simulator.virtual.weather import Weather
from chongzheng.simulator.virtual.world import World

PROTOCOL, ENGINE, JOURNAL, SETTLEMENT, RECOVERY = "protocol", "engine", "journal", "settlement", "recovery"
CASES, REFUNDS = "cases", "refunds"
LAYERS = (PROTOCOL, ENGINE, JOURNAL, SETTLEMENT, RECOVERY, CASES, REFUNDS)
CALM = Weather(bank_seed=1)
KILLING = Weather(kills=6, bank_seed=1, down_ms=50)
CUTTING = Weather(kills=6, cuts=6, bank_seed=1, down_ms=50)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: its layer, what is wrong, and the patches that make it; `vices`: how the bank treats half of the payments
    (a sale's and a reversal's, "" for any), so that the bug has its occasion. Bugs of the layer CASES are hunted in
    trials of people, which have no weather."""

    name: str
    layer: str
    says: str
    patches: Callable[[], tuple[Patch, ...]] = field(repr=False)
    weather: Weather = CALM
    vices: tuple[str, str] = ("", "")


@contextmanager
def planted(mutant: Mutant, world: World | Trial | None) -> Iterator[None]:
    """While it lasts, the code of this process has the bug. OurMistake outside a simulated world, and where the code
    that it changes is not there."""
    fresh = (isinstance(world, World) and not world.machine.starts) or (isinstance(world, Trial) and not world.begun)
    if not fresh:
        raise OurMistake("a bug may be planted only in a simulated world that has not begun", mutant.name)
    with swapped(mutant.patches()):
        yield


def treatment(vices: tuple[str, str]) -> tuple[Patch, ...]:
    """How the bank is made to treat half of the payments."""
    drawn = of_the_bank.fate
    sales = {vice.name: vice for vice in SALE_VICES}
    reversals = {vice.name: vice for vice in REVERSAL_VICES}

    def fate(seed: int, key: Key) -> Fate:
        one, (sale, reversal) = drawn(seed, key), vices
        if digest(seed, "treatment", key) % 2:
            return one
        if sale:
            one = replace(one, sale=sales[sale], sale_code=(sales[sale].codes or ("00",))[0])
        if reversal:
            one = replace(one, reversal=reversals[reversal], reversal_code=(reversals[reversal].codes or ("00",))[0])
        return one

    return ((of_the_bank, "fate", fate),) if any(vices) else ()
