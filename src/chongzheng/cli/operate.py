"""How is a journal backed up and put back, and what is every setting at present? Commands backup, restore, config."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from chongzheng.cli.place import PLACE
from chongzheng.journal import backup as keeping
from chongzheng.mistakes import TheirMistake

SHOWN_CHARS_MAX = 48
SERVER_TOOLS = "lies in PostgreSQL, which has its own tools: pg_basebackup, WAL archiving (docs/operate.md)"

_config = click.option("--config", type=click.Path(path_type=Path), help="Configuration that names journal and mark.")
_db = click.option(
    "--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal (SQLite file), where no configuration is named."
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


@click.command("backup")
@_config
@_db
@click.option("--into", "folder", required=True, type=click.Path(path_type=Path), help="Folder for the copy.")
@_json
def back_up(config: Path | None, db: Path | str | None, folder: Path, as_json: bool) -> None:
    """Copy the journal, as of one moment, while the engine goes on writing.

    The copy gets a manifest (.json) beside it; keep both together, and the vault's key file elsewhere.
    """
    journal, _ = _places(config, db)
    with _bar("backing up") as progress:
        path, point = keeping.back_up(journal, folder, _now_ms(), progress)
    document = {"file": str(path), "commit": point.no, "hash": point.hash.hex(), "bytes": path.stat().st_size}
    _say(document, as_json, f"{path}: up to commit {point.no}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_config
@_db
@click.option("--give-up", type=click.IntRange(0), help="The commit that is known to be lost, if no copy has it.")
@click.option("--quick", is_flag=True, help="Check digest and pages, but do not recompute every payment's chain.")
@_json
def restore(
    file: Path, config: Path | None, db: Path | str | None, give_up: int | None, quick: bool, as_json: bool
) -> None:
    """Put the backup FILE in the journal's place; the engine must be stopped, what lay there is kept beside it.

    A backup that is older than what the journal had got to is refused: payments made since would be unknown.
    """
    journal, mark = _places(config, db)
    done = keeping.restore(file, journal, keeping.Mark(mark), _now_ms(), give_up, quick)
    document = {"journal": str(journal), "commit": done.point.no, "given_up": done.given_up}
    document["aside"] = [str(path) for path in done.aside]
    words = f"{journal}: restored up to commit {done.point.no}"
    if done.given_up:
        words += f"; {done.given_up} commits were given up, reconcile them by hand"
    _say(document, as_json, words)


@click.command("config")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The configuration file.")
@_json
def show_config(path: Path, as_json: bool) -> None:
    """Print every setting: what it is now, where that comes from, what it may be, and what it means."""
    from chongzheng import settings  # loads the whole configuration, which the other commands may not need

    found = settings.table(path)
    if as_json:
        click.echo(json.dumps(settings.document(found), ensure_ascii=False))
        return
    table = Table("setting", "value", "from", "kind", "meaning", show_lines=False)
    for one in found:
        kind = f"{one.kind}: {one.limits}" if one.limits else one.kind
        value = "-" if one.value is None else str(one.value)
        shown = value if len(value) <= SHOWN_CHARS_MAX else f"{value[: SHOWN_CHARS_MAX - 1]}…"
        table.add_row(*map(_plain, (one.name, shown, one.came_from, kind, one.says)))
    Console().print(table)


def _plain(text: str) -> str:
    """Brackets are ours, not rich's."""
    return text.replace("[", r"\[")


def _places(config: Path | None, db: Path | str | None) -> tuple[Path, Path]:
    """Journal and mark. A journal given by itself has its mark beside it."""
    if config is not None:
        from chongzheng.app import journal_and_mark  # loads the wires, which a plain --db does not need

        journal, mark = journal_and_mark(config)
    elif db is not None:
        journal, mark = db, Path(f"{db}.mark")
    else:
        raise TheirMistake("is missing; name a configuration, or a journal with --db", "--config")
    if isinstance(journal, str):
        raise TheirMistake(SERVER_TOOLS, "the journal")
    return journal, mark


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _say(document: dict[str, object], as_json: bool, words: str) -> None:
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else words)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
