"""Did the bank credit what the clearing files say, and what our book says? The command settle bank."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from chongzheng.cli.place import PLACE
from chongzheng.gateway import payouts
from chongzheng.gateway.payouts import Taken
from chongzheng.gateway.settle import load, load_named
from chongzheng.gateway.statements import FORMATS, StatementFile
from chongzheng.gateway.statements import load as load_statement
from chongzheng.journal.bank import Bank, Kept
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.known import Known, packaged
from chongzheng.settlement.formats.parse import parse
from chongzheng.settlement.intake import ClearingFile

EXIT_NO = 1
SHOWN_MAX = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", required=True, help=f"{', '.join(FORMATS)}, or a layout: its word, or a layout.toml.")
@click.option("--clearing", multiple=True, metavar="[WORD:DAY:]PATH",
              help="Clearing file of a day that was paid; WORD:DAY: where its name does not say them.")  # fmt: skip
@click.option("--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal; without it nothing is kept.")
@click.option("--payouts", "own", type=click.Path(path_type=Path), help="When your channels pay, and as whom. TOML.")
@click.option("--date", "day", default="", help="Last day of a statement in a layout, yyyymmdd.")
@click.option("--account", default="", help="Account of a statement in a layout.")
@click.option("--dry-run", is_flag=True, help="Compare, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def bank(
    file: Path, form: str, clearing: tuple[str, ...], db: Path | str | None, own: Path | None, day: str, account: str,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Compare the bank statement FILE with the clearing files and the book, day by day and channel by channel.

    With --db the clearing files that the journal has read are known by themselves; --clearing names others, or goes
    before them. A statement is kept once, by its content. Exit 1 when another one of the same days was read before.
    """
    known, word = _layouts(form)
    statement = load_statement(file, word, known, day.replace("-", ""), account)
    how = payouts.agreed(own)
    days = payouts.total([_clearing(one) for one in clearing], how)
    with _books(db) as books:
        taken = payouts.take(statement, days, how, books, dry_run)
    if as_json:
        click.echo(json.dumps(payouts.document(statement, taken), ensure_ascii=False))
    else:
        _show(statement, taken)
    if any(one.outcome is Kept.OVERLAPS for one in taken):
        sys.exit(EXIT_NO)


def _layouts(form: str) -> tuple[Known, str]:
    """The layouts, and the word for that of the statement: a path to one counts as well."""
    if not form.endswith(".toml"):
        return packaged(), form
    path = Path(form)
    try:
        layout = parse(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise TheirMistake("cannot be read as a layout", path.name) from None
    return packaged().over([layout]), layout.name


def _clearing(words: str) -> ClearingFile:
    """A clearing file by its name, or with the layout and the day in front of it."""
    word, colon, rest = words.partition(":")
    day, second, path = rest.partition(":")
    if colon and second and day.isdigit():
        return load(Path(path), day, None, word)
    return load_named(Path(words))


@contextmanager
def _books(db: Path | str | None) -> Iterator[Bank | None]:
    if db is None:
        yield None
        return
    side = Side.open(db)
    try:
        yield Bank(side, lambda: time.time_ns() // 1_000_000)
    finally:
        side.close()


def _show(file: StatementFile, taken: list[Taken]) -> None:
    for one in taken:
        statement, found = one.statement, one.found
        click.echo(f"{file.name}: {statement.account}, {statement.first_day} to {statement.last_day}: {one.outcome}")
        if one.leap_fen:
            click.echo(f"it opens {one.leap_fen:+d} fen from where the last one closed: a statement is missing between")
        if found is None:
            continue
        for paid in found.paid:
            click.echo(f"paid {paid.channel} {' '.join(paid.days)}: {paid.fen} fen")
        for finding in found.findings[:SHOWN_MAX]:
            click.echo(
                f"{finding.word} {finding.channel} {' '.join(finding.days)}: {finding.fen:+d} fen: {finding.why}"
            )
        if len(found.findings) > SHOWN_MAX:
            click.echo(f"and {len(found.findings) - SHOWN_MAX} more; --json lists all")
        for day in found.pending:
            click.echo(f"not due yet: {day.channel} {day.day}, {day.net_fen} fen")
