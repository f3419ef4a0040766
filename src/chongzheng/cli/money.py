"""How much money is in doubt, and what does the general ledger get of a day? The command money."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from chongzheng.cli.person import db_option, desk, json_option, now_ms, person_options, proven, show, yuan
from chongzheng.journal.actors import Actors
from chongzheng.journal.hand_booking import HandBooking, Voucher
from chongzheng.journal.ledger import Balance, Closing, Ledger
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import day_close, exposure
from chongzheng.reversal.booking import Booking

_date = click.option("--date", "day", required=True, help="The day, yyyymmdd.")
YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?", re.ASCII)
SIDES = (("age", "since"), ("stage", "where"), ("whose", "whose"), ("channel", "channel"), ("due", "decided"))


@click.group()
def money() -> None:
    """The books: money in doubt, trial balance, day close, export for the general ledger."""


@money.command("board")
@db_option
@json_option
def board(db: Path | str, as_json: bool) -> None:
    """Money in doubt now: by age, place, owner, channel and due date, with a forecast and the merchants with most."""
    with desk(db) as side:
        now = Ledger(side, now_ms).exposure()
    said = exposure.document(now)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    out = Console(file=sys.stdout)
    out.print(f"In doubt: {said['payments']} payments, {yuan(said['fen'])} yuan")
    for name, title in SIDES:
        out.print(_table(title, said[name]))
    out.print(_table("forecast", [{"name": one.pop("when"), **one} for one in said["forecast"]]))
    for name in ("merchants", "terminals"):
        out.print(_table(name, said[name]))


@money.command("trial")
@_date
@db_option
@json_option
def trial(day: str, db: Path | str, as_json: bool) -> None:
    """The trial balance of a day, closed or not. Exit 1 when it is not zero."""
    with desk(db) as side:
        balances = Ledger(side, now_ms).trial(day)
    _show_balances(balances, {"date": day, **_figures(balances)}, as_json)
    if sum(one.closing_fen for one in balances):
        sys.exit(1)


@money.command("close")
@_date
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write the workbook for the general ledger.")
@click.option("--csv", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write its tables as CSV here.")
@person_options
@db_option
@json_option
def close(
    day: str,
    xlsx: Path | None,
    folder: Path | None,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """Close a day, once; a day that is closed stays as it was closed.

    Refused (exit 1) while the day is not over, the one before is open, a file is half read or a proposal waits.
    """
    with desk(db) as side:
        ledger = Ledger(side, now_ms)
        closing, new = ledger.close(day, proven(Actors(side), actor, password_stdin).id)
        files = _export(ledger, closing, xlsx, folder)
    said = {"date": day, "closed_at": closing.at, "closed_by": closing.by, "new": new, "files": files}
    _show_balances(closing.balances, said | _figures(closing.balances), as_json)


@money.command("export")
@_date
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write the workbook for the general ledger.")
@click.option("--csv", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write its tables as CSV here.")
@db_option
@json_option
def export(day: str, xlsx: Path | None, folder: Path | None, db: Path | str, as_json: bool) -> None:
    """Export a closed day for the general ledger."""
    if xlsx is None and folder is None:
        raise TheirMistake("say where to, with --xlsx FILE or --csv FOLDER", "export")
    with desk(db) as side:
        ledger = Ledger(side, now_ms)
        closing = ledger.closing(day)
        if closing is None:
            raise TheirMistake("is not closed; chongzheng money close closes it", day)
        files = _export(ledger, closing, xlsx, folder)
    show([{"file": name} for name in files], {"date": day, "files": files}, as_json)


@money.command("book")
@click.argument("what", type=click.Choice([one.value for one in Booking if one is not Booking.PARKED]))
@click.argument("amount")
@click.option("--payment", default="", help="The payment that it is about.")
@click.option("--break", "break_id", default=0, help="The break that it is about, where that has no payment.")
@click.option("--reason", required=True, help="Why, in words that an auditor understands.")
@click.option("--evidence", required=True, help="What shows it: an id, a number, a file.")
@click.option("--second", metavar="ID", help="The second person, who gives a password too; above the limit always.")
@person_options
@db_option
def book(
    what: str,
    amount: str,
    payment: str,
    break_id: int,
    reason: str,
    evidence: str,
    second: str | None,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
) -> None:
    """Book WHAT over AMOUNT yuan by hand: a remedy, or an adjustment (调账). docs/diagrams/money.md lists the bookings.

    With --password-stdin the first line is your password (none where a session says who you are), the next one that of
    the second person.
    """
    fen = _fen(amount)
    with desk(db) as side:
        actors = Actors(side)
        by = proven(actors, actor, password_stdin).id
        other = proven(actors, second, password_stdin).id if second is not None else None
        voucher = Voucher(Booking(what), fen, reason, evidence, payment, break_id)
        act = HandBooking(side, now_ms).book(voucher, by, other)
    click.echo(f"{what} over {yuan(fen)}: act {act}")


@money.command("account")
@click.argument("account", required=False)
@click.option("--code", help="The number of ACCOUNT in the general ledger.")
@person_options
@db_option
@json_option
def account(
    account: str | None, code: str | None, actor: str | None, password_stdin: bool, db: Path | str, as_json: bool
) -> None:
    """The accounts and their numbers in the general ledger; --code gives ACCOUNT another one."""
    if (account is None) != (code is None):
        raise TheirMistake("name an account and its --code, or neither", "account")
    with desk(db) as side:
        ledger = Ledger(side, now_ms)
        if account is not None and code is not None:
            ledger.set_code(account, code, proven(Actors(side), actor, password_stdin).id)
        rows = [{"account": name, "title": title, "nature": nature, "code": number}
                for name, title, nature, number in ledger.accounts()]  # fmt: skip
    show(rows, {"accounts": rows}, as_json)


def _fen(amount: str) -> int:
    found = YUAN.fullmatch(amount)
    if not found:
        raise TheirMistake("is an amount in yuan, like 12.34", "amount")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _export(ledger: Ledger, closing: Closing, xlsx: Path | None, folder: Path | None) -> list[str]:
    if xlsx is None and folder is None:
        return []
    tables = day_close.sheets(closing, ledger.suspense())
    written: list[Path] = []
    if xlsx is not None:
        day_close.write(xlsx, day_close.as_xlsx(tables))
        written.append(xlsx)
    if folder is not None:
        for name, table in zip(("closing", "trial", "suspense"), tables, strict=True):
            written.append(folder / f"{closing.day}-{name}.csv")
            day_close.write(written[-1], day_close.as_csv(table))
    return [str(path) for path in written]


def _figures(balances: Sequence[Balance]) -> dict[str, Any]:
    names = ("opening_fen", "debited_fen", "credited_fen", "closing_fen")
    accounts = [
        {"account": one.account, "title": one.title, "code": one.code, **{name: getattr(one, name) for name in names}}
        for one in balances
    ]
    return {"accounts": accounts, "trial_fen": sum(one.closing_fen for one in balances)}


def _show_balances(balances: Sequence[Balance], said: dict[str, Any], as_json: bool) -> None:
    show(said["accounts"], said, as_json)
    if not as_json:
        click.echo(f"trial balance: {yuan(said['trial_fen'])}")


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title, "payments", "yuan", min_width=50)
    for row in rows:
        table.add_row(row["name"], str(row["payments"]), yuan(row["fen"]))
    return table
