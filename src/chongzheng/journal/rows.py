"""What goes into the journal and comes out of it? Submissions, evidence, outcomes, and their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from chongzheng.card import Pan
from chongzheng.reversal.effects import Effect
from chongzheng.reversal.facts import KINDS, Fact, Key
from chongzheng.reversal.payment import Owes, Payment, State, Verdict

ID_BITS_BYTES = 10
"""80 bits of SHA-256: two keys that collide are further away than two lost journals."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TWO = [first + second for first in _ALPHABET for second in _ALPHABET]  # base32 by two digits: it is asked often


class Owed(msgspec.Struct, frozen=True, gc=False):
    """What a queue must know of a payment that owes a reversal: a part of the payment, at a quarter of the price."""

    id: str
    key: Key
    owes: Owes
    wake_at: int | None
    opened_at: int
    amount_fen: int
    reverse_until: int


class Record(msgspec.Struct, gc=False):
    """What a fact leaves for ever, chained to the one before; its members in the order in which they are written."""

    at: int
    effects: list[dict[str, object]]
    entries: list[tuple[str, str, int]]
    error: str
    fact: Fact
    before: State = msgspec.field(name="from")
    kind: str
    owes: Owes
    payment: str
    payment_hash: str
    rule: str
    seq: int
    after: State = msgspec.field(name="to")
    verdict: Verdict
    wake_at: int | None


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_payment = msgspec.json.Decoder(Payment).decode
_decode_owed = msgspec.json.Decoder(list[Owed]).decode
_decode_fact: dict[str, Any] = {name: msgspec.json.Decoder(kind).decode for name, kind in KINDS.items()}


def payment_id(key: Key) -> str:
    """The id of the payment that F42, F41, F60.2 and F11 name: the same from a sale, its reversal and their answers."""
    text = "\x1f".join((key.merchant, key.terminal, key.batch, key.stan))
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:ID_BITS_BYTES], "big")
    two = _TWO
    return (
        f"P{two[number >> 70]}{two[number >> 60 & 1023]}{two[number >> 50 & 1023]}{two[number >> 40 & 1023]}"
        f"{two[number >> 30 & 1023]}{two[number >> 20 & 1023]}{two[number >> 10 & 1023]}{two[number & 1023]}"
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing somebody said, redacted before it got its id. `body` is canonical JSON; `at` epoch ms."""

    id: str
    at: int
    kind: str
    source: str
    body: bytes


def evidence_id(kind: str, source: str, at: int, body: bytes) -> str:
    """`E` and 32 hex digits over everything the evidence says."""
    head = f"{kind}\x1f{source}\x1f{at}\x1f".encode()
    return "E" + hashlib.sha256(head + body).hexdigest()[:32]


def evidence(kind: str, source: str, at: int, body: bytes) -> Evidence:
    """Evidence with its id. The caller has redacted `body`: the journal stores what it is given."""
    return Evidence(evidence_id(kind, source, at, body), at, kind, source, body)


@dataclass(frozen=True, slots=True)
class Submission:
    """A fact with the evidence it rests on and, where a reversal may need it, the card number.

    `alias`: what a payment is called towards a network; kept when this fact is the payment's first.
    """

    fact: Fact
    evidence: tuple[Evidence, ...] = ()
    card: Pan | None = None
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """What one submission led to, now durable. `error` is not empty when the payment was stopped."""

    payment: Payment
    effects: tuple[Effect, ...]
    rule: str
    error: str = ""


def encode(value: object) -> bytes:
    """Canonical JSON: object keys sorted, no white space."""
    return _encode(value)


def decode_payment(body: bytes) -> Payment:
    """The payment that `encode` wrote."""
    payment: Payment = _decode_payment(body)
    return payment


def decode_owed(page: bytes) -> list[Owed]:
    """Of a JSON array of payments that `encode` wrote, the part which a queue needs."""
    owed: list[Owed] = _decode_owed(page)
    return owed


def decode_fact(kind: str, body: bytes) -> Fact:
    """The fact that `encode` wrote; `kind` is the name of its class."""
    fact: Fact = _decode_fact[kind](body)
    return fact


def named(effect: Effect) -> dict[str, object]:
    """An effect as a document that says which one it is."""
    document = dict(msgspec.to_builtins(effect))
    document["do"] = type(effect).__name__
    return document
