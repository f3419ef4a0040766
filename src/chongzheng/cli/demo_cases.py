"""Is a whole day of cases worked to a close? `chongzheng demo --cases`: an outage, clerks, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from chongzheng.cases.case_states import CHAPTERS
from chongzheng.cli.person import PIPE_CHARS, yuan
from chongzheng.cli.provenance import signed
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.day_of_cases import Plan, Report, document

PAYMENTS, TERMINALS, PAYMENTS_MIN = 60, 10, 20
"""How many, unless told otherwise: a day that ends in about a minute."""
OUTAGE_SHARE = 2
"""One of so many sales meets the outage."""
LETTERS_SHOWN = 5


def planned(payments: int, terminals: int, seed: int, rate: float, folder: Path) -> Plan:
    """The day. TheirMistake: too few sales for an outage in which something is left to do."""
    if payments < PAYMENTS_MIN:
        raise TheirMistake(f"is too few for a day with an outage; at least {PAYMENTS_MIN}", f"--payments {payments}")
    return Plan(payments, min(terminals, payments), payments // OUTAGE_SHARE, seed, folder, rate)


def answer(report: Report, as_json: bool) -> None:
    """One JSON document, or tables."""
    if as_json:
        click.echo(json.dumps(signed(document(report)), ensure_ascii=False))
        return
    console = Console(width=None if Console().is_terminal else PIPE_CHARS)
    console.print(_chapters(report))
    console.print(_work(report))
    for subject in report.letters[:LETTERS_SHOWN]:
        console.print(f"mail: {subject}", highlight=False, markup=False)
    console.print(
        "[green]every case is closed, the money is where it belongs[/]" if report.ok else "[red]not all is done[/]"
    )
    for complaint in report.complaints:
        console.print(f"[red]{complaint}[/]")


def _chapters(report: Report) -> Table:
    table = Table(title=f"案件 Cases: {report.cases}, closed {report.closed}", title_justify="left")
    table.add_column("章节 chapter")
    table.add_column("案件 cases", justify="right")
    for name, (zh, en) in CHAPTERS.items():
        table.add_row(f"{zh} · {en}", str(report.chapters.get(name, 0)))
    return table


def _work(report: Report) -> Table:
    kept, made = report.promises
    table = Table(title=f"结果 Result, seed {report.world.plan.seed}", title_justify="left")
    table.add_column("项目 what")
    table.add_column("结果 outcome", justify="right")
    rows: tuple[tuple[str, Any], ...] = (
        ("其中文件与账不符 of them file against book", report.contested),
        ("退款 refunds", _counted(report.refunds)),
        ("追回 claw-backs", _counted(report.claw_backs)),
        ("补偿 compensation", _counted(report.compensations)),
        ("致歉 apologies", _counted(report.apologies)),
        ("供应商工单 supplier tickets", _counted(report.tickets)),
        ("主因 primary causes", _counted(report.causes)),
        ("承诺兑现 promises kept", f"{kept} / {made}"),
        ("通知 notices", _counted(report.notices)),
        ("邮件 mails at the mail server", len(report.letters)),
        ("文件 papers on disk", len(report.documents)),
        ("人员操作 facts that people said", report.facts),
        ("挂账 suspense, yuan", yuan(report.suspense_fen)),
        ("垫付未收回 advances outstanding, yuan", yuan(report.advanced_fen)),
        ("试算平衡 trial balance, yuan", yuan(report.world.books.trial_fen)),
    )
    for what, outcome in rows:
        table.add_row(what, str(outcome))
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "0"
