"""Which clearing days did this bank statement pay? Statement, clearing files and journal are brought together here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from chongzheng.gateway import fee_rules, rest_days
from chongzheng.gateway.statements import StatementFile
from chongzheng.journal.bank import Bank, Kept, Name
from chongzheng.settlement import cleared, days, payouts
from chongzheng.settlement.bank import Statement
from chongzheng.settlement.formats.layout import Witness
from chongzheng.settlement.intake import ClearingFile
from chongzheng.settlement.payouts import Payout
from chongzheng.settlement.three_way import Cleared, ThreeWay, reconcile

PACKED = "payouts.toml"


@dataclass(frozen=True, slots=True)
class Taken:
    """One statement, what became of it, and how it compares; None where nothing was compared because nothing is new.
    `leap_fen`: by how much it opens elsewhere than the statement before it closed.
    """

    statement: Statement
    outcome: Kept
    found: ThreeWay | None
    leap_fen: int = 0


def agreed(own: Path | None = None) -> dict[str, Payout]:
    """How channels pay: the packed rows, an operator's file before them. TheirMistake: it says what cannot be."""
    packed = payouts.read(files("chongzheng.settlement").joinpath(PACKED).read_text("utf-8"), PACKED)
    return packed if own is None else packed | payouts.read(fee_rules.content(own), own.name)


def total(clearing: Iterable[ClearingFile], how: Mapping[str, Payout]) -> list[Cleared]:
    """What each clearing day came to, by channel; a format that is paid by itself counts as a channel of its own."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for file in clearing:
        key = (file.format if file.format in how else file.channel, file.day)
        moved, net = cleared.total(file.records, file.witness is Witness.FEES)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + moved, before[1] + net)
    return [Cleared(channel, day, moved, net) for (channel, day), (moved, net) in sorted(sums.items())]


def take(
    file: StatementFile, known: Sequence[Cleared], how: Mapping[str, Payout], bank: Bank | None, dry_run: bool = False
) -> list[Taken]:
    """Compare every statement of the file with the clearing days, and keep it in the journal unless `dry_run`.

    Without a journal (`bank` None) nothing is known of our book and nothing is kept.
    """
    found = []
    for number, statement in enumerate(file.statements, 1):
        digest = file.digest if len(file.statements) == 1 else f"{file.digest}/{number}"
        name = Name(digest, file.name, file.format)
        found.append(
            _alone(statement, known, how) if bank is None else _one(name, statement, known, how, bank, dry_run)
        )
    return found


def _alone(statement: Statement, known: Sequence[Cleared], how: Mapping[str, Payout]) -> Taken:
    return Taken(statement, Kept.READ, _compared(statement, known, how))


def _one(
    name: Name, statement: Statement, known: Sequence[Cleared], how: Mapping[str, Payout], bank: Bank, dry_run: bool
) -> Taken:
    status = bank.status(name, statement)
    if status is not Kept.READ:
        return Taken(statement, status, None)
    before, leap_fen = bank.before(statement)
    since = replace(statement, first_day=days.shifted(before, 1)) if before else statement
    paid = bank.paid_days()
    unpaid = _booked([one for one in known if (one.channel, one.day) not in paid], bank)
    found = _compared(since, unpaid, how)
    return Taken(statement, Kept.READ if dry_run else bank.keep(name, statement, found, unpaid), found, leap_fen)


def _booked(known: list[Cleared], bank: Bank) -> list[Cleared]:
    """The days with what our book says of them; a day of which it says nothing is a day on which nothing moved."""
    if not known:
        return []
    booked = bank.booked(min(one.day for one in known), max(one.day for one in known))
    return [replace(one, booked_fen=booked.get((one.channel, one.day), 0)) for one in known]


def _compared(statement: Statement, known: Sequence[Cleared], how: Mapping[str, Payout]) -> ThreeWay:
    """Days off are asked for up to the end of the statement only: what is due later is not compared anyway."""
    first = min([statement.first_day, *(one.day for one in known)])
    return reconcile(known, statement, how, rest_days.between(first, statement.last_day))
