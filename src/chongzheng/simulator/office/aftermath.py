"""What is done about the outage as a whole: the incident, the carrier's ticket, and what makes it good to customers?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chongzheng.cases.calendar import day_of
from chongzheng.cases.matter import Matter
from chongzheng.journal.breaks import Overtaken
from chongzheng.settlement.days import shifted
from chongzheng.simulator.office.people import CARRIER, LI, QIAN, WANG, ZHANG, Office, now_ms
from chongzheng.simulator.world import World

CAUSE = "HO-ISSLATE"
NO_FORMULA, INDIVIDUAL_FEN = "S1", 10_000
"""What a supervisor gives where the register has no formula."""
TITLE = "银行应答中断 / the bank answered nothing for a while"


class Aftermath:
    """One incident over the cases of a day."""

    def __init__(self, office: Office, world: World) -> None:
        self.office, self.world = office, world
        self.since = now_ms()

    def declare(self, cases: Sequence[str]) -> None:
        """One incident, and every case of it says so; the carrier is asked what it saw."""
        office = self.office
        said = {"title": TITLE, "channel": "bank link", "since": self.since, "customers": max(1, len(cases))}
        self.incident = office.open("incident", ZHANG, said).id
        for case in cases:
            office.say(case, "IncidentNamed", LI, incident=self.incident)
        office.say(self.incident, "Contained", ZHANG, text="new sales are refused while the bank is away")
        self.cases = list(cases)
        self._ask_the_carrier()

    def _ask_the_carrier(self) -> None:
        """A ticket with what a carrier needs; its mail leaves redacted."""
        metrics = {"rtt_ms": [[self.since, 61], [now_ms(), 60]], "loss_pct": [[self.since, 0], [now_ms(), 0]]}
        said = {
            "supplier": "carrier", "what": "银行专线无应答 / no answers over the bank's line", "breach": "outage",
            "from_at": self.since, "until_at": now_ms(), "site": "host room 1", "circuit": "line-01",
            "metrics": metrics, "terminals": [till.terminal for till in self.world.tills[:3]],
        }  # fmt: skip
        self.ticket = self.office.open("ticket", QIAN, said, parent=self.cases[0] if self.cases else "").id
        self.office.say(self.ticket, "Sent", QIAN)

    def answered(self) -> None:
        """The carrier answers by its own hand; its case hears of that."""
        self.office.say(self.ticket, "Answered", CARRIER, text="the line was up; look at the bank", accepts=False)
        self.office.say(self.ticket, "Closed", QIAN, result="not the line")

    def apologise(self, case: Matter, shop: Callable[[str], str]) -> None:
        """Once for this incident to this customer, for what is verified; nobody is blamed."""
        standing, day = case.body["standing"], day_of(self.office.now())
        self.office.open("apology", LI, {
            "person": customer_of(case), "incident": self.incident, "to": "customer",
            "evidence": [self.incident, case.id], "at": case.opened_at, "merchant": shop(standing["merchant"]),
            "card": self.office.post.about(case.payment)["card"], "amount": case.fen,
            "what": "银行当时没有应答，结果一时不明 / the bank gave no answer, and nobody knew how it had ended",
            "standing": "处理结果见另一封信 / as our other letter says", "right_by": shifted(day, 7),
        }, payment=case.payment)  # fmt: skip

    def compensate(self, case: Matter, shop: Callable[[str], str]) -> None:
        """Whoever waited longer than the register bears gets a coupon: two people, the month's budget, one each."""
        said: dict[str, Any] = {"customer": customer_of(case), "bound": "acquirer", "back_at": self.office.now()}
        if case.body["severity"] == NO_FORMULA:
            said["fen"] = INDIVIDUAL_FEN
        try:
            given = self.office.open("compensation", LI, said, payment=case.payment)
        except Overtaken:  # nothing is due to this one; that nobody gets anything is seen at the end of the day
            return
        self.office.say(given, "Approved", ZHANG)
        until = shifted(day_of(self.office.now()), 90)
        self.office.say(given, "Granted", LI, reference=f"coupon {given.id}", until=until, to="customer",
                        merchant=shop(case.body["standing"]["merchant"]))  # fmt: skip

    def end(self) -> None:
        """The first coupon comes back; the incident is resolved, and closed."""
        office = self.office
        for given in office.all_of("compensation", open_only=True)[:1]:
            office.say(given, "Redeemed", WANG, reference="bill of the shop, line 1")
        office.say(self.incident, "Resolved", ZHANG, cause=CAUSE, text="the bank answers again")
        office.say(self.incident, "Closed", ZHANG, text="every case is closed, the money is where it belongs")


def customer_of(case: Matter) -> str:
    """How the register of customers would name whoever paid."""
    return f"customer-of-{case.payment}"
