"""Do the mistakes that other systems make with notices and with cleaning up stay impossible here? One test a trap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chongzheng.api import events
from chongzheng.journal.outbox import LEASE_MS, RETRY_AFTER_MS, Claim, Outbox
from chongzheng.journal.retention import CLOCK_SETTLE_MS, DAY_MS, KINDS, Retention, Rule
from chongzheng.journal.side import Side
from chongzheng.reversal.payment import Owes, State, Truth
from journal.made import NOON_MS, asked, cleared, kept, late, name_of, pan, reply, sale, undone
from journal.place import SqlitePlace

URL = "https://shop.example/hook"
MOST = 100
NOBODY: frozenset[str] = frozenset()
LONG_AGO = "2020-01-01"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SqlitePlace]:
    """A journal in a file."""
    found = SqlitePlace(tmp_path)
    yield found
    found.close_all()


@pytest.fixture
def side(place: SqlitePlace) -> Iterator[Side]:
    """What the door and the upkeep use beside the writer."""
    place.open().close()
    found = Side.open(place.path)
    yield found
    found.close()


def everything(outbox: Outbox, hook: str, at: int) -> list[Claim]:
    """All deliveries that are due, oldest fact first."""
    outbox.hand_out(events.kinds_of, at)
    return sorted(outbox.claim(hook, at, MOST), key=lambda claim: (claim.payment, claim.seq))


def test_a_notice_is_not_lost_because_its_row_exists(place: SqlitePlace, side: Side) -> None:
    """A delivery that failed, or whose sender died, is tried until it is accepted: its row is a debt, no receipt."""
    outbox = Outbox(side, place.vault)
    hook, _ = outbox.add(URL, NOBODY, NOBODY, NOON_MS)
    place.open().apply([sale(1)])
    [died] = everything(outbox, hook, NOON_MS)  # claimed, and then the sender was never heard of again
    again_at = NOON_MS + LEASE_MS
    [failed] = everything(Outbox(side, place.vault), hook, again_at)
    assert failed.record == died.record
    outbox.settle([(failed, False, "500")], again_at)
    retry_at = again_at + RETRY_AFTER_MS[-1]
    [repeated] = everything(outbox, hook, retry_at)
    outbox.settle([(repeated, False, "500")], retry_at)
    outbox.replay(hook, 0, NOON_MS + DAY_MS)  # the row is there already, and it is still owed
    [last] = everything(outbox, hook, retry_at + RETRY_AFTER_MS[-1])
    assert (last.payment, last.seq, last.record) == (died.payment, died.seq, died.record)
    outbox.settle([(last, True, "200")], again_at)
    assert outbox.counts() == {hook: {"done": 1}}


def test_a_failure_notice_followed_by_a_success_notice_can_be_told_apart(place: SqlitePlace, side: Side) -> None:
    """First no, then yes: the till holds its no, the yes is undone, and no notice called the no a proven end."""
    outbox = Outbox(side, place.vault)
    hook, _ = outbox.add(URL, NOBODY, NOBODY, NOON_MS)
    outcomes = place.open().apply([sale(1), reply(1, code="51", mac="absent"), reply(1, NOON_MS + 5_000)])
    told = [effect.code for one in outcomes for effect in one.effects if type(effect).__name__ == "AnswerTerminal"]
    assert told == ["51"], "the terminal is never told a second, other thing"
    assert outcomes[-1].payment.state is State.REVERSING
    notices = [json.loads(events.cloud_event(claim.record, claim.kind)) for claim in everything(outbox, hook, NOON_MS)]
    assert [notice["data"]["to"] for notice in notices] == ["FORWARDED", "REFUSED", "REVERSING"]
    assert len({notice["id"] for notice in notices}) == len(notices)
    numbers = [int(notice["sequence"]) for notice in notices]
    assert numbers == sorted(set(numbers)), "a notice that overtakes another shows it"
    refused = notices[1]["data"]["verdict"]
    assert (refused["truth"], refused["proof"]) == (Truth.NEVER_CHARGED, "claimed"), "a bare no is a claim"


def test_open_payments_are_not_cleaned_away_however_old(place: SqlitePlace, side: Side) -> None:
    """The shortest rule for every kind and a century of age: what is not proven keeps its words, and its debts."""
    journal = place.open()
    outbox = Outbox(side, place.vault)
    hook, _ = outbox.add(URL, NOBODY, NOBODY, NOON_MS)
    journal.apply([*kept(1), sale(2), asked(2), sale(3), reply(3), sale(4), asked(4), undone(4, code="12")])
    owed = len(everything(outbox, hook, NOON_MS))
    open_ones = [name_of(n) for n in (2, 3, 4)]

    def left() -> list[list[tuple[object, ...]]]:
        rows = "SELECT * FROM {} WHERE {} IN (?, ?, ?)".format
        tables = ["fact", "evidence", "entry", "cases", "release"]
        asked_for = [rows("payment", "id"), *(rows(table, "payment") for table in tables)]
        return [sorted(place.raw(sql, *open_ones), key=repr) for sql in asked_for]

    before = left()
    cleaner, century = Retention(side, [Rule(kind, 1, LONG_AGO) for kind in KINDS]), NOON_MS + 36_525 * DAY_MS
    cleaner.run(century - CLOCK_SETTLE_MS - 1)
    gone = cleaner.run(century)
    assert gone["evidence"] > 0, "it did clean: the proven payment's words are gone"
    assert left() == before
    card = journal.card(name_of(2))
    assert card is not None and card.reveal() == pan(2), "its reversal still needs it"
    with place.reading() as reader:
        assert {reader.payment(name).owes for name in open_ones} == {  # type: ignore[union-attr]
            Owes.REVERSAL, Owes.DELIVERY, Owes.FILE}  # fmt: skip
        assert reader.faults() == []
    assert outbox.counts() == {hook: {"waiting": owed}}, "and what was not told is still to be told"
    final = journal.apply([cleared(2, 0), late(2, NOON_MS + 1, century)])
    assert final[0].payment.id == name_of(2)
