"""How does one seed come back: its world again, with as little harm as it needs, and its payment's story as a file?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from chongzheng.cli.campaigns import Document, Plain, Size, bar
from chongzheng.cli.ledger import spoken
from chongzheng.mistakes import TheirMistake


class Replay(Plain):
    """`--replay SEED [--shrink] [--story FILE]`."""

    def run(self, size: Size) -> Document:
        """One world again, or the smallest one that breaks the same promise."""
        from chongzheng.simulator.virtual.events import ALL
        from chongzheng.simulator.virtual.shrink import shrink
        from chongzheng.simulator.virtual.story import story

        found = None
        if size.shrink:
            with bar("worlds", None) as told:
                found = shrink(
                    size.what,
                    size.payments,
                    say=lambda worlds, harms, sales: told(worlds, f"({harms} harms, {sales} sales left)"),
                )
        cast, invariant = (found.cast, found.invariant) if found is not None else (ALL, None)
        one = story(size.what, size.payments, cast, invariant=invariant)
        outcome = one.outcome
        document: Document = {
            "seed": size.what,
            "payments": outcome.payments,
            "weather": outcome.weather.told(),
            "trace": outcome.trace,
            "steps": outcome.steps,
            "kills": outcome.kills,
            "virtual_ms": outcome.virtual_ms,
            "violations": [f"{which}: {what}" for which, what in outcome.violations],
            "sales": list(outcome.sales),
            "events": [asdict(event) for event in outcome.events],
            "payment": one.payment,
            "scenario": one.scenario,
            "lines": list(one.lines),
        }
        if found is not None:
            document["shrunk"] = {
                "invariant": found.invariant,
                "harms": [len(found.whole.events), len(outcome.events)],
                "sales": [len(found.whole.sales), len(outcome.sales)],
                "trace_of_the_whole": found.whole.trace,
                "worlds": found.worlds,
            }
        if size.story is not None and one.scenario:
            _write(size.story, one.scenario)
        return document

    def holds(self, document: Document) -> bool:
        """Nothing violated."""
        return not document["violations"]

    def wrong(self, document: Document) -> int:
        """How much was violated."""
        return len(document["violations"])

    def did(self, document: Document) -> str:
        """Which seed."""
        return f"seed {document['seed']}: {spoken(document, 'payments', 'kills')}"

    def lines(self, document: Document) -> Iterator[str]:
        """What was done to the world, what broke, and the payment's story."""
        shrunk = document.get("shrunk")
        if shrunk is not None:
            (harms, harms_left), (sales, sales_left) = shrunk["harms"], shrunk["sales"]
            yield (
                f"{shrunk['invariant']} breaks with {harms_left} of {harms} harms and {sales_left} of {sales} sales "
                f"({shrunk['worlds']} worlds were tried)"
            )
        yield from document["lines"]
        if document["scenario"]:
            yield from ("", *document["scenario"].rstrip("\n").split("\n"))
        elif document["violations"]:
            yield "no single payment broke it, so there is no scenario"
        else:
            yield "no promise was broken"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None
