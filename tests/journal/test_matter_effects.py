"""Has only one matter a payment's give-back at a time, and lets nobody else free it?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chongzheng.cases.effects import Effect, FreeRelease, TakeRelease
from chongzheng.cases.matter import Fact, Matter
from chongzheng.journal import Journal
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matter_effects import carry_out
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS, kept, name_of, reply, returned, sale
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
