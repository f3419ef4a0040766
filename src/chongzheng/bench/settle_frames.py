"""How do pandas and datacompy compare a day of payments with a day of lines? Runs in their environment, not in ours.

`python -m chongzheng.bench.settle_frames TOOL OURS THEIRS MEMORY_MIB` prints the figures. Both compare what stands in
both tables under one key. That a sale was reversed, or that the book holds it otherwise, is beyond a comparison of
columns: of the planted types they can see four, and the counts say how many of each they report.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

KEY = ["merchant", "terminal", "stan", "rrn"]
COMPARED = ["amount_fen", "fee_fen"]
KIB, MIB = 1_024, 1 << 20


def by_pandas(ours: Path, theirs: Path) -> dict[str, int]:
    """An outer merge on the key; missing on either side, or another amount or fee."""
    import pandas

    columns = [*KEY, *COMPARED]
    left, right = pandas.read_parquet(ours, columns=columns), pandas.read_parquet(theirs, columns=columns)
    both = left.merge(right, on=KEY, how="outer", indicator=True, suffixes=("_ours", "_theirs"))
    matched = both[both["_merge"] == "both"]
    other = {name: int((matched[f"{name}_ours"] != matched[f"{name}_theirs"]).sum()) for name in COMPARED}
    alone = both["_merge"].value_counts()
    return {"only_ours": int(alone["left_only"]), "only_theirs": int(alone["right_only"]), **other}


def by_datacompy(ours: Path, theirs: Path) -> dict[str, int]:
    """Its comparison on the key, with its own counts."""
    import datacompy
    import pandas

    columns = [*KEY, *COMPARED]
    left, right = pandas.read_parquet(ours, columns=columns), pandas.read_parquet(theirs, columns=columns)
    compare: Any = getattr(datacompy, "PandasCompare", None) or datacompy.Compare
    said = compare(left, right, join_columns=KEY)
    other = {str(column["column"]): int(column["unequal_cnt"]) for column in said.column_stats}
    return {
        "only_ours": len(said.df1_unq_rows),
        "only_theirs": len(said.df2_unq_rows),
        **{name: other[name] for name in COMPARED},
    }


def main(tool: str, ours: Path, theirs: Path, memory_mib: int) -> None:
    """Run one tool within the memory, print its figures."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mib * MIB, memory_mib * MIB))
    begun = time.monotonic()
    found = {"pandas": by_pandas, "datacompy": by_datacompy}[tool](ours, theirs)
    figures = {
        "seconds": round(time.monotonic() - begun, 2),
        "cpu_s": round(time.process_time(), 2),
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB,
        "reported": found,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
