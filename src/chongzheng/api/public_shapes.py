"""Which documents do the calls of the public page take and give, field by field?"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chongzheng.api.shapes import Fen, Shape

TEXT_CHARS_MAX = 1_000
CONTACT_CHARS_MAX = 120
CODE_PATTERN = r"^([A-Z0-9]{1,20}-){1,2}[0-9A-F]{20}$"

LinkCode = Annotated[str, Meta(pattern=r"^$|" + CODE_PATTERN, description="The code of a signed link, or nothing")]
Reference = Annotated[
    str,
    Meta(
        max_length=40,
        description="Terminal and trace with a dash, the number of a case, or the RRN of a payment that has one",
    ),
]
LastFour = Annotated[str, Meta(pattern=r"^([0-9]{4})?$", description="The last four digits of the card, or nothing")]
PaidOn = Annotated[str, Meta(pattern=r"^([0-9]{8})?$", description="The day in China when it was paid, or nothing")]


class Proofs(Shape, frozen=True):
    """What shows that somebody paid: the code of a signed link, or reference, last four, amount and day together."""

    code: LinkCode = ""
    reference: Reference = ""
    last_four: LastFour = ""
    fen: Fen = 0
    day: PaidOn = ""


class NewComplaint(Shape, frozen=True):
    """What somebody complains about. `contact`: a telephone number or an address to answer to; it is sealed."""

    proofs: Proofs
    text: Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX, description="What happened, in their words")]
    contact: Annotated[str, Meta(max_length=CONTACT_CHARS_MAX, description="Where the answer goes, or nothing")] = ""
    urgent: bool = False


class PublicStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the way of the money. `stood`: done, now, ahead; `at`: epoch ms, 0 where it is not told."""

    name: str
    stood: str
    at: int


class PublicComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint of theirs: its number, how it stands, until when it is answered (epoch ms ahead of us, or 0);
    `late`: that day is over without an answer."""

    id: str
    state: str
    by: int
    late: bool


class PublicAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a cardholder hears. `found` false: nothing fits all that was said, and nothing more is said. Without a
    payment (a complaint whose payment is not known yet) `where` is "". Amounts in fen, instants in epoch ms."""

    found: bool = False
    where: str = ""
    unknown: list[str] = msgspec.field(default_factory=list)
    by: int = 0
    date: str = "none"
    steps: list[PublicStep] = msgspec.field(default_factory=list)
    fen: int = 0
    refund_fen: int = 0
    last_four: str = ""
    paid_at: int = 0
    complaints: list[PublicComplaint] = msgspec.field(default_factory=list)


class TakenIn(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint that was taken in: its number, the code under which it is followed, until when it is answered."""

    id: str
    code: str
    by: int


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The code of the signed link of a payment: whoever has it sees where the money is, and nothing else."""

    code: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Where a complaint is answered to, opened for the person who asked; the door's audit says who and when."""

    contact: str
