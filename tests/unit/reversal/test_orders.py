"""Whatever comes in whatever order: does nothing raise, get lost, or go back twice, and does order not matter?"""

from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chongzheng.reversal import facts
from chongzheng.reversal.effects import (
    AnswerTerminal,
    Effect,
    ForgetCard,
    Forward,
    Inquire,
    OpenCase,
    Resend,
    SendReversal,
    TellLinked,
)
from chongzheng.reversal.entries import Position, position
from chongzheng.reversal.facts import Fact, Found, Link, Moves, Sign, Standing, Undo
from chongzheng.reversal.payment import FINAL, Owes, Payment, Proof, State, Told, Truth, Verdict
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step
from chongzheng.reversal.verdict import standing
from unit.reversal.made import DAY, DAY_ENDS, ECHO, KEY, NEXT_DAY, POLICY, T0, answer, asked, file, line, request, sale

# Mostly what moves a payment on: noise that changes nothing makes short lives.
CODES = ["00"] * 8 + ["11", "51", "25", "12", "22", "94", "64", "40", "30", "A0", "90", "68", "96", "10", "Q7"]
ECHOES = [*[ECHO] * 7, ("x",)]
RRNS = ["", "A1", "A2"]
MACS = ["good"] * 6 + ["absent", "bad"]
ANSWERS = st.builds(facts.Answer, st.sampled_from(CODES), st.sampled_from(MACS), st.sampled_from(ECHOES),
                    st.sampled_from(RRNS))  # fmt: skip
LINES = st.builds(line, st.just("l"), st.sampled_from([10_000, 10_000, 10_000, 1]), st.sampled_from(RRNS))
FILES = st.tuples(
    st.just("file"),
    st.sampled_from(["20261121", DAY, NEXT_DAY, "20261124"]),
    st.lists(LINES, max_size=2).map(tuple),
    st.lists(LINES, max_size=2).map(tuple),
)
WIRES = st.one_of(
    st.tuples(st.just("sale"), st.sampled_from(["fp", "other"])),
    st.tuples(st.just("reply"), ANSWERS),
    st.tuples(st.just("reply"), ANSWERS),
    st.tuples(st.just("rev"), ANSWERS),
    st.tuples(st.just("rev"), ANSWERS),
    st.tuples(st.just("asked"), st.sampled_from(["98", "06", "A0", "96", ""])),
    st.tuples(st.just("due")),
    st.tuples(st.just("due")),
    st.tuples(st.just("stale")),
    st.tuples(st.sampled_from(["written", "undelivered"])),
    st.tuples(st.sampled_from(["written", "undelivered", "uncertain", "not forwarded", "send uncertain"])),
    st.tuples(st.just("moved on")),
    st.tuples(st.just("stopped")),
    FILES,
    st.tuples(st.just("inquiry"), st.sampled_from(list(Found)), st.booleans()),
    st.tuples(st.just("check")),
    st.tuples(st.just("gave up"), st.sampled_from(list(Sign))),
    st.tuples(st.just("link"), st.sampled_from(["P2", "P3"]), st.sampled_from(list(Standing)), st.booleans()),
)
KINDS_OF_LIFE: dict[str, dict[str, Any]] = {
    "purchase": {},
    "void": {"moves": Moves.CREDIT, "original": "P0", "link": Link.VOIDS},
    "preauth": {"moves": Moves.HOLD},
    "refund": {"undo": Undo.RESEND, "moves": Moves.CREDIT},
    "cash load": {"undo": Undo.NONE},
    "inquiry": {"undo": Undo.NONE, "moves": Moves.NOTHING},
}
LADDER = Policy(inquire_after_ms=(60_000, 600_000), accept_partial=True)
STEPS = st.lists(st.tuples(st.sampled_from([1, 500, 20_000, 7_200_000]), WIRES), max_size=25)
REPORTS: dict[str, Any] = {
    "written": facts.AnswerWritten,
    "undelivered": facts.AnswerUndelivered,
    "uncertain": facts.DeliveryUncertain,
    "send uncertain": facts.SendUncertain,
}
BEFORE_ANY_REVERSAL = {State.NEW, State.FORWARDED, State.UNSENT, State.DELIVERING, State.APPROVED, State.REFUSED}
STOPPABLE = frozenset(State) - BEFORE_ANY_REVERSAL
"""The door takes a stop only where a reversal is, or was, driven."""


