"""What may the person who paid be told: where the money is, what is not known yet, what comes next, and by when?

Only what is confirmed or proven is said of the payment, and of a refund only what its own state carries; everything
else is not known yet. No name, no number, nothing that people wrote is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chongzheng.cases import sla
from chongzheng.cases.calendar import instant
from chongzheng.cases.clawback import NOTICED
from chongzheng.cases.matter import Matter
from chongzheng.cases.refund_rules import (
    CONFIRMED_FINAL,
    DOUBLE_CREDIT,
    POSTED,
    RECOVERED,
    RECOVERING,
    SENT,
    WRITTEN_OFF,
)
from chongzheng.reversal.payment import Proof, Truth


class Where(StrEnum):
    """Where the money is, in the only words that a cardholder hears."""

    CHECKING = "checking"
    NOT_TAKEN = "not taken"
    WITH_SHOP = "with shop"
    RETURNED = "returned"
    TWICE = "twice"
    ON_ITS_WAY = "on its way"
    ARRIVED = "arrived"
    DOUBLE = "double"


class Date(StrEnum):
    """What kind of date it is: our word, the law's, what we aim at, before which nothing is taken back; or none."""

    PROMISED = "promised"
    LAW = "law"
    AIM = "aim"
    EARLIEST = "earliest"
    NONE = "none"


class Stood(StrEnum):
    """Whether a step is behind us, is the one we are at, or is still to come."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way of the money. `at`: epoch ms, 0 where it is not told or not known."""

    name: str
    stood: Stood
    at: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """A complaint: its id, how it stands, and until when it is answered (epoch ms, 0: it is over)."""

    id: str
    state: str
    by: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is said. `unknown`: what is not known yet, by name; `by`: epoch ms, 0 with Date.NONE; `refund_fen`: what was
    sent back outside the wires and has not come back to us, 0: nothing."""

    where: Where
    unknown: tuple[str, ...]
    by: int
    date: Date
    steps: tuple[Step, ...]
    refund_fen: int
    complaints: tuple[Heard, ...]


SURE = frozenset({Proof.CONFIRMED, Proof.PROVEN})
OUT = frozenset({SENT, POSTED, CONFIRMED_FINAL, DOUBLE_CREDIT, RECOVERING, RECOVERED, WRITTEN_OFF})
"""States of a refund in which money left; nothing is said of one that is only proposed or approved."""
TWICE_BACK = frozenset({DOUBLE_CREDIT, RECOVERING})
SAID: Mapping[Truth, Where] = {
    Truth.NEVER_CHARGED: Where.NOT_TAKEN,
    Truth.CHARGED_KEPT: Where.WITH_SHOP,
    Truth.CHARGED_RETURNED: Where.RETURNED,
    Truth.CHARGED_TWICE: Where.TWICE,
}
UNKNOWN: Mapping[Where, tuple[str, ...]] = {
    Where.CHECKING: ("taken",),
    Where.RETURNED: ("statement",),
    Where.TWICE: ("back",),
    Where.ON_ITS_WAY: ("arrival",),
    Where.DOUBLE: ("keeps",),
}
"""What is still not known where the money is there."""
WAITS = frozenset({Where.CHECKING, Where.TWICE, Where.ON_ITS_WAY, Where.DOUBLE})
"""Where something of ours is still to come, so that there may be a date."""
OUTSIDE = frozenset({Where.ON_ITS_WAY, Where.ARRIVED, Where.DOUBLE})
"""Where it went back outside the wires."""
FINAL = "final"
"""The clock of a case by which it should be over: ours, and no promise."""
COMPLAINTS_MAX = 5


def told(truth: Truth, proof: Proof, paid_at: int, matters: Iterable[Matter], now: int, file_due_at: int = 0) -> Told:
    """What is said of a payment by its verdict and everything there is about it; `file_due_at`: when the clearing file
    that decides should be there (0: none is waited for). Instants are epoch ms."""
    about = list(matters)
    refund = _last(one for one in about if one.kind == "refund" and one.state in OUT)
    where = _where(truth, proof, refund)
    by, date = _not_before(about, now) if where is Where.DOUBLE else (0, Date.NONE)
    if where in WAITS and date is Date.NONE:
        by, date = _date(about, refund, file_due_at, now)
    complaints = [heard(one) for one in about if one.kind == "complaint"][-COMPLAINTS_MAX:]
    sure = proof in SURE
    unknown = UNKNOWN.get(where, ()) if sure or where is Where.CHECKING else ("taken", *UNKNOWN.get(where, ()))
    steps = _steps(where, paid_at, refund, Stood.DONE if sure else Stood.NOW)
    out_fen = refund.fen if refund is not None and refund.state != RECOVERED else 0
    return Told(where, unknown, by, date, steps, out_fen, tuple(complaints))


def _last(found: Iterable[Matter]) -> Matter | None:
    return max(found, key=lambda one: one.opened_at, default=None)


def _where(truth: Truth, proof: Proof, refund: Matter | None) -> Where:
    sure = proof in SURE
    if refund is not None and refund.state != RECOVERED:
        if refund.state in TWICE_BACK and truth is Truth.CHARGED_RETURNED and sure:
            return Where.DOUBLE
        return Where.ON_ITS_WAY if refund.state == SENT else Where.ARRIVED
    return SAID.get(truth, Where.CHECKING) if sure else Where.CHECKING


def _not_before(about: Iterable[Matter], now: int) -> tuple[int, Date]:
    """The end of the day before which nothing is taken back, as the cardholder was told."""
    told = [one.body["notice"]["debit_day"] for one in about if one.kind == "clawback" and one.state == NOTICED]
    ahead = [at for day in told if (at := instant(day)) > now]
    return (min(ahead), Date.EARLIEST) if ahead else (0, Date.NONE)


def _date(about: Sequence[Matter], refund: Matter | None, file_due_at: int, now: int) -> tuple[int, Date]:
    """The nearest date that is not over: our word first, then the law's, then what we aim at."""
    promised = [instant(one["day"]) for case in about for one in case.body.get("promises", ()) if not _ended(one)]
    legal = [one["due_at"] for one in _running(about) if one["kind"] == sla.LEGAL]
    aims = [one["due_at"] for one in _running(about) if one["name"] == FINAL]
    aims += [refund.due_at or 0] if refund is not None else []
    for found, kind in ((promised, Date.PROMISED), (legal, Date.LAW), (aims or [file_due_at], Date.AIM)):
        ahead = [at for at in found if at > now]
        if ahead:
            return min(ahead), kind
    return 0, Date.NONE


