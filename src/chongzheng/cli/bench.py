"""How fast is it on this machine, beside the alternatives? The command bench and its parts."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chongzheng.cli.provenance import signed

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
db_option = click.option(
    "--db", default="sqlite", show_default=True, help="sqlite, postgresql (one of our own), or the URL of an empty one."
)
PENDING_MAX, SALES_MAX, ROWS_MAX = 5_000_000, 5_000_000, 100_000_000


class _Bar:
    """Progress on standard error, when that is a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)
        self._phase = ""

    def say(self, phase: str, done: int = 0, of: int = 0) -> None:
        """Move the bar; a new phase begins a new one."""
        if phase != self._phase and self._phase:
            self._task = self._progress.add_task("", total=None)
        self._phase = phase
        self._progress.update(self._task, description=phase, completed=done, total=of or None)


@contextmanager
def _bar() -> Iterator[_Bar]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        yield _Bar(progress)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for the length of one measurement; not under a memory file system if that can be helped."""
    path = Path(tempfile.mkdtemp(prefix="chongzheng-bench-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))  # noqa: S108 - mkdtemp makes it ours alone
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _show(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(signed(figures)))
        return
    for name, value in figures.items():
        text = json.dumps(value) if isinstance(value, dict | list) else value
        click.echo(f"{name:<20} {text}")


@click.group()
def bench() -> None:
    """Measure, side by side with the alternatives."""


@bench.command("codec")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=3.0, show_default=True, help="How long to measure.")
@json_option
def bench_codec(seconds: float, as_json: bool) -> None:
    """Decode and encode cup-pos frames, ours and pyiso8583 in turn."""
    from chongzheng.bench.codec import measure  # pyiso8583 is needed here alone

    figures = measure(seconds)
    if as_json:
        click.echo(json.dumps(signed(figures)))
        return
    click.echo(f"decode {figures['decode_us']} us a message, {figures['decode_ratio']} times as fast as pyiso8583")
    click.echo(f"encode {figures['encode_us']} us a message, {figures['encode_ratio']} times as fast as pyiso8583")
    click.echo(f"{figures['frames']} frames, {figures['rounds']} rounds, Python {figures['python']}")


@bench.command("relay")
@click.option("--sales", type=click.IntRange(100, SALES_MAX), default=40_000, show_default=True, help="At full speed.")
@click.option("--terminals", type=click.IntRange(1, 2_000), default=512, show_default=True, help="Connections.")
@click.option("--in-flight", type=click.IntRange(1, 8), default=2, show_default=True, help="Sales of one terminal.")
@click.option("--pace-s", type=click.IntRange(1, 600), default=5, show_default=True, help="Seconds at 2,000 a second.")
@db_option
@json_option
def bench_relay(sales: int, terminals: int, in_flight: int, pace_s: int, db: str, as_json: bool) -> None:
    """Durable sales from terminals through the engine to a bank and back, beside a relay that does nothing else."""
    from chongzheng.bench.load_database import database
    from chongzheng.bench.relay import Load, measure

    with _folder() as folder, database(db, folder) as url, _bar() as bar:
        figures = asyncio.run(measure(folder, Load(sales, terminals, in_flight, pace_s), url, bar.say))
    _show(figures, as_json)


@bench.command("drain")
@click.option("--pending", type=click.IntRange(1, PENDING_MAX), default=200_000, show_default=True, help="Reversals.")
@click.option("--engines", type=click.IntRange(1, 8), default=1, show_default=True, help="More than one: PostgreSQL.")
@click.option("--compare", is_flag=True, help="The same job on DBOS, procrastinate, pgqueuer, Celery, Temporal.")
@click.option("--jobs", type=click.IntRange(10, PENDING_MAX), default=2_000, show_default=True, help="Each of them.")
@db_option
@json_option
def bench_drain(pending: int, engines: int, compare: bool, jobs: int, db: str, as_json: bool) -> None:
    """The reversals of an outage: claimed, sent with MAC, answered, committed."""
    from chongzheng.bench.drain import measure
    from chongzheng.bench.load_database import database

    with _bar() as bar:
        with _folder() as folder, database(db, folder) as url:
            figures = asyncio.run(measure(folder, pending, engines, url, bar.say))
        if compare:
            from chongzheng.bench.alternatives import compared

            with _folder() as folder:
                figures |= compared(figures["reversals_per_s"], folder, jobs, bar.say)
    _show(figures, as_json)


@bench.command("hostile")
@click.option("--clients", type=click.IntRange(1, 4_000), default=2_000, show_default=True, help="Hostile connections.")
@click.option("--terminals", type=click.IntRange(1, 1_000), default=200, show_default=True, help="Honest terminals.")
@click.option("--rate", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Honest sales a second.")
@click.option("--seconds", type=click.IntRange(1, 600), default=3, show_default=True, help="How long, each time.")
@click.option("--flood", type=click.IntRange(1, SALES_MAX), default=10_000, show_default=True, help="At full speed.")
@click.option("--rounds", type=click.IntRange(1, 100), default=6, show_default=True, help="Alone and besieged in turn.")
@json_option
def bench_hostile(
    clients: int, terminals: int, rate: int, seconds: int, flood: int, rounds: int, as_json: bool
) -> None:
    """Honest terminals alone and among slow and hostile clients in turn: throughput, lateness, and our memory."""
    from chongzheng.bench.hostile import Siege, measure

    with _folder() as folder, _bar() as bar:
        figures = asyncio.run(measure(folder, Siege(clients, terminals, rate, seconds, flood, rounds), bar.say))
    _show(figures, as_json)


@bench.command("settle")
@click.option("--rows", type=click.IntRange(1_000, ROWS_MAX), default=1_000_000, show_default=True, help="Each side.")
@click.option("--format", "format_", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
@click.option("--memory", "memory_mib", type=click.IntRange(512, 1 << 20), default=3_000, show_default=True,
              help="MiB that matching may take before it uses the disk.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1, 256), default=2, show_default=True, help="Threads of the engine.")
@click.option("--compare", is_flag=True, help="The same day by pandas and datacompy, as large as they manage.")
@json_option
def bench_settle(rows: int, format_: str, memory_mib: int, threads: int, compare: bool, as_json: bool) -> None:
    """A national day with differences planted in it: how fast, how much memory, and is every one found and no other?"""
    from chongzheng.bench.settle import Size, measure

    with _folder() as folder, _bar() as bar:
        figures = measure(folder, Size(rows, format_, memory_mib, threads), bar.say)
        if compare:
            from chongzheng.bench.settle_compare import compared

            figures |= compared(folder, rows, bar.say)
    _show(figures, as_json)


@bench.command("console")
@click.option("--kept", required=True, type=click.Path(path_type=Path), help="Of simulate --fill --keep: its folder.")
@click.option("--db", help="The URL of its journal, where that is PostgreSQL.")
@click.option("--times", default=101, show_default=True, type=click.IntRange(1, 1_000), help="Each page so often.")
@json_option
def console_(kept: Path, db: str | None, times: int, as_json: bool) -> None:
    """How long the pages of the desk take in a full journal, for a supervisor who opens one after another."""
    from chongzheng.bench.console import measure

    rows = measure(db or kept / "journal.db", kept / "vault.keys", times)
    if as_json:
        click.echo(json.dumps(signed({"times": times, "pages": rows})))
        return
    names = "".join(f"{name.removesuffix('_ms'):>10}" for name in rows[0] if name.endswith("_ms"))
    click.echo(f"{'page':<32}{'':>5}{names}  ms")
    for row in rows:
        numbers = [value for name, value in row.items() if name.endswith("_ms")]
        milliseconds = "".join(f"{'-' if value is None else value:>10}" for value in numbers)
        click.echo(f"{row['page']:<32}{row['status']:>5}{milliseconds}")
