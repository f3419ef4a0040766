"""Which journal do these words name: a file, or a PostgreSQL database by its URL?"""

from __future__ import annotations

from pathlib import Path

import click

from chongzheng.journal.postgres import is_url, place_of


class JournalPlace(click.ParamType):
    """A path, or a postgresql:// URL left as it is: as a path it would lose a slash."""

    name = "path|url"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        """The words as a place that a journal can be opened at."""
        return str(value) if is_url(value) else Path(value)


PLACE = JournalPlace()


def shown(place: Path | str) -> str:
    """The place for messages; of a URL neither user nor password."""
    return place_of(str(place)) if is_url(place) else str(place)
