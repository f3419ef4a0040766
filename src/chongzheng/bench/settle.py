"""How fast is a national day reconciled, is every planted difference found, and is nothing else reported?"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from chongzheng.mistakes import OurMistake
from chongzheng.reconcile.statements import split
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Type

DAY, NEXT = "20261122", "20261123"
TRADES_EACH = 100
"""Trades of a terminal on its day, or one more."""
MORE_THAN_ROWS = 1.003
"""So many trades are made that both sides have the rows asked for, whatever is planted."""
RUN_WAIT_S = 3_600.0
MAKING_MEMORY = "2GiB"

Say = Callable[[str], None]
Difference = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Size:
    """`rows` each side, in files of this `format` (csv or parquet); what the reconciliation may take."""

    rows: int
    format: str
    memory_mib: int
    threads: int


def measure(folder: Path, size: Size, say: Say) -> dict[str, Any]:
    """The figures; making the day is not part of them."""
    say(f"making {size.rows} rows each side")
    begun = time.monotonic()
    ours, theirs, planted = make(folder, size)
    made_s = time.monotonic() - begun
    say("reconciling")
    found_path = folder / "found.csv"
    figures = _run(ours, theirs, found_path, size)
    found = read(found_path)
    return {
        "rows": size.rows,
        "format": size.format,
        "measured": "reading both inputs, matching, typing every difference, digest; not making the day",
        **figures,
        **judged(planted, found),
        "rows_per_s": round((figures["ours"] + figures["theirs"]) / figures["seconds"]),
        "memory_limit_mib": size.memory_mib,
        "threads": size.threads,
        "made_s": round(made_s, 1),
    }


def make(folder: Path, size: Size) -> tuple[Path, Path, set[Difference]]:
    """The two inputs and what is planted in them."""
    total = math.ceil(size.rows * MORE_THAN_ROWS)
    words = {
        "total": total,
        "terminals": _coprime(max(total // TRADES_EACH, 1)),
        "day": DAY,
        "next": NEXT,
        "midnight_ms": days.closes_at(days.shifted(DAY, -1)),
    }
    text = files("chongzheng.bench").joinpath("settle_day.sql").read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", str(value))
    statements = split(text)
    ours, theirs = folder / f"ours.{size.format}", folder / f"theirs.{size.format}"
    with duckdb.connect(
        str(folder / "made.duckdb"), config={"memory_limit": MAKING_MEMORY, "threads": size.threads}
    ) as made:
        made.execute(statements["trades"])
        for side, path in (("ours", ours), ("theirs", theirs)):
            made.execute(f"COPY ({statements[side]}) TO '{path}' (FORMAT {size.format})")
        planted = {(str(type_), str(payment), int(number), int(fen))
                   for type_, payment, number, fen in made.execute(statements["planted"]).fetchall()}  # fmt: skip
    (folder / "made.duckdb").unlink()
    return ours, theirs, planted


def judged(planted: set[Difference], found: list[Difference]) -> dict[str, Any]:
    """Recall and precision over (type, payment, line, fen), and the counts of each type."""
    right = len(planted & set(found))
    return {
        "planted": {type_.value: sum(one[0] == type_ for one in planted) for type_ in Type},
        "found": {type_.value: sum(one[0] == type_ for one in found) for type_ in Type},
        "recall": right / len(planted) if planted else 1.0,
        "precision": right / len(found) if found else 1.0,
    }


def read(path: Path) -> list[Difference]:
    """The differences that a run wrote."""
    lines = path.read_text("utf-8").splitlines()[1:]
    cells = (line.split(",") for line in lines)
    return [(type_, payment, int(number), int(fen)) for type_, payment, number, fen in cells]


def _run(ours: Path, theirs: Path, found: Path, size: Size) -> dict[str, Any]:
    words = [sys.executable, "-m", "chongzheng.bench.settle_run", str(ours), str(theirs), str(found)]
    words += [str(size.memory_mib), str(size.threads), DAY, NEXT]
    done = subprocess.run(words, capture_output=True, text=True, timeout=RUN_WAIT_S, check=False)
    if done.returncode:
        raise OurMistake(f"ended with {done.returncode}: {' '.join(done.stderr.split())[-300:]}", "bench settle")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _coprime(terminals: int) -> int:
    """A number of terminals near this one of which each has trades of every kind: no factor in common with 1000."""
    while terminals % 2 == 0 or terminals % 5 == 0:
        terminals += 1
    return terminals
