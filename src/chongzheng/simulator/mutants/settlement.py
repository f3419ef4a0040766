"""Which bugs may hide where clearing files are read, matched and believed? Planted from the inbox to the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chongzheng.gateway import settle
from chongzheng.journal.store import Journal
from chongzheng.reversal import absorb, events, facts, step, verdict
from chongzheng.reversal.payment import Payment, Truth, changed
from chongzheng.reversal.policy import Policy
from chongzheng.settlement import intake, judge, line
from chongzheng.settlement.formats import reader
from chongzheng.simulator.mutants.mutant import SETTLEMENT, Mutant
from chongzheng.simulator.swapping import Patch
from chongzheng.simulator.virtual.weather import Weather

TWICE = Weather(file_twice=True, bank_seed=1)
CUT = Weather(file_cut=True, bank_seed=1)


def _absorbed(change: Any) -> tuple[Patch, ...]:
    learned = absorb._file
    return ((absorb._LEARN, facts.SettlementSaw, lambda p, fact, policy: learned(p, change(fact), policy)),)


def _says(truth: Truth) -> Any:
    def silent(payment: Payment, policy: Policy) -> Any:
        if not verdict.file_is_final(payment, policy):
            return None
        return verdict._verdict(payment, truth, "file: planted")

    return silent


def _twice() -> tuple[Patch, ...]:
    def learn(payment: Any, fact: Any, policy: Any) -> Any:
        days = (*payment.days, (fact.day, fact.evidence))
        return changed(payment, days=days, originals=(*payment.originals, *fact.originals),
                       reversals=(*payment.reversals, *fact.reversals))  # fmt: skip

    made = settle._candidate
    return (
        (Journal, "begin_file", lambda journal, *given: "unfinished"),
        (absorb._LEARN, facts.SettlementSaw, learn),
        (settle, "_candidate", lambda payment: replace(made(payment), read_days=(), final=False)),
    )


def _a_fen() -> tuple[Patch, ...]:
    judged = verdict.judge_by_file

    def by_file(payment: Any, policy: Any) -> Any:
        def near(one: Any) -> Any:
            return replace(one, amount_fen=payment.fen) if abs(one.amount_fen - payment.fen) <= 1 else one

        seen = changed(payment, originals=tuple(map(near, payment.originals)),
                       reversals=tuple(map(near, payment.reversals)))  # fmt: skip
        return judged(seen, policy)

    return (verdict, "judge_by_file", by_file), (events, "judge_by_file", by_file)


def _believes_cut() -> tuple[Patch, ...]:
    return (
        (intake, "_refuse_unkept", lambda *given: None),
        (intake, "_refuse_problems", lambda *given: None),
    )


def _one_day() -> tuple[Patch, ...]:
    return ((verdict, "file_is_final", lambda payment, policy: bool(payment.days)),)


def _keeps(payment: Payment, policy: Policy) -> Any:
    return verdict._verdict(payment, Truth.CHARGED_KEPT, "file: planted")


def _never_instead_of_returned() -> tuple[Patch, ...]:
    said = verdict._verdict

    def one(payment: Any, truth: Truth, rule: str, *proof: Any) -> Any:
        returned = truth is Truth.CHARGED_RETURNED and rule.startswith("file")
        return said(payment, Truth.NEVER_CHARGED if returned else truth, rule, *proof)

    return ((verdict, "_verdict", one),)


def _unproven() -> tuple[Patch, ...]:
    judged = step.judge

    def settled(payment: Any, policy: Any) -> Any:
        return verdict._by_messages(payment, policy) if payment.days else judged(payment, policy)

    return ((step, "judge", settled),)


def _half() -> tuple[Patch, ...]:
    made = settle._batches
    return ((settle, "_batches", lambda file, sayings, now: made(file, sayings[: len(sayings) // 2], now)),)


def _no_reversals() -> tuple[Patch, ...]:
    return _absorbed(lambda fact: replace(fact, reversals=()))


def _same_day() -> tuple[Patch, ...]:
    return _absorbed(lambda fact: replace(fact, day="20260922"))


MUTANTS = (
    Mutant("read-twice-counts-twice", SETTLEMENT, "a file that is given twice is told twice", _twice, weather=TWICE),
    Mutant("a-fen-is-nothing", SETTLEMENT, "a difference of one fen is overlooked", _a_fen),
    Mutant("cut-file-believed", SETTLEMENT, "a file that was cut short is read", _believes_cut, weather=CUT),
    Mutant("one-silent-day-proves", SETTLEMENT, "one clearing day is enough for what is not in it", _one_day,
           vices=("original-next-day", "lose-all")),
    Mutant("missing-sale-kept", SETTLEMENT, "an approved sale that is in no file is proven kept",
           lambda: ((verdict, "_file_silent", _says(Truth.CHARGED_KEPT)),)),
    Mutant("missing-sale-never", SETTLEMENT, "whatever is in no file was never charged",
           lambda: ((verdict, "_file_silent", _says(Truth.NEVER_CHARGED)),)),
    Mutant("original-is-enough", SETTLEMENT, "an original in the file proves the sale whatever was said before",
           lambda: ((verdict, "_file_keeps", _keeps),)),
    Mutant("reversals-unread", SETTLEMENT, "reversals in the file are not looked at", _no_reversals,
           vices=("lost-answer", "honest")),
    Mutant("reversal-is-original", SETTLEMENT, "a reversal in the file counts as a sale",
           lambda: ((line, "ORIGINALS", line.ORIGINALS | {"0420"}), (line, "REVERSALS", frozenset())),
           vices=("lost-answer", "honest")),
    Mutant("returned-said-never", SETTLEMENT, "original and reversal in the file are taken for nothing",
           _never_instead_of_returned, vices=("lost-answer", "honest")),
    Mutant("settled-unproven", SETTLEMENT, "a payment is settled on what the messages said", _unproven),
    Mutant("half-a-file", SETTLEMENT, "half of what a file says is handed in", _half),
    Mutant("days-confused", SETTLEMENT, "the second day's file is taken for the first day's", _same_day),
    Mutant("last-record-lost", SETTLEMENT, "the last record of a file is not read",
           lambda: ((reader, "_lines", lambda data: list(enumerate(data.split(b"\n"), 1))[:-2]),)),
    Mutant("silence-not-told", SETTLEMENT, "a payment that is in no file hears nothing of it",
           lambda: ((judge, "_is_told_silence", lambda candidate, day: False),), vices=("silent", "")),
)  # fmt: skip
