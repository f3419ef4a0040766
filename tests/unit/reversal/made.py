"""Which payments and facts do the unit tests of the machine start from? Small builders, every value can be said."""

from dataclasses import replace
from typing import Any

from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Key, Line, Request
from chongzheng.reversal.payment import Payment, Seen
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import Outcome, step

KEY = Key("898100000000001", "10000001", "000012", "000123")
ECHO = ("000000", "000123", "10000001")
DAY = "20261122"
NEXT_DAY = "20261123"
T0 = 1_795_309_200_000
DAY_ENDS = T0 + 15 * 3_600_000
AMOUNT = 10_000
POLICY = Policy()


def request(**changes: Any) -> Request:
    """A purchase of 100.00 at the usual terminal."""
    identity = (("3", "000000"), ("11", "000123"))
    usual = Request(KEY, AMOUNT, "156", "fp", ECHO, identity, DAY, DAY_ENDS, "622848******1234")
    return replace(usual, **changes)


def sale(at: int = T0, **changes: Any) -> Fact:
    """The terminal asks."""
    return facts.RequestTaken("P1", at, "e-sale", request(**changes))


def answer(code: str, rrn: str = "", mac: str = "", echo: tuple[str, ...] = ECHO, auth: str = "") -> Answer:
    """A host's answer; its MAC is good on approvals and absent on others unless said."""
    return Answer(code, mac or ("good" if code in ("00", "11") else "absent"), echo, rrn, auth)


def reply(code: str, at: int = T0 + 1_000, evidence: str = "e-reply", **more: Any) -> Fact:
    """The host answers the sale."""
    return facts.ReplyArrived("P1", at, evidence, answer(code, **more))


def rev(code: str, at: int = T0 + 52_000, evidence: str = "e-rev", **more: Any) -> Fact:
    """The host answers the reversal."""
    return facts.ReversalAnswered("P1", at, evidence, answer(code, **more))


def asked(reason: str = "98", at: int = T0 + 60_000, **changes: Any) -> Fact:
    """The terminal reverses."""
    return facts.ReversalAsked("P1", at, "e-asked", reason, request(**changes))


def due(payment: Payment) -> Fact:
    """The deadline that this payment has set."""
    assert payment.wake_at is not None
    return facts.DeadlinePassed("P1", payment.wake_at, payment.wake_at)


def line(evidence: str = "l1", amount_fen: int = AMOUNT, rrn: str = "A1", stan: str = "000123") -> Line:
    """A record of a clearing file."""
    return Line(evidence, amount_fen, rrn, stan, "1122090000")


def file(day: str = DAY, originals: tuple[Line, ...] = (), reversals: tuple[Line, ...] = ()) -> Fact:
    """A complete clearing file, read a day after the sale."""
    return facts.SettlementSaw("P1", T0 + 86_400_000, f"f-{day}", day, originals, reversals)


def known(**changes: Any) -> Payment:
    """A payment of 100.00 with whatever else is said of it."""
    usual = Payment("P1", KEY, day=DAY, day_ends_at=DAY_ENDS, amount_fen=AMOUNT, echo=ECHO, fingerprint="fp",
                    request_seen=True)  # fmt: skip
    return replace(usual, **changes)


def seen(evidence: str = "e", code: str = "00", rrn: str = "A1") -> Seen:
    """A host's answer that was believed."""
    return Seen(evidence, code, rrn)


def after(*happened: Fact | str, policy: Policy = POLICY) -> Outcome:
    """The outcome of the last of these facts, from an unknown payment on; "due" is the deadline then set."""
    payment = Payment("P1", KEY)
    outcome = None
    for fact in happened:
        outcome = step(payment, due(payment) if isinstance(fact, str) else fact, policy)
        payment = outcome.payment
    assert outcome is not None
    return outcome
