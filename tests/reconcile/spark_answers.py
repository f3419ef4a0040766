"""What does a local Spark say of a random day? A program of its own, because a JVM lives as long as its process."""

import json
import sys
from pathlib import Path

from chongzheng.reconcile.day import reconcile
from chongzheng.reconcile.engine import Bounds
from chongzheng.reconcile.opening import open_engine


def main(folder: Path, *file_days: str) -> None:
    """Print what the engine found about ours.csv and theirs.csv in `folder`."""
    engine = open_engine("local[2]", Bounds(folder, memory_mib=1024))
    try:
        said = reconcile(engine, folder / "ours.csv", folder / "theirs.csv", frozenset(file_days))
    finally:
        engine.close()
    found = [[one.type, one.payment, one.record_number, one.fen, one.why, *one.about] for one in said.differences]
    print(
        json.dumps(
            {"matched": said.matched, "sure": said.sure, "carried": said.carried, "digest": said.digest, "found": found}
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
