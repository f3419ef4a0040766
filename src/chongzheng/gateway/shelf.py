"""Where does a clearing file that was read lie, so that it can be looked into again?

The inbox keeps what was read in its folder `done`; what the command settle read lies where people put it, in folders
that the configuration names. A file is known by its content: one of another content under the
same name is another file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from chongzheng.gateway.loading import Desk, load
from chongzheng.journal.settled import Run
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.intake import FILE_BYTES_MAX, ClearingFile

COPIES_MAX = 1_000
"""Files of one name, each with a number after it, that are looked at."""
PIECE_BYTES = 1 << 20


class Shelf:
    """The files that were read, in any of `folders`. `desk` is asked once, when the first file is looked into."""

    def __init__(self, folders: Sequence[Path], desk: Callable[[], Desk]) -> None:
        self._folders = tuple(folders)
        self._make = desk
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """What reads files here."""
        if self._desk is None:
            self._desk = self._make()
        return self._desk

    def load(self, run: Run) -> ClearingFile:
        """The file that this run read. TheirMistake: it lies here no more."""
        digest = run.digest.split(" ")[0]
        for path in self._copies(run.name):
            if _digest(path) == digest:
                return load(path, run.day, _beside(path, run.name), run.format, self.desk)
        raise TheirMistake("is in no folder of files that were read", run.name)

    def _copies(self, name: str) -> Iterator[Path]:
        for folder in self._folders:
            numbered = (folder / f"{name}.{number}" for number in range(2, COPIES_MAX))
            for path in (folder / name, *takewhile(Path.is_file, numbered)):
                if path.is_file() and path.stat().st_size <= FILE_BYTES_MAX:
                    yield path


def _beside(path: Path, name: str) -> Path | None:
    """Its control file, which was numbered like it; None lets the reader look for it, or do without."""
    number = path.name.removeprefix(name)
    control = path.with_name(f"{name}.ctl{number}")
    return control if control.is_file() else None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
