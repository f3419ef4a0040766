"""Can somebody look at a working day without setting anything up? `chongzheng up --demo`: addresses, accounts, it."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from chongzheng.cli.addresses import announce, write_addresses
from chongzheng.cli.demo import named_folder
from chongzheng.simulator.open_day import Opened, Plan, run

SEED = 11


class _Progress:
    """How far the day is, on standard error: a spinner on a terminal, a line a phase elsewhere."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None) if progress is not None else None
        self._name = ""

    def phase(self, name: str, total: int) -> None:
        """A new part of the day."""
        self._name = name
        if self._progress is None:
            print(name, file=sys.stderr, flush=True)
        elif self._task is not None:
            self._progress.update(self._task, description=name)

    def advance(self, done: int) -> None:
        """So many of it."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=f"{self._name}: {done}")

    def engines(self, standings: Sequence[str]) -> None:
        """There is one."""


def day(keep: Path | None, address_file: Path | None, as_json: bool) -> None:
    """Open it, print where it is and who may come in, and let it run until Ctrl-C or SIGTERM. Nothing is left."""
    folder = Path(tempfile.mkdtemp(prefix="chongzheng-up-")) if keep is None else named_folder(keep)
    try:
        asyncio.run(_day(folder, address_file, as_json))
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            words = f"kept in {folder}; look at it again with chongzheng up --demo --config {folder / 'config.toml'}"
            click.echo(words, err=True)


async def _day(folder: Path, address_file: Path | None, as_json: bool) -> None:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        show = _Progress(progress if console.is_terminal else None)
        work = asyncio.create_task(run(Plan(SEED, folder), show, lambda it: _say(it, address_file, as_json)))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        with suppress(asyncio.CancelledError):
            await work


def _say(opened: Opened, address_file: Path | None, as_json: bool) -> None:
    """The addresses, the desk first, then who may come in."""
    if as_json:
        write_addresses(dict(opened.addresses), address_file)
        people = [{"id": who, "name": name, "role": str(role)} for who, name, role in opened.people]
        print(json.dumps({**opened.addresses, "password": opened.password, "accounts": people}), flush=True)
        return
    announce(dict(opened.addresses), address_file, as_json=False)
    table = Table(title=f"演示账号 Demo accounts · 密码 password: {opened.password}", title_justify="left")
    for column in ("工号 id", "角色 role", "姓名 name"):
        table.add_column(column)
    for who, name, role in opened.people:
        table.add_row(who, str(role), name)
    Console(highlight=False).print(table)
    print(f"请打开 open: {opened.addresses['console']} · Ctrl-C 结束 ends it", flush=True)
