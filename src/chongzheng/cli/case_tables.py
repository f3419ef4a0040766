"""What do witnesses and signals say of a payment whose reversal failed? The commands case decide and case causes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table as Grid

from chongzheng.causes import attribution, grades
from chongzheng.causes.ask import next_tests
from chongzheng.causes.score import Ranking, Scored, because, score
from chongzheng.causes.signals import SIGNALS, Value, given
from chongzheng.causes.table import Table, packed, read
from chongzheng.mistakes import TheirMistake

FILE_BYTES_MAX = 4 << 20
PIPE_CHARS = 240
"""How wide a table is where no terminal says it: no column is cut."""
SHOWN_CAUSES, SHOWN_TESTS = 10, 3

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


def content(path: Path) -> str:
    """The text of a file. TheirMistake: not there, too large, not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as wrong:
        raise TheirMistake(f"cannot be read: {wrong.strerror}", path.name) from None
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"has more than {FILE_BYTES_MAX} bytes", path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", path.name) from None


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
