"""What do witnesses and signals say of a payment whose reversal failed? The commands case decide and case causes."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table as Grid

from chongzheng.cases.columns import Clearing, Witnesses
from chongzheng.cases.confirm import Decision, decide, retry_allowed
from chongzheng.cases.consequence import ACTIONS
from chongzheng.cases.question import next_question
from chongzheng.cases.reading import FINDINGS
from chongzheng.cases.vocabulary import COLUMNS, plain, said_in
from chongzheng.causes import attribution, grades
from chongzheng.causes.ask import next_tests
from chongzheng.causes.score import Ranking, Scored, because, score
from chongzheng.causes.signals import SIGNALS, Value, given
from chongzheng.causes.table import Table, packed, read
from chongzheng.gateway.own_file import text_of
from chongzheng.mistakes import TheirMistake

FILE_BYTES_MAX = 4 << 20
PIPE_CHARS = 240
"""How wide a table is where no terminal says it: no column is cut."""
SHOWN_CAUSES, SHOWN_TESTS = 10, 3

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


def content(path: Path) -> str:
    """The text of a file. TheirMistake: not there, too large, not UTF-8."""
    return text_of(path, FILE_BYTES_MAX)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="SIGNALS.json")
@click.option("--table", "own", type=click.Path(path_type=Path), help="Table of causes, CSV; the packed one otherwise.")
@json_option
def causes(file: Path, own: Path | None, as_json: bool) -> None:
    """Rank all causes of a failed reversal by the signals in SIGNALS.json, an object such as {"tlm.printer": "jam"}."""
    table = packed() if own is None else read(content(own).splitlines(), own.name)
    ranking = score(signals_of(content(file), file.name), table)
    if as_json:
        click.echo(json.dumps(ranked(ranking, table), ensure_ascii=False))
    else:
        _show_causes(ranking, table)


def signals_of(text: str, where: str) -> dict[str, Value]:
    """The signals in the text of a JSON file. TheirMistake: it is not one object, or a value that no signal has."""
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, where))
    except (ValueError, RecursionError) as wrong:
        raise TheirMistake(f"is no JSON: {wrong}", where) from None
    if not isinstance(found, dict):
        raise TheirMistake('is not one object of signals, such as {"tlm.printer": "jam"}', where)
    return given(found, where)


def _once(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TheirMistake("stands twice", f"{where}: {twice}")
    return found


def ranked(ranking: Ranking, table: Table) -> dict[str, Any]:
    """The ranking as `--json` prints it: every cause, the likeliest first; posteriors sum to one."""
    primary = ranking.primary
    questions = next_tests(ranking, table)
    return {
        "primary": primary.cause.id if primary else None,
        "causes": [_cause(one, ranking) for one in ranking.causes],
        "contributing": [one.cause.id for one in ranking.contributing],
        "probable": [one.cause.id for one in ranking.probable],
        "next_tests": [
            {"signal": one.signal, **_words(one.signal), "gain_bits": round(one.gain_bits, 6)} for one in questions
        ],
        "shares": [
            {"class": one.name, "zh": attribution.CLASSES[one.name][0], "en": attribution.CLASSES[one.name][1],
             "percent": one.percent}
            for one in attribution.shares(ranking)
        ],
        "grades": {name: str(grade) for name, grade in grades.grades(ranking.signals).items()},
        "not_asked_for": [name for name in ranking.signals if name not in table.asked],
        "table": ranking.version,
    }  # fmt: skip


def _cause(one: Scored, ranking: Ranking) -> dict[str, Any]:
    return {
        "id": one.cause.id,
        "posterior": one.posterior,
        "because": list(because(one, ranking.signals)),
        "zh": one.cause.zh,
        "en": one.cause.en,
    }


def _words(name: str) -> dict[str, str]:
    known = SIGNALS.get(name)
    return {"zh": known.zh, "en": known.en} if known else {"zh": name, "en": name}


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_CHARS)


def _show_causes(ranking: Ranking, table: Table) -> None:
    out = _console()
    primary = ranking.primary
    if primary is None:
        out.print("原因：未知，证据不足以认定 · Cause: unknown, the evidence names none", highlight=False)
    else:
        said = f"{primary.cause.id} {primary.cause.zh} · {primary.cause.en}"
        out.print(f"主因 Primary cause: {said} ({primary.posterior:.0%})", highlight=False)
        out.print(f"处置 Remedy: {primary.cause.remedy}", highlight=False)
    grid = Grid("", "原因 cause", "后验 posterior", "依据 because", title_justify="left")
    for one in ranking.causes[:SHOWN_CAUSES]:
        lines = "\n".join(because(one, ranking.signals))
        grid.add_row(one.cause.id, f"{one.cause.zh} · {one.cause.en}", f"{one.posterior:.1%}", lines)
    out.print(grid)
    for question in next_tests(ranking, table)[:SHOWN_TESTS]:
        words = _words(question.signal)
        said = f"{question.signal} {words['zh']} · {words['en']}"
        out.print(f"下一步核查 Ask next: {said} ({question.gain_bits:.3f} bit)", highlight=False)


COMPARED = ("verdict", "money", "action")
ROWS_MAX = 100_000
EXIT_NO = 1


@click.command("decide")
@click.option("--table", "file", type=click.Path(path_type=Path), required=True, help="CSV of what witnesses say.")
@json_option
def decide_table(file: Path, as_json: bool) -> None:
    """Say of each row of a table of witnesses what is true, where the money is and what to do.

    Columns: id, original_approved, goods_delivered, reversal, clearing. Columns verdict, money and action are not read
    but compared, where they are there: exit 1 when one says something else.
    """
    rows = [_row_document(row, said) for row, said in witness_rows(content(file), file.name)]
    wrong = [row["id"] for row in rows if not row.get("agrees", True)]
    if as_json:
        click.echo(json.dumps({"rows": rows, "disagree": wrong}, ensure_ascii=False))
    else:
        _show_decisions(rows)
    if wrong:
        sys.exit(EXIT_NO)


def witness_rows(text: str, where: str) -> Iterator[tuple[dict[str, str], tuple[Witnesses, ...]]]:
    """Each row with its witnesses, one set for each alternative that the file column names.

    TheirMistake: columns that are missing, or a word that nobody knows, with row and column.
    """
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        missing = [name for name in ("id", *COLUMNS) if name not in (reader.fieldnames or ())]
        if missing:
            raise TheirMistake(f"has no column {', '.join(missing)}", where)
        count = 0
        for count, row in enumerate(reader, 1):
            path = f"{where} row {row['id'] or count}"
            if count > ROWS_MAX:
                raise TheirMistake(f"has more than {ROWS_MAX} rows", where)
            if None in row or None in row.values():
                raise TheirMistake("has not as many columns as the heading", path)
            yield row, said_in(row, path)
        if not count:
            raise TheirMistake("has no rows", where)
    except csv.Error as wrong:
        raise TheirMistake(f"is no CSV: {wrong}", f"{where} line {reader.line_num}") from None


def decide_any(alternatives: tuple[Witnesses, ...]) -> tuple[Witnesses, Decision]:
    """The decision that all alternatives share; where they part, nothing is known of the file."""
    first = decide(alternatives[0])
    if all(decide(one).rule == first.rule for one in alternatives):
        return alternatives[0], first
    unknown = replace(alternatives[0], clearing=Clearing.UNKNOWN)
    return unknown, decide(unknown)


def _row_document(row: dict[str, str], alternatives: tuple[Witnesses, ...]) -> dict[str, Any]:
    said, found = decide_any(alternatives)
    truth, zh, en = FINDINGS[found.finding]
    retry = retry_allowed(found.truth)
    document = {
        "id": row["id"],
        "rule": found.rule,
        "verdict": {
            "truth": truth, "words": found.words, "word": _head(found.words), "proof": found.proof, "zh": zh, "en": en,
        },
        "money": {
            "position": found.money.position, "viewpoint": found.money.viewpoint, "words": found.money.words,
        },
        "action": {"code": found.action, "zh": ACTIONS[found.action][0], "en": ACTIONS[found.action][1]},
        "final_refund_allowed": found.final_refund_allowed,
        "retry": {"allowed": retry.allowed, "zh": retry.zh, "en": retry.en},
        "cause_hint": found.hint or None,
        "ask_next": [
            {"ask": one.ask, "zh": one.zh, "en": one.en, "cost_minutes": one.cost_minutes,
             "settles": f"{one.settles} of {one.answers}"}
            for one in next_question(said)
        ],
    }  # fmt: skip
    compared = {name: _agrees(name, row[name], found) for name in COMPARED if row.get(name, "").strip()}
    return document | ({"agrees": all(compared.values()), "compared": compared} if compared else {})


def _head(words: str) -> str:
    """The bare verdict of the golden table: NOT_DONE, SUCCEEDED, REVERSED, UNKNOWN, conflict, in dispute."""
    found = re.search(r"[A-Z][A-Z_]+", words)
    return found.group() if found else words


def _agrees(column: str, theirs: str, found: Decision) -> bool:
    """Whether they say what we say: in full, or, where they say less, by the bare word."""
    ours = {
        "verdict": {found.words, _head(found.words), found.truth},
        "money": {found.money.words, found.money.words.rpartition(" ")[2] if " long" in found.money.words
                  or " short" in found.money.words else found.money.words},
        "action": {found.action, *ACTIONS[found.action]},
    }  # fmt: skip
    return plain(theirs) in {plain(one) for one in ours[column]}


def _show_decisions(rows: list[dict[str, Any]]) -> None:
    grid = Grid("", "结论 verdict", "资金 money", "处置 action", "可最终退款 refund", "一致 agrees")
    for row in rows:
        verdict, money, action = row["verdict"], row["money"], row["action"]
        agrees = {True: "是 yes", False: "否 NO"}[row["agrees"]] if "agrees" in row else ""
        refund = "可 yes" if row["final_refund_allowed"] else "不可 no"
        grid.add_row(
            row["id"], f"{verdict['words']}\n{verdict['zh']}", f"{money['words']} ({money['viewpoint']})",
            f"{action['zh']}\n{action['en']}", refund, agrees,
        )  # fmt: skip
    _console().print(grid)
