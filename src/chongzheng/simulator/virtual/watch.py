"""Does everything hold that must hold, in one simulated world? It sees every commit, every frame at the bank, the end.

It reads what the engine's journal has on disk, through a reader of its own, and never tells the engine anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import apsw

from chongzheng import runner as runner_module
from chongzheng.journal import Committed, Reader, Submission
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import effects
from chongzheng.reversal.entries import disagreement
from chongzheng.reversal.payment import FINAL, Owes, Payment, Proof, State, Told, Truth
from chongzheng.simulator import planting, scale
from chongzheng.simulator.bank import Bank
from chongzheng.simulator.clearing import OMIT_SALE
from chongzheng.simulator.demo import LIVE, book_of, claim_of, engine_id
from chongzheng.simulator.fleet import Fleet
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import key_of, unpacked
from chongzheng.simulator.oracle import judge
from chongzheng.simulator.terminal import Seen
from chongzheng.simulator.virtual.invariants import INVARIANTS, SITUATIONS
from chongzheng.simulator.virtual.loop import VirtualLoop
from chongzheng.simulator.virtual.network import Fabric
from chongzheng.simulator.virtual.platter import Image
from chongzheng.simulator.virtual.situations import of_event

if TYPE_CHECKING:
    from chongzheng.simulator.virtual.given import Given
    from chongzheng.simulator.virtual.machine import Machine

VIOLATIONS_MAX = 50
EVIDENCE_AGAINST = frozenset(
    {"file_contradicts", "approved", "reversal_asked", "reversal_wanted", "reversal_conflicts"}
)
ANSWER_WAIT_MS = max(scale.REPEAT_AFTER_MS)
"""A send that was decided inside the window waits for its answer beyond it."""
SET_ASIDE = frozenset({"reply_unproven", "rev_unproven"})
OWED = frozenset({
    ("forwarded", "deadline"),
    ("forwarded", "ambiguous"),
    ("forwarded", "send_uncertain"),
    ("delivering", "answer_undelivered"),
    ("delivering", "reversal_asked"),
    ("approved", "reversal_asked"),
    ("refused", "approved"),
    ("returned", "approved"),
    ("reversing", "rev_not_found"),
})  # fmt: skip
"""After what, in which state, a reversal is owed."""
MANY_REPEATS = 5
CLOCK_ERROR_MS_MAX = 10_000
"""How far from true time a fact may be stamped: a stalled process hands in late what it stamped before."""
CLEAR_TRACKS = tuple(re.compile(mark + rb"(?<=\d{15}.)\d{7}") for mark in (b"D", b"="))
"""Seven digits behind a mark behind fifteen; written so that the search leaps from mark to mark."""


class Watch:
    """The eyes of one world. `violations`: (id, what), at most VIOLATIONS_MAX."""

    def __init__(self, loop: VirtualLoop, bank: Bank, fleet: Fleet, fabric: Fabric) -> None:
        self.violations: list[tuple[str, str]] = []
        self.evaluated: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.log: list[dict[str, Any]] = []
        self.machine: Machine
        self.planted: dict[Key, str] = {}
        self.given: Given | None = None
        """The eyes on what people give back, where they do."""
        self._loop = loop
        self._bank = bank
        self._fleet = fleet
        self._fabric = fabric
        self._states: dict[str, Payment] = {}
        self._finals: dict[str, tuple[State, Truth]] = {}
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._reader: Reader | None = None
        self._reader_of = -1
        self._keys: dict[str, Key] = {}

    # Words

    def hold(self, which: str, holds: object, what: str) -> None:
        """An invariant was evaluated; when it does not hold, that is a violation."""
        self.evaluated[which] += 1
        if not holds:
            self.violate(which, what)

    def violate(self, which: str, what: str) -> None:
        """An invariant does not hold."""
        if which not in INVARIANTS:
            raise KeyError(which)
        if len(self.violations) < VIOLATIONS_MAX and (which, what) not in self.violations:
            self.violations.append((which, what))

    def reach(self, situation: str) -> None:
        """The world was in this situation."""
        if situation not in SITUATIONS:
            raise KeyError(situation)
        self.reached[situation] += 1

    # After each commit

    def commit(self, machine: Machine, batch: list[Submission], committed: list[Committed]) -> None:
        """What was committed is durable, and nobody has acted on it yet."""
        runner = machine.engine.runner if machine.engine is not None and hasattr(machine.engine, "runner") else None
        if runner is not None:
            self.hold("R3", runner.waiting <= runner_module.QUEUE_MAX, f"{runner.waiting} facts wait")
        reader = self._look()
        if self.reached["the engine's clock jumped"]:
            true_ms = self._loop.true_ms()
            for submission in batch:
                off_ms = abs(submission.fact.at - true_ms)
                self.hold("K7", off_ms <= CLOCK_ERROR_MS_MAX, f"{submission.fact}: stamped {off_ms} ms away")
        for one in committed:
            before = self._states.get(one.payment.id)
            self._step(before, one)
            self._states[one.payment.id] = one.payment
            if self.given is not None:
                self.given.committed(one)
        for name in sorted({one.payment.id for one in committed}):
            self._rows(reader, self._states[name])

    def _look(self) -> Reader:
        if self._reader is None or self._reader_of != self.machine.starts:
            self.close()
            self._reader = Reader.open(self.machine.journal)
            self._reader_of = self.machine.starts
        return self._reader

    def close(self) -> None:
        """Look no more."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _step(self, before: Payment | None, one: Committed) -> None:
        after = one.payment
        event = one.rule.partition(".")[2]
        self._situations(before, one, event)
        if one.error:
            self.violate("D4", f"{after.id} was stopped: {one.error}")
        self.hold("M10", after.amount_fen >= 0 and after.currency == "156", f"{after.id}: {after.amount_fen}")
        final = after.state in FINAL
        owes = after.owes not in (Owes.NOTHING,) and (after.wake_at is not None or after.owes is Owes.PERSON)
        self.hold("O1", owes or final, f"{after.id} is {after.state} and owes {after.owes} at {after.wake_at}")
        if before is not None and before.owes is not Owes.NOTHING and after.owes is Owes.NOTHING:
            self.hold("O2", final, f"{after.id} owes nothing any more and is {after.state}")
        if before is not None and before.state in FINAL:
            stays = before.state is after.state or event in EVIDENCE_AGAINST or after.owes is Owes.PERSON
            self.hold("K1", stays, f"{one.rule} reopened {after.id}")
            if not stays or after.owes is not Owes.PERSON:
                self._finals.setdefault(after.id, (before.state, before.verdict.truth))
        if final and (before is None or before.state not in FINAL or after.owes is Owes.PERSON):
            self._finals[after.id] = (after.state, after.verdict.truth)
        if event in SET_ASIDE and before is not None:
            self.hold("P2", after.state is before.state, f"{one.rule} moved {after.id}")
        if after.state is State.SETTLED and after.verdict.truth is Truth.NEVER_CHARGED:
            days = {day for day, _ in after.days}
            self.hold("P3", len(days) >= 2 or not after.approval, f"{after.id}: never charged after {sorted(days)}")
        if after.state is State.SETTLED:
            proven = after.verdict.proof is Proof.PROVEN and after.verdict.because
            self.hold("P8", proven, f"{after.id} is settled as {after.verdict.proof} because {after.verdict.because}")
        if (one.rule.partition(".")[0].lower(), event) in OWED:
            self.hold("O2", after.owes is Owes.REVERSAL, f"after {one.rule} {after.id} owes {after.owes}")
        for effect in one.effects:
            self._act(before, after, effect)

    def _act(self, before: Payment | None, after: Payment, effect: effects.Effect) -> None:
        if isinstance(effect, effects.AnswerTerminal) and effect.approved:
            refused = before is not None and before.told in (Told.DECLINED, Told.UNDONE)
            self.hold("P4", not refused, f"{after.id}: approved after the terminal heard {before and before.told}")
        if isinstance(effect, effects.SendReversal):
            delivered = before is not None and before.told is Told.APPROVED
            disputed = after.told is Told.UNDONE or bool(after.gave_up)
            self.hold("M7", not delivered or disputed, f"{after.id}: reversed although it was delivered")
            until = min(after.reverse_until, after.day_ends_at)
            wake = after.wake_at or 0
            self.hold("P7", wake <= until + ANSWER_WAIT_MS, f"{after.id}: sent with {until - wake} ms left")

    def _rows(self, reader: Reader, payment: Payment) -> None:
        version, head = reader.head(payment.id)
        rows = reader.facts_of(payment.id)
        known = [row.seq for row in rows] == list(range(1, version + 1)) and rows[-1].hash == head
        self.hold("K5", known, f"{payment.id}: version {version}, records {[row.seq for row in rows]}")
        self.hold("D4", reader.payment(payment.id) == payment, f"{payment.id}: the row is not what was committed")
        self._heads[payment.id] = (version, head)
        moves = [(entry.debit, entry.credit, entry.fen) for entry in reader.entries_of(payment.id)]
        apart = disagreement(payment, moves)
        self.hold("M1", not apart, f"{payment.id}: {apart}: {moves}")
        tokens = reader._all("release_of", payment.id)
        self.hold("P6", len(tokens) <= 1 and (len(tokens) == 1) >= bool(payment.attempts), f"{payment.id}: {tokens}")
        if payment.verdict.because:
            known_ids = {e.id for e in reader.evidence_of(payment.id)}
            self.hold("P8", set(payment.verdict.because) <= known_ids, f"{payment.id}: evidence is missing")

    # At the bank

    def overhear(self, payload: bytes, hear: Callable[[], None]) -> None:
        """A frame has reached the bank: was its intent durable?"""
        try:
            _, _, message = unpacked(payload)
        except TheirMistake:
            hear()
            return
        if message.mti in ("0200", "0400"):
            name = engine_id(key_of(message))
            known = self._states.get(name)
            self.hold("D1", known is not None, f"{message.mti} of {name} was sent and is not in the journal")
            if known is not None and message.mti == "0400":
                self.hold("D1", known.attempts > 0, f"a reversal of {name} was sent that nobody decided")
            if known is not None and message.mti == "0200":
                self.hold("M4", int(message.text(4)) == known.amount_fen, f"{name} was sent with another amount")
        hear()
        if message.mti in ("0200", "0400"):
            account = self._bank.desk.ledger.account(key_of(message))
            self.hold("M3", account.charges <= 1, f"{name} was charged {account.charges} times")
            self.hold("M5", account.returns <= account.charges, f"{name}: {account}")

    # Kills

    def killed(self, image: Image) -> None:
        """The engine is about to be killed."""
        words = {
            Image.EVERYTHING: "the process died and its machine lived",
            Image.SYNCED: "the power failed and only what was synced was left",
            Image.TORN: "the power failed in the middle of a sector's write",
        }
        self.reach(words.get(image, "the power failed and some of what was written was left"))
        engine = self.machine.engine
        if engine is not None and "pos" not in engine.addresses:
            self.reach("the engine died while it recovered")
        if engine is not None and hasattr(engine, "runner") and not engine.runner.idle:
            self.reach("the engine died between a commit and its effects")
        self.close()

    def recovering(self) -> None:
        """A start on what is left: is everything there that was acknowledged?

        What an earlier start had found and nobody had acknowledged may be gone: a sync failed, and then the power.
        """
        try:
            reader = Reader.open(self.machine.journal)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was acknowledged cannot be read
            self.hold("D2", not self._heads, f"the journal cannot be opened: {error}")
            return
        try:
            for name, (version, head) in self._heads.items():
                rows = reader.facts_of(name)
                kept = len(rows) >= version and rows[version - 1].hash == head
                self.hold("D2", kept, f"{name}: fact {version} was acknowledged, {len(rows)} are there")
            self.hold("D5", not reader.faults(), f"after a crash: {reader.faults()[:1]}")
            found = {payment.id: payment for payment in reader.payments()}
            self._states = {name: one for name, one in self._states.items() if name in self._heads} | found
            if self.given is not None:
                self.given.recovering(self.machine.journal)
        except apsw.Error as error:
            self.violate("D2", f"the journal cannot be read: {error}")
        finally:
            reader.close()

    # At rest

    def in_doubt(self) -> list[str]:
        """Payments that an operator may act on, in order."""
        return sorted(p.id for p in self._states.values() if p.state in LIVE and p.state is not State.FORWARDED)

    def payments(self) -> list[Payment]:
        """All of them as they were last committed, in the order of their names."""
        return [self._states[name] for name in sorted(self._states)]

    def payment(self, name: str) -> Payment | None:
        """This one as it was last committed."""
        return self._states.get(name)

    def moved(self, name: str) -> tuple[int, int]:
        """How often the bank charged this payment over the wires, and how often it gave it back."""
        key = self._key(name)
        account = self._bank.desk.ledger.account(key) if key is not None else None
        return (account.charges, account.returns) if account is not None else (0, 0)

    def seen(self, name: str) -> Seen | None:
        """What its terminal saw of it."""
        key = self._key(name)
        return self._fleet.seen.get(key) if key is not None else None

    def is_contested(self, name: str) -> bool:
        """Whether witnesses say different things of it, and a person has that to clear up."""
        payment = self._states.get(name)
        contested = payment is not None and payment.state is State.CONTESTED
        return contested and any(case.payment == name for case in self._look().cases())

    def _key(self, name: str) -> Key | None:
        for key in islice(self._fleet.seen, len(self._keys), None):  # terminals forget nothing: what is new is behind
            self._keys[engine_id(key)] = key
        return self._keys.get(name)

    def at_rest(self) -> bool:
        """Whether nothing is driven any more."""
        return not any(p.state in LIVE for p in self._states.values())

    async def is_settled(self) -> bool:
        """Whether every payment is final."""
        return all(p.state in FINAL for p in self._states.values())

    def unfinished(self) -> str:
        """Which payments are not final, for people."""
        left = [f"{p.id} {p.state} owes {p.owes}" for p in self._states.values() if p.state in LIVE]
        left += [f"{p.id} {p.state} owes {p.owes}" for p in self._states.values() if p.state not in FINAL | LIVE]
        parties = f"the engine is {'up' if self.machine.up else 'down'}, the bank has {self._bank.pending} to do"
        return "; ".join([*left[:3], parties])

    def plant(self, seed: int) -> dict[Key, str]:
        """Contradictions between file and book, where an engine that works must notice them."""
        rows = self._bank.obey({"do": "ledger"})["payments"]
        heard = {name for name, payment in self._states.items() if payment.ack is not None}
        plants = planting.plant(seed, rows, self._fleet.seen, lambda key: engine_id(key) in heard).items()
        allow = self._fabric.events.allow
        self.planted = {
            key: kind
            for key, kind in plants
            if allow(f"plant {kind} {key.terminal} {key.stan}", f"the file says otherwise ({kind}) of {engine_id(key)}")
        }
        return self.planted

    def picture(self) -> list[tuple[str, tuple[int, bytes]]]:
        """Every payment and its head."""
        reader = self._look()
        return [(name, reader.head(name)) for name in sorted(self._states)]

    def same_picture(self, before: list[tuple[str, tuple[int, bytes]]]) -> None:
        """A file that was given twice changed nothing; where people give back beside it, they and shops may have."""
        old, reader = dict(before), self._look()
        for name in (name for name, head in self.picture() if head != old.get(name)):
            new = [row.kind for row in reader.facts_of(name)[old.get(name, (0, b""))[0] :]]
            theirs = self.given is not None and new and "SettlementSaw" not in new
            self.hold("R1", theirs, f"{name}: a file was given again, and {new} came of it")
        self.hold("R1", True, "")

    def judge(self) -> None:
        """The world has ended: compare the books."""
        reader = Reader.open(self.machine.journal)
        try:
            self._compare(reader)
        except apsw.Error as error:
            self.violate("D2", f"the journal cannot be read: {error}")
        finally:
            reader.close()
        self._search()
        for failure in self._loop.failures:
            if "PowerCut" not in failure:
                self.violate("D4", f"uncaught: {failure}")

    def _compare(self, reader: Reader) -> None:
        payments = {p.id: p for p in reader.payments()}
        cases = {case.payment for case in reader.cases()}
        rows = self._bank.obey({"do": "ledger"})["payments"]
        blind, planted = self._blind(payments), {engine_id(key): kind for key, kind in self.planted.items()}
        books = [book for book in map(book_of, rows) if book.payment not in blind]
        claims = [claim_of(payment, payment.id in cases) for name, payment in payments.items() if name not in blind]
        planted = {name: kind for name, kind in planted.items() if name not in blind}
        found = judge(claims, books, planted, [engine_id(key) for key in self._fleet.seen])
        for name, why in found.wrong.items():
            self.violate("M2", f"{name}: {why}")
        for name in found.lost:
            self.violate("D2", f"{name}: the bank has it, a terminal sent it, the journal does not know it")
        for name in found.returned_twice:
            self.violate("M5", f"{name} was given back twice")
        for name in found.unproven:
            p = payments[name]
            self.violate("O4", f"{name} is {p.state} {p.verdict.truth} {p.verdict.proof}")
        self.evaluated["M2"] += len(claims)
        self.evaluated["O4"] += len(claims)
        for p in payments.values():
            open_case = p.owes is Owes.PERSON or p.state is State.CONTESTED
            self.hold("O3", not open_case or p.id in cases, f"{p.id} is a person's and has no case")
        self._shown(payments, cases)
        for complaint in self._bank.desk.complaints:
            self.violate("P1" if "other words" in complaint else "M3", complaint)
        self.evaluated["P1"] += self._bank.desk.counts.get("received 0400", 0)
        for fault in self._fleet.faults:
            self.violate("M4" if "trace" in fault else "P4", fault)
        faults = reader.faults()
        self.hold("K5", not faults, f"the journal says {faults[:2]}")
        self.hold("D5", not faults, f"the journal says {faults[:2]}")
        if self.machine.kills:
            self.hold("D3", not faults, f"after recoveries the journal says {faults[:2]}")
        for name, (state, truth) in self._finals.items():
            p = payments[name]
            self.hold("K1", (p.state, p.verdict.truth) == (state, truth), f"{name} was {state} {truth}, is {p.state}")
        self._ends(payments)

    def _blind(self, payments: dict[str, Payment]) -> set[str]:
        """Whose lie nobody can notice: the file leaves out a sale that a shop reversed after the lie was planted, and
        silence means then that the reversal took effect."""
        asked = {name for name, payment in payments.items() if payment.reason and payment.state is not State.CONTESTED}
        return {engine_id(key) for key, kind in self.planted.items() if kind == OMIT_SALE} & asked

    def _shown(self, payments: dict[str, Payment], cases: set[str]) -> None:
        """What the terminals showed, against what stands."""
        planted = {engine_id(key) for key in self.planted}
        for key, seen in self._fleet.seen.items():
            payment = payments.get(engine_id(key))
            if seen.told != "approved" or payment is None or payment.id in planted:
                continue
            stands = payment.verdict.truth in (Truth.CHARGED_KEPT, Truth.CHARGED_TWICE)
            self.hold("M8", stands or payment.id in cases, f"{payment.id}: shown approved, is {payment.verdict.truth}")

    def _search(self) -> None:
        """No clear card data in any file of the disk, nor in the log."""
        pans = sorted({posting.pan.encode() for posting in self._bank.desk.ledger._postings})
        texts = [path.read_bytes() for path in sorted(self.machine.disk.folder.glob("journal*"))]
        texts.append(repr(self.log).encode())
        self.hold("K6", not any(pan in text for pan in pans for text in texts), "a card number stands in a file")
        tracks = any(one.search(text) for one in CLEAR_TRACKS for text in texts)
        self.hold("K6", not tracks, "track data stands in a file")

    # Situations

    def _situations(self, before: Payment | None, one: Committed, event: str) -> None:
        after = one.payment
        state = one.rule.partition(".")[0]
        for situation in of_event(state, event, before, after):
            self.reach(situation)

    def _ends(self, payments: dict[str, Payment]) -> None:
        """What the payments and the parties say at the end."""
        words = {
            Truth.NEVER_CHARGED: "a payment was proven never charged",
            Truth.CHARGED_RETURNED: "a payment was proven returned",
            Truth.CHARGED_KEPT: "a payment was proven kept",
        }
        for p in payments.values():
            if p.state is State.SETTLED and p.verdict.truth in words:
                self.reach(words[p.verdict.truth])
            if p.attempts > MANY_REPEATS:
                self.reach("a reversal was repeated more than five times")
            if p.owes is Owes.PERSON:
                self.reach("a payment went to a person")
        for situation, count in self._parties():
            if count:
                self.reached[situation] += count

    def _parties(self) -> Iterator[tuple[str, int]]:
        happened = self._fabric.happened
        yield "a connection was reset", happened.get("reset", 0)
        yield "a frame came in pieces", happened.get("fragmented", 0)
        yield "a frame came twice", happened.get("replayed", 0)
        yield "a frame was swallowed", happened.get("swallowed", 0)
        yield "the bank closed the link", self._bank.desk.counts.get("times down", 0)
        seen = self._fleet.seen.values()
        yield "the terminal deleted its reversal record", sum(one.told == "forgotten" for one in seen)
        failed = sum(one.trouble == "device" and one.was_approved for one in seen)
        yield "the terminal's device failed after an approval", failed
        yield "the terminal hung up before its answer", sum(one.trouble == "hangs_up" for one in seen)
        yield "a reversal overtook its sale", sum(one.trouble == "overtaken" and one.told == "undone" for one in seen)
        yield "another amount came under a key that was used", sum(one.trouble == "same_trace" for one in seen)
        dossiers = self._bank.desk.dossiers.values()
        held = sum(one.fate.sale.name == "original-next-day" and bool(one.rrn) for one in dossiers)
        yield "a sale was executed on the next day", held
