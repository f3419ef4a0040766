"""What happened to a payment, what proves it, and does that proof hold? Commands explain, proof and verify."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from chongzheng.cli.place import PLACE
from chongzheng.journal import Reader
from chongzheng.mistakes import TheirMistake
from chongzheng.money import Money
from chongzheng.reports import checker, story
from chongzheng.reports import proof as bundles
from chongzheng.reversal.payment import Payment

KEY_NAME = "proof.key"
PUBLIC_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
EXIT_NO = 1

_db = click.option(
    "--db",
    envvar="CHONGZHENG_DB",
    type=PLACE,
    required=True,
    help="The journal (a file, or a postgresql:// URL); may also stand in CHONGZHENG_DB. The engine may be running.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


@click.command()
@click.argument("payment")
@_db
@_json
def explain(payment: str, db: Path | str, as_json: bool) -> None:
    """Tell the story of PAYMENT: facts, decisions, effects, evidence, verdict, in order.

    PAYMENT is an id (P…), the beginning of one, a STAN or a terminal number.
    """
    reader = Reader.open(db)
    found = one_payment(reader, payment)
    if as_json:
        click.echo(json.dumps(story.document(reader, found), ensure_ascii=False))
        return
    _show(Console(), reader, found)


@click.command()
@click.argument("payment", required=False)
@_db
@click.option("--sign-key", type=click.Path(path_type=Path), help=f"Signing key; {KEY_NAME} beside the journal.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the bundle goes; stdout if not given.")
@click.option("--all", "everything", is_flag=True, help="One bundle for every payment, into the folder --out.")
def proof(payment: str | None, db: Path | str, sign_key: Path | None, out: Path | None, everything: bool) -> None:
    """Write the evidence bundle of PAYMENT, signed; `chongzheng verify` checks it without the journal."""
    if everything == (payment is not None):
        raise TheirMistake("name one payment, or say --all", "proof")
    if everything and out is None:
        raise TheirMistake("needs a folder: --out DIR", "proof --all")
    reader = Reader.open(db)
    found = list(reader.payments()) if payment is None else [one_payment(reader, payment)]
    key = bundles.signing_key(sign_key or _key_beside(db))
    made_at = time.time_ns() // 1_000_000
    if out is None:
        sys.stdout.buffer.write(bundles.bundle(reader, found[0], key, made_at))
        return
    if everything:
        _make_folder(out)
    for each in track(found, "proofs", console=Console(stderr=True), disable=not sys.stderr.isatty()):
        _write(out / f"{each.id}.json" if everything else out, bundles.bundle(reader, each, key, made_at))
    last = found[-1].verdict if found else None
    click.echo(f"{out}: {len(found)} bundles" if everything or last is None else f"{out}: {last.truth}, {last.proof}")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="The trusted public key (64 hex digits).")
@_json
def verify(files: tuple[Path, ...], key: Path, as_json: bool) -> None:
    """Check evidence bundles FILES without the journal. Exit 1 when anything does not fit."""
    trusted_hex = _read(key).decode("ascii", "replace").strip()
    if not PUBLIC_KEY.fullmatch(trusted_hex):
        raise TheirMistake("is not a public key (64 hex digits)", str(key))
    faults = {str(path): checker.check(_read(path), trusted_hex) for path in files}
    bad = {name: lines for name, lines in faults.items() if lines}
    if as_json:
        click.echo(json.dumps({"checked": len(files), "refused": len(bad), "faults": bad}, ensure_ascii=False))
    else:
        for name, lines in bad.items():
            for line in lines:
                click.echo(f"{name}: {line}")
        click.echo(f"{len(files) - len(bad)} of {len(files)} hold: each says what its evidence carries")
    if bad:
        sys.exit(EXIT_NO)


def _key_beside(db: Path | str) -> Path:
    if isinstance(db, str):
        raise TheirMistake("is missing: a journal in PostgreSQL has no folder to keep a key in", "--sign-key")
    return db.with_name(KEY_NAME)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise TheirMistake(f"cannot be made ({error.strerror})", str(path)) from None


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


def one_payment(reader: Reader, text: str) -> Payment:
    """The payment of these words: an id, the beginning of one, a STAN, a terminal. TheirMistake: none, or many."""
    found = reader.find(text)
    if not found:
        raise TheirMistake("no such payment in this journal", text)
    if len(found) > 1:
        names = ", ".join(f"{p.id} ({p.key.terminal} {p.key.stan})" for p in found[:5])
        raise TheirMistake(f"fits {len(found)} payments or more; name one: {names}", text)
    return found[0]


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(checker.BUNDLE_BYTES_MAX + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None


def _show(console: Console, reader: Reader, payment: Payment) -> None:
    key = payment.key
    amount = Money(payment.amount_fen, payment.currency)
    console.print(
        f"[bold]{payment.id}[/]  merchant {escape(key.merchant)}  terminal {escape(key.terminal)}",
        end="",
        soft_wrap=True,
    )
    console.print(
        f"  batch {escape(key.batch)}  STAN {escape(key.stan)}  card {payment.masked_pan or '-'}  amount {amount}"
    )
    table = Table("#", "time (UTC+8)", "fact", "rule → state", "effects", show_lines=False)
    for chapter in story.chapters(reader, payment.id):
        fact = f"{chapter.fact}\n[dim]{escape(chapter.said)}[/]" if chapter.said else chapter.fact
        rule = f"{chapter.rule}\n[dim]→ {chapter.came_to}[/]" + (
            f"\n[red]{escape(chapter.error)}[/]" if chapter.error else ""
        )
        table.add_row(str(chapter.seq), story.clock(chapter.at), fact, rule, "\n".join(chapter.effects))
    console.print(table)
    verdict = payment.verdict
    console.print(
        f"verdict  [bold]{verdict.truth}[/], money {verdict.money} ({Money(verdict.fen)}, {verdict.viewpoint}'s view)"
    )
    console.print(f"proof    [bold]{verdict.proof}[/] by “{verdict.rule}”", soft_wrap=True)
    for evidence in reader.evidence_of(payment.id):
        mark = "*" if evidence.id in verdict.because else " "
        console.print(
            f"  {mark} {evidence.id}  {story.clock(evidence.at)}  {evidence.kind} from {escape(evidence.source)}"
        )
    for entry in reader.entries_of(payment.id):
        console.print(
            f"entry    {entry.debit} ← {entry.credit}  {Money(entry.fen)}  (fact {entry.seq})", soft_wrap=True
        )
    for case in reader.cases(payment.id):
        console.print(f"case {case.id:<4} {case.why}, due {story.clock(case.due_at)}, {case.state}", soft_wrap=True)
