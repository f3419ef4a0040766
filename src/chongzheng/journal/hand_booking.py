"""How does a remedy, or an adjustment (调账), get into the books by hand? Two people, evidence, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chongzheng.cases.kinds import KINDS
from chongzheng.journal.actors import Actors, May, NotAllowed
from chongzheng.journal.acts import book, lies_on, queue
from chongzheng.journal.breaks import Overtaken, check_words
from chongzheng.journal.matter_effects import BY_HAND, take_release
from chongzheng.journal.rules import ALONE_UP_TO_FEN, Rules
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX
from chongzheng.reversal.booking import BOOKINGS, DRAWS, Booking, booked, drawable

OF_NO_PAYMENT = frozenset({
    Booking.FEE_TAKEN, Booking.FEE_RETURNED, Booking.TAIL_KEPT, Booking.TAIL_BORNE, Booking.CLEARING_RECEIVED,
    Booking.CLEARING_PAID, Booking.MERCHANT_PAID,
})  # fmt: skip
"""What may be booked for a day as a whole; anything else is about a payment, or a break without one."""

REMEDIES = frozenset({"refund", "clawback", "dispute"})
OF_A_REMEDY = frozenset({
    Booking.MERCHANT_FREED, Booking.HELD_FOR_CARDHOLDER, Booking.GIVEN_BACK, Booking.ADVANCE_COVERED,
    Booking.ADVANCE_CLAWED_BACK, Booking.ADVANCE_LOST,
})  # fmt: skip
"""What ends something that one of REMEDIES may have begun."""
GIVES_BACK = frozenset({Booking.ADVANCED})
"""What sends money to a cardholder: of a payment it takes the release token, as every other way does."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """What is to be booked: `fen` > 0, about a payment (its id) or a break (its number), with reason and evidence."""

    what: Booking
    fen: int
    reason: str
    evidence: str
    payment: str = ""
    break_id: int = 0


class HandBooking:
    """The door for vouchers by hand. `clock`: epoch ms."""

    def __init__(self, side: Side, clock: Callable[[], int]) -> None:
        self._side = side
        self._clock = clock
        self._actors = Actors(side)
        self._rules = Rules(side)

    def book(self, wanted: Voucher, by: str, second: str | None) -> int:
        """Book it, and give the number of the act. Above the limit `second` must be another person who may approve.

        NotAllowed: one of them may not. TheirMistake: no such payment or break, or more than lies on the account that
        it draws on; then nothing was done.
        """
        _check(wanted)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.RESOLVE)
            self._refuse_alone(wanted, by, second)
            self._refuse_unknown(wanted)
            self._refuse_anothers(wanted)
            self._refuse_overdrawn(wanted)
            self._refuse_second(wanted)
            said = {"reason": wanted.reason, "evidence": wanted.evidence, "second": second}
            entry, now = booked(wanted.what, wanted.fen), self._clock()
            about = {"payment": wanted.payment, "break_id": wanted.break_id}
            return book(self._side, now, by, str(wanted.what), [entry], **about, **said)  # type: ignore[arg-type]

    def _refuse_alone(self, wanted: Voucher, by: str, second: str | None) -> None:
        if second is not None:
            if second == by:
                raise NotAllowed("the second person is the first; that takes another one")
            self._actors.allowed(second, May.APPROVE)
            return
        limit = self._rules.limit(ALONE_UP_TO_FEN, self._clock())
        if limit is None or wanted.fen > limit:
            raise NotAllowed("that takes a second person")

    def _refuse_unknown(self, wanted: Voucher) -> None:
        if wanted.payment:
            self._side.ask_in_dialect("hold_payment", payment=wanted.payment)
            if not self._side.ask("payment_standing", payment=wanted.payment):
                raise TheirMistake("there is no such payment", wanted.payment)
        if wanted.break_id and not self._side.ask("get_break", id=wanted.break_id):
            raise TheirMistake("there is no break of this number", f"break {wanted.break_id}")

    def _refuse_anothers(self, wanted: Voucher) -> None:
        """What a remedy under way holds or has advanced is booked by it: taken from under it, it could never end."""
        if wanted.what not in OF_A_REMEDY or not wanted.payment:
            return
        for row in self._side.ask("matters_of_payment", payment=wanted.payment):
            no, kind, state = row[:3]
            if kind in REMEDIES and state not in KINDS[kind].ended:
                raise TheirMistake(f"{kind}-{no} is about this money, and books it itself", str(wanted.what))

    def _refuse_second(self, wanted: Voucher) -> None:
        """Our own money goes to a cardholder: by one way only, and no other after it."""
        if wanted.what not in GIVES_BACK or not wanted.payment:
            return
        try:
            take_release(self._side, wanted.payment, str(wanted.what), False, BY_HAND, self._holder)
        except Overtaken as second:
            raise TheirMistake(str(second), str(wanted.what)) from None

    def _holder(self, key: str) -> str:
        number = int(self._side.ask("key_holder", name=key)[0][0])
        return "a booking by hand" if number == BY_HAND else f"matter {number}"

    def _refuse_overdrawn(self, wanted: Voucher) -> None:
        account = DRAWS.get(wanted.what)
        if account is None:
            return
        lies = drawable(wanted.what, lies_on(self._side, account, wanted.payment, wanted.break_id))
        if wanted.fen > lies:
            raise TheirMistake(f"only {lies} fen lie on {account} for it", str(wanted.what))


def _check(wanted: Voucher) -> None:
    if wanted.what is Booking.PARKED or wanted.what not in BOOKINGS:
        raise TheirMistake("is booked by what finds it, not by hand", str(wanted.what))
    if not 0 < wanted.fen <= FEN_MAX:
        raise TheirMistake("is above zero, and has at most twelve digits", "amount")
    if bool(wanted.payment) and bool(wanted.break_id):
        raise TheirMistake("is about a payment or about a break, not both", str(wanted.what))
    if not (wanted.payment or wanted.break_id or wanted.what in OF_NO_PAYMENT):
        raise TheirMistake("is about a payment, or a break; name it", str(wanted.what))
    check_words(wanted.reason, "reason")
    check_words(wanted.evidence, "evidence")
