"""Is what was kept long enough taken out, nothing else, by the rule of the day, and never by a clock that jumps?"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chongzheng.journal.retention import CLOCK_SETTLE_MS, DAY_MS, KINDS, Retention, Rule, in_force, packaged
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS, asked, kept, pan, reply, said, sale
from journal.place import SqlitePlace

LONG_AGO = "2020-01-01"


@pytest.fixture
def side(place: SqlitePlace) -> Iterator[Side]:
    """The side connection to a journal with two settled payments, one sale in flight and one that owes a reversal."""
    journal = place.open()
    journal.apply([*kept(1), *kept(2), sale(3), sale(4), reply(4, code="00"), asked(4)])
    journal.keep_stray(said("0210", 9, NOON_MS), "nobody asked")
    journal.tidy()
    side = Side.open(place.path)
    yield side
    side.close()


def ran(side: Side, days: int, *own: Rule) -> dict[str, int]:
    """A run so many days after the payments, with a clock that has run evenly for long enough."""
    retention, now = Retention(side, own), NOON_MS + days * DAY_MS
    retention.run(now - CLOCK_SETTLE_MS - 1)
    return retention.run(now)


def test_nothing_goes_before_its_time(place: SqlitePlace, side: Side) -> None:
    before = place.dump()
    assert set(ran(side, 1).values()) == {0}
    assert place.dump() == before


def test_evidence_of_proven_payments_goes_and_the_journal_still_adds_up(place: SqlitePlace, side: Side) -> None:
    bodies = place.raw("SELECT count(*) FROM evidence WHERE body = x''")
    assert bodies == [(0,)]
    gone = ran(side, 500, Rule("evidence", 400, LONG_AGO))
    assert gone["evidence"] == 6, "sale, reply and clearing record of two payments"
    left = place.raw("SELECT DISTINCT p.state FROM evidence e JOIN payment p ON p.id = e.payment WHERE e.body <> x''")
    assert ("SETTLED",) not in left and len(left) == 2
    with place.reading() as reader:
        assert reader.faults() == []


def test_evidence_that_somebody_else_emptied_is_a_fault(place: SqlitePlace, side: Side) -> None:
    ran(side, 500, Rule("evidence", 400, LONG_AGO))
    place.raw("UPDATE evidence SET body = x'' WHERE payment IN (SELECT id FROM payment WHERE state <> 'SETTLED')")
    with place.reading() as reader:
        assert any("was changed" in line for line in reader.faults())


def test_a_longer_rule_does_not_make_a_fault_of_what_was_taken_out(place: SqlitePlace, side: Side) -> None:
    ran(side, 500, Rule("evidence", 400, LONG_AGO))
    ran(side, 501, Rule("evidence", 4_000, LONG_AGO))
    with place.reading() as reader:
        assert reader.faults() == []


def test_card_numbers_go_unless_a_reversal_is_owed(place: SqlitePlace, side: Side) -> None:
    owes = dict(place.raw("SELECT p.owes, count(*) FROM card c JOIN payment p ON p.id = c.payment GROUP BY 1"))
    assert owes == {"forward": 1, "reversal": 1}
    assert ran(side, 400)["card"] == 0
    place.raw("UPDATE payment SET owes = 'person' WHERE owes = 'forward'")
    ran(side, 401)
    left = place.raw("SELECT p.owes FROM card c JOIN payment p ON p.id = c.payment")
    assert left == [("reversal",)]


def test_strays_and_the_rows_of_the_door_go(place: SqlitePlace, side: Side) -> None:
    side.ask("put_key", token="t", key="k", fingerprint="f", payment="P", at=NOON_MS)
    side.ask("put_audit", id="a", at=NOON_MS, who="w", what="x", subject="s", detail="")
    gone = ran(side, 5_000)
    assert (gone["stray"], gone["api_key"], gone["api_audit"]) == (1, 1, 1)
    assert place.raw("SELECT count(*) FROM stray") == [(0,)]
    assert set(gone) == set(KINDS)


@pytest.mark.databases("sqlite")
def test_what_is_gone_is_not_in_the_files_any_more(place: SqlitePlace, side: Side) -> None:
    words = said("0210", 9, NOON_MS).body
    assert words in b"".join(path.read_bytes() for path in place.folder.glob("journal.db*"))
    ran(side, 5_000)
    place.close_all()
    side.close()
    assert words not in b"".join(path.read_bytes() for path in place.folder.glob("journal.db*"))
    assert pan(9).encode() not in place.path.read_bytes()


def test_a_clock_that_jumps_destroys_nothing(place: SqlitePlace, side: Side) -> None:
    retention = Retention(side, [Rule("stray", 1, LONG_AGO)])
    century_ms = 36_525 * DAY_MS
    before = place.dump()
    assert retention.run(NOON_MS) == {}, "it has not run evenly yet"
    assert retention.run(NOON_MS + century_ms) == {}, "forward"
    assert retention.run(NOON_MS) == {}, "and back"
    assert retention.run(NOON_MS - DAY_MS) == {}
    assert place.dump() == before
    assert retention.run(NOON_MS + 20 * DAY_MS)["stray"] == 1, "a month off is no jump"


def test_many_rows_go_in_small_transactions(
    place: SqlitePlace, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chongzheng.journal.retention.ROWS_AT_ONCE", 2)
    assert ran(side, 500, Rule("evidence", 400, LONG_AGO))["evidence"] == 6
    monkeypatch.setattr("chongzheng.journal.retention.BATCHES_MAX", 1)
    for number in range(5):
        side.ask("put_audit", id=f"a{number}", at=NOON_MS, who="w", what="x", subject="s", detail="")
    assert ran(side, 5_000)["api_audit"] == 2, "the rest is for the next run"


def test_the_newest_rule_in_force_counts_and_the_operators_before_ours() -> None:
    own = [Rule("card", 30, "2024-01-01"), Rule("card", 7, "2030-01-01"), Rule("card", 60, "2022-01-01")]
    assert in_force(own, NOON_MS)["card"].keep_days == 30
    assert in_force([Rule("card", 1, LONG_AGO)], NOON_MS)["card"].keep_days == 1
    assert set(in_force([], NOON_MS)) == set(KINDS) == {rule.kind for rule in packaged()}
    with pytest.raises(TheirMistake, match="no kind 'cards'"):
        in_force([Rule("cards", 1, LONG_AGO)], NOON_MS)


def test_the_clock_is_remembered_across_engines(side: Side) -> None:
    Retention(side, []).run(NOON_MS)
    known = json.loads(side.ask("get_cut", name="retention.clock")[0][0])
    assert known == {"at": NOON_MS, "even_since": NOON_MS}
