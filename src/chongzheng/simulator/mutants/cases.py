"""Which bugs may hide in how people's work is kept? Planted in the keeper, its effects, the registers and refunds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from chongzheng.cases import refund as refund_kind
from chongzheng.cases import refund_rules
from chongzheng.journal import acts, bulk, hand_booking, matter_effects, matters
from chongzheng.journal.audit import GENESIS
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.hand_booking import HandBooking
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side, statements
from chongzheng.reversal.booking import Booking
from chongzheng.simulator.mutants.mutant import CASES, Mutant
from chongzheng.simulator.mutants.tables import but, table, without
from chongzheng.simulator.swapping import Patch

OUT = refund_kind.OUT


def _at_once() -> tuple[Patch, ...]:
    @contextmanager
    def together(side: Side) -> Iterator[None]:
        yield

    return ((Side, "together", together),)


def _preview_does() -> tuple[Patch, ...]:
    def preview(keeper: Matters, matter: str, fact: str, said: Mapping[str, Any], by: str, shown: str = "") -> str:
        try:
            keeper.say(matter, fact, said, by, shown)
        except Exception as no:  # noqa: BLE001 - what it would be refused with
            return str(no)
        return ""

    return ((Matters, "preview", preview),)


def _batches_forgotten() -> tuple[Patch, ...]:
    numbers = count()
    return ((bulk, "_key", lambda reference, one: f"bulk {reference} {one} {next(numbers)}"),)


def _batch_sees_for_all() -> tuple[Patch, ...]:
    known = Matters.said

    def said(keeper: Matters, matter: str, name: str, words: Any, who: Any, shown: str, *, depth: int) -> Any:
        now = keeper._view(keeper._matter(matters.number(matter))).hash
        return known(keeper, matter, name, words, who, shown or now, depth=depth)

    return ((Matters, "said", said),)


def _unchained() -> tuple[Patch, ...]:
    return ((acts, "link", lambda before, record: _link(GENESIS, record)),)


_link = acts.link


def _only_the_key(side: Side, payment: str, verb: str, provisional: bool, no: int, holder: Any) -> None:
    if not side.ask("take_key", name=f"give back {payment}", matter=no):
        raise Overtaken(f"{payment} is being given back already")


def _without_cover() -> tuple[Patch, ...]:
    known = matter_effects._book

    def book(side: Any, matter: Any, fact: Any, effect: Any) -> None:
        if Booking(effect.what) is not Booking.ADVANCE_COVERED:
            known(side, matter, fact, effect)

    return ((matter_effects, "_book", book),)


def _row_by_one() -> tuple[Patch, ...]:
    known, name = Registers.history, "approve_register_row"

    def history(registers: Registers, register: str) -> Any:
        return [replace(entry, proposed_by="") for entry in known(registers, register)]

    text = statements()[name].replace("AND proposed_by <> :by", "")
    return ((Registers, "history", history), (statements(), name, text))


def _nobodys() -> tuple[Patch, ...]:
    known = matters._columns

    def columns(kind: Any, matter: Any, at: int) -> dict[str, Any]:
        return {**known(kind, matter, at), "queue": "", "owner": "", "due_at": None}

    return ((matters, "_columns", columns),)


MUTANTS = (
    Mutant("proposer-approves", CASES, "whoever proposed a refund may approve it",
           lambda: table("refund", but("Approved", apart=()))),
    Mutant("reporter-approves", CASES, "whoever reported the case may approve its refund",
           lambda: ((refund_rules, "reporters", lambda given: frozenset()),)),
    Mutant("one-word-is-enough", CASES, "the first approval lets any refund go out",
           lambda: ((refund_kind, "lacking", lambda row, approvals: ""),)),
    Mutant("sight-not-asked", CASES, "an approval holds whatever its approver saw",
           lambda: table("refund", but("Approved", shown=False))),
    Mutant("batch-sees-for-all", CASES, "where no sight is named the one of this moment counts", _batch_sees_for_all),
    Mutant("reversal-not-waited-for", CASES, "a refund takes its key and does not ask for the reversal",
           lambda: ((matter_effects, "take_release", _only_the_key),)),
    Mutant("advance-beside-a-refund", CASES, "an advance by hand asks for no token",
           lambda: ((HandBooking, "_refuse_second", lambda hand, wanted: None),)),
    Mutant("double-credit-unnoticed", CASES, "a refund that is out does not hear that the payment moved",
           lambda: table("refund", without("PaymentMoved", OUT))),
    Mutant("advance-never-covered", CASES, "what covers an advance is not booked", _without_cover),
    Mutant("hand-alone", CASES, "what takes two people is booked by one",
           lambda: ((hand_booking.HandBooking, "_refuse_alone", lambda hand, wanted, by, second: None),)),
    Mutant("row-by-one", CASES, "whoever proposed a row of a register may approve it", _row_by_one),
    Mutant("no-transaction", CASES, "each statement of a fact commits by itself", _at_once),
    Mutant("preview-does", CASES, "a preview does what it shows", _preview_does),
    Mutant("batch-twice", CASES, "a batch that is handed in again is done again", _batches_forgotten),
    Mutant("loser-not-told", CASES, "whoever is refused hears no",
           lambda: ((matters, "_refusal", lambda refused, matter: Overtaken("no")),)),
    Mutant("act-forgotten", CASES, "a fact of a matter leaves no act",
           lambda: ((matters, "enact", lambda side, at, actor, kind, subject, **content: 0),)),
    Mutant("acts-unchained", CASES, "an act does not follow from the one before", _unchained),
    Mutant("nobody-s", CASES, "a matter is kept without queue, owner and deadline", _nobodys),
)  # fmt: skip
