"""Does a clearing file that lies or was damaged ever bring a wrong automatic match, or hide a difference of one fen?

A trial draws a small day and writes its file. In one half the channel lies: amounts, lines left out, doubled or made
up, with totals that fit. Every lie must be reported, and about nothing else may anything be said. In the other half the
bytes are damaged on their way, with and without somebody who vouches for what came of it: it is refused in one line, or
read, and then no line may be given to a payment that it was not about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from random import Random
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.differences import differences
from chongzheng.settlement.intake import admit
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Held, match
from chongzheng.simulator import clearing_days
from chongzheng.simulator.clearing_days import (
    ACOM,
    BACK,
    DAY,
    NEXT_DAY,
    SALE,
    WRITERS,
    Deal,
    File,
    Line,
    candidate,
    draw,
    honest,
)
from chongzheng.simulator.fuzz.bending import LINE_TOKENS, mangled
from chongzheng.simulator.fuzz.spelled import decent
from chongzheng.simulator.virtual.campaign import spread

TRIALS_AT_ONCE = 500
LIES_MAX = 3
FAULTS_MAX = 20
STRANGER = ""
"""The name of nobody's payment."""

Lie = Callable[[Random, list[Line], Sequence[Deal]], str | None]
"""Changes the lines; gives the payment (or STRANGER) about which something must now be reported, None if it cannot."""


@dataclass(slots=True)
class Tally:
    """What came of some trials. `planted` lies, `unreported` ones, `extra` reports, `wrong` matches."""

    files: int = 0
    doctored: int = 0
    damaged: int = 0
    refused: int = 0
    read: int = 0
    matches: int = 0
    planted: int = 0
    unreported: int = 0
    extra: int = 0
    wrong: int = 0
    uncaught: int = 0
    by_layout: Counter[str] = field(default_factory=Counter)
    by_lie: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str) -> None:
        """A promise that was broken, and where to see it again."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(what)

    def add(self, other: Tally) -> None:
        """Both together."""
        for name in ("files", "doctored", "damaged", "refused", "read", "matches", "planted", "unreported", "extra",
                     "wrong", "uncaught"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.by_layout += other.by_layout
        self.by_lie += other.by_lie
        for what in other.faults:
            self.fault(what)


def _other_amount(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """One fen more or less, or another amount, on a line."""
    at = dice.randrange(len(lines)) if lines else -1
    if at < 0:
        return None
    fen = max(1, lines[at].fen + dice.choice((1, -1, 100, 12_345)))
    lines[at], before = replace(lines[at], fen=fen), lines[at]
    return before.of if fen != before.fen else None


def _left_out(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """A line is missing."""
    return lines.pop(dice.randrange(len(lines))).of if lines else None


def _doubled(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """A line stands there twice."""
    if not lines:
        return None
    lines.append(lines[dice.randrange(len(lines))])
    return lines[-1].of


def _executed(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """The channel executed what our book says never happened."""
    never = [deal for deal in deals if deal.held is Held.NEVER]
    if not never:
        return None
    deal = dice.choice(never)
    lines.append(Line(deal, SALE, deal.fen, deal.fee_fen, deal.name))
    return deal.name


def _taken_back(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """The channel reversed what our book says stands."""
    kept = [deal for deal in deals if deal.held is Held.KEPT]
    if not kept:
        return None
    deal = dice.choice(kept)
    lines.append(Line(deal, BACK, deal.fen, deal.fee_fen, deal.name))
    return deal.name


def _made_up(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """A trade that nobody here knows."""
    deal = replace(dice.choice(deals), name=STRANGER, stan="900001", rrn="990000000001", order="X1", theirs="9" * 28)
    lines.append(Line(deal, SALE, deal.fen, deal.fee_fen, STRANGER))
    return STRANGER


def _other_fee(dice: Random, lines: list[Line], deals: Sequence[Deal]) -> str | None:
    """A fee that is one fen too high, on the line of a wallet's payment that stands."""
    at = [n for n, line in enumerate(lines) if line.deal.held is Held.KEPT and line.kind == SALE and line.of]
    if not at:
        return None
    n = dice.choice(at)
    lines[n] = replace(lines[n], fee_fen=lines[n].fee_fen + 1)
    return lines[n].of


LIES: dict[str, Lie] = {
    "another amount": _other_amount,
    "left out": _left_out,
    "doubled": _doubled,
    "executed": _executed,
    "taken back": _taken_back,
    "made up": _made_up,
    "another fee": _other_fee,
}


def trial(seed: int, number: int, tally: Tally) -> None:
    """One file; whatever is wrong with how it was taken is counted."""
    dice = Random(f"file {seed} {number}")
    layout = dice.choice(tuple(WRITERS))
    deals = draw(dice)
    tally.files += 1
    tally.by_layout[layout] += 1
    try:
        if number % 2:
            _doctored(dice, layout, deals, tally, f"file {seed} {number} ({layout})")
        else:
            _damaged(dice, layout, deals, tally, f"file {seed} {number} ({layout})")
    except Exception as error:  # noqa: BLE001 - whatever comes out is what we are looking for
        tally.uncaught += 1
        tally.fault(f"file {seed} {number} ({layout}): {type(error).__name__}: {error}")


