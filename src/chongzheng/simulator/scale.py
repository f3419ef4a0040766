"""Which durations does the demo shorten, and by how much? The real policy beside the one it runs with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chongzheng.journal.storage import LEASE_MS as REAL_LEASE_MS
from chongzheng.reversal.policy import Policy

REPLY_WAIT_MS = 400
TERMINAL_WAIT_MS = 900
REPEAT_AFTER_MS = (80, 160, 320, 640, 960)

SCALED: dict[str, int | tuple[int, ...]] = {
    "reply_wait_ms": REPLY_WAIT_MS,
    "terminal_wait_ms": TERMINAL_WAIT_MS,
    "deliver_wait_ms": 200,
    "repeat_after_ms": REPEAT_AFTER_MS,
    "not_found_after_ms": (100, 1_000, 3_000),
    "urgent_after_ms": 150,
    "reverse_for_ms": 9_000,
}
"""What a demo of a minute can wait for. Everything that is not named here is as in reality."""

LEASE_MS = 5_000
"""How long an engine on PostgreSQL may say nothing before the others take over; it bears a stall of a busy machine."""

VERSION = "demo"


@dataclass(frozen=True, slots=True)
class Shortened:
    """One setting: its real value, the value here (both ms, joined by commas), and the ratio of the (last) two."""

    name: str
    real: str
    here: str
    ratio: str


def shortened(on_postgresql: bool = False) -> Iterator[Shortened]:
    """Every setting that the demo changes, in the order of the table above; leases are there on PostgreSQL alone."""
    for name, here in SCALED.items():
        real = getattr(Policy(), name)
        last = (real[-1] // here[-1]) if isinstance(here, tuple) else real // here
        yield Shortened(name, _text(real), _text(here), f"1:{last}")
    if on_postgresql:
        yield Shortened("lease_ms", _text(REAL_LEASE_MS), _text(LEASE_MS), f"1:{REAL_LEASE_MS // LEASE_MS}")


def as_toml(scaled: Mapping[str, int | tuple[int, ...]] = SCALED) -> str:
    """The [policy] table of the engine's configuration."""
    lines = [f"{name} = {list(here) if isinstance(here, tuple) else here}" for name, here in scaled.items()]
    return "\n".join(["[policy]", f'version = "{VERSION}"', *lines]) + "\n"


def _text(value: int | tuple[int, ...]) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
