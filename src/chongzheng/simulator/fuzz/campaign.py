"""What happens to millions of mutants? One number decides each; both cores share them."""

from __future__ import annotations

import json
import multiprocessing
import resource
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter_ns
from typing import Any

from chongzheng.iso8583 import DIALECTS, Dialect, dialect, one_frame
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fuzz import documents, mutations, promises
from chongzheng.simulator.fuzz.beyond import beyond
from chongzheng.simulator.fuzz.corpus import Start, corpus, wrap
from chongzheng.simulator.fuzz.second import Second, is_installed

WHOLE_EVERY = 8
"""So many cases share one that also meets what stands behind the decoder, and the second library."""
CHIP_EVERY, DOCUMENT_EVERY = 11, 499
"""Every so many cases is one of chip data alone, or a document of another door."""
WRAPPED_BADLY = 0.1
FAULTS_MAX = 20
SEED_SHIFT = 64
WARM = 0.25
"""The part of a run after which caches are as full as they get: memory must not grow from there on."""

LOOK_EVERY_S = 1

Given = Sequence[tuple[str, bytes]]
Say = Callable[[int], None]
_done: Any = None
"""In a worker: how many cases all of them have done."""


def silent(cases: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A case that broke a promise, and all that is needed to see it again."""

    seed: int
    case: int
    lane: str
    hex: str
    what: str


@dataclass(slots=True)
class Tally:
    """What came of some cases. `compared`: how many the second library saw too; `slowest_us`: of one case."""

    cases: int = 0
    frames: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    slowest_us: int = 0
    slowest_case: int = 0
    growth_kib: int = 0
    resident_kib: int = 0
    uncaught: int = 0
    faults: list[Fault] = field(default_factory=list)


class Fuzzer:
    """Runs single cases; the same seed and number give the same case in every process."""

    def __init__(self, seed: int, given: Given = (), folder: Path | None = None) -> None:
        self._seed = seed
        self._corpus = corpus(Random(seed), given)
        self._second = Second() if is_installed() else None
        self._desk = documents.Desk(seed, folder) if folder is not None else None
        self._dice = Random()
        self.compared = 0

    def close(self) -> None:
        """What the documents' desk holds."""
        if self._desk is not None:
            self._desk.close()

    def make(self, case: int) -> tuple[str, bytes]:
        """The lane of a case and its bytes."""
        self._dice.seed(self._seed << SEED_SHIFT | case)
        if self._desk is not None and case % DOCUMENT_EVERY == 0:
            return self._desk.make(case // DOCUMENT_EVERY, self._dice)
        if case % CHIP_EVERY == 0:
            return "tlv", mutations.bad_chip(self._dice)
        name = DIALECTS[case % len(DIALECTS)]
        starts = self._corpus[name]
        one = self._dice.choice(starts)
        return name, self._on_the_wire(one, mutations.mutant(self._dice, one, starts))

    def _on_the_wire(self, one: Start, body: bytes) -> bytes:
        data = wrap(one.dialect, body or b"\0")
        return mutations.spoil(self._dice, data) if self._dice.random() < WRAPPED_BADLY else data

    def take(self, case: int, lane: str, data: bytes) -> bool:
        """Whether it was accepted. Any exception is a fault."""
        if lane == "tlv":
            return promises.chip(data)
        if lane not in DIALECTS:
            return self._desk is not None and self._desk.take(lane, data)
        is_whole = case % WHOLE_EVERY == 0
        if is_whole:
            promises.piecewise(data, self._dice)
        taken = [self._message(dialect(lane), payload, case, is_whole) for payload in promises.payloads(data)]
        return any(taken)

    def _message(self, spoken: Dialect, payload: bytes, case: int, is_whole: bool) -> bool:
        try:
            body = promises.body_of(spoken, payload)
        except TheirMistake as mistake:
            promises.refused(mistake)
            return False
        msg = promises.understood(spoken, body)
        if is_whole:
            if self._second is not None:
                self.compared += self._second.agrees(spoken.name, body, msg)
            if msg is not None:
                promises.kept(spoken, body, msg, case // WHOLE_EVERY)
                beyond(spoken.name, payload, body)
        return msg is not None


def run(fuzzer: Fuzzer, seed: int, cases: Iterable[int], warm: int, say: Say = silent) -> Tally:
    """All these cases. `warm`: after so many the memory is looked at for the first time; `say` hears of every 1,000."""
    tally, begun_kib = Tally(), 0
    for case in cases:
        if tally.cases == warm:
            begun_kib = resident_kib()
        one(fuzzer, seed, case, tally)
        if tally.cases % 1_000 == 0:
            say(1_000)
    tally.resident_kib = resident_kib()
    tally.growth_kib = max(0, tally.resident_kib - begun_kib) if begun_kib else 0
    tally.compared = fuzzer.compared
    return tally


def one(fuzzer: Fuzzer, seed: int, case: int, tally: Tally) -> None:
    """One case, counted; whatever it breaks becomes a fault."""
    lane, data = "", b""
    begin = perf_counter_ns()
    try:
        lane, data = fuzzer.make(case)
        begin = perf_counter_ns()
        (tally.accepted if fuzzer.take(case, lane, data) else tally.refused)[lane] += 1
    except Exception as error:  # noqa: BLE001 - whatever comes out is what we are looking for
        tally.uncaught += 1
        if len(tally.faults) < FAULTS_MAX:
            tally.faults.append(Fault(seed, case, lane, data.hex(), _told(error)))
    took_us = (perf_counter_ns() - begin) // 1_000
    if took_us > tally.slowest_us:
        tally.slowest_us, tally.slowest_case = took_us, case
    tally.cases += 1
    tally.frames += lane in DIALECTS


def _told(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"


def resident_kib() -> int:
    """How much memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def cases_for(frames: int) -> int:
    """So many cases hold at least so many frames; the others are chip data and documents."""
    one_in = CHIP_EVERY * DOCUMENT_EVERY
    return -(-frames * one_in // ((CHIP_EVERY - 1) * (DOCUMENT_EVERY - 1))) + one_in


def campaign(frames: int, seed: int, workers: int = 2, given: Given = (), say: Say = silent) -> dict[str, Any]:
    """At least so many frames on so many processes; the figures. `say` hears how many cases more are done."""
    begin, cases = perf_counter_ns(), cases_for(frames)
    if workers == 1:
        tallies = [_share(seed, range(cases), given, say)]
    else:
        tallies = _shared_out(seed, cases, workers, given, say)
    return _figures(tallies, seed, (perf_counter_ns() - begin) / 1e9)


def _shared_out(seed: int, cases: int, workers: int, given: Given, say: Say) -> list[Tally]:
    context = multiprocessing.get_context("spawn")
    done, told = context.Value("q", 0), 0
    with context.Pool(workers, _begin, (done,)) as pool:
        shares = [(seed, range(first, cases, workers), given) for first in range(workers)]
        waiting = pool.starmap_async(_counted, shares)
        while not waiting.ready():
            waiting.wait(LOOK_EVERY_S)
            say(done.value - told)
            told = done.value
        return waiting.get()


def _begin(done: Any) -> None:
    global _done
    _done = done


def _counted(seed: int, cases: range, given: Given) -> Tally:
    return _share(seed, cases, given, _count)


def _count(cases: int) -> None:
    with _done.get_lock():
        _done.value += cases


def _share(seed: int, cases: range, given: Given, say: Say) -> Tally:
    with tempfile.TemporaryDirectory(prefix="chongzheng-fuzz-") as folder, closing(
        Fuzzer(seed, given, Path(folder))
    ) as fuzzer:
        return run(fuzzer, seed, cases, int(len(cases) * WARM), say)


def replay(seed: int, case: int, given: Given = ()) -> Fault | None:
    """One case again: its fault, or None when it keeps all promises."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="chongzheng-fuzz-") as folder, closing(
        Fuzzer(seed, given, Path(folder))
    ) as fuzzer:
        one(fuzzer, seed, case, tally)
    return tally.faults[0] if tally.faults else None


def recorded(path: Path) -> list[tuple[str, bytes]]:
    """The valid bodies of a file of recorded messages (JSON: dialect, hex, what stands in front of the body)."""
    try:
        vectors = json.loads(path.read_bytes())
        return [(v["dialect"], _body(v)) for v in vectors if v["valid"] and v["expect"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TheirMistake(f"is not a file of recorded messages ({type(error).__name__})", str(path)) from None


def _body(vector: Mapping[str, Any]) -> bytes:
    data = bytes.fromhex(vector["hex"])
    if vector["includes_length"]:
        data = one_frame(data)
    return promises.body_of(dialect(vector["dialect"]), data) if vector["includes_tpdu_header"] else data


def _figures(tallies: Sequence[Tally], seed: int, seconds: float) -> dict[str, Any]:
    accepted, refused = sum((t.accepted for t in tallies), Counter()), sum((t.refused for t in tallies), Counter())
    lanes = {
        lane: {"accepted": accepted[lane], "refused": refused[lane]} for lane in (*DIALECTS, "tlv", *documents.LANES)
    }
    by_dialect = {lane: lanes.pop(lane) for lane in DIALECTS}
    frames = sum(tally.frames for tally in tallies)
    slowest = max(tallies, key=lambda tally: tally.slowest_us)
    return {
        "frames": frames,
        "accepted": sum(lane["accepted"] for lane in by_dialect.values()),
        "refused": sum(lane["refused"] for lane in by_dialect.values()),
        "by_dialect": by_dialect,
        "others": lanes,
        "compared": sum(tally.compared for tally in tallies),
        "uncaught": sum(tally.uncaught for tally in tallies),
        "faults": [asdict(fault) for tally in tallies for fault in tally.faults],
        "rss_growth_mib": round(max(tally.growth_kib for tally in tallies) / 1024, 1),
        "rss_mib": round(max(tally.resident_kib for tally in tallies) / 1024, 1),
        "frames_per_s": round(frames / seconds),
        "slowest_us": slowest.slowest_us,
        "slowest_case": slowest.slowest_case,
        "seconds": round(seconds, 1),
        "seed": seed,
    }
