"""Which differences between book and file wait for a person, and who resolves them? The command breaks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import msgspec

from chongzheng.api import clearing_answers as answers
from chongzheng.cli.person import cell, db_option, desk, json_option, now_ms, person_options, proven, show, yuan
from chongzheng.journal.actors import Actors
from chongzheng.journal.breaks import PAGE_MAX, STATES, Break, Breaks, Decision, View
from chongzheng.journal.rules import ALONE_UP_TO_FEN, Rules, day_of
from chongzheng.reversal.booking import RESOLUTIONS, Resolution

_WAYS = [how.value for how in Resolution]
_shown = click.option("--shown", required=True, metavar="HASH", help="The hash that `breaks show` gave you.")
_reason = click.option("--reason", required=True, help="Why, in words that an auditor understands.")


@click.group()
def breaks() -> None:
    """Differences between book and file, as work: 长款, 短款, 单边账 and the others.

    Above the limit of the day (`breaks limit`) a second person approves, who is not the first; without a limit, always.
    """


@breaks.command("list")
@click.option("--state", default="unresolved", show_default=True, type=click.Choice(STATES))
@click.option("--after", default=0, help="Go on behind this number.")
@click.option("--limit", "most", default=PAGE_MAX, show_default=True, type=click.IntRange(1, PAGE_MAX))
@db_option
@json_option
def listed(state: str, after: int, most: int, db: Path | str, as_json: bool) -> None:
    """Breaks, by their numbers."""
    with desk(db) as side:
        found = Breaks(side, now_ms).page(state, after, most)
    names = ("id", "day", "channel", "type", "fen", "payment", "record", "queue", "next_action", "state", "proposed_by")
    rows = [{name: getattr(one, name) or "" for name in names} | {"fen": one.fen} for one in found]
    show(rows, {"breaks": [asdict(one) for one in found]}, as_json)


@breaks.command("counts")
@db_option
@json_option
def counted(db: Path | str, as_json: bool) -> None:
    """How many differences there are of each type, in each state, and their sums."""
    with desk(db) as side:
        document = msgspec.to_builtins(answers.counts(Breaks(side, now_ms).counts()))
    show(document["counts"], document, as_json)


@breaks.command("show")
@click.argument("number", type=int)
@db_option
@json_option
def shown(number: int, db: Path | str, as_json: bool) -> None:
    """Everything there is to see of break NUMBER, and the hash that a decision on it must name."""
    with desk(db) as side:
        view = Breaks(side, now_ms).view(number)
    if as_json:
        click.echo(json.dumps(document(view), ensure_ascii=False))
        return
    for name, value in document(view).items():
        if isinstance(value, dict):
            value = " ".join(f"{key}={cell(key, one)}" for key, one in value.items()) or "no payment of ours"
        click.echo(f"{name:14} {cell(name, value)}")


@breaks.command("resolve")
@click.argument("number", type=int)
@click.option("--how", required=True, type=click.Choice(_WAYS), help="Where what lies in suspense goes.")
@_reason
@click.option("--evidence", multiple=True, required=True, help="What shows it: an id, a number, a file; may repeat.")
@_shown
@person_options
@db_option
@json_option
def resolve(
    number: int,
    how: str,
    reason: str,
    evidence: tuple[str, ...],
    shown: str,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """Resolve break NUMBER; where that takes two people, propose it to the second."""
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        done = Breaks(side, now_ms).resolve(number, by, Decision(Resolution(how), reason, evidence, shown))
    _tell(done, as_json)


@breaks.command("approve")
@click.argument("number", type=int)
@_shown
@person_options
@db_option
@json_option
def approve(number: int, shown: str, actor: str | None, password_stdin: bool, db: Path | str, as_json: bool) -> None:
    """Approve what somebody else proposed for break NUMBER; SHOWN is the hash of the proposal as you saw it."""
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        done = Breaks(side, now_ms).approve(number, by, shown)
    _tell(done, as_json)


@breaks.command("reject")
@click.argument("number", type=int)
@_reason
@person_options
@db_option
@json_option
def reject(number: int, reason: str, actor: str | None, password_stdin: bool, db: Path | str, as_json: bool) -> None:
    """Send the proposal for break NUMBER back; whoever made it may take it back."""
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        done = Breaks(side, now_ms).reject(number, by, reason)
    _tell(done, as_json)


@breaks.command("close-case")
@click.argument("case", type=int)
@_reason
@person_options
@db_option
def close_case(case: int, reason: str, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """Close the case of this number; refused while money of its payment lies in suspense, or a break of it is open."""
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        payment = Breaks(side, now_ms).close_case(case, by, reason)
    click.echo(f"case {case} of {payment}: closed")


@breaks.command("limit")
@click.option("--propose", "fen", type=click.IntRange(min=0), help="Up to so many fen one person may resolve alone.")
@click.option("--approve", "approved", type=click.IntRange(min=0), help="Approve the limit that was proposed.")
@click.option("--from", "day", help="From this day on (yyyymmdd); today, if not given.")
@click.option("--reason", default="", help="Why, for a proposal.")
@person_options
@db_option
@json_option
def limit(
    fen: int | None,
    approved: int | None,
    day: str | None,
    reason: str,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """Show the limits below which one person is enough; propose one, or approve somebody else's."""
    with desk(db) as side:
        rules, now = Rules(side), now_ms()
        when = day or day_of(now)
        if fen is not None or approved is not None:
            by = proven(Actors(side), actor, password_stdin).id
            if fen is not None:
                rules.propose(ALONE_UP_TO_FEN, when, str(fen), reason, by, now)
            else:
                rules.approve(ALONE_UP_TO_FEN, when, str(approved), by, now)
        rows = [asdict(one) for one in rules.all() if one.name == ALONE_UP_TO_FEN]
        in_force = rules.limit(ALONE_UP_TO_FEN, now)
    show(rows, {"in_force_fen": in_force, "rows": rows}, as_json)


def document(view: View) -> dict[str, Any]:
    """A break as a person is shown it, with the hash of all of that."""
    said = asdict(view.one) | {"break": view.one.id, "standing": view.payment}
    said |= {"suspense_fen": view.suspense_fen, "takes_two": view.takes_two, "hash": view.hash}
    said["resolutions"] = [str(how) for how, (account, _) in RESOLUTIONS.items() if account or not view.suspense_fen]
    return said


def _tell(done: Break, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    elif done.state == "proposed":
        click.echo(f"break {done.id}: proposed; a second person approves it")
    else:
        click.echo(f"break {done.id} over {yuan(done.fen)}: {done.state}")
