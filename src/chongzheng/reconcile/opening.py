"""Which engine does a name mean?"""

from __future__ import annotations

from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile.engine import Bounds, Engine

DUCKDB = "duckdb"


def open_engine(name: str, bounds: Bounds) -> Engine:
    """`duckdb`, or the master of a Spark cluster: `spark://host:port`, `yarn`, `local[2]`.

    TheirMistake: no such engine, or the extra `cluster` is not installed.
    """
    if name == DUCKDB:
        from chongzheng.reconcile.duck import DuckEngine  # 65 MiB that only a large day needs

        return DuckEngine(bounds)
    if name.startswith(("spark://", "local[", "k8s://")) or name in ("local", "yarn"):
        from chongzheng.reconcile.spark import SparkEngine

        return SparkEngine(name, bounds)
    raise TheirMistake("is no engine; name duckdb, or the master of a Spark cluster (spark://host:port, yarn)", name)
