"""Does any order of facts, cut into any batches, lead to the same payments as one fact at a time?"""

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chongzheng.journal import Submission
from chongzheng.reversal.facts import (
    AnswerUndelivered,
    DeadlinePassed,
    DeliveryUncertain,
    Fact,
    NotForwarded,
    ReversalStopped,
    SendUncertain,
    TerminalMovedOn,
)
from chongzheng.reversal.payment import Payment
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step
from journal.made import DAY_MS, NOON_MS, asked, bare, cleared, key, name_of, reply, sale, undone, written
from journal.place import SqlitePlace

PAYMENTS = 3
KINDS = ("sale other approved declined odd forged written undelivered uncertain unsent send_uncertain moved_on asked "
         "undone not_found busy sign_in stopped deadline stale_deadline window kept returned silent twice next_day"
         ).split()  # fmt: skip
SAME = ("payment", "evidence", "entry", "release", "cases")


def made(kind: str, n: int, at: int, payment: Payment | None) -> Submission:
    """The n-th payment hears this. Deadlines are the payment's own, so they come as a timer would bring them."""
    due_at = payment.wake_at if payment is not None and payment.wake_at is not None else at
    match kind:
        case "sale":
            return sale(n, at)
        case "other":
            return sale(n, at, 777)
        case "approved":
            return reply(n, at)
        case "declined" | "odd":
            return reply(n, at, {"declined": "51", "odd": "96"}[kind], "absent")
        case "forged":
            return reply(n, at, "00", "bad")
        case "written":
            return written(n, at)
        case "asked":
            return asked(n, at)
        case "undone":
            return undone(n, at)
        case "not_found" | "busy" | "sign_in":
            return undone(n, at, {"not_found": "25", "busy": "96", "sign_in": "A0"}[kind])
        case "kept" | "returned" | "silent" | "twice" | "next_day":
            counts = {"kept": (1, 0), "returned": (1, 1), "silent": (0, 0), "twice": (2, 0), "next_day": (0, 1)}[kind]
            return cleared(n, *counts, at=at, day="20260924" if kind == "next_day" else "20260923")
        case _:
            return bare(_report(kind, name_of(n), at, due_at))


def _report(kind: str, name: str, at: int, due_at: int) -> Fact:
    match kind:
        case "undelivered":
            return AnswerUndelivered(name, at)
        case "uncertain":
            return DeliveryUncertain(name, at)
        case "unsent":
            return NotForwarded(name, at, "no line")
        case "send_uncertain":
            return SendUncertain(name, at)
        case "moved_on":
            return TerminalMovedOn(name, at, "")
        case "stopped":
            return ReversalStopped(name, at, "li.na")
        case "deadline":
            return DeadlinePassed(name, max(at, due_at), due_at)
        case "window":
            return DeadlinePassed(name, at + DAY_MS, due_at)
        case _:
            return DeadlinePassed(name, at, NOON_MS - 1)


def told(script: list[tuple[str, int]]) -> list[Submission]:
    """The script as submissions; each payment is first opened, by its sale or by its reversal."""
    payments: dict[int, Payment] = {}
    found = []
    for i, (kind, n) in enumerate(script):
        if n not in payments and kind not in ("sale", "asked"):
            kind = "asked" if kind in ("undone", "silent") else "sale"
        submission = made(kind, n, NOON_MS + 1_000 * i, payments.get(n))
        before = payments.get(n, Payment(name_of(n), key(n)))
        try:
            payments[n] = step(before, submission.fact, Policy()).payment
        except Exception:  # noqa: BLE001 - the journal will stop it; here it only matters what its deadline was
            payments[n] = before
        found.append(submission)
    return found


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, PAYMENTS - 1)), min_size=1, max_size=24),
    st.randoms(use_true_random=False),
)
def test_batches_make_no_difference(script: list[tuple[str, int]], cuts: random.Random) -> None:
    facts = told(script)
    with tempfile.TemporaryDirectory() as folder:
        one, other = SqlitePlace(Path(folder, "a")), SqlitePlace(Path(folder, "b"))
        alone, grouped = one.open(), other.open()
        singly = []
        with one.reading() as reader:
            for fact in facts:
                singly += alone.apply([fact])
                assert reader.faults() == []
        together = []
        rest = facts
        while rest:
            size = cuts.randint(1, 8)
            together += grouped.apply(rest[:size])
            rest = rest[size:]
            if cuts.random() < 0.2:
                grouped.close()
                grouped = other.open()
        assert together == singly
        for place in (one, other):
            place.audit()
        before, after = one.dump(), other.dump()
        assert [before[table] for table in SAME] == [after[table] for table in SAME]
        records = "SELECT payment, seq, record, hash FROM fact ORDER BY payment, seq"
        assert one.raw(records) == other.raw(records)
        for place in (one, other):
            place.close_all()
