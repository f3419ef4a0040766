"""What passes between terminals, engine and bank in a trial, and what of it is late, lost or comes twice?

The journal decides as shipped; its effects reach a bank that works when it likes. What the bank says is in the air
until it arrives, or never does. Clearing files say what the bank's book has had since the file before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chongzheng.card import Pan, masked
from chongzheng.cases.matter import Matter
from chongzheng.journal import Committed, Evidence, Submission, evidence, payment_id
from chongzheng.reversal import effects
from chongzheng.reversal.facts import (
    Answer,
    AnswerUndelivered,
    AnswerWritten,
    DeadlinePassed,
    Fact,
    Key,
    Line,
    ReplyArrived,
    Request,
    RequestTaken,
    ReversalAnswered,
    ReversalAsked,
    ReversalStopped,
    SettlementSaw,
)
from chongzheng.reversal.payment import FINAL, Owes, Payment
from chongzheng.simulator.clerks.book import Account
from chongzheng.simulator.clerks.office import NOON_MS, Office
from chongzheng.simulator.clerks.routes import OUT

DAY_MS = 86_400_000
DAYS = tuple(f"202609{day}" for day in range(22, 31))
SPARE_DAYS = 4
"""Files that come only when everything has come to rest."""
SENDS_MAX = 3
ASKS_MAX = 2
FEN = (1_500, 18_000, 18_000, 64_000, 64_000, 250_000, 1_200_000)
"""Some for each step of the refund policy."""

Move = tuple[str, Callable[[], None]]
WEIGHTS = {
    "clearing file": 3,
    "the terminal reverses": 2,
    "a person stops the reversal": 4,
    "the bank works, late": 1,
    "the issuer charges back": 1,
    "deadline": 12,
}
USUAL_WEIGHT = 10
BARE, KEPT, DOUBTFUL, DRIVEN = "bare", "kept", "doubtful", "driven"
BEGINNINGS = (10, 36, 36, 18)
STOPPED_OF_ALL = 0.8
CHARGED_BACK_OF = 4
"""One payment of so many may be charged back by its issuer."""
WAKES_MAX = 12


@dataclass(slots=True)
class Street:
    """One payment on its way: what the bank has still to do, what it said that has not arrived, what was asked."""

    n: int
    id: str
    account: Account
    payment: Payment | None = None
    bank: list[str] = field(default_factory=list)
    air: list[str] = field(default_factory=list)
    report: str = ""
    asked: int = 0
    told: tuple[int, int] = (0, 0)
    files: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    by_hand: bool = False

    @property
    def is_driven(self) -> bool:
        """Whether the engine is sending a reversal of it."""
        return self.payment is not None and self.payment.owes is Owes.REVERSAL


class Wires:
    """All payments of a trial. `commit` hears of every commit: the street and the payment before and after."""

    def __init__(self, office: Office, dice: Random, payments: int) -> None:
        self._office = office
        self._dice = dice
        self.streets = [Street(n, payment_id(_key(n)), Account(dice.choice(FEN))) for n in range(1, payments + 1)]
        self.heard: Callable[[Street, Committed], None] = lambda street, one: None

    def moves(self, street: Street) -> list[Move]:
        """What can happen next to this payment, apart from people."""
        return list(self._moves(street))

    def weight(self, name: str) -> int:
        """How likely a move is, beside the others."""
        return WEIGHTS.get(name, USUAL_WEIGHT)

    def order(self, street: Street, matters: list[Matter]) -> None:
        """The bank has, from the same commit on, what people sent it about this payment."""
        for one in matters:
            if one.state in OUT.get(one.kind, ()) and one.id not in street.orders:
                street.orders[one.id] = one.fen
                street.bank.append(one.id)

    def follow(self, street: Street, fact: str, said: Mapping[str, Any], before: Matter | None, after: Matter) -> None:
        """What people's word brings about at the bank: money that comes back from a cardholder, or an issuer."""
        account, refund = street.account, after.parent
        match after.kind, fact:
            case "clawback", "StopTried" if said["worked"]:
                street.bank = [what for what in street.bank if what != refund]
            case "clawback", "CancelTried" if said["worked"]:
                account.debit(after.id, account.credits.get(refund, 0))
            case "clawback", "PaidBack" | "Debited":
                account.debit(f"{after.id} {after.version}", said["fen"])
            case "dispute", "Accepted" if refund.startswith("clawback-"):
                account.debit(after.id, after.fen)
            case "dispute", "Undone":
                account.is_charged_back = False

    def _moves(self, street: Street) -> Iterator[Move]:
        if street.payment is None:
            yield "sale", lambda: self._tell(street, self._sale(street))
            return
        if street.report:
            yield street.report, lambda: self._report(street)
        if street.bank:
            slow = street.bank[0] == "reversal" and not street.is_driven
            yield "the bank works, late" if slow else "the bank works", lambda: self.work(street)
        yield "nothing comes", lambda: None
        for word in dict.fromkeys(street.air):
            yield f"arrives: {word}", lambda word=word: self.arrive(street, word)  # type: ignore[misc]
        if street.payment.wake_at is not None and street.payment.owes is not Owes.FILE:
            yield "deadline", lambda: self.wake(street)
        if street.asked < ASKS_MAX:
            yield "the terminal reverses", lambda: self._asked(street)
        if street.files < len(DAYS) - SPARE_DAYS:
            yield "clearing file", lambda: self.clear(street)
        if street.account.charges and not street.account.was_charged_back and street.n % CHARGED_BACK_OF == 0:
            yield "the issuer charges back", street.account.charge_back
        if street.is_driven and street.payment.attempts:
            yield "a person stops the reversal", lambda: self.stop(street, "zhang")

    def begin(self, street: Street) -> str:
        """How far it has come before people hear of it: not at all, KEPT (a file proves the sale), DOUBTFUL (nobody
        drives its reversal any more, and the bank has it still to do), or DRIVEN (the engine sends its reversal)."""
        plan = self._dice.choices((BARE, KEPT, DOUBTFUL, DRIVEN), BEGINNINGS)[0]
        if plan != BARE:
            self._tell(street, self._sale(street))
            street.bank.clear()
            street.account.charge()
        if plan == KEPT:
            self._tell(street, self._answer(street, "approved"))
            street.report = "the approval is written"
            self._report(street)
            self.clear(street)
        elif plan in (DOUBTFUL, DRIVEN):
            self._give_up(street, WAKES_MAX if plan == DOUBTFUL else 1)
        return plan

    def _give_up(self, street: Street, wakes: int) -> None:
        """No answer comes: it is reversed, and after so many deadlines, or by a person's word, given up."""
        for _ in range(wakes):
            if street.is_driven and wakes > 1 and self._dice.random() < STOPPED_OF_ALL:
                self.stop(street, "zhang")
            if street.payment is not None and street.payment.owes is not Owes.PERSON:
                self.wake(street)
        street.bank = street.bank[:1]

    def stop(self, street: Street, who: str) -> None:
        """A person ends the driving of its reversal, where it is driven."""
        if street.is_driven:
            self._tell(street, Submission(ReversalStopped(street.id, self._office.now, who)))

    # The engine

    def _tell(self, street: Street, submission: Submission) -> None:
        for one in self._office.journal.apply([submission]):
            street.payment = one.payment
            self.heard(street, one)
            for effect in one.effects:
                self._carry_out(street, effect)

    def _carry_out(self, street: Street, effect: effects.Effect) -> None:
        match effect:
            case effects.Forward():
                street.bank.append("sale")
            case effects.AnswerTerminal(approved=True):
                street.report = "the approval is written" if self._dice.random() < 0.8 else "the terminal is gone"
            case effects.SendReversal():
                street.bank = [*street.bank, "reversal"][-SENDS_MAX:]

    def wake(self, street: Street) -> None:
        """Its deadline passes."""
        due_at = street.payment.wake_at if street.payment is not None else None
        if due_at is None:
            return
        self._office.now = max(self._office.now, due_at)
        self._tell(street, Submission(DeadlinePassed(street.id, self._office.now, due_at)))

    def _report(self, street: Street) -> None:
        report, street.report = street.report, ""
        kind = AnswerWritten if report == "the approval is written" else AnswerUndelivered
        self._tell(street, Submission(kind(street.id, self._office.now)))

    def _asked(self, street: Street) -> None:
        street.asked += 1
        heard = self._said("0400", street)
        fact = ReversalAsked(street.id, self._office.now, heard.id, "98", _request(street))
        self._tell(street, Submission(fact, (heard,), Pan(_pan(street.n))))

    # The bank

    def work(self, street: Street) -> None:
        """It does the next thing that it was asked for; what it answers is in the air, or lost."""
        what = street.bank.pop(0)
        chance = self._dice.random()
        if what in street.orders:
            self._credit(street, what, chance)
        elif what == "sale":
            self._sell(street, chance)
        elif chance < 0.12:
            street.air.append("reversal refused")
        elif street.account.reverse() or street.account.reversals:
            if chance < 0.75:
                street.air.append("reversed")
        else:
            street.air.append("original not found")

    def _credit(self, street: Street, order: str, chance: float) -> None:
        """A refund that people sent: done once under its reference, or refused for good."""
        if chance < 0.15:
            street.refused.add(order)
        else:
            street.account.credit(order, street.orders[order])

    def _sell(self, street: Street, chance: float) -> None:
        if chance < 0.1:
            return  # it never came there
        if chance < 0.18:
            street.air.append("declined")
            return
        street.account.charge()
        if chance < 0.75:
            street.air.append("approved")

    def arrive(self, street: Street, word: str) -> None:
        """What the bank said arrives; now and then it will once more."""
        if self._dice.random() < 0.9:
            street.air.remove(word)
        self._tell(street, self._answer(street, word))

    def clear(self, street: Street) -> None:
        """The next clearing file speaks of it, or is silent."""
        day = DAYS[street.files]
        street.files += 1
        charges, reversals = street.account.charges, street.account.reversals
        before, street.told = street.told, (charges, reversals)
        heard = self._said("settlement-record", street, day=day, originals=charges, reversals=reversals)

        def lines(count: int, mark: str) -> tuple[Line, ...]:
            fen = street.account.fen
            return tuple(Line(heard.id, fen, _rrn(street), _stan(street), f"{mark}{i}{day}") for i in range(count))

        new = lines(charges - before[0], "o"), lines(reversals - before[1], "r")
        self._tell(street, Submission(SettlementSaw(street.id, self._office.now, heard.id, day, *new), (heard,)))

    def settle(self, street: Street) -> None:
        """No more faults: everything is done and arrives, deadlines pass, and the files of all days come."""
        for _ in range(60):
            if street.payment is None:
                return
            if street.report:
                self._report(street)
            elif street.bank:
                self.work(street)
            elif street.air:
                word = street.air[0]
                self.arrive(street, word)
            elif street.payment.wake_at is not None and street.payment.owes is not Owes.FILE:
                self.wake(street)
            elif street.files < len(DAYS) and (street.payment.state not in FINAL or self._is_news(street)):
                self.clear(street)
            else:
                return

    def _is_news(self, street: Street) -> bool:
        return street.told != (street.account.charges, street.account.reversals)

    # Words

    def _said(self, kind: str, street: Street, **words: object) -> Evidence:
        document = {"F2": masked(_pan(street.n)), "F11": _stan(street), **words}
        return evidence(kind, "trial", self._office.now, json.dumps(document, sort_keys=True).encode())

    def _sale(self, street: Street) -> Submission:
        heard = self._said("0200", street)
        fact = RequestTaken(street.id, self._office.now, heard.id, _request(street))
        return Submission(fact, (heard,), Pan(_pan(street.n)))

    def _answer(self, street: Street, word: str) -> Submission:
        code = {"approved": "00", "declined": "51", "reversed": "00", "original not found": "25",
                "reversal refused": "12"}[word]  # fmt: skip
        of_sale = word in ("approved", "declined")
        heard = self._said("0210" if of_sale else "0410", street, F39=code)
        answer = Answer(code, "good", _echo(street), _rrn(street))
        kind: Callable[..., Fact] = ReplyArrived if of_sale else ReversalAnswered
        return Submission(kind(street.id, self._office.now, heard.id, answer), (heard,))


def _key(n: int) -> Key:
    return Key("898100012345678", f"1000000{n % 4}", "000001", f"{n:06d}")


def _pan(n: int) -> str:
    return f"6222{n % 3:08d}7531902"


def _stan(street: Street) -> str:
    return f"{street.n:06d}"


def _rrn(street: Street) -> str:
    return f"{street.n:012d}"


def _echo(street: Street) -> tuple[str, ...]:
    return (_stan(street), _key(street.n).terminal)


def _request(street: Street) -> Request:
    fen = street.account.fen
    identity = (("F11", _stan(street)), ("F4", f"{fen:012d}"))
    ends_at = NOON_MS + DAY_MS // 2
    return Request(
        _key(street.n),
        fen,
        "156",
        f"{street.n}:{fen}",
        _echo(street),
        identity,
        DAYS[0],
        ends_at,
        masked(_pan(street.n)),
    )
