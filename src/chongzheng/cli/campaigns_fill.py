"""Is a journal that was filled to the brim a sound one? `chongzheng simulate --fill CASES,PAYMENTS`."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from chongzheng.cli.campaigns import Document, Plain, Size
from chongzheng.cli.ledger import spoken

if TYPE_CHECKING:
    from chongzheng.journal.inspection import Inspection

JOURNAL, VAULT = "journal.db", "vault.keys"


class Fill(Plain):
    """`--fill CASES,PAYMENTS`."""

    def run(self, size: Size) -> Document:
        """Fill it, then recompute every chain of it."""
        from chongzheng.cli.demo import named_folder, own_database

        folder = named_folder(size.keep) if size.keep else Path(tempfile.mkdtemp(prefix="chongzheng-fill-"))
        try:
            with own_database(size.db, size.keep is not None) as url:
                return _filled(url or folder / JOURNAL, folder, size.what)
        finally:
            if size.keep is None:
                shutil.rmtree(folder, ignore_errors=True)

    def holds(self, document: Document) -> bool:
        """As many as were asked for, and every chain holds."""
        return not self.wrong(document) and (document["cases"], document["payments"]) == tuple(document["asked"])

    def wrong(self, document: Document) -> int:
        """Faults of the inspection."""
        return len(document["faults"])

    def did(self, document: Document) -> str:
        """How many of what."""
        return spoken(document, "payments", "cases", "facts", "acts")


def _filled(place: Path | str, folder: Path, asked: tuple[int, int]) -> Document:
    from chongzheng.journal import Vault
    from chongzheng.journal.inspection import inspect
    from chongzheng.simulator import fill

    began = time.monotonic()
    size = fill.Size(*asked, until=time.time_ns() // 1_000_000)
    with _bars() as told:
        found = fill.fill(place, Vault.create(folder / VAULT), size, told)
        filled = time.monotonic()
        told("inspection", 0, 1)
        seen = inspect(place)
        told("inspection", 1, 1)
    return {
        "asked": list(asked), "payments": found.payments, "facts": found.facts, "cases": found.cases,
        "matters": found.matters, "case_states": dict(found.states), "acts": seen.acts, "commits": seen.commits,
        "faults": _faults(seen), "bytes": place.stat().st_size if isinstance(place, Path) else None,
        "fill_s": round(filled - began, 1), "inspection_s": round(time.monotonic() - filled, 1),
    }  # fmt: skip


def _faults(seen: Inspection) -> list[str]:
    return [str(fault) for fault in seen.faults]


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing, on standard error when that is a terminal."""
    columns: tuple[Any, ...] = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty()) as all_:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = all_.add_task(what, total=total)
            all_.update(tasks[what], completed=done)

        yield told
