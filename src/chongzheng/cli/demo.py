"""Can one machine show the whole thing: payments whose reversals fail, taken to proven answers? The command demo."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shlex
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import click
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chongzheng.bench.load_database import POSTGRESQL, SQLITE, database
from chongzheng.cli.provenance import signed
from chongzheng.mistakes import TheirMistake
from chongzheng.money import Money
from chongzheng.reversal.payment import Payment
from chongzheng.reversal.table import TABLE
from chongzheng.simulator import demo as simulation
from chongzheng.simulator.database import schema
from chongzheng.simulator.demo import Plan, Report
from chongzheng.simulator.scale import shortened

EXIT_NO = 1
TRUTHS = ("charged_kept", "charged_returned", "never_charged", "charged_twice", "contested", "unknown")
LISTED_MAX = 20
TERMINALS_MAX = 1_000
PAYMENTS_MAX = 1_000_000
ENGINES_MAX = 16
KILLS_A_FREEZE = 4
"""Unless told otherwise, one of several engines is frozen for so many kills."""
RULE_COLUMN_CHARS = 40
PICTURE_COLUMNS = 96
Made = TypeVar("Made")


class _Bar:
    """Progress on standard error, when that is a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, engines="")

    def phase(self, name: str, total: int) -> None:
        """Finish the bar there is and begin another."""
        if self._progress.tasks[-1].description:
            finished = self._progress.tasks[-1].total or 1
            self._progress.update(self._task, total=finished, completed=finished, engines="")
            self._task = self._progress.add_task("", total=None, engines="")
        self._progress.update(self._task, description=name, total=total or None, completed=0)

    def advance(self, done: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done)

    def engines(self, standings: Sequence[str]) -> None:
        """How several engines stand, behind the bar."""
        if len(standings) > 1:
            words = " · ".join(f"{number} {standing}" for number, standing in enumerate(standings, 1))
            self._progress.update(self._task, engines=f"engine {words}")


@click.command()
@click.option("--payments", default=2400, show_default=True, type=click.IntRange(1, PAYMENTS_MAX), help="Sales.")
@click.option("--terminals", default=40, show_default=True, type=click.IntRange(1, TERMINALS_MAX), help="Terminals.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Which world; vices come from it.")
@click.option("--rate", default=0.0, show_default=True, type=click.FloatRange(0), help="Sales a second; 0: all it can.")
@click.option("--kills", default=2, show_default=True, type=click.IntRange(0, 100), help="Kills of an engine.")
@click.option("--db", default=SQLITE, show_default=True, help="sqlite, postgresql (one of our own), or a URL.")
@click.option("--engines", default=1, show_default=True, type=click.IntRange(1, ENGINES_MAX), help="On PostgreSQL.")
@click.option("--freezes", type=click.IntRange(0, 20), help="Freezes of an engine; one for 4 kills of several.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep journal, files and logs in this new folder.")
@click.option("--cases", is_flag=True, help="A day with an outage whose cases clerks work to a close.")
@click.option("--svg", type=click.Path(path_type=Path), help="Save the tables at the end as a picture.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
@click.pass_context
def demo(
    context: click.Context,
    payments: int,
    terminals: int,
    seed: int,
    rate: float,
    kills: int,
    db: str,
    engines: int,
    freezes: int | None,
    keep: Path | None,
    cases: bool,
    svg: Path | None,
    as_json: bool,
) -> int:
    """A bad bank, a fleet of terminals, engines that are killed on the way: is every payment proven in the end?

    Exit 1 when a verdict is wrong or unproven, when anything was lost or returned twice, or when a contradiction
    planted into the clearing files was not noticed.

    With --db postgresql://… the journal is a schema of its own in that database, and --engines share it. An engine
    that is frozen is stopped for longer than its lease: it must end when it wakes.

    With --cases the bank is away for a part of the day; scripted clerks confirm, find the cause, give back, take back
    what went twice, tell the customers and close every case. It prints what came of that; exit 1 when a case is open.
    """
    if cases:
        _refuse_beside_cases(context)
        return _day_of_cases(context, seed, rate, keep, as_json)
    freezes = _freezes(db, engines, freezes, kills)
    folder = _folder(keep)
    try:
        with own_database(db, keep is not None) as url:
            plan = Plan(payments, min(terminals, payments), seed, rate, kills, folder, url, engines, freezes)
            if not as_json:
                _announce(plan)
            report = _run(lambda show: simulation.run(plan, show))
        if as_json:
            click.echo(json.dumps(signed(document(report)), ensure_ascii=False))
        else:
            _print(report, keep, db)
        if svg is not None:
            _picture(report, svg)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if report.ok else EXIT_NO


def _refuse_beside_cases(context: click.Context) -> None:
    for name in ("db", "engines", "freezes", "kills", "svg"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise TheirMistake("does not go with --cases: that day has one engine, on SQLite", f"--{name}")


def _day_of_cases(context: click.Context, seed: int, rate: float, keep: Path | None, as_json: bool) -> int:
    """Its parts are loaded for it alone: the tables of cases, papers, a mail server."""
    from chongzheng.cli import demo_cases
    from chongzheng.simulator import day_of_cases

    def given(name: str, otherwise: int) -> int:
        named = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        return int(context.params[name]) if named else otherwise

    payments, terminals = given("payments", demo_cases.PAYMENTS), given("terminals", demo_cases.TERMINALS)
    folder = _folder(keep)
    try:
        plan = demo_cases.planned(payments, terminals, seed, rate, folder)
        report = _run(lambda show: day_of_cases.run(plan, show))
        demo_cases.answer(report, as_json)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if report.ok else EXIT_NO


def _freezes(db: str, engines: int, freezes: int | None, kills: int) -> int:
    """How many there are to be; what cannot be run is refused before anything is made."""
    if engines > 1 and db == SQLITE:
        raise TheirMistake(
            "needs a database that engines can share: add --db postgresql://… (or --db postgresql)",
            f"--engines {engines}",
        )
    if freezes and engines == 1:
        raise TheirMistake("needs others that take over: add --engines 2 or more", f"--freezes {freezes}")
    return kills // KILLS_A_FREEZE * (engines > 1) if freezes is None else freezes


@contextmanager
def own_database(named: str, keep: bool) -> Iterator[str]:
    """The URL of an empty schema, "" for SQLite.

    A server of our own has a folder of its own: it runs as a user of its own, who must not see into the demo's.
    """
    if named == SQLITE:
        yield ""
        return
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="chongzheng-pg-", ignore_cleanup_errors=True))
        Path(place).chmod(0o711)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the server's package keeps its lock file
            url = stack.enter_context(database(named, Path(place)))
        yield stack.enter_context(schema(url, keep))


