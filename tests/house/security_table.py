"""Which test, document or reason stands behind each requirement of safety? Writes docs/security.md of security.toml.

`python tests/house/security_table.py` writes it; a test holds that every name in it exists and that it is up to date.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE, TARGET = Path(__file__).with_name("security.toml"), ROOT / "docs/security.md"
HEAD = """# Safety

What PCI DSS v4.0.1 and OWASP ASVS 5.0 (levels 1 and 2, a few of level 3) ask of such software, in our own short words,
and what shows that it is so: a test that can fail, a document, or the reason why not. This page is made of
`tests/house/security.toml` by `make docs`; a test fails when a name in it does not exist. It is our own reading, no
assessment by anybody else.

| requirement | in short | shown by |
|---|---|---|
"""


def rows() -> list[dict[str, Any]]:
    """The table."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text("utf-8"))["row"]
    return found


def missing(row: dict[str, Any]) -> list[str]:
    """Names of this row that do not exist; a row that shows nothing and gives no reason is missing too."""
    wrong = [name for name in row["shown"] if not _exists(name)]
    return wrong if row["shown"] or row.get("why") else [f"{row['id']}: neither shown nor explained"]


def _exists(name: str) -> bool:
    file, _, test = name.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return not test or re.search(rf"^(async )?def {re.escape(test)}\(", path.read_text("utf-8"), re.M) is not None


def page() -> str:
    """The document."""
    return HEAD + "".join(f"| {row['id']} | {row['what']} | {_shown(row)} |\n" for row in rows())


def _shown(row: dict[str, Any]) -> str:
    links = []
    for name in row["shown"]:
        file, _, test = name.partition("::")
        place = file.removeprefix("docs/") if file.startswith("docs/") else f"../{file}"
        links.append(f"[{test or Path(file).name}]({place})")
    return "<br>".join([*links, *([row["why"]] if row.get("why") else [])])


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
    sys.exit(0)
