"""Does the runner commit before it acts, keep the order, and refuse before it accepts?"""

from collections.abc import Callable
from typing import Any

import pytest

from chongzheng import runner as module
from chongzheng.journal import Committed, Fenced, JournalFull, Submission
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects
from chongzheng.reversal.facts import Key, NotForwarded
from chongzheng.reversal.payment import Payment, State
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step
from chongzheng.runner import OUTWARD, Runner
from journal.made import NOON_MS, asked, name_of, reply, sale, written

Job = tuple[Callable[[], list[Committed]], Callable[[Any], None]]


class FakeJournal:
    """Steps in memory what a journal would write; `trouble` is raised by the next commits, first to last."""

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}
        self.batches: list[list[Submission]] = []
        self.trouble: list[BaseException] = []
        self.leased = True

    def apply(self, batch: list[Submission]) -> list[Committed]:
        """One commit."""
        if self.trouble:
            raise self.trouble.pop(0)
        self.batches.append(list(batch))
        return [self._step(submission) for submission in batch]

    def _step(self, submission: Submission) -> Committed:
        fact = submission.fact
        before = self.payments.get(fact.payment, Payment(fact.payment, Key("", "", "", "")))
        outcome = step(before, fact, Policy())
        self.payments[fact.payment] = outcome.payment
        return Committed(outcome.payment, outcome.effects, outcome.rule)


class Rig:
    """A runner with everything it talks to written into one list, `told`."""

    def __init__(self, inline: bool = False) -> None:
        self.journal = FakeJournal()
        self.told: list[tuple[str, ...]] = []
        self.jobs: list[Job] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.inline = inline
        self.on_effect: Callable[[Payment, Any], None] = lambda payment, effect: None
        self.on_watch: Callable[[Payment], None] = lambda payment: None
        self.on_refuse: Callable[[Submission], None] = lambda submission: None
        self.runner = Runner(
            self.journal,  # type: ignore[arg-type]
            self.execute,
            dict.fromkeys(OUTWARD, self.act),
            self.watch,
            self.refuse,
            lambda seconds, call: self.timers.append((seconds, call)),
            lambda error: self.told.append(("fatal", repr(error))),
        )

    def execute(self, work: Callable[[], list[Committed]], done: Callable[[Any], None]) -> None:
        """As app.py does it, but on command: `commit` runs the oldest."""
        self.jobs.append((work, done))
        if self.inline:
            self.commit()

    def commit(self) -> None:
        """Run the oldest commit and bring back its result."""
        work, done = self.jobs.pop(0)
        try:
            result: Any = work()
        except BaseException as error:  # noqa: BLE001 - that is what the executor hands on
            result = error
        done(result)

    def act(self, payment: Payment, effect: Any) -> None:
        """Every outlet."""
        self.told.append((type(effect).__name__, payment.id))
        self.on_effect(payment, effect)

    def watch(self, payment: Payment) -> None:
        """The timers."""
        self.told.append(("watch", payment.id, payment.state))
        self.on_watch(payment)

    def refuse(self, submission: Submission) -> None:
        """The door, for sales that find no room."""
        self.told.append(("refuse", submission.fact.payment))
        self.on_refuse(submission)


def test_nothing_is_done_before_the_commit_is_back() -> None:
    rig = Rig()
    assert rig.runner.hand_in(sale(1))
    assert not rig.told
    assert not rig.runner.idle
    rig.commit()
    assert rig.told == [("watch", name_of(1), State.FORWARDED), ("Forward", name_of(1))]
    assert rig.runner.idle


def test_effects_leave_in_the_order_of_the_facts_and_timers_know_first() -> None:
    rig = Rig()
    rig.runner.hand_in(sale(3))
    for submission in (sale(1), asked(1), sale(2)):
        rig.runner.hand_in(submission)
    rig.commit()
    rig.told.clear()
    rig.commit()
    assert rig.told == [
        ("watch", name_of(1), State.FORWARDED),
        ("Forward", name_of(1)),
        ("watch", name_of(1), State.REVERSING),
        ("AnswerReversal", name_of(1)),
        ("SendReversal", name_of(1)),
        ("watch", name_of(2), State.FORWARDED),
        ("Forward", name_of(2)),
    ]


def test_one_batch_is_in_flight_and_what_gathers_is_the_next() -> None:
    rig = Rig()
    for n in range(5):
        rig.runner.hand_in(sale(n))
    assert len(rig.jobs) == 1
    rig.commit()
    assert len(rig.jobs) == 1
    rig.commit()
    assert [len(batch) for batch in rig.journal.batches] == [1, 4]
    assert (rig.runner.stats.commits, rig.runner.stats.facts) == (2, 5)