def _folder(keep: Path | None) -> Path:
    return Path(tempfile.mkdtemp(prefix="chongzheng-demo-")) if keep is None else named_folder(keep)


def named_folder(keep: Path) -> Path:
    """A new folder that a user named. TheirMistake: it holds something, or cannot be made."""
    try:
        keep.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(keep.iterdir()):
            raise TheirMistake("is not empty; name a new folder", f"--keep {keep}")
    except OSError as error:
        raise TheirMistake(f"cannot be used ({error.strerror})", f"--keep {keep}") from None
    return keep.resolve()


def _run(work: Callable[[simulation.Show], Coroutine[Any, Any, Made]]) -> Made:
    """Run it with a progress bar; SIGTERM ends it like Ctrl-C, children first."""

    async def guarded(show: simulation.Show) -> Made:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work(show)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[engines]}"))  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        try:
            return asyncio.run(guarded(_Bar(progress)))
        except asyncio.CancelledError:
            raise click.Abort from None


def document(report: Report) -> dict[str, Any]:
    """The JSON document of a run."""
    found = report.findings
    return {
        "payments": len(report.payments),
        "in_doubt": len(found.in_doubt),
        "late_replies": report.late_replies,
        "reversals_sent": report.reversals_sent,
        "db": "postgresql" if report.plan.database else SQLITE,
        "engines": report.plan.engines,
        "kills": report.kills,
        "freezes": report.freezes,
        "leases_lost": report.leases_lost,
        "verdicts": dict(found.verdicts),
        "unproven": len(found.unproven),
        "excused": len(found.excused),
        "excused_ids": list(found.excused),
        "contradictions_planted": len(report.planted),
        "wrong": len(found.wrong),
        "returned_twice": len(found.returned_twice),
        "lost": len(found.lost),
        "books_compared": report.books.compared,
        "books_apart": len(report.books.apart),
        "trial_balance_fen": report.books.trial_fen,
        "accounts_fen": report.books.balances,
        "open_cases": report.open_cases,
        "seconds": report.seconds,
        "never_taken": report.never_taken,
        "seed": report.plan.seed,
        "rules_reached": dict(sorted(report.rules.items())),
        "complaints": list(report.complaints),
        "ok": report.ok,
    }


