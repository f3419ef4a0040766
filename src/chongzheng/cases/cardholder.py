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
from chongzheng.cases.case_states import CLOSED
from chongzheng.cases.clawback import NOTICED
from chongzheng.cases.dispute import WON
from chongzheng.cases.dispute_rules import CHARGEBACK
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
from chongzheng.reversal.facts import Moves
from chongzheng.reversal.payment import MoneyIs, Proof, Truth, Verdict


class Where(StrEnum):
    """Where the money is, in the only words that a cardholder hears."""

    CHECKING = "checking"
    NOT_TAKEN = "not taken"
    ON_HOLD = "on hold"
    WITH_SHOP = "with shop"
    NOT_WITH_SHOP = "not with shop"
    SHOP_UNKNOWN = "shop unknown"
    CHARGED_BACK = "charged back"
    RETURNED = "returned"
    TWICE = "twice"
    ON_ITS_WAY = "on its way"
    ARRIVED = "arrived"
    DOUBLE = "double"
    NOT_OWED = "not owed"
    REFUND_CHECKING = "refund checking"
    REFUND_MADE = "refund made"
    REFUND_NOT_MADE = "refund not made"


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
    """A complaint: its id, how it stands, until when it is answered (epoch ms ahead of us, or 0), and whether that
    day is over without an answer."""

    id: str
    state: str
    by: int
    late: bool


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
"""States of a refund for which the money came back, or was not taken, by another way too: whichever that was."""
OF_A_SALE: Mapping[Truth, Where] = {
    Truth.NEVER_CHARGED: Where.NOT_TAKEN,
    Truth.CHARGED_RETURNED: Where.RETURNED,
    Truth.CHARGED_TWICE: Where.TWICE,
}
OF_A_HOLD: Mapping[Truth, Where] = {
    Truth.NEVER_CHARGED: Where.NOT_TAKEN,
    Truth.CHARGED_KEPT: Where.ON_HOLD,
    Truth.CHARGED_RETURNED: Where.NOT_TAKEN,
}
OF_A_CREDIT: Mapping[Truth, Where] = {
    Truth.NEVER_CHARGED: Where.REFUND_NOT_MADE,
    Truth.CHARGED_KEPT: Where.REFUND_MADE,
    Truth.CHARGED_RETURNED: Where.REFUND_NOT_MADE,
    Truth.CHARGED_TWICE: Where.DOUBLE,
}
SAID: Mapping[Moves, Mapping[Truth, Where]] = {
    Moves.DEBIT: OF_A_SALE,
    Moves.CREDIT: OF_A_CREDIT,
    Moves.HOLD: OF_A_HOLD,
    Moves.NOTHING: {Truth.NEVER_CHARGED: Where.NOT_TAKEN},
}
"""What a verdict that is sure says; of a sale that was charged and kept it takes to know where its money lies."""
KEPT: Mapping[MoneyIs, Where] = {MoneyIs.CORRECT: Where.WITH_SHOP, MoneyIs.UNKNOWN: Where.SHOP_UNKNOWN}
FIRST: Mapping[Moves, str] = {Moves.CREDIT: "given", Moves.HOLD: "held"}
"""What the first step of its way is called, where it is not a payment."""
OPEN_QUESTION = frozenset({Where.CHECKING, Where.REFUND_CHECKING})
TWO = frozenset({Where.DOUBLE, Where.NOT_OWED})
"""Where more is with the cardholder than is theirs."""
UNKNOWN: Mapping[Where, tuple[str, ...]] = {
    Where.CHECKING: ("taken",),
    Where.NOT_WITH_SHOP: ("righted",),
    Where.SHOP_UNKNOWN: ("shop",),
    Where.RETURNED: ("statement",),
    Where.CHARGED_BACK: ("statement",),
    Where.TWICE: ("back",),
    Where.ON_ITS_WAY: ("arrival",),
    Where.DOUBLE: ("keeps",),
    Where.NOT_OWED: ("keeps",),
    Where.REFUND_CHECKING: ("made",),
    Where.REFUND_MADE: ("statement",),
}
"""What is still not known where the money is there."""
WAITS = frozenset({
    Where.CHECKING, Where.REFUND_CHECKING, Where.NOT_WITH_SHOP, Where.SHOP_UNKNOWN, Where.TWICE, Where.ON_ITS_WAY, *TWO,
})  # fmt: skip
"""Where something of ours is still to come, so that there may be a date."""
OUTSIDE = frozenset({Where.ON_ITS_WAY, Where.ARRIVED, *TWO})
"""Where it went back outside the wires."""
FINAL = "final"
"""The clock of a case by which it should be over: ours, and no promise."""
COMPLAINTS_MAX = 5


