"""Does every row of the table of safety name something that exists, and is the page that people read made of it?"""

from __future__ import annotations

import pytest

from house.security_table import TARGET, missing, page, rows


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_what_a_row_names_exists(row: dict[str, object]) -> None:
    assert missing(row) == []


def test_the_page_is_the_table() -> None:
    assert TARGET.read_text("utf-8") == page(), "write it anew: python tests/house/security_table.py"
    assert len({row["id"] for row in rows()}) == len(rows()) > 50


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "shown": ["tests/console/test_doors.py::test_that_is_not_there"]},
        {"id": "x", "shown": ["tests/nowhere.py"]},
        {"id": "x", "shown": []},
    ],
)
def test_a_row_that_shows_nothing_is_found(row: dict[str, object]) -> None:
    assert missing(row)
