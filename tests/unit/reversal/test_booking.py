"""Does every remedy and every decision move money between two accounts, and empty suspense to the last fen?"""

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.booking import BOOKINGS, DRAWS, RESOLUTIONS, Booking, Resolution, booked, drawable, resolved
from chongzheng.reversal.entries import Account, Entry, balances


def moves(entries: tuple[Entry, ...]) -> list[tuple[str, str, int]]:
    """As rows of the journal."""
    return [(entry.debit, entry.credit, entry.fen) for entry in entries]


def test_every_booking_and_every_resolution_has_its_row() -> None:
    assert set(BOOKINGS) == set(Booking)
    assert set(RESOLUTIONS) == set(Resolution)
    assert all(debit is not credit for debit, credit, _ in BOOKINGS.values())
    assert all(account is not Account.SUSPENSE for account, _ in RESOLUTIONS.values())


def test_every_account_is_reached_by_some_rule() -> None:
    reached = {account for debit, credit, _ in BOOKINGS.values() for account in (debit, credit)}
    assert reached | {account for account, _ in RESOLUTIONS.values() if account} == set(Account)


@pytest.mark.parametrize("what", list(Booking))
def test_a_booking_moves_its_amount_from_the_credited_to_the_debited_account(what: Booking) -> None:
    debit, credit, _ = BOOKINGS[what]
    entry = booked(what, 7)
    assert entry == Entry(debit, credit, 7)
    assert balances(moves((entry,))) == {debit: 7, credit: -7}


def test_what_draws_on_an_account_moves_it_towards_nothing() -> None:
    for what, account in DRAWS.items():
        debit, credit, _ = BOOKINGS[what]
        owed = account in (Account.HELD, Account.CARDHOLDER, Account.SUSPENSE)
        assert account is (debit if owed else credit), what


def test_only_what_lies_there_can_be_drawn_and_nothing_where_too_much_was() -> None:
    assert [drawable(Booking.GIVEN_BACK, lies) for lies in (-5, 0, 5)] == [5, 0, 0]
    assert [drawable(Booking.ADVANCE_LOST, lies) for lies in (-5, 0, 5)] == [0, 0, 5]


def test_parked_money_that_went_out_is_owed_to_us() -> None:
    assert booked(Booking.PARKED, -5) == Entry(Account.SUSPENSE, Account.CLEARING, 5)
    assert booked(Booking.BANK_PARKED, -5) == Entry(Account.SUSPENSE, Account.BANK, 5)


def test_fees_that_a_channel_gave_back_are_income_again() -> None:
    assert booked(Booking.CHANNEL_FEES, -5) == Entry(Account.CLEARING, Account.FEES, 5)


@pytest.mark.parametrize(("what", "fen"), [(Booking.PARKED, 0), (Booking.GIVEN_BACK, 0), (Booking.GIVEN_BACK, -1)])
def test_an_entry_of_no_amount_is_our_mistake(what: Booking, fen: int) -> None:
    with pytest.raises(OurMistake, match=what):
        booked(what, fen)


@pytest.mark.parametrize("how", [how for how in Resolution if how is not Resolution.EXPLAINED])
@pytest.mark.parametrize("held", [9, -9])
def test_a_resolution_empties_suspense_whatever_its_sign(how: Resolution, held: int) -> None:
    left = balances(moves(resolved(how, held)))
    assert left == {Account.SUSPENSE: held, RESOLUTIONS[how][0]: -held}


def test_nothing_in_suspense_books_nothing_and_something_is_never_only_explained() -> None:
    assert resolved(Resolution.EXPLAINED, 0) == () == resolved(Resolution.LOSS, 0)
    with pytest.raises(OurMistake, match="explained"):
        resolved(Resolution.EXPLAINED, 1)


def test_suspense_is_debited_of_what_it_holds_and_credited_of_what_it_lacks() -> None:
    assert resolved(Resolution.MERCHANT, 1) == (Entry(Account.SUSPENSE, Account.MERCHANT, 1),)
    assert resolved(Resolution.MERCHANT, -1) == (Entry(Account.MERCHANT, Account.SUSPENSE, 1),)


def test_a_single_fen_is_an_amount_both_ways() -> None:
    assert booked(Booking.GIVEN_BACK, 1) == Entry(Account.CARDHOLDER, Account.CLEARING, 1)
    assert booked(Booking.PARKED, -1) == Entry(Account.SUSPENSE, Account.CLEARING, 1)
