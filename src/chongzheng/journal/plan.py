"""Which rows does this fact write? Step the payment in memory, and collect what one transaction must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from chongzheng.journal.audit import GENESIS, digest, link
from chongzheng.journal.rows import Committed, Record, Submission, encode, named, payment_id
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects, facts
from chongzheng.reversal.entries import Position, entries, position
from chongzheng.reversal.facts import Fact, Key, Link, Standing
from chongzheng.reversal.payment import Payment, State
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import Outcome, step, stop

Row = tuple[Any, ...]
UNKNOWN_KEY = Key("", "", "", "")
Opening = facts.RequestTaken | facts.RequestBarred | facts.RequestReported | facts.ReversalAsked
OPENING = (facts.RequestTaken, facts.RequestBarred, facts.RequestReported, facts.ReversalAsked)
ENGINES_VERBS = frozenset({"reversal", "void"})
"""What the engine itself takes a release token for; any other word is a person's give-back."""
GIVE_BACK = "give-back"
"""By this name a payment knows of a give-back outside the wires, which is no payment of its own."""
ROW_REFUSED = "Refused: "
"""Begins the reason why a row of an honest step could not be written that the database refused."""


@dataclass(slots=True)
class Held:
    """A payment as this process last wrote it: its place, its version (number of facts), the head of its chain, and
    where its money lies (None: not computed yet)."""

    payment: Payment
    place: int
    version: int = 0
    head: bytes = GENESIS
    body: bytes = b""
    position: Position | None = None


@dataclass(slots=True)
class Plan:
    """Everything one transaction is to write, by statement, and the payments as they will be afterwards."""

    touched: dict[str, Held] = field(default_factory=dict)
    loaded: dict[str, int] = field(default_factory=dict)
    facts: list[Row] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    freed: list[Row] = field(default_factory=list)
    releases: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    cards: list[Row] = field(default_factory=list)
    forgotten: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    committed: list[Committed] = field(default_factory=list)

    def rows(self) -> tuple[tuple[str, list[Row]], ...]:
        """(statement, rows) of everything but the payments themselves, in the order they are to be written."""
        return (
            ("put_fact", self.facts),
            ("put_evidence", self.evidence),
            ("put_entry", self.entries),
            ("free_release", self.freed),
            ("take_release", self.releases),
            ("open_case", self.cases),
            ("put_card", self.cards),
            ("forget_card", self.forgotten),
            ("put_alias", self.aliases),
        )

    def payment_rows(self, owner: int) -> tuple[list[Row], list[Row]]:
        """The rows of `open_payment` and of `move_payment`."""
        opened, moved, loaded = [], [], self.loaded
        for name, held in self.touched.items():
            version = loaded[name]
            if version:
                moved.append((*_changing(held, owner), held.place, version))
            else:
                p = held.payment
                begun = (held.place, name, *_key(p), p.day, p.opened_at)
                opened.append((*begun, *_changing(held, owner), p.channel))
        return opened, moved


