"""Which rows does the house ship in a file beside its rules?"""

from __future__ import annotations

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of this package, in their order."""
    return list(csv.DictReader(files(__package__).joinpath(name).read_text("utf-8").splitlines(), strict=True))
