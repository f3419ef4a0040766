"""Are the browser files of other people what we fetched, and under licences that we may ship?"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

import chongzheng.console
from house.licences import objection

OURS = Path(chongzheng.console.__file__).parent / "static" / "vendor"
TESTS = Path(__file__).parent / "vendor"


@pytest.mark.parametrize("folder", [OURS, TESTS], ids=["shipped", "tests"])
def test_every_file_is_what_was_fetched(folder: Path) -> None:
    rows = json.loads((folder / "vendor.json").read_text("utf-8"))["files"]
    for row in rows:
        assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", row["version"])
        assert not objection([row["licence"]])
    named = {row["file"] for row in rows} | {"vendor.json"}
    assert {path.name for path in folder.iterdir() if not path.name.endswith(".LICENSE.txt")} == named


def test_nothing_of_it_asks_anybody_else() -> None:
    styles = (OURS / "tabler.min.css").read_text("utf-8")
    assert "@import" not in styles
    assert not re.search(r"url\(['\"]?(?!data:)[a-z]+:", styles)
    pages = [path.read_text("utf-8") for path in (OURS.parents[1] / "templates").glob("*.html")]
    assert not re.search(r"(?:src|href|action)=\"https?:", "".join(pages))
