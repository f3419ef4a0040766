"""What does a fact about a matter bring about? All of it in the transaction that writes the fact, or none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Open:
    """Open another matter under a key that is used once: whoever comes second says `joins` of the one there is,
    where that is named, or does nothing."""

    kind: str
    key: str
    said: Mapping[str, Any] = field(default_factory=dict)
    payment: str = ""
    parent: str = ""
    joins: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Hand another matter a fact. If it does not hold there nothing of all this happens; `softly`: then it is left."""

    matter: str
    fact: str
    said: Mapping[str, Any] = field(default_factory=dict)
    softly: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """Hold this name as the only one. Whoever comes second is refused, and told who holds it: `taken`."""

    key: str
    taken: str


@dataclass(frozen=True, slots=True)
class Free:
    """Hold it no more."""

    key: str


@dataclass(frozen=True, slots=True)
class TakeRelease:
    """Take the payment's one release token for a give-back outside the wires. Refused while a reversal or a void of it
    lives, or another give-back does. `provisional`: a reversal may still take effect, and whoever gives knows that; but
    nobody drives it any more, because a person stopped it."""

    payment: str
    verb: str
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class FreeRelease:
    """No money left under this token and none will: another way may be taken."""

    payment: str


@dataclass(frozen=True, slots=True)
class Book:
    """One entry beside those of the machine; `what` is a word of reversal/booking."""

    what: str
    fen: int
    payment: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Send what lies in suspense for the payment where `how` (a Resolution) says; nothing when nothing lies there."""

    how: str
    payment: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell somebody, after the commit: which text, to whom, under a key that is used once."""

    template: str
    to: str
    key: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandIn:
    """A fact for the engine about this payment, after the commit: CheckAsked, ReversalStopped."""

    fact: str
    payment: str


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the engine's own cases of this payment ("": there is none). Refused while money of it lies in suspense, a
    break is open, or a matter that belongs to this one is not ended."""

    payment: str


Effect = Open | Say | Take | Free | TakeRelease | FreeRelease | Book | Settle | Tell | HandIn | CloseCase
