"""Which bugs may hide in the machine, its runner and its clocks? Rows of its table, and what carries it."""

from __future__ import annotations

from typing import Any

from chongzheng.gateway.driving import Driving
from chongzheng.gateway.timers import Timers
from chongzheng.reversal import effects, events, facts, step, verdict
from chongzheng.reversal.events import Event as E
from chongzheng.reversal.payment import Owes, Payment, put
from chongzheng.reversal.payment import State as S
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.rows import Do, Row
from chongzheng.reversal.table import TABLE
from chongzheng.runner import Runner
from chongzheng.simulator.mutants.mutant import ENGINE, Mutant
from chongzheng.simulator.swapping import Patch


def _row(name: str, says: str, state: S, event: E, row: Row, **more: Any) -> Mutant:
    """One row of the table says something else."""
    return Mutant(name, ENGINE, says, lambda: ((TABLE[state], event, row),), **more)


def _early_forward() -> tuple[Patch, ...]:
    took = Runner.hand_in

    def hand_in(runner: Any, submission: Any) -> bool:
        fact = submission.fact
        if isinstance(fact, facts.RequestTaken):
            outcome = step.step(Payment(fact.payment, fact.request.key), fact, Policy())
            runner._carry_out(outcome.payment, effects.Forward(fact.payment))
        return took(runner, submission)

    return ((Runner, "hand_in", hand_in),)


def _no_window() -> tuple[Patch, ...]:
    def send(p: Any, fact: Any, policy: Any, owes: Any) -> bool:
        wait_ms = policy.repeat_after_ms[min(p.attempts, len(policy.repeat_after_ms) - 1)]
        put(p, owes=owes, attempts=p.attempts + 1, wake_at=fact.at + wait_ms)
        return True

    looked = events._deadline

    def deadline(before: Any, absorbed: Any, fact: Any, policy: Any) -> E:
        found = looked(before, absorbed, fact, policy)
        return E.DEADLINE if found is E.WINDOW_OVER else found

    return (step, "_next_send", send), (events._MEANING, facts.DeadlinePassed, deadline)


def _repeats(change: Any) -> tuple[Patch, ...]:
    sent = step._repeat

    def repeat(p: Any, fact: Any, policy: Any) -> Any:
        change(p)
        return sent(p, fact, policy)

    return ((step._ACTIONS, Do.REPEAT, repeat),)


def _quiet(do: Do) -> tuple[Patch, ...]:
    """An action that changes what it must, and asks for nothing."""
    done = step._ACTIONS[do]

    def action(p: Any, fact: Any, policy: Any) -> Any:
        done(p, fact, policy)
        return ()

    return ((step._ACTIONS, do, action),)


def _no_deadline() -> tuple[Patch, ...]:
    def await_file(p: Any, fact: Any, policy: Any) -> Any:
        put(p, owes=Owes.FILE, file_due_at=fact.at + policy.file_due_ms, wake_at=None)
        return ()

    return ((step._ACTIONS, Do.AWAIT_FILE, await_file),)


def _takes_and_forgets() -> tuple[Patch, ...]:
    return ((Driving, "take", lambda driving, deadline: True),)


MUTANTS = (
    Mutant("sent-before-commit", ENGINE, "a sale is forwarded before its record is durable", _early_forward),
    _row("late-approval-delivered", "an approval that comes after the no is given to the terminal",
         S.REVERSING, E.APPROVED, Row(S.DELIVERING, (Do.APPROVE,)), vices=("late", "lose-first")),
    _row("vague-is-a-no", "a vague answer is taken for a refusal",
         S.FORWARDED, E.AMBIGUOUS, Row(S.REFUSED, (Do.RELAY_REFUSAL, Do.AWAIT_FILE)), vices=("vague-executed", "")),
    _row("vague-is-a-yes", "a vague answer is given to the terminal as an approval",
         S.FORWARDED, E.AMBIGUOUS, Row(S.DELIVERING, (Do.APPROVE,)), vices=("vague", "")),
    _row("reversed-after-delivery", "a sale is reversed because its approval was written",
         S.DELIVERING, E.ANSWER_WRITTEN, Row(S.REVERSING, (Do.DELIVERED, Do.REVERSE))),
    Mutant("window-ignored", ENGINE, "reversals are sent after their window", _no_window,
           vices=("lost-answer", "lose-all")),
    Mutant("reason-forgotten", ENGINE, "a repeat is decided with another reason",
           lambda: _repeats(lambda p: put(p, reason="06" if p.reason == "98" else "98")),
           vices=("lost-answer", "lost-ack")),
    Mutant("auth-learned-late", ENGINE, "a repeat carries the code of an approval that came after the first send",
           lambda: _repeats(lambda p: put(p, auth=p.approval.auth if p.approval else "")),
           vices=("late", "lose-first")),
    Mutant("contest-without-case", ENGINE, "a contested payment is nobody's", lambda: _quiet(Do.CONTEST)),
    Mutant("no-deadline", ENGINE, "what waits for a file has no deadline", _no_deadline),
    Mutant("turn-forgotten", ENGINE, "a reversal whose turn should come is forgotten", _takes_and_forgets,
           vices=("lost-answer", "lose-first")),
    Mutant("timers-forget", ENGINE, "deadlines of what is committed are not watched",
           lambda: ((Timers, "watch", lambda timers, payment: None),), vices=("lost-answer", "")),
    Mutant("no-evidence-named", ENGINE, "a verdict does not say on what it rests",
           lambda: ((verdict, "_because", lambda payment: ()),)),
)  # fmt: skip
