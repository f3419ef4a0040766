"""Which clearing days did this bank statement pay? Statement, clearing files and journal are brought together here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from chongzheng.gateway import fee_rules, rest_days
from chongzheng.gateway.statements import StatementFile
from chongzheng.journal.bank import Bank, Kept, Name
from chongzheng.journal.settled import Paying
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import cleared, days, payouts
from chongzheng.settlement.bank import Statement
from chongzheng.settlement.formats.layout import Witness
from chongzheng.settlement.intake import ClearingFile
from chongzheng.settlement.payouts import Payout
from chongzheng.settlement.three_way import Cleared, Finding, Gap, ThreeWay, reconcile

PACKED = "payouts.toml"
BACK_DAYS = 62
"""How much older than the statement a clearing day may be that the journal is asked for: a payout that comes later than
after thirty days and a holiday is a person's."""


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

    What the journal's own clearing files came to is added to the days that are `known`, which go before it. Without a
    journal (`bank` None) nothing is known of our book and nothing is kept. TheirMistake: a clearing file was read of
    which the journal cannot say what it came to.
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
    days_known = [*known, *_settled(statement, known, paid, how, bank)]
    unpaid = _booked([one for one in days_known if (one.channel, one.day) not in paid], bank)
    found = _compared(since, unpaid, how)
    return Taken(statement, Kept.READ if dry_run else bank.keep(name, statement, found, unpaid), found, leap_fen)


def _settled(
    statement: Statement, known: Sequence[Cleared], paid: Set[Paying], how: Mapping[str, Payout], bank: Bank
) -> list[Cleared]:
    """What the journal says that other days came to."""
    first_day = days.shifted(statement.first_day, -BACK_DAYS)
    found, unknown = bank.settled.cleared(first_day, statement.last_day, frozenset(how))
    given = {(one.channel, one.day) for one in known} | paid
    for paying, name in unknown.items():
        if paying not in given:
            raise TheirMistake("was read, and what it came to is not known here; name it with --clearing", name)
    return [one for one in found if (one.channel, one.day) not in given]


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


def document(file: StatementFile, taken: Iterable[Taken]) -> dict[str, object]:
    """Each statement of the file with the days that were paid, gaps by type and one by one, and what is not due yet;
    amounts in fen.
    """
    return {
        "file": file.name,
        "format": file.format,
        "digest": file.digest,
        "statements": [_statement(one) for one in taken],
    }


def _statement(one: Taken) -> dict[str, object]:
    found, statement = one.found, one.statement
    gaps = Counter(finding.gap for finding in found.findings) if found else Counter[Gap]()
    return {
        "account": statement.account,
        "currency": statement.currency,
        "first_day": statement.first_day,
        "last_day": statement.last_day,
        "outcome": one.outcome.value,
        "movements": len(statement.movements),
        "others": len(found.others) if found else 0,
        "leap_fen": one.leap_fen,
        "paid": [
            {"channel": paid.channel, "days": list(paid.days), "fen": paid.fen, "movements": list(paid.movements)}
            for paid in (found.paid if found else ())
        ],
        "gaps": {gap.value: gaps[gap] for gap in Gap},
        "findings": [_finding(finding) for finding in (found.findings if found else ())],
        "pending": [
            {"channel": day.channel, "day": day.day, "fen": day.net_fen} for day in (found.pending if found else ())
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "gap": finding.gap.value,
        "word": finding.word,
        "channel": finding.channel,
        "days": list(finding.days),
        "due": finding.due,
        "fen": finding.fen,
        "movements": list(finding.movements),
        "owner": finding.owner.value,
        "next_action": finding.next_action,
        "why": finding.why,
    }
