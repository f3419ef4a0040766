"""Do the mistakes that other systems make with clearing files stay impossible here? One test a trap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chongzheng.gateway.loading import CONTROL_SUFFIX
from chongzheng.gateway.settle import Outcome, Summary, load, settle
from chongzheng.journal import Journal
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Why, Word
from chongzheng.settlement.match import Candidate, Fit, match
from journal.place import SqlitePlace
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, NAME, TERMINAL, control, joined, line, record

OPENED_AT = days.closes_at(DAY) - 14 * 3_600_000
CROWD = 6_000
"""More candidates than any peer looks at."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SqlitePlace]:
    """A journal in a file."""
    found = SqlitePlace(tmp_path)
    yield found
    found.close_all()


def read(place: SqlitePlace, journal: Journal, *lines: bytes) -> Summary:
    """A complete clearing file with these lines is read."""
    data = joined(*lines)
    path = place.folder / NAME
    path.write_bytes(data)
    fen = sum(int(one[62:74]) for one in data.splitlines())
    path.with_name(NAME + CONTROL_SUFFIX).write_bytes(control(data, len(lines), fen))
    with place.reading() as reader:
        return settle(load(path, DAY), journal, reader, days.closes_at(DAY))


def test_what_exists_only_at_the_bank_is_not_ignored(place: SqlitePlace) -> None:
    """A sale that only the file knows is a break with a word, its record is kept, and reading again loses nothing."""
    journal = place.open()
    summary = read(place, journal, line(), line(stan="000002", sent="1122110000", rrn="RRN000000002", fen=777))
    assert (summary.outcome, summary.matched, summary.records) == (Outcome.READ, 0, 2)
    assert [(one.why, one.word) for one in summary.breaks] == [(Why.STRANGER, Word.LONG)] * 2
    with place.reading() as reader:
        kept = [(json.loads(stray.body)["record"], why) for stray, why in reader.strays()]
    assert sorted(one["amount_fen"] for one, _ in kept) == [100, 777]
    assert all(Word.LONG in why and Why.STRANGER in why for _, why in kept), "and it says what it is"


def candidate(payment: str, **changes: object) -> Candidate:
    """A payment that the usual record could be about, as far as terminal, trace, amount, card and time say."""
    known: dict[str, object] = {
        "payment": payment, "terminal": TERMINAL, "merchant": MERCHANT, "stan": "000001", "amount_fen": 100,
        "opened_at_ms": OPENED_AT, "day": DAY, "rrns": (), "masked_pan": MASKED,
    }  # fmt: skip
    return Candidate(**(known | changes))  # type: ignore[arg-type]


def test_matching_takes_neither_the_first_fit_nor_a_part_of_the_candidates() -> None:
    """Two that fit equally are nobody's; the one with the reference wins wherever it stands among thousands."""
    twins = [candidate("P1"), candidate("P2")]
    for order in (twins, twins[::-1]):
        outcome = match([record()], order)
        assert outcome.matches == () and outcome.breaks[0].why is Why.AMBIGUOUS
        assert outcome.breaks[0].about == ("P1", "P2"), "and neither is judged by this file"
    # Equal in all that a score would weigh: amount, card, terminal and time. Only one has the record's own reference.
    crowd = [candidate(f"P{n:05d}", rrns=(f"OTHER{n:07d}",)) for n in range(CROWD)]
    ours = candidate("Z", rrns=("RRN000000001",), stan="999999", opened_at_ms=OPENED_AT + 3_600_000)
    for order in ([ours, *crowd], [*crowd, ours]):
        outcome = match([record(stan="424242")], order)
        assert [(one.payment, one.fit) for one in outcome.matches] == [("Z", Fit.RRN_AND_AMOUNT)]


def test_another_reference_is_another_trade_however_alike_it_looks() -> None:
    """Amount, card, terminal and trace agree, the reference does not, and the time is hours away: no match."""
    outcome = match([record(rrn="ANOTHER00001", sent_at=f"{DAY}180000")], [candidate("P1", rrns=("RRN000000001",))])
    assert outcome.matches == () and outcome.breaks[0].why is Why.CONTRADICTS
