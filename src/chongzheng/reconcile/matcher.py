"""How does a clearing file that is too large for one pass get the same matches from an engine?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from chongzheng.reconcile import tables
from chongzheng.reconcile.day import matched
from chongzheng.reconcile.engine import Bounds
from chongzheng.reconcile.opening import open_engine
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Matching
from chongzheng.settlement.windows import HOUSE, Windows

Matcher = Callable[[Sequence[Record], Sequence[Candidate], Windows], Matching]
"""settlement.match.match is one, too."""


def matcher(engine: str, folder: Path | None = None) -> Matcher:
    """A function that says what match.match says, by the engine of this name, with its files under `folder`."""

    def by_engine(records: Sequence[Record], candidates: Sequence[Candidate], windows: Windows = HOUSE) -> Matching:
        with tempfile.TemporaryDirectory(prefix="chongzheng-settle-", dir=folder) as made:
            place = Path(made)
            ours, theirs = place / "ours.csv", place / "theirs.csv"
            tables.write_ours(ours, candidates)
            tables.write_theirs(theirs, records)
            opened = open_engine(engine, Bounds(place))
            try:
                return matched(opened, ours, theirs, records, windows)
            finally:
                opened.close()

    return by_engine
