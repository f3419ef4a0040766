"""Is what people of a simulated world give back given back once, on two people's word, and in all books alike?

It reads the journal beside the engine and keeps a book of its own of what the channel did with each refund; it tells
the engine nothing. What the bank did over the wires stands in the bank's ledger.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.journal import Committed, sqlite
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import effects
from chongzheng.reversal.entries import Account as Place
from chongzheng.reversal.facts import Link
from chongzheng.reversal.payment import NO_VERDICT, Owes, Payment, Proof, Truth
from chongzheng.simulator.clerks.book import Account
from chongzheng.simulator.clerks.routes import APPROVES, DOUBLED, LIVE, MAKES, OUT, people_needed

if TYPE_CHECKING:
    from chongzheng.simulator.virtual.counter import Word

REFUSALS = (NotAllowed, Overtaken, TheirMistake)
WHY_CHARS_MIN = 12
UNTIDY = DOUBLED["refund"]
"""States in which, or after which, money went another way as well."""
_MATTERS = (
    "SELECT no, kind, state, version, parent, payment, fen, body FROM matter WHERE kind IN ('refund', 'clawback')"
)
_BALANCE = """SELECT coalesce(sum(CASE WHEN debit = ?1 THEN fen ELSE 0 END), 0)
  - coalesce(sum(CASE WHEN credit = ?1 THEN fen ELSE 0 END), 0) FROM voucher WHERE payment = ?2"""
_ACTS = "SELECT actor, record FROM act WHERE kind = 'matter' AND subject = ? ORDER BY no"
_CASES = "SELECT no FROM matter WHERE kind = 'case' AND payment = ?"
_CHAIN = "SELECT (SELECT coalesce(sum(version), 0) FROM matter), (SELECT count(*) FROM act WHERE kind = 'matter')"
_HELD = """SELECT (SELECT count(*) FROM release WHERE payment = ?1),
  (SELECT count(*) FROM matter_key WHERE name = 'give back ' || ?1 AND matter = ?2)"""

Rows = Callable[..., list[tuple[Any, ...]]]
Hold = Callable[[str, object, str], None]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A refund or a claw-back as it stands in the journal."""

    id: str
    kind: str
    state: str
    version: int
    parent: str
    payment: str
    fen: int
    body: dict[str, Any]

    @property
    def is_ended(self) -> bool:
        """Whether nothing is waited for any more."""
        return self.state in KINDS[self.kind].ended


