"""Which paper does an auditor, a bank or a manager get, and is the one before me as it was made? The command report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from chongzheng.cli.person import EXIT_NO, cell, db_option, desk, json_option, now_ms, person_options, proven
from chongzheng.cli.place import PLACE
from chongzheng.journal import Reader
from chongzheng.journal.actors import Actors
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import day_close, issuing, papers
from chongzheng.reports.case_file import case_file, case_of_payment
from chongzheng.reports.documents import LANGUAGES, Document, code, content, digest, plain_code
from chongzheng.reports.period import period as read_period
from chongzheng.reports.proof import signing_key
from chongzheng.reports.retrieval import retrieval as read_retrieval

PUBLIC_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
KEY_CHARS_MAX = 200
CASE_ID = re.compile(r"[a-z]+-[0-9]{1,16}")
Command = TypeVar("Command", bound=Callable[..., Any])


def _paper_options(command: Command) -> Command:
    """In which language, into which files, and under whose name it is issued."""
    for option in (
        click.option("--issue", is_flag=True, help="Write into the chain of acts that you issued it (see --as)."),
        click.option("--sign-key", type=click.Path(path_type=Path), help="Sign it; a new key where there is none."),
        click.option("--xlsx", type=click.Path(path_type=Path), help="Write a workbook there."),
        click.option("--pdf", type=click.Path(path_type=Path), help="Write pages there (A4)."),
        click.option("--lang", "language", type=click.Choice(LANGUAGES), default="zh", show_default=True),
    ):
        command = option(command)
    return command


@click.group()
def report() -> None:
    """Papers for auditors, banks and managers: of a case, of a period, for a retrieval (调单).

    Each carries a verification code and its own input: `report verify` checks a file without the journal.
    """


@report.command("case")
@click.argument("what", metavar="CASE|PAYMENT")
@_paper_options
@person_options
@db_option
@json_option
def of_case(what: str, language: str, db: Path | str, **how: Any) -> None:
    """The audit report of a case (case-17), or of the case of a payment."""
    with _reading(db) as reader:
        case = what if CASE_ID.fullmatch(what) else case_of_payment(reader, _payment(reader, what))
        if not case:
            raise TheirMistake("has no case; its evidence is `report retrieval`", what)
        document = case_file(reader, case, language)
    _hand_out(document, case, db, **how)


@report.command("period")
@click.argument("first", metavar="FROM")
@click.argument("last", metavar="TO")
@_paper_options
@person_options
@db_option
@json_option
def of_period(first: str, last: str, language: str, db: Path | str, **how: Any) -> None:
    """The audit report of the days FROM to TO (yyyymmdd, both included), month by month."""
    with _reading(db) as reader:
        document = read_period(reader, first, last, language)
    _hand_out(document, f"{first}-{last}", db, **how)


@report.command("retrieval")
@click.argument("payment")
@_paper_options
@person_options
@db_option
@json_option
def of_retrieval(payment: str, language: str, db: Path | str, **how: Any) -> None:
    """The printable evidence of one PAYMENT (调单): its elements, what was said, what shows it, room for signatures."""
    with _reading(db) as reader:
        document = read_retrieval(reader, _payment(reader, payment), language)
    _hand_out(document, document.trade.id, db, **how)


@report.command("verify")
@click.argument("what", metavar="FILE|CODE")
@click.option("--key", type=click.Path(path_type=Path), help="The trusted public key (64 hex digits) of a signed file.")
@click.option("--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal, for a code, or to see who issued a file.")
@click.option(
    "--again", type=click.Path(path_type=Path), help="Write there the pages (PDF) that the file's input gives."
)
@json_option
def verified(what: str, key: Path | None, db: Path | str | None, again: Path | None, as_json: bool) -> None:
    """Check a paper: a FILE by itself, a CODE against what the journal knows was issued. Exit 1: it does not hold.

    A file alone shows that no part of it was changed; that it is ours shows its signature (--key), or the journal.
    What another version of this program has set cannot be compared page by page: read the pages of --again.
    """
    typed = plain_code(what)
    if typed and not Path(what).exists():
        if db is None:
            raise TheirMistake("is missing: a code alone is looked up in the journal", "--db")
        said = {"code": typed, "faults": [], "issued": _issued(db, typed)}
        if not said["issued"]:
            said["faults"] = ["no paper was issued under this code"]
    else:
        checked = papers.check(_read(Path(what)), _trusted(key) if key else "")
        said = {"code": checked.code, "digest": checked.digest, "key": checked.key, "faults": list(checked.faults)}
        said["issued"] = _issued(db, checked.code) if db is not None and checked.code else []
        said["document"] = content(checked.document)["document"] if checked.document else ""
        if again is not None and checked.document is not None:
            day_close.write(again, papers.pdf(checked.document))
    _answer(what, said, as_json)
    if said["faults"]:
        raise SystemExit(EXIT_NO)


def _answer(what: str, said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for fault in said["faults"]:
        click.echo(f"{what}: {fault}")
    if not said["faults"]:
        click.echo(f"{what}: {said.get('document', 'paper')} {said['code']}: it holds")
    for one in said["issued"]:
        at = cell("issued_at", one["at"])
        click.echo(f"issued by {one['by']} at {at} (act {one['act']}): {one['document']} of {one['subject']}")


def _hand_out(
    document: Document,
    subject: str,
    db: Path | str,
    *,
    pdf: Path | None,
    xlsx: Path | None,
    sign_key: Path | None,
    issue: bool,
    actor: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    whole = digest(document)
    made = [(path, make) for path, make in ((pdf, papers.pdf), (xlsx, papers.workbook)) if path is not None]
    by = _prover(db, actor, password_stdin) if issue else ""
    key = signing_key(sign_key) if sign_key else None
    with Console(stderr=True).status(f"setting {subject}"):  # says nothing where stderr is no terminal
        files = [(path, make(document, key)) for path, make in made]
    for path, data in files:
        day_close.write(path, data)
    act = 0
    if issue:
        with desk(db) as side:
            act = issuing.issue(side, document, subject, by, now_ms())
    said = {"document": content(document)["document"], "subject": subject, "language": document.language,
            "code": code(whole), "digest": whole, "act": act, "files": [str(path) for path, _ in files]}  # fmt: skip
    if as_json:
        click.echo(json.dumps({**said, "said": content(document)}, ensure_ascii=False))
        return
    click.echo(f"{said['document']} of {subject}: {said['code']}")
    for path, data in files:
        click.echo(f"{path}: {len(data)} bytes")


def _prover(db: Path | str, actor: str | None, password_stdin: bool) -> str:
    with desk(db) as side:
        return proven(Actors(side), actor, password_stdin).id


def _issued(db: Path | str, typed: str) -> list[dict[str, Any]]:
    with _reading(db) as reader:
        return issuing.issued(reader, typed)


@contextmanager
def _reading(db: Path | str) -> Iterator[Reader]:
    reader = Reader.open(db)
    try:
        yield reader
    finally:
        reader.close()


def _payment(reader: Reader, text: str) -> str:
    found = reader.find(text)
    if len(found) != 1:
        many = f"fits {len(found)} payments or more; say its id" if found else "no such payment in this journal"
        raise TheirMistake(many, text)
    return found[0].id


def _trusted(path: Path) -> str:
    text = _read(path)[:KEY_CHARS_MAX].decode("ascii", "replace").strip()
    if not PUBLIC_KEY.fullmatch(text):
        raise TheirMistake("is not a public key (64 hex digits)", str(path))
    return text


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(papers.FILE_BYTES_MAX + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
