"""How is the fuzzer run by itself, and one of its cases again?

`python -m chongzheng.simulator.fuzz --frames 10000000 --seed 7 --json`; `--case N` with the same seed (and the same
recorded messages) does one case again. Exit 1: a promise was broken.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fuzz import campaign

FRAMES, SEED, WORKERS_MAX = 100_000, 1, 64


@click.command()
@click.option("--frames", default=FRAMES, show_default=True, type=click.IntRange(1, 10**10), help="At least so many.")
@click.option("--seed", default=SEED, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Decides every case.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, WORKERS_MAX), help="Processes.")
@click.option("--vectors", type=click.Path(path_type=Path), help="Recorded messages to begin with, beside our own.")
@click.option("--case", type=click.IntRange(0), help="Only this one, again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def main(frames: int, seed: int, workers: int, vectors: Path | None, case: int | None, as_json: bool) -> None:
    """Hand mutated frames and documents to every decoder that stands at a door."""
    try:
        given = campaign.recorded(vectors) if vectors is not None else []
    except TheirMistake as mistake:
        raise click.UsageError(str(mistake)) from None
    if case is not None:
        fault = campaign.replay(seed, case, given)
        click.echo(json.dumps(asdict(fault)) if fault is not None else "it keeps all promises")
        sys.exit(fault is not None)
    figures = campaign.campaign(frames, seed, workers, given)
    click.echo(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
    sys.exit(figures["uncaught"] > 0)


if __name__ == "__main__":
    main()
