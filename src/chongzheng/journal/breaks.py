"""Which differences between book and file wait for a person, and who resolved which, and how? Breaks as work.

Resolving by hand needs a reason and evidence, and the hash of what the person was shown: whoever decides on something
that has changed since decides on something else. Above a limit (a dated rule) a second person approves, on the same
terms. Money that lies in suspense moves with the resolution, in one transaction, or the resolution does not happen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from chongzheng.journal.actors import Actors, May, NotAllowed
from chongzheng.journal.acts import book, enact, queue
from chongzheng.journal.differences import put_breaks
from chongzheng.journal.rows import encode
from chongzheng.journal.rules import ALONE_UP_TO_FEN, Rules
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import RESOLUTIONS, Resolution, resolved
from chongzheng.settlement.breaks import Difference

PROPOSAL_MS = 24 * 3_600_000
"""After this long nobody may approve it any more; it must be proposed again."""
PAGE_MAX = 200
WORDS_CHARS_MIN, WORDS_CHARS_MAX = 3, 500
EVIDENCE_MAX = 20
STATES = ("open", "proposed", "resolved", "superseded", "unresolved", "all")


@dataclass(frozen=True, slots=True)
class Break:
    """One difference as it stands. `fen` is signed; `record` is the file's line, 0: none; instants are epoch ms."""

    id: int
    file: str
    channel: str
    day: str
    type: str
    payment: str
    record: int
    fen: int
    viewpoint: str
    queue: str
    next_action: str
    why: str
    about: str
    opened_at: int
    state: str
    version: int
    proposed_by: str | None
    proposed_at: int | None
    proposal: str
    shown: str
    approved_by: str | None
    resolved_at: int | None
    act: int | None


