"""Which bugs may hide between people who give money back and the engine beside them? Hunted in whole worlds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chongzheng.cases.refund import OUT
from chongzheng.journal import matter_effects, matters, side
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.side import Side
from chongzheng.journal.sql import queries
from chongzheng.simulator.mutants.mutant import REFUNDS, Mutant
from chongzheng.simulator.mutants.tables import but, table, without
from chongzheng.simulator.swapping import Patch
from chongzheng.simulator.virtual.weather import Weather

GIVING = Weather(refunds=14, bank_seed=1)
DYING = Weather(refunds=14, kills=4, bank_seed=1, down_ms=50)
CUT_OFF = Weather(refunds=14, kills=6, cuts=6, bank_seed=1, down_ms=50)


def _only_the_key(side: Side, payment: str, verb: str, provisional: bool, no: int, holder: Any) -> None:
    if not side.ask("take_key", name=f"give back {payment}", matter=no):
        raise Overtaken(f"{payment} is being given back already")


def _token_overlooked() -> tuple[Patch, ...]:
    """The engine sends its reversal whoever holds the token."""
    texts = queries()
    return ((texts, "take_release", texts["take_release"].replace("INSERT", "INSERT OR IGNORE")),)


def _at_once() -> tuple[Patch, ...]:
    @contextmanager
    def together(side: Side) -> Iterator[None]:
        yield

    return ((Side, "together", together),)


def _unsynced() -> tuple[Patch, ...]:
    settings = tuple("synchronous = OFF" if one.startswith("synchronous") else one for one in side._SETTINGS)
    return ((side, "_SETTINGS", settings),)


MUTANTS = (
    Mutant("refund-without-token", REFUNDS, "an approval does not take the payment's release token",
           lambda: ((matter_effects, "take_release", _only_the_key),), weather=GIVING),
    Mutant("reversed-beside-a-refund", REFUNDS, "the engine reverses what people are giving back", _token_overlooked,
           weather=GIVING),
    Mutant("maker-is-checker", REFUNDS, "whoever proposed a refund may approve it, beside a running engine",
           lambda: table("refund", but("Approved", apart=())), weather=GIVING),
    Mutant("refund-not-booked", REFUNDS, "what a refund moves is not booked",
           lambda: ((matter_effects, "_book", lambda side, matter, fact, effect: None),), weather=GIVING),
    Mutant("old-sight-counts", REFUNDS, "an approval holds on a sight that the engine has changed",
           lambda: table("refund", but("Approved", shown=False)), weather=GIVING),
    Mutant("late-reversal-unheard", REFUNDS, "a refund that is out does not hear of a late reversal",
           lambda: table("refund", without("PaymentMoved", OUT)), weather=GIVING),
    Mutant("half-a-word", REFUNDS, "each statement of a person's fact commits by itself", _at_once, weather=DYING),
    Mutant("word-not-synced", REFUNDS, "people are told that it is done before it is on the disk", _unsynced,
           weather=CUT_OFF),
    Mutant("checker-not-told", REFUNDS, "whoever lost against another hears no",
           lambda: ((matters, "_refusal", lambda refused, matter: Overtaken("no")),), weather=GIVING),
)  # fmt: skip
