"""Does the whole journal still hold, and does it hold what its signed checkpoints say it once held?

Every chain is recomputed: of each payment, of each engine's commits, of the checkpoints themselves. Then the two are
compared. What comes out names the place: a payment and a fact, a commit, or the commits between two checkpoints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chongzheng.journal.acts import act_faults
from chongzheng.journal.audit import GENESIS, Fault, link
from chongzheng.journal.checkpoints import Acts, Line, count_torn, last_act, lines
from chongzheng.journal.faults import Ask, commit_faults, faults
from chongzheng.journal.reader import Reader
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE

PAYMENTS_AT_ONCE = 1_000
FAULTS_MAX = 1_000
"""Faults that are told; of more only the number."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Where checkpoints are, and which public key (64 hex digits) must have signed them.

    `given_up`: what somebody knows was lost and put up with, (after this commit, up to this one)."""

    files: tuple[Path, ...]
    key: str
    given_up: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Inspection:
    """What was looked at, and what does not hold. `uncovered`: by engine, commits after its last checkpoint;
    `acts_uncovered`: what people did after the last checkpoint that says how far that had got."""

    payments: int = 0
    facts: int = 0
    commits: int = 0
    acts: int = 0
    acts_uncovered: int = 0
    engines: tuple[int, ...] = ()
    checkpoints: int = 0
    fitting: int = 0
    torn_lines: int = 0
    uncovered: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def note(self, found: Iterable[Fault]) -> None:
        """Keep them, up to a limit."""
        for fault in found:
            if len(self.faults) < FAULTS_MAX:
                self.faults.append(fault)
            else:
                self.more_faults += 1


def inspect(place: Path | str, signed: Signed | None = None, chains_only: bool = False) -> Inspection:
    """Recompute and compare everything, as of one moment, with the engine running or not.

    `chains_only`: leave out what a state, the books and the evidence say beside the chains. Without `signed` a cut
    tail and a journal that was replaced whole cannot be seen. TheirMistake: no journal, or a file cannot be read.
    """
    with closing(Reader.open(place)) as reader, reader.moment() as ask:
        return inspect_here(ask, signed, chains_only)


def inspect_here(ask: Ask, signed: Signed | None, chains_only: bool = False) -> Inspection:
    """As `inspect`, in a moment that is open."""
    found = Inspection(payments=int(ask("count_payments")[0][0]))
    engines = {int(row[0]): row for row in ask("chains")}
    found.engines = tuple(engines)
    found.commits = sum(int(row[1]) for row in engines.values())
    found.facts = sum(int(row[3]) for row in engines.values())
    found.acts = last_act(ask)[0]
    if signed is not None:  # first: it says most in fewest words
        _compare(ask, signed, engines, found)
    found.note(_chains(ask) if chains_only else faults(ask))
    return found


def _chains(ask: Ask) -> Iterator[Fault]:
    """Of the payments, page by page, of the commits, and of what people did."""
    hashes: dict[int, list[bytes]] = defaultdict(list)
    after = -1
    while payments := ask("heads_page", after, PAYMENTS_AT_ONCE):
        first, after = payments[0][0], payments[-1][0]
        facts = iter(ask("chain_page", first, after))
        row = next(facts, None)
        for place, name, version, head in payments:
            chained, count = GENESIS, 0
            while row is not None and row[0] == place:
                _, seq, commit, record, stored = row
                count += 1
                if seq != count or link(chained, record) != stored:
                    yield Fault(f"fact {seq} does not follow from the one before", name, seq)
                chained = stored
                hashes[commit].append(stored)
                row = next(facts, None)
            if (count, chained) != (version, head):
                yield Fault("its facts do not end where the payment says", name, count)
    for (payment,) in ask("ownerless"):
        yield Fault("has rows but is no payment", payment)
    yield from commit_faults(ask, hashes)
    yield from act_faults(ask)


def _compare(ask: Ask, signed: Signed, engines: dict[int, Any], found: Inspection) -> None:
    covered: dict[int, int] = {}
    acts_covered = 0
    for path in signed.files:
        chains: dict[int, list[Line]] = defaultdict(list)
        for line in lines(path, signed.key):
            chains[line.checkpoint.engine].append(line)
        found.torn_lines += count_torn(path)
        for engine, chain in chains.items():
            found.checkpoints += len(chain)
            good = list(_sound(chain, found))
            found.note(_against(ask, engine, good, signed.given_up, found))
            found.note(_acts_against(ask, good, signed.given_up))
            acts_covered = max([acts_covered, *(number for number, _ in filter(None, map(_acts_of, good)))])
            covered[engine] = max([covered.get(engine, 0), *(line.checkpoint.commit for line in good)])
    found.acts_uncovered = max(0, found.acts - acts_covered)
    for engine, (_, count, newest, _) in engines.items():
        begin = engine * NUMBERS_OF_ONE_ENGINE
        if engine not in covered:
            what = f"nothing was signed of engine {engine}, which has {count} commits"
            found.note([Fault(what, commit=int(newest), after=begin)])
        found.uncovered[engine] = max(0, int(newest) - max(covered.get(engine, 0), begin))


def _sound(chain: list[Line], found: Inspection) -> Iterator[Line]:
    """Those with a good signature; each must name the one before it. One that was written twice counts once."""
    before, number, seen = GENESIS.hex(), 0, ""
    for line in chain:
        one = line.checkpoint
        if line.wrong:
            what = f"checkpoint {one.number} of engine {one.engine} (line {line.place}) {line.wrong}"
            found.note([Fault(what, checkpoint=one.number)])
        if line.wrong or line.digest == seen:
            continue
        if (one.previous, one.number) != (before, number + 1):
            what = f"checkpoint {one.number} of engine {one.engine} (line {line.place}) does not follow"
            found.note([Fault(f"{what} from the one before", checkpoint=one.number)])
        before = seen = line.digest
        number = one.number
        yield line


def _against(
    ask: Ask, engine: int, good: Sequence[Line], given_up: Sequence[tuple[int, int]], found: Inspection
) -> Iterator[Fault]:
    """What the journal says at each checkpoint. Of several in a row that differ the first names the place."""
    begin = fitted = engine * NUMBERS_OF_ONE_ENGINE
    rows = ask("last_commit", begin, begin + NUMBERS_OF_ONE_ENGINE)
    newest = int(rows[0][0]) if rows else begin
    known, facts, broken = _confirmed(good, given_up), 0, False
    for line in good:
        one = line.checkpoint
        if one.restored is not None and one.restored not in given_up:
            after, upto = one.restored
            what = f"checkpoint {one.number} says that commits {after + 1} to {upto} of engine {engine} were lost"
            yield Fault(f"{what}; if you know why, say --given-up {after}..{upto}", "", 0, upto, after, one.number)
        if line.place in known:
            continue
        stored = ask("commit_at", one.commit)
        if stored and bytes(stored[0][0]).hex() == one.hash:
            facts, fitted, broken = _facts_up_to(ask, one.commit, fitted, facts, begin), one.commit, False
            found.fitting += 1
            if facts != one.facts:
                what = f"checkpoint {one.number} counts {one.facts} facts, engine {engine} has {facts} up to there"
                yield Fault(what, "", 0, one.commit, begin, one.number)
        elif not broken:
            broken = True
            yield _differs(one.number, engine, (fitted, one.commit), newest)


def _differs(number: int, engine: int, between: tuple[int, int], newest: int) -> Fault:
    after, upto = between
    if after <= newest < upto:
        what = f"the journal of engine {engine} ends at commit {newest}; checkpoint {number} was at {upto}"
        return Fault(what, "", 0, upto, after, number)
    what = f"commits {after + 1} to {upto} of engine {engine} are not those that checkpoint {number} signed"
    return Fault(what, "", 0, upto, after, number)


def _acts_against(ask: Ask, good: Sequence[Line], given_up: Sequence[tuple[int, int]]) -> Iterator[Fault]:
    """Whether people did at each checkpoint what it says. Of several in a row that differ the first names the place."""
    fitted, broken = 0, False
    put_up_with = [line.place for line in good if line.checkpoint.restored in given_up]
    for line in good:
        acts = _acts_of(line)
        if acts is None:
            continue
        number, hashed = acts
        stored = ask("act_at", number) if number else [(GENESIS,)]
        if stored and bytes(stored[0][0]).hex() == hashed:
            fitted, broken = number, False
        elif not broken and not any(line.place < place for place in put_up_with):
            broken, which = True, line.checkpoint
            what = f"acts {fitted + 1} to {number} are not those that checkpoint {which.number}"
            yield Fault(f"{what} of engine {which.engine} signed", checkpoint=which.number)


def _acts_of(line: Line) -> Acts | None:
    acts = line.checkpoint.acts
    return acts if isinstance(acts, tuple) else None


def _facts_up_to(ask: Ask, commit: int, fitted: int, facts: int, begin: int) -> int:
    if commit < fitted:  # after a history that was given up
        fitted, facts = begin, 0
    return facts + int(ask("facts_between", fitted, commit)[0][0])


def _confirmed(good: Sequence[Line], given_up: Sequence[tuple[int, int]]) -> set[int]:
    """Lines about commits that were lost, as a later checkpoint says and somebody confirms."""
    known = set()
    for number, line in enumerate(good):
        lost = line.checkpoint.restored
        if lost is not None and lost in given_up:
            known |= {one.place for one in good[:number] if lost[0] < one.checkpoint.commit <= lost[1]}
    return known
