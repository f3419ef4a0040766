"""Which campaigns does simulate know, how are they run, and what do they say to people?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chongzheng.cli.ledger import spoken

TOLD_MAX = 10
"""Violations that are told to people; `--json` has them all."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """What was asked for: `what` is the campaign's own argument."""

    what: Any
    payments: int
    points: int
    clean: int
    shrink: bool
    story: Path | None
    db: str
    seed: int
    workers: int | None
    keep: Path | None = None


class Campaign(Protocol):
    """One campaign: its document, and what that says."""

    def run(self, size: Size) -> Document:
        """Carry it out."""

    def holds(self, document: Document) -> bool:
        """Whether it showed what it is to show."""

    def wrong(self, document: Document) -> int:
        """How many violations it found."""

    def did(self, document: Document) -> str:
        """What it did, in a few words, for the ledger."""

    def lines(self, document: Document) -> Iterator[str]:
        """The document for people."""


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int | None, str], None]]:
    """Progress on standard error, when that is a terminal: hears how much is done, and a word on it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done, word: progress.update(task, completed=done, description=f"{what} {word}".strip())


class Counted:
    """A campaign that counts how often each promise was put to the test, and each situation reached."""

    def holds(self, document: Document) -> bool:
        """No violation, and nothing that was never put to the test."""
        unmet = document["invariants_never_evaluated"] or document["sometimes_never_reached"]
        return not document["violations"] and not unmet

    def wrong(self, document: Document) -> int:
        """Red seeds."""
        return int(document["violations"])

    def looked_at(self, document: Document, invariants: Mapping[str, str]) -> Iterator[str]:
        """What was looked at, how often, and what was never reached."""
        yield "invariants, and how often each was looked at:"
        for name, count in document["invariants"].items():
            yield f"  {name:4} {count:>10}  {invariants[name]}"
        yield f"situations reached: {sum(map(bool, document['sometimes'].values()))} of {len(document['sometimes'])}"
        yield from (f"  never reached: {name}" for name in document["sometimes_never_reached"])


class Worlds(Counted):
    """`--seeds A..B`."""

    def run(self, size: Size) -> Document:
        """Every seed, on every processor."""
        from chongzheng.simulator.virtual.campaign import campaign, processors

        seeds, workers = size.what, size.workers or processors()
        with bar("worlds", len(seeds)) as told:
            figures = campaign(seeds, size.payments, workers, lambda done, red: told(done, f"({red} red)"))
        return {"range": f"{seeds[0]}..{seeds[-1]}", "payments_of_a_seed": size.payments, **figures}

    def did(self, document: Document) -> str:
        """Seeds, payments, kills."""
        return f"seeds {document['range']}: {spoken(document, 'payments', 'kills', 'steps')}"

    def lines(self, document: Document) -> Iterator[str]:
        """Red seeds first, then what was looked at."""
        from chongzheng.simulator.virtual.invariants import INVARIANTS

        yield f"{spoken(document, 'seeds', 'payments', 'kills', 'steps')} in {document['seconds']} s"
        for red in document["red"][:TOLD_MAX]:
            yield f"  red: seed {red['seed']} ({red['weather']})"
            yield from (f"    {line}" for line in red["violations"][:3])
            yield f"    chongzheng simulate --replay {red['seed']} --payments {document['payments_of_a_seed']} --shrink"
        yield f"violations: {document['violations']}"
        yield from self.looked_at(document, INVARIANTS)


class Plain:
    """A campaign whose document is told as it is."""

    def lines(self, document: Document) -> Iterator[str]:
        """Name by name."""
        return (f"{name}: {value}" for name, value in document.items())


class Crashes(Plain):
    """`--crash-everywhere`."""

    def run(self, size: Size) -> Document:
        """Every point that fits into the number asked for."""
        from chongzheng.simulator.virtual.crash import campaign

        with bar("crash points", size.points) as told:
            return campaign(size.points, lambda done, red: told(done, f"({red} red)"), size.workers or 2)

    def holds(self, document: Document) -> bool:
        """No point with a violation."""
        return not document["red"]

    def wrong(self, document: Document) -> int:
        """Points with one."""
        return int(document["red"])

    def did(self, document: Document) -> str:
        """Points, by kind."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in document["by"].items() if kind != "image")
        return f"{document['points']} crash points ({kinds})"


class Mutants(Plain):
    """`--mutants`."""

    def run(self, size: Size) -> Document:
        """Every planted bug, and the clean build."""
        from chongzheng.simulator import mutants
        from chongzheng.simulator.virtual.campaign import processors

        workers = size.workers or processors()
        with bar("mutants", None) as told:
            found = mutants.campaign(workers, lambda line: told(None, line))
        with bar("clean payments", size.clean) as told:
            alarms = mutants.clean(size.clean, workers, lambda done: told(done, ""))
        alarms = [*found["alarms"], *alarms]
        return {**found, "clean_payments": size.clean, "false_alarms": len(alarms), "alarms": alarms}

    def holds(self, document: Document) -> bool:
        """All found, no alarm without one."""
        return bool(document["planted"] == document["found"] and not document["false_alarms"])

    def wrong(self, document: Document) -> int:
        """Missed ones and false alarms."""
        return int(document["planted"] - document["found"] + document["false_alarms"])

    def did(self, document: Document) -> str:
        """How many."""
        return f"{spoken(document, 'planted', 'found', 'false_alarms')} in {document['clean_payments']} clean payments"


