"""How does a test get the public page: a journal with payments in it, its door, the page in a process of its own?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from chongzheng.cases.calendar import day_of
from chongzheng.journal import Journal, Vault
from chongzheng.journal.doors import Doors
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.reversal.policy import Policy
from console.world import now_ms, pages, people_of, serving_of
from journal.made import NOON_MS, asked, cleared, key, late, name_of, pan, reply, sale, undone, written

WIDE_OPEN = (
    "per_address_min = 600\nin_all_min = 6000\nper_reference_hour = 600\nanswer_ms = 0\ncomplaints_address_hour = 600\n"
)
"""For tests that are not about limits."""
CODE = re.compile(r'href="/q/([^"]+)"')
KEPT, DOUBTFUL, RETURNED, NEVER = 1, 2, 3, 4


@dataclass
class Site:
    """The page, and what lies behind it. `base`: its address; `door`: the engine's."""

    folder: Path
    base: str
    door: str
    side: Side
    keeper: Matters
    vault: Vault
    journal: Journal

    def visitor(self, **headers: str) -> httpx.Client:
        """A browser of somebody."""
        return httpx.Client(base_url=self.base, trust_env=False, timeout=20, headers=headers)


def four(n: int, **other: str) -> dict[str, str]:
    """What the slip of the n-th payment says."""
    day = day_of(NOON_MS)
    words = {
        "reference": f"{key(n).terminal}-{n:06d}",
        "last_four": pan(n)[-4:],
        "amount": "123.45",
        "day": f"{day[:4]}-{day[4:6]}-{day[6:]}",
    }
    return words | other


def _filled(journal: Journal) -> None:
    """A sale that is proven, one whose reversal nobody answers, one undone and proven, one that never was."""
    journal.apply([sale(KEPT), reply(KEPT), written(KEPT), cleared(KEPT)])
    journal.apply([sale(DOUBTFUL), reply(DOUBTFUL), asked(DOUBTFUL)])
    journal.apply([sale(RETURNED), reply(RETURNED), asked(RETURNED), undone(RETURNED), cleared(RETURNED, 1, 1)])
    journal.apply([sale(NEVER), reply(NEVER, code="51")])


@contextmanager
def public_site(folder: Path, table: str = WIDE_OPEN) -> Iterator[Site]:
    """A journal, its door and the public page, until the test is done."""
    vault = Vault.create(folder / "vault.json")
    journal = Journal.open(folder / "journal.db", vault, Policy())
    _filled(journal)
    side = Side.open(folder / "journal.db")
    people_of(side)
    keeper = Matters(side, now_ms, Registers(side))
    token = Doors(side).make_token("public", frozenset({"public"}), frozenset(), 100_000, now_ms(), "test")
    serving = serving_of(folder, vault)
    try:
        door = serving.start()
        with served(folder, door, token, table) as base:
            yield Site(folder, base, door, side, keeper, vault, journal)
    finally:
        serving.stop()
        side.close()
        journal.close()


def configured(folder: Path, door: str, token: str, table: str) -> Path:
    """A console.toml as a machine with the public page alone has it."""
    secret = folder / "public.token"
    secret.write_text(token, "utf-8")
    secret.chmod(0o600)
    path = folder / "public.toml"
    path.write_text(f'door = "{door}"\n[public]\nlisten = "127.0.0.1:0"\n{table}', "utf-8")
    return path


@contextmanager
def served(folder: Path, door: str, token: str, table: str = WIDE_OPEN) -> Iterator[str]:
    """`chongzheng public serve` in a process of its own; its address."""
    config = configured(folder, door, token, table)
    with pages(folder, "public", ["public", "serve", "--config", str(config)], "") as base:
        yield base


__all__ = ["CODE", "DOUBTFUL", "KEPT", "NEVER", "RETURNED", "Site", "four", "late", "name_of", "public_site", "served"]