GOOD, BLIND = ("reply", answer("00", "A1")), ("rev", answer("00"))
BEGINNINGS: list[tuple[tuple[Any, ...], ...]] = [
    (),
    (GOOD,),
    (GOOD, ("written",)),
    (GOOD, ("uncertain",)),
    (("reply", answer("51")),),
    (("due",),),
    (("due",), BLIND),
    (("due",), ("stopped",)),
    (("due",), ("stopped",), BLIND),
    (("due",), ("rev", answer("25"))),
]
"""Every life goes on from somewhere interesting."""


@dataclass
class Life:
    """A payment, everything that was done for it, and what may never happen, checked at every step."""

    payment: Payment = field(default_factory=lambda: Payment("P1", KEY))
    at: int = T0
    said: dict[str, Any] = field(default_factory=dict)
    policy: Policy = POLICY
    done: list[tuple[Fact, Effect]] = field(default_factory=list)

    def take(self, wire: tuple[Any, ...]) -> None:
        """Take one wire, if the world could send it now."""
        fact = self._fact(wire)
        if fact is not None:
            before = self.payment
            out = step(before, fact, self.policy)
            self.payment = out.payment
            self.done += [(fact, effect) for effect in out.effects]
            self._check(before, fact, out.effects)

    def _fact(self, wire: tuple[Any, ...]) -> Fact | None:
        kind, state = wire[0], self.payment.state
        if state is State.NEW and kind not in ("sale", "asked", "reported"):
            return None
        match kind:
            case "sale":
                return sale(self.at, fingerprint=wire[1], **self.said)
            case "reported":
                return facts.RequestReported("P1", self.at, "e-sale", request(**self.said))
            case "inquiry":
                return facts.InquiryAnswered("P1", self.at, f"q{self.at}", wire[1], wire[2])
            case "check":
                return facts.CheckAsked("P1", self.at, "clerk 7")
            case "gave up":
                return facts.TerminalGaveUp("P1", self.at, f"e{self.at}", wire[1])
            case "link":
                return facts.LinkChanged("P1", self.at, wire[1], Link.VOIDS, wire[2], wire[3])
            case "reply":
                return facts.ReplyArrived("P1", self.at, f"e{self.at}", wire[1])
            case "rev":
                return facts.ReversalAnswered("P1", self.at, f"e{self.at}", wire[1])
            case "asked":
                if state is State.NEW and self.said.get("undo", Undo.REVERSE) is not Undo.REVERSE:
                    return None  # the door refuses it
                return facts.ReversalAsked("P1", self.at, f"e{self.at}", wire[1], request(**self.said))
            case "file":
                return facts.SettlementSaw("P1", self.at, f"f{wire[1]}", wire[1], wire[2], wire[3])
            case _:
                return self._own_fact(kind, state)

    def _own_fact(self, kind: str, state: State) -> Fact | None:
        match kind:
            case "due" if self.payment.wake_at is not None:
                self.at = max(self.at, self.payment.wake_at)
                return facts.DeadlinePassed("P1", self.at, self.payment.wake_at)
            case "stale":
                return facts.DeadlinePassed("P1", T0 - 1, T0 - 1)
            case "not forwarded":
                return facts.NotForwarded("P1", self.at, "x")
            case "moved on":
                return facts.TerminalMovedOn("P1", self.at, f"e{self.at}")
            case "stopped":
                return facts.ReversalStopped("P1", self.at, "clerk 7") if state in STOPPABLE else None
            case _ if kind in REPORTS:
                return REPORTS[kind]("P1", self.at)
        return None

    def _check(self, before: Payment, fact: Fact, done: tuple[Effect, ...]) -> None:
        now = self.payment
        if now.state not in FINAL:
            assert now.owes is not Owes.NOTHING
            assert (now.wake_at is not None) or now.owes is Owes.PERSON
        assert not (sends_of(done) and not now.reason), "a reversal says why"
        if sends_of(done):
            assert now.undo is Undo.REVERSE, "what is never reversed is not"
        if isinstance(fact, facts.InquiryAnswered | facts.TerminalGaveUp | facts.LinkChanged | facts.CheckAsked):
            assert not any(send.attempt == 1 for send in sends_of(done)), "none of these begins a reversal"
            assert before.state not in FINAL or now.state in FINAL
        if now.verdict.proof is Proof.PROVEN:
            assert now.days and any(evidence in now.verdict.because for _, evidence in now.days)
        if before.reason:
            assert (now.reason, now.identity, now.key) == (before.reason, before.identity, before.key)
        if sends_of(done):
            assert fact.at < min(DAY_ENDS, now.reverse_until), "no reversal after the day"
            assert not before.stopped_by, "never driven again after a person's stop"
            assert before.told is not Told.APPROVED or isinstance(fact, facts.ReversalAsked), "the approval is out"
            assert before.state not in FINAL
        if now.beside and not isinstance(fact, facts.RequestTaken):
            assert not any(isinstance(effect, Forward | AnswerTerminal) for effect in done), "the switch answers"
        if now.ack is not None:
            assert now.attempts > 0, "only a reversal that was sent can be answered"
        if isinstance(fact, facts.ReversalAsked):
            assert done and type(done[0]).__name__ == "AnswerReversal", "a terminal's reversal is owned"
        where = position(now)
        if now.moves is Moves.DEBIT:
            assert where.merchant >= 0 and where.suspense >= 0
        if now.moves is Moves.CREDIT:
            assert where.merchant <= 0


