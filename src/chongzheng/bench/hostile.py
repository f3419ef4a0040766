"""How much do slow and hostile clients take from honest terminals, in throughput, in time, and in our memory?

The same honest terminals sell twice to the same engine: alone, then in the middle of the crowd. Everybody shares this
machine's processors, the crowd too: what it costs to make the attack is part of what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chongzheng.bench import load_place
from chongzheng.bench.load_orders import Helper
from chongzheng.bench.load_place import MODULE, Engine, Place

MIB = 1 << 10
"""Kilobytes, as the system gives them, in a mebibyte."""
SPARE = 2

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Siege:
    """`terminals` honest ones sell at `rate` a second for `seconds`, twice; `clients` hostile ones in the second run.

    In a third run both times they sell `flood` sales as fast as answers come.
    """

    clients: int
    terminals: int
    rate: int
    seconds: int
    flood: int


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


async def measure(folder: Path, siege: Siege, say: Say) -> dict[str, Any]:
    """The figures, on SQLite in `folder`."""
    place = load_place.make(folder, siege.terminals, "")
    bank, address = await load_place.start_bank(place)
    load_place.configure(place, address)
    engine, fleet = Watched(place), Helper(folder / "terminals.log", "-m", f"{MODULE}.load_terminals")
    crowd = Helper(folder / "crowd.log", "-m", f"{MODULE}.hostile_crowd")
    try:
        await engine.start()
        await engine.started()
        await fleet.start()
        await crowd.start()
        await _ready(place, siege, fleet, engine)
        say("honest terminals alone")
        alone = await _sold(siege, fleet)
        calm_mib = engine.memory_mib("VmRSS")
        say("hostile clients dial")
        await crowd.order("attack", address=engine.address, clients=siege.clients)
        say("honest terminals in the crowd")
        besieged = await _sold(siege, fleet)
        seen = await crowd.order("report")
        engine.refuse_if_gone()
        return _figures(siege, alone, besieged, seen, calm_mib, engine.memory_mib("VmHWM"))
    finally:
        await crowd.stop()
        await fleet.stop()
        await engine.stop()
        await bank.stop()


async def _ready(place: Place, siege: Siege, fleet: Helper, engine: Engine) -> None:
    keys = [key.hex() for key in place.master_keys]
    await fleet.order("dial", address=engine.address, terminals=siege.terminals, master_keys=keys)
    sales = 2 * (siege.rate * siege.seconds + siege.flood)
    await fleet.order("load", sales_each=sales // siege.terminals + 2 * SPARE + 1)


async def _sold(siege: Siege, fleet: Helper) -> dict[str, dict[str, Any]]:
    pace = await fleet.order("pace", rate=siege.rate, seconds=siege.seconds)
    flood = await fleet.order("flood", sales=siege.flood, in_flight=1)
    return {"pace": pace, "flood": flood}


def _figures(
    siege: Siege,
    alone: dict[str, dict[str, Any]],
    besieged: dict[str, dict[str, Any]],
    seen: dict[str, Any],
    calm_mib: float,
    peak_mib: float,
) -> dict[str, Any]:
    def per_s(run: dict[str, Any]) -> float:
        return float(run["codes"].get("00", 0) / run["seconds"])

    def refused(runs: dict[str, dict[str, Any]]) -> int:
        return sum(run["answers"] - run["codes"].get("00", 0) for run in runs.values())

    return {
        "clients": siege.clients,
        "connected": sum(seen["connected"].values()),
        "connected_by_vice": seen["connected"],
        "cut_by_vice": seen["cut"],
        "dials": seen["dials"],
        "terminals": siege.terminals,
        "rate": siege.rate,
        "alone_per_s": round(per_s(alone["pace"])),
        "besieged_per_s": round(per_s(besieged["pace"])),
        "share_kept": round(per_s(besieged["pace"]) / per_s(alone["pace"]), 3),
        "alone_refused": refused(alone),
        "besieged_refused": refused(besieged),
        "alone_p99_ms": round(alone["pace"]["p99_ms"], 1),
        "besieged_p99_ms": round(besieged["pace"]["p99_ms"], 1),
        "alone_full_per_s": round(per_s(alone["flood"])),
        "besieged_full_per_s": round(per_s(besieged["flood"])),
        "share_kept_full": round(per_s(besieged["flood"]) / per_s(alone["flood"]), 3),
        "calm_mib": round(calm_mib),
        "peak_mib": round(peak_mib),
    }
