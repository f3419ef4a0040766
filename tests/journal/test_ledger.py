"""Does the ledger know at every moment how much is in doubt, and does a day close once, at zero, with all of it in?"""

import time
from pathlib import Path

import pytest

from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.breaks import Breaks, Decision
from chongzheng.journal.ledger import DAY_MS, HOUR_MS, Exposure, Ledger, Unposted
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reversal.booking import Resolution
from chongzheng.settlement.breaks import Difference, Type
from chongzheng.settlement.days import shifted
from journal.made import AMOUNT_FEN, NOON_MS, asked, cleared, kept, key, name_of, reply, returned, sale, undone
from journal.place import Place, SqlitePlace

TODAY = day_of(NOON_MS)
BOARD_S_MAX = 1.5
"""It takes less than half a second (docs/money.md); a machine that runs tests has other work."""


class Books:
    """A journal with an accountant, wu, and a clock that tests set."""

    def __init__(self, place: Place, journal: Journal, side: Side) -> None:
        self.now = NOON_MS + HOUR_MS
        self.place, self.journal, self.side = place, journal, side
        self.ledger = Ledger(side, lambda: self.now)
        self.breaks = Breaks(side, lambda: self.now)
        people = Actors(side)
        people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
        people.add("li", "Li", frozenset({Role.CLERK}), "boss", NOON_MS)
        people.add("wu", "Wu", frozenset({Role.FINANCE}), "boss", NOON_MS)

    def closes(self, day: str = TODAY) -> dict[str, int]:
        """Close the day after its end; what each account ends with, where that is not zero."""
        self.now = max(self.now, NOON_MS + DAY_MS * (1 + int(day) - int(TODAY)))
        closing, new = self.ledger.close(day, "wu")
        assert new
        return {one.account: one.closing_fen for one in closing.balances if one.closing_fen}


@pytest.fixture
def books(place: Place, journal: Journal, side: Side) -> Books:
    """An empty journal with an accountant."""
    return Books(place, journal, side)


def by_name(board: Exposure, side: str) -> dict[str, tuple[int, int]]:
    """What is not zero on this side of the board: name to (payments, fen)."""
    return {one.name: (one.payments, one.fen) for one in getattr(board, side) if one.payments}


def test_an_empty_journal_is_in_doubt_about_nothing(books: Books) -> None:
    board = books.ledger.exposure()
    assert (board.all.payments, board.all.fen, board.merchants, board.terminals) == (0, 0, (), ())
    assert [one.name for one in board.due][:2] == ["overdue", "within 24 hours"], "all words, also of nothing"
    assert books.ledger.suspense() == []


def test_the_board_shows_the_same_money_from_every_side(books: Books) -> None:
    books.journal.apply([*kept(1), *returned(2), sale(3, NOON_MS + HOUR_MS - 1), sale(4), asked(4)])
    books.journal.apply([sale(5), reply(5), asked(5), undone(5)])
    books.journal.apply([*kept(6), asked(6, NOON_MS + DAY_MS)])
    books.breaks.put("f", "alipay", "20260923", [Difference(Type.SHORT, "", 3, -250, "a refund of nobody's")])
    books.now = NOON_MS + 2 * HOUR_MS
    board = books.ledger.exposure()
    assert (board.all.payments, board.all.held_fen, board.all.missing_fen) == (5, 4 * AMOUNT_FEN, 250)
    for side in ("age", "stage", "whose", "channel", "due"):
        parts = getattr(board, side)
        assert sum(one.payments for one in parts) == 5, side
        assert sum(one.held_fen for one in parts) == 4 * AMOUNT_FEN, side
        assert sum(one.missing_fen for one in parts) == 250, side
    assert by_name(board, "stage") == {
        "on its way": (1, AMOUNT_FEN),
        "being undone": (1, AMOUNT_FEN),
        "waiting for files": (1, AMOUNT_FEN),
        "with a person": (1, AMOUNT_FEN),
        "parked": (1, 250),
    }
    assert by_name(board, "channel") == {"card": (4, 4 * AMOUNT_FEN), "alipay": (1, 250)}
    assert by_name(board, "whose")["cardholder"] == (2, 2 * AMOUNT_FEN)
    assert by_name(board, "merchants") == {key(1).merchant: (4, 4 * AMOUNT_FEN)}
    assert by_name(board, "terminals") == {f"{key(1).merchant} {key(1).terminal}": (4, 4 * AMOUNT_FEN)}
    items = books.ledger.suspense()
    assert sum(item.fen for item in items) == 4 * AMOUNT_FEN - 250
    assert {item.subject for item in items} >= {name_of(3), name_of(4), name_of(5), name_of(6)}


