"""Does a letter arrive whole, at one engine at a time, and again when that engine dies?"""

from collections.abc import Iterator

import pytest

from chongzheng.journal import Submission, mailbox
from chongzheng.journal.mailbox import Mailbox
from chongzheng.journal.side import Side
from chongzheng.reversal.facts import CheckAsked
from journal.made import NOON_MS, name_of, pan, reply, sale
from journal.place import PostgresPlace

DATABASES = ("postgresql",)


@pytest.fixture
def box(place: PostgresPlace) -> Iterator[Mailbox]:
    """An empty one."""
    place.open()
    side = Side.open(place.path)
    yield Mailbox(side, place.vault)
    side.close()


def test_a_letter_arrives_whole(box: Mailbox) -> None:
    said = [
        Submission(sale(1).fact, sale(1).evidence, sale(1).card, "alias"),
        reply(1),
        Submission(CheckAsked(name_of(1), NOON_MS, actor="token:x")),
    ]
    name = box.leave(said, NOON_MS)
    [letter] = box.take()
    assert letter.name == name
    for arrived, left in zip(letter.submissions, said, strict=True):
        assert (arrived.fact, arrived.evidence, arrived.alias) == (left.fact, left.evidence, left.alias)
    assert [one.card is None for one in letter.submissions] == [False, True, True]
    card = letter.submissions[0].card
    assert card is not None and card.reveal() == pan(1)


def test_no_card_number_lies_in_a_letter_in_the_clear(box: Mailbox, place: PostgresPlace) -> None:
    box.leave([sale(1)], NOON_MS)
    [(body,)] = place.raw("SELECT body FROM letter")
    assert pan(1).encode() not in bytes(body)  # type: ignore[arg-type]


def test_letters_are_taken_once_oldest_first_and_are_gone_when_done(box: Mailbox) -> None:
    names = [box.leave([sale(n)], NOON_MS + n) for n in (2, 1)]
    taken = box.take()
    assert [letter.name for letter in taken] == names[::-1]
    assert box.take() == []
    assert all(box.waits(name) for name in names)
    box.done(taken[:1])
    assert [box.waits(name) for name in names] == [True, False]


def test_a_letter_of_an_engine_that_died_is_taken_again(box: Mailbox, place: PostgresPlace) -> None:
    name = box.leave([sale(1)], NOON_MS)
    assert box.take()
    place.raw("UPDATE letter SET held_until = held_until - ?", mailbox.HELD_MS)
    assert [letter.name for letter in box.take()] == [name]


def test_only_what_nobody_has_is_withdrawn(box: Mailbox) -> None:
    name = box.leave([sale(1)], NOON_MS)
    assert box.withdraw(name)
    assert not box.waits(name)
    assert not box.withdraw(name)
    held = box.leave([sale(2)], NOON_MS)
    box.take()
    assert not box.withdraw(held)
    assert box.waits(held)
