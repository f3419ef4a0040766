"""How does a scripted clerk take one case through the five chapters? As a person would, by what there is to see.

What the shop says is what its terminal ended with, what the bank's help desk says is what stands in the bank's book: no
witness lies here, and none is asked who was not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.journal.breaks import Overtaken
from chongzheng.reversal.booking import Resolution
from chongzheng.settlement.days import shifted
from chongzheng.simulator.office.people import LI, MEI, QIAN, WANG, ZHANG, Office

SHOP, BANK = "merchant", "channel query"
SIGNALS: Mapping[str, Any] = {
    "issuer.timeout_z": 6.2, "rev.reason": "4360", "cluster.all_regions": True, "cluster.one_issuer": False,
    "tlm.link_down_s": 0, "tlm.loss_pct": 0, "host.queue_ms": 80, "tlm.printer": "ok", "tlm.iface": "ethernet",
    "tlm.rtt_ms_p95": 60, "host.rev_in": 1, "host.rev_out": 1, "orig.timeout": True,
}  # fmt: skip
"""What was measured while the bank was away: nothing ailed terminals, lines and host, and the bank was slow."""
REVERSAL = {"invalid": "rejected 12", "lose-all": "failed", "relation": "rejected 22", "mismatch": "rejected 64"}
"""What became of the reversals of a payment, by the vice of the bank that met them; of others nothing is said."""
CHOICE = {
    "claw-back": "claw back", "claw-back-collect": "claw back", "hold-give-back": "refund", "never-resend": "refund",
    "query-wait": "wait", "query-wait-keep": "wait", "query-wait-held": "wait", "contested-wait": "other",
    "hold-wait-file": "wait", "keep-wait-file": "wait", "hold-ask-reversal": "wait",
    "keep": "nothing", "close": "nothing",
}  # fmt: skip
"""Advice of the table -> what the clerk decides; everything else is told to the customer."""
RESOLVED_AS = {"amount": Resolution.MERCHANT, "one_sided_ours": Resolution.CHANNEL}
"""Type of a difference -> where the money goes: the trade stands, or the channel corrects its file. Of what the file
has and the book has not, it goes back."""
OCCASION = {"never_charged": "never_charged", "charged_kept": "kept", "charged_returned": "returned"}


@dataclass(frozen=True, slots=True)
class Known:
    """What people outside know: payment -> how the sale ended at the shop; payment -> row of the bank's book."""

    told: Mapping[str, str] = field(default_factory=dict)
    book: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Casebook:
    """The clerks at one office, on one business day (yyyymmdd). `shop`: a merchant's number -> its name."""

    def __init__(self, office: Office, known: Known, day: str, shop: Callable[[str], str]) -> None:
        self.office, self.known, self.day, self.shop = office, known, day, shop

    # Confirm

    def confirm(self, case: str, book: Mapping[str, Mapping[str, Any]]) -> Matter:
        """Take it, ask whom its questions name (the bank, the shop), and confirm what is known."""
        say, now = self.office.say, self.office.get(case)
        if not now.owner:
            say(case, "Taken", LI)
        if self.office.can(case, "ConfirmStarted"):
            say(case, "ConfirmStarted", LI)
        payment = now.payment
        if self._asked(case, BANK) and payment in book:
            say(case, "WitnessHeard", LI, **_by_the_bank(book[payment]))
        if "goods" not in now.body.get("stands", {}) and self._asked(case, SHOP):
            self._shop_answers(case, payment)
        return say(case, "Confirmed", MEI)

    def _asked(self, case: str, ask: str) -> bool:
        """Ask it where it is an open question."""
        try:
            self.office.say(case, "Asked", LI, ask=ask)
        except Overtaken:
            return False
        return True

    def _shop_answers(self, case: str, payment: str) -> None:
        goods = "yes" if self.known.told.get(payment) == "approved" else "no"
        for call in self.children(case, "contact"):
            if self.office.can(call, "Tried"):
                self.office.say(call, "Tried", LI, outcome="reachable")
                self.office.say(call, "Answered", LI, goods=goods, till="agrees", spoke_to="the shop's manager")

    def children(self, case: str, kind: str) -> list[Matter]:
        """What belongs to it, of a kind."""
        return [one for one in self.office.matters.of_parent(case) if one.kind == kind]

    # Diagnose

    def diagnose(self, case: str) -> None:
        """What was measured during the outage, and the cause that it names; outside of it nothing was, and the cause
        stays unknown."""
        now = self.office.get(case)
        if now.parent and "signals" not in now.body:
            self.office.say(case, "SignalsHeard", QIAN, signals=dict(SIGNALS), source="telemetry and host journal")
        self.office.say(case, "CauseFound", MEI)

    # Decide and put right

    def decide(self, case: str) -> str:
        """As the table advises; the word of the decision."""
        body = self.office.get(case).body
        action = CHOICE.get(body["decision"]["advice"]["code"], "tell")
        self.office.say(case, "Decided", MEI, action=action, note=body["decision"]["advice"]["en"])
        return action

    def promise(self, case: str) -> None:
        """An answer by the end of tomorrow, and a letter that says that it is being looked into."""
        self.office.say(
            case, "PromiseMade", LI, what="把核实结果告诉您 / the result of our check", day=shifted(self.day, 1)
        )

    def refund(self, case: str) -> Matter:
        """Propose, approve, send and see it posted: four hands, three people."""
        now = self.office.get(case)
        said = {"fen": now.fen, "customer": f"customer-of-{now.payment}", "reason": "debited, nothing was handed over"}
        return self.office.open("refund", MEI, said, payment=now.payment, parent=case)

    def approve(self, refund: Matter) -> Matter:
        """The supervisor, and where the row says so finance too; the shop's money is held first where it must be."""
        for who in (ZHANG, WANG):
            try:
                after = self.office.say(refund, "Approved", who)
            except Overtaken as no:
                if "say Held first" not in str(no):
                    raise
                self.office.say(refund, "Held", WANG)
                after = self.office.say(refund, "Approved", who)
            if after.state == "APPROVED":
                break
        return self.office.get(refund)

    def send(self, refund: Matter) -> Matter:
        """Finance sends it, under a number of its own."""
        return self.office.say(refund, "Sent", WANG, way="file", reference=f"file 7, {refund.id}", looked_up="nothing")

    def pay(self, refund: Matter) -> Matter:
        """Sent, and seen in the account."""
        self.send(refund)
        return self.office.say(refund, "Posted", WANG, reference=f"file 7, {refund.id}, acknowledged")

    def arrives(self, refund: Matter) -> None:
        """What was sent is in the account, and in the next file."""
        if self.office.can(refund, "Posted"):
            self.office.say(refund, "Posted", WANG, reference=f"file 8, {refund.id}")
        if self.office.get(refund).state == "POSTED":
            self.office.say(refund, "CreditSeen", WANG, reference=f"file 9, {refund.id}")

    def take_back(self, refund: Matter) -> Matter:
        """Stop it if it is not cleared, else have it cancelled by the channel: nobody is debited without notice."""
        for order in self.children(refund.id, "clawback"):
            if self.office.can(order, "CancelTried"):
                self.office.say(order, "CancelTried", WANG, worked=True, reference=f"cancellation of {refund.id}")
        return self.office.get(refund)

    def explain(self, case: str) -> None:
        """File and book differ about its payment: one person says where the money goes, another agrees."""
        for one in self.office.differences(self.office.get(case).payment):
            self.office.resolve(one.id, RESOLVED_AS.get(one.type, Resolution.CARDHOLDER), by=WANG, second=ZHANG)

    # Tell, and close

    def tell(self, case: str, occasion: str, **said: Any) -> None:
        """Ask that the cardholder be told by this template; what it states is looked up when it is worded."""
        words = {"merchant": self.shop(self.office.get(case).body["standing"]["merchant"]), **said}
        self.office.say(case, "NoticeAsked", LI, audience="cardholder", template=f"cardholder.{occasion}",
                        to="customer", said=words)  # fmt: skip

    def told(self, case: str) -> bool:
        """Whether everything that was asked to be told has left, or failed."""
        body = self.office.get(case).body
        left = len(body.get("notices", ())) + len(body.get("failures", ()))
        return left >= len(body.get("asked", ()))

    def keep(self, case: str) -> None:
        """What was promised was done: they were told."""
        for promise in self.office.get(case).body.get("promises", ()):
            if not promise["kept_at"] and not promise["broken_at"]:
                self.office.say(case, "PromiseKept", LI, no=promise["no"])

    def close(self, case: str, outcome: str) -> Matter:
        """It is over."""
        return self.office.say(case, "Closed", MEI, outcome=outcome, lesson="a second way to ask the bank")


def _by_the_bank(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the bank's help desk reads out of its book; of a reversal that it does not see it says nothing."""
    said = {"witness": BANK, "original": "yes" if row["charges"] else "no", "reference": "help desk, by telephone"}
    if row["returns"]:
        return {**said, "reversal": "acked 00"}
    return {**said, "reversal": REVERSAL[row["on_reversal"]]} if row["on_reversal"] in REVERSAL else said
