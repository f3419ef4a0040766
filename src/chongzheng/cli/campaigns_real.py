"""Which campaigns of simulate run the real program as a process, and what do they say to people?"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chongzheng.cli.campaigns import Document, Plain, Size, bar
from chongzheng.cli.ledger import spoken

ENGINES_OF_A_DATABASE = 2
ROOM = Path("/var/tmp")  # noqa: S108 - a folder is made there; not a file system in memory, if that can be helped


@contextmanager
def machine(db: str, what: str, total: int | None) -> Iterator[tuple[Path, str, Callable[[int | None, str], None]]]:
    """What a campaign with real processes needs: a folder on a disk, a database of its own or "", and the progress."""
    from chongzheng.cli.demo import own_database

    with (
        own_database(db, keep=False) as url,
        tempfile.TemporaryDirectory(prefix="chongzheng-", dir=ROOM if ROOM.is_dir() else None) as folder,
        bar(what, total) as told,
    ):
        yield Path(folder), url, told


class Kills(Plain):
    """`--kills N`."""

    def run(self, size: Size) -> Document:
        """The real program, killed and started again under load."""
        from chongzheng.simulator.real import kills

        with machine(size.db, "kills", size.what) as (folder, url, told):
            engines = ENGINES_OF_A_DATABASE if url else 1
            campaign = kills.Campaign(size.what, folder, url, engines, size.seed)
            return asyncio.run(kills.run(campaign, lambda line: told(None, line)))

    def holds(self, document: Document) -> bool:
        """Nothing lost, nothing twice, and soon an answer."""
        first = document["first_answer_ms"]
        soon = first["p99"] < first["promised"]
        return soon and not self.wrong(document)

    def wrong(self, document: Document) -> int:
        """Lost and duplicated ones."""
        return int(document["lost"]) + int(document["duplicated"])

    def did(self, document: Document) -> str:
        """Kills, answers, and how soon the first came."""
        return f"{spoken(document, 'kills', 'acks')}, first answer p99 {document['first_answer_ms']['p99']} ms"


class PowerCuts(Kills):
    """`--power-cuts N`."""

    def run(self, size: Size) -> Document:
        """The same, on a machine that loses its power with every kill: what nobody synced is gone."""
        from chongzheng.simulator.real import cuts, kills

        with machine("sqlite", "power cuts", size.what) as (folder, _, told):
            campaign = kills.Campaign(size.what, folder, seed=size.seed, brief=True)
            return asyncio.run(cuts.run(campaign, lambda line: told(None, line)))

    def holds(self, document: Document) -> bool:
        """Nothing lost, nothing twice, and the power really failed. How soon it is back is no matter of this disk."""
        return not self.wrong(document) and sum(document["power_cuts"].values()) >= document["kills"]

    def did(self, document: Document) -> str:
        """Cuts, by what was left of unsynced writes, and answers."""
        left = ", ".join(f"{count} {kind}" for kind, count in document["power_cuts"].items())
        return f"{sum(document['power_cuts'].values())} power cuts ({left}), {document['acks']} acks"


class Unknown(Plain):
    """`--unknown N`."""

    def run(self, size: Size) -> Document:
        """So many calls of the real program are carried out, and their answers lost."""
        from chongzheng.simulator.real import unknown

        with machine(size.db, "lost answers", None) as (folder, url, told):
            campaign = unknown.Campaign(0, folder, url, size.seed, answers=size.what)
            found = asyncio.run(unknown.run(campaign, lambda line: told(None, line)))
        return {"asked": size.what, **found}

    def holds(self, document: Document) -> bool:
        """Nothing twice, nothing stuck, every kind of call met it, and as often as was asked."""
        lost = document["unknown"].values()
        return not self.wrong(document) and all(lost) and sum(lost) >= document["asked"]

    def wrong(self, document: Document) -> int:
        """What was done twice or blindly, and what stands still."""
        return int(document["duplicated"]) + int(document["stuck"]) + int(document["sent_blindly"])

    def did(self, document: Document) -> str:
        """Lost answers by kind of call, and what went on meanwhile."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in document["unknown"].items())
        return f"{sum(document['unknown'].values())} answers lost ({kinds}), {spoken(document, 'sales', 'reports')}"