def _ended(promise: Mapping[str, Any]) -> bool:
    return promise["kept_at"] is not None or promise["broken_at"] is not None


def _running(about: Iterable[Matter]) -> list[Mapping[str, Any]]:
    return [one for matter in about for one in matter.body.get("clocks", ()) if sla.runs(one)]


def _steps(where: Where, paid_at: int, refund: Matter | None, found: Stood) -> tuple[Step, ...]:
    """The way of the money: paid, checked (`found`), and where it goes back, how far that is."""
    paid = Step("paid", Stood.DONE, paid_at)
    if where is Where.CHECKING:
        return paid, Step("checked", Stood.NOW), Step("told", Stood.AHEAD)
    return paid, Step("checked", found), *_behind(where, refund)


def _behind(where: Where, refund: Matter | None) -> tuple[Step, ...]:
    """What comes after it was checked."""
    posted_at = int(refund.body.get("posted_at", 0)) if refund is not None else 0
    settled = Step("settled", Stood.NOW if where is Where.DOUBLE else Stood.DONE)
    if where in OUTSIDE:
        arrived = Step("arrived", Stood.NOW if where is Where.ON_ITS_WAY else Stood.DONE, posted_at)
        return Step("sent", Stood.DONE), arrived, *((settled,) if where is Where.DOUBLE else ())
    if where is Where.TWICE:
        return Step("sent", Stood.NOW), Step("arrived", Stood.AHEAD)
    if where is Where.RETURNED:
        return Step("returned", Stood.DONE), *((settled,) if posted_at else ()), Step("statement", Stood.NOW)
    return (Step("done", Stood.DONE),)


def heard(one: Matter) -> Heard:
    """How a complaint stands."""
    due = [clock["due_at"] for clock in one.body.get("clocks", ()) if sla.runs(clock)]
    return Heard(one.id, one.state, min(due, default=0))
