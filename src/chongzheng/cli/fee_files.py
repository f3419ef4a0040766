"""Were the fees in a file those agreed, and which machines hop to cheaper categories (fee check, fee hopping)?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
import msgspec

from chongzheng.api import clearing_answers as answers
from chongzheng.cli.person import db_option, desk, show
from chongzheng.cli.settle_read import days_options, plain
from chongzheng.fees import hopping as detector
from chongzheng.fees.agreement import Agreement, FeeCheck
from chongzheng.fees.hopping import Finding, Signals
from chongzheng.fees.rules import GENERAL
from chongzheng.fees.tail import tails
from chongzheng.fees.traffic import Trade
from chongzheng.gateway import fee_check, fee_rules, traffic
from chongzheng.gateway.settle import load
from chongzheng.journal.settled import SettledFiles
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import charged
from chongzheng.settlement.intake import ClearingFile

EXIT_NO = 1
SHOWN_MAX = 20
RECALL_MIN, FALSE_DISCOVERIES_MAX = 950, 50
"""What the detector must reach on planted machines, in thousandths (facts/operations S-06)."""

_layout = click.option("--format", "layout", default="acom", show_default=True, help="Layout of the file.")
_day = click.option("--date", "day", default="", help="Clearing day of the file, yyyymmdd.")
_own = click.option("--own", envvar="CHONGZHENG_FEES", type=click.Path(path_type=Path), help="Operator's price list.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_layout
@_day
@click.option("--rules", "name", default=GENERAL, show_default=True, help="The set of rules.")
@_own
@_json
def check(file: Path, layout: str, day: str, name: str, own: Path | None, as_json: bool) -> None:
    """Check the fee of every line of FILE against the agreement. Exit 1 when one is another."""
    clearing = load(file, day.replace("-", ""), None, layout)
    agreed = Agreement(fee_rules.tariff(own), fee_rules.ladder(own), clearing.day, charged.side(clearing.format), name)
    _, found = charged.differences(clearing.records, agreed, {})
    if as_json:
        click.echo(json.dumps(fee_check.checked(clearing, found), ensure_ascii=False))
    else:
        _show_check(clearing, found)
    if found.differences:
        sys.exit(EXIT_NO)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@_layout
@_day
@click.option("--register", type=click.Path(path_type=Path), help="CSV of machines: machine,mcc,province.")
@click.option("--signals", type=click.Path(path_type=Path), help="Own weights and limits, TOML.")
@click.option("--planted", type=int, metavar="SEED", help="Measure the detector on planted machines instead.")
@click.option("--machines", type=click.IntRange(1, 20_000), default=500, show_default=True, help="How many to plant.")
@_own
@_json
def hopping(
    files: tuple[Path, ...], layout: str, day: str, register: Path | None, signals: Path | None, planted: int | None,
    machines: int, own: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Find machines whose trades go through merchants of cheaper categories in the FILEs, and say what shows it."""
    rules = detector.read(*_data(fee_check.SIGNALS, signals))
    ladder = fee_rules.ladder(own)
    if planted is not None:
        from chongzheng.simulator.hopping import measured, plant

        score, _ = measured(plant(planted, machines, ladder), ladder, rules)
        document = {"seed": planted, **asdict(score), "recall_per_mille": score.recall}
        document["false_discoveries_per_mille"] = score.false_discoveries
        _say(document, as_json)
        if score.recall < RECALL_MIN or score.false_discoveries > FALSE_DISCOVERIES_MAX:
            sys.exit(EXIT_NO)
        return
    if not files:
        raise TheirMistake("is missing; name a clearing file, or a seed with --planted", "FILE")
    known = traffic.register(*_data("", register)) if register else {}
    trades = _trades(files, layout, day.replace("-", ""))
    found = detector.findings(trades, known, ladder, rules)
    alerts = [one for one in found if one.level is not None]
    if as_json:
        click.echo(json.dumps(fee_check.hopped(len(files), trades, alerts, ladder, rules.limits), ensure_ascii=False))
    else:
        _show_alerts(alerts, len(trades), rules)


@click.command("tails")
@days_options
@db_option
@_json
def booked_tails(since: str, until: str, db: Path | str, as_json: bool) -> None:
    """What the rounding of fees left over of each file that was read, as it was booked, and the sum."""
    with desk(db) as side:
        found = SettledFiles(side).tails(plain(since), plain(until))
    document = msgspec.to_builtins(answers.tails(found))
    rows = [{name: row[name] for name in ("day", "name", "fen", "act")} for row in document["tails"]]
    show([*rows, {"day": "", "name": "sum", "fen": document["fen"], "act": ""}], document, as_json)


def _data(packed: str, own: Path | None) -> tuple[str, str]:
    """Text and name of a data file: the operator's, or the packed one."""
    return (fee_rules.text(packed), packed) if own is None else (fee_rules.content(own), own.name)


def _trades(files: Iterable[Path], layout: str, day: str) -> list[Trade]:
    return [trade for file in files for trade in traffic.trades(load(file, day, None, layout))]


def _show_check(clearing: ClearingFile, found: FeeCheck) -> None:
    click.echo(f"{clearing.name} of {clearing.day}: {found.judged} of {len(clearing.records)} fees judged")
    for one in found.differences[:SHOWN_MAX]:
        click.echo(f"line {one.number}: {one.part} fee {one.charged_fen} fen, agreed {one.agreed_fen}: {one.why}")
    if len(found.differences) > SHOWN_MAX:
        click.echo(f"and {len(found.differences) - SHOWN_MAX} more; --json lists all")
    for why, count in sorted(found.unchecked.items()):
        click.echo(f"{count} not judged: {why}")
    for tail in tails(found.fees):
        click.echo(f"rounding {tail}")


def _show_alerts(alerts: list[Finding], trades: int, rules: Signals) -> None:
    click.echo(f"{trades} sales, {len(alerts)} machines to look at (levels {', '.join(x.name for x in rules.levels)})")
    for one in alerts[:SHOWN_MAX]:
        level = f"{one.level.name}: {one.level.en}" if one.level else ""
        click.echo(f"{one.machine}: {one.score}, {level}")
        for each in one.fired:
            click.echo(f"  {each}")
    if len(alerts) > SHOWN_MAX:
        click.echo(f"and {len(alerts) - SHOWN_MAX} more; --json lists all")


def _say(document: dict[str, object], as_json: bool) -> None:
    click.echo(json.dumps(document) if as_json else "\n".join(f"{name}: {value}" for name, value in document.items()))