def test_what_a_person_moved_out_of_suspense_is_in_doubt_no_more(books: Books) -> None:
    books.journal.apply([*kept(6), asked(6, NOON_MS + DAY_MS)])
    (_, number), *_ = books.breaks.put("f", "card", "20260923", [Difference(Type.LONG, name_of(6), 3, AMOUNT_FEN, "w")])
    decision = Decision(Resolution.CARDHOLDER, "the shop agrees", ("call 7",), books.breaks.view(number).hash)
    books.breaks.resolve(number, "li", decision)
    assert books.ledger.exposure().all.fen == AMOUNT_FEN, "a proposal moves nothing"
    books.breaks.approve(number, "wu", books.breaks.view(number).hash)
    assert (books.ledger.exposure().all.fen, books.ledger.suspense()) == (0, [])
    books.place.raw("UPDATE payment SET suspense_fen = 0")  # as if a file then proved it returned
    board = books.ledger.exposure()
    assert (board.all.missing_fen, by_name(board, "stage")) == (AMOUNT_FEN, {"with a person": (1, AMOUNT_FEN)})


def test_ages_and_due_dates_follow_the_clock(books: Books) -> None:
    books.journal.apply([sale(4), asked(4)])
    seen = []
    for hours in (0, 2, 25, 80, 200):
        books.now = NOON_MS + hours * HOUR_MS
        board = books.ledger.exposure()
        seen.append((*by_name(board, "age"), *by_name(board, "due")))
    assert seen == [
        ("under 1 hour", "later"),
        ("under 1 day", "within 72 hours"),
        ("under 3 days", "within 48 hours"),
        ("under 7 days", "overdue"),
        ("7 days and more", "overdue"),
    ]


@pytest.mark.databases("sqlite")
def test_a_hundred_thousand_in_doubt_are_counted_while_somebody_waits(tmp_path: Path) -> None:
    place = SqlitePlace(tmp_path / "many")
    journal = place.open()
    journal.apply([sale(1), asked(1)])
    columns = "merchant, batch, day, amount_fen, state, owes, wake_at, truth, proof, owner, version, head, body"
    place.raw(f"""
        WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
        INSERT INTO payment (place, id, terminal, stan, opened_at, suspense_fen, {columns})
        SELECT n, 'P' || n, 10000000 + n % 20000, n, opened_at - n * 7000, n, {columns}
        FROM n, (SELECT * FROM payment WHERE place = 1)""")
    side = Side.open(place.path)
    ledger = Ledger(side, lambda: NOON_MS + HOUR_MS)
    ledger.exposure()
    began = time.process_time()
    board = ledger.exposure()
    took_s = time.process_time() - began
    side.close()
    place.close_all()
    assert (board.all.payments, len(board.terminals)) == (100_000, 20)
    assert took_s < BOARD_S_MAX


def test_a_day_closes_at_zero_and_stays_as_it_was_closed(books: Books) -> None:
    books.journal.apply([sale(1), reply(1), sale(2), asked(2)])
    books.now = NOON_MS + DAY_MS
    closing, new = books.ledger.close(TODAY, "wu")
    assert new and sum(one.closing_fen for one in closing.balances) == 0
    ends = {one.account: (one.opening_fen, one.closing_fen) for one in closing.balances}
    assert ends["clearing receivable"] == (0, 2 * AMOUNT_FEN) and ends["suspense"][1] < 0
    assert len(ends) == 11, "accounts on which nothing moved are in it too"
    books.journal.apply([*kept(3)])
    again, new = books.ledger.close(TODAY, "wu")
    assert not new and again == closing == books.ledger.closing(TODAY)
    assert books.ledger.trial(TODAY) == closing.balances
    assert (again.by, again.at) == ("wu", NOON_MS + DAY_MS)


