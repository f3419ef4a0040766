"""Which payments of a day are not as they should be: pending, unmatched, one-sided, double, other amount (S-28)?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

TERMINAL, HOST, CLEARING = "terminal", "host", "clearing"
SALE, REVERSAL = "sale", "reversal"
APPROVED, DECLINED, PENDING = "approved", "declined", "pending"


class Wrong(StrEnum):
    """What is wrong with a payment; the first that applies is named."""

    UNMATCHED = "unmatched"
    DUPLICATE = "duplicate"
    AMOUNT = "amount different"
    PENDING = "pending"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of one witness. `key`: shop, terminal, batch and trace; `what`: SALE or REVERSAL; `fen` >= 0;
    `outcome`: APPROVED, DECLINED or PENDING (a line of a clearing file is approved)."""

    source: str
    key: str
    what: str
    fen: int
    outcome: str = APPROVED


@dataclass(frozen=True, slots=True)
class Suspect:
    """A payment that somebody must look at, and why."""

    key: str
    wrong: Wrong
    why: str


def suspects(lines: Iterable[Seen]) -> list[Suspect]:
    """At most one a payment, by key."""
    of: dict[str, list[Seen]] = {}
    for line in lines:
        of.setdefault(line.key, []).append(line)
    return [found for key in sorted(of) if (found := _judged(key, of[key])) is not None]


def _judged(key: str, lines: list[Seen]) -> Suspect | None:
    sales = [line for line in lines if line.what == SALE]
    if not sales:
        return Suspect(key, Wrong.UNMATCHED, "a reversal of a sale that nobody knows")
    for source in (HOST, CLEARING):
        many = [line for line in sales if line.source == source and line.outcome == APPROVED]
        if len(many) > 1:
            return Suspect(key, Wrong.DUPLICATE, f"{len(many)} sales under one number at the {source}")
    amounts = sorted({line.fen for line in sales})
    if len(amounts) > 1:
        return Suspect(key, Wrong.AMOUNT, f"{' and '.join(map(str, amounts))} fen")
    return _balance(key, lines)


def _balance(key: str, lines: list[Seen]) -> Suspect | None:
    here = {(line.source, line.what): line.outcome for line in lines}
    host, undone = here.get((HOST, SALE)), here.get((HOST, REVERSAL))
    if host == PENDING or undone == PENDING:
        return Suspect(key, Wrong.PENDING, "the host has no end of it")
    if here.get((TERMINAL, REVERSAL)) == PENDING and undone != APPROVED:
        return Suspect(key, Wrong.PENDING, "the terminal has a reversal that nobody answered")
    stands = host == APPROVED and undone != APPROVED
    cleared = ((CLEARING, SALE) in here) and ((CLEARING, REVERSAL) not in here)
    if stands != cleared:
        return Suspect(key, Wrong.ONE_SIDED, f"it {'stands' if stands else 'does not stand'} at the host, but "
                                             f"{'is' if cleared else 'is not'} in the file")  # fmt: skip
    taken = here.get((TERMINAL, SALE))
    if taken is not None and (taken == APPROVED) != (host == APPROVED) and undone is None:
        return Suspect(key, Wrong.ONE_SIDED, f"{taken} at the terminal, {host or 'unknown'} at the host")
    return None
