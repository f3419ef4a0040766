"""In which order do the clerks of a bad day work: an evening before the files have come, a morning after them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chongzheng.cases.calendar import DAY_MS, day_of
from chongzheng.cases.case_states import COMMUNICATING, CONFIRMING, DECIDING, DIAGNOSING, REMEDYING
from chongzheng.cases.matter import Matter
from chongzheng.journal import Reader
from chongzheng.settlement.days import closes_at, shifted
from chongzheng.simulator.demo import Run, engine_id
from chongzheng.simulator.office.aftermath import Aftermath
from chongzheng.simulator.office.casebook import OCCASION, Casebook, Known
from chongzheng.simulator.office.letters import Letters
from chongzheng.simulator.office.people import MEI, ZHANG, Office
from chongzheng.simulator.planting import key_of_row

ADVANCES_MAX = 3
"""So many customers are given their money before a file has come; of the first the reversal takes effect later."""
ADVANCE_FEN_MAX = 100_000
"""Above it the policy of refunds waits for a file."""
SHOPS = ("晨光便利店 / Morning Light Store", "老街面馆 / Old Street Noodles", "星河书店 / Galaxy Books")
LATER_MS = 2 * DAY_MS
"""So much later what was sent has arrived."""
IN_DOUBT = ("unknown", "contested")
CLOSING = "as the decision and the remedies say"
Rows = Sequence[Mapping[str, Any]]


class Shift:
    """The clerks of one run. They are hired when the run asks for them first: there is a journal then."""

    def __init__(self) -> None:
        self.advances: list[Matter] = []
        self.hired = False

    def meet(self, run: Run) -> None:
        """The run whose cases they work."""
        self.run = run

    def close(self) -> None:
        """Everybody goes home."""
        if self.hired:
            self.office.close()

    async def before_the_files(self, rows: Rows) -> None:
        """Confirm what can be known, tell the customers, give some of the money back; then a reversal works late."""
        self.office = Office(self.run.world.journal, self.run.show.advance)
        self.hired = True
        self.office.hire()
        self.run.show.phase("clerks, before the files", 0)
        told = {engine_id(key): seen.told for key, seen in self.run.fleet.seen.items()}
        self.book = Casebook(self.office, Known(told, _by_payment(rows)), self.run.world.day, self._shop)
        self.aftermath = Aftermath(self.office, self.run.world)
        await self._handed_over()
        cases = [one.id for one in self.office.all_of("case", open_only=True)]
        self.aftermath.declare(cases)
        for case in cases:
            await self._first(case)
        await self.office.until(self._all_told, "a notice has not left")
        await self._late(rows)

    async def after_the_files(self, rows: Rows) -> None:
        """Every case anew, by what the files have proven: decided, refunds sent, customers told."""
        self.run.show.phase("clerks, after the files", 0)
        await self._handed_over()
        self.aftermath.answered()
        for case in self.office.all_of("case", open_only=True):
            self._decided(case.id)
            if self.office.get(case.id).state == REMEDYING:
                self._remedy(case.id)
            self._tell(case.id)
            if self.office.get(case.id).parent:
                self.aftermath.apologise(self.office.get(case.id), self._shop)
        await self.office.until(self._all_told, "a notice has not left")
        for case in self.office.all_of("case", open_only=True):
            self.book.keep(case.id)
            if self.office.get(case.id).state == COMMUNICATING:
                self.book.close(case.id, CLOSING)

    async def days_later(self) -> None:
        """The engine rests. What was sent is in the accounts; whoever waited longer than a day gets something for it,
        and every case is closed."""
        self.office.ahead_ms = LATER_MS
        letters = Letters(self.office, self.run.world)
        for case in self.office.all_of("case", open_only=True):
            for refund in self.book.children(case.id, "refund"):
                self.book.arrives(refund)
            self._remedied(case.id)
            self._tell(case.id)
            self.aftermath.compensate(self.office.get(case.id), self._shop)
        await letters.leave()
        for case in self.office.all_of("case", open_only=True):
            self.book.close(case.id, CLOSING)
        self.aftermath.end()

    def _all_told(self) -> bool:
        return all(self.book.told(case.id) for case in self.office.all_of("case", open_only=True))

    async def _handed_over(self) -> None:
        """Wait until the engine has given its cases to people, and told every matter how its payment stands."""
        reader = Reader.open(self.run.world.journal)
        try:
            wanted = {case.payment for case in reader.cases()}
        finally:
            reader.close()

        def is_done() -> bool:
            known = {case.payment for case in self.office.all_of("case")}
            return wanted <= known and not self.office.matters.behind()

        await self.office.until(is_done, "the engine has not handed its cases over")

    def _shop(self, merchant: str) -> str:
        """The name over its door; its number means nothing to a customer."""
        return SHOPS[int(merchant) % len(SHOPS)]

    async def _first(self, case: str) -> None:
        self.book.confirm(case, self.book.known.book)
        self.book.diagnose(case)
        self.book.promise(case)
        now = self.office.get(case)
        if now.body["decision"]["engine"] in IN_DOUBT:
            self.book.tell(case, "in_doubt", by=closes_at(shifted(self.run.world.day, 1)))
        small = now.fen <= ADVANCE_FEN_MAX and len(self.advances) < ADVANCES_MAX
        if small and _is_shown(now.body["stands"]):
            await self._advance(case)
        else:
            self.book.decide(case)

    async def _advance(self, case: str) -> None:
        """The money goes back before any file has come: only once the reversal is stopped by a second person."""
        self.office.say(case, "Decided", MEI, action="provisional refund", note="charged, nothing was handed over")
        refund = self.book.refund(case)
        self.office.say(refund, "StopReversal", ZHANG, reason="the money goes back by another way")
        await self.office.until(lambda: not self.office.errands(), "the reversal was not stopped")
        self.book.approve(refund)
        self.advances.append(self.book.pay(refund))

    async def _late(self, rows: Rows) -> None:
        """The bank works off what it could not do: of one advance the reversal takes effect after all."""
        known = _by_payment(rows)
        keys = [list(key_of_row(known[one.payment])) for one in self.advances[:1] if one.payment in known]
        await self.run.bank.order("late", payments=keys)

    def _decided(self, case: str) -> None:
        """Through confirming, diagnosing and deciding, as far as the files changed anything."""
        office, book = self.office, self.book
        state = office.get(case).state
        if state == REMEDYING and office.get(case).body["action"]["action"] == "wait":
            office.say(case, "DecidedAnew", MEI, reason="the files have come")
        if office.can(case, "ConfirmStarted") or state == CONFIRMING:
            book.confirm(case, {})
        if office.get(case).state == DIAGNOSING:
            book.diagnose(case)
        if office.get(case).state == DECIDING:
            book.decide(case)

    def _remedy(self, case: str) -> None:
        action = self.office.get(case).body["action"]["action"]
        if action == "claw back":
            for refund in self.book.children(case, "refund"):
                self.book.take_back(refund)
        elif action == "refund":
            self.book.send(self.book.approve(self.book.refund(case)))
            return
        self.book.explain(case)
        self._remedied(case)

    def _remedied(self, case: str) -> None:
        ended = [f"{one.id} {one.state}" for one in self.book.children(case, "refund")]
        self.office.say(case, "Remedied", MEI, result=", ".join(ended) or "nothing was to be put right")

    def _tell(self, case: str) -> None:
        """What is so: that money is on its way, or back by a refund, or where the sale stands."""
        refunds, day = self.book.children(case, "refund"), day_of(self.office.now())
        for state, occasion, proof in (("SENT", "refund_sent", "acknowledged"),
                                       ("CONFIRMED_FINAL", "refund_posted", "confirmed")):  # fmt: skip
            for refund in refunds:
                if refund.state == state:
                    fact = {"refund": {"value": occasion.rpartition("_")[2], "proof": proof, "evidence": [refund.id]}}
                    said = {"sent": self.office.now(), "by": shifted(day, 7)} if state == "SENT" else {"posted": day}
                    self.book.tell(case, occasion, facts=fact, **said)
                    return
        truth = self.office.get(case).body["decision"]["truth"]
        if truth in OCCASION:  # of what file and book still contest nothing can be said
            self.book.tell(case, OCCASION[truth])


def _by_payment(rows: Rows) -> dict[str, Mapping[str, Any]]:
    return {engine_id(key_of_row(row)): row for row in rows}


def _is_shown(stands: Mapping[str, str]) -> bool:
    """Whether others than us say that it was charged, and not reversed, and that nothing was handed over."""
    said = stands.get("reversal", "")
    return stands.get("original") == "yes" and stands.get("goods") == "no" and said.startswith(("rejected", "failed"))
