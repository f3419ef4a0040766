"""What does this clearing file say about our payments? The command settle."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from chongzheng.cli.place import PLACE, shown
from chongzheng.fees.agreement import Agreement
from chongzheng.gateway import fee_rules
from chongzheng.gateway import settle as door
from chongzheng.gateway.settle import Desk, Outcome, Summary, Terms
from chongzheng.journal import Journal, JournalFull, Reader, Vault
from chongzheng.journal.vault import KEY_BYTES
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from chongzheng.settlement import charged
from chongzheng.settlement.intake import ClearingFile, Unreadable

EXIT_NO, EXIT_BAD_INPUT = 1, 2
SHOWN_MAX = 20
LOCKED = "another engine is writing"
SUBCOMMANDS = {
    "bank": "chongzheng.cli.bank:bank",
    "day": "chongzheng.cli.settle_day:day",
    "expected": "chongzheng.cli.expected:expected",
    "files": "chongzheng.cli.settle_read:files",
    "statements": "chongzheng.cli.settle_read:statements",
    "windows": "chongzheng.cli.settle_read:windows",
}
"""What may stand in the place of FILE; a file of such a name is given as ./bank."""


class _Settle(click.Command):
    """The command with a file, and beside it the subcommands, imported when they are meant."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> click.Context:
        if args and args[0] in SUBCOMMANDS:
            path, attribute = SUBCOMMANDS[args[0]].split(":")
            command: click.Command = getattr(importlib.import_module(path), attribute)
            return command.make_context(f"{info_name} {args[0]}", args[1:], *more, **extra)
        return super().make_context(info_name, args, *more, **extra)


