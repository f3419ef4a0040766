"""What do data frame tools find of the same day, how fast, and how large a day do they manage?

pandas (an outer merge, then a comparison of columns) and datacompy (its own report of a comparison) get the same two
tables and the key that identifies a trade: merchant, terminal, trace and number. Each runs in an environment and a
process of its own, within the memory that is our target, on larger and larger days until one does not come back.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chongzheng.bench import settle
from chongzheng.bench.alternatives import SOURCE, Alternative, environment
from chongzheng.bench.settle import Size
from chongzheng.mistakes import TheirMistake

FRAMES = Alternative("frames", ("pandas>=2", "datacompy>=0.16", "pyarrow>=15"), "")
TOOLS = ("pandas", "datacompy")
SIZES = (100_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000)
RUN_WAIT_S = 600.0
MEMORY_MIB = 4_096
MAKING_MEMORY_MIB, MAKING_THREADS = 2_048, 2

Say = Callable[[str], None]


def compared(folder: Path, rows: int, say: Say) -> dict[str, Any]:
    """For each tool the largest day that it managed, up to `rows`, and what it found there."""
    try:
        say("pandas and datacompy: making their environment")
        python = environment(FRAMES)
    except TheirMistake as mistake:
        return {"alternatives": {tool: {"missing": str(mistake)} for tool in TOOLS}}
    found: dict[str, dict[str, Any]] = {tool: {} for tool in TOOLS}
    for size in sorted({*(size for size in SIZES if size < rows), rows}):
        tools = [tool for tool in TOOLS if "stopped_at" not in found[tool]]
        if not tools:
            break
        place = folder / f"day-{size}"
        place.mkdir()
        ours, theirs, planted = settle.make(place, Size(size, "parquet", MAKING_MEMORY_MIB, MAKING_THREADS))
        for tool in tools:
            say(f"{tool}: {size} rows each side")
            found[tool] |= _run(python, tool, ours, theirs, size)
            found[tool]["planted"] = settle.judged(planted, [])["planted"]
        for path in (ours, theirs):
            path.unlink()
    return {"alternatives": found}


def _run(python: Path, tool: str, ours: Path, theirs: Path, size: int) -> dict[str, Any]:
    """Its figures at this size; or why it stopped here, beside the figures of the size before."""
    words = [str(python), "-m", "chongzheng.bench.settle_frames", tool, str(ours), str(theirs), str(MEMORY_MIB)]
    given = {**os.environ, "PYTHONPATH": str(SOURCE)}
    try:
        done = subprocess.run(words, capture_output=True, text=True, env=given, timeout=RUN_WAIT_S, check=False)
    except subprocess.TimeoutExpired:
        return {"stopped_at": size, "why": f"not done after {RUN_WAIT_S:.0f} s"}
    if done.returncode:
        last = " ".join(done.stderr.split())[-200:]
        return {"stopped_at": size, "why": f"ended with {done.returncode} within {MEMORY_MIB} MiB: {last}"}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"rows": size, **figures}
