"""Which journals must keep the contract? One fixture for each database, all with the same face."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from journal.place import SqlitePlace


@pytest.fixture(params=["sqlite"])
def journal_factory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SqlitePlace]]:
    """Makes empty places for a journal, one database per parameter."""
    places: list[SqlitePlace] = []

    def make() -> SqlitePlace:
        folder = tmp_path / f"place{len(places)}"
        folder.mkdir()
        places.append(SqlitePlace(folder))
        return places[-1]

    yield make
    for place in places:
        place.close_all()


@pytest.fixture
def place(journal_factory: Callable[[], SqlitePlace]) -> SqlitePlace:
    """One empty place."""
    return journal_factory()
