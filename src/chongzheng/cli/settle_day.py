"""What do whole days of payments and lines, exported as tables, disagree about? The command settle day."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chongzheng.cli.place import PLACE
from chongzheng.gateway import windows
from chongzheng.journal import Reader
from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile.day import Result, reconcile
from chongzheng.reconcile.engine import MEMORY_MIB, THREADS, Bounds
from chongzheng.reconcile.opening import DUCKDB, open_engine
from chongzheng.settlement import days
from chongzheng.settlement.breaks import HANDLING, Type
from chongzheng.settlement.windows import HOUSE, Windows

MEMORY_MIB_MIN, MEMORY_MIB_MAX, THREADS_MAX = 256, 1 << 20, 256


@click.command("day")
@click.argument("ours", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("theirs", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--date", "dates", multiple=True, required=True, help="Clearing day of lines in THEIRS; may be repeated.")
@click.option("--rest-day", "rest_days", multiple=True, help="A day that is no working day; may be repeated.")
@click.option("--engine", default=DUCKDB, show_default=True, help="duckdb, or a Spark master: spark://host:port, yarn.")
@click.option("--memory", "memory_mib", type=click.IntRange(MEMORY_MIB_MIN, MEMORY_MIB_MAX), default=MEMORY_MIB,
              show_default=True, help="MiB that the engine may take; beyond them it uses the disk.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1, THREADS_MAX), default=THREADS, show_default=True, help="Threads.")
@click.option(
    "--scratch", type=click.Path(path_type=Path, file_okay=False), help="Folder for what does not fit memory."
)
@click.option(
    "--db",
    envvar="CHONGZHENG_DB",
    type=PLACE,
    help="Journal whose matching windows hold, of the last --date; without it those of the house.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for all differences.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def day(
    ours: Path, theirs: Path, dates: tuple[str, ...], rest_days: tuple[str, ...], engine: str, memory_mib: int,
    threads: int, scratch: Path | None, db: Path | str | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare payments (OURS) with the lines of complete clearing files (THEIRS): tables in CSV or Parquet.

    Nothing is changed, in no journal. docs/settlement.md names the columns; cards travel as keyed hashes.
    """
    file_days, resting = _days(dates, "--date"), _days(rest_days, "--rest-day")
    with tempfile.TemporaryDirectory(prefix="chongzheng-settle-", dir=scratch) as folder:
        opened = open_engine(engine, Bounds(Path(folder), memory_mib, threads))
        try:
            result = reconcile(opened, ours, theirs, file_days, resting, _say, _windows(db, max(file_days)))
        finally:
            opened.close()
    if out is not None:
        _write(out, result)
    if as_json:
        click.echo(json.dumps(document(result, engine), ensure_ascii=False))
    else:
        _show(Console(), result)


def document(result: Result, engine: str) -> dict[str, object]:
    """What `--json` prints; the digest does not depend on the engine."""
    counts = Counter(one.type for one in result.differences)
    return {
        "engine": engine,
        "payments": result.ours,
        "rows": result.theirs,
        "matched": result.matched,
        "by_sql": result.sure,
        "by_rule": result.doubtful,
        "carried": result.carried,
        "breaks": {type_.value: counts[type_] for type_ in Type},
        "problems": [],
        "digest": result.digest,
    }


def _windows(db: Path | str | None, day: str) -> Windows:
    if db is None:
        return HOUSE
    reader = Reader.open(db)
    try:
        return windows.on(reader, day)
    finally:
        reader.close()


def _days(given: tuple[str, ...], option: str) -> frozenset[str]:
    plain = frozenset(text.replace("-", "") for text in given)
    for text in sorted(plain):
        if not days.is_day(text):
            raise TheirMistake("is not a day; write it as yyyymmdd", f"{option} {text}")
    return plain


def _say(phase: str) -> None:
    """What is being done, where somebody looks."""
    if sys.stderr.isatty():
        click.echo(f"{phase} …", err=True)


def _write(out: Path, result: Result) -> None:
    try:
        with open(out, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow("type word payment line fen viewpoint owner next_action why about".split())
            for one in result.differences:
                named = [one.type, one.word, one.payment, one.record_number, one.fen, one.viewpoint, one.owner]
                writer.writerow([*named, one.next_action, one.why, " ".join(one.about)])
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(out)) from None


def _show(console: Console, result: Result) -> None:
    table = Table("difference", "", "count", "fen")
    for type_ in Type:
        of_type = [one.fen for one in result.differences if one.type is type_]
        table.add_row(type_.value, HANDLING[type_][0], str(len(of_type)), str(sum(of_type)))
    console.print(table)
    console.print(f"{result.theirs} lines, {result.matched} matched ({result.sure} by SQL alone)")
    console.print(f"{result.ours} payments, {result.carried} carried over; digest {result.digest}")
