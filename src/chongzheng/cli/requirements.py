"""Which requirements are met, proven by a test that passed at this tree and a planted bug that turned it red?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chongzheng.cli.campaigns import bar
from chongzheng.cli.provenance import signed
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.requirements import RECEIPT, TESTS, Proof, Standing, Status, every_row, receipt, standings

ROOT = Path(__file__).resolve().parents[3]
COURT = Path("tests") / "house" / "requirement_proof.py"
PIPE_CHARS = 160
LANGUAGES = ("zh", "en")


@click.command("requirements")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
@click.option("--run", "anew", is_flag=True, help="Run tests and planted bugs anew, though a receipt holds.")
@click.option("--no-run", "never", is_flag=True, help="Only read the receipt; without one nothing is proven.")
@click.option("--id", "ids", multiple=True, metavar="S-07", help="This row only; may repeat.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the table.")
def requirements(as_json: bool, anew: bool, never: bool, ids: tuple[str, ...], language: str) -> None:
    """Say how every row of the requirements stands: proven, partial (with what is missing) or open (with why).

    Proven: its named test passed at this very tree of src and tests, and each bug that is planted for it turned that
    test red. A run writes that down in build/requirements.json; a changed byte makes it void. In a checkout where no
    receipt holds, the command runs them itself (a minute or two). With --run, exit 1 when a row with a test fails.
    """
    rows = _asked_for(ids)
    if anew and never:
        raise TheirMistake("say one of --run, --no-run", "requirements")
    proofs = None if anew else receipt(ROOT)
    tested = {row.id for row in rows if row.test}
    if not never and (proofs is None or not tested <= set(proofs)) and _can_run(anew):
        _run(ids)
        proofs = receipt(ROOT)
    found = standings(rows, proofs)
    click.echo(json.dumps(signed(document(found)), ensure_ascii=False)) if as_json else _show(found, language)
    if anew and any(one.status is Status.OPEN for one in found if one.row.test):
        raise SystemExit(1)


def _asked_for(ids: tuple[str, ...]) -> list[Any]:
    rows = every_row()
    unknown = sorted(set(ids) - {row.id for row in rows})
    if unknown:
        raise TheirMistake(f"there is no such row; they are {rows[0].id} to {rows[-1].id}", f"--id {unknown[0]}")
    return [row for row in rows if not ids or row.id in ids]


def _can_run(anew: bool) -> bool:
    """Whether this is a checkout with its test tools. TheirMistake: it is not, and a run was asked for."""
    able = (ROOT / COURT).is_file() and find_spec("pytest") is not None
    if anew and not able:
        raise TheirMistake("takes a checkout with its test tools (make setup); this is an installation", "--run")
    return able


def _run(ids: tuple[str, ...]) -> None:
    words = [sys.executable, str(ROOT / COURT), *(word for name in ids for word in ("--id", name))]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as court:
        lines = _lines(court.stdout or ())
        steps = next(lines, {}).get("steps")
        click.echo(f"chongzheng: {steps} named tests and planted bugs are tried first; {RECEIPT} keeps it", err=True)
        with bar("requirements", steps) as told:
            for done, line in enumerate(lines, 1):
                told(done, str(line.get("row", "")))
                if void := line.get("void"):
                    click.echo(f"chongzheng: {void}", err=True)


def _lines(words: Iterable[str]) -> Iterator[dict[str, Any]]:
    for word in words:
        yield json.loads(word)


def document(found: list[Standing]) -> dict[str, Any]:
    """The standings as `--json` prints them."""
    counts = Counter(one.status for one in found)
    return {"rows": [_row(one) for one in found], "counts": {str(status): counts[status] for status in Status}}


def _row(one: Standing) -> dict[str, Any]:
    row, proof = one.row, one.proof
    return {
        "id": row.id,
        "status": str(one.status),
        "test": (TESTS / row.test).as_posix() if row.test else None,
        "mutant": proof.mutants[0]["name"] if proof.mutants else None,
        "missing": row.missing or None,
        "missing_zh": row.missing_zh or None,
        "why": one.why or None,
        "zh": row.zh,
        "en": row.en,
        "area": row.area,
        "built": list(row.built),
        **_tried(proof),
    }


def _tried(proof: Proof) -> dict[str, Any]:
    return {
        "passed": list(proof.passed),
        "failed": list(proof.failed),
        "mutants": [{"name": one["name"], "file": one["file"], "end": one["end"]} for one in proof.mutants],
    }


def _show(found: list[Standing], language: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else PIPE_CHARS)
    asked = {"en": "what is asked, and what is not there yet", "zh": "要求，以及还缺什么"}[language]
    grid = Table("row", "status", "tests", "bugs", asked)
    for one in found:
        missing = (one.row.missing_zh if language == "zh" else one.row.missing) or ""
        said = one.row.zh if language == "zh" else one.row.en
        rest = "; ".join(word for word in (one.why, missing) if word)
        counts = (str(len(one.proof.passed) or "-"), str(len(one.proof.mutants) or "-"))
        grid.add_row(one.row.id, str(one.status), *counts, escape(f"{said}\n  - {rest}" if rest else said))
    console.print(grid)
    counted = Counter(str(one.status) for one in found)
    console.print(", ".join(f"{counted[str(status)]} {status}" for status in Status))
