"""How does DuckDB match a day in this process, in bounded memory, without downloading anything?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile.engine import Bounds
from chongzheng.reconcile.tables import TEXT, WHOLE, in_file

FETCH_MAX = 10_000
"""Rows that are taken from the engine at once."""
PARQUET = ".parquet"
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
CONVERTED = "FORMAT parquet, COMPRESSION uncompressed"
FINGERPRINT = "CREATE MACRO fingerprint(said) AS CAST('0x' || substr(md5(said), 1, 15) AS BIGINT)"


class DuckEngine:
    """DuckDB in this process. It downloads nothing and loads no extension; its database lies in `bounds.folder`."""

    def __init__(self, bounds: Bounds) -> None:
        self._folder = bounds.folder
        self._file = bounds.folder / "reconcile.duckdb"
        self._connection = duckdb.connect(
            str(self._file),
            config={
                "memory_limit": f"{bounds.memory_mib}MiB",
                "threads": bounds.threads,
                "temp_directory": str(bounds.folder / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        self.run(FINGERPRINT)

    def load(self, table: str, path: Path, columns: Mapping[str, str]) -> None:
        """See Engine. CSV becomes Parquet beside the database first, because it is read more than once."""
        try:
            if path.suffix != PARQUET:
                converted = self._folder / f"{table}{PARQUET}"
                table_in_csv = f"SELECT {', '.join(columns)} FROM {_csv(path, columns)}"  # noqa: S608 - ours
                self.run(f"COPY ({table_in_csv}) TO {_text(converted)} ({CONVERTED})")
                path = converted
            wanted = f"SELECT {', '.join(columns)} FROM read_parquet({_text(path)})"  # noqa: S608 - ours
            types = {name: type_ for name, type_, *_ in self.rows(f"DESCRIBE {wanted}")}
            filled = ", ".join(_filled(name, type_, types[name]) for name, type_ in columns.items())
            self.run(f"CREATE VIEW {table} AS SELECT {filled} FROM ({wanted}) AS given")  # noqa: S608 - ours
        except duckdb.Error as error:
            what = f"is no table with the columns that are needed ({_first_line(error)})"
            raise TheirMistake(what, path.name) from None

    def run(self, statement: str) -> None:
        """See Engine."""
        self._connection.execute(statement)

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """See Engine."""
        cursor = self._connection.cursor()
        cursor.execute(statement)
        while batch := cursor.fetchmany(FETCH_MAX):
            yield from batch

    def close(self) -> None:
        """See Engine."""
        self._connection.close()
        self._file.unlink(missing_ok=True)


def _csv(path: Path, columns: Mapping[str, str]) -> str:
    types = ", ".join(f"{_text(name)}: '{type_}'" for name, type_ in in_file(path, columns).items())
    shape = "header = true, auto_detect = false, delim = ',', quote = '\"'"
    return f"read_csv({_text(path)}, {shape}, columns = {{{types}}})"


def _filled(name: str, type_: str, given: str) -> str:
    """A column as the rules want it: text is never NULL, numbers are whole and small enough."""
    if given not in (WHOLE_TYPES if type_ == WHOLE else (TEXT,)):
        raise TheirMistake(f"holds {given}, and {type_} is needed", name)
    return f"CAST({name} AS {WHOLE}) AS {name}" if type_ == WHOLE else f"coalesce({name}, '') AS {name}"


def _text(value: object) -> str:
    """A text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
