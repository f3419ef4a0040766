"""Does a line find the sale of an earlier file that it takes back, and do an operator's windows hold from their day?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.reconcile import tables
from chongzheng.reversal.payment import Proof, State, Truth
from chongzheng.settlement.match import Candidate, Held
from chongzheng.settlement.windows import rows
from unit.settlement import bills
from unit.settlement.acom_lines import DAY, MERCHANT, NAME, TERMINAL, line, record, reversal
from unit.settlement.bills import REFUND, REVERSAL, Deal
from whole.test_settle import NEXT_DAY, NEXT_NAME, NO_BREAKS, OPENED_AT, settled
from whole.test_settle_formats import ALIPAY, Counter

LATER, LATER_NAME = "20261204", "IND26120401ACOM"
MUCH_LATER = "20270115"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Counter]:
    yield Counter(tmp_path)


def read_two_days(shop: Counter) -> None:
    settled(shop.file(NAME, line()), "--date", DAY, "--db", shop.path)
    settled(shop.file(NEXT_NAME), "--date", NEXT_DAY, "--db", shop.path)


def test_a_reversal_of_a_sale_of_earlier_files_is_the_other_half_of_a_pair_across_days(shop: Counter) -> None:
    sale = shop.approved("000001", "RRN000000001")
    read_two_days(shop)
    assert shop.verdict(sale) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    late = shop.file(LATER_NAME, reversal(sent="1204090000"))
    said = settled(late, "--date", LATER, "--db", shop.path)
    assert (said["matched"], said["contested"]) == (1, [sale])
    assert said["breaks"] == NO_BREAKS | {"short": 1, "one_sided_theirs": 1}  # the other line is a foreign terminal's
    assert [one["fen"] for one in said["differences"] if one["payment"] == sale] == [-100]  # type: ignore[attr-defined]
    assert LATER in [day for day, _ in shop.payment(sale).days]


def bill(shop: Counter, day: str, *deals: Deal) -> Path:
    return shop.put(ALIPAY.replace(DAY, day), bills.alipay(list(deals), day))


def test_a_refund_names_the_sale_of_an_earlier_bill(shop: Counter) -> None:
    sale, other = shop.wallet("A1"), shop.wallet("A2")
    bill_of_day = bill(shop, DAY, Deal(order="A1"), Deal(order="A2"))
    settled(bill_of_day, "--format", "alipay", "--db", shop.path)
    settled(bill(shop, NEXT_DAY), "--format", "alipay", "--db", shop.path)
    back = Deal(kind=REFUND, order="R1", original_order="A1", fen=5_00)
    said = settled(bill(shop, MUCH_LATER, back), "--format", "alipay", "--db", shop.path)
    (found,) = said["differences"]  # type: ignore[misc]
    assert (found["about"], found["fen"]) == ([sale], -5_00)
    assert said["silent"] == said["carried"] == 0
    assert MUCH_LATER not in [day for day, _ in shop.payment(other).days]


def test_a_whole_order_that_is_taken_back_weeks_later_matches_its_sale(shop: Counter) -> None:
    sale = shop.wallet("A1")
    settled(bill(shop, DAY, Deal(order="A1")), "--format", "alipay", "--db", shop.path)
    settled(bill(shop, NEXT_DAY), "--format", "alipay", "--db", shop.path)
    back = Deal(kind=REVERSAL, theirs="2026112222001400000000000001", original_order="A1")
    said = settled(bill(shop, MUCH_LATER, back), "--format", "alipay", "--db", shop.path)
    assert (said["matched"], said["contested"]) == (1, [sale])


class Desk:
    """Two people who may set rules."""

    def __init__(self, shop: Counter) -> None:
        self.side = Side.open(shop.path)
        actors = Actors(self.side)
        actors.add("root", "root", frozenset({Role.ADMINISTRATOR}), "shell:root", OPENED_AT)
        actors.add("li", "李", frozenset({Role.FINANCE, Role.SUPERVISOR}), "root", OPENED_AT)
        actors.add("wang", "王", frozenset({Role.FINANCE, Role.SUPERVISOR}), "root", OPENED_AT)
        self.registers = Registers(self.side)

    def row(self, channel: str, day: str, **changes: object) -> int:
        body = {**rows().get(channel, rows()["others"]), **changes}
        words = ("matching windows", channel, day, body, "the channel says so", "li", OPENED_AT)
        return self.registers.propose(*words).edition


def test_an_operators_window_holds_from_its_day_once_a_second_person_approved_it(shop: Counter) -> None:
    shop.approved("000001", "RRN000000001")
    shop.approved("000002", "RRN000000002")
    desk = Desk(shop)
    edition = desk.row("card", NEXT_DAY, tolerance_fen=3)
    first = shop.file(NAME, line(fen=102), line(stan="000002", rrn="RRN000000002"))
    only_proposed = settled(first, "--date", DAY, "--db", shop.path, "--dry-run")
    desk.registers.approve("matching windows", "card", NEXT_DAY, edition, "wang", OPENED_AT)
    before_its_day = settled(first, "--date", DAY, "--db", shop.path, "--dry-run")
    for said in (only_proposed, before_its_day):
        assert said["breaks"] == NO_BREAKS | {"amount": 1, "one_sided_theirs": 1}
    second = shop.file(
        NEXT_NAME, line(fen=102, sent="1123000100"), line(stan="000002", rrn="RRN000000002", sent="1123000100")
    )
    on_its_day = settled(second, "--date", NEXT_DAY, "--db", shop.path, "--dry-run")
    assert on_its_day["breaks"] == NO_BREAKS | {"one_sided_theirs": 1}
    assert on_its_day["matched"] == 2


def test_whole_days_as_tables_are_compared_by_the_journal_s_windows_too(shop: Counter, tmp_path: Path) -> None:
    shop.approved("000001", "RRN000000001")
    desk = Desk(shop)
    edition = desk.row("card", NEXT_DAY, tolerance_fen=3)
    desk.registers.approve("matching windows", "card", NEXT_DAY, edition, "wang", OPENED_AT)
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    tables.write_ours(
        ours,
        [Candidate("P1", TERMINAL, MERCHANT, "000001", 100, OPENED_AT, NEXT_DAY, ("RRN000000001",), held=Held.KEPT)],
    )
    tables.write_theirs(theirs, [record(amount_fen=102, sent_at=f"{NEXT_DAY}100000")])
    words = (ours, theirs, "--date", NEXT_DAY)
    assert settled("day", *words)["breaks"] == NO_BREAKS | {"amount": 1}
    assert settled("day", *words, "--db", shop.path)["breaks"] == NO_BREAKS


def test_how_old_a_sale_may_be_that_is_taken_back_is_a_row_too(shop: Counter) -> None:
    shop.wallet("A1")
    settled(bill(shop, DAY, Deal(order="A1")), "--format", "alipay", "--db", shop.path)
    settled(bill(shop, NEXT_DAY), "--format", "alipay", "--db", shop.path)
    desk = Desk(shop)
    edition = desk.row("alipay", NEXT_DAY, undone_days=30)
    desk.registers.approve("matching windows", "alipay", NEXT_DAY, edition, "wang", OPENED_AT)
    back = Deal(kind=REFUND, order="R1", original_order="A1", fen=5_00)
    (found,) = settled(bill(shop, MUCH_LATER, back), "--format", "alipay", "--db", shop.path)["differences"]  # type: ignore[misc]
    assert found["about"] == []
