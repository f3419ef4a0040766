"""How many durable sales a second pass from terminals through the engine to the bank and back, and how late?

The same terminals and the same bank are first connected by a bare relay, which is the limit, then by the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chongzheng.bench import load_place
from chongzheng.bench.load_orders import Helper
from chongzheng.bench.load_place import MODULE, Engine, Place
from chongzheng.mistakes import OurMistake

PACE_PER_S = 2_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Load:
    """So many sales at full speed over so many terminals; then PACE_PER_S for so many seconds."""

    sales: int
    terminals: int
    in_flight: int
    pace_s: int


async def measure(folder: Path, load: Load, database: str, say: Say) -> dict[str, Any]:
    """The figures. `database` empty: SQLite in `folder`."""
    place = load_place.make(folder, load.terminals, database)
    bank, address = await load_place.start_bank(place)
    fleet = Helper(folder / "terminals.log", "-m", f"{MODULE}.load_terminals")
    try:
        await fleet.start()
        say("bare relay")
        bare = await _bare(place, load, fleet, address)
        say("engine")
        ours = await _ours(place, load, fleet, address)
        stats = await bank.order("stats")
    finally:
        await fleet.stop()
        await bank.stop()
    if stats["bad_macs"]:
        raise OurMistake(f"the bank saw {stats['bad_macs']} wrong MACs", "bench relay")
    return _figures(database, bare, ours)


async def _bare(place: Place, load: Load, fleet: Helper, bank: str) -> dict[str, Any]:
    relay = Helper(place.folder / "bare.log", "-m", f"{MODULE}.relay_bare")
    try:
        await relay.start()
        address = (await relay.order("listen", bank=bank))["address"]
        await fleet.order("dial", address=address, terminals=load.terminals, mak=place.mak.hex())
        await fleet.order("load", sales_each=load.sales // load.terminals + load.in_flight)
        return _good(await fleet.order("flood", sales=load.sales, in_flight=load.in_flight))
    finally:
        await relay.stop()


async def _ours(place: Place, load: Load, fleet: Helper, bank: str) -> dict[str, dict[str, Any]]:
    load_place.configure(place, bank)
    engine = Engine(place)
    try:
        await engine.start()
        await engine.started()
        keys = [key.hex() for key in place.master_keys]
        await fleet.order("dial", address=engine.address, terminals=load.terminals, master_keys=keys)
        paced = PACE_PER_S * load.pace_s
        each = (load.sales + paced) // load.terminals + load.in_flight + 1
        await fleet.order("load", sales_each=each)
        begun = engine.used_s()
        flood = _good(await fleet.order("flood", sales=load.sales, in_flight=load.in_flight))
        flood["engine_cpu_s"] = engine.used_s() - begun
        pace = await fleet.order("pace", rate=PACE_PER_S, seconds=load.pace_s)
        return {"flood": flood, "pace": pace}
    finally:
        await engine.stop()


def _good(run: dict[str, Any]) -> dict[str, Any]:
    """Only approvals count; anything else is not a measurement."""
    if run["codes"] != {"00": run["answers"]}:
        raise OurMistake(f"not every sale was approved: {run['codes']}", "bench relay")
    return run


def _figures(database: str, bare: dict[str, Any], ours: dict[str, dict[str, Any]]) -> dict[str, Any]:
    flood, pace = ours["flood"], ours["pace"]
    per_s, bare_per_s = flood["answers"] / flood["seconds"], bare["answers"] / bare["seconds"]
    return {
        "db": "postgresql" if database else "sqlite",
        "sales": flood["answers"],
        "sales_per_s": round(per_s),
        "bare_relay_per_s": round(bare_per_s),
        "share_of_bare": round(per_s / bare_per_s, 3),
        "p50_ms_at_2000": round(pace["p50_ms"], 2),
        "p99_ms_at_2000": round(pace["p99_ms"], 2),
        "refused_at_2000": pace["answers"] - pace["codes"].get("00", 0),
        "max_ms_at_2000": round(pace["max_ms"], 2),
        "p99_ms_at_full": round(flood["p99_ms"], 1),
        "engine_cpu_us": round(flood["engine_cpu_s"] / flood["answers"] * 1e6, 1),
        "terminals_cpu_us": round(flood["cpu_s"] / flood["answers"] * 1e6, 1),
    }