def test_what_is_booked_late_into_a_closed_day_stands_in_the_next(books: Books) -> None:
    books.journal.apply([sale(1)])
    first = books.closes()
    books.journal.apply([sale(2, NOON_MS - 60_000)])  # reported afterwards, dated into the closed day
    tomorrow = shifted(TODAY, 1)
    books.closes(tomorrow)
    second = {one.account: one for one in books.ledger.trial(tomorrow)}
    assert second["suspense"].opening_fen == first["suspense"] == -AMOUNT_FEN
    assert (second["suspense"].debited_fen, second["suspense"].credited_fen) == (0, AMOUNT_FEN)
    assert second["suspense"].closing_fen == -2 * AMOUNT_FEN
    clearing = second["clearing receivable"]
    assert (clearing.opening_fen, clearing.debited_fen, clearing.credited_fen) == (AMOUNT_FEN, AMOUNT_FEN, 0)


def test_a_day_with_something_unposted_is_not_closed(books: Books) -> None:
    with pytest.raises(Unposted, match="is not over"):
        books.ledger.close(TODAY, "wu")
    books.now = NOON_MS + DAY_MS
    books.journal.begin_file("d1", "IND26092201ACOM", TODAY, 10, True, NOON_MS)
    (_, number), *_ = books.breaks.put("d1", "card", TODAY, [Difference(Type.LONG, "", 3, 5, "w")])
    books.place.raw("UPDATE breaks SET opened_at = ?", NOON_MS)
    decision = Decision(Resolution.LOSS, "not worth it", ("note",), books.breaks.view(number).hash)
    books.breaks.resolve(number, "li", decision)
    books.journal.apply([sale(1)])
    books.place.raw("UPDATE payment SET suspense_fen = 1")
    with pytest.raises(Unposted) as refused:
        books.ledger.close(TODAY, "wu")
    assert [line.split()[0] for line in refused.value.lines] == ["the", "break", "the"]
    books.place.raw("UPDATE payment SET suspense_fen = ?", AMOUNT_FEN)
    books.journal.finish_file("d1")
    books.breaks.approve(number, "wu", books.breaks.view(number).hash)
    assert books.closes()["suspense"] == -AMOUNT_FEN
    with pytest.raises(Unposted, match="the next to close is"):
        books.now += 9 * DAY_MS
        books.ledger.close(shifted(TODAY, 2), "wu")


def test_an_account_that_the_ledger_does_not_know_is_our_mistake(books: Books) -> None:
    books.journal.apply([sale(1)])
    books.now = NOON_MS + DAY_MS
    books.place.raw("UPDATE entry SET debit = 'pocket'")
    with pytest.raises(OurMistake, match="pocket"):
        books.ledger.close(TODAY, "wu")
    books.place.raw("DELETE FROM account WHERE name = 'clearing receivable'")
    books.place.raw("INSERT INTO account (name, title, nature, code) VALUES ('pocket', 'p', 'debit', '')")
    assert sum(books.closes().values()) == 0


@pytest.mark.parametrize("day", ["20260231", "2026-09-22", "", "x"])
def test_no_day_is_no_day(books: Books, day: str) -> None:
    for act in (lambda: books.ledger.close(day, "wu"), lambda: books.ledger.trial(day)):
        with pytest.raises(TheirMistake, match="is no day"):
            act()


def test_only_finance_closes_days_and_numbers_accounts(books: Books) -> None:
    books.now = NOON_MS + DAY_MS
    for who in ("li", "boss", "nobody"):
        with pytest.raises(NotAllowed):
            books.ledger.close(TODAY, who)
        with pytest.raises(NotAllowed):
            books.ledger.set_code("suspense", "2241.03", who)
    books.ledger.set_code("suspense", "2241.03", "wu")
    with pytest.raises(TheirMistake, match="no such account"):
        books.ledger.set_code("pocket", "1", "wu")
    assert {one.account: one.code for one in books.ledger.trial(TODAY)}["suspense"] == "2241.03"


def test_many_sales_in_doubt_cost_the_ordinary_one_nothing(books: Books) -> None:
    """An ordinary payment writes as many rows as it did: its entries, and no voucher, act or break."""
    books.journal.apply([*kept(1), cleared(1)])
    counts = {table: books.place.raw(f"SELECT count(*) FROM {table}")[0][0] for table in ("entry", "voucher", "breaks")}
    assert counts == {"entry": 3, "voucher": 0, "breaks": 0}

