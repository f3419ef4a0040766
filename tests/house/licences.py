"""Is everything the program needs at run time under a licence we may build on?

`python tests/house/licences.py` prints one line for each distribution that is not, and exits 1 if there is one.
"""

import json
import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# LGPL libraries are used unmodified, which is fine; GPL and AGPL reach into the program.
REACHING = re.compile(r"(?<![A-Z])A?GPL|(?<!LESSER )(?<!LIBRARY )\bGENERAL PUBLIC LICEN[CS]E")

BY_TEXT = {"Altered source versions must be plainly marked as such": "Zlib"}
"""A sentence that only one licence has -> that licence, for distributions that carry the text and do not name it."""


def stated(package: Distribution) -> list[str]:
    """What a distribution says about its licence: expression, classifiers, first line; else what its text is."""
    metadata = package.metadata
    classifiers = [word for word in metadata.get_all("Classifier") or [] if word.startswith("License ::")]
    lines = [metadata.get("License-Expression"), (metadata.get("License") or "").strip().split("\n")[0]]
    return [word for word in [*lines, *classifiers] if word] or _by_text(package)


def _by_text(package: Distribution) -> list[str]:
    names = [f"licenses/{name}" for name in package.metadata.get_all("License-File") or []]
    text = " ".join((package.read_text(names[0]) or "").split()) if names else ""
    return [licence for sentence, licence in BY_TEXT.items() if sentence in text]


def objection(words: list[str]) -> str:
    """Why a licence stated so will not do, or "". Of `A OR B` one that will do is enough."""
    if not words:
        return "states no licence"
    for word in words:
        choices = re.split(r"\s+OR\s+", word)
        if all(REACHING.search(choice.upper()) for choice in choices):
            return f"is under {word!r}"
    return ""


def needed(name: str) -> dict[str, Distribution]:
    """The distribution of this name and everything it needs at run time, on this machine."""
    found: dict[str, Distribution] = {}
    ahead = [name]
    while ahead:
        wanted = ahead.pop()
        if wanted.lower() in found:
            continue
        package = distribution(wanted)
        found[wanted.lower()] = package
        requirements = [Requirement(line) for line in package.requires or []]
        ahead += [need.name for need in requirements if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def vendored() -> dict[str, list[str]]:
    """Every browser file of other people that is shipped, with its licence."""
    listed = ROOT / "src/chongzheng/console/static/vendor/vendor.json"
    return {row["file"]: [row["licence"]] for row in json.loads(listed.read_text("utf-8"))["files"]}


def main() -> int:
    """Print what will not do; 0 if nothing."""
    packages = needed("chongzheng")
    del packages["chongzheng"]
    objections = [f"{name} {why}" for name, package in sorted(packages.items()) if (why := objection(stated(package)))]
    files = vendored()
    objections += [f"{name} {why}" for name, words in sorted(files.items()) if (why := objection(words))]
    good = f"licences: {len(packages)} distributions, {len(files)} browser files, none under GPL or AGPL"
    print("\n".join(objections) or good)
    return 1 if objections or not packages or not files else 0


if __name__ == "__main__":
    sys.exit(main())
