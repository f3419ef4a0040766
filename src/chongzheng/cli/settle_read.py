"""What was read, which statements were kept, and by which windows are lines matched? Commands that only show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from chongzheng.api import clearing_answers as answers
from chongzheng.cli.person import db_option, desk, json_option, now_ms, show
from chongzheng.gateway import windows as in_force
from chongzheng.journal.bank import STATEMENTS_MAX, Bank
from chongzheng.journal.rules import day_of
from chongzheng.journal.settled import FIRST_DAY, LAST_DAY, RUNS_MAX, SettledFiles
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.days import is_day

_after = click.option("--after", default=0, type=click.IntRange(min=0), help="Go on behind the last page: its `after`.")
RUN_SHOWN = ("day", "format", "part", "name", "rows", "matched", "moved_fen", "net_fen", "state")
STATEMENT_SHOWN = ("statement", "account", "first_day", "last_day", "opening_fen", "closing_fen", "lines", "name")
LINE_SHOWN = ("number", "day", "fen", "reference", "theirs", "matched")
GAP_SHOWN = ("id", "type", "channel", "day", "fen", "queue", "next_action", "state")


def days_options(command: Callable[..., None]) -> Callable[..., None]:
    """--since and --until: clearing days, yyyymmdd."""
    until = click.option("--until", default=LAST_DAY, show_default="all", help="Of this clearing day and earlier ones.")
    since = click.option("--since", default=FIRST_DAY, show_default="all", help="Of this clearing day and later ones.")
    return since(until(command))


def plain(day: str) -> str:
    """A day without hyphens."""
    return day.replace("-", "")


@click.command()
@days_options
@_after
@click.option("--limit", "most", default=RUNS_MAX, show_default=True, type=click.IntRange(1, RUNS_MAX))
@db_option
@json_option
def files(since: str, until: str, after: int, most: int, db: Path | str, as_json: bool) -> None:
    """Clearing files that were read, by their days: what each came to, and the differences it brought."""
    with desk(db) as side:
        found = SettledFiles(side).runs(plain(since), plain(until), after, most)
    document = msgspec.to_builtins(answers.runs(found, after, most))
    show(_shown(document["files"], RUN_SHOWN), document, as_json)


@click.command()
@click.argument("statement", required=False)
@_after
@click.option("--limit", "most", default=STATEMENTS_MAX, show_default=True, type=click.IntRange(1, STATEMENTS_MAX))
@db_option
@json_option
def statements(statement: str | None, after: int, most: int, db: Path | str, as_json: bool) -> None:
    """Bank statements that were kept, the newest days first; or STATEMENT with what each of its movements paid."""
    with desk(db) as side:
        books = Bank(side, now_ms)
        if statement is None:
            page = msgspec.to_builtins(answers.statements(books.statements(after, most), after, most))
            show(_shown(page["statements"], STATEMENT_SHOWN), page, as_json)
            return
        view = msgspec.to_builtins(answers.statement(books.statement(answers.named(statement))))
    show(_shown(view["lines"], LINE_SHOWN), view, as_json)
    if not as_json:
        show(_shown(view["gaps"], GAP_SHOWN), view, as_json)


@click.command()
@click.option("--date", "day", default="", help="The clearing day, yyyymmdd; today, if not given.")
@db_option
@json_option
def windows(day: str, db: Path | str, as_json: bool) -> None:
    """How far a payment and its line may lie apart on a clearing day; rows of the register "matching windows"."""
    on = plain(day) or day_of(now_ms())
    if not is_day(on):
        raise TheirMistake("is no day; write yyyymmdd", "--date")
    with desk(db) as side:
        document = msgspec.to_builtins(answers.windows(in_force.on(side, on), on))
    show(document["windows"], document, as_json)


def _shown(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: "" if row[name] is None else row[name] for name in names} for row in rows]