def _doctored(dice: Random, layout: str, deals: Sequence[Deal], tally: Tally, where: str) -> None:
    lines, lied = honest(deals), dict[str, str]()
    for _ in range(dice.randint(0, LIES_MAX)):
        name = dice.choice(tuple(LIES))
        if name == "another fee" and layout == ACOM:
            continue
        before = list(lines)
        about = LIES[name](dice, lines, deals)
        if about is None or about in lied:  # two lies about one payment may cancel each other out
            lines[:] = before
            continue
        lied[about] = name
        tally.by_lie[name] += 1
    tally.doctored += 1
    tally.planted += len(lied)
    file = clearing_days.write(layout, lines)
    reported = _read(layout, file, deals, tally, where)
    for about, name in lied.items():
        if about not in reported:
            tally.unreported += 1
            tally.fault(f"{where}: {name} of {about or 'a stranger'} was not reported")
    for about in sorted(reported - lied.keys()):
        tally.extra += 1
        tally.fault(f"{where}: {about or 'a stranger'} was reported for nothing")


def _read(layout: str, file: File, deals: Sequence[Deal], tally: Tally, where: str) -> set[str]:
    """About which payments something is reported; STRANGER for a line that is nobody's."""
    clearing = admit(file.content, file.name, DAY, file.control, layout)
    candidates = [candidate(deal, layout) for deal in deals]
    matching = match(clearing.records, candidates)
    _check_matches([(one.record, one.payment) for one in matching.matches], file, file.content, tally, where)
    found = differences(matching, candidates, frozenset({DAY, NEXT_DAY})).differences
    reported: set[str] = set()
    for one in found:
        reported |= {one.payment} if one.payment else set(one.about) or {STRANGER}
    return reported


def _damaged(dice: Random, layout: str, deals: Sequence[Deal], tally: Tally, where: str) -> None:
    file = clearing_days.write(layout, honest(deals))
    content = mangled(dice, file.content, LINE_TOKENS)
    control = file.control
    if control is not None and dice.random() < 0.5:
        control = clearing_days.vouched(content)
    tally.damaged += 1
    try:
        clearing = admit(content, file.name, DAY, control, layout)
    except TheirMistake as mistake:
        decent(mistake)
        tally.refused += 1
        return
    candidates: list[Candidate] = [candidate(deal, layout) for deal in deals]
    matching = match(clearing.records, candidates)
    differences(matching, candidates, frozenset({DAY, NEXT_DAY}))
    tally.read += 1
    _check_matches([(one.record, one.payment) for one in matching.matches], file, content, tally, where)


def _check_matches(matches: list[tuple[Record, str]], file: File, content: bytes, tally: Tally, where: str) -> None:
    """Each line that was given to a payment must have been about it before anybody damaged it."""
    rows = content.split(b"\n")
    for record, payment in matches:
        tally.matches += 1
        row = rows[record.number - 1].removesuffix(b"\r") if record.number <= len(rows) else b""
        truth = _about(row, file.rows)
        if truth and payment not in truth:
            tally.wrong += 1
            tally.fault(f"{where}: line {record.number}, which was about {sorted(truth)}, was given to {payment}")


def _about(row: bytes, rows: dict[bytes, Line]) -> set[str]:
    """The payments of the rows of which most is left in this one."""
    if row in rows:
        return {rows[row].of}
    left = {one: _left(one, row) for one in rows}
    most = max(left.values(), default=0)
    return {rows[one].of for one, count in left.items() if count == most}


def _left(one: bytes, damaged: bytes) -> int:
    """How many bytes of a row still stand in a damaged one, in their order."""
    blocks = SequenceMatcher(None, one, damaged, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def campaign(files: int, seed: int, workers: int, say: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """So many trials; the figures."""
    total = Tally()
    for tally in spread(_share, _shares(files, seed), workers):
        total.add(tally)
        say(total.files)
    names = ("files", "doctored", "damaged", "refused", "read", "matches", "planted")
    wrongs = ("unreported", "extra", "wrong", "uncaught")
    return {
        **{name: getattr(total, name) for name in (*names, *wrongs)},
        "by_layout": dict(sorted(total.by_layout.items())),
        "by_lie": dict(sorted(total.by_lie.items())),
        "faults": total.faults,
        "seed": seed,
    }


def _shares(files: int, seed: int) -> Iterator[tuple[int, int, int]]:
    for first in range(0, files, TRIALS_AT_ONCE):
        yield seed, first, min(first + TRIALS_AT_ONCE, files)


def _share(share: tuple[int, int, int]) -> Tally:
    seed, first, end = share
    tally = Tally()
    for number in range(first, end):
        trial(seed, number, tally)
    return tally
