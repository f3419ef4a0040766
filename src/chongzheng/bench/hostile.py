"""How much do slow and hostile clients take from honest terminals, in throughput, in time, and in our memory?

The same honest terminals sell to the same engine in short slices, alone and in the middle of the crowd in turn (alone,
crowd, crowd, alone, …), and each pair of neighbours gives one ratio; what is told is their median. So neither a
growing journal nor a neighbour on the machine is taken for the crowd.

The crowd's own processor time is the attackers', not ours: its process is nicer than all others, and is shown. As a
check that it was not thereby silenced, `attack_kept` says how much of what it dialled and said while the terminals
sold slowly it still did while they sold at full speed. `share_kept_cpu` is the other way to look: sales for each second
of the engine's own processor time, which no neighbour can change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from chongzheng.bench import load_place
from chongzheng.bench.load_orders import Helper
from chongzheng.bench.load_place import MODULE, Engine, Place

MIB = 1 << 10
"""Kilobytes, as the system gives them, in a mebibyte."""
SPARE = 2
WARM_UP = 4
"""The first sales of all, a quarter of a slice's, are not measured."""

Say = Callable[[str], None]
Run = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Siege:
    """`terminals` honest ones sell, `rounds` times alone and as often among `clients` hostile ones: `rate` a second for
    `seconds`, then `flood` sales as fast as answers come."""

    clients: int
    terminals: int
    rate: int
    seconds: int
    flood: int
    rounds: int


@dataclass(slots=True)
class Slice:
    """What one slice brought: at the given rate, at full speed; seconds of processor time of the engine at full speed;
    by how much its memory grew; what the crowd did meanwhile (reports before, between, after), if it was there."""

    pace: Run
    flood: Run
    engine_s: float
    grown_mib: float
    crowd: list[Run] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        """Approved sales a second at the given rate."""
        return float(self.pace["codes"].get("00", 0) / self.pace["seconds"])

    @property
    def full_per_s(self) -> float:
        """The same at full speed."""
        return float(self.flood["codes"].get("00", 0) / self.flood["seconds"])

    @property
    def per_engine_s(self) -> float:
        """Approved sales for a second of the engine's processor time; the clock's where the system does not tell."""
        return float(self.flood["codes"].get("00", 0) / (self.engine_s or self.flood["seconds"]))

    @property
    def refused(self) -> int:
        """Sales that were not approved."""
        return sum(int(run["answers"] - run["codes"].get("00", 0)) for run in (self.pace, self.flood))

    def deeds_per_s(self, part: int) -> float:
        """What the crowd dialled and said a second during the pace (0) or at full speed (1)."""
        before, after = self.crowd[part], self.crowd[part + 1]
        done = sum(after[what] - before[what] for what in ("dials", "words"))
        return float(done / (self.pace, self.flood)[part]["seconds"])


