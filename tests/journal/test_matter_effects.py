"""Has only one matter a payment's give-back at a time, and lets nobody else free it?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chongzheng.cases.effects import Book, Effect, FreeRelease, Open, TakeRelease
from chongzheng.cases.matter import Fact, Matter
from chongzheng.journal import Journal
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matter_effects import carry_out
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import AMOUNT_FEN, NOON_MS, asked, kept, name_of, reply, returned, sale
from journal.place import Place

Carry = Callable[[Matter, Effect], None]


@pytest.fixture
def keeper(side: Side, journal: Journal) -> Matters:
    """A keeper of matters on an empty journal."""
    return Matters(side, lambda: NOON_MS, Registers(side))


@pytest.fixture
def carry(side: Side, keeper: Matters) -> Carry:
    """Carry out one effect of a matter, in a transaction."""

    def one(matter: Matter, effect: Effect) -> None:
        with side.together():
            carry_out(keeper, side, matter, Fact("Approved", NOON_MS), effect, 1)

    return one


def two(keeper: Matters) -> tuple[Matter, Matter]:
    """Two matters that want to give something back."""
    words = {"what": "give it back", "team": "finance"}
    return keeper.open("task", words), keeper.open("task", words)


def tokens(place: Place) -> list[str]:
    """Who holds release tokens, by their verbs."""
    return [str(verb) for (verb,) in place.raw("SELECT verb FROM release")]


def test_what_a_matter_opens_is_not_given_to_whoever_took_its_key_before(keeper: Matters, carry: Carry) -> None:
    first, _ = two(keeper)
    words = {"what": "in the way", "team": "finance"}
    named = keeper.open("task", words, key=keeper.named("task", "task-1 order 3"))
    carry(first, Open("task", "task-1 order 3", words))
    assert keeper.holder("task-1 order 3") not in ("", named.id), "a client's name is no key of ours"
    keeper.open("problem", {"title": "in the way", "cause": "SW-TIMEOUT"}, key="task-1 order 4")
    with pytest.raises(Overtaken, match="is there already, as problem-"):
        carry(first, Open("task", "task-1 order 4", words))


def test_only_a_slip_has_the_key_of_the_program_from_a_client(keeper: Matters) -> None:
    assert keeper.named("slip", "slip 1 2 3 4") == "slip 1 2 3 4" and keeper.named("task", "") == ""
    assert keeper.named("slip", "refund of P1") == "named slip refund of P1"
    assert keeper.named("task", "slip 1 2 3 4") == "named task slip 1 2 3 4"


def test_one_matter_gives_back_and_only_it_frees_the_token(
    place: Place, journal: Journal, keeper: Matters, carry: Carry
) -> None:
    journal.apply(kept(1))
    payment = name_of(1)
    first, second = two(keeper)
    carry(first, TakeRelease(payment, "refund"))
    assert tokens(place) == ["refund"]
    with pytest.raises(Overtaken, match="given back already"):
        carry(second, TakeRelease(payment, "refund"))
    carry(second, FreeRelease(payment))
    assert tokens(place) == ["refund"] and keeper.holder(f"give back {payment}") == first.id
    carry(first, FreeRelease(payment))
    assert tokens(place) == []
    carry(second, TakeRelease(payment, "refund"))
    assert keeper.holder(f"give back {payment}") == second.id


def test_what_the_engine_still_drives_or_has_given_back_is_not_given_back_beside_it(
    place: Place, journal: Journal, keeper: Matters, carry: Carry
) -> None:
    journal.apply([*returned(1), sale(2)])
    first, _ = two(keeper)
    with pytest.raises(Overtaken, match="may still take effect"):
        carry(first, TakeRelease(name_of(1), "refund"))
    with pytest.raises(Overtaken, match="still under way"):
        carry(first, TakeRelease(name_of(2), "refund"))
    with pytest.raises(TheirMistake, match="no such payment"):
        carry(first, TakeRelease("P" + "A" * 16, "refund"))
    journal.apply([reply(2)])
    assert tokens(place) == ["reversal"]


def test_what_is_drawn_must_lie_there_on_its_side_machine_and_people_together(
    place: Place, journal: Journal, keeper: Matters, carry: Carry
) -> None:
    journal.apply([*kept(1), asked(1, NOON_MS + 90_000_000)])
    payment, (mine, _) = name_of(1), two(keeper)
    stands = keeper.standing(payment)
    assert (stands["suspense_fen"], stands["shop_fen"], stands["cardholder_fen"]) == (AMOUNT_FEN, 0, 0)
    with pytest.raises(Overtaken, match="only 0 fen lie on cardholder payable"):
        carry(mine, Book("given back", 1, payment))
    with pytest.raises(Overtaken, match=f"only {AMOUNT_FEN} fen lie on suspense"):
        carry(mine, Book("found for cardholder", AMOUNT_FEN + 1, payment))
    carry(mine, Book("found for cardholder", AMOUNT_FEN, payment))
    carry(mine, Book("given back", AMOUNT_FEN, payment))
    with pytest.raises(Overtaken, match="only 0 fen"):
        carry(mine, Book("given back", 1, payment))
    carry(mine, Book("advanced", 5, payment))
    carry(mine, Book("advance lost", 5, payment))
    with pytest.raises(Overtaken, match="only 0 fen lie on provisional refunds"):
        carry(mine, Book("advance clawed back", 1, payment))
    stands = keeper.standing(payment)
    assert (stands["suspense_fen"], stands["shop_fen"], stands["cardholder_fen"]) == (0, 0, 0)
