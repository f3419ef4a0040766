"""Which rules and limits are in force, who wrote them, and how is one changed? The command register."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from chongzheng.cases import units
from chongzheng.cases.shipped import REGISTERS
from chongzheng.cli.person import db_option, desk, json_option, now_ms, person_options, proven, show
from chongzheng.journal.actors import Actors
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake

_name = click.argument("name", metavar="REGISTER", type=click.Choice(tuple(REGISTERS)))


@click.group()
def register() -> None:
    """Dated rows: what the house ships, and the operator's own over it, each with its author.

    Where a register moves money a row counts only after a second person approved it.
    """


@register.command("list")
@click.argument("name", metavar="[REGISTER]", required=False, type=click.Choice(tuple(REGISTERS)))
@click.option("--day", help="In force on this day (yyyymmdd); today, if not given.")
@db_option
@json_option
def listed(name: str | None, day: str | None, db: Path | str, as_json: bool) -> None:
    """All registers, or the rows of REGISTER that are in force."""
    if name is None:
        rows: list[dict[str, Any]] = [
            {"register": one.name, "zh": one.titles[0], "en": one.titles[1], "two_people": one.money,
             "words": " ".join(word.name for word in one.fields)}
            for one in REGISTERS.values()
        ]  # fmt: skip
        show(rows, {"registers": rows}, as_json)
        return
    with desk(db) as side:
        found = Registers(side).rows(name, day or day_of(now_ms()))
    rows = [{"name": row, "body": json.dumps(dict(body), ensure_ascii=False)} for row, body in found.items()]
    show(rows, {"register": name, "rows": {row: dict(body) for row, body in found.items()}}, as_json)


@register.command("history")
@_name
@db_option
@json_option
def history(name: str, db: Path | str, as_json: bool) -> None:
    """Every row that REGISTER ever had, also proposed and past ones."""
    with desk(db) as side:
        found = Registers(side).history(name)
    names = ("name", "valid_from", "edition", "in_force", "proposed_by", "approved_by", "reason")
    show([{n: getattr(one, n) or "" for n in names} for one in found], {"rows": [_said(one) for one in found]}, as_json)


@register.command("below-minimum")
@click.option("--day", help="By the rows in force on this day (yyyymmdd); today, if not given.")
@db_option
@json_option
def below(day: str | None, db: Path | str, as_json: bool) -> None:
    """Terminals below the minimum version of their model, sites with one way to the host. Exit 1 if any."""
    with desk(db) as side:
        registers, on = Registers(side), day or day_of(now_ms())
        fleet, least = registers.rows("units", on), registers.rows("minimum versions", on)
    old, alone = units.below_minimum(fleet, least), units.without_second_path(fleet)
    rows = [{"terminal": name, **{word: fleet[name][word] for word in ("model", "version", "site")}} for name in old]
    counts = [
        {"model": model, "version": version, "terminals": n} for (model, version), n in units.versions(fleet).items()
    ]
    show(rows, {"terminals": old, "sites_with_one_path": alone, "versions": counts}, as_json)
    if alone and not as_json:
        click.echo(f"one way to the host only: {', '.join(alone)}")
    raise SystemExit(int(bool(old or alone)))


@register.command("propose")
@_name
@click.argument("row")
@click.option("--body", required=True, metavar="JSON", help="The row as one JSON object.")
@click.option("--from", "day", help="From this day on (yyyymmdd); today, if not given.")
@click.option("--reason", required=True, help="Why.")
@person_options
@db_option
@json_option
def propose(
    name: str,
    row: str,
    body: str,
    day: str | None,
    reason: str,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """A new edition of ROW in REGISTER."""
    try:
        said = json.loads(body)
    except ValueError as wrong:
        raise TheirMistake(f"is no JSON: {wrong}", "--body") from None
    if not isinstance(said, dict):
        raise TheirMistake("is no JSON object", "--body")
    with desk(db) as side:
        by, now = proven(Actors(side), actor, password_stdin).id, now_ms()
        one = Registers(side).propose(name, row, day or day_of(now), said, reason, by, now)
    standing = "in force" if one.in_force else "waits for a second person"
    told = f"{name}, {row} from {one.valid_from}, edition {one.edition}: {standing}"
    click.echo(json.dumps(_said(one), ensure_ascii=False) if as_json else told)


@register.command("approve")
@_name
@click.argument("row")
@click.option("--from", "day", required=True, help="The day (yyyymmdd) it was proposed for.")
@click.option("--edition", required=True, type=click.IntRange(1), help="Its edition, as `register history` shows it.")
@person_options
@db_option
def approve(
    name: str, row: str, day: str, edition: int, actor: str | None, password_stdin: bool, db: Path | str
) -> None:
    """Put an edition of ROW in force that somebody else proposed."""
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        Registers(side).approve(name, row, day, edition, by, now_ms())
    click.echo(f"{name}, {row} from {day}, edition {edition}: in force")


def _said(one: Any) -> dict[str, Any]:
    return {**asdict(one), "body": dict(one.body)}
