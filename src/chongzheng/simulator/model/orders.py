"""Does the same evidence end in the same verdict, in whatever order it comes, and with one piece of it twice?

A scene is a payment that has come so far, and a book of the host; its evidence is what that book makes everybody say.
All orders are walked through the shipped machine. Orders that have led to the same payment with the same evidence
left go on together, for the machine knows nothing but the payment: they are counted, and none is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chongzheng.reversal.entries import position
from chongzheng.reversal.facts import DeadlinePassed, Moves
from chongzheng.reversal.payment import FINAL, Payment
from chongzheng.reversal.step import step
from chongzheng.simulator.model.words import FAR, NEW, Sale, fact_of

EVENTS_MAX = 7
"""Pieces of evidence of a scene, without the one that comes twice."""

SALE, ASKED, HOLD, GIVEN_BACK = Sale(), Sale(can_be_asked=True), Sale(moves=Moves.HOLD), Sale(moves=Moves.CREDIT)


@dataclass(frozen=True, slots=True)
class Scene:
    """`opening`: words that have happened, in order; `evidence`: words in any order; `after`: what must come later.

    `after` holds pairs (first, then): an order in which `then` comes before `first` is one that cannot be.
    """

    name: str
    sale: Sale
    opening: tuple[str, ...]
    evidence: tuple[str, ...]
    after: tuple[tuple[str, str], ...] = ()


End = tuple[str, ...]
"""State, truth, money, fen, proof, what is held for whom, what the terminal holds: what all orders must agree in."""


@dataclass(frozen=True, slots=True)
class Met:
    """One scene, walked: how many orders, how many steps, and every end with an order that leads there."""

    scene: str
    orders: int
    steps: int
    ends: dict[End, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Confluence:
    """All scenes together."""

    met: tuple[Met, ...]
    seconds: float

    @property
    def orders(self) -> int:
        """Orders of all scenes."""
        return sum(one.orders for one in self.met)

    @property
    def apart(self) -> list[Met]:
        """Scenes that end in more than one way."""
        return [one for one in self.met if len(one.ends) != 1]

    def document(self) -> dict[str, object]:
        """The JSON of the command."""
        return {
            "scenes": len(self.met),
            "orders": self.orders,
            "steps": sum(one.steps for one in self.met),
            "apart": [one.scene for one in self.apart],
            "seconds": round(self.seconds, 1),
        }


_OPENINGS: dict[str, tuple[Sale, tuple[str, ...]]] = {
    "silence": (SALE, ("sale", "deadline")),
    "killed as it forwards": (SALE, ("sale", "send uncertain")),
    "something went wrong": (SALE, ("sale", "perhaps")),
    "forged answer, then silence": (SALE, ("sale", "forged yes", "deadline")),
    "the terminal reverses while we wait": (SALE, ("sale", "terminal reverses")),
    "the sale was never seen here": (SALE, ("terminal reverses",)),
    "the channel can be asked": (ASKED, ("sale", "deadline")),
    "money given back": (GIVEN_BACK, ("sale", "deadline")),
}
"""How a payment came to be reversed without an approval having been seen."""
_APPROVED_OPENINGS: dict[str, tuple[Sale, tuple[str, ...]]] = {
    "undelivered": (SALE, ("sale", "yes", "answer undelivered")),
    "disputed": (SALE, ("sale", "yes", "answer written", "terminal disputes")),
    "disputed, delivery unknown": (SALE, ("sale", "yes", "delivery uncertain", "terminal disputes")),
}
"""How an approved payment came to be reversed."""
_LATE = ("yes", "terminal reverses", "terminal moved on")
_FILES_OF: dict[str, tuple[str, str]] = {
    "returned": ("file 0 1 1", "file 1 0 0"),
    "returned over midnight": ("file 0 1 0", "file 1 0 1"),
    "kept": ("file 0 1 0", "file 1 0 0"),
    "taken after midnight": ("file 0 0 0", "file 1 1 0"),
    "never": ("file 0 0 0", "file 1 0 0"),
}
_ANSWERS_OF: dict[str, tuple[str, ...]] = {
    "returned": ("busy", "done"),
    "returned over midnight": ("not found", "done"),
    "kept": ("mismatch", "done blindly"),
    "taken after midnight": ("not found", "done blindly"),
    "never": ("not found", "done blindly"),
}
"""What a host with such a book says to the reversals."""


def scenes() -> Iterator[Scene]:
    """Every scene of the full run."""
    for book, files in _FILES_OF.items():
        answers = _ANSWERS_OF[book]
        for name, (sale, opening) in _OPENINGS.items():
            late = _LATE if book != "never" else ("no", *_LATE[1:])
            yield Scene(f"{name}; {book}", sale, opening, (*late, *answers, *files))
        if book == "never":
            continue
        for name, (sale, opening) in _APPROVED_OPENINGS.items():
            yield Scene(f"{name}; {book}", sale, opening, (*_LATE, *answers, *files))
    yield from _standing()


def _standing() -> Iterator[Scene]:
    """Sales that stand, or never were: what can still come must not move them."""
    kept, never = _FILES_OF["kept"], _FILES_OF["never"]
    noise = ("yes", "forged yes", "terminal moved on", "stale deadline", "conflicting sale")
    yield Scene("delivered; kept", SALE, ("sale", "yes", "answer written"), (*noise, *kept))
    unknown = ("sale", "yes", "delivery uncertain")
    # The desk says so only of a sale that stands and is not settled: the next sale of a terminal comes before its file.
    before = tuple(("terminal moved on", file) for file in kept)
    yield Scene("delivery unknown, then its next sale; kept", SALE, unknown, (*noise, *kept), before)
    refused = ("no", "forged yes", "terminal moved on", "stale deadline", "conflicting sale")
    yield Scene("refused; never", SALE, ("sale", "no"), (*refused, *never))
    yield Scene("not forwarded; never", SALE, ("sale", "not forwarded"), (*refused, *never))
    silent = _FILES_OF["never"]
    answers = ("yes", "busy", "done")
    # A file shows no holds: it confirms what the answers said of one before it, so they come first.
    first = tuple((word, file) for word in answers for file in silent)
    yield Scene("a hold; returned", HOLD, ("sale", "deadline"), (*_LATE, "busy", "done", *silent), first)
    yield Scene("a hold; stands", HOLD, ("sale", "yes", "answer written"), (*noise, *silent))
    stop = ("person stops", "sale", "terminal reverses", "yes", "done")
    yield Scene("stopped by a person; returned", SALE, ("sale", "deadline"), (*stop, *_FILES_OF["returned"]))


def confluence(chosen: Sequence[Scene] = (), watch: Callable[[Met], None] = lambda met: None) -> Confluence:
    """Walk all orders of these scenes, of all of them when none is named."""
    began = time.monotonic()
    met = []
    for scene in chosen or tuple(scenes()):
        met.append(walk(scene))
        watch(met[-1])
    return Confluence(tuple(met), time.monotonic() - began)


def walk(scene: Scene) -> Met:
    """All orders of one scene: without a repeat, and with each piece of evidence twice in turn."""
    ends: dict[End, tuple[str, ...]] = {}
    walker, orders = _Walker(scene.sale), 0
    for twice in ("", *scene.evidence):
        bag = (*scene.evidence, twice) if twice else scene.evidence
        orders += _walk(scene, walker, tuple(sorted(bag)), ends)
    return Met(scene.name, orders, walker.steps, ends)


@dataclass(slots=True)
class _Walker:
    """The machine with a memory: payments by number, and what each word made of each."""

    sale: Sale
    payments: list[Payment] = field(default_factory=list)
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    _taken: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """How often the machine was asked."""
        return len(self._taken)

    def number(self, payment: Payment) -> int:
        """The number of this payment; equal payments have one."""
        number = self._numbers.setdefault(tuple(vars(payment).values()), len(self.payments))
        if number == len(self.payments):
            self.payments.append(payment)
        return number

    def take(self, number: int, word: str) -> int:
        """The payment after this word."""
        after = self._taken.get((number, word))
        if after is None:
            payment = self.payments[number]
            outcome = step(payment, fact_of(word, payment, self.sale), self.sale.policy)
            after = self._taken[number, word] = self.number(outcome.payment)
        return after

    def opened(self, words: tuple[str, ...]) -> int:
        """A payment that has come so far. Its deadlines come when they are due; all the rest comes at one instant."""
        payment = NEW
        for word in words:
            fact = fact_of(word, payment, self.sale)
            if isinstance(fact, DeadlinePassed) and payment.wake_at is not None:
                fact = replace(fact, at=payment.wake_at, due_at=payment.wake_at)
            payment = step(payment, fact, self.sale.policy).payment
        return self.number(replace(payment, reverse_until=FAR if payment.reverse_until else 0))


def _walk(scene: Scene, walker: _Walker, bag: tuple[str, ...], ends: dict[End, tuple[str, ...]]) -> int:
    """How many orders of this evidence there are. A place is a payment and what is left: (how many orders, one)."""
    places: dict[tuple[int, tuple[str, ...]], tuple[int, tuple[str, ...]]]
    places = {(walker.opened(scene.opening), bag): (1, ())}
    for _ in bag:
        coming: dict[tuple[int, tuple[str, ...]], tuple[int, tuple[str, ...]]] = {}
        for (number, left), (orders, way) in places.items():
            for word in dict.fromkeys(left):
                if any(then == word and first in left for first, then in scene.after):
                    continue
                index = left.index(word)
                place = (walker.take(number, word), left[:index] + left[index + 1 :])
                known = coming.get(place, (0, (*way, word)))
                coming[place] = (known[0] + orders, known[1])
        places = coming
    for (number, _), (_, way) in places.items():
        ends.setdefault(_end(walker.payments[number]), way)
    return sum(orders for orders, _ in places.values())


def _end(payment: Payment) -> End:
    verdict, held = payment.verdict, position(payment)
    words = (payment.state, verdict.truth, verdict.money, verdict.fen, verdict.proof, held.merchant, held.suspense)
    final = "final" if payment.state in FINAL else f"open, owes {payment.owes}"
    return (*map(str, words), str(payment.told), final)
