"""What else do people do beside matters: rules of the house, bookings by hand, other roles, and do two people hold?"""

from __future__ import annotations

from random import Random

from chongzheng.journal.actors import NotAllowed, Role
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.hand_booking import HandBooking, Voucher
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking
from chongzheng.simulator.clerks.office import PEOPLE, Office
from chongzheng.simulator.clerks.watch import REFUSALS, Watch
from chongzheng.simulator.clerks.wires import Street

REGISTER, ROW = "refund policy", "PR-2"
BY_HAND = (
    Booking.ADVANCED,
    Booking.ADVANCE_COVERED,
    Booking.ADVANCE_LOST,
    Booking.MERCHANT_HELD,
    Booking.MERCHANT_FREED,
)
_EDITIONS = "SELECT proposed_by, approved_by FROM register_row WHERE in_force = 1"


class Others:
    """Draws one of them and does it."""

    def __init__(self, office: Office, watch: Watch, dice: Random) -> None:
        self._office = office
        self._watch = watch
        self._dice = dice
        self._proposed: list[tuple[str, int]] = []
        self._promoted = ""

    def act(self, street: Street) -> None:
        """One of them, about this payment where it is about one."""
        self._dice.choice((self._propose, self._approve, self._promote, lambda: self._book(street)))()

    def _anybody(self) -> str:
        return self._dice.choice(tuple(PEOPLE))

    def _propose(self) -> None:
        office, who = self._office, self._anybody()
        body = dict(office.registers.rows(REGISTER, day_of(office.now))[ROW])
        body["latest_ms"] = self._dice.choice((86_400_000, 43_200_000))
        traces, day = office.traces(), day_of(office.now)
        try:
            entry = office.registers.propose(REGISTER, ROW, day, body, "the house wants it so", who, office.now)
        except REFUSALS as no:
            self._refused(no, traces)
            return
        self._proposed.append((day, entry.edition))

    def _approve(self) -> None:
        if not self._proposed:
            return
        day, edition = self._dice.choice(self._proposed)
        office, traces = self._office, self._office.traces()
        try:
            office.registers.approve(REGISTER, ROW, day, edition, self._anybody(), office.now)
        except NotAllowed as no:
            self._refused(no, traces)
            if "second person" in str(no):
                self._watch.reach("a row of a register was not approved by whoever proposed it")
        except (Overtaken, TheirMistake) as no:
            self._refused(no, traces)
        else:
            self._watch.reach("a row of a register was proposed and approved")
        for proposed_by, approved_by in office.rows(_EDITIONS):
            apart = approved_by is not None and approved_by != proposed_by
            self._watch.hold("K2", apart, f"a row of {REGISTER} by {proposed_by} was approved by {approved_by}")

    def _promote(self) -> None:
        """A clerk stands in for a supervisor for a while: that makes nobody another person."""
        office = self._office
        if self._promoted:
            office.actors.change(self._promoted, "boss", office.now, roles=PEOPLE[self._promoted])
            self._promoted = ""
            return
        self._promoted = self._dice.choice(("li", "mei"))
        office.actors.change(self._promoted, "boss", office.now, roles=frozenset({Role.CLERK, Role.SUPERVISOR}))
        self._watch.reach("somebody's roles changed in between")

    def _book(self, street: Street) -> None:
        office, who = self._office, self._dice.choice((self._anybody(), "li"))
        second = self._dice.choice((who, self._anybody(), "wang", None))
        what = self._dice.choice(BY_HAND)
        wanted = Voucher(what, street.account.fen, "asked for by the shop", "letter 17", payment=street.id)
        traces = office.traces()
        try:
            act = HandBooking(office.side, lambda: office.now).book(wanted, who, second)
        except REFUSALS as no:
            self._watch.reach("a person was refused to book by hand")
            self._refused(no, traces)
            return
        street.by_hand = True
        self._watch.reach("a person booked by hand")
        self._watch.hold("K2", second is not None and second != who, f"act {act}: {what} by {who}, second {second}")
        if what is Booking.ADVANCED:
            street.account.credit(f"act {act}", wanted.fen)

    def _refused(self, no: Exception, traces: tuple[object, ...]) -> None:
        self._watch.hold("D4", self._office.traces() == traces, f"{no}: left a trace")
        self._watch.hold("R5", len(str(no)) > 10, f"{type(no).__name__}: {no}")
