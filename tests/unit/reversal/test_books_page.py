"""Does the page of the books say what the rules do?"""

from chongzheng.reversal.booking import Booking, Resolution
from chongzheng.reversal.books_page import draw
from chongzheng.reversal.entries import Account
from chongzheng.reversal.payment import Truth


def rows(page: str) -> list[list[str]]:
    """The cells of all tables."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.split("\n") if line.startswith("| ")]


def test_the_page_names_every_verdict_account_booking_and_resolution() -> None:
    page = draw()
    for word in (*Truth, *Account, *Booking, *Resolution):
        assert word in page, word


def test_an_acknowledged_return_stays_in_suspense_and_a_proven_one_does_not() -> None:
    returned = {tuple(row[2:4]): row[4:] for row in rows(draw()) if row[:2] == ["takes money", "charged_returned"]}
    assert returned == {
        ("claimed, acknowledged, confirmed", "any"): ["", "+"],
        ("proven", "any"): ["", ""],
    }


def test_what_is_charged_twice_is_the_shops_once_where_the_terminal_counts_it() -> None:
    twice = {row[3]: row[4:] for row in rows(draw()) if row[:2] == ["takes money", "charged_twice"]}
    assert twice == {"counts it": ["+", "+"], "does not": ["", "+2"]}


def test_a_refund_is_taken_from_the_shop() -> None:
    kept = {row[3]: row[4:] for row in rows(draw()) if row[:2] == ["gives money back", "charged_kept"]}
    assert kept == {"counts it": ["-", ""], "does not": ["", "-"]}
