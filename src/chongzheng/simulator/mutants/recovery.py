"""Which bugs may hide in what a start does with what a stop left? Planted between the disk and the first fact."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from chongzheng import app
from chongzheng.journal import on_sqlite, sqlite
from chongzheng.journal.audit import GENESIS
from chongzheng.journal.reader import Reader
from chongzheng.journal.store import Journal
from chongzheng.reversal import facts
from chongzheng.runner import Runner
from chongzheng.simulator.mutants.mutant import CUTTING, KILLING, RECOVERY, Mutant
from chongzheng.simulator.swapping import Patch
from chongzheng.simulator.virtual.weather import Weather

SICK = Weather(sick_disk=1, bank_seed=1)
FULL = Weather(fills=6, bank_seed=1)


class _Facts:
    """The facts that a start uses, one of them another."""

    def __init__(self, **ours: Any) -> None:
        self._ours = ours

    def __getattr__(self, name: str) -> Any:
        return self._ours.get(name) or getattr(facts, name)


def _taken_for(**ours: Any) -> tuple[Patch, ...]:
    return ((app, "facts", _Facts(**ours)),)


def _not_forwarded(payment: str, at: int) -> Any:
    return facts.NotForwarded(payment, at, "planted")


def _opens(first: Any) -> tuple[Patch, ...]:
    opened = sqlite.open_writer

    def open_writer(path: Path) -> Any:
        first(path)
        return opened(path)

    return ((on_sqlite.sqlite, "open_writer", open_writer),)


def _remove(*endings: str) -> Any:
    def remove(path: Path) -> None:
        for ending in endings:
            Path(f"{path}{ending}").unlink(missing_ok=True)

    return remove


def _chain_anew() -> tuple[Patch, ...]:
    known = Journal._last_commit
    return ((Journal, "_last_commit", lambda journal: (known(journal)[0], GENESIS)),)


def _forgets_waiting() -> tuple[Patch, ...]:
    waited = Runner._wait_for_room

    def wait_for_room(runner: Any, batch: Any) -> None:
        waited(runner, batch)
        runner._queue.clear()

    return ((Runner, "_wait_for_room", wait_for_room),)


MUTANTS = (
    Mutant("sent-taken-for-unsent", RECOVERY, "a start reports an uncertain send as never sent",
           lambda: _taken_for(SendUncertain=_not_forwarded), weather=KILLING),
    Mutant("delivery-taken-for-undelivered", RECOVERY, "a start reports an uncertain delivery as one that failed",
           lambda: _taken_for(DeliveryUncertain=facts.AnswerUndelivered), weather=KILLING),
    Mutant("journal-made-anew", RECOVERY, "a start makes a new journal",
           lambda: _opens(_remove("", "-wal", "-shm")), weather=KILLING),
    Mutant("reversals-forgotten", RECOVERY, "a start does not look for reversals that are owed",
           lambda: ((Reader, "due_reversals", lambda reader, *given: []),), weather=KILLING,
           vices=("lost-answer", "lose-first")),
    Mutant("places-begin-anew", RECOVERY, "after a start places are given a second time",
           lambda: ((Journal, "_last_place", lambda journal: 0),), weather=KILLING),
    Mutant("full-disk-forgets", RECOVERY, "what waited while the disk was full is forgotten", _forgets_waiting,
           weather=FULL),
    Mutant("chain-begins-anew", RECOVERY, "after a start the chain of commits begins anew", _chain_anew,
           weather=KILLING),
    Mutant("wal-thrown-away", RECOVERY, "a start begins without the write-ahead log",
           lambda: _opens(_remove("-wal")), weather=KILLING),
    Mutant("failed-commit-ignored", RECOVERY, "an engine whose commit failed goes on",
           lambda: ((app.Engine, "_fatal", lambda engine, error: None),), weather=SICK),
    Mutant("cache-taken-for-disk", RECOVERY, "a start rests on what a failed sync left in the cache",
           lambda: ((sqlite, "_write_again", lambda wal: None),), weather=replace(CUTTING, sick_disk=4)),
)  # fmt: skip
