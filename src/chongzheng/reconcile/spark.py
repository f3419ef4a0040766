"""How does a Spark cluster match a day that outgrows one machine, by the same SQL text?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile.engine import Bounds
from chongzheng.reconcile.tables import WHOLE, in_file

FINGERPRINT = """CREATE TEMPORARY FUNCTION fingerprint(said STRING) RETURNS BIGINT
RETURN CAST(conv(substr(md5(CAST(said AS BINARY)), 1, 15), 16, 10) AS BIGINT)"""
PARTITIONS_LOCAL = 2
"""Spark's own 200 parts of every shuffle are for a cluster."""
MISSING = "needs PySpark and Java 17; install it with: pip install 'chongzheng[cluster]'"


class SparkEngine:
    """A session of its own on `master`. Files and `bounds.folder` must be where all its workers see them."""

    def __init__(self, master: str, bounds: Bounds) -> None:
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise TheirMistake(MISSING, master) from None
        self._mistakes = PySparkException
        self._warehouse = bounds.folder / "warehouse"
        builder = (
            SparkSession.builder.master(master)
            .appName("chongzheng")
            .config("spark.sql.warehouse.dir", str(self._warehouse))
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.memory", f"{bounds.memory_mib}m")
        )
        if master.startswith("local"):
            builder = builder.config("spark.sql.shuffle.partitions", PARTITIONS_LOCAL)
            builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        self._session = builder.getOrCreate()
        self._session.sparkContext.setLogLevel("ERROR")
        self.run(FINGERPRINT)

    def load(self, table: str, path: Path, columns: Mapping[str, str]) -> None:
        """See Engine."""
        try:
            given = self._session.read.parquet(str(path)) if path.suffix == ".parquet" else self._csv(path, columns)
            given.selectExpr(*(_filled(name, type_) for name, type_ in columns.items())).write.saveAsTable(table)
        except self._mistakes as error:
            what = f"is no table with the columns that are needed ({str(error).partition(chr(10))[0]})"
            raise TheirMistake(what, path.name) from None

    def _csv(self, path: Path, columns: Mapping[str, str]) -> Any:
        given = in_file(path, columns)
        schema = ", ".join(f"`{name}` {'BIGINT' if type_ == WHOLE else 'STRING'}" for name, type_ in given.items())
        return self._session.read.option("header", True).option("mode", "FAILFAST").schema(schema).csv(str(path))

    def run(self, statement: str) -> None:
        """See Engine."""
        self._session.sql(statement)

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """See Engine."""
        return (tuple(row) for row in self._session.sql(statement).toLocalIterator())

    def close(self) -> None:
        """See Engine."""
        self._session.stop()
        shutil.rmtree(self._warehouse, ignore_errors=True)


def _filled(name: str, type_: str) -> str:
    """A column as the rules want it: text is never NULL, numbers are whole."""
    return f"CAST({name} AS BIGINT) AS {name}" if type_ == WHOLE else f"coalesce({name}, '') AS {name}"