class Watched(Engine):
    """An engine whose memory is looked at."""

    def memory_mib(self, what: str) -> float:
        """`VmHWM` (the most there ever was) or `VmRSS` (now); 0 where the system does not tell."""
        try:
            text = Path(f"/proc/{self._process.pid}/status").read_text("ascii") if self._process else ""
        except OSError:
            return 0.0
        found = [line.split()[1] for line in text.splitlines() if line.startswith(f"{what}:")]
        return int(found[0]) / MIB if found else 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who takes part."""

    siege: Siege
    engine: Watched
    fleet: Helper
    crowd: Helper


async def measure(folder: Path, siege: Siege, say: Say) -> dict[str, Any]:
    """The figures, on SQLite in `folder`."""
    place = load_place.make(folder, siege.terminals, "")
    bank, address = await load_place.start_bank(place)
    load_place.configure(place, address)
    fleet = Helper(folder / "terminals.log", "-m", f"{MODULE}.load_terminals")
    crowd = Helper(folder / "crowd.log", "-m", f"{MODULE}.hostile_crowd")
    here = Field(siege, Watched(place), fleet, crowd)
    try:
        await here.engine.start()
        await here.engine.started()
        await fleet.start()
        await crowd.start()
        await _ready(place, here)
        calm_mib = here.engine.memory_mib("VmRSS")
        alone, besieged = await _fought(here, say)
        here.engine.refuse_if_gone()
        return _figures(siege, alone, besieged, calm_mib, here.engine.memory_mib("VmHWM"))
    finally:
        await crowd.stop()
        await fleet.stop()
        await here.engine.stop()
        await bank.stop()


async def _ready(place: Place, here: Field) -> None:
    siege = here.siege
    keys = [key.hex() for key in place.master_keys]
    await here.fleet.order("dial", address=here.engine.address, terminals=siege.terminals, master_keys=keys)
    sales = 2 * siege.rounds * (siege.rate * siege.seconds + siege.flood) + siege.flood // WARM_UP
    await here.fleet.order("load", sales_each=sales // siege.terminals + (4 * siege.rounds + 1) * SPARE)
    await here.fleet.order("flood", sales=max(1, siege.flood // WARM_UP), in_flight=1)


async def _fought(here: Field, say: Say) -> tuple[list[Slice], list[Slice]]:
    """All slices; neighbours of the same number belong together."""
    alone: list[Slice] = []
    besieged: list[Slice] = []
    for number in range(here.siege.rounds):
        attacked_first = number % 2 == 1
        if attacked_first:
            besieged.append(await _besieged(here, say))
            await here.crowd.order("rest")
        say(f"honest terminals alone, {number + 1} of {here.siege.rounds}")
        alone.append(await _sold(here))
        if not attacked_first:
            say("hostile clients dial")
            await here.crowd.order("attack", address=here.engine.address, clients=here.siege.clients)
            besieged.append(await _besieged(here, say))
    return alone, besieged


async def _besieged(here: Field, say: Say) -> Slice:
    say("honest terminals in the crowd")
    return await _sold(here, is_besieged=True)


async def _sold(here: Field, is_besieged: bool = False) -> Slice:
    siege, reports = here.siege, []

    async def look() -> None:
        if is_besieged:
            reports.append(await here.crowd.order("report"))

    begun_mib = here.engine.memory_mib("VmRSS")
    await look()
    pace = await here.fleet.order("pace", rate=siege.rate, seconds=siege.seconds)
    await look()
    begun_s = here.engine.used_s()
    flood = await here.fleet.order("flood", sales=siege.flood, in_flight=1)
    engine_s = here.engine.used_s() - begun_s
    await look()
    return Slice(pace, flood, engine_s, here.engine.memory_mib("VmRSS") - begun_mib, reports)


def _figures(
    siege: Siege, alone: list[Slice], besieged: list[Slice], calm_mib: float, peak_mib: float
) -> dict[str, Any]:
    def kept(what: str) -> list[float]:
        return [getattr(after, what) / getattr(before, what) for before, after in zip(alone, besieged, strict=True)]

    def middle(slices: list[Slice], what: str) -> float:
        return median(getattr(one, what) for one in slices)

    last = besieged[-1].crowd[-1]
    crowd_s = sum(one.crowd[2]["used_s"] - one.crowd[1]["used_s"] for one in besieged)
    return {
        "clients": siege.clients,
        "connected": sum(last["connected"].values()),
        "connected_by_vice": last["connected"],
        "cut_by_vice": last["cut"],
        "dials": last["dials"],
        "terminals": siege.terminals,
        "rate": siege.rate,
        "rounds": siege.rounds,
        "alone_per_s": round(middle(alone, "per_s")),
        "besieged_per_s": round(middle(besieged, "per_s")),
        "share_kept": round(median(kept("per_s")), 3),
        "alone_refused": sum(one.refused for one in alone),
        "besieged_refused": sum(one.refused for one in besieged),
        "alone_p99_ms": round(median(one.pace["p99_ms"] for one in alone), 1),
        "besieged_p99_ms": round(median(one.pace["p99_ms"] for one in besieged), 1),
        "alone_full_per_s": round(middle(alone, "full_per_s")),
        "besieged_full_per_s": round(middle(besieged, "full_per_s")),
        "share_kept_full": round(median(kept("full_per_s")), 3),
        "shares_kept_full": [round(share, 3) for share in kept("full_per_s")],
        "share_kept_cpu": round(median(kept("per_engine_s")), 3),
        "attack_kept": round(median(one.deeds_per_s(1) / max(one.deeds_per_s(0), 1) for one in besieged), 3),
        "crowd_processors": round(crowd_s / sum(one.flood["seconds"] for one in besieged), 3),
        "calm_mib": round(calm_mib),
        "alone_grown_mib": round(sum(one.grown_mib for one in alone)),
        "besieged_grown_mib": round(sum(one.grown_mib for one in besieged)),
        "peak_mib": round(peak_mib),
    }