class Model(Plain):
    """`--model`."""

    def run(self, size: Size) -> Document:
        """All states, all orders, all guards."""
        from chongzheng.simulator.model import proof

        with bar("exploring", None) as told:
            return proof.prove(processes=size.workers or 2, say=lambda line: told(None, line))

    def holds(self, document: Document) -> bool:
        """Closed, nothing broken, every guard missed."""
        from chongzheng.simulator.model import proof

        return proof.holds(document)

    def wrong(self, document: Document) -> int:
        """Broken promises and orders that end apart."""
        return int(document["violations"]) + int(document["confluence"]["apart"])

    def did(self, document: Document) -> str:
        """States, orders, guards."""
        orders, guards = document["confluence"]["orders"], document["guards"]
        return f"{document['states']} states, {orders} orders, {guards['found']} of {guards['removed']} guards missed"


class Fuzz(Plain):
    """`--fuzz N`."""

    def run(self, size: Size) -> Document:
        """So many frames, and documents with them."""
        from chongzheng.simulator.fuzz.campaign import campaign, cases_for

        done = 0
        with bar("cases", cases_for(size.what)) as told:

            def say(more: int) -> None:
                nonlocal done
                done += more
                told(done, "")

            return campaign(size.what, size.seed, size.workers or 2, say=say)

    def holds(self, document: Document) -> bool:
        """Nothing uncaught."""
        return not document["uncaught"]

    def wrong(self, document: Document) -> int:
        """Uncaught errors and broken promises."""
        return int(document["uncaught"])

    def did(self, document: Document) -> str:
        """Frames, and how memory grew."""
        return f"{spoken(document, 'frames', 'accepted')}, memory +{document['rss_growth_mib']} MiB"


class Files(Plain):
    """`--files N`."""

    def run(self, size: Size) -> Document:
        """So many clearing files, half of them doctored, half damaged."""
        from chongzheng.simulator.doctored import campaign
        from chongzheng.simulator.virtual.campaign import processors

        with bar("files", size.what) as told:
            return campaign(size.what, size.seed, size.workers or processors(), lambda done: told(done, ""))

    def holds(self, document: Document) -> bool:
        """No wrong match, nothing hidden, nothing made up, no error."""
        return not self.wrong(document)

    def wrong(self, document: Document) -> int:
        """All of these together."""
        return int(document["wrong"] + document["unreported"] + document["extra"] + document["uncaught"])

    def did(self, document: Document) -> str:
        """Files, matches, lies."""
        return spoken(document, "files", "matches", "planted", "refused")


class Tamper(Plain):
    """`--tamper N`."""

    def run(self, size: Size) -> Document:
        """So many trials of seven kinds."""
        from chongzheng.simulator.tamper import campaign

        with bar("trials", size.what) as told:
            found = campaign(size.what, size.seed, lambda done: told(done, ""))
        return {
            "trials": size.what,
            "seed": size.seed,
            "false_alarms": found.false_alarms,
            "missed": found.missed,
            "kinds": {kind: asdict(tally) for kind, tally in found.kinds.items()},
        }

    def holds(self, document: Document) -> bool:
        """All found with their place, and no false alarm."""
        return not self.wrong(document)

    def wrong(self, document: Document) -> int:
        """Missed trials and false alarms."""
        return len(document["missed"]) + int(document["false_alarms"])

    def did(self, document: Document) -> str:
        """How many."""
        return f"{document['trials']} trials to change a journal, of {len(document['kinds'])} kinds"


class Interleavings(Counted):
    """`--interleavings N`."""

    def run(self, size: Size) -> Document:
        """So many payments, each worked on by people, engine and bank in an order of its own."""
        from chongzheng.simulator.clerks.campaign import campaign
        from chongzheng.simulator.virtual.campaign import processors

        workers = size.workers or processors()
        with bar("interleavings", size.what) as told:
            return campaign(size.what, size.seed, workers, lambda done, red: told(done, f"({red} red)"))

    def did(self, document: Document) -> str:
        """How many, of what."""
        return spoken(document, "interleavings", "deeds", "kills", "restarts")

    def lines(self, document: Document) -> Iterator[str]:
        """Red trials first, then what was looked at."""
        from chongzheng.simulator.clerks.invariants import INVARIANTS

        yield f"{spoken(document, 'interleavings', 'deeds', 'kills', 'restarts')} in {document['seconds']} s"
        for red in document["red"][:TOLD_MAX]:
            yield f"  red: trial {red['seed']}"
            yield from (f"    {line}" for line in red["violations"][:3])
        for name in ("violations", "given_back_twice", "self_approved", "untold"):
            yield f"{name.replace('_', ' ')}: {document[name]}"
        yield from self.looked_at(document, INVARIANTS)
