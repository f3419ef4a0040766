"""Does what people book by hand take two of them, and can nothing be given back, freed or recovered twice?"""

import pytest

from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, NotAllowed, Role
from chongzheng.journal.breaks import Breaks, Decision, Overtaken
from chongzheng.journal.hand_booking import HandBooking, Voucher
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking, Resolution
from chongzheng.settlement.breaks import Difference, Type
from journal.made import NOON_MS, asked, kept, name_of, sale
from journal.place import Place


@pytest.fixture
def hand(place: Place, journal: Journal, side: Side) -> HandBooking:
    """A journal with one sale that went well, a clerk li, and zhang who approves."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "Li", frozenset({Role.CLERK}), "boss", NOON_MS)
    people.add("zhang", "Zhang", frozenset({Role.SUPERVISOR}), "boss", NOON_MS)
    journal.apply(kept(1))
    return HandBooking(side, lambda: NOON_MS)


def voucher(what: Booking, fen: int = 100, payment: str | None = None, **changed: object) -> Voucher:
    """About the sale."""
    words = {"reason": "the shop agreed", "evidence": "call 12", "payment": name_of(1) if payment is None else payment}
    return Voucher(what, fen, **(words | changed))  # type: ignore[arg-type]


def refused(hand: HandBooking, place: Place, wanted: Voucher, by: str = "li", second: str | None = "zhang") -> str:
    """What a refusal says; it leaves no trace."""
    before = place.dump()
    with pytest.raises((NotAllowed, TheirMistake)) as no:
        hand.book(wanted, by, second)
    assert place.dump() == before
    return str(no.value)


def test_an_advance_is_given_and_recovered_once(hand: HandBooking, place: Place) -> None:
    hand.book(voucher(Booking.ADVANCED, 100), "li", "zhang")
    assert "only 100 fen lie on provisional refunds" in refused(hand, place, voucher(Booking.ADVANCE_CLAWED_BACK, 101))
    hand.book(voucher(Booking.ADVANCE_CLAWED_BACK, 60), "li", "zhang")
    assert "only 40 fen" in refused(hand, place, voucher(Booking.ADVANCE_LOST, 41))
    hand.book(voucher(Booking.ADVANCE_LOST, 40), "li", "zhang")
    assert "only 0 fen" in refused(hand, place, voucher(Booking.ADVANCE_COVERED, 1))
    rows = place.raw("SELECT debit, credit, fen FROM voucher ORDER BY act")
    assert rows == [
        ("provisional refunds", "bank", 100), ("bank", "provisional refunds", 60),
        ("compensation", "provisional refunds", 40),
    ]  # fmt: skip
    with place.reading() as reader:
        assert reader.faults() == [] and len(reader.vouchers_of(name_of(1))) == 3


def test_an_advance_by_hand_is_one_more_way_to_give_back_and_there_is_only_one(
    hand: HandBooking, place: Place, side: Side, journal: Journal
) -> None:
    journal.apply([*(made(2) for made in (sale, asked)), *kept(3)])
    assert "still under way at the engine (owes reversal)" in refused(
        hand, place, voucher(Booking.ADVANCED, payment=name_of(2))
    )
    hand.book(voucher(Booking.ADVANCED), "li", "zhang")
    assert "given back already, by a booking by hand" in refused(hand, place, voucher(Booking.ADVANCED))
    matters = Matters(side, lambda: NOON_MS, Registers(side))
    said = {"fen": 100, "customer": "C-1", "reason": "the shop agreed"}
    proposed = matters.open("refund", said, "li", payment=name_of(1))
    with pytest.raises(Overtaken, match="given back already, by a booking by hand"):
        matters.say(proposed.id, "Approved", {}, "zhang", matters.view(proposed.id).hash)
    refund = matters.open("refund", {**said, "customer": "C-2"}, "li", payment=name_of(3))
    matters.say(refund.id, "Approved", {}, "zhang", matters.view(refund.id).hash)
    number = refund.id.rpartition("-")[2]
    by_hand = voucher(Booking.ADVANCED, payment=name_of(3))
    assert f"given back already, by matter {number}" in refused(hand, place, by_hand)


def test_what_a_refund_holds_is_freed_by_the_refund_alone(hand: HandBooking, place: Place, side: Side) -> None:
    Actors(side).add("wang", "Wang", frozenset({Role.FINANCE}), "boss", NOON_MS)
    matters = Matters(side, lambda: NOON_MS, Registers(side))
    said = {"fen": 100, "customer": "C-1", "reason": "the shop agreed"}
    refund = matters.open("refund", said, "li", payment=name_of(1)).id
    matters.say(refund, "Held", {}, "wang", matters.view(refund).hash)
    freed = voucher(Booking.MERCHANT_FREED)
    assert f"{refund} is about this money, and books it itself" in refused(hand, place, freed)
    matters.say(refund, "Withdrawn", {"reason": "the shop did it"}, "li")
    assert "only 0 fen lie on held" in refused(hand, place, freed)
    hand.book(voucher(Booking.MERCHANT_HELD), "li", "zhang")
    hand.book(freed, "li", "zhang")


def test_what_a_resolution_owes_the_cardholder_is_given_back_once(hand: HandBooking, place: Place, side: Side) -> None:
    breaks = Breaks(side, lambda: NOON_MS)
    ((_, number),) = breaks.put("d", "card", "20260923", [Difference(Type.LONG, "", 3, 70, "w")])
    wanted = Decision(Resolution.CARDHOLDER, "the shop agreed", ("call 12",), breaks.view(number).hash)
    breaks.resolve(number, "li", wanted)
    given = voucher(Booking.GIVEN_BACK, 70, payment="", break_id=number)
    assert "only 0 fen lie on cardholder payable" in refused(hand, place, given), "it is only proposed"
    breaks.approve(number, "zhang", breaks.view(number).hash)
    hand.book(given, "li", "zhang")
    assert "only 0 fen lie on cardholder payable" in refused(hand, place, given)


@pytest.mark.parametrize(("by", "second", "told"), [
    ("li", None, "takes a second person"), ("li", "li", "the second person is the first"),
    ("li", "boss", "may not approve"), ("boss", "zhang", "may not resolve"), ("li", "nobody", "does not work here"),
])  # fmt: skip
def test_it_takes_two_who_may(hand: HandBooking, place: Place, by: str, second: str | None, told: str) -> None:
    assert told in refused(hand, place, voucher(Booking.COMPENSATED), by, second)


@pytest.mark.parametrize(("wanted", "told"), [
    (voucher(Booking.PARKED), "not by hand"),
    (voucher(Booking.COMPENSATED, 0), "above zero"),
    (voucher(Booking.COMPENSATED, -5), "above zero"),
    (voucher(Booking.COMPENSATED, payment=""), "name it"),
    (voucher(Booking.COMPENSATED, payment="PNOBODY"), "no such payment"),
    (voucher(Booking.COMPENSATED, payment="", break_id=9), "no break of this number"),
    (voucher(Booking.COMPENSATED, break_id=9), "not both"),
    (voucher(Booking.COMPENSATED, reason="x"), "reason"),
    (voucher(Booking.COMPENSATED, evidence=""), "evidence"),
])  # fmt: skip
def test_what_makes_no_sense_is_not_booked(hand: HandBooking, place: Place, wanted: Voucher, told: str) -> None:
    assert told in refused(hand, place, wanted)


def test_a_tail_is_booked_for_a_day_as_a_whole(hand: HandBooking, place: Place) -> None:
    hand.book(voucher(Booking.TAIL_BORNE, 3, payment=""), "li", "zhang")
    assert place.raw("SELECT debit, credit, fen, payment FROM voucher") == [("rounding tail", "fees", 3, "")]