def sends_of(done: tuple[Effect, ...]) -> list[SendReversal]:
    """The sends of the reversal among these effects."""
    return [effect for effect in done if isinstance(effect, SendReversal)]


@given(st.sampled_from(["sale", "sale", "asked"]), st.sampled_from(BEGINNINGS), STEPS)
@settings(max_examples=200)
def test_any_life_keeps_its_promises(
    opening: str, beginning: tuple[tuple[Any, ...], ...], steps: list[tuple[int, tuple[Any, ...]]]
) -> None:
    life = Life()
    life.take((opening, "fp" if opening == "sale" else "98"))
    for wait_ms, wire in [*((1, wire) for wire in beginning), *steps]:
        life.at += wait_ms
        life.take(wire)
    sends = [effect for _, effect in life.done if isinstance(effect, SendReversal)]
    assert [send.attempt for send in sends] == list(range(1, len(sends) + 1)), "one release, then repeats of it"
    assert len({send.reason for send in sends}) <= 1
    assert all(send.reason for send in sends)
    approvals = [effect for _, effect in life.done if isinstance(effect, AnswerTerminal) and effect.approved]
    assert len(approvals) <= 1, "an approval is written at most once"
    assert sum(isinstance(effect, Forward) for _, effect in life.done) <= 1, "forwarded at most once"
    assert sum(isinstance(effect, ForgetCard) for _, effect in life.done) <= 1


