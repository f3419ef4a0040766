"""In whatever order people, engine and issuer speak of a refund: do the books say what it says, and end at nought?"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from chongzheng.cases.effects import Book
from chongzheng.cases.matter import Matter
from chongzheng.cases.refund import REFUND
from chongzheng.reversal.booking import DRAWS, Booking, drawable
from chongzheng.reversal.booking import booked as entry_of
from chongzheng.reversal.entries import Account
from unit.cases.giving import DONE, FEN, SEEN_AT, refund
from unit.cases.play import Played

WALKS, STEPS = 1_500, 30
STANDS = [
    ("unknown", "claimed"), ("contested", "claimed"), ("charged_kept", "proven"), ("charged_kept", "acknowledged"),
    ("charged_returned", "acknowledged"), ("charged_returned", "proven"), ("never_charged", "confirmed"),
]  # fmt: skip
WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "Approved": ("zhang", {}), "Reweighed": ("mei", {}), "Held": ("wang", {}), "Sent": ("wang", DONE),
    "Posted": ("wang", SEEN_AT), "NotPosted": ("wang", SEEN_AT), "CreditSeen": ("wang", SEEN_AT),
    "Rejected": ("zhang", {"ground": "asked twice", "reason": "no"}), "Withdrawn": ("li", {"reason": "no"}),
    "ClockRan": ("program", {}),
    "PaymentMoved": ("program", {}), "ChargedBack": ("program", {}), "ChargebackUndone": ("program", {}),
    "CreditedElsewhere": ("li", SEEN_AT), "CreditDenied": ("wang", SEEN_AT),
    "RecoveryBegan": ("program", {"clawback": "clawback-1"}), "WrittenOff": ("program", {"reason": "small"}),
}  # fmt: skip
LIKELY = ("Approved", "Sent", "Posted", "CreditSeen", "PaymentMoved")


class Street:
    """A refund, the books of its payment, and what the machine and the issuer did to it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lies: Counter[Account] = Counter()
        self.told_approved = rng.random() < 0.3
        self.machine: tuple[int, int] = (0, 0)
        self.charged_back = False
        self.one: Played = refund(*rng.choice(STANDS))
        self.moves(str(self.one.payment["truth"]), str(self.one.payment["proof"]))

    def moves(self, truth: str, proof: str) -> None:
        """The machine learns, and its books follow (entries.position)."""
        gone = (truth == "charged_returned" and proof == "proven") or truth == "never_charged"
        counts = self.told_approved and truth == "charged_kept"
        suspense, shop = (0, 0) if gone else (0, FEN) if counts else (FEN, 0)
        self.lies[Account.SUSPENSE] -= suspense - self.machine[0]
        self.lies[Account.MERCHANT] -= shop - self.machine[1]
        self.machine = suspense, shop
        self.one.pays(truth=truth, proof=proof)
        self.shows()

    def shows(self) -> None:
        """The standing is what the books have."""
        self.one.pays(
            suspense_fen=-self.lies[Account.SUSPENSE],
            shop_fen=-self.lies[Account.MERCHANT],
            cardholder_fen=-self.lies[Account.CARDHOLDER],
        )

    def issuer(self, fact: str) -> bool:
        """The issuer takes the money, or gives it back, before the refund hears so; whether that can be."""
        if (fact == "ChargedBack") is self.charged_back:
            return False
        self.charged_back = not self.charged_back
        self.lies[Account.SUSPENSE] += FEN if self.charged_back else -FEN
        self.shows()
        return True

    def says(self, fact: str) -> None:
        """Somebody says it; refused, nothing is booked."""
        who, words = WORDS.get(fact, ("program", {}))
        if fact == "Recovered":
            fen = self.rng.choice([FEN, 1, int(self.one.matter.body["advance"]) or FEN])
            words = {"how": self.rng.choice(["stopped", "cancelled", "file", "bank"]), "fen": fen}
        before = len(self.one.effects)
        after = self.one.say(fact, who, **words)
        if isinstance(after, Matter):
            for effect in self.one.effects[before:]:
                if isinstance(effect, Book):
                    self.books(Booking(effect.what), effect.fen)
        self.shows()

    def books(self, what: Booking, fen: int) -> None:
        """One entry; what draws must find as much."""
        if what in DRAWS:
            assert fen <= drawable(what, self.lies[DRAWS[what]]), (what, fen, self.lies, self.one.matter.body)
        entry = entry_of(what, fen)
        self.lies[entry.debit] += fen
        self.lies[entry.credit] -= fen

    def holds(self) -> None:
        """The books say what the refund says."""
        body, state = self.one.matter.body, self.one.matter.state
        assert self.lies[Account.PROVISIONAL] == body.get("advance", 0), (state, body, self.lies)
        assert -self.lies[Account.HELD] == (FEN if body.get("held") else 0), (state, body, self.lies)
        waits = body.get("posted_at") and body["gives"] == "final" and not body["credit"]
        cancelled = any(one["how"] == "cancelled" for one in body.get("recovered", ()))
        if not cancelled:
            assert -self.lies[Account.CARDHOLDER] == (FEN if waits else 0), (state, body, self.lies)
        if state in ("REFUSED", "EXPIRED", "STOPPED"):
            assert not body["posted_at"] and self.lies[Account.BANK] == 0
        settled = self.one.payment["truth"] == "charged_kept" and self.one.payment["proof"] == "proven"
        if state == "CONFIRMED_FINAL" and settled and not self.charged_back:
            owed = sum(one["fen"] for one in body["recovered"])  # recovered before it turned out to be due: a person's
            lies = self.lies[Account.SUSPENSE], self.lies[Account.MERCHANT]
            assert lies in ((0, -owed), (-owed, 0)), (body, self.lies)
        whole = all(one["fen"] == FEN for one in body.get("recovered", ()))
        if self.machine == (0, 0) and whole and body.get("posted_at") and not self.charged_back and body["advance"]:
            assert (self.lies[Account.SUSPENSE], self.lies[Account.MERCHANT]) == (0, 0), (body, self.lies)


def step(street: Street, rng: random.Random) -> None:
    """Something happens."""
    fact = rng.choice([*WORDS, *LIKELY, *LIKELY, "Recovered", "Recovered"])
    if fact == "PaymentMoved" and rng.random() < 0.7:
        street.moves(*rng.choice(STANDS))
    if fact in ("ChargedBack", "ChargebackUndone") and not street.issuer(fact):
        return
    if rng.random() < 0.02:
        street.one.wait(90_000_000)
    street.says(fact)


def test_the_books_say_what_the_refund_says_whatever_happens() -> None:
    seen: Counter[str] = Counter()
    for seed in range(WALKS):
        rng = random.Random(seed)
        street = Street(rng)
        said = {"fen": FEN, "customer": "C1", "reason": "no goods"}
        if not isinstance(street.one.say("Opened", "li", **said), Matter):
            continue
        for _ in range(STEPS):
            step(street, rng)
            street.holds()
            seen[street.one.matter.state] += 1
    assert set(seen) == set(REFUND.states)
