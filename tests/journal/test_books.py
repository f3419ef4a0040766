"""Do the pages of the books show on both databases what the ledger sums, each row once, page after page?"""

import pytest

from chongzheng.journal import FilePart, Journal
from chongzheng.journal.books import AGES, BY_MACHINE, DAY_MS, HOUR_MS, MINUTE_MS, Behind, Books, Lying, Wanted
from chongzheng.journal.breaks import Breaks
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.settled import Came, SettledFiles
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking, booked
from chongzheng.reversal.entries import Account, Position, entries
from chongzheng.settlement.breaks import Difference, Type
from journal.made import AMOUNT_FEN, NOON_MS, asked, kept, name_of, reply, returned, sale, undone
from journal.place import Place

DAY, NEXT = "20260922", "20260923"


@pytest.fixture
def books(journal: Journal, side: Side) -> Books:
    """Four payments with money in suspense, one that came back, one break without a payment."""
    journal.apply([*returned(2), sale(3, NOON_MS + HOUR_MS), sale(4), asked(4)])
    journal.apply([sale(5), reply(5), asked(5), undone(5)])
    journal.apply([*kept(6), asked(6, NOON_MS + DAY_MS)])
    Breaks(side, lambda: NOON_MS).put("f", "alipay", NEXT, [Difference(Type.SHORT, "", 3, -250, "nobody's")])
    return Books(side)


def lying(books: Books, age: str = "", channel: str = "", now: int = NOON_MS + 2 * HOUR_MS) -> list[Lying]:
    """All pages of one row each."""
    found: list[Lying] = []
    behind: Behind | None = (0, "", 0)
    while behind is not None:
        page, behind = books.suspense(age, channel, behind, 1, now)
        assert len(page) <= 1
        found += page
    return found


def test_suspense_is_the_ledgers_page_by_page(books: Books, side: Side) -> None:
    ledger = Ledger(side, lambda: NOON_MS + 2 * HOUR_MS)
    found = lying(books)
    assert [one.opened_at for one in found] == sorted(one.opened_at for one in found)
    seen = {(one.payment or f"break {one.break_id}", one.fen) for one in found}
    assert seen == {(one.subject, one.fen) for one in ledger.suspense()} and len(found) == len(seen) == 5
    board = ledger.exposure()
    for part in board.age:
        assert len(lying(books, part.name)) == part.payments, part.name
    assert {part.name for part in board.age} == set(AGES)
    assert [one.fen for one in lying(books, channel="alipay")] == [-250]
    with pytest.raises(TheirMistake, match="is one of under 1 hour"):
        books.suspense("old", "", (0, "", 0), 1, NOON_MS)


@pytest.mark.parametrize("looked", [1, 2])
def test_a_page_of_suspense_looks_at_so_many_and_the_next_goes_on(
    books: Books, side: Side, place: Place, monkeypatch: pytest.MonkeyPatch, looked: int
) -> None:
    whole = lying(books)
    monkeypatch.setattr("chongzheng.journal.books.LOOKED_AT_MAX", looked)
    assert lying(books) == whole
    first = next(one for one in whole if one.payment and one.fen > 0)
    settled = "INSERT INTO voucher VALUES (1000000, 1, 5, 'refund', ?, 0, 'suspense', 'cardholder payable', ?)"
    place.raw(settled, first.payment, first.fen)
    assert lying(books) == [one for one in whole if one != first]
    found, behind = books.suspense("", "", (0, "", 0), 9, NOON_MS)
    assert len(found) < len(whole) - 1 and behind is not None