@pytest.mark.parametrize("kind", KINDS_OF_LIFE)
@given(st.sampled_from(["sale", "sale", "asked", "reported"]), st.sampled_from(BEGINNINGS), STEPS, st.booleans())
@settings(max_examples=60)
def test_any_life_of_any_kind_keeps_its_promises(
    kind: str,
    opening: str,
    beginning: tuple[tuple[Any, ...], ...],
    steps: list[tuple[int, tuple[Any, ...]]],
    asks: bool,
) -> None:
    life = Life(said=KINDS_OF_LIFE[kind], policy=LADDER if asks else POLICY)
    life.take((opening, "98" if opening == "asked" else "fp"))
    for wait_ms, wire in [*((1, wire) for wire in beginning), *steps]:
        life.at += wait_ms
        life.take(wire)
    done = [effect for _, effect in life.done]
    resends = [effect for effect in done if isinstance(effect, Resend)]
    assert [again.attempt for again in resends] == list(range(1, len(resends) + 1))
    assert not resends or life.payment.undo is Undo.RESEND
    asked_of = [effect.attempt for effect in done if isinstance(effect, Inquire)]
    assert asked_of == list(range(1, len(asked_of) + 1))
    assert asks or not asked_of
    assert sum(isinstance(effect, Forward) for effect in done) <= 1
    told = [effect for effect in done if isinstance(effect, TellLinked)]
    assert all((effect.payment, effect.by) == ("P0", "P1") for effect in told)
    assert all(one != two for one, two in pairwise(told)), "the original hears only what is new"
    assert bool(told) is (kind == "void" and life.payment.state is not State.NEW)


def both(sale_wires: list[tuple[Any, ...]], void_wires: list[tuple[Any, ...]], order: list[bool]) -> tuple[Life, Life]:
    """A sale and its void, whose words reach the sale in the same commit."""
    sold = Life(payment=Payment("P0", replace(KEY, stan="000122")))
    void = Life(said=KINDS_OF_LIFE["void"])
    for life, wires in ((sold, [("sale", "fp"), GOOD, ("written",)]), (void, [("sale", "fp")])):
        for wire in wires:
            take_linked(life, wire, sold)
    for of_sale in order:
        wires = sale_wires if of_sale else void_wires
        if wires:
            take_linked(sold if of_sale else void, wires.pop(0), sold)
    return sold, void


def take_linked(life: Life, wire: tuple[Any, ...], sold: Life) -> None:
    """One wire, and what it makes the original hear."""
    known_effects = len(life.done)
    life.at = sold.at = max(life.at, sold.at) + 1
    life.take(wire)
    for _, effect in life.done[known_effects:]:
        if isinstance(effect, TellLinked):
            told = facts.LinkChanged("P0", life.at, effect.by, effect.link, effect.standing, effect.proven)
            before = sold.payment
            out = step(before, told, POLICY)
            sold.payment = out.payment
            sold.done += [(told, more) for more in out.effects]


@given(st.lists(WIRES, max_size=6), st.lists(WIRES, max_size=10), st.lists(st.booleans(), min_size=16, max_size=16))
@settings(max_examples=200)
def test_a_sale_always_knows_how_its_void_stands(
    sale_wires: list[Any], void_wires: list[Any], order: list[bool]
) -> None:
    only_files = [wire for wire in sale_wires if wire[0] in ("file", "moved on", "check", "written")]
    sold, void = both(only_files, void_wires, order)
    heard = {tie.by: (tie.standing, tie.proven) for tie in sold.payment.ties}
    assert heard["P1"] == standing(void.payment, POLICY)
    if sold.payment.state is State.SETTLED and heard["P1"] == (Standing.DONE, True):
        assert sold.payment.verdict.truth is Truth.CHARGED_RETURNED or sold.payment.originals == ()


@pytest.mark.parametrize("void_first", [True, False])
@pytest.mark.parametrize(("void_says", "truth"), [((GOOD, ("written",)), Truth.CHARGED_RETURNED),
                                                  ((("due",), BLIND), Truth.CHARGED_KEPT)])  # fmt: skip
def test_sale_and_void_are_proven_in_either_order_and_their_books_agree(
    void_first: bool, void_says: tuple[Any, ...], truth: Truth
) -> None:
    sold, void = both([], list(void_says), [False] * len(void_says))
    undone = truth is Truth.CHARGED_KEPT
    line_of_void = (line("l9", rrn="B1", stan="000123"),)
    of_void = ("file", DAY, line_of_void, (line("l8", rrn="B1"),) if undone else ())
    of_sale = ("file", DAY, (line("l1", stan="000122"),), ())
    for life, wire in ((void, of_void), (sold, of_sale))[:: 1 if void_first else -1]:
        take_linked(life, wire, sold)
    assert (sold.payment.state, void.payment.state) == (State.SETTLED, State.SETTLED)
    assert (sold.payment.verdict.truth, sold.payment.verdict.proof) == (truth, Proof.PROVEN)
    held = position(sold.payment).merchant + position(void.payment).merchant
    assert held == (10_000 if undone else 0)


