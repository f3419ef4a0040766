"""Which working day do the tests of the console share? One for a run, and a fresh one for whoever upsets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.world import Day, working_day


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A journal with work in it, its door, the console."""
    with working_day(tmp_path_factory.mktemp("console")) as one:
        yield one
