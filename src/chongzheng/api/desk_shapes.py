"""Which documents do people's calls take and give, field by field? Sessions, money in doubt, breaks and decisions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chongzheng.api.shapes import NO_CARD, Shape

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="The hash of what the person was shown")]
Words = Annotated[str, Meta(min_length=3, max_length=500, pattern=NO_CARD)]


class SignIn(Shape, frozen=True):
    """Who somebody is. The password is checked and forgotten."""

    actor: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{1,31}$", description="The person's id")]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A person's session. The token goes into the header Person of the calls that people make."""

    session: str
    expires_at: int
    actor: str
    name: str
    roles: list[str]


class Resolve(Shape, frozen=True):
    """What a person decides about a break. `how`: where what lies in suspense goes; `shown`: the break's `hash`."""

    how: Literal["explained", "merchant", "cardholder", "issuer", "channel", "fees", "loss"]
    reason: Words
    evidence: Annotated[list[Words], Meta(min_length=1, max_length=20)]
    shown: Hash


class Approve(Shape, frozen=True):
    """A second person approves what was proposed, as shown."""

    shown: Hash


class Reject(Shape, frozen=True):
    """The proposal goes back."""

    reason: Words


class CloseCase(Shape, frozen=True):
    """The case is done."""

    reason: Words


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the money in doubt, in fen: held for somebody, and missing."""

    name: str
    payments: int
    fen: int
    held_fen: int
    missing_fen: int


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What is still in doubt when everything that has a date by then is decided, and nothing new comes."""

    when: str
    payments: int
    fen: int


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """Money in doubt now, the same money from every side; merchants and terminals: those with the most."""

    at: int
    payments: int
    fen: int
    held_fen: int
    missing_fen: int
    forecast: list[Expected]
    age: list[Part]
    stage: list[Part]
    whose: list[Part]
    channel: list[Part]
    due: list[Part]
    merchants: list[Part]
    terminals: list[Part]


class BreakStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A difference between book and file. `fen` is signed, from the viewpoint; `record` is the file's line, 0: none."""

    id: int
    day: str
    channel: str
    type: str
    payment: str
    record: int
    fen: int
    viewpoint: str
    queue: str
    next_action: str
    why: str
    about: list[str]
    opened_at: int
    state: Literal["open", "proposed", "resolved", "superseded"]
    proposed_by: str | None
    approved_by: str | None
    resolved_at: int | None
    proposal: dict[str, Any]


class BreakPage(msgspec.Struct, frozen=True, kw_only=True):
    """Breaks by their ids. `after` goes into the next call; 0: there are no more."""

    breaks: list[BreakStanding]
    after: int


class BreakView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is shown: the break, how its payment stands, what lies in suspense, and the hash of all of it."""

    standing: BreakStanding
    payment: dict[str, Any]
    suspense_fen: int
    takes_two: bool
    hash: str


class ClosedCase(msgspec.Struct, frozen=True, kw_only=True):
    """The payment whose case was closed."""

    case: int
    payment: str