def _announce(plan: Plan) -> None:
    pace = f"{plan.rate:g} a second" if plan.rate else "as fast as it goes"
    console = Console()
    harm = f"the engine is killed {plan.kills} times"
    if plan.engines > 1:
        harm = f"{plan.engines} engines, killed {plan.kills} times and frozen {plan.freezes} times"
    where = " · PostgreSQL" if plan.database else ""
    console.print(
        f"[bold]chongzheng demo[/]  seed {plan.seed} · {plan.payments} payments · {plan.terminals} terminals · {pace}"
        f"{where} · {harm}"
    )
    table = Table(title="Durations are shortened (ms)", title_justify="left")
    for name in ("policy", "real", "here", "scale"):
        table.add_column(name, justify="left" if name == "policy" else "right")
    for row in shortened(bool(plan.database)):
        table.add_row(row.name, row.real, row.here, row.ratio)
    console.print(table)


def _print(report: Report, keep: Path | None, db: str) -> None:
    console = Console()
    console.print(_rules_table(report, console.width))
    _print_contradictions(console, report)
    _print_faults(console, report)
    console.print(_verdict_table(report))
    console.print(_result_table(report))
    verdict = "[green]every payment is proven, or excused by a planted contradiction[/]"
    console.print(verdict if report.ok else "[red]not every payment was taken to the right answer[/]")
    _print_next(console, report, keep, db)


def _picture(report: Report, svg: Path) -> None:
    """The last two tables as an SVG file."""
    console = Console(record=True, width=PICTURE_COLUMNS, file=io.StringIO())
    console.print(_verdict_table(report))
    console.print(_result_table(report))
    try:
        svg.parent.mkdir(parents=True, exist_ok=True)
        console.save_svg(str(svg), title="chongzheng demo", code_format=_without_web_fonts(CONSOLE_SVG_FORMAT))
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", f"--svg {svg}") from None


def _without_web_fonts(form: str) -> str:
    """A picture of ours fetches nothing: the viewer's own monospace font will do."""
    return re.sub(r"@font-face \{\{.*?\}\}\s*|<!--.*?-->", "", form, flags=re.DOTALL)


def _result_table(report: Report) -> Table:
    """What the run comes to; the last six must be nought."""
    found = report.findings
    reached, there = len(report.rules), sum(len(row) for row in TABLE.values())
    table = Table(title=f"Result, seed {report.plan.seed}, {report.seconds} s", title_justify="left")
    table.add_column("count", justify="right")
    table.add_column("of what")
    rows = (
        (len(report.payments), "payments"),
        (len(found.in_doubt), "of them were in doubt"),
        (report.late_replies, "replies came too late"),
        (report.reversals_sent, "reversals were sent"),
        *_harm_rows(report),
        (report.bank.get("times down", 0), "times the bank was down"),
        (report.open_cases, "cases are open, in people's hands"),
        (reached, f"of {there} rows of the reversal table were reached"),
        (sum(1 for payment in report.payments if payment.verdict.proof == "proven"), "verdicts are proven"),
        (len(found.excused), f"are excused by a planted contradiction, of {len(report.planted)} planted"),
        (len(found.unproven), "unproven"),
        (len(found.wrong), "wrong against the bank's book"),
        (len(found.returned_twice), "returned twice"),
        (len(found.lost), "lost"),
        (len(report.books.apart), f"of {report.books.compared} traces where verdict, ledger and clearing file differ"),
        (report.books.trial_fen, "fen is the trial balance of all accounts"),
    )
    for count, words in rows:
        table.add_row(str(count), words)
    return table


def _harm_rows(report: Report) -> tuple[tuple[int, str], ...]:
    if report.plan.engines == 1:
        return ((report.kills, "times the engine was killed"),)
    return (
        (report.plan.engines, "engines on one database"),
        (report.kills, "times one of them was killed"),
        (report.freezes, "times one was frozen past its lease, and ended when it woke"),
        (report.leases_lost, "times this machine was so busy that one lost its lease, and ended"),
    )


