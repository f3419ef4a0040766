"""Is every tampering with the journal found, with its place, and which of it would not be without checkpoints?

Seven kinds: edit, delete, insert, swap, cut tail, replace the whole log, put back yesterday's backup. Each is done by
three attackers: one who only writes SQL, one who also makes all hashes fit again, and one who owns our program and
plays the whole history anew, so that nothing inside the database gives him away. None has the signing key.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chongzheng.journal import Journal, Reader, Submission, Vault, evidence, payment_id
from chongzheng.journal.checkpoints import Signer
from chongzheng.journal.inspection import Inspection, Signed, inspect
from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Key, Line, Request
from chongzheng.reversal.policy import Policy
from chongzheng.simulator.attacker import RAW, RECHAINED, Deed, rechain

PAYMENTS, CHECKPOINT_EVERY = 16, 4
"""How large the history is that is tampered with; how many commits lie between two checkpoints."""
MEMORY = Path("/dev/shm")  # noqa: S108 - whoever plays a history anew need not wait for a disk
NOON_MS, DAY_MS = 1_790_000_000_000, 86_400_000
MERCHANT, TERMINAL = "898100000000001", "10000001"
KINDS = ("edit", "delete", "insert", "swap", "cut tail", "replace", "restore")

History = list[list[Submission]]
"""What was handed in, commit by commit."""


@dataclass
class Tally:
    """Of one kind: trials, how many were found, how many with the place; of what fits in itself, seen without."""

    trials: int = 0
    found: int = 0
    placed: int = 0
    fits_in_itself: int = 0
    seen_without_checkpoints: int = 0


@dataclass
class Campaign:
    """What came out. `missed`: seed, kind and deed of each trial that was not found, or not with its place."""

    seed: int
    trials: int = 0
    false_alarms: int = 0
    kinds: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    missed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """All found with their place, nothing found that was not there."""
        return not self.missed and not self.false_alarms


class Scene:
    """A journal with its checkpoints on another disk, yesterday's backup of it, and copies to tamper with."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.history = made_history(dice, PAYMENTS)
        self._vault = Vault.create(folder / "vault.keys")
        self._key = Ed25519PrivateKey.generate()
        self.path, self.yesterday = folder / "journal.db", folder / "yesterday.db"
        self.signed = Signed((folder / "checkpoints",), self._key.public_key().public_bytes_raw().hex())
        half = len(self.history) * 2 // 3
        self.play(self.path, self.history[:half], sign=True)
        shutil.copyfile(self.path, self.yesterday)
        self.play(self.path, self.history[half:], sign=True)
        self.chain = chain_of(self.path)
        self.then = len(chain_of(self.yesterday))

    def play(self, path: Path, history: Sequence[Sequence[Submission]], sign: bool = False) -> None:
        """Commit by commit into the journal at `path`; its owner signs now and then, an attacker cannot."""
        journal = Journal.open(path, self._vault, Policy())
        signer = None
        if sign:
            every = (CHECKPOINT_EVERY, DAY_MS)
            signer = Signer(Reader.open(path, 0), self.signed.files[0], lambda: self._key, lambda: NOON_MS, every)
        try:
            for batch in history:
                journal.apply(batch)
                if signer is not None:
                    signer.look()
        finally:
            if signer is not None:
                signer.close()
            journal.close()

    def copy(self, of: Path | None = None) -> Path:
        """A fresh copy under the attacker's hands; the one before is gone."""
        target = self.folder / "tampered.db"
        for suffix in ("", "-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        if of is not None:
            shutil.copyfile(of, target)
        return target


def campaign(trials: int, seed: int, told: Callable[[int], None] = lambda done: None) -> Campaign:
    """So many trials, the kinds in turn. `told` hears how many are done."""
    result, dice = Campaign(seed), random.Random(seed)
    memory = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="chongzheng-tamper-", dir=memory) as folder:
        scene = Scene(Path(folder), dice)
        if not inspect(scene.path, scene.signed).holds:
            result.false_alarms += 1
        for number in range(trials):
            one_trial(scene, KINDS[number % len(KINDS)], dice, result)
            told(number + 1)
    return result


def one_trial(scene: Scene, kind: str, dice: random.Random, result: Campaign) -> None:
    """Tamper, inspect, and compare what was found with what was done."""
    path, deed, fits = tampered(scene, kind, dice)
    found, tally = inspect(path, scene.signed), result.kinds[kind]
    result.trials += 1
    tally.trials += 1
    tally.found += not found.holds
    tally.placed += names_place(found, deed)
    if not names_place(found, deed):
        said = [str(fault) for fault in found.faults[:3]]
        result.missed.append({"trial": result.trials, "kind": kind, "deed": deed.what, "said": said})
    if fits:
        tally.fits_in_itself += 1
        tally.seen_without_checkpoints += not inspect(path).holds


def names_place(found: Inspection, deed: Deed) -> bool:
    """Whether some fault names a payment or a commit that was really tampered with."""
    return any(
        fault.payment in deed.payments or any(fault.covers(commit) for commit in deed.commits) for fault in found.faults
    )


def tampered(scene: Scene, kind: str, dice: random.Random) -> tuple[Path, Deed, bool]:
    """A copy that somebody has tampered with, what he did, and whether it fits in itself."""
    how = dice.choice(("raw", "rechained", "played anew"))
    attacks = RAW if how == "raw" else RECHAINED
    if how != "played anew" and kind in attacks:
        path = scene.copy(scene.path)
        connection = apsw.Connection(str(path))
        try:
            with connection:
                deed = dice.choice(attacks[kind])(connection, dice)
                if how == "rechained":
                    rechain(connection)
        finally:
            connection.close()
        return path, replace(deed, what=f"{how}: {deed.what}"), False
    return _played(scene, kind, dice)


