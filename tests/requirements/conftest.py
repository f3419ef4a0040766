"""Which desk do the requirement tests work at? One journal on SQLite, its keeper, and the people of a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from chongzheng.journal.side import Side
from journal.place import SqlitePlace
from requirements.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An empty journal with the people of DESK; a clock that tests set."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)
    place = SqlitePlace(tmp_path / "place")
    journal = place.open()
    side = Side.open(place.path)
    yield Desk(place, side, journal)
    side.close()
    place.close_all()