class Given:
    """The eyes on what people give back. `rows` asks the journal; `stands` gives the payment as last committed;
    `moved`: (charges, returns) of a payment at the bank, over the wires."""

    def __init__(
        self,
        hold: Hold,
        reach: Callable[[str], None],
        rows: Rows,
        stands: Callable[[str], Payment | None],
        moved: Callable[[str], tuple[int, int]],
    ) -> None:
        self.accounts: dict[str, Account] = {}
        self.ordered: dict[str, Remedy] = {}
        self._hold, self._reach, self._rows, self._stands, self._moved = hold, reach, rows, stands, moved
        self._acknowledged: dict[str, int] = {}
        self._sends: dict[str, int] = {}
        """Refund -> how many reversals of its payment had been decided when it was let go out."""
        self._begun: set[str] = set()  # asked for membership only
        self._states: dict[str, str] = {}

    # Words

    def done(self, word: Word, before: Matter | None, facts: int, after: Matter) -> None:
        """Somebody's word holds: might it, from them, and on what they saw?"""
        self._acknowledged[after.id] = after.version
        row = KINDS[word.kind].table[before.state if before is not None else "", word.fact]
        if row.shown:
            seen = (word.sight.version, word.sight.facts) if word.sight is not None else None
            was = (before.version, facts) if before is not None else None
            self._hold("K3", seen == was, f"{word.who} {word.fact} {after.id}: saw {seen}, it was {was}")
        if word.fact in APPROVES.get(word.kind, ()):
            makers = {who for who, fact in self._said(after.id) if fact in MAKES[word.kind]}
            for (case,) in self._rows(_CASES, after.payment):
                makers |= {who for who, fact in self._said(f"case-{case}") if fact == "Opened"} - {PROGRAM}
            self._hold("K2", word.who not in makers, f"{word.who} proposed or reported {after.id}, and approved it")

    def refused(self, word: Word, error: Exception, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        """Somebody may not, or came too late: were they told why, and is nothing of it left?"""
        why = str(error)
        told = isinstance(error, REFUSALS) and len(why) >= WHY_CHARS_MIN and "\n" not in why
        what = f"{word.who} {word.fact} {word.matter or word.kind}"
        self._hold("R5", told, f"{what}: {type(error).__name__} {why!r}")
        self._hold("D4b", before == after, f"{what} was refused and left a trace")

    def died(self, word: Word, times: int, may_be: tuple[int, ...]) -> None:
        """The machine died as somebody spoke: what they said is there so many times after it, and may be so many."""
        what = f"{word.who} {word.fact} {word.matter or word.kind}: {times} of it after a death, not one of {may_be}"
        self._hold("D4b", times in may_be, what)

    def again(self, word: Word, is_done: bool) -> None:
        """What had been done before its answer was lost, or before a second click, was said again."""
        self._hold("D5b", not is_done, f"{word.who} {word.fact} {word.matter} was done twice on one sight")

    def _said(self, matter: str) -> list[tuple[str, str]]:
        return [(str(actor), str(msgspec.json.decode(bytes(record))["fact"]))
                for actor, record in self._rows(_ACTS, matter)]  # fmt: skip

    # After each commit

    def committed(self, one: Committed) -> None:
        """The engine committed something."""
        payment = one.payment.id
        if payment not in self._begun:
            return
        refunds = [remedy for remedy in self._remedies(payment) if remedy.kind == "refund"]
        live = [remedy.id for remedy in refunds if remedy.state in LIVE["refund"]]
        sends = any(isinstance(effect, effects.SendReversal) for effect in one.effects)
        if refunds:
            self._hold("M6", not (live and sends), f"{one.rule}: a reversal of {payment} beside {', '.join(live)}")
        if live and any(tie.link is Link.GIVES_BACK for tie in one.payment.ties):
            self._reach("a reversal was wanted of what people were giving back")

    def look(self) -> None:
        """How everything stands that people began."""
        of_payment: dict[str, list[Remedy]] = {}
        for remedy in self._remedies():
            self._begun.add(remedy.payment)
            of_payment.setdefault(remedy.payment, []).append(remedy)
        for payment, remedies in of_payment.items():
            self._looked_at(payment, remedies)

    def _looked_at(self, payment: str, remedies: list[Remedy]) -> None:
        refunds = [one for one in remedies if one.kind == "refund"]
        live = [one for one in refunds if one.state in LIVE["refund"]]
        self._hold("P6b", len(live) <= 1, f"{payment} is given back by {', '.join(one.id for one in live)}")
        for one in live:
            tokens, keys = self._rows(_HELD, payment, int(one.id.rpartition("-")[2]))[0]
            self._hold(
                "P6b", tokens == 1 and keys == 1, f"{one.id} is {one.state} and holds {tokens} tokens, {keys} keys"
            )
            if one.id not in self._sends:
                self._let_go(one)
        for one in refunds:
            if one.state in OUT["refund"] and one.id not in self.ordered:
                self._went_out(one)
            self._situations(one)
        self._books(payment, refunds)

    def _let_go(self, one: Remedy) -> None:
        stands = self._stands(one.payment)
        driven = stands is not None and stands.owes is Owes.REVERSAL
        self._sends[one.id] = stands.attempts if stands is not None else 0
        self._hold("M6", not driven, f"{one.id} was let go out while a reversal of {one.payment} is driven")

    def _went_out(self, one: Remedy) -> None:
        """Money leaves: on how many people's word?"""
        self.ordered[one.id] = one
        self.accounts.setdefault(one.payment, Account(one.fen))
        wanted = MAKES["refund"] | APPROVES["refund"]
        people = {who for who, fact in self._said(one.id) if fact in wanted and who != PROGRAM}
        enough = len(people) >= people_needed(one.fen)
        self._hold("K2", enough, f"{one.id} of {one.fen} fen went out on the word of {sorted(people)}")

    def _books(self, payment: str, refunds: list[Remedy]) -> None:
        """Nothing is drawn further than it goes, and what left us is what the states say."""
        advanced, held = self.balance(Place.PROVISIONAL, payment), -self.balance(Place.HELD, payment)
        self._hold("M1b", advanced >= 0 and held >= 0, f"{payment}: {advanced} fen advanced, {held} held")
        if not any(one.state in UNTIDY for one in refunds):
            left = self.left_fen(payment)
            said = sum(one.fen for one in refunds if has_left(one))
            self._hold("M1b", left == said, f"{payment}: {left} fen left our books, by its refunds {said}")
        account = self.accounts.get(payment)
        if account is not None:
            given = account.given_back_fen
            self._hold("M5b", 0 <= given <= account.fen, f"{payment}: people gave back {given} of {account.fen} fen")

    def balance(self, place: Place, payment: str) -> int:
        """What people's vouchers about this payment come to on an account, debits less credits, fen."""
        return int(self._rows(_BALANCE, str(place), payment)[0][0])

    def left_fen(self, payment: str) -> int:
        """What left us for its cardholder by people's vouchers: from our own account, or with a clearing file."""
        return -self.balance(Place.BANK, payment) - self.balance(Place.CLEARING, payment)

    # A start on what a death left

    def recovering(self, path: Path) -> None:
        """Is what people were told was done still there?"""
        eye = sqlite.open_reader(path)
        try:
            found = {
                f"{kind}-{no}": version for no, kind, version in eye.execute("SELECT no, kind, version FROM matter")
            }
            versions, acts = eye.execute(_CHAIN).fetchall()[0]
        except apsw.Error as error:
            self._hold("D2b", not self._acknowledged, f"matters cannot be read after a death: {error}")
            return
        finally:
            eye.close()
        for name, version in self._acknowledged.items():
            there = found.get(name, 0)
            self._hold("D2b", there >= version, f"{name}: fact {version} was acknowledged, {there} are there")
        self._hold("K5b", versions == acts, f"after a death {versions} facts of matters and {acts} acts")

    # At rest

    def rest(self, contested: Callable[[str], bool]) -> None:
        """Nothing is under way any more. `contested`: whether a person has a payment of which witnesses disagree."""
        remedies = list(self._remedies())
        for payment in dict.fromkeys(one.payment for one in remedies):
            of_it = [one for one in remedies if one.payment == payment]
            self._doubled(payment, of_it, contested(payment))
            self._comes_to(payment, of_it)
            for one in of_it:
                self._hold(
                    "O4b", one.is_ended or self._waits(one), f"{one.id} was begun, and is {one.state} at the end"
                )
        versions, acts = self._rows(_CHAIN)[0]
        self._hold("K5b", versions == acts, f"{versions} facts of matters and {acts} acts")

    def _doubled(self, payment: str, remedies: list[Remedy], contested: bool) -> None:
        refunds = [one for one in remedies if one.kind == "refund"]
        account = self.accounts.get(payment)
        if account is not None:
            account.charges, account.reversals = self._moved(payment)
            gave = [one for one in refunds if one.id in account.credits]
            if account.reversals and gave:
                self._reach("the bank reversed after a refund was sent")
            stands = self._stands(payment)
            sends = stands.attempts if stands is not None else 0
            early = all(self._sends.get(one.id, -1) == sends > 0 for one in gave)
            twice = account.reversals * account.fen + sum(account.credits.values()) > account.charged_fen
            told = f"{payment}: {account}, {sends} reversals, {self._sends}"
            self._hold("M5b", not (twice and gave) or early or contested, told)
            known = [one.id for one in refunds if one.state in UNTIDY]
            self._hold("M9", not account.is_doubled or known or contested, f"{payment}: {account}, doubled: {known}")
        backs = Tally(one.parent for one in remedies if one.kind == "clawback" and one.state != "DROPPED")
        self._hold("M9", max(backs.values(), default=0) <= 1, f"{payment}: {dict(backs)} claw-backs of one refund")

    def _comes_to(self, payment: str, remedies: list[Remedy]) -> None:
        """The channel's book and ours; and nothing lies about that belongs to nobody's work."""
        account = self.accounts.get(payment)
        done = account.given_back_fen - account.reversals * account.fen if account is not None else 0
        left = self.left_fen(payment)
        self._hold("M2b", left == done, f"{payment}: {left} fen left our books, the channel gave back {done}")
        lies = [place for place in (Place.PROVISIONAL, Place.HELD) if self.balance(place, payment)]
        is_open = any(not one.is_ended for one in remedies)
        self._hold("O3b", not lies or is_open, f"{payment}: money on {lies}, and nothing about it is open")

    def _waits(self, one: Remedy) -> bool:
        """An advance of which no witness has shown yet whether it is covered."""
        stands = self._stands(one.payment)
        verdict = stands.verdict if stands is not None else NO_VERDICT
        proven = verdict.proof is Proof.PROVEN and verdict.truth is not Truth.CONTESTED
        return not proven and (one.kind == "clawback" or one.state in OUT["refund"])

    def is_begun(self, payment: str) -> bool:
        """Whether people have proposed to give it back."""
        return payment in self._begun

    def unended(self) -> list[Remedy]:
        """What is still open, oldest first."""
        return [one for one in self._remedies() if not one.is_ended]

    def _remedies(self, payment: str = "") -> Iterator[Remedy]:
        found: Iterable[tuple[Any, ...]]
        found = self._rows(f"{_MATTERS} AND payment = ? ORDER BY no", payment) if payment else self._rows(_MATTERS)
        for no, kind, state, version, parent, name, fen, body in found:
            said = msgspec.json.decode(bytes(body))
            yield Remedy(f"{kind}-{no}", kind, state, version, str(said.get("parent", parent)), name, fen, said)

    # Situations

    def _situations(self, one: Remedy) -> None:
        was = self._states.get(one.id, "")
        if was == one.state:
            return
        self._states[one.id] = one.state
        if one.state in _BY_STATE:
            self._reach(_BY_STATE[one.state])
        if str(one.body.get("ended_because", "")).startswith("it went back by itself"):
            self._reach("the money went back by itself before a refund was sent")


_BY_STATE = {
    "PROPOSED": "a refund was proposed",
    "APPROVED": "a refund was approved",
    "SENT": "a refund was sent",
    "POSTED": "a refund was posted",
    "CONFIRMED_FINAL": "a refund was confirmed for good",
    "DOUBLE_CREDIT": "a double credit was noticed",
    "RECOVERED": "a double credit was recovered",
    "WRITTEN_OFF": "a double credit was written off",
}


def has_left(one: Remedy) -> bool:
    """Whether by its state its money has left us, in our books."""
    if one.state == "CONFIRMED_FINAL":
        return True
    return one.state == "POSTED" and one.body["gives"] == "provisional"