def test_a_batch_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_MAX", 3)
    rig = Rig()
    for n in range(8):
        rig.runner.hand_in(sale(n))
    while rig.jobs:
        rig.commit()
    assert [len(batch) for batch in rig.journal.batches] == [1, 3, 3, 1]
    assert [s.fact.payment for batch in rig.journal.batches for s in batch] == [name_of(n) for n in range(8)]


def test_the_queue_refuses_before_it_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_MAX", 2)
    rig = Rig()
    taken = [rig.runner.hand_in(sale(n)) for n in range(5)]
    assert taken == [True, True, True, False, False]
    assert rig.runner.stats.refused == 2
    while rig.jobs:
        rig.commit()
    assert sum(map(len, rig.journal.batches)) == 3
    assert rig.runner.hand_in(sale(3)), "there is room again"


def test_an_outlet_hands_in_while_effects_leave_and_keeps_the_order() -> None:
    for inline in (False, True):
        rig = Rig(inline)

        def unreachable(payment: Payment, effect: Any, rig: Rig = rig) -> None:
            if isinstance(effect, effects.Forward):
                rig.runner.hand_in(Submission(NotForwarded(payment.id, NOON_MS + 1, "no line")))

        rig.on_effect = unreachable
        rig.inline = False
        for n in (9, 1, 2):
            rig.runner.hand_in(sale(n))
        rig.inline = inline
        while rig.jobs:
            rig.commit()
        assert rig.told == [
            ("watch", name_of(9), State.FORWARDED),
            ("Forward", name_of(9)),
            *(line for n in (1, 2) for line in (("watch", name_of(n), State.FORWARDED), ("Forward", name_of(n)))),
            *(
                line
                for n in (9, 1, 2)
                for line in (("watch", name_of(n), State.UNSENT), ("AnswerTerminal", name_of(n)))
            ),
        ], f"inline={inline}"
        assert rig.runner.idle


def test_timers_never_learn_an_older_state_last() -> None:
    rig = Rig()
    seen: dict[str, State] = {}
    rig.on_watch = lambda payment: seen.__setitem__(payment.id, payment.state)

    def answered(payment: Payment, effect: Any) -> None:
        if isinstance(effect, effects.Forward):
            rig.runner.hand_in(reply(1))
            rig.runner.hand_in(written(1))

    rig.on_effect = answered
    for submission in (sale(9), sale(1), sale(1)):
        rig.runner.hand_in(submission)
    rig.commit()
    rig.inline = True
    rig.commit()
    while rig.jobs:
        rig.commit()
    assert seen[name_of(1)] is rig.journal.payments[name_of(1)].state


def test_the_effects_of_one_fact_leave_together() -> None:
    rig = Rig()

    def more(payment: Payment, effect: Any) -> None:
        if isinstance(effect, effects.AnswerReversal) and payment.id == name_of(1):
            rig.runner.hand_in(sale(3))

    rig.on_effect = more
    for submission in (sale(9), asked(1), sale(2)):
        rig.runner.hand_in(submission)
    rig.commit()
    rig.told.clear()
    rig.inline = True
    rig.commit()
    assert [told for told in rig.told if told[0] != "watch"] == [
        ("AnswerReversal", name_of(1)),
        ("SendReversal", name_of(1)),
        ("Forward", name_of(2)),
        ("Forward", name_of(3)),
    ]


def test_an_outlet_that_fails_stops_no_other() -> None:
    rig = Rig()

    def fails(payment: Payment, effect: Any) -> None:
        if payment.id == name_of(1):
            raise OSError("the line is gone")

    rig.on_effect = fails
    for n in (9, 1, 2):
        rig.runner.hand_in(sale(n))
    while rig.jobs:
        rig.commit()
    assert rig.told[-1] == ("Forward", name_of(2))
    assert rig.runner.stats.outlet_failures == 1
    assert rig.runner.idle


def test_a_watch_that_fails_is_fatal_and_loses_nothing() -> None:
    rig = Rig()

    def fails(payment: Payment) -> None:
        if payment.id == name_of(1):
            raise ValueError("timer")

    rig.on_watch = fails
    for n in (9, 1, 2):
        rig.runner.hand_in(sale(n))
    while rig.jobs:
        rig.commit()
    assert ("fatal", "ValueError('timer')") in rig.told, "a payment that no timer watches would never move again"
    assert ("Forward", name_of(2)) in rig.told