def told(
    verdict: Verdict, moves: Moves, paid_at: int, matters: Iterable[Matter], now: int, file_due_at: int = 0
) -> Told:
    """What is said of a transaction that moves money so, by its verdict and everything there is about it;
    `file_due_at`: when the clearing file that decides should be there (0: none is waited for). Instants: epoch ms."""
    about = list(matters)
    refund = _last(one for one in about if one.kind == "refund" and one.state in OUT)
    sure = verdict.proof in SURE
    where = _back(verdict, refund) or (_verdict_says(verdict, moves, about) if sure else _open(moves))
    by, date = _not_before(about, now) if where in TWO else (0, Date.NONE)
    if where in WAITS and date is Date.NONE:
        by, date = _date(about, refund, file_due_at, now)
    complaints = [heard(one, now) for one in about if one.kind == "complaint"][-COMPLAINTS_MAX:]
    unknown = UNKNOWN.get(where, ()) if sure or where in OPEN_QUESTION else ("taken", *UNKNOWN.get(where, ()))
    first = Step(FIRST.get(moves, "paid"), Stood.DONE, paid_at)
    steps = _steps(where, first, refund, Stood.DONE if sure else Stood.NOW)
    out_fen = refund.fen if refund is not None and refund.state != RECOVERED else 0
    return Told(where, unknown, by, date, steps, out_fen, tuple(complaints))


def _last(found: Iterable[Matter]) -> Matter | None:
    return max(found, key=lambda one: one.opened_at, default=None)


def _back(verdict: Verdict, refund: Matter | None) -> Where | None:
    """Where a refund outside the wires is; None where there is none, or it came back to us."""
    if refund is None or refund.state == RECOVERED:
        return None
    if not _posted_at(refund):
        return Where.ON_ITS_WAY
    if refund.state not in TWICE_BACK:
        return Where.ARRIVED
    never = verdict.truth is Truth.NEVER_CHARGED and verdict.proof in SURE
    return Where.NOT_OWED if never else Where.DOUBLE


def _posted_at(refund: Matter | None) -> int:
    return int(refund.body.get("posted_at", 0)) if refund is not None else 0


def _open(moves: Moves) -> Where:
    return Where.REFUND_CHECKING if moves is Moves.CREDIT else Where.CHECKING


def _verdict_says(verdict: Verdict, moves: Moves, about: Sequence[Matter]) -> Where:
    if moves is not Moves.DEBIT or verdict.truth is not Truth.CHARGED_KEPT:
        return SAID[moves].get(verdict.truth, _open(moves))
    if any(_takes_back(one) for one in about):
        return Where.CHARGED_BACK
    if any(_stands(one) for one in about):
        return Where.WITH_SHOP
    return KEPT.get(verdict.money, Where.NOT_WITH_SHOP)


def _takes_back(one: Matter) -> bool:
    """Whether an issuer has this money by a chargeback; one that was won gave it back to the shop."""
    return one.kind == "dispute" and one.body["action"] == CHARGEBACK and one.state != WON


def _stands(one: Matter) -> bool:
    """Whether its case is over with the sale standing: nothing was put right, and none of its money is in doubt."""
    if one.kind != "case" or one.state != CLOSED:
        return False
    return one.body["decision"]["truth"] == Truth.CHARGED_KEPT and not one.body["action"]["remedy"]


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


def _steps(where: Where, first: Step, refund: Matter | None, found: Stood) -> tuple[Step, ...]:
    """The way of the money: paid, checked (`found`), and where it goes back, how far that is."""
    if where in OPEN_QUESTION:
        return first, Step("checked", Stood.NOW), Step("told", Stood.AHEAD)
    return first, Step("checked", found), *_behind(where, _posted_at(refund))


def _behind(where: Where, posted_at: int) -> tuple[Step, ...]:
    """What comes after it was checked. `posted_at`: when a refund was posted, 0: it was not."""
    if where in OUTSIDE:
        arrived = Step("arrived", Stood.NOW if where is Where.ON_ITS_WAY else Stood.DONE, posted_at)
        return Step("sent", Stood.DONE), arrived, *((Step("settled", Stood.NOW),) if where in TWO else ())
    if where in (Where.NOT_WITH_SHOP, Where.SHOP_UNKNOWN):
        return (Step("righted", Stood.NOW),)
    if where is Where.TWICE:
        return Step("sent", Stood.NOW), Step("arrived", Stood.AHEAD)
    if where is Where.RETURNED:
        settled = (Step("settled", Stood.DONE),) if posted_at else ()
        return Step("returned", Stood.DONE), *settled, Step("statement", Stood.NOW)
    if where is Where.CHARGED_BACK:
        return Step("by-bank", Stood.DONE), Step("statement", Stood.NOW)
    return (Step("done", Stood.DONE),)


def heard(one: Matter, now: int) -> Heard:
    """How a complaint stands."""
    due = [clock["due_at"] for clock in one.body.get("clocks", ()) if sla.runs(clock)]
    by = min(due, default=0)
    return Heard(one.id, one.state, by if by > now else 0, 0 < by <= now)
