"""How bad is the world of this seed? Half of all troubles are off in each, the rest is drawn anew.

Rates are per mille, durations virtual milliseconds. `told` prints what is on, so that a red seed can be read.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random

PER_MILLE = 1_000


@dataclass(frozen=True, slots=True)
class Weather:
    """What may happen, and how often. 0: it does not.

    Network: `delay_ms` at most on each hop and a `tail_per_mille` of `tail_ms`; whole writes swallowed or replayed by
    a box in the middle, cut into pieces, or followed by a reset; `clogs` directions stop for `clog_ms`, `swizzles`
    times several stop one by one and go on in another order. Machines: `kills` of the engine, of them `cuts` of the
    power; it is down for at most `down_ms`; `stalls`: a process is not run for at most `stall_ms`; `jumps` of the
    engine's clock. Disk: `fills` times there is no room for a while, `sick_disk`: so often a sync fails for good.
    Files: late, cut, given twice, or with a wrong trailer. `hasty`: of a thousand scheduling choices, how many are
    the usual one. `operators` act on payments, `races` of them twice at once; `refunds` times people begin to give
    money back.
    """

    delay_ms: int = 2
    tail_per_mille: int = 0
    tail_ms: int = 0
    swallow_per_mille: int = 0
    replay_per_mille: int = 0
    fragment_per_mille: int = 0
    reset_per_mille: int = 0
    clogs: int = 0
    clog_ms: int = 0
    swizzles: int = 0
    kills: int = 0
    cuts: int = 0
    down_ms: int = 200
    half_open: bool = False
    stalls: int = 0
    stall_ms: int = 0
    jumps: int = 0
    fills: int = 0
    sick_disk: int = 0
    file_late: bool = False
    file_cut: bool = False
    file_twice: bool = False
    file_wrong: bool = False
    operators: int = 0
    races: int = 0
    hasty: int = 500
    bank_seed: int = 0
    refunds: int = 0

    def told(self) -> str:
        """What is on, as `name=value` words."""
        usual = Weather()
        words = ((one.name, getattr(self, one.name)) for one in fields(self))
        return " ".join(f"{name}={int(value)}" for name, value in words if value != getattr(usual, name))


def draw(seed: int) -> Weather:
    """The weather of a seed: each trouble on with one half, and how strong it is."""
    dice = Random(f"weather {seed}")

    def maybe(low: int, high: int) -> int:
        strength = dice.randint(low, high)
        return strength if dice.random() < 0.5 else 0

    kills = maybe(1, 6)
    return Weather(
        delay_ms=dice.choice((1, 2, 5, 20, 60)),
        tail_per_mille=maybe(1, 50),
        tail_ms=dice.randint(200, 1_500),
        swallow_per_mille=maybe(1, 60),
        replay_per_mille=maybe(1, 100),
        fragment_per_mille=maybe(10, PER_MILLE),
        reset_per_mille=maybe(1, 20),
        clogs=maybe(1, 5),
        clog_ms=dice.randint(50, 2_500),
        swizzles=maybe(1, 2),
        kills=kills,
        cuts=dice.randint(0, kills),
        down_ms=dice.choice((1, 50, 300, 1_500)),
        half_open=dice.random() < 0.3,
        stalls=maybe(1, 4),
        stall_ms=dice.randint(20, 3_000),
        jumps=maybe(1, 2),
        fills=maybe(1, 2) if dice.random() < 0.4 else 0,
        sick_disk=int(dice.random() < 0.05),
        file_late=dice.random() < 0.3,
        file_cut=dice.random() < 0.2,
        file_twice=dice.random() < 0.3,
        file_wrong=dice.random() < 0.2,
        operators=maybe(1, 6),
        races=dice.randint(0, 2),
        hasty=dice.choice((1_000, 900, 500, 0)),
        bank_seed=seed,
        refunds=maybe(4, 14),  # drawn last: the other weather of a seed is what it was before people gave back
    )
