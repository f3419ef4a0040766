"""How does a fact become a decision, a durable record and then an act? Stamp, load, step, commit, and only then act.

The runner lives on one loop thread. Facts queue up while a commit is under way; whatever has gathered is the next
batch. `execute(work, done)` carries a commit elsewhere (a writer thread in production, inline in tests and in the
simulator) and brings the result back to the loop. Effects leave after their commit, in the order of the facts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from chongzheng.journal import Committed, Fenced, Journal, JournalFull, Submission
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects
from chongzheng.reversal.facts import RequestTaken
from chongzheng.reversal.payment import Payment

BATCH_MAX = 512
"""Facts in one commit."""
QUEUE_MAX = 20_000
"""Facts waiting for a commit; beyond it a new one is refused at the door, before anything is accepted."""
FULL_PAUSE_S = 0.5
"""How long the runner waits before it tries a full disk again."""

Outlet = Callable[[Payment, Any], None]
Execute = Callable[[Callable[[], list[Committed]], Callable[[list[Committed] | BaseException], None]], None]
OUTWARD = frozenset(
    {
        effects.Forward,
        effects.AnswerTerminal,
        effects.AnswerReversal,
        effects.SendReversal,
        effects.Resend,
        effects.Inquire,
        effects.SignIn,
    }
)
"""Effects that leave the process. The others are rows of the same commit."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Stats:
    """What the runner has done since it started."""

    facts: int = 0
    commits: int = 0
    stopped: int = 0
    refused: int = 0
    full: int = 0
    outlet_failures: int = 0
    sizes: list[int] = field(default_factory=lambda: [0] * (BATCH_MAX.bit_length() + 1))
    """Commits by the bits of their number of facts: the n-th had fewer than 2 to the n."""


class Runner:
    """One journal, one queue, one outlet per effect.

    `watch` sees every payment after its commit (timers live there); `refuse` hears of sales that could not be
    written because the disk is full; `later(seconds, call)` is the loop's timer; `fatal` hears of a failure after
    which this process must not go on (a failed sync may have lost what it said it wrote).
    """

    def __init__(
        self,
        journal: Journal,
        execute: Execute,
        outlets: Mapping[type[Any], Outlet],
        watch: Callable[[Payment], None],
        refuse: Callable[[Submission], None],
        later: Callable[[float, Callable[[], None]], object],
        fatal: Callable[[BaseException], None],
    ) -> None:
        missing = sorted(kind.__name__ for kind in OUTWARD if kind not in outlets)
        if missing:
            raise OurMistake(f"no outlet for {', '.join(missing)}", "runner")
        self._journal = journal
        self._execute = execute
        self._outlets = outlets
        self._watch = watch
        self._refuse = refuse
        self._later = later
        self._fatal = fatal
        self._queue: deque[Submission] = deque(maxlen=QUEUE_MAX + BATCH_MAX)
        self._batch: list[Submission] = []
        self._outbox: list[Committed] = []  # what hand_in let in, committed; empty again before the loop goes on
        self._busy = False
        self._acting = False
        self._dead = False
        self._fenced = False
        self.stats = Stats()

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is being written."""
        return not self._busy and not self._queue and not self._outbox

    @property
    def waiting(self) -> int:
        """Facts that wait for their commit."""
        return len(self._queue)

    def hand_in(self, submission: Submission) -> bool:
        """Take a fact. False: the queue is full, or this process is done for; it was not taken. Never blocks."""
        if self._dead or len(self._queue) >= QUEUE_MAX:
            self.stats.refused += 1
            return False
        self._queue.append(submission)
        self._pump()
        return True

    def act_on(self, committed: Sequence[Committed]) -> None:
        """What was committed past the queue (a clearing file, the API) is acted upon like everything else, in turn."""
        self._outbox.extend(committed)
        self._act_in_order()

    def _pump(self) -> None:
        if self._busy or not self._queue:
            return
        self._busy = True
        self._batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
        batch = self._batch
        self._execute(lambda: self._journal.apply(batch), self._done)

    def _done(self, result: list[Committed] | BaseException) -> None:
        batch, self._batch = self._batch, []
        match result:
            case JournalFull():
                self._wait_for_room(batch)
                return
            case BaseException():
                self._die(result)
                return
        self._busy = False
        self.stats.commits += 1
        self.stats.facts += len(result)
        self.stats.sizes[len(result).bit_length()] += 1
        self._outbox.extend(result)
        self._pump()  # the next commit is written while this one's effects leave
        self._act_in_order()

    def _act_in_order(self) -> None:
        """An outlet that hands in may bring back the next commit before it returns: that one waits its turn."""
        if self._acting:
            return
        self._acting = True
        try:
            while self._outbox and self._may_act():
                self._act(self._outbox.pop(0))
        finally:
            self._acting = False

    def _may_act(self) -> bool:
        """Not when others may have taken over what was committed: they act on it, and this process ends."""
        if not self._journal.leased and not self._fenced:
            self._die(Fenced("the lease ran out before what was committed could be acted upon; others go on with it"))
        return not self._fenced

    def _die(self, error: BaseException) -> None:
        self._dead = True
        self._fenced = self._fenced or isinstance(error, Fenced)
        self._fatal(error)

    def _act(self, committed: Committed) -> None:
        if committed.error:
            self.stats.stopped += 1
            log.error("payment stopped", payment=committed.payment.id, rule=committed.rule, why=committed.error)
        try:
            self._watch(committed.payment)
        except Exception as error:  # noqa: BLE001 - a payment that nobody watches would stand still: start again
            log.error("no timer for a payment", payment=committed.payment.id)
            self._die(error)
        for effect in committed.effects:
            if type(effect) in OUTWARD:
                self._carry_out(committed.payment, effect)

    def _carry_out(self, payment: Payment, effect: Any) -> None:
        """An outlet that fails costs one attempt: the obligation stands in the journal and comes due again."""
        try:
            self._outlets[type(effect)](payment, effect)
        except Exception as error:  # noqa: BLE001 - one failing wire must not stop the others
            self.stats.outlet_failures += 1
            log.error("outlet failed", payment=payment.id, effect=type(effect).__name__, why=repr(error))

    def _wait_for_room(self, batch: Sequence[Submission]) -> None:
        """No room: new sales are refused, everything else waits in order. Nothing was forwarded."""
        self.stats.full += 1
        log.error("the disk is full; new sales are declined", waiting=len(batch) + len(self._queue))
        waiting = [*batch, *self._queue]
        self._queue.clear()
        self._queue.extend(s for s in waiting if not isinstance(s.fact, RequestTaken))
        self._later(FULL_PAUSE_S, self._try_again)
        for submission in waiting:
            if isinstance(submission.fact, RequestTaken):
                self._decline(submission)

    def _decline(self, submission: Submission) -> None:
        try:
            self._refuse(submission)
        except Exception as error:  # noqa: BLE001 - a terminal that is gone must not keep the others waiting
            self.stats.outlet_failures += 1
            log.error("refusal failed", payment=submission.fact.payment, why=repr(error))

    def _try_again(self) -> None:
        self._busy = False
        self._pump()