@dataclass(frozen=True, slots=True)
class View:
    """What a person is shown: the break, how its payment stands (empty: none of ours), what lies in suspense for it
    (signed fen), whether that takes two people, and the hash of all of it."""

    one: Break
    payment: dict[str, Any]
    suspense_fen: int
    takes_two: bool
    hash: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person wants. `evidence`: ids, numbers or file names that show it; `shown`: the hash of what was seen."""

    how: Resolution
    reason: str
    evidence: tuple[str, ...]
    shown: str


class Overtaken(Exception):
    """Somebody else was quicker, or what was shown has changed; nothing was done. The text is safe to show."""


class Breaks:
    """The desk. `clock`: epoch ms. Every method that changes something is one transaction."""

    def __init__(self, side: Side, clock: Callable[[], int]) -> None:
        self._side = side
        self._clock = clock
        self._actors = Actors(side)
        self._rules = Rules(side)

    def put(self, file: str, channel: str, day: str, differences: Iterable[Difference]) -> list[tuple[Difference, int]]:
        """As `put_breaks`, in a transaction of its own."""
        with self._side.together():
            return put_breaks(self._side, file, channel, day, differences, self._clock())

    def page(self, state: str = "unresolved", after: int = 0, most: int = PAGE_MAX) -> list[Break]:
        """Breaks in this state by their ids, behind the id `after`. TheirMistake: no such state."""
        if state not in STATES:
            raise TheirMistake(f"is one of {', '.join(STATES)}", "state")
        values = {"state": state, "after": after, "most": min(most, PAGE_MAX)}
        return [Break(*row) for row in self._side.ask("list_breaks", **values)]

    def counts(self) -> list[tuple[str, str, int, int]]:
        """(type, state, how many, sum in fen)."""
        return [(row[0], row[1], int(row[2]), int(row[3])) for row in self._side.ask("count_breaks")]

    def view(self, break_id: int) -> View:
        """What there is to see of it now. TheirMistake: there is none of this number."""
        with self._side.together():
            return self._view(break_id)

    def resolve(self, break_id: int, by: str, wanted: Decision) -> Break:
        """Resolve it, or propose to where that takes two people. NotAllowed, Overtaken, TheirMistake: nothing done."""
        _check(wanted)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.RESOLVE)
            view = self._view(break_id, held_still=True)
            self._refuse_taken(view.one)
            self._refuse_changed(view, wanted.shown)
            _refuse_empty(wanted.how, view.suspense_fen)
            if view.takes_two:
                self._propose(view, by, wanted)
            else:
                self._settle(view, by, None, wanted)
            return self._one(break_id)

    def approve(self, break_id: int, by: str, shown: str) -> Break:
        """Do what the first person proposed. `shown`: the hash of the proposal as the second person saw it."""
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.APPROVE)
            view, proposal = self._proposed(break_id)
            if by == view.one.proposed_by:
                raise NotAllowed("whoever proposed it cannot approve it; that takes a second person")
            self._refuse_changed(view, shown)
            how = Resolution(proposal["how"])
            wanted = Decision(how, proposal["reason"], tuple(proposal["evidence"]), view.one.shown)
            self._settle(view, str(view.one.proposed_by), by, wanted)
            return self._one(break_id)

    def reject(self, break_id: int, by: str, reason: str) -> Break:
        """Send the proposal back: the break is open again, for anybody. The first person may take it back so, too."""
        check_words(reason, "reason")
        with self._side.together():
            queue(self._side)
            view, _ = self._proposed(break_id, also_expired=True)
            if by != view.one.proposed_by:
                self._actors.allowed(by, May.APPROVE)
            if not self._side.ask("reopen_break", id=break_id, version=view.one.version):
                raise Overtaken("somebody else was quicker")
            enact(self._side, self._clock(), by, "break rejected", f"break {break_id}", reason=reason)
            return self._one(break_id)

    def close_case(self, case: int, by: str, reason: str) -> str:
        """Close a case, and give its payment. TheirMistake: money of its payment lies in suspense, or a break is open.

        The rule stands in the statement that closes it: while it runs nobody can move that money.
        """
        check_words(reason, "reason")
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.RESOLVE)
            rows = self._side.ask("get_case", id=case)
            if not rows or rows[0][2] != "open":
                raise TheirMistake("there is no open case of this number", f"case {case}")
            payment = str(rows[0][0])
            self._hold_still(payment)
            held = self._suspense(payment, 0)
            if self._side.ask("unresolved_of_payment", payment=payment)[0][0]:
                raise TheirMistake("a difference about its payment is not resolved", f"case {case}")
            now = self._clock()
            said = {"payment": payment, "why": rows[0][1], "reason": reason}
            act = enact(self._side, now, by, "case closed", f"case {case}", **said)
            if not self._side.ask("close_case", id=case, act=act):
                raise TheirMistake(f"{held} fen of its payment lie in suspense; resolve that first", f"case {case}")
            return payment

    # How it stands

    def _one(self, break_id: int) -> Break:
        rows = self._side.ask("get_break", id=break_id)
        if not rows:
            raise TheirMistake("there is no break of this number", f"break {break_id}")
        return Break(*rows[0])

    def _view(self, break_id: int, held_still: bool = False) -> View:
        """`held_still`: for the rest of the transaction no engine moves its payment."""
        one = self._one(break_id)
        if held_still:
            self._hold_still(one.payment)
        standing = self._standing(one.payment)
        held = self._suspense(one.payment, break_id)
        limit = self._rules.limit(ALONE_UP_TO_FEN, self._clock())
        stake = max(abs(one.fen), abs(held), abs(int(standing.get("amount_fen", 0))))
        takes_two = limit is None or stake > limit
        seen = [one, standing, held, takes_two]
        return View(one, standing, held, takes_two, hashlib.sha256(encode(seen)).hexdigest())

    def _hold_still(self, payment: str) -> None:
        self._side.ask_in_dialect("hold_payment", payment=payment)

    def _standing(self, payment: str) -> dict[str, Any]:
        rows = self._side.ask("payment_standing", payment=payment) if payment else []
        names = ("facts", "state", "truth", "proof", "suspense_fen", "merchant", "terminal", "stan", "amount_fen")
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def _suspense(self, payment: str, break_id: int) -> int:
        """What lies in suspense for the payment, or, without one, for the break."""
        machine = int(self._standing(payment).get("suspense_fen", 0))
        return machine + int(self._side.ask("vouchers_suspense", payment=payment, break_id=break_id)[0][0])

    def _proposed(self, break_id: int, also_expired: bool = False) -> tuple[View, dict[str, Any]]:
        view = self._view(break_id, held_still=True)
        if view.one.state != "proposed":
            raise Overtaken(f"nothing is proposed: it is {view.one.state}")
        if not also_expired and self._expired(view.one):
            raise Overtaken("the proposal is too old; it must be proposed again")
        return view, msgspec.json.decode(view.one.proposal)

    def _expired(self, one: Break) -> bool:
        return one.proposed_at is not None and self._clock() - one.proposed_at > PROPOSAL_MS

    # What is refused

    def _refuse_changed(self, view: View, shown: str) -> None:
        if shown != view.hash:
            raise Overtaken("it is not what you were shown any more; look again")

    def _refuse_taken(self, one: Break) -> None:
        if one.state == "open" or (one.state == "proposed" and self._expired(one)):
            return
        who = one.proposed_by if one.state == "proposed" else one.approved_by or one.proposed_by
        raise Overtaken(f"it is {one.state} already" + (f", by {who}" if who else ""))

    # What is written

    def _propose(self, view: View, by: str, wanted: Decision) -> None:
        now, number = self._clock(), view.one.id
        values = {"proposal": _text(wanted), "shown": wanted.shown, "version": view.one.version}
        if not self._side.ask("propose", id=number, by=by, at=now, **values):
            raise Overtaken("somebody else was quicker")
        enact(self._side, now, by, "break proposed", f"break {number}", shown=wanted.shown, decision=_document(wanted))

    def _settle(self, view: View, first: str, second: str | None, wanted: Decision) -> None:
        """The act with its vouchers, then the row, which only one of many can still change."""
        now, one = self._clock(), view.one
        entries = resolved(wanted.how, view.suspense_fen)
        words: dict[str, Any] = {"first": first, "second": second, "shown": view.hash, "decision": _document(wanted)}
        about: dict[str, Any] = {"payment": one.payment, "break_id": one.id}
        act = book(self._side, now, second or first, "break resolved", entries, **about, **words)
        values = {"proposal": _text(wanted), "shown": wanted.shown, "version": one.version, "act": act}
        people = {"proposed_by": first, "proposed_at": one.proposed_at or now, "approved_by": second}
        if not self._side.ask("resolve", id=one.id, at=now, **values, **people):
            raise Overtaken("somebody else was quicker")


def _refuse_empty(how: Resolution, held: int) -> None:
    if held and RESOLUTIONS[how][0] is None:
        raise TheirMistake(f"{held} fen lie in suspense for it: say where they go", "resolution")


def _check(wanted: Decision) -> None:
    check_words(wanted.reason, "reason")
    if not 1 <= len(wanted.evidence) <= EVIDENCE_MAX:
        raise TheirMistake(f"name 1 to {EVIDENCE_MAX} pieces", "evidence")
    for piece in wanted.evidence:
        check_words(piece, "evidence")


def check_words(text: str, where: str) -> None:
    """TheirMistake when these are not words that somebody else can read later."""
    if len(text.strip()) < WORDS_CHARS_MIN or len(text) > WORDS_CHARS_MAX or not text.isprintable():
        raise TheirMistake(f"is {WORDS_CHARS_MIN} to {WORDS_CHARS_MAX} visible characters", where)


def _document(wanted: Decision) -> dict[str, object]:
    return {"how": str(wanted.how), "reason": wanted.reason, "evidence": list(wanted.evidence)}


def _text(wanted: Decision) -> str:
    return encode(_document(wanted)).decode()
