"""Does the engine keep its promises where everything fails? The command simulate: one campaign at a time."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import click

from chongzheng.cli import campaigns, campaigns_real, ledger
from chongzheng.cli.campaigns import Campaign, Size
from chongzheng.cli.campaigns_fill import Fill
from chongzheng.cli.provenance import signed
from chongzheng.cli.replay import Replay

SEEDS_MAX, PAYMENTS_MAX = 10_000_000, 10_000
PAYMENTS = 50
CRASH_POINTS, CLEAN_PAYMENTS = 100_000, 100_000


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


class Counts(click.ParamType):
    """`CASES,PAYMENTS`."""

    name = "CASES,PAYMENTS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Two numbers."""
        found = re.fullmatch(r"(\d{1,8}),(\d{1,9})", str(value))
        if found is None or not int(found[2]):
            self.fail("say two numbers, for example 100000,1000000", param, ctx)
        return int(found[1]), int(found[2])


CHOICES: dict[str, Campaign] = {
    "seeds": campaigns.Worlds(),
    "replay": Replay(),
    "crash_everywhere": campaigns.Crashes(),
    "mutants": campaigns.Mutants(),
    "model": campaigns.Model(),
    "fuzz": campaigns.Fuzz(),
    "files": campaigns.Files(),
    "tamper": campaigns.Tamper(),
    "interleavings": campaigns.Interleavings(),
    "kills": campaigns_real.Kills(),
    "power_cuts": campaigns_real.PowerCuts(),
    "unknown": campaigns_real.Unknown(),
    "fill": Fill(),
}


@click.command()
@click.option("--seeds", type=Seeds(), help="These worlds, each a day of one bank, its terminals and the engine.")
@click.option("--replay", type=click.IntRange(0), help="One world again, and what happened in it.")
@click.option("--crash-everywhere", is_flag=True, help="Kill at every step and disk operation, recover, judge.")
@click.option("--mutants", is_flag=True, help="Plant bugs one by one; each must be found.")
@click.option("--model", is_flag=True, help="Explore the machine itself: all its states, all orders of evidence.")
@click.option("--fuzz", type=click.IntRange(1, 10**10), help="So many mutated frames and documents at every decoder.")
@click.option("--files", type=click.IntRange(1, 10**9), help="So many clearing files that lie or were damaged.")
@click.option("--tamper", type=click.IntRange(1, 10**8), help="So many trials to change a journal unseen.")
@click.option("--interleavings", type=click.IntRange(1, 10**8),
              help="So many payments that people, engine and bank work on, in orders of their own.")  # fmt: skip
@click.option("--kills", type=click.IntRange(1, 100_000), help="So many kills of the real program, under load.")
@click.option("--power-cuts", type=click.IntRange(1, 100_000),
              help="The same, and with each kill its machine loses its power.")  # fmt: skip
@click.option("--unknown", type=click.IntRange(1, 100_000),
              help="So many calls of the real program are carried out, and their answers lost.")  # fmt: skip
@click.option("--fill", type=Counts(), help="Fill a journal with so many cases and payments, and inspect it.")
@click.option("--payments", default=PAYMENTS, show_default=True, type=click.IntRange(1, PAYMENTS_MAX), help="A world.")
@click.option("--points", default=CRASH_POINTS, show_default=True, type=click.IntRange(1),
              help="Of --crash-everywhere.")  # fmt: skip
@click.option("--clean", default=CLEAN_PAYMENTS, show_default=True, type=click.IntRange(0),
              help="Of --mutants: payments without a bug, in which none may be found.")  # fmt: skip
@click.option("--shrink", is_flag=True, help="Of --replay: leave out every harm that a red seed does not need.")
@click.option("--story", type=click.Path(path_type=Path), help="Of --replay: write the payment's story as a scenario.")
@click.option("--db", default="sqlite", show_default=True, help="Of --kills, --unknown, --fill; or a URL.")
@click.option("--keep", type=click.Path(path_type=Path), help="Of --fill: keep what was filled in this new folder.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of all that is drawn by one seed.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor.")
@click.option("--ledger", "book", type=click.Path(path_type=Path), help="Add a line on it to a ledger (docs/soak.md).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def simulate(as_json: bool, book: Path | None, **given: Any) -> int:
    """Prove the engine where everything that can fail fails: one campaign at a time.

    Exit 0 when every promise was kept and every one was put to the test, 1 when not.
    """
    chosen = [name for name in CHOICES if given[name] is not None and given[name] is not False]
    if len(chosen) != 1:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in CHOICES)
        raise click.UsageError(f"say one of {names}.")
    campaign, began = CHOICES[chosen[0]], time.monotonic()
    document = campaign.run(_size(given[chosen[0]], given))
    if book is not None:
        words = f"simulate --{chosen[0].replace('_', '-')}"
        ledger.enter(book, words, campaign.did(document), campaign.wrong(document), time.monotonic() - began)
    if as_json:
        click.echo(json.dumps(signed(document), ensure_ascii=False))
    else:
        for line in campaign.lines(document):
            click.echo(line)
    return int(not campaign.holds(document))


def _size(what: Any, given: dict[str, Any]) -> Size:
    names = ("payments", "points", "clean", "shrink", "story", "db", "seed", "workers", "keep")
    return Size(what, **{name: given[name] for name in names})
