"""How do payments of another switch come in from a file? The command import."""

from __future__ import annotations

import codecs
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from chongzheng.api.imports import Reading, Send, Summary, bring_in
from chongzheng.api.refusals import Problem
from chongzheng.api.shapes import Outcome, Outcomes
from chongzheng.mistakes import TheirMistake
from chongzheng.reception import import_desk

EXIT_NO = 1
TOKEN_VARIABLE = "CHONGZHENG_TOKEN"  # noqa: S105 - the name of a variable, not a token
ANSWER_WAIT_S = 60
SHOWN_MAX = 20
BUSY_WAIT_S = 5
BUSY_TRIES_MAX = 24
BUSY = (429, 503)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", required=True, type=click.Choice(["csv", "jsonl"]), help="What FILE is.")
@click.option("--config", type=click.Path(path_type=Path), help="Into the journal of this engine, which is stopped.")
@click.option("--url", help=f"Through the API of an engine that runs; its token stands in {TOKEN_VARIABLE}.")
@click.option("--column", "columns", multiple=True, help="ours=theirs: how FILE names a column; may repeat.")
@click.option("--encoding", default="utf-8-sig", show_default=True, help="Of a CSV file, e.g. gb18030.")
@click.option("--delimiter", default=",", show_default=True, help="Of a CSV file.")
@click.option("--utc-offset", "utc_offset_h", default=8, show_default=True, type=click.IntRange(-12, 14),
              help="Clock of times without a zone, hours ahead of UTC.")  # fmt: skip
@click.option("--problems", type=click.Path(path_type=Path), help="Write the located problem list there (JSONL).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def import_file(
    file: Path,
    form: str,
    config: Path | None,
    url: str | None,
    columns: tuple[str, ...],
    encoding: str,
    delimiter: str,
    utc_offset_h: int,
    problems: Path | None,
    as_json: bool,
) -> None:
    """Bring in FILE, a journal of another switch: each line one payment, with its answer if there was one.

    The same line again is known and changes nothing, so a file may be brought in as often as you like. A line
    without an answer opens doubt. Exit 1 when lines were refused; they are listed with their numbers.
    """
    reading = _reading(form, columns, encoding, delimiter, utc_offset_h)
    if (config is None) == (url is None):
        raise TheirMistake("name --config (the engine is stopped) or --url (it is running), one of them", "import")
    with _desk(config, url) as send, _bar(file) as bar:
        task = bar.add_task(escape(file.name), total=_size(file))
        summary = bring_in(file, reading, send, lambda count: bar.advance(task, count))
    if problems is not None:
        _write(problems, summary)
    _tell(summary, as_json)
    if summary.refused:
        sys.exit(EXIT_NO)


def _reading(form: str, columns: tuple[str, ...], encoding: str, delimiter: str, utc_offset_h: int) -> Reading:
    named: dict[str, str] = {}
    for column in columns:
        ours, sign, theirs = column.partition("=")
        if not (ours and sign and theirs):
            raise TheirMistake("must be ours=theirs, e.g. --column merchant=SHOP_NO", "--column")
        named[ours] = theirs
    if len(delimiter) != 1:
        raise TheirMistake("must be one character", "--delimiter")
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise TheirMistake("there is no such encoding", "--encoding") from None
    return Reading(form, named, encoding, delimiter, utc_offset_h)


@contextmanager
def _desk(config: Path | None, url: str | None) -> Iterator[Send]:
    if config is not None:
        with import_desk(config) as send:
            yield send
        return
    token = os.environ.get(TOKEN_VARIABLE, "")
    if not token:
        raise TheirMistake("holds no token; make one: chongzheng api token create NAME --scope report", TOKEN_VARIABLE)
    address = f"{str(url).rstrip('/')}/payments/batch"
    with httpx.Client(timeout=ANSWER_WAIT_S, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:

        def send(reports: Sequence[bytes]) -> list[Outcome]:
            return _post(client, address, reports)

        yield send


def _post(client: httpx.Client, address: str, reports: Sequence[bytes]) -> list[Outcome]:
    """A batch that is not answered is sent again: reports that are there already are known."""
    body = b"[" + b",".join(_json_or_null(report) for report in reports) + b"]"
    headers = {"Content-Type": "application/json"}
    for _ in range(BUSY_TRIES_MAX):
        try:
            answer = client.post(address, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TheirMistake(f"does not answer ({type(error).__name__}); is the engine up?", address) from None
        if answer.status_code not in BUSY:
            break
        time.sleep(min(int(answer.headers.get("retry-after", BUSY_WAIT_S)), BUSY_WAIT_S))
    try:
        if answer.status_code == httpx.codes.OK:
            return msgspec.json.decode(answer.content, type=Outcomes).outcomes
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.MsgspecError:
        raise TheirMistake(f"answers {answer.status_code}, but not as a chongzheng API", address) from None
    raise TheirMistake(f"refuses: {problem.what}", address)


def _json_or_null(report: bytes) -> bytes:
    """One line that is not JSON must not spoil the others: it goes as null, which is refused under its number."""
    try:
        msgspec.json.decode(report)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return b"null"
    return report


def _bar(file: Path) -> Progress:
    """On a terminal only, and away when it is done."""
    console = Console(stderr=True)
    parts = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*parts, console=console, transient=True, disable=not console.is_terminal)


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _write(path: Path, summary: Summary) -> None:
    lines = [
        json.dumps({"line": p.line, "code": p.code, "where": p.where, "what": p.what}) + "\n" for p in summary.problems
    ]
    try:
        path.write_text("".join(lines), "utf-8")
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


def _tell(summary: Summary, as_json: bool) -> None:
    if as_json:
        document = {
            "file": summary.file,
            "sha256": summary.digest,
            "lines": summary.lines,
            "taken": summary.taken,
            "known": summary.known,
            "refused": summary.refused,
            "states": dict(sorted(summary.states.items())),
            "problems": [{"line": p.line, "code": p.code, "where": p.where, "what": p.what} for p in summary.problems],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(
        f"{summary.file}: {summary.lines} lines, {summary.taken} taken, {summary.known} known before, "
        f"{summary.refused} refused"
    )
    for state, count in sorted(summary.states.items()):
        click.echo(f"  {count:>8} {state}")
    for p in summary.problems[:SHOWN_MAX]:
        click.echo(f"line {p.line}: {p.where + ': ' if p.where else ''}{p.what}")
    if summary.refused > SHOWN_MAX:
        click.echo(f"… and {summary.refused - SHOWN_MAX} more; --problems FILE lists them")
