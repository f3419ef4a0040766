"""How many times as fast as pyiso8583 does our codec read and write the same POS frames?

Both libraries read whole bodies to the same values and write the same bytes back; that is checked before the clock
starts. They take turns round by round, and a ratio is the median of the ratios of neighbouring rounds, so that what
else the machine does weighs on both alike.
"""

import platform
import statistics
from collections.abc import Callable
from time import perf_counter_ns
from types import ModuleType
from typing import Any

from chongzheng.bench.frames import FRAMES
from chongzheng.iso8583 import Message, dialect
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.simulator.fuzz.second import spec_of

ROUND_PASSES = 20  # passes over all frames in one round
ROUNDS_MIN = 5


def _their_library() -> ModuleType:
    try:
        import iso8583
    except ImportError:
        raise TheirMistake("is not installed, pip install pyiso8583", "pyiso8583") from None
    return iso8583


def _as_theirs(msg: Message) -> dict[str, str]:
    values = {str(n): v.hex().upper() if isinstance(v, bytes) else v for n, v in msg.fields.items()}
    return {"t": msg.mti, **values}


def _check_same(bodies: list[bytes], library: ModuleType, spec: dict[str, Any]) -> tuple[list[Message], list[Any]]:
    """The messages of both libraries, after it is certain that values and bytes agree."""
    ours, theirs = [], []
    for body in bodies:
        mine = dialect("cup-pos").decode(body)
        decoded, _ = library.decode(body, spec)
        if {k: v for k, v in decoded.items() if k not in ("h", "p", "1")} != _as_theirs(mine):
            raise OurMistake("the two libraries read a frame differently", "bench codec")
        encoded, _ = library.encode(decoded, spec)
        if bytes(encoded) != body or dialect("cup-pos").encode(mine) != body:
            raise OurMistake("a library does not write a frame back as it was", "bench codec")
        ours.append(mine)
        theirs.append(decoded)
    return ours, theirs


def _round_us(work: Callable[[Any], object], items: list[Any]) -> float:
    """Microseconds an item, over some passes."""
    begin = perf_counter_ns()
    for _ in range(ROUND_PASSES):
        for item in items:
            work(item)
    return (perf_counter_ns() - begin) / 1000 / ROUND_PASSES / len(items)


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.median(their / our for their, our in zip(theirs, ours, strict=True))


def measure(seconds: float) -> dict[str, Any]:
    """Medians in microseconds a message, and how many times as long pyiso8583 takes; runs for about `seconds`."""
    library, spec = _their_library(), spec_of(dialect("cup-pos").layout)
    bodies = [bytes.fromhex(text) for text in FRAMES]
    messages, documents = _check_same(bodies, library, spec)
    ours = dialect("cup-pos")
    contests: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "decode": (ours.decode, bodies),
        "their_decode": (lambda body: library.decode(body, spec), bodies),
        "encode": (ours.encode, messages),
        "their_encode": (lambda document: library.encode(document, spec), documents),
    }
    times: dict[str, list[float]] = {name: [] for name in contests}
    deadline = perf_counter_ns() + int(seconds * 1e9)
    while perf_counter_ns() < deadline or len(times["decode"]) < ROUNDS_MIN:
        for name, (work, items) in contests.items():
            times[name].append(_round_us(work, items))
    median = {name: statistics.median(rounds) for name, rounds in times.items()}
    return {
        "decode_us": round(median["decode"], 3),
        "encode_us": round(median["encode"], 3),
        "decode_ratio": round(_ratio(times["their_decode"], times["decode"]), 2),
        "encode_ratio": round(_ratio(times["their_encode"], times["encode"]), 2),
        "frames": len(bodies),
        "rounds": len(times["decode"]),
        "python": platform.python_version(),
    }
