"""Do the mistakes that other systems make in queues and commits stay impossible here? One test a trap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chongzheng.gateway.breaker import Trip
from chongzheng.gateway.pacing import Pace
from chongzheng.journal import Committed, JournalFull
from chongzheng.reversal import effects
from chongzheng.reversal.payment import Payment, State
from chongzheng.runner import OUTWARD, Runner
from journal.made import name_of, reply, sale
from journal.place import SqlitePlace
from unit.gateway import street
from unit.gateway.street import PATIENCE_MS, ROUND_TRIP_MS, Street

QUICK = Trip(silent_min=8, silent_after_ms=2_000, open_ms=500, open_max_ms=4_000)
POISON, HONEST, POISONED_TERMINAL = 40, 400, 7
FOR_EVER_MS = 120_000
Says = tuple[int, str] | None


@pytest.mark.parametrize("says", [(ROUND_TRIP_MS, "25"), (ROUND_TRIP_MS, "96"), None], ids=["25", "96", "silence"])
def test_one_undeliverable_reversal_does_not_block_all_others(says: Says) -> None:
    """The oldest and largest reversals of all are one terminal's and never succeed; the others leave past them."""

    def last_honest_send(poison: int) -> int:
        world = Street(Pace(window_start=16, window_max=16), QUICK)
        first = 5_000
        bad = [street.sale(n, POISONED_TERMINAL, 10_000_000, 900_000) for n in range(first, first + poison)]
        world.pend(*bad, *(street.sale(n) for n in range(HONEST)))
        names = {payment.id for payment in bad}
        world.host = lambda payment, attempt: says if payment in names else (ROUND_TRIP_MS, "00")
        world.start()
        world.turn(FOR_EVER_MS)
        honest = [payment for payment in world.payments.values() if payment.id not in names]
        assert {payment.state for payment in honest} == {State.RETURNED}
        driven = {world.payments[name].state for name in names}
        assert driven <= {State.REVERSING, State.UNMATCHED}, "and yet none of the poison was dropped"
        return max(at for at, name, _ in world.sent if name not in names)

    assert last_honest_send(POISON) <= last_honest_send(0) + PATIENCE_MS + 1_000


class Door:
    """A runner over a real journal whose commits happen on command; what is told to terminals stands in `told`."""

    def __init__(self, place: SqlitePlace) -> None:
        self.place = place
        self.journal = place.open()
        self.jobs: list[tuple[Callable[[], list[Committed]], Callable[[Any], None]]] = []
        self.told: list[tuple[str, State | None]] = []
        self.dead: list[BaseException] = []
        outlets = {**dict.fromkeys(OUTWARD, lambda payment, effect: None), effects.AnswerTerminal: self.tell}
        self.runner = Runner(
            self.journal,
            lambda work, done: self.jobs.append((work, done)),
            outlets,
            lambda payment: None,
            lambda submission: None,
            lambda seconds, call: None,
            self.dead.append,
        )

    def tell(self, payment: Payment, effect: effects.AnswerTerminal) -> None:
        """A terminal is told; beside it stands what somebody else reads in the journal at that moment."""
        with self.place.reading() as reader:
            durable = reader.payment(payment.id)
        self.told.append((effect.code, durable.state if durable is not None else None))

    def commit(self) -> None:
        """The oldest commit that waits."""
        work, done = self.jobs.pop(0)
        try:
            result: Any = work()
        except BaseException as error:  # noqa: BLE001 - that is what the executor hands on
            result = error
        done(result)


def test_success_is_not_announced_before_our_own_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal hears yes when another connection already reads it, and never when the commit failed."""
    place = SqlitePlace(tmp_path)
    door = Door(place)
    door.runner.hand_in(sale(1))
    door.commit()
    door.runner.hand_in(reply(1))
    assert door.told == [], "decided perhaps, durable not yet"
    door.commit()
    assert door.told == [("00", State.DELIVERING)]

    door.runner.hand_in(sale(2))
    door.commit()
    for trouble in (JournalFull("no room"), OSError("the sync failed")):
        with monkeypatch.context() as broken:
            broken.setattr(door.journal, "apply", lambda batch, trouble=trouble: (_ for _ in ()).throw(trouble))
            door.runner.hand_in(reply(2))
            if door.jobs:
                door.commit()
    assert door.told == [("00", State.DELIVERING)]
    with place.reading() as reader:
        waiting = reader.payment(name_of(2))
        assert waiting is not None and waiting.state is State.FORWARDED
    place.close_all()
