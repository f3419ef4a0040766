"""Does the engine keep its promises in a world where everything fails? The command simulate and its campaigns."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from chongzheng.cli.provenance import signed
from chongzheng.simulator.virtual.invariants import INVARIANTS

SEEDS_MAX, PAYMENTS_MAX = 10_000_000, 10_000
PAYMENTS = 50
TOLD_MAX = 10
"""Red seeds that are told to people; `--json` has them all."""


class Seeds(click.ParamType):
    """`A..B` with both ends, or one number."""

    name = "A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A range of seeds."""
        found = re.fullmatch(r"(\d{1,18})(?:\.\.(\d{1,18}))?", str(value))
        if found is None:
            self.fail("say A..B, for example 1..2000", param, ctx)
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last < first + SEEDS_MAX:
            self.fail(f"the second is the larger, and at most {SEEDS_MAX} further", param, ctx)
        return range(first, last + 1)


@click.command()
@click.option("--seeds", type=Seeds(), help="Run these worlds, each a day of one bank, its terminals and the engine.")
@click.option("--payments", default=PAYMENTS, show_default=True, type=click.IntRange(1, PAYMENTS_MAX), help="A world.")
@click.option("--replay", type=click.IntRange(0), help="Run one world again and tell what happened in it.")
@click.option("--model", is_flag=True, help="Explore the machine itself, all its states, all orders of evidence.")
@click.option("--fuzz", type=click.IntRange(1, 10**10), help="So many mutated frames and documents at every decoder.")
@click.option("--tamper", type=click.IntRange(1, 10**8), help="So many trials to change a journal unseen.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="For --fuzz and --tamper.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def simulate(
    seeds: range | None,
    payments: int,
    replay: int | None,
    model: bool,
    fuzz: int | None,
    tamper: int | None,
    workers: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Prove the engine in a deterministic world: everything that can fail fails, and nothing wrong may follow.

    Exit 0 when every promise was kept and every one was put to the test, 1 when not.
    """
    chosen = [name for name, value in (("--seeds", seeds), ("--replay", replay is not None or None), ("--model", model),
              ("--fuzz", fuzz), ("--tamper", tamper)) if value]  # fmt: skip
    if len(chosen) != 1:
        raise click.UsageError("say one of --seeds, --replay, --model, --fuzz, --tamper.")
    if seeds is not None:
        return _seeds(seeds, payments, workers, as_json)
    if replay is not None:
        return _replay(replay, payments, as_json)
    if model:
        return _model(workers, as_json)
    return _fuzz(fuzz, seed, workers, as_json) if fuzz else _tamper(tamper or 1, seed, as_json)


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int, str], None]]:
    """Progress on standard error, when that is a terminal: hears how much is done, and a word on it."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done, word: progress.update(task, completed=done, description=f"{what} {word}".strip())


def out(document: dict[str, Any], as_json: bool, lines: Iterator[str]) -> None:
    """The document for scripts, or its lines for people."""
    if as_json:
        click.echo(json.dumps(signed(document), ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


def _seeds(seeds: range, payments: int, workers: int | None, as_json: bool) -> int:
    from chongzheng.simulator.virtual.campaign import campaign, processors

    with bar("worlds", len(seeds)) as told:
        figures = campaign(seeds, payments, workers or processors(), lambda done, red: told(done, f"({red} red)"))
    figures["range"] = f"{seeds[0]}..{seeds[-1]}"
    out(figures, as_json, _lines(figures))
    wrong = figures["violations"] or figures["invariants_never_evaluated"] or figures["sometimes_never_reached"]
    return int(bool(wrong))


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{figures['seeds']} worlds, {figures['payments']} payments, {figures['kills']} kills, "
        f"{figures['steps']} steps in {figures['seconds']} s"
    )
    for red in figures["red"][:TOLD_MAX]:
        yield f"  red: seed {red['seed']} ({red['weather']})"
        yield from (f"    {line}" for line in red["violations"][:3])
        yield f"    chongzheng simulate --replay {red['seed']}"
    yield f"violations: {figures['violations']}"
    yield "invariants, and how often each was looked at:"
    for name, count in figures["invariants"].items():
        yield f"  {name:4} {count:>10}  {INVARIANTS[name]}"
    yield f"situations reached: {sum(map(bool, figures['sometimes'].values()))} of {len(figures['sometimes'])}"
    yield from (f"  never reached: {name}" for name in figures["sometimes_never_reached"])


def _replay(seed: int, payments: int, as_json: bool) -> int:
    from chongzheng.simulator.virtual.run import run

    outcome = run(seed, payments)
    document = {
        "seed": seed,
        "payments": outcome.payments,
        "weather": outcome.weather.told(),
        "trace": outcome.trace,
        "steps": outcome.steps,
        "kills": outcome.kills,
        "virtual_ms": outcome.virtual_ms,
        "violations": [f"{which}: {what}" for which, what in outcome.violations],
    }
    out(document, as_json, (f"{name}: {value}" for name, value in document.items()))
    return int(bool(outcome.violations))


def _model(workers: int | None, as_json: bool) -> int:
    from chongzheng.simulator.model import proof

    with bar("settings", None) as told:
        document = proof.prove(processes=workers or 2, say=lambda line: told(0, line))
    out(document, as_json, (f"{name}: {value}" for name, value in document.items()))
    return int(not proof.holds(document))


def _fuzz(frames: int, seed: int, workers: int | None, as_json: bool) -> int:
    from chongzheng.simulator.fuzz.campaign import campaign, cases_for

    done = 0
    with bar("cases", cases_for(frames)) as told:

        def say(more: int) -> None:
            nonlocal done
            done += more
            told(done, "")

        figures = campaign(frames, seed, workers or 2, say=say)
    out(figures, as_json, (f"{name}: {value}" for name, value in figures.items()))
    return int(figures["uncaught"] > 0)


def _tamper(trials: int, seed: int, as_json: bool) -> int:
    from chongzheng.simulator.tamper import campaign

    with bar("trials", trials) as told:
        found = campaign(trials, seed, lambda done: told(done, ""))
    document = {
        "trials": trials,
        "seed": seed,
        "false_alarms": found.false_alarms,
        "missed": found.missed,
        "kinds": {kind: asdict(tally) for kind, tally in found.kinds.items()},
    }
    out(document, as_json, (f"{name}: {value}" for name, value in document.items()))
    return int(not found.holds)
