"""Is a statement kept once on both databases, with its entries and breaks, and nothing of it when it is refused?"""

import threading
from dataclasses import replace

from chongzheng.journal import Journal, Reader
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.bank import Bank, Kept, Name
from chongzheng.journal.breaks import Breaks
from chongzheng.journal.ledger import DAY_MS, Ledger
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.settlement.bank import Movement, Statement
from chongzheng.settlement.payouts import Payout
from chongzheng.settlement.three_way import Cleared, ThreeWay, reconcile
from journal.made import NOON_MS
from journal.place import Place

CREDITS = (
    Movement(1, "20261117", "20261117", 95, "R1", "银联", "清算"),
    Movement(2, "20261118", "20261118", 40, "R2", "银联"),
    Movement(3, "20261118", "20261118", 7, "R3", "银联"),
    Movement(4, "20261118", "20261118", -3, "", "房东"),
)
STATEMENT = Statement("6222", "CNY", "20261117", "20261118", 0, 139, CREDITS)
CLEARED = [Cleared("card", "20261116", 100, 95), Cleared("card", "20261117", 42, 41)]
AGREED = {"card": Payout("card", ("银联",), tail_fen=1)}
NAME = Name("d1", "s.xml", "camt053")


def compared(statement: Statement = STATEMENT) -> ThreeWay:
    return reconcile(CLEARED, statement, AGREED, frozenset())


def bank(side: Side) -> Bank:
    return Bank(side, lambda: NOON_MS)


def balances(side: Side) -> dict[str, int]:
    left: dict[str, int] = {}
    for _, _, _, _, _, _, debit, credit, fen in side.ask("all_vouchers"):
        left[debit] = left.get(debit, 0) + fen
        left[credit] = left.get(credit, 0) - fen
    return left


def test_a_statement_is_kept_once_with_what_its_movements_pay(side: Side) -> None:
    books = bank(side)
    assert books.keep(NAME, STATEMENT, compared(), CLEARED) is Kept.READ
    assert books.paid_days() == {("card", "20261116"), ("card", "20261117")}
    rows = side.ask("bank_lines_of", statement="d1")
    assert [(row[0], row[3], row[7]) for row in rows] == [
        (1, 95, "card 20261116"), (2, 40, "card 20261117"), (3, 7, ""), (4, -3, ""),
    ]  # fmt: skip
    assert books.keep(NAME, STATEMENT, compared(), CLEARED) is Kept.ALREADY_READ
    assert len(side.ask("bank_lines_of", statement="d1")) == 4


def test_what_came_is_booked_and_what_is_not_explained_lies_in_suspense(side: Side) -> None:
    bank(side).keep(NAME, STATEMENT, compared(), CLEARED)
    assert balances(side) == {"bank": 142, "clearing receivable": -141, "fees": 6, "suspense": -7}
    desk = Breaks(side, lambda: NOON_MS)
    open_ = [(one.type, one.channel, one.day, one.fen, one.queue, one.next_action) for one in desk.page("open")]
    assert sorted(open_) == [
        ("fee_tail", "card", "20261118", -1, "finance", "post_rounding_tail"),
        ("unexplained_credit", "card", "20261118", 7, "finance", "hold_in_suspense"),
    ]
    assert sorted(desk.view(one.id).suspense_fen for one in desk.page("open")) == [0, 7]


def test_the_chain_of_acts_holds(place: Place, side: Side) -> None:
    bank(side).keep(NAME, STATEMENT, compared(), CLEARED)
    reader = Reader.open(place.path)
    assert reader.faults() == []
    reader.close()


def test_money_that_went_back_to_a_channel_is_booked_the_other_way(side: Side) -> None:
    out = replace(STATEMENT, movements=(Movement(1, "20261117", "20261117", -50, "", "银联"),
                                        Movement(2, "20261118", "20261118", -9, "", "银联")))  # fmt: skip
    days = [Cleared("card", "20261116", -48, -50), Cleared("card", "20261117", -4, 0)]
    bank(side).keep(NAME, out, reconcile(days, out, AGREED, frozenset()), days)
    assert balances(side) == {"bank": -59, "clearing receivable": 48, "fees": 2, "suspense": 9}


def test_another_statement_of_the_same_days_is_refused_whole(side: Side) -> None:
    books = bank(side)
    books.keep(NAME, STATEMENT, compared(), CLEARED)
    again = replace(STATEMENT, first_day="20261118", last_day="20261119")
    other = Name("d2", "t.xml", "camt053")
    assert books.keep(other, again, compared(again), CLEARED) is Kept.OVERLAPS
    assert side.ask("bank_lines_of", statement="d2") == []
    next_day = replace(STATEMENT, first_day="20261119", last_day="20261119", movements=())
    assert books.status(other, next_day) is Kept.READ
    assert books.before(replace(next_day, opening_fen=139)) == ("20261118", 0)
    assert books.before(replace(next_day, opening_fen=140)) == ("20261118", 1)
    assert books.before(replace(next_day, opening_fen=None)) == ("20261118", 0)
    assert books.before(replace(next_day, account="1")) == ("", 0)


def test_a_gap_that_a_later_statement_shows_again_is_one_break(side: Side) -> None:
    books = bank(side)
    empty = replace(STATEMENT, movements=())
    books.keep(NAME, empty, compared(empty), CLEARED)
    later = replace(empty, account="6223")
    books.keep(Name("d2", "t.xml", "camt053"), later, compared(later), CLEARED)
    assert len(side.ask("list_breaks", state="open", after=0, most=9)) == 2


def test_a_dozen_at_once_keep_it_once(place: Place, journal: Journal) -> None:
    outcomes: list[Kept] = []

    def keep() -> None:
        side = Side.open(place.path)
        outcomes.append(bank(side).keep(NAME, STATEMENT, compared(), CLEARED))
        side.close()

    threads = [threading.Thread(target=keep) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Kept.ALREADY_READ] * 11 + [Kept.READ]


def test_the_book_of_a_day_is_what_clearing_owes(side: Side, journal: Journal) -> None:
    assert bank(side).booked("20260101", "20261231") == {}


def test_a_day_with_bank_entries_closes_at_zero(side: Side) -> None:
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("wu", "Wu", frozenset({Role.FINANCE}), "boss", NOON_MS)
    bank(side).keep(NAME, STATEMENT, compared(), CLEARED)
    closing, new = Ledger(side, lambda: NOON_MS + 2 * DAY_MS).close(day_of(NOON_MS), "wu")
    left = {one.account: one.closing_fen for one in closing.balances if one.closing_fen}
    assert new and sum(left.values()) == 0
    assert left == {"bank": 142, "clearing receivable": -141, "fees": 6, "suspense": -7}
