"""What does the shipped machine do with this word, from this payment on? Each pair is asked once, and remembered.

It is `reversal.step.step` itself that answers. Only time is ours: after each fact the payment is shifted so that the
next one happens at the same NOW, and instants that have passed become one instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import step as shipped
from chongzheng.reversal.effects import Effect
from chongzheng.reversal.payment import FINAL, Payment, changed
from chongzheng.simulator.model import promises
from chongzheng.simulator.model.promises import Tally
from chongzheng.simulator.model.words import NEW, NOW, Sale, fact_of


@dataclass(frozen=True, slots=True)
class Taken:
    """What a word led to: the number of the payment after it, the effects, and the row that said so."""

    after: int
    effects: tuple[Effect, ...]
    rule: str


@dataclass(slots=True)
class Machine:
    """Payments by number. `broken` collects what the promises say about a pair (payment, word): (id, what)."""

    sale: Sale
    tally: Tally
    payments: list[Payment] = field(default_factory=list)
    broken: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    _taken: dict[tuple[int, str], Taken] = field(default_factory=dict)

    def new(self) -> int:
        """The number of a payment of which nothing is known."""
        return self.number(NEW)

    def number(self, payment: Payment) -> int:
        """The number of this payment; equal payments have one."""
        key = tuple(vars(payment).values())
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.payments)
            self.payments.append(payment)
        return number

    def take(self, number: int, word: str) -> Taken:
        """The machine's answer to `word`. A pair that the table does not have leaves all as it was, and is broken."""
        pair = (number, word)
        taken = self._taken.get(pair)
        if taken is None:
            taken = self._taken[pair] = self._ask(number, word)
        return taken

    def day_ends(self, number: int) -> int:
        """The payment after the end of its business day."""
        payment = self.payments[number]
        until = NOW if payment.reverse_until else 0
        return self.number(changed(payment, day_ends_at=NOW, reverse_until=until))

    def answers(self) -> Iterable[Taken]:
        """Everything that the machine has answered."""
        return self._taken.values()

    def story(self, number: int, word: str, after: int) -> str:
        """What the machine made of this word, as one line: state, row, effects, verdict."""
        taken = self.take(number, word)
        payment = self.payments[after]
        done = "; ".join(_spoken(effect) for effect in taken.effects)
        verdict = f"{payment.verdict.truth} {payment.verdict.proof}"
        return f"=> {payment.state} ({taken.rule})  {done or 'nothing'}  [{verdict}, {payment.verdict.rule}]"

    def _ask(self, number: int, word: str) -> Taken:
        before = self.payments[number]
        if word == "deadline" and before.wake_at is not None:
            before = _shifted(before, max(before.wake_at, NOW))
        fact = fact_of(word, before, self.sale)
        try:
            outcome = shipped.step(before, fact, self.sale.policy)
        except OurMistake as mistake:
            self.broken[number, word] = [f"T1 {mistake}"]
            return Taken(number, (), "no row")
        told = promises.of_step(promises.Taken(before, word, fact, outcome, self.sale.policy), self.tally)
        if told:
            self.broken[number, word] = told
        return Taken(self.number(_shifted(outcome.payment, NOW)), outcome.effects, outcome.rule)


def _spoken(effect: Effect) -> str:
    names = [one.name for one in fields(effect) if one.name not in ("payment", "due_at")]
    values = ", ".join(str(getattr(effect, name)) for name in names)
    return f"{type(effect).__name__}({values})"


def _shifted(payment: Payment, now: int) -> Payment:
    """The same payment with every instant that it waits for as seen from `now`.

    Numbers that say nothing more are made equal: with one wait between repeats only "none", "one" and "more" matter.
    """
    gone_ms = now - NOW
    wake, file_due = payment.wake_at, payment.file_due_at
    early = wake is not None and wake < file_due
    file_due = max(file_due - gone_ms, NOW) if file_due else 0
    if wake is not None:
        wake = max(wake - gone_ms, NOW - int(early))
    until = max(payment.reverse_until - gone_ms, NOW) if payment.reverse_until else 0
    if payment.state in FINAL:
        file_due = until = 0
    return changed(
        payment, opened_at=0, wake_at=wake, file_due_at=file_due, reverse_until=until,
        attempts=min(payment.attempts, 2), not_found=min(payment.not_found, 1),
    )  # fmt: skip
