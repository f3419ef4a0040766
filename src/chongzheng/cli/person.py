"""Which person gives this command, and how do they show it? Options and answers of the commands that people act by."""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chongzheng.cli.place import PLACE
from chongzheng.journal.actors import PASSWORD_CHARS_MAX, SHELL, Actor, Actors, NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.ledger import Unposted
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

EXIT_NO = 1
PIPE_CHARS = 240
"""How wide a table is where no terminal says it: no column is cut."""
SESSION_ENV = "CHONGZHENG_SESSION"
Command = TypeVar("Command", bound=Callable[..., Any])

db_option = click.option(
    "--db",
    envvar="CHONGZHENG_DB",
    type=PLACE,
    required=True,
    help="The journal (a file, or a postgresql:// URL); may also stand in CHONGZHENG_DB. The engine may be running.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


def person_options(command: Command) -> Command:
    """Who acts: `--as ID` with the password asked for, or read from stdin; or a session's token in the environment."""
    command = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")(
        command
    )
    return click.option(
        "--as", "actor", metavar="ID", help=f"Who you are; not needed where {SESSION_ENV} holds a session's token."
    )(command)


def proven(actors: Actors, actor: str | None, password_stdin: bool) -> Actor:
    """The person who gives this command. NotAllowed, or TheirMistake when nobody says who it is."""
    token = os.environ.get(SESSION_ENV, "")
    if actor is None:
        if not token:
            raise TheirMistake(f"say who you are with --as ID, or put a session's token into {SESSION_ENV}", "person")
        return actors.of_session(token, now_ms())
    return actors.prove(actor, password(password_stdin, f"password of {actor}"), now_ms())


def password(from_stdin: bool, what: str) -> str:
    """A password, from a line of stdin or from whoever sits there; it is never part of a command."""
    if from_stdin:
        return sys.stdin.readline(PASSWORD_CHARS_MAX + 2).rstrip("\r\n")
    text: str = click.prompt(what, hide_input=True, err=True)
    return text


def shell_name() -> str:
    """Whoever sits at this machine, for a register that has no administrator yet."""
    try:
        return f"{SHELL}{getpass.getuser()}"
    except (OSError, KeyError):
        return f"{SHELL}unknown"


@contextmanager
def desk(db: Path | str) -> Iterator[Side]:
    """The journal's desk; what it says no to is one line on stderr and exit 1."""
    side = Side.open(db)
    try:
        yield side
    except (NotAllowed, Overtaken) as no:
        refuse(str(no))
    except Unposted as no:
        refuse(*no.lines)
    finally:
        side.close()


def refuse(*lines: str) -> NoReturn:
    """The answer is no."""
    for line in lines:
        click.echo(f"chongzheng: {line}", err=True)
    sys.exit(EXIT_NO)


def show(rows: Sequence[dict[str, Any]], document: Any, as_json: bool) -> None:
    """A document, or its rows as a table."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ["none"]), show_lines=False)
    for row in rows:
        table.add_row(*(escape(cell(name, value)) for name, value in row.items()))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_CHARS).print(table)


def cell(name: str, value: Any) -> str:
    """How a value is written for a person: instants in UTC, fen as yuan, lists with blanks."""
    if name.endswith("_at"):
        return datetime.fromtimestamp(value // 1000, UTC).isoformat() if value else "-"
    if name.endswith("fen") and isinstance(value, int):
        return yuan(value)
    return (" ".join(value) or "-") if isinstance(value, list) else str(value)


def yuan(fen: int) -> str:
    """`-12,345.67`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def now_ms() -> int:
    """The clock of this machine."""
    return time.time_ns() // 1_000_000