def test_a_full_disk_refuses_sales_and_keeps_the_rest_in_order() -> None:
    rig = Rig()
    rig.runner.hand_in(sale(1))
    rig.commit()
    rig.told.clear()
    rig.journal.trouble = [JournalFull("no room"), JournalFull("no room")]
    for submission in (reply(1), sale(2), written(1), sale(3), asked(4)):
        rig.runner.hand_in(submission)
    rig.commit()
    assert rig.told == [("refuse", name_of(2)), ("refuse", name_of(3))], "nothing is sent, nothing else refused"
    assert [seconds for seconds, _ in rig.timers] == [module.FULL_PAUSE_S]
    assert not rig.jobs, "it waits before it tries again"
    assert rig.runner.hand_in(asked(5)), "an obligation is taken while it waits"
    assert rig.runner.hand_in(sale(6))
    rig.timers.pop()[1]()
    rig.commit()
    assert rig.told[2:] == [("refuse", name_of(6))]
    rig.timers.pop()[1]()
    rig.commit()
    assert [s.fact for s in rig.journal.batches[-1]] == [s.fact for s in (reply(1), written(1), asked(4), asked(5))]
    assert rig.runner.stats.full == 2
    assert rig.runner.idle


def test_a_door_that_fails_to_refuse_loses_nothing() -> None:
    rig = Rig()
    rig.journal.trouble = [JournalFull("no room")]

    def gone(submission: Submission) -> None:
        raise OSError("the terminal is gone")

    rig.on_refuse = gone
    for submission in (sale(1), sale(2), asked(3)):
        rig.runner.hand_in(submission)
    rig.commit()
    rig.timers.pop()[1]()
    rig.commit()
    assert [s.fact.payment for s in rig.journal.batches[-1]] == [name_of(3)]


def test_after_a_fatal_failure_nothing_is_taken_or_sent() -> None:
    rig = Rig()
    rig.journal.trouble = [OSError("fsync failed")]
    rig.runner.hand_in(sale(1))
    rig.runner.hand_in(sale(2))
    rig.commit()
    assert rig.told == [("fatal", "OSError('fsync failed')")]
    assert not rig.jobs
    assert not rig.runner.hand_in(sale(3)), "what is taken now would never be written"
    assert not rig.jobs


def test_a_missing_outlet_is_found_before_the_first_payment() -> None:
    for kind in OUTWARD:
        outlets = {other: print for other in OUTWARD if other is not kind}
        with pytest.raises(OurMistake, match=kind.__name__):
            Runner(FakeJournal(), print, outlets, print, print, print, print)  # type: ignore[arg-type]


def test_every_effect_is_a_row_of_the_commit_or_leaves_through_an_outlet() -> None:
    inside = {effects.OpenCase, effects.ForgetCard, effects.TellLinked}
    assert set(OUTWARD) | inside == set(effects.Effect.__args__)
    assert not set(OUTWARD) & inside


def test_a_stopped_payment_is_counted_and_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    stopped = Committed(Payment("P1", Key("", "", "", ""), State.STOPPED), (), "FORWARDED.stop", "KeyError: x")
    monkeypatch.setattr(rig.journal, "apply", lambda batch: [stopped])
    rig.runner.hand_in(sale(1))
    rig.commit()
    assert rig.runner.stats.stopped == 1
    assert rig.told == [("watch", "P1", State.STOPPED)]


def test_a_commit_without_results_is_a_commit() -> None:
    rig = Rig(inline=True)
    rig.journal.apply = lambda batch: []  # type: ignore[method-assign]
    assert rig.runner.hand_in(reply(1))
    assert rig.runner.idle
    assert (rig.runner.stats.commits, rig.runner.stats.facts) == (1, 0)


def test_what_was_committed_before_the_lease_ran_out_is_not_acted_upon() -> None:
    rig = Rig()
    for n in (1, 2):
        rig.runner.hand_in(sale(n))
    rig.commit()
    rig.told.clear()
    rig.journal.leased = False  # frozen between the commit and the acts
    rig.commit()
    assert [words[0] for words in rig.told] == ["fatal"]
    assert "lease" in rig.told[0][1]
    assert not rig.runner.hand_in(sale(3))
    rig.runner.act_on(rig.journal.apply([sale(4)]))
    assert len(rig.told) == 1, "not what came past the queue either"


def test_an_engine_that_the_journal_refuses_as_fenced_acts_on_nothing_more() -> None:
    rig = Rig()
    rig.runner.hand_in(sale(1))
    rig.journal.trouble = [Fenced("taken")]
    rig.commit()
    rig.runner.act_on(rig.journal.apply([sale(2)]))
    assert rig.told == [("fatal", "Fenced('taken')")]
