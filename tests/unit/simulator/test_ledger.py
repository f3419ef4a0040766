"""Does the bank's book charge once, return once, and say plainly what is true?"""

from chongzheng.simulator.ledger import Key, Ledger

KEY = Key("898310000000001", "10000001", "000001", "000007")
DAY = "20261123"


def charged(ledger: Ledger, key: Key = KEY, fen: int = 1200) -> None:
    """One sale in the book."""
    ledger.charge(key, fen, "6222020000001234", DAY, "1123101530", "480000000001")


def test_the_same_sale_is_charged_once() -> None:
    ledger = Ledger()
    charged(ledger)
    charged(ledger, fen=9999)
    assert ledger.account(KEY) == (account := ledger.account(KEY))
    assert (account.charges, account.returns, account.net_fen, account.truth) == (1, 0, 1200, "charged_kept")


def test_the_same_words_return_once_and_other_words_return_again() -> None:
    ledger = Ledger()
    charged(ledger)
    first = ledger.give_back(KEY, "98", DAY, "1123101531")
    assert ledger.give_back(KEY, "98", DAY, "1123101532") is first
    assert ledger.account(KEY).truth == "charged_returned"
    assert ledger.returned(KEY)
    ledger.give_back(KEY, "06", DAY, "1123101533")
    account = ledger.account(KEY)
    assert (account.returns, account.net_fen, account.truth) == (2, -1200, "impossible")


def test_nothing_is_returned_where_nothing_was_charged() -> None:
    ledger = Ledger()
    assert ledger.give_back(KEY, "98", DAY, "1123101531") is None
    assert not ledger.returned(KEY)
    assert ledger.account(KEY).truth == "never_charged"


def test_a_day_lists_its_own_postings_with_what_a_return_undoes() -> None:
    ledger = Ledger()
    charged(ledger)
    charged(ledger, KEY._replace(stan="000008"))
    ledger.give_back(KEY, "98", "20261124", "1123230001")
    first = [(posting.kind, original) for posting, original in ledger.of_day(DAY)]
    assert first == [("charge", None), ("charge", None)]
    (posting, original), = ledger.of_day("20261124")
    assert posting.kind == "return" and original is ledger.charged(KEY) and posting.rrn == original.rrn


def test_the_card_number_stays_out_of_the_representation() -> None:
    ledger = Ledger()
    charged(ledger)
    assert "6222020000001234" not in repr(ledger.charged(KEY))
