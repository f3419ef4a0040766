"""What is known already: which article answers, what a terminal's export holds, what closed cases say of causes?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from chongzheng import causes as causes_package
from chongzheng.cases import backup
from chongzheng.cases.article import library
from chongzheng.cases.articles import visible
from chongzheng.cases.calendar import day_of
from chongzheng.cases.search import QUERY_CHARS_MAX, ranked
from chongzheng.causes import table as causes_table
from chongzheng.causes.learn import Confirmed, Lesson, learned
from chongzheng.cli.case_tables import content, json_option
from chongzheng.cli.person import db_option, desk, now_ms, person_options, proven, show
from chongzheng.journal.actors import Actors
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.mistakes import TheirMistake

UNKNOWN = "unknown"
EXPORT_BYTES_MAX = 64 << 20


@click.command("ask")
@click.argument("question")
@person_options
@db_option
@json_option
def ask(question: str, actor: str | None, password_stdin: bool, db: Path | str, as_json: bool) -> None:
    """Find the articles that answer QUESTION, best first, with the fields that your roles may see; exit 1 if none."""
    if len(question) > QUERY_CHARS_MAX:
        raise TheirMistake(f"has more than {QUERY_CHARS_MAX} characters", "QUESTION")
    with desk(db) as side:
        who = proven(Actors(side), actor, password_stdin)
        registers, today = Registers(side), day_of(now_ms())
        books = library(registers.rows("articles", today), Matters(side, now_ms, registers).all_open("article"))
        rights = registers.rows("field rights", today)
    roles = sorted(str(role) for role in who.roles)
    found = [
        {"article": name, "score": round(float(score), 3), **visible(books[name], roles, rights)}
        for name, score in ranked(question, books)
    ]
    rows = [{name: one.get(name, "") for name in ("article", "zh", "en", "text_zh", "text_en")} for one in found]
    show(rows, {"articles": found}, as_json)
    raise SystemExit(int(not found))


@click.command("saved")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def saved(file: Path, as_json: bool) -> None:
    """Read a terminal's journal that was saved to FILE: its hash, its records, the reversals that it still owes.

    One JSON record a line: what (sale, answer, reversal, reversal answer), terminal, batch, stan, code. The document
    holds the words of the fact BackedUp of a swap order.
    """
    try:
        if file.stat().st_size > EXPORT_BYTES_MAX:
            raise TheirMistake(f"has more than {EXPORT_BYTES_MAX} bytes", file.name)
        found = backup.receipt(file.read_bytes())
    except OSError as wrong:
        raise TheirMistake(f"cannot be read: {wrong.strerror}", file.name) from None
    row = found.row()
    show([{"hash": row["hash"], "records": row["records"], "pending": len(found.pending)}], row, as_json)


@click.command("priors")
@click.option("--out", type=click.Path(path_type=Path), help="Write the learned table here, for case causes --table.")
@click.option("--table", "own", type=click.Path(path_type=Path), help="Learn on top of this table; the packed one.")
@db_option
@json_option
def priors(out: Path | None, own: Path | None, db: Path | str, as_json: bool) -> None:
    """Say how common each cause is by the closed cases whose cause a reviewer confirmed; exit 1 when they are too few.

    The table in force does not change by itself: --out writes one, and whoever uses it names it.
    """
    text = files(causes_package).joinpath("causes.csv").read_text("utf-8") if own is None else content(own)
    table = causes_table.read(text.splitlines(), "causes.csv" if own is None else own.name)
    with desk(db) as side:
        confirmed = list(_confirmed(Matters(side, now_ms, Registers(side))))
    found = learned(table, confirmed, f"learned {day_of(now_ms())}")
    if out is not None and found.learned:
        out.write_text(_with_priors(text, found), "utf-8")
    rows = [
        {"cause": one.cause, "cases": one.cases, "before": round(one.before, 4), "after": round(one.after, 4)}
        for one in sorted(found.changes, key=lambda one: (-one.cases, one.cause))
    ]
    document = {
        "learned": found.learned, "reviewed": found.cases, "ignored": found.ignored, "version": found.table.version,
        "zh": found.zh, "en": found.en, "changes": rows,
    }  # fmt: skip
    show(rows, document, as_json)
    if not as_json:
        click.echo(f"{found.zh} · {found.en}")
    raise SystemExit(int(not found.learned))


def _confirmed(matters: Matters) -> Iterator[Confirmed]:
    """The causes of closed cases; one that nobody reviewed teaches nothing, and "unknown" is no cause."""
    after = 0
    while page := matters.page("case", after):
        after = int(page[-1].id.rpartition("-")[2])
        for one in page:
            cause: dict[str, Any] = one.body.get("cause", {})
            if one.state == "CLOSED" and cause.get("primary", UNKNOWN) != UNKNOWN:
                yield Confirmed(one.id, cause["primary"], cause["by"] if cause.get("reviewed") else "")


def _with_priors(text: str, found: Lesson) -> str:
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "prior": f"{found.table.by_id[row['cause_id']].prior:.6f}"})
    return made.getvalue()
