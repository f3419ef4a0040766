"""Does the journal hold what its signed checkpoints say it once held? The command audit verify."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from chongzheng.cli.payment import KEY_NAME, PUBLIC_KEY
from chongzheng.cli.place import PLACE, shown
from chongzheng.journal.inspection import Inspection, Signed, inspect
from chongzheng.mistakes import TheirMistake

EXIT_NO = 1
KEY_CHARS_MAX = 1_024


class Lost(click.ParamType):
    """Commits that were lost: the last one kept, two dots, the last one lost."""

    name = "commit..commit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Both numbers, the first smaller."""
        after, dots, upto = str(value).partition("..")
        if not (dots and after.isdecimal() and upto.isdecimal() and int(after) < int(upto)):
            self.fail(f"{value!r} is not two commits, like 480..500", param, ctx)
        return int(after), int(upto)


@click.group("audit")
def audit() -> None:
    """Check that nobody changed the journal afterwards."""


@audit.command("verify")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration that names journal, checkpoints, key.")
@click.option("--db", envvar="CHONGZHENG_DB", type=PLACE, help="The journal, where no configuration is named.")
@click.option(
    "--checkpoints", "files", multiple=True, type=click.Path(path_type=Path), help="The file they left the box in."
)
@click.option("--key", type=click.Path(path_type=Path), help="The public key you trust, kept elsewhere.")
@click.option("--given-up", type=Lost(), multiple=True, help="Commits known to be lost: 480..500 after a restore.")
@click.option("--chains", is_flag=True, help="Chains alone, not what states, books and evidence say beside them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def verify(
    config: Path | None,
    db: Path | str | None,
    files: tuple[Path, ...],
    key: Path | None,
    given_up: tuple[tuple[int, int], ...],
    chains: bool,
    as_json: bool,
) -> None:
    """Recompute every chain and compare it with the signed checkpoints. Exit 1 when anything differs.

    Without --checkpoints (or a configuration) a cut tail and a journal that was replaced whole are not seen.
    """
    place, signed = _places(config, db, files, key, given_up)
    began_ns = time.monotonic_ns()
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        bar.add_task("recomputing", total=None)
        found = inspect(place, signed, chains)
    seconds = (time.monotonic_ns() - began_ns) / 1e9
    if as_json:
        click.echo(json.dumps(_document(place, found, signed, seconds), ensure_ascii=False))
    else:
        _say(found, signed)
    if not found.holds:
        sys.exit(EXIT_NO)


def _places(
    config: Path | None, db: Path | str | None, files: tuple[Path, ...], key: Path | None,
    given_up: tuple[tuple[int, int], ...],
) -> tuple[Path | str, Signed | None]:  # fmt: skip
    place = db
    if config is not None:
        from chongzheng.app import journal_and_checkpoints  # loads the wires, which a plain --db does not need

        place, file, signing = journal_and_checkpoints(config)
        files, key = files or (file,), key or signing.with_suffix(".pub")
    if place is None:
        raise TheirMistake("is missing; name a configuration, or a journal with --db", "--config")
    if not files:
        return place, None
    if key is None:
        raise TheirMistake(f"is missing: the public key of the checkpoints ({Path(KEY_NAME).stem}.pub)", "--key")
    return place, Signed(files, _trusted(key), given_up)


def _trusted(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            text = file.read(KEY_CHARS_MAX).decode("ascii", "replace").strip()
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    if not PUBLIC_KEY.fullmatch(text):
        raise TheirMistake("is not a public key (64 hex digits)", str(path))
    return text


def _document(place: Path | str, found: Inspection, signed: Signed | None, seconds: float) -> dict[str, Any]:
    document = {**asdict(found), "journal": shown(place), "holds": found.holds, "seconds": round(seconds, 3)}
    document["faults"] = [
        {name: value for name, value in asdict(fault).items() if value or (name == "after" and value is not None)}
        for fault in found.faults
    ]
    document["compared_with"] = [str(path) for path in signed.files] if signed else []
    document["facts_per_s"] = round(found.facts / seconds) if seconds else 0
    return document


def _say(found: Inspection, signed: Signed | None) -> None:
    for fault in found.faults:
        click.echo(str(fault))
    if found.more_faults:
        click.echo(f"and {found.more_faults} more")
    click.echo(f"{found.payments} payments, {found.facts} facts, {found.commits} commits, {found.acts} acts", nl=False)
    if signed is None:
        click.echo("; without checkpoints a cut tail or a replaced journal is not seen", nl=False)
    else:
        after = sum(found.uncovered.values())
        came = f"{after} commits and {found.acts_uncovered} acts came after"
        click.echo(f"; {found.fitting} of {found.checkpoints} checkpoints fit, {came}", nl=False)
    click.echo(": all of it holds" if found.holds else ": IT DOES NOT HOLD")
