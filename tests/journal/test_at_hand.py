"""Are many payments read and written together like each alone, and is a card number at hand when its reversal goes?"""

from typing import Any

import pytest

from chongzheng.card import Pan
from chongzheng.mistakes import OurMistake
from journal.made import NOON_MS, late, name_of, pan, sale
from journal.place import Place

MANY = 300
DUE_MS = NOON_MS + 60_000
GONE = LookupError("gone")


def _sent(place: Place, count: int) -> Any:
    """A journal opened anew, in which so many sales have just begun to be reversed."""
    with_sales = place.open()
    with_sales.apply([sale(n) for n in range(1, count + 1)])
    with_sales.close()
    journal = place.open()
    assert len(journal.apply([late(n, DUE_MS) for n in range(1, count + 1)])) == count
    return journal


def test_many_payments_that_no_memory_holds_move_together(place: Place) -> None:
    journal = _sent(place, MANY)
    with place.reading() as reader:
        assert {p.attempts for p in reader.payments()} == {1}
        assert len(reader.due_reversals((0, ""), DUE_MS * 2, MANY * 2)) == MANY
        assert not reader.faults()
    assert len(journal.cards([name_of(n) for n in range(1, MANY + 2)])) == MANY + 1
    place.audit()


@pytest.mark.databases("sqlite")
def test_a_payment_that_cannot_be_read_costs_only_itself(place: Place) -> None:
    first = place.open()
    first.apply([sale(n) for n in range(1, 4)])
    first.close()
    place.raw("UPDATE payment SET body = x'7b' WHERE id = ?", name_of(2))
    journal = place.open()
    journal.apply([late(n, DUE_MS) for n in range(1, 4)])
    moved = place.raw("SELECT id FROM payment WHERE owes = 'reversal' ORDER BY id")
    assert moved == sorted((name_of(n),) for n in (1, 3))


def test_the_card_of_a_reversal_is_at_hand_once(place: Place) -> None:
    journal = _sent(place, 2)
    held = journal.card_at_hand(name_of(2), GONE)
    assert isinstance(held, Pan)
    assert held.reveal() == pan(2)
    assert journal.card_at_hand(name_of(2), GONE) is GONE


def test_a_sale_lays_no_card_out(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1)])
    assert journal.card_at_hand(name_of(1), GONE) is GONE


def test_one_card_that_does_not_open_costs_only_its_own(place: Place) -> None:
    first = place.open()
    first.apply([sale(1), sale(2)])
    first.close()
    place.raw("UPDATE card SET sealed = x'00' WHERE payment = ?", name_of(1))
    journal = place.open()
    journal.apply([late(1, DUE_MS), late(2, DUE_MS)])
    assert isinstance(journal.card_at_hand(name_of(1), GONE), OurMistake)
    assert isinstance(journal.card_at_hand(name_of(2), GONE), Pan)


def test_cards_that_cannot_be_read_now_leave_the_commit_as_it_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first = place.open()
    first.apply([sale(1)])
    first.close()
    journal = place.open()

    def fails(payments: Any) -> Any:
        raise OSError("no such page")

    monkeypatch.setattr(journal._storage, "cards", fails)
    assert [one.payment.attempts for one in journal.apply([late(1, DUE_MS)])] == [1]
    assert journal.card_at_hand(name_of(1), GONE) is GONE


def test_of_many_that_nobody_sends_the_oldest_are_put_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.store.AT_HAND_MAX", 2)
    journal = _sent(place, 3)
    assert journal.card_at_hand(name_of(1), GONE) is GONE
    assert isinstance(journal.card_at_hand(name_of(3), GONE), Pan)
