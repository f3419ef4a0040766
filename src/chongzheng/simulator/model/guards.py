"""Does each guard of the machine matter? Take one away, and the model must find a way to break a promise.

A guard is a row, a condition of a row, or a distinction that `classify`, `absorb` or the verdict makes. It is taken
away inside this process only, while one small exploration runs, and put back whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from chongzheng.reversal import absorb, events, facts, step, verdict
from chongzheng.reversal.events import Event as E
from chongzheng.reversal.facts import Answer, Fact
from chongzheng.reversal.payment import Owes, Payment, Truth, Verdict, changed, put
from chongzheng.reversal.payment import State as S
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.rows import Do, Row
from chongzheng.reversal.table import TABLE
from chongzheng.simulator.model.explore import Violation, one
from chongzheng.simulator.model.world import SALE, Setting
from chongzheng.simulator.swapping import Patch, swapped

STATES_MAX = 400_000
"""States in which a missing guard must have shown."""

ALONE = Setting("no fault", SALE, 0, people=False)
HOSTILE = Setting("a vice of the host", SALE, 1, wires=False, stops=False, people=False)
WORSE = Setting("two vices of the host", SALE, 2, wires=False, stops=False, people=False)
LOSSY = Setting("a fault of the wires", SALE, 1, vices=False, stops=False, people=False)
KILLED = Setting("a kill", SALE, 1, vices=False, wires=False, people=False)
CLERK = Setting("a clerk, and a vice of the host", SALE, 1, wires=False, stops=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """What it says, the promises one of which breaks without it, where that shows, and what its absence replaces."""

    name: str
    says: str
    promises: frozenset[str]
    setting: Setting
    patches: Callable[[], tuple[Patch, ...]]


@dataclass(frozen=True, slots=True)
class Missed:
    """What came of taking a guard away: the first broken promise, or None when nobody noticed."""

    guard: Guard
    states: int
    violation: Violation | None

    @property
    def found(self) -> bool:
        """Whether the promise broke that the guard protects."""
        return self.violation is not None and self.violation.promise in self.guard.promises


def check(guards: Sequence[Guard] = (), watch: Callable[[Missed], None] = lambda missed: None) -> list[Missed]:
    """Take each of these guards away in turn, all of them when none is named; the shortest story of each."""
    found = []
    for guard in guards or GUARDS:
        with away(guard):
            run = one(guard.setting, STATES_MAX, first_only=True)
        found.append(Missed(guard, run.states, run.violations[0] if run.violations else None))
        watch(found[-1])
    return found


def away(guard: Guard) -> AbstractContextManager[None]:
    """While this lasts, the machine in this process does without the guard."""
    return swapped(guard.patches())


def _row(state: S, event: E, to: S, *do: Do) -> Callable[[], tuple[Patch, ...]]:
    return lambda: ((TABLE[state], event, Row(to, do)),)


def _function(name: str, function: Callable[..., Any], *modules: Any) -> Callable[[], tuple[Patch, ...]]:
    return lambda: tuple((vars(module), name, function) for module in modules)


def _approval_by_code(payment: Payment, answer: Answer, policy: Policy) -> bool:
    return answer.code in policy.approved and answer.echo == payment.echo


def _unsigned_reversal_kind(payment: Payment, answer: Answer, policy: Policy) -> E:
    return _REVERSAL_KIND(payment, replace(answer, mac="good") if answer.mac == "absent" else answer, policy)


def _any_request(before: Payment, absorbed: Payment, fact: Fact, policy: Policy) -> E:
    return E.REQUEST if before.state is S.NEW else E.REQUEST_REPEATED


def _any_timer(before: Payment, absorbed: Payment, fact: facts.DeadlinePassed, policy: Policy) -> E:
    return _DEADLINE(before, absorbed, replace(fact, due_at=max(fact.due_at, before.wake_at or 0)), policy)


def _any_file(payment: Payment, fact: facts.SettlementSaw, policy: Policy) -> Payment:
    return changed(
        payment,
        days=(*payment.days, (fact.day, fact.evidence)),
        originals=(*payment.originals, *fact.originals),
        reversals=(*payment.reversals, *fact.reversals),
    )


def _send_at_any_time(p: Payment, fact: Fact, policy: Policy, owes: Owes) -> bool:
    put(p, owes=owes, attempts=p.attempts + 1, wake_at=fact.at + policy.repeat_after_ms[0])
    return True


def _repeat_with_new_words(p: Payment, fact: Fact, policy: Policy) -> step.Effects:
    put(p, reason=_REASON(p, fact, policy))
    return _REPEAT(p, fact, policy)


def _overdue_in_silence(p: Payment, fact: Fact, policy: Policy) -> step.Effects:
    put(p, owes=Owes.PERSON, wake_at=None)
    return ()


def _keeps_at_once(payment: Payment, policy: Policy) -> Verdict | None:
    found = _FILE_KEEPS(payment, policy)
    return found or verdict._verdict(payment, Truth.CHARGED_KEPT, "file: original, no reversal so far")


def _one_day_is_enough(payment: Payment, policy: Policy) -> bool:
    return bool(payment.days)


def _any_ack(payment: Payment, policy: Policy) -> bool:
    return payment.ack is not None


def _forget_who_stopped(payment: Payment, fact: Fact, policy: Policy) -> Payment:
    return payment


_REVERSAL_KIND = events.reversal_kind
_DEADLINE = events._deadline
_REASON = step._reason
_REPEAT = step._repeat
_FILE_KEEPS = verdict._file_keeps


def _guard(name: str, says: str, promises: str, setting: Setting, patches: Callable[[], tuple[Patch, ...]]) -> Guard:
    return Guard(name, says, frozenset(promises.split()), setting, patches)


GUARDS: tuple[Guard, ...] = (
    _guard("approval-mac", "an approval counts only under a good MAC", "P2 P4", HOSTILE,
           _function("is_approval", _approval_by_code, absorb, events)),
    _guard("unproven", "an answer under a wrong MAC or with another echo is none", "P2", HOSTILE,
           _function("unproven", lambda payment, answer, policy: False, absorb, events)),
    _guard("reversal-mac", "00 to a reversal counts only under a good MAC", "P2", HOSTILE,
           _function("reversal_kind", _unsigned_reversal_kind, events)),
    _guard("fingerprint", "another content under the same key is a conflict", "M4", LOSSY,
           lambda: ((events._MEANING, facts.RequestTaken, _any_request),)),
    _guard("differs", "a reversal of another amount does not undo a delivered sale", "M7", LOSSY,
           _function("differs", lambda payment, request: False, events)),
    _guard("delivery-deadline", "an approval of unknown delivery is not reversed by us", "M7 M8", ALONE,
           _row(S.DELIVERING, E.DEADLINE, S.REVERSING, Do.REVERSE)),
    _guard("delivery-kill", "nor after a kill", "M7 M8", KILLED,
           _row(S.DELIVERING, E.DELIVERY_UNCERTAIN, S.REVERSING, Do.REVERSE)),
    _guard("send-once", "a send that was started counts as sent", "M3", KILLED,
           _row(S.FORWARDED, E.SEND_UNCERTAIN, S.FORWARDED, Do.FORWARD)),
    _guard("repeat-once", "a repeat of the request is not forwarded", "M3", LOSSY,
           _row(S.FORWARDED, E.REQUEST_REPEATED, S.FORWARDED, Do.FORWARD)),
    _guard("not-found", "not found is no end", "O2 P8", HOSTILE,
           _row(S.REVERSING, E.REV_NOT_FOUND, S.SETTLED, Do.SETTLE)),
    _guard("two-days", "an absence needs two clearing days", "P3 P5", HOSTILE,
           _function("file_is_final", _one_day_is_enough, verdict)),
    _guard("blind-ack", "00 counts against a file only when it names the original", "P4 P5", WORSE,
           _function("ack_names_original", _any_ack, verdict, events)),
    _guard("blind-then-approved", "an approval after a blind 00 is reversed again", "P4", WORSE,
           _row(S.RETURNED, E.APPROVED, S.RETURNED)),
    _guard("refused-then-approved", "what was refused and then approved is reversed", "P4", HOSTILE,
           _row(S.REFUSED, E.APPROVED, S.REFUSED)),
    _guard("late-approval", "a late approval is not shown", "P4 M8", ALONE,
           _row(S.REVERSING, E.APPROVED, S.DELIVERING, Do.APPROVE)),
    _guard("stopped", "what a person stopped is never driven again", "M6 P6", CLERK,
           lambda: ((absorb._LEARN, facts.ReversalStopped, _forget_who_stopped),)),
    _guard("window", "no reversal leaves after its window or its day", "P6", WORSE,
           _function("_next_send", _send_at_any_time, step)),
    _guard("early-timer", "a timer that was moved is not believed", "K7", LOSSY,
           lambda: ((events._MEANING, facts.DeadlinePassed, _any_timer),)),
    _guard("file-once", "a clearing day counts once", "R1 P3", LOSSY,
           lambda: ((absorb._LEARN, facts.SettlementSaw, _any_file),)),
    _guard("given-up", "a reversal is given up only into a person's hands", "O3", ALONE,
           _row(S.REVERSING, E.WINDOW_OVER, S.DOUBTFUL, Do.AWAIT_FILE)),
    _guard("overdue", "an overdue file is a person's case", "O3", ALONE,
           lambda: ((step._ACTIONS, Do.CASE_OVERDUE, _overdue_in_silence),)),
    _guard("first-words", "repeats carry the reason of the first", "P1", HOSTILE,
           lambda: ((step._ACTIONS, Do.REPEAT, _repeat_with_new_words),)),
    _guard("final", "after the verdict nothing is driven", "K1", ALONE,
           _row(S.SETTLED, E.REVERSAL_ASKED, S.REVERSING, Do.OWN, Do.REVERSE)),
    _guard("on-its-way", "no file judges what is still on its way", "T1", HOSTILE,
           lambda: ((vars(events), "_ON_ITS_WAY", frozenset()),)),
    _guard("kept-at-once", "what was reversed is kept only after two days", "P5", WORSE,
           _function("_file_keeps", _keeps_at_once, verdict)),
    _guard("owned", "a terminal's reversal is always answered", "T2", ALONE,
           _row(S.REVERSING, E.REVERSAL_ASKED, S.REVERSING)),
)  # fmt: skip
"""Every guard that is taken away."""
