"""How do the browser files of other people come here? `python tests/console/fetch_vendor.py` fetches and compares them.

Needs npm and the network; nothing else does. A file that differs from vendor.json is told and written nowhere.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "src/chongzheng/console/static/vendor", Path(__file__).parent / "vendor")


def fetched(package: str, version: str, name: str) -> bytes:
    """One file of one version of an npm package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--ignore-scripts", f"{package}@{version}"], cwd=folder, check=True)
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive:
            member = archive.extractfile(f"package/{name}")
            assert member is not None
            return member.read()


def main() -> int:
    """1 when a file is not what vendor.json says; else each is written where it belongs."""
    wrong = 0
    for folder in FOLDERS:
        for row in json.loads((folder / "vendor.json").read_text("utf-8"))["files"]:
            if row["file"] == "icons.svg":
                continue  # a sheet that we put together of single icons
            data = fetched(row["package"], row["version"], row["from"])
            if row["file"].endswith(".gz"):
                same = gzip.decompress((folder / row["file"]).read_bytes()) == data
            else:
                same = hashlib.sha256(data).hexdigest() == row["sha256"]
            print(f"{row['file']}: {'as fetched' if same else 'DIFFERS'}")
            wrong += not same
            if same and not row["file"].endswith(".gz"):
                (folder / row["file"]).write_bytes(data)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
