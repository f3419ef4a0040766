"""How long does one reconciliation take, and how much memory, in a process that does nothing else?

`python -m chongzheng.bench.settle_run OURS THEIRS FOUND MEMORY_MIB THREADS DAY...` writes the differences to FOUND as
CSV and prints the figures. The clock runs from before the two inputs are opened until the last difference is known.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from chongzheng.reconcile.day import Result, reconcile
from chongzheng.reconcile.duck import DuckEngine
from chongzheng.reconcile.engine import Bounds

KIB = 1_024


def main(ours: Path, theirs: Path, found: Path, memory_mib: int, threads: int, file_days: frozenset[str]) -> None:
    """Reconcile, write, print."""
    phases: list[tuple[str, float]] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=found.parent) as folder:
        engine = DuckEngine(Bounds(Path(folder), memory_mib, threads))
        result = reconcile(engine, ours, theirs, file_days, say=lambda phase: phases.append((phase, time.monotonic())))
        ended = time.monotonic()
        engine.close()
    _write(found, result)
    ends = [at for _, at in phases[1:]] + [ended]
    figures = {
        "seconds": round(ended - begun, 2),
        "phases_s": {name: round(end - start, 2) for (name, start), end in zip(phases, ends, strict=True)},
        "cpu_s": round(time.process_time(), 2),
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB,
        "ours": result.ours,
        "theirs": result.theirs,
        "matched": result.matched,
        "by_sql": result.sure,
        "by_rule": result.doubtful,
        "result_digest": result.digest,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _write(found: Path, result: Result) -> None:
    with open(found, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("type", "payment", "number", "fen"))
        writer.writerows((one.type.value, one.payment, one.record_number, one.fen) for one in result.differences)


if __name__ == "__main__":
    ours_, theirs_, found_, memory_, threads_, *days_ = sys.argv[1:]
    main(Path(ours_), Path(theirs_), Path(found_), int(memory_), int(threads_), frozenset(days_))