def _rules_table(report: Report, width: int) -> Table:
    """The rows of the reversal table that were used, with counts, several to a line."""
    there = sum(len(row) for row in TABLE.values())
    reached = sorted(report.rules.items())
    title = f"Rows of the reversal table that were reached: {len(reached)} of {there}"
    table = Table(title=title, title_justify="left")
    columns = max(1, width // RULE_COLUMN_CHARS)
    for _ in range(columns):
        table.add_column("row", no_wrap=True)
        table.add_column("times", justify="right")
    cells = [(rule, str(count)) for rule, count in reached]
    height = -(-len(cells) // columns)
    for number in range(height):
        line = [cells[at] if at < len(cells) else ("", "") for at in range(number, height * columns, height)]
        table.add_row(*(word for cell in line for word in cell))
    return table


def _verdict_table(report: Report) -> Table:
    caption = "a planted contradiction is contested on the left and stands under its truth on the right"
    table = Table(
        title="Verdicts beside the bank's own book",
        title_justify="left",
        caption=caption if report.planted else None,
        caption_justify="left",
    )
    for name in ("truth", "proof", "payments", "yuan", "the bank's book", "yuan at the bank"):
        table.add_column(name, justify="left" if name in ("truth", "proof") else "right", no_wrap=name == "truth")
    groups: dict[tuple[str, str], list[Payment]] = {}
    for payment in report.payments:
        groups.setdefault((payment.verdict.truth, payment.verdict.proof), []).append(payment)
    told: set[str] = set()
    for truth in (*TRUTHS, *sorted(report.truths.keys() - set(TRUTHS))):
        for proof in sorted({proof for known, proof in groups if known == truth} or ({""} & report.truths.keys())):
            table.add_row(truth, proof, *_money_cells(groups[truth, proof], truth), *_bank_cells(report, truth, told))
        if truth not in told and truth in report.truths:
            table.add_row(truth, "", "0", "0.00", *_bank_cells(report, truth, told))
    return table


def _money_cells(payments: Iterable[Payment], truth: str) -> tuple[str, str]:
    """How many, and what their cardholders paid in the end if the verdict is right."""
    payments = list(payments)
    times = {"charged_kept": 1, "charged_twice": 2}.get(truth, 0)
    return str(len(payments)), str(Money(times * sum(payment.amount_fen for payment in payments)))


def _bank_cells(report: Report, truth: str, told: set[str]) -> tuple[str, str]:
    if truth in told or truth not in report.truths:
        return "", ""
    told.add(truth)
    count, fen = report.truths[truth]
    return str(count), str(Money(fen))


def _print_contradictions(console: Console, report: Report) -> None:
    if not report.planted:
        return
    table = Table(title="Contradictions planted into the clearing files", title_justify="left")
    for name in ("payment", "planted", "case"):
        table.add_column(name)
    for payment, kind in sorted(report.planted.items(), key=lambda one: one[1]):
        table.add_row(payment, kind, "; ".join(report.cases.get(payment, ("[red]none[/]",))))
    console.print(table)


def _print_faults(console: Console, report: Report) -> None:
    found = report.findings
    faults = [f"wrong: {payment}: {why}" for payment, why in found.wrong.items()]
    faults += [f"unproven: {payment}" for payment in found.unproven]
    faults += [f"returned twice: {payment}" for payment in found.returned_twice]
    faults += [f"lost: {payment}" for payment in found.lost]
    faults += [f"complaint: {line}" for line in report.complaints]
    faults += [f"books: {line}" for line in report.books.apart]
    for line in faults[:LISTED_MAX]:
        console.print(f"[red]{line}[/]", highlight=False)
    if len(faults) > LISTED_MAX:
        console.print(f"[red]and {len(faults) - LISTED_MAX} more[/]")


def _print_next(console: Console, report: Report, keep: Path | None, db: str) -> None:
    program = Path(sys.argv[0]).name
    if keep is None:
        console.print(f"Next: {program} demo --keep demo-1, which keeps the journal to look into", soft_wrap=True)
    elif db == POSTGRESQL:
        console.print(f"Next: the logs are in {keep}; the journal went with our PostgreSQL, --db URL keeps it")
    elif report.plan.database:
        place = shlex.quote(without_password(report.plan.database))
        console.print(f"Next: {program} explain {report.interesting} --db {place}", soft_wrap=True, highlight=False)
    else:
        journal = report.plan.folder / "journal.db"
        console.print(f"Next: {program} explain {report.interesting} --db {journal}", soft_wrap=True, highlight=False)


def without_password(url: str) -> str:
    """The URL as it may be printed."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":PASSWORD@")))