@click.command(cls=_Settle)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "word", default="acom", show_default=True, help="Layout of FILE: its word, or a layout.toml.")
@click.option("--date", "day", default="", help="Clearing day of FILE, yyyymmdd, where its name does not state it.")
@click.option("--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal: a file, or a URL.")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration that names the journal and the policy.")
@click.option("--control", type=click.Path(path_type=Path), help="Control file; FILE.ctl if not given.")
@click.option("--layouts", type=click.Path(path_type=Path), help="Folder of your own layouts.")
@click.option("--corrects", is_flag=True, help="FILE takes the place of the file of this day that was read before.")
@click.option("--whole", is_flag=True, help="FILE holds all trades of its channel, whoever its name says it is of.")
@click.option(
    "--of", "owners", multiple=True, metavar="MERCHANT", help="FILE holds this merchant's trades; may repeat."
)
@click.option("--fees", is_flag=True, help="Check the fees of every line against the agreement.")
@click.option("--own", envvar="CHONGZHENG_FEES", type=click.Path(path_type=Path), help="Your price list, for --fees.")
@click.option("--engine", default="", help="Match by duckdb, or a Spark master (spark://host:port); empty: as it fits.")
@click.option("--dry-run", is_flag=True, help="Say what the file would do, change nothing. The engine may be running.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def settle(
    file: Path, word: str, day: str, db: Path | str | None, config: Path | None, control: Path | None,
    layouts: Path | None, corrects: bool, whole: bool, owners: tuple[str, ...], fees: bool, own: Path | None,
    engine: str, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Reconcile the clearing FILE of one day: each line, and each missing line, proves or contradicts a verdict.

    A FILE that does not close with totals needs its control file beside it (docs/settlement.md). Exit 1 when another
    file of that day was read before, 2 when lines cannot be read; --json then lists every one of them.

    In the place of FILE: bank, day, expected, files, statements or windows (--help of each says what it does).
    """
    place = _place(db, config, layouts)
    try:
        clearing = door.load(file, day.replace("-", ""), control, word, place.desk)
    except Unreadable as refusal:
        if as_json:
            click.echo(json.dumps(unread(refusal, day.replace("-", "")), ensure_ascii=False))
        raise
    summary = _summary(
        clearing, place, _terms(place.terms, clearing, corrects, whole, owners, fees, own, engine), dry_run
    )
    if as_json:
        click.echo(json.dumps(document(summary), ensure_ascii=False))
    else:
        _show(Console(), summary)
    if summary.outcome is Outcome.OTHER_CONTENT:
        sys.exit(EXIT_NO)


def document(summary: Summary) -> dict[str, object]:
    """The summary as `--json` prints it: `rows` of the file, `matched` rows, payments `proven`, differences by type and
    one by one. `digest`: the same file against the same book gives the same; `sha256` of FILE.
    """
    return {
        "file": summary.name,
        "format": summary.format,
        "day": summary.day,
        "outcome": summary.outcome.value,
        "rows": summary.records,
        "matched": summary.matched,
        "proven": sum(summary.proven.values()),
        "breaks": summary.by_type,
        "problems": [],
        "digest": summary.result,
        "sha256": summary.digest,
        "proven_by_truth": dict(sorted(summary.proven.items())),
        "silent": summary.silent,
        "carried": summary.carried,
        "opened": summary.opened,
        "contested": summary.contested,
        "stopped": summary.stopped,
        "withheld": list(summary.withheld),
        "differences": [
            {
                "type": str(one.type),
                "word": one.word,
                "line": one.record_number,
                "payment": one.payment,
                "fen": one.fen,
                "viewpoint": str(one.viewpoint),
                "owner": str(one.owner),
                "next_action": str(one.next_action),
                "why": one.why,
                "about": list(one.about),
            }
            for one in summary.differences
        ],
        "tail": list(summary.tail),
        "changes": None if summary.changes is None else json.loads(summary.changes.as_json()),
    }


def unread(refusal: Unreadable, day: str) -> dict[str, object]:
    """The same of a file with lines that cannot be read: nothing of it was believed, and every problem is listed."""
    summary = Summary(refusal.where, day, "", Outcome.DRY_RUN, len(refusal.reading.records))
    problems = [{"where": one.where, "which": one.which, "what": one.what} for one in refusal.reading.problems]
    return {**document(summary), "outcome": "not read, nothing changed", "problems": problems}


class _Place:
    """Where the journal is, by which policy it is judged, and what reads files."""

    def __init__(self, path: Path | str, policy: Policy, desk: Desk, terms: Terms) -> None:
        self.path, self.policy, self.desk, self.terms = path, policy, desk, terms


def _place(db: Path | str | None, config: Path | None, folder: Path | None) -> _Place:
    if config is not None:
        from chongzheng.app import clearing_desk, journal_and_policy  # load the wires; a plain --db does without

        path, policy = journal_and_policy(config)
        return _Place(db or path, policy, *clearing_desk(config, folder))
    if db is None:
        raise TheirMistake("is missing; name the journal with --db, or the configuration with --config", "--db")
    return _Place(db, Policy(), Desk(door.layouts(folder)), Terms())


def _terms(
    terms: Terms,
    clearing: ClearingFile,
    corrects: bool,
    whole: bool,
    owners: tuple[str, ...],
    fees: bool,
    own: Path | None,
    engine: str,
) -> Terms:
    """What the configuration says, and over it what the command does."""

    def agreed(word: str, day: str) -> Agreement:
        return Agreement(fee_rules.tariff(own), fee_rules.ladder(own), day, charged.side(word))

    if engine:
        from chongzheng.reconcile.matcher import matcher  # an engine is loaded when it is asked for

        terms = replace(terms, matching=matcher(engine))
    if owners:
        terms = replace(terms, owners={**terms.owners, (clearing.format, clearing.part): frozenset(owners)})
    if whole:
        terms = replace(terms, whole=terms.whole | {clearing.format})
    return replace(terms, corrects=corrects, agreed=agreed if fees else terms.agreed)


def _summary(clearing: ClearingFile, place: _Place, terms: Terms, dry_run: bool) -> Summary:
    reader = Reader.open(place.path)
    try:
        if dry_run:
            return door.preview(clearing, reader, terms)
        door.refuse_other_policy(reader, place.policy)
        with _writer(place) as journal, Progress(console=Console(stderr=True), transient=True) as bar:
            bar.disable = not sys.stderr.isatty()
            task = bar.add_task(f"settling {clearing.name}", total=None)

            def progress(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            now_ms = time.time_ns() // 1_000_000
            return door.settle(clearing, journal, reader, now_ms, progress=progress, terms=terms)
    finally:
        reader.close()


@contextmanager
def _writer(place: _Place) -> Iterator[Journal]:
    """A writer for a while. Settling neither seals nor opens a card, so the vault's key dies here."""
    empty = Vault({"settle": os.urandom(KEY_BYTES)}, "settle", os.urandom(KEY_BYTES))
    try:
        journal = Journal.open(place.path, empty, place.policy, visiting=True)
    except TheirMistake as mistake:
        if mistake.what.startswith(LOCKED):
            what = "an engine is running on this journal; drop the file and its .ctl into the engine's inbox folder"
            raise TheirMistake(what, shown(place.path)) from None
        raise
    try:
        yield journal
    except JournalFull:
        raise TheirMistake("the disk is full; make room and give the same file again", shown(place.path)) from None
    finally:
        journal.close()


def _show(console: Console, summary: Summary) -> None:
    console.print(f"{summary.name} of {summary.day}: {summary.outcome}", highlight=False)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("rows", str(summary.records))
    table.add_row("matched to a payment", str(summary.matched))
    table.add_row("payments it is silent about", str(summary.silent))
    table.add_row("payments opened for a row nobody had told us of", str(summary.opened))
    table.add_row("payments not judged because of a break", str(len(summary.withheld)))
    for kind, count in summary.by_type.items():
        table.add_row(f"differences: {kind}", str(count))
    for truth, count in sorted(summary.proven.items()):
        table.add_row(f"proven {truth}", str(count))
    if summary.contested or summary.stopped:
        table.add_row("contested, with a case", str(len(summary.contested)))
        table.add_row("stopped, with a case", str(len(summary.stopped)))
    console.print(table)
    _list(console, [_line(one) for one in summary.differences])
    _list(console, [f"rounding {line}" for line in summary.tail])
    if summary.changes is not None:
        changed = summary.changes.by_payment.items()
        _list(
            console,
            [f"{payment}: {'; '.join(b) or 'nothing'} -> {'; '.join(n) or 'nothing'}" for payment, (b, n) in changed],
        )


def _line(one: Any) -> str:
    place = f"line {one.record_number}" if one.record_number else "no line"
    return f"{place}: {one.word} {one.type} {one.fen} fen {one.payment or '-'}: {one.why}; next: {one.next_action}"


def _list(console: Console, lines: list[str]) -> None:
    for line in lines[:SHOWN_MAX]:
        console.print(line, highlight=False, markup=False)
    if len(lines) > SHOWN_MAX:
        console.print(f"and {len(lines) - SHOWN_MAX} more; --json lists all", highlight=False)
