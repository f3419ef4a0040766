"""Which documents do the calls of finance and administration take and give? Closings, people, limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chongzheng.api.desk_shapes import Words
from chongzheng.api.shapes import FEN_MAX, Day, Fen, Shape

ActorId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{1,31}$", description="The person's id")]
Role = Literal[
    "clerk", "supervisor", "finance", "risk", "technician", "supplier", "auditor", "administrator", "read-only"
]
Roles = Annotated[list[Role], Meta(min_length=1, max_length=9)]


class Close(Shape, frozen=True):
    """Which day is to be closed."""

    date: Day


class AccountOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """An account over a day, in fen; opening and closing above 0 are debits."""

    account: str
    title: str
    code: str
    opening_fen: int
    debited_fen: int
    credited_fen: int
    closing_fen: int


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The trial balance of a day; `trial_fen` is its sum, which is zero."""

    date: str
    trial_fen: int
    accounts: list[AccountOfDay]


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A closed day; `new` is false when it was closed before."""

    date: str
    closed_at: int
    closed_by: str
    new: bool
    trial: Trial


class NewActor(Shape, frozen=True):
    """A person to be entered; without a password nobody comes in."""

    actor: ActorId
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    roles: Roles


class ChangeActor(Shape, frozen=True):
    """Other roles, or whether the person works here; what is not named stays."""

    roles: Roles | None = None
    active: bool | None = None


class NewPassword(Shape, frozen=True):
    """A new password, for oneself or by an administrator. It is hashed and forgotten."""

    password: Annotated[str, Meta(min_length=1, max_length=200)]


class ActorStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the register."""

    actor: str
    name: str
    roles: list[str]
    active: bool
    has_password: bool
    made_at: int


class Actors(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, also those who work here no more."""

    actors: list[ActorStanding]


class ActorHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Every change of a person's row, oldest first, with who made it."""

    actor: str
    history: list[dict[str, Any]]


class ProposeLimit(Shape, frozen=True):
    """Up to so many fen one person may resolve alone, from a day on."""

    fen: Fen
    valid_from: Day
    reason: Words


class ApproveLimit(Shape, frozen=True):
    """The limit of that day, as it was shown, comes into force."""

    fen: Fen
    valid_from: Day


class LimitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that was proposed, and who put it in force (None: nobody yet)."""

    fen: int
    valid_from: str
    reason: str
    proposed_by: str
    proposed_at: int
    approved_by: str | None
    approved_at: int | None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limit of today (None: everything takes two people), and all rows."""

    in_force_fen: int | None
    rows: list[LimitRow]


class NewVoucher(Shape, frozen=True):
    """A remedy, or an adjustment, over `fen`, about a payment or a break. `second`: the session of the second person,
    who sits there too; above the limit always."""

    what: Literal[
        "merchant held", "merchant freed", "held for cardholder", "given back", "issuer paid", "issuer refused",
        "advanced", "advance covered", "advance clawed back", "advance lost", "compensated", "fee taken",
        "fee returned", "tail kept", "tail borne", "clearing received", "clearing paid", "merchant paid",
    ]  # fmt: skip
    fen: Annotated[int, Meta(ge=1, le=FEN_MAX)]
    reason: Words
    evidence: Words
    payment: Annotated[str, Meta(pattern=r"^P[A-Z2-7]{16}$")] | None = None
    break_id: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    second: Annotated[str, Meta(max_length=128)] | None = None


class MadeVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """The act that booked it."""

    act: int
