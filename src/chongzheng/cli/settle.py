"""What does this clearing file say about our payments? The command settle."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from chongzheng.cli.place import PLACE, shown
from chongzheng.gateway import settle as door
from chongzheng.gateway.settle import Outcome, Summary
from chongzheng.journal import Journal, JournalFull, Reader, Vault
from chongzheng.journal.vault import KEY_BYTES
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from chongzheng.settlement.formats.known import packaged
from chongzheng.settlement.intake import ClearingFile

EXIT_NO = 1
BREAKS_SHOWN_MAX = 20
LOCKED = "another engine is writing"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "layout", default="acom", show_default=True, help=f"Layout of FILE: {', '.join(packaged().words)}.")
@click.option("--date", "day", required=True, help="Clearing day of FILE, yyyymmdd.")
@click.option("--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal: a file, or a URL.")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration that names the journal and the policy.")
@click.option("--control", type=click.Path(path_type=Path), help="Control file; FILE.ctl if not given.")
@click.option("--dry-run", is_flag=True, help="Say what the file would do, change nothing. The engine may be running.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def settle(
    file: Path,
    layout: str,
    day: str,
    db: Path | str | None,
    config: Path | None,
    control: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Reconcile the clearing FILE of one day: each line, and each missing line, proves or contradicts a verdict.

    FILE needs its control file beside it (docs/decisions/0003). Exit 1 when another file of that day was read before.
    """
    path, policy = _journal_and_policy(db, config)
    clearing = door.load(file, day.replace("-", ""), control, layout)
    reader = Reader.open(path)
    try:
        summary = door.preview(clearing, reader) if dry_run else _settle(clearing, path, policy, reader)
    finally:
        reader.close()
    if as_json:
        click.echo(json.dumps(document(summary), ensure_ascii=False))
    else:
        _show(Console(), summary)
    if summary.outcome is Outcome.OTHER_CONTENT:
        sys.exit(EXIT_NO)


def document(summary: Summary) -> dict[str, object]:
    """The summary as `--json` prints it; `breaks` lists the records without a payment, `digest` is SHA-256 of FILE."""
    return {
        "file": summary.name,
        "day": summary.day,
        "digest": summary.digest,
        "outcome": summary.outcome.value,
        "records": summary.records,
        "matched": summary.matched,
        "silent": summary.silent,
        "proven": dict(sorted(summary.proven.items())),
        "contested": summary.contested,
        "stopped": summary.stopped,
        "withheld": list(summary.withheld),
        "breaks": [
            {
                "line": one.record.number,
                "word": one.word.value,
                "why": one.why.value,
                "terminal": one.record.terminal,
                "stan": one.record.stan,
                "amount_fen": one.record.amount_fen,
                "about": list(one.about),
            }
            for one in summary.breaks
        ],
    }


def _journal_and_policy(db: Path | str | None, config: Path | None) -> tuple[Path | str, Policy]:
    if config is not None:
        from chongzheng.app import journal_and_policy  # loads the wires, which a plain --db does not need

        path, policy = journal_and_policy(config)
        return db or path, policy
    if db is None:
        raise TheirMistake("is missing; name the journal with --db, or the configuration with --config", "--db")
    return db, Policy()


def _settle(clearing: ClearingFile, path: Path | str, policy: Policy, reader: Reader) -> Summary:
    door.refuse_other_policy(reader, policy)
    with _writer(path, policy) as journal, Progress(console=Console(stderr=True), transient=True) as bar:
        bar.disable = not sys.stderr.isatty()
        task = bar.add_task(f"settling {clearing.name}", total=None)
        now_ms = time.time_ns() // 1_000_000
        return door.settle(
            clearing, journal, reader, now_ms, progress=lambda done, of: bar.update(task, completed=done, total=of)
        )


@contextmanager
def _writer(path: Path | str, policy: Policy) -> Iterator[Journal]:
    """A writer for a while. Settling neither seals nor opens a card, so the vault's key dies here."""
    empty = Vault({"settle": os.urandom(KEY_BYTES)}, "settle", os.urandom(KEY_BYTES))
    try:
        journal = Journal.open(path, empty, policy, visiting=True)
    except TheirMistake as mistake:
        if mistake.what.startswith(LOCKED):
            what = "an engine is running on this journal; drop the file and its .ctl into the engine's inbox folder"
            raise TheirMistake(what, shown(path)) from None
        raise
    try:
        yield journal
    except JournalFull:
        raise TheirMistake("the disk is full; make room and give the same file again", shown(path)) from None
    finally:
        journal.close()


def _show(console: Console, summary: Summary) -> None:
    console.print(f"{summary.name} of {summary.day}: {summary.outcome}", highlight=False)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("records", str(summary.records))
    if summary.outcome in (Outcome.READ, Outcome.RESUMED, Outcome.DRY_RUN):
        table.add_row("matched to a payment", str(summary.matched))
        table.add_row("payments it is silent about", str(summary.silent))
        table.add_row("breaks", str(len(summary.breaks)))
        table.add_row("payments not judged because of a break", str(len(summary.withheld)))
    for truth, count in sorted(summary.proven.items()):
        table.add_row(f"proven {truth}", str(count))
    if summary.contested or summary.stopped:
        table.add_row("contested, with a case", str(len(summary.contested)))
        table.add_row("stopped, with a case", str(len(summary.stopped)))
    console.print(table)
    for one in summary.breaks[:BREAKS_SHOWN_MAX]:
        console.print(str(one), highlight=False, markup=False)
    if len(summary.breaks) > BREAKS_SHOWN_MAX:
        console.print(f"and {len(summary.breaks) - BREAKS_SHOWN_MAX} more; --json lists all", highlight=False)