class Planner:
    """Turns submissions into a plan. Pure but for `load` (reads a payment) and `seal` (the vault)."""

    def __init__(
        self,
        policy: Policy,
        load: Callable[[str], Held | None],
        seal: Callable[[str, bytes], bytes],
        next_place: Callable[[], int],
    ) -> None:
        self._policy = policy
        self._load = load
        self._seal = seal
        self._next_place = next_place

    def add(
        self, plan: Plan, submission: Submission, commit_no: int, broken: str = "", above: tuple[str, ...] = ()
    ) -> None:
        """Step the payment of this fact, and those that it voids or completes, and put their rows into the plan.

        `broken` is not empty when the rows of an honest step could not be written: then the payment is stopped, or,
        where they asked for a token that somebody else has, the step is taken as one that knows that.
        `above`: the payments whose step led to this one.
        """
        fact = submission.fact
        held = self._held(plan, fact)
        before = held.payment
        if broken and broken.startswith(ROW_REFUSED) and before.state is State.NEW and _asks_for_void(fact):
            fact, broken = facts.RequestBarred(fact.payment, fact.at, fact.evidence, fact.request), ""
        outcome, error = self._decide(before, fact, broken)
        held.payment = outcome.payment
        held.version += 1
        self._put_fact(plan, held, before, fact, outcome, error, commit_no)
        name, place = before.id, held.place
        for e in submission.evidence:
            plan.evidence.append((place, name, e.id, e.at, e.kind, e.source, e.body))
        if submission.card is not None and outcome.payment.state is not State.SETTLED:
            plan.cards.append((place, name, self._seal(name, submission.card.reveal().encode())))
        if submission.alias and held.version == 1:
            plan.aliases.append((submission.alias, name))
        self._put_in_commit_effects(plan, held, fact, outcome)
        plan.committed.append(Committed(outcome.payment, outcome.effects, outcome.rule, error))
        for effect in outcome.effects:
            if isinstance(effect, effects.TellLinked) and effect.payment not in (before.id, *above):
                asks = before.state is State.NEW and _asks_for_void(fact)
                self._tell(plan, effect, fact.at, commit_no, (before.id, *above), asks)

    def _tell(
        self, plan: Plan, effect: effects.TellLinked, at: int, commit_no: int, above: tuple[str, ...], asks: bool
    ) -> None:
        """An original that is not in this journal cannot be told; its own acquirer's file will say the same."""
        if effect.payment in plan.touched or self._load(effect.payment) is not None:
            told = facts.LinkChanged(effect.payment, at, effect.by, effect.link, effect.standing, effect.proven)
            before = self._held(plan, told).payment
            self.add(plan, Submission(told), commit_no, above=above)
            _move_token(plan, plan.touched[effect.payment], before, asks)

    def _held(self, plan: Plan, fact: Fact) -> Held:
        held = plan.touched.get(fact.payment)
        if held is None:
            found = self._load(fact.payment)
            key = fact.request.key if isinstance(fact, OPENING) else UNKNOWN_KEY
            held = found if found is not None else Held(Payment(fact.payment, key), self._next_place())
            plan.touched[fact.payment] = held
            plan.loaded[fact.payment] = held.version
        return held

    def _decide(self, before: Payment, fact: Fact, broken: str) -> tuple[Outcome, str]:
        if before.key is UNKNOWN_KEY and not isinstance(fact, OPENING):
            raise OurMistake("a fact of a payment that nobody opened", f"{fact.payment}.{type(fact).__name__}")
        if isinstance(fact, OPENING):
            self._refuse_another_key(before, fact)
        if broken:
            return stop(before, fact, self._policy), broken
        try:
            return step(before, fact, self._policy), ""
        except Exception as error:  # noqa: BLE001 - whatever it is, it stops this payment and no other
            return stop(before, fact, self._policy), f"{type(error).__name__}: {error}"

    def _refuse_another_key(self, before: Payment, fact: Opening) -> None:
        """The id is made of the key: that is what makes the key unique."""
        key = fact.request.key
        if key != before.key or (before.state is State.NEW and payment_id(key) != before.id):
            raise OurMistake("another key under a known id", f"{fact.payment}.{type(fact).__name__}")

    def _put_fact(
        self, plan: Plan, held: Held, before: Payment, fact: Fact, outcome: Outcome, error: str, commit_no: int
    ) -> None:
        after = outcome.payment
        held.body = encode(after)
        lies = position(after)
        moved = entries(held.position if held.position is not None else position(before), lies)
        held.position = lies
        kind = type(fact).__name__
        record = encode(
            Record(
                at=fact.at,
                effects=[named(effect) for effect in outcome.effects],
                entries=[(e.debit, e.credit, e.fen) for e in moved],
                error=error,
                fact=fact,
                before=before.state,
                kind=kind,
                owes=after.owes,
                payment=after.id,
                payment_hash=digest(held.body),
                rule=outcome.rule,
                seq=held.version,
                after=after.state,
                verdict=after.verdict,
                wake_at=after.wake_at,
            )
        )
        held.head = link(held.head, record)
        plan.hashes.append(held.head)
        seq = held.version
        plan.facts.append((held.place, after.id, seq, commit_no, fact.at, kind, outcome.rule, record, held.head))
        for n, e in enumerate(moved):
            plan.entries.append((held.place, after.id, seq, n, e.debit, e.credit, e.fen))

    def _put_in_commit_effects(self, plan: Plan, held: Held, fact: Fact, outcome: Outcome) -> None:
        for effect in outcome.effects:
            match effect:
                case effects.SendReversal(attempt=1):
                    plan.releases.append((held.place, effect.payment, "reversal", held.version))
                case effects.OpenCase():
                    plan.cases.append((effect.payment, effect.why, fact.at, effect.due_at))
                case effects.ForgetCard():
                    plan.forgotten.append((held.place,))
                case _:
                    pass  # goes out over a wire, after the commit


def _asks_for_void(fact: Fact) -> TypeGuard[facts.RequestTaken]:
    return isinstance(fact, facts.RequestTaken) and fact.request.link is Link.VOIDS


def _move_token(plan: Plan, held: Held, before: Payment, asks: bool) -> None:
    """The release token of a payment that is voided: taken with the void, free again when no void may take effect.

    Who asks for a void always tries, and the database refuses a second. What is only heard of a void (another switch's
    report, a late approval of one that was undone) takes the token if nobody has it: it is no release of ours.
    """
    after = held.payment
    was, lives = _voids_alive(before), _voids_alive(after)
    if lives and (asks or not (was or after.attempts)):
        plan.releases.append((held.place, after.id, "void", held.version))
    elif was and not lives:
        kept = [row for row in plan.releases if row[0] != held.place or row[2] != "void"]
        if len(kept) == len(plan.releases):
            plan.freed.append((held.place,))
        plan.releases = kept


def _voids_alive(payment: Payment) -> bool:
    return any(tie.link is Link.VOIDS and tie.standing is not Standing.UNDONE for tie in payment.ties)


def _key(payment: Payment) -> Row:
    key = payment.key
    return key.merchant, key.terminal, key.batch, key.stan


def _changing(held: Held, owner: int) -> Row:
    p = held.payment
    verdict = p.verdict
    lies = held.position if held.position is not None else position(p)
    judged = (p.amount_fen, p.state, p.owes, p.wake_at, verdict.truth, verdict.proof, lies.suspense)
    return (*judged, owner, held.version, held.head, held.body)


def columns(payment: Payment) -> Row:
    """What `payment_columns` must give for this payment: copies of its state that indexes need."""
    p, verdict = payment, payment.verdict
    begun = (*_key(p), p.day, p.opened_at, p.channel, p.amount_fen)
    return (*begun, p.state, p.owes, p.wake_at, verdict.truth, verdict.proof, position(p).suspense)