EVERY_WIRE: list[tuple[Any, ...]] = [
    *((word,) for word in (*REPORTS, "not forwarded", "due", "stale", "moved on", "stopped")),
    *(("reply", answer(code, "A1")) for code in ("00", "51", "96")),
    ("reply", answer("00", "A1", mac="bad")),
    *(("rev", answer(code)) for code in ("00", "25", "12", "94", "68")),
    ("rev", answer("00", "A1")),
    *(("asked", reason) for reason in ("98", "")),
    *(("sale", content) for content in ("fp", "other")),
    *(("inquiry", outcome, True) for outcome in (Found.CHARGED, Found.RETURNED)),
    ("check",),
    ("gave up", Sign.TRACE_GAP),
    *(("link", "P2", how, proven) for how in (Standing.DONE, Standing.UNDONE) for proven in (True, False)),
    *(("file", day, lines, ()) for day in ("20261121", DAY, NEXT_DAY) for lines in ((), (line(),))),
]


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda wires: ", ".join(wire[0] for wire in wires) or "sale")
def test_any_two_facts_after_every_beginning_keep_the_promises(beginning: tuple[tuple[Any, ...], ...]) -> None:
    for two in product(EVERY_WIRE, repeat=2):
        life = Life()
        for wire in (("sale", "fp"), *beginning, *two):
            life.at += 1
            life.take(wire)
        approvals = [effect for _, effect in life.done if isinstance(effect, AnswerTerminal) and effect.approved]
        assert len(approvals) <= 1, two


@given(STEPS, st.lists(FILES.map(lambda wire: wire[2:]), min_size=2, max_size=2))
@settings(max_examples=200)
def test_every_life_ends_final_or_with_a_person(steps: list[tuple[int, tuple[Any, ...]]], lines: list[Any]) -> None:
    life = Life()
    life.take(("sale", "fp"))
    for wait_ms, wire in steps:
        life.at += wait_ms
        if wire[0] not in ("file", "link"):  # a link is the life of another payment, which ends by itself
            life.take(wire)
    for _ in range(900):  # more than the repeats of the longest window
        if life.payment.owes in (Owes.FILE, Owes.PERSON, Owes.NOTHING):
            break
        life.take(("due",))
    life.at = max(life.at, T0 + 86_400_000)
    for day, (originals, reversals) in zip((DAY, NEXT_DAY), lines, strict=True):
        life.take(("file", day, originals, reversals))
    assert life.payment.state in FINAL
    if life.payment.state is State.CONTESTED:
        assert any(isinstance(effect, OpenCase) for _, effect in life.done)


# Order does not matter


