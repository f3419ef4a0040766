"""Which clearing files should be here by now? The command settle expected."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chongzheng.gateway.expected import Awaited, Standing, document

EXIT_NO = 1


@click.command()
@click.option("--config", required=True, type=click.Path(path_type=Path), help="Configuration that says what comes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def expected(config: Path, as_json: bool) -> None:
    """Show how each expected clearing file of the last month stands. Exit 1 when one is missing."""
    from chongzheng.app import awaited_files  # loads the wires

    found = awaited_files(config, time.time_ns() // 1_000_000)
    missing = [one for one in found if one.standing is Standing.MISSING]
    if as_json:
        click.echo(json.dumps(document(found), ensure_ascii=False))
    else:
        _show(Console(), found)
    if missing:
        sys.exit(EXIT_NO)


def _show(console: Console, found: list[Awaited]) -> None:
    table = Table("file", "due (UTC)", "read (UTC)", "", box=None, pad_edge=False)
    for one in found:
        table.add_row(str(one), _clock(one.due_at), _clock(one.read_at) if one.read_at else "-", str(one.standing))
    console.print(table if found else "no file is expected; [[settlement.expected]] says which are")


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%d %H:%M")