def _played(scene: Scene, kind: str, dice: random.Random) -> tuple[Path, Deed, bool]:
    """What our own program makes of another history; where it leaves the true one is where it was tampered with."""
    while True:
        if kind == "restore":
            path = scene.copy(scene.yesterday)
            scene.play(path, made_history(dice, dice.randint(0, PAYMENTS), offset=500))
        else:
            path = scene.copy()
            scene.play(path, PLAYED[kind](scene.history, dice))
        chain = chain_of(path)
        longest = max(len(chain), len(scene.chain))
        differs = [no for no in range(longest) if scene.chain[no : no + 1] != chain[no : no + 1]]
        if differs and differs[0] < len(scene.chain):
            first = differs[0] + 1
            return path, Deed(f"played anew: from commit {first} on", commits=frozenset({first})), True


def _edited(history: History, dice: random.Random) -> History:
    number = dice.randrange(len(history))
    changed = [_otherwise(one, dice) for one in history[number]]
    return [*history[:number], changed, *history[number + 1 :]]


def _otherwise(one: Submission, dice: random.Random) -> Submission:
    """The same a second later, said by evidence that fits."""
    later = one.fact.at + 1_000 * dice.randint(1, 5)
    heard = tuple(evidence(e.kind, e.source, later, e.body) for e in one.evidence)
    fact = replace(one.fact, at=later, evidence=heard[0].id) if heard else replace(one.fact, at=later)
    return replace(one, fact=fact, evidence=heard)


def _left_out(history: History, dice: random.Random) -> History:
    gone = dice.choice(sorted({one.fact.payment for batch in history for one in batch}))
    left = [[one for one in batch if one.fact.payment != gone] for batch in history]
    return [batch for batch in left if batch]


def _put_in(history: History, dice: random.Random) -> History:
    more = story(dice, 900 + dice.randrange(90))
    number = dice.randrange(len(history))
    return [*history[:number], more, *history[number:]]


def _exchanged(history: History, dice: random.Random) -> History:
    number = dice.randrange(len(history) - 1)
    return [*history[:number], history[number + 1], history[number], *history[number + 2 :]]


def _cut(history: History, dice: random.Random) -> History:
    return history[: dice.randint(1, len(history) - 1)]


def _another(history: History, dice: random.Random) -> History:
    return made_history(dice, PAYMENTS + dice.randint(0, 4))


PLAYED: dict[str, Callable[[History, random.Random], History]] = {
    "edit": _edited,
    "delete": _left_out,
    "insert": _put_in,
    "swap": _exchanged,
    "cut tail": _cut,
    "replace": _another,
}


def chain_of(path: Path) -> list[bytes]:
    """The hashes of all commits, first to last."""
    connection = apsw.Connection(str(path))
    try:
        return [bytes(row[0]) for row in connection.execute("SELECT hash FROM commits ORDER BY no")]
    finally:
        connection.close()


# A history that is worth tampering with


def made_history(dice: random.Random, payments: int, offset: int = 0) -> History:
    """The stories of so many payments, told in turns, a few facts in each commit."""
    stories = [story(dice, offset + number) for number in range(1, payments + 1)]
    history: History = []
    while stories:
        batch: list[Submission] = []
        for _ in range(dice.randint(1, 3)):
            if stories:
                one = dice.choice(stories)
                batch.append(one.pop(0))
                stories = [left for left in stories if left]
        history.append(batch)
    return history


def story(dice: random.Random, number: int) -> list[Submission]:
    """One payment: kept, returned, refused, or left in doubt."""
    fen, at = dice.randint(1, 99_999), NOON_MS + 1_000 * number
    key = Key(MERCHANT, TERMINAL, "000001", f"{number:06d}")
    name, day_ends_at = payment_id(key), NOON_MS + DAY_MS // 2
    identity = (("F11", f"{number:06d}"),)
    request = Request(key, fen, "156", f"{number}:{fen}", ("echo",), identity, "20260922", day_ends_at)
    answer = Answer("00", "good", ("echo",), f"{number:012d}")
    declined = replace(answer, code="51")

    def lines(count: int, mark: str) -> tuple[Line, ...]:
        return tuple(Line("", fen, f"{number:012d}", f"{number:06d}", f"{mark}{n}") for n in range(count))

    def cleared(originals: int, reversals: int) -> Fact:
        return facts.SettlementSaw(name, at + DAY_MS, "", "20260923", lines(originals, "o"), lines(reversals, "r"))

    taken = facts.RequestTaken(name, at, "", request)
    replied, written = facts.ReplyArrived(name, at + 100, "", answer), facts.AnswerWritten(name, at + 200)
    asked = facts.ReversalAsked(name, at + 300, "", "98", request)
    undone = facts.ReversalAnswered(name, at + 400, "", answer)
    told: tuple[list[Fact], ...] = (
        [taken, replied, written, cleared(1, 0)],
        [taken, asked, undone, cleared(1, 1)],
        [taken, facts.ReplyArrived(name, at + 100, "", declined)],
        [taken, asked],
        [taken, replied, written, cleared(2, 0)],
    )
    return [_said(fact, number) for fact in dice.choice(told)]


def _said(fact: Fact, number: int) -> Submission:
    """With evidence that says it."""
    kind = type(fact).__name__
    heard = evidence(kind, "terminal", fact.at, json.dumps({"F11": f"{number:06d}"}).encode())
    if isinstance(fact, facts.SettlementSaw):
        parts = {"originals": fact.originals, "reversals": fact.reversals}
        named = {part: tuple(replace(line, evidence=heard.id) for line in lines) for part, lines in parts.items()}
        fact = replace(fact, **named)
    return Submission(replace(fact, evidence=heard.id), (heard,))
