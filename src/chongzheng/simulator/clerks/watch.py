"""Does everything hold that must hold, after each deed of a trial? It reads store and bank, and tells nobody."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.journal import Committed
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.entries import Account
from chongzheng.reversal.payment import Truth
from chongzheng.simulator.clerks.deeds import Deed
from chongzheng.simulator.clerks.invariants import INVARIANTS, SITUATIONS
from chongzheng.simulator.clerks.office import Office
from chongzheng.simulator.clerks.routes import (
    ALONE,
    ALONE_UP_TO_FEN,
    APPROVES,
    DOUBLED,
    ENDS,
    LIVE,
    MAKES,
    OUT,
    REMEDIES,
    REOPENS,
    REVIEWS,
    people_needed,
)
from chongzheng.simulator.clerks.wires import Street

VIOLATIONS_MAX = 20
TWO = 2
DROPPED = frozenset({"DROPPED"})
WHY_CHARS_MIN = 12
REFUSALS = (NotAllowed, Overtaken, TheirMistake)
SIDES = {Account.PROVISIONAL: 1, Account.HELD: -1}
"""Accounts that nothing may draw below nought, and on which side more is: 1 debit, -1 credit."""
_BALANCE = """SELECT coalesce(sum(CASE WHEN debit = ?1 THEN fen ELSE 0 END), 0)
  - coalesce(sum(CASE WHEN credit = ?1 THEN fen ELSE 0 END), 0) FROM voucher WHERE payment = ?2"""
_CASES = "SELECT no FROM matter WHERE kind = 'case' AND payment = ?"
_REVIEWS = "SELECT body FROM matter WHERE kind = 'review'"
_OPEN_CASES = "SELECT count(*) FROM cases WHERE payment = ? AND state = 'open'"
_ACTS = "SELECT actor, record FROM act WHERE kind = 'matter' AND subject = ? ORDER BY no"


class Watch:
    """The eyes of one trial. `violations`: (id, what)."""

    def __init__(self, office: Office) -> None:
        self.violations: list[tuple[str, str]] = []
        self.evaluated: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self._office = office
        self._ended: dict[str, str] = {}
        self._out: set[str] = set()
        self._live: set[str] = set()

    # Words

    def hold(self, which: str, holds: object, what: str) -> None:
        """An invariant was looked at; where it does not hold, that is a violation."""
        if which not in INVARIANTS:
            raise KeyError(which)
        self.evaluated[which] += 1
        if not holds and len(self.violations) < VIOLATIONS_MAX and (which, what) not in self.violations:
            self.violations.append((which, what))

    def reach(self, situation: str) -> None:
        """The trial was in this situation."""
        if situation not in SITUATIONS:
            raise KeyError(situation)
        self.reached[situation] += 1

    # Deeds

    def refused(self, deed: Deed, error: Exception, before: tuple[Any, ...]) -> None:
        """Somebody may not, or came too late: were they told why, and is nothing of it left?"""
        why = str(error)
        known = isinstance(error, REFUSALS)
        told = known and len(why) >= WHY_CHARS_MIN and "\n" not in why
        self.hold("R5", told, f"{deed.who} {deed.fact} {deed.matter or deed.kind}: {type(error).__name__} {why!r}")
        self.hold("D4", self._office.traces() == before, f"{deed.fact} of {deed.matter or deed.kind} left a trace")
        if situation := _refusal(error, why):
            self.reach(situation)

    def done(self, deed: Deed, before: Matter | None, after: Matter, facts_before: int) -> None:
        """Somebody's fact holds: might it, on what they saw, and from them?"""
        row = KINDS[deed.kind].table[before.state if before is not None else "", deed.fact]
        if row.shown and deed.who != PROGRAM:
            seen = (deed.sight.version, deed.sight.facts) if deed.sight is not None else None
            was = (before.version, facts_before) if before is not None else None
            self.hold(
                "K3", seen is not None and seen == was, f"{deed.who} {deed.fact} {deed.matter}: {seen}, not {was}"
            )
        if deed.fact in APPROVES.get(deed.kind, ()) or deed.fact == ALONE:
            self._apart(deed, after)
        if deed.fact == ALONE:
            self.reach("a refund was approved by one person alone")
            reviewed = any(
                row[0] == deed.who and row[1] == after.id for row in map(_reviewed, self._office.rows(_REVIEWS))
            )
            self.hold("K2", reviewed and after.fen <= ALONE_UP_TO_FEN, f"{after.id} alone by {deed.who}, not reviewed")
        if deed.kind == "review" and deed.fact in REVIEWS:
            self.reach("what was approved alone was reviewed by another")
            self.hold("K2", deed.who != after.body["alone"], f"{deed.who} reviewed {after.id}, decided alone by them")
            makers = self._makers(after.body["decided"], after.payment)
            self.hold("K2", deed.who not in makers, f"{deed.who} made what {after.id} reviews")

    def _apart(self, deed: Deed, after: Matter) -> None:
        makers = self._makers(after.id, after.payment)
        self.hold("K2", deed.who not in makers, f"{deed.who} proposed or reported {after.id}, and said {deed.fact}")

    def _makers(self, matter: str, payment: str) -> set[str]:
        """Who proposed it, and who reported a case of its payment."""
        makers = {actor for actor, fact in self._said(matter) if fact in MAKES.get(matter.partition("-")[0], ())}
        for (case,) in self._office.rows(_CASES, payment):
            makers |= {actor for actor, fact in self._said(f"case-{case}") if fact == "Opened"} - {PROGRAM}
        return makers

    def _said(self, matter: str) -> list[tuple[str, str]]:
        return [(str(actor), str(msgspec.json.decode(bytes(record))["fact"]))
                for actor, record in self._office.rows(_ACTS, matter)]  # fmt: skip

    # How things stand

    def stands(self, street: Street, matters: list[Matter]) -> None:
        """After a commit about this payment."""
        name, account = street.id, street.account
        for kept, side in SIDES.items():
            lies = side * self.balance(kept, name)
            self.hold("M1", lies >= 0, f"{name}: {lies} fen on {kept}")
        ordered = sum(account.credits.values()) - sum(account.debits.values())
        self.hold("M9", ordered >= 0, f"{name}: more was taken back than given: {account}")
        self.hold("M5", ordered <= max(account.charged_fen, account.fen), f"{name}: {account}")
        live = [one.id for one in matters if one.state in LIVE.get(one.kind, ())]
        self.hold("P6", len(live) <= 1, f"{name} is given back by {', '.join(live)}")
        out = [one.id for one in matters if one.state in OUT.get(one.kind, ())]
        driven = street.is_driven and street.payment is not None and bool(street.payment.attempts)
        self.hold("M6", not (out and driven), f"{name}: {', '.join(out)} is out while a reversal is driven")
        for one in matters:
            if one.state in LIVE.get(one.kind, ()) and one.id not in self._live:
                self._live.add(one.id)
                self.hold("M6", not street.is_driven, f"{one.id} was let go out while a reversal is driven")
            self._life(one)
            if one.state in OUT.get(one.kind, ()) and one.id not in self._out:
                self._out.add(one.id)
                self._went_out(one)

    def _went_out(self, one: Matter) -> None:
        """Money leaves: on how many people's word?"""
        alone = any(fact == ALONE for _, fact in self._said(one.id))
        wanted = MAKES[one.kind] | APPROVES[one.kind] | ({"Sent"} if alone else frozenset())
        people = {actor for actor, fact in self._said(one.id) if fact in wanted and actor != PROGRAM}
        enough = len(people) >= (TWO if alone else people_needed(one.fen))
        self.reach("a refund was sent")
        if len(people) > TWO:
            self.reach("a refund was approved by two beside its proposer")
        self.hold("K2", enough, f"{one.id} of {one.fen} fen went out on the word of {sorted(people)}")

    def _life(self, one: Matter) -> None:
        is_ended = one.state in KINDS[one.kind].ended
        if not is_ended:
            self.hold("O1", one.queue or one.owner or one.due_at is not None, f"{one.id} {one.state}: nobody has it")
        was = self._ended.get(one.id)
        if is_ended and was is None and one.state in ENDS.get(one.kind, ()):
            self.reach(ENDS[one.kind][one.state])
        if is_ended and was is None and str(one.body.get("ended_because", "")).startswith("it went back by itself"):
            self.reach("the money went back by itself before a refund was sent")
        if was is not None:
            again = (is_ended and one.state == was) or self._reopened(one)
            self.hold("K1", again, f"{one.id} had ended as {was} and is {one.state}")
        if is_ended:
            self._ended[one.id] = one.state
        else:
            self._ended.pop(one.id, None)

    def _reopened(self, one: Matter) -> bool:
        allowed = REOPENS.get(one.kind, frozenset())
        return any(fact in allowed for _, fact in self._said(one.id))

    def balance(self, account: Account, payment: str) -> int:
        """What people's vouchers about this payment come to on an account, debits less credits, fen."""
        return int(self._office.rows(_BALANCE, str(account), payment)[0][0])

    def engine(self, street: Street, one: Committed) -> None:
        """The engine committed something about this payment."""
        self.hold("D4", not one.error, f"{street.id} was stopped: {one.error}")
        event = one.rule.partition(".")[2]
        if event == "person_stopped":
            self.reach("a reversal was stopped by a person")
        if event == "file_contradicts":
            self.reach("a clearing file contradicted what was known")
        if event in ("rev_late", "rev_done") and one.rule.startswith(("DOUBTFUL.", "CONTESTED.", "SETTLED.")):
            self.reach("the bank reversed after the engine had given up")

    # At rest

    def rest(self, street: Street, matters: list[Matter]) -> None:
        """Nothing is under way any more."""
        is_open = any(one.kind in REMEDIES and one.state not in KINDS[one.kind].ended for one in matters)
        for kept in SIDES:
            lies = self.balance(kept, street.id)
            self.hold(
                "O3",
                not lies or is_open or street.by_hand,
                f"{street.id}: {lies} fen on {kept}, and nothing about it is open",
            )
        self._doubled(street, matters)
        if street.account.was_charged_back and any(one.kind == "refund" for one in matters):
            self.reach("the issuer charged back a payment that people were giving back")
        if street.refused:
            self.reach("the bank refused a refund that was sent")
        if street.account.credits and street.account.reversals:
            self.reach("the bank reversed after a refund was sent")

    def _doubled(self, street: Street, matters: list[Matter]) -> None:
        known = [one.id for one in matters if one.state in DOUBLED.get(one.kind, ())]
        by_people = any(one.id in street.account.credits for one in matters)
        doubled = street.account.is_doubled and by_people
        if known:
            self.reach("a double credit was noticed")
        fits = not doubled or known or self._is_contested(street)
        self.hold("M9", fits, f"{street.id}: {street.account}, known as doubled: {known}")
        backs = Counter(one.parent for one in matters if one.kind == "clawback" and one.state not in DROPPED)
        self.hold("M9", max(backs.values(), default=0) <= 1, f"{street.id}: {dict(backs)} claw-backs of one refund")

    def _is_contested(self, street: Street) -> bool:
        """Whether two witnesses say different things, and a person of ours has that to clear up."""
        contested = street.payment is not None and street.payment.verdict.truth is Truth.CONTESTED
        return contested and bool(self._office.rows(_OPEN_CASES, street.id)[0][0])

    def chains(self) -> None:
        """At the end: one act a fact, and every chain verifies."""
        versions, acts = self._office.rows(
            "SELECT (SELECT coalesce(sum(version), 0) FROM matter), (SELECT count(*) FROM act WHERE kind = 'matter')"
        )[0]
        self.hold("K5", versions == acts, f"{versions} facts of matters and {acts} acts")
        reader = self._office.reader()
        try:
            faults = reader.faults()
        finally:
            reader.close()
        self.hold("K5", not faults, f"the journal says {faults[:2]}")


def _reviewed(row: tuple[Any, ...]) -> tuple[str, str]:
    """Who decided alone, and what."""
    body = msgspec.json.decode(bytes(row[0]))
    return str(body["alone"]), str(body["decided"])


def _refusal(error: Exception, why: str) -> str:
    """Which situation a refusal is."""
    match error:
        case TheirMistake():
            return "a person was refused for a word that does not fit"
        case NotAllowed():
            itself = "said" in why and "another person" in why
            words = ("because they had said it themselves", "for their role")
            return f"a person was refused {words[0] if itself else words[1]}"
        case Overtaken() if "look again" in why:
            return "a person was refused because what they saw had changed"
        case Overtaken() if "possible now" in why:
            return "a person was refused because the fact was out of order"
        case Overtaken():
            return "a person was refused because somebody else held it"
    return ""
