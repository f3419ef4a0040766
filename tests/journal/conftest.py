"""Which journals must keep the contract? One fixture for each database, all with the same face."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from chongzheng.journal import Journal
from chongzheng.journal.side import Side
from journal.place import Place, PostgresPlace, SqlitePlace

BOTH = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both, unless the module or the test names the one that it is about: a file has locks and pages, a server none."""
    if "journal_factory" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("databases")
        wanted = mark.args if mark else getattr(metafunc.module, "DATABASES", BOTH)
        metafunc.parametrize("journal_factory", wanted, indirect=True)


@pytest.fixture
def journal_factory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes empty places for a journal, one database per parameter."""
    places: list[Place] = []
    urls = request.getfixturevalue("postgres_urls") if request.param == "postgresql" else None

    def make() -> Place:
        folder = tmp_path / f"place{len(places)}"
        folder.mkdir()
        places.append(SqlitePlace(folder) if urls is None else PostgresPlace(folder, urls()))
        return places[-1]

    yield make
    for place in places:
        place.close_all()


@pytest.fixture
def journal(place: Place) -> Journal:
    """The one writer of the place."""
    return place.open()


@pytest.fixture
def side(place: Place, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    """The desk's connection to an empty journal; passwords are hashed at a price that tests can pay."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)
    opened = Side.open(place.path)
    yield opened
    opened.close()


@pytest.fixture
def place(journal_factory: Callable[[], Place]) -> Place:
    """One empty place, on each database."""
    return journal_factory()
