"""What do records of many payments say: suspects, patterns, lost records, renewal, staff; and where is the money?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from chongzheng.cases import finder, rebuild, renewal, routing
from chongzheng.cases.backup import Key
from chongzheng.cases.position import position
from chongzheng.causes import patterns as mining
from chongzheng.cli.case_tables import content, json_option
from chongzheng.cli.fee import YUAN_AMOUNT
from chongzheng.cli.payment import one_payment
from chongzheng.cli.person import db_option, show
from chongzheng.journal import Reader
from chongzheng.mistakes import TheirMistake

ROWS_MAX = 100_000
MINUTE_MS = 60_000
FAILED, HELD = "failed", ("yes", "no")
_file = click.argument("file", type=click.Path(path_type=Path))


@click.command("find")
@_file
@json_option
def find(file: Path, as_json: bool) -> None:
    """Find what is not as it should be in a day: pending, unmatched, one-sided, double, other amount.

    FILE is CSV: source (terminal, host, clearing), key (shop, terminal, batch, trace), what (sale, reversal), fen,
    outcome (approved, declined, pending).
    """
    columns = ("source", "key", "what", "fen", "outcome")
    lines = [_seen(row, at) for at, row in _rows(file, columns)]
    found = [{"key": one.key, "wrong": str(one.wrong), "why": one.why} for one in finder.suspects(lines)]
    show(found, {"lines": len(lines), "suspects": found}, as_json)


def _seen(row: dict[str, str], at: str) -> finder.Seen:
    source = _among(row, "source", (finder.TERMINAL, finder.HOST, finder.CLEARING), at)
    what = _among(row, "what", (finder.SALE, finder.REVERSAL), at)
    outcome = _among(row, "outcome", (finder.APPROVED, finder.DECLINED, finder.PENDING), at)
    return finder.Seen(source, row["key"], what, _whole(row, "fen", at), outcome)


@click.command("patterns")
@_file
@json_option
def patterns(file: Path, as_json: bool) -> None:
    """Find the firmware, region, issuer … that fails more often than chance explains.

    FILE is CSV, a row for each reversal that was tried: the column failed (yes, no), every other one is a feature. Of
    what is told at most one in twenty is expected to be false; what another pattern explains is left out.
    """
    tried = []
    for at, row in _rows(file, (FAILED,)):
        failed = _among(row, FAILED, HELD, at) == HELD[0]
        tried.append(mining.Attempt({name: word for name, word in row.items() if name != FAILED and word}, failed))
    found = [_pattern(one) for one in mining.patterns(tried)]
    show(found, {"attempts": len(tried), "false_share": mining.FALSE_SHARE, "patterns": found}, as_json)


def _pattern(one: mining.Pattern) -> dict[str, Any]:
    here, there = f"{one.failures} of {one.attempts}", f"{one.failures_elsewhere} of {one.attempts_elsewhere}"
    return {
        "feature": one.feature,
        "value": one.value,
        "failures": one.failures,
        "attempts": one.attempts,
        "times": None if one.times is None else round(one.times, 2),
        "chance": float(f"{one.chance:.3g}"),
        "en": f"{one.feature} {one.value}: {here} failed, elsewhere {there}",
        "zh": f"{one.feature} {one.value}：失败/总数 {one.failures}/{one.attempts}，"
        f"其他 {one.failures_elsewhere}/{one.attempts_elsewhere}",
    }


@click.command("rebuild")
@_file
@json_option
def rebuilt(file: Path, as_json: bool) -> None:
    """Rebuild lost records of a terminal from host journal, backup and slips; exit 1 when one is irrecoverable.

    FILE is JSON: {"lost": [[terminal, batch, trace], …], "host": [{"terminal", "batch", "stan", "what", "amount_fen",
    "at", "card", "code"}, …], "backup": […], "slip": […]}. Nothing is invented: each value names its witness.
    """
    said = _object(file)
    told = {who: dict(_known(said.get(who, []), f"{file.name}: {who}")) for who in rebuild.WITNESSES}
    answers = rebuild.rebuild([_key(one, f"{file.name}: lost") for one in said.get("lost", [])], told)
    rows = [_answer(one) for one in answers]
    lost = sum(not one.whole for one in answers)
    document = {"records": rows, "rebuilt": len(rows) - lost, "irrecoverable": lost}
    show(rows, document, as_json)
    raise SystemExit(int(lost > 0))


def _answer(one: rebuild.Rebuilt) -> dict[str, Any]:
    found = {"key": " ".join(one.key), "rebuilt": one.whole, "values": dict(one.values), "sources": dict(one.sources)}
    return found | {"missing": list(one.missing), "contested": {name: dict(of) for name, of in one.contested.items()}}


def _known(records: Any, at: str) -> Iterator[tuple[Key, dict[str, Any]]]:
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise TheirMistake("is not a list of records", at)
    for number, one in enumerate(records, 1):
        yield _key([one.get(name) for name in ("terminal", "batch", "stan")], f"{at} {number}"), one


def _key(words: Any, at: str) -> Key:
    if not isinstance(words, list) or len(words) != 3 or not all(isinstance(word, str) and word for word in words):
        raise TheirMistake("is not terminal, batch and trace as text", at)
    return words[0], words[1], words[2]


@click.command("renewal")
@_file
@click.option("--budget", type=YUAN_AMOUNT, required=True, help="Yuan, such as 8000.00.")
@json_option
def renew(file: Path, budget: int, as_json: bool) -> None:
    """Propose which terminals to replace first within a budget, by failure rate, and say how stable that order is.

    FILE is CSV: name, failures, attempts, price_fen, age_days.
    """
    columns = ("failures", "attempts", "price_fen", "age_days")
    units = [
        renewal.Unit(row["name"], *(_whole(row, name, at) for name in columns))
        for at, row in _rows(file, ("name", *columns))
    ]
    found = renewal.plan(units, budget)
    rows: Any = found["replace"]
    show(rows, dict(found), as_json)
    if not as_json:
        click.echo(f"the first {renewal.TOP} keep their place in {found['stability_percent']} of 100 recounts")


@click.command("staff")
@_file
@click.option("--within", type=click.IntRange(1), required=True, metavar="MINUTES", help="Work begins within.")
@click.option("--target", type=click.IntRange(0, 100), default=5, show_default=True, help="Late at most, in percent.")
@json_option
def staff(file: Path, within: int, target: int, as_json: bool) -> None:
    """Say how many people keep the target in a replay of the work of FILE; exit 1 when no number does.

    FILE is CSV: arrived_ms, takes_ms. A replay of what was says nothing of a day that is busier.
    """
    work = sorted(
        (_whole(row, "arrived_ms", at), _whole(row, "takes_ms", at))
        for at, row in _rows(file, ("arrived_ms", "takes_ms"))
    )
    needed = routing.staff_needed(work, within * MINUTE_MS, target)
    late = routing.breaches(work, needed, within * MINUTE_MS) if needed else None
    document = {"work": len(work), "within_minutes": within, "target_percent": target, "staff": needed, "late": late}
    show([document], document, as_json)
    raise SystemExit(int(not needed))


@click.command("position")
@click.argument("payment")
@db_option
@json_option
def where(payment: str, db: Path | str, as_json: bool) -> None:
    """Say where the money of PAYMENT is: each account with what lies on it; exit 1 when some is in suspense."""
    with closing(Reader.open(db)) as reader:
        one = one_payment(reader, payment).id
        moves = [*reader.entries_of(one), *reader.vouchers_of(one)]
    found = position(moves)
    rows = [{"account": name, "fen": fen} for name, fen in sorted(found.balances.items())]
    document = {
        "payment": one,
        "balances": dict(found.balances),
        "owed_to": dict(found.owed_to),
        "suspense_fen": found.suspense_fen,
        "sum_fen": sum(found.balances.values()),
    }
    show(rows, document, as_json)
    raise SystemExit(int(found.suspense_fen > 0))


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its place. TheirMistake: columns are missing, a row is not as long as the heading, no CSV."""
    reader = csv.DictReader(content(file).splitlines(), strict=True)
    try:
        if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
            raise TheirMistake(f"has no column {', '.join(missing)}", file.name)
        for number, row in enumerate(reader, 1):
            at = f"{file.name} row {number}"
            if number > ROWS_MAX:
                raise TheirMistake(f"has more than {ROWS_MAX} rows", file.name)
            if None in row or None in row.values():
                raise TheirMistake("has not as many columns as the heading", at)
            yield at, row
    except csv.Error as wrong:
        raise TheirMistake(f"is no CSV: {wrong}", f"{file.name} line {reader.line_num}") from None


def _among(row: dict[str, str], name: str, words: tuple[str, ...], at: str) -> str:
    if row[name] not in words:
        raise TheirMistake(f"is none of {', '.join(words)}", f"{at}, {name}")
    return row[name]


def _whole(row: dict[str, str], name: str, at: str) -> int:
    if not (row[name].isascii() and row[name].isdigit()):
        raise TheirMistake("is not a whole number from 0", f"{at}, {name}")
    return int(row[name])


def _object(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(content(file))
    except (ValueError, RecursionError) as wrong:
        raise TheirMistake(f"is no JSON: {wrong}", file.name) from None
    if not isinstance(said, dict) or not isinstance(said.get("lost"), list):
        raise TheirMistake('is not one object with a list "lost"', file.name)
    return said