def test_postings_lead_to_what_stands_on_the_account(books: Books, side: Side) -> None:
    balances = {one.account: one.closing_fen for one in Ledger(side, lambda: NOON_MS).trial("20270101")}
    for account, balance in balances.items():
        sums = []
        for pages in (books.postings, books.vouchers):
            rows, key = [], ()
            while page := pages(account, key, 1):
                rows += page
                key = page[-1].key
            assert [one.key for one in rows] == sorted({one.key for one in rows}, reverse=True)
            sums += [one.fen if one.debit == account else -one.fen for one in rows]
        assert sum(sums) == balance, account
    (parked,) = books.vouchers("suspense", (), 9)
    assert (parked.by, parked.break_id, parked.payment, parked.fen) == ("program", 1, "", 250)
    newest = books.postings("suspense", (), 1)[0]
    assert newest.payment == name_of(6) and newest.fen == AMOUNT_FEN and newest.why


def test_facts_move_money_between_these_accounts_alone() -> None:
    ends = [Position(), Position(merchant=5), Position(suspense=7), Position(merchant=-5, suspense=-7)]
    moves = [one for before in ends for after in ends for one in entries(before, after)]
    assert {account for one in moves for account in (one.debit, one.credit)} == BY_MACHINE < frozenset(Account)


def test_traffic_is_counted_by_the_minute_of_its_beginning(books: Books) -> None:
    begin = NOON_MS - NOON_MS % MINUTE_MS
    assert books.opened(begin, NOON_MS + 2 * HOUR_MS) == {begin: 4, begin + HOUR_MS: 1}
    assert books.opened(begin, begin + HOUR_MS) == {begin: 4}


def test_reversals_are_counted_by_day_without_those_under_way(books: Books, place: Place) -> None:
    assert books.reversals(DAY, DAY) == {DAY: (0, 2)}, "two came back; the third is under way"
    place.raw(f"UPDATE payment SET state = 'DOUBTFUL', truth = 'unknown' WHERE id = '{name_of(5)}'")
    assert books.reversals(DAY, DAY) == {DAY: (1, 2)}
    assert books.reversals(NEXT, NEXT) == {}


def test_breaks_are_found_by_what_they_are(books: Books, side: Side) -> None:
    Breaks(side, lambda: NOON_MS).put("g", "card", NEXT, [Difference(Type.LONG, "", n, 5, "w") for n in (1, 2)])
    assert [one.id for one in books.breaks(Wanted(), 0, 9)] == [1, 2, 3]
    assert [one.id for one in books.breaks(Wanted(), 1, 1)] == [2]
    assert [one.id for one in books.breaks(Wanted(type="short"), 0, 9)] == [1]
    assert [one.id for one in books.breaks(Wanted(channel="card"), 0, 9)] == [2, 3]
    assert [one.id for one in books.breaks(Wanted(file="f", state="all"), 0, 9)] == [1]
    assert books.breaks(Wanted(state="resolved"), 0, 9) == []
    with pytest.raises(TheirMistake, match="is one of open"):
        books.breaks(Wanted(state="odd"), 0, 9)


def test_the_newest_files_come_first(journal: Journal, side: Side) -> None:
    for digest, day in (("a", DAY), ("b", NEXT)):
        journal.begin_file(digest, f"file {digest}", day, 10, True, NOON_MS, part=FilePart())
        journal.finish_file(digest, Came(10, 9, 8, "r", (), (booked(Booking.TAIL_KEPT, 1),)), NOON_MS)
    files = SettledFiles(side)
    assert [one.name for one in files.newest("00000000", "99999999", 0, 9)] == ["file b", "file a"]
    assert [one.came["net_fen"] for one in files.newest(DAY, DAY, 0, 9)] == [9]
    assert [one.name for one in files.newest("00000000", "99999999", 1, 1)] == ["file a"]


def test_closings_are_listed_with_who_closed_them(side: Side) -> None:
    assert Books(side).closings(9) == []
    side.ask("put_act", no=1, at=5, actor="wu", kind="day closed", subject="day", record=b"{}", hash=b"h")
    side.ask("put_closing", day=DAY, at=5, act=1, figures=b"{}")
    assert [(one.day, one.at, one.act, one.by) for one in Books(side).closings(9)] == [(DAY, 5, 1, "wu")]