LATE: dict[str, Fact] = {
    "late approval": facts.ReplyArrived("P1", T0 + 51_000, "e1", answer("00", "A1")),
    "late decline": facts.ReplyArrived("P1", T0 + 51_000, "e2", answer("51")),
    "forged approval": facts.ReplyArrived("P1", T0 + 51_000, "e3", answer("00", "A1", mac="bad")),
    "reversed": facts.ReversalAnswered("P1", T0 + 51_000, "e4", answer("00", "A1")),
    "blind 00": facts.ReversalAnswered("P1", T0 + 51_000, "e5", answer("00")),
    "not found": facts.ReversalAnswered("P1", T0 + 51_000, "e6", answer("25")),
    "not supported": facts.ReversalAnswered("P1", T0 + 51_000, "e7", answer("40")),
    "busy": facts.ReversalAnswered("P1", T0 + 51_000, "e8", answer("68")),
    "terminal reverses": asked("06", at=T0 + 51_000),
    "terminal moved on": facts.TerminalMovedOn("P1", T0 + 51_000, "e9"),
    "written": facts.AnswerWritten("P1", T0 + 51_000),
}
ORIGINAL, REVERSAL = (line("l1"),), (line("l2"),)
FILES_AFTER: dict[str, tuple[Fact, Fact]] = {
    "both": (file(DAY, ORIGINAL, REVERSAL), file(NEXT_DAY)),
    "over midnight": (file(DAY, ORIGINAL), file(NEXT_DAY, (), REVERSAL)),
    "original only": (file(DAY, ORIGINAL), file(NEXT_DAY)),
    "nothing": (file(DAY), file(NEXT_DAY)),
    "reversal only": (file(DAY, (), REVERSAL), file(NEXT_DAY)),
    "two originals": (file(DAY, (*ORIGINAL, line("l3", rrn="A2"))), file(NEXT_DAY)),
}
UNDELIVERED = facts.AnswerUndelivered("P1", T0 + 2)
OPENINGS: dict[str, tuple[Any, ...]] = {
    "silence": (sale(), "due"),
    "ambiguous": (sale(), facts.ReplyArrived("P1", T0 + 1, "e0", answer("96"))),
    "undelivered": (sale(), facts.ReplyArrived("P1", T0 + 1, "e0", answer("00", "A1")), UNDELIVERED),
}


def end(opening: str, order: tuple[Fact, ...], policy: Policy = POLICY) -> tuple[Verdict, Position]:
    """The verdict without its rule's path, and where the money lies."""
    payment = Payment("P1", KEY)
    for fact in (*OPENINGS[opening], *order):
        if fact == "due":
            assert payment.wake_at is not None
            fact = facts.DeadlinePassed("P1", payment.wake_at, payment.wake_at)
        payment = step(payment, fact, policy).payment
    verdict = payment.verdict
    refusals = ("e6", "e7", "e8")  # the last refusal is named beside the evidence, and no verdict rests on it
    because = tuple(sorted(evidence for evidence in verdict.because if evidence not in refusals))
    return Verdict(verdict.truth, verdict.money, verdict.fen, verdict.proof, verdict.rule, because), position(payment)


@given(
    st.sampled_from(sorted(OPENINGS)),
    st.lists(st.sampled_from(sorted(LATE)), min_size=2, max_size=5),
    st.sampled_from(sorted(FILES_AFTER)),
    st.randoms(use_true_random=False),
)
@settings(max_examples=300)
def test_the_order_of_evidence_does_not_change_the_verdict(
    opening: str, names: list[str], files: str, chance: Any
) -> None:
    assume(not {"reversed", "blind 00"} <= set(names))  # which of two acknowledgements is kept: see the next test
    shuffled = list(names)
    chance.shuffle(shuffled)
    one = end(opening, (*(LATE[name] for name in names), *FILES_AFTER[files]))
    two = end(opening, (*(LATE[name] for name in shuffled), *FILES_AFTER[files]))
    assert one == two


@pytest.mark.parametrize("files", FILES_AFTER)
def test_a_blind_00_beside_a_good_one_does_not_change_the_truth(files: str) -> None:
    names = ("blind 00", "reversed", "late approval")
    ends = [end("silence", (*(LATE[name] for name in order), *FILES_AFTER[files])) for order in permutations(names)]
    assert len({(verdict.truth, verdict.money, verdict.fen, verdict.proof) for verdict, _ in ends}) == 1


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("files", FILES_AFTER)
def test_the_order_of_the_files_does_not_change_what_was_in_doubt(opening: str, files: str) -> None:
    day_one, day_two = FILES_AFTER[files]
    evidence = (LATE["late approval"], LATE["reversed"])
    one, two = end(opening, (*evidence, day_one, day_two)), end(opening, (*evidence, day_two, day_one))
    assert (replace(one[0], because=()), one[1]) == (replace(two[0], because=()), two[1])
