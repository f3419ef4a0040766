"""Which documents go through the HTTP door, field by field, with their limits?

The same shapes check what comes in, and make the OpenAPI document. Instants are epoch milliseconds; amounts are fen.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chongzheng.card import Pan

BATCH_MAX = 200
"""Reports in one call of POST /payments/batch."""
PAGE_MAX = 200
EPOCH_MS_MAX = 253_402_300_799_000
FEN_MAX = 999_999_999_999
"""Twelve digits: what F4 can carry."""

Merchant = Annotated[str, Meta(pattern=r"^[!-~]{1,15}$", description="Merchant number (F42), 1 to 15 characters")]
Terminal = Annotated[str, Meta(pattern=r"^[!-~]{1,8}$", description="Terminal number (F41), 1 to 8 characters")]
Batch = Annotated[str, Meta(pattern=r"^[0-9]{6}$", description="Batch number of the terminal (F60.2)")]
Stan = Annotated[str, Meta(pattern=r"^[0-9]{6}$", description="Trace number (F11)")]
Fen = Annotated[int, Meta(ge=0, le=FEN_MAX, description="Amount in fen (F4); 0 only of what moves no money")]
Currency = Annotated[str, Meta(pattern=r"^[0-9]{3}$", description="Currency (F49), ISO 4217 numeric")]
At = Annotated[int, Meta(ge=0, le=EPOCH_MS_MAX, description="When it happened, epoch milliseconds (UTC)")]
Code = Annotated[str, Meta(pattern=r"^[0-9A-Z]{2}$", description="Answer or reason code (F39)")]
Rrn = Annotated[str, Meta(pattern=r"^[!-~]{0,12}$", description="Retrieval reference number (F37)")]
Auth = Annotated[str, Meta(pattern=r"^[ -~]{0,6}$", description="Authorisation code (F38)")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{8}$", description="Business day, yyyymmdd")]
NO_CARD = r"^(?!.*[0-9]{12}).*$"
"""Free words: nothing in them may be a card number."""
FieldText = Annotated[str, Meta(max_length=510, pattern=r"^[ -~]*$")]
Kind = Annotated[
    str, Meta(pattern=r"^[A-Za-z][ -~]{0,59}$", description="Kind of transaction, as the channel's table names it")
]
MacWord = Literal["good", "bad", "absent"]
Sign = Literal["trace_gap", "batch_total", "fault_slip"]


CARD = re.compile(r"[0-9]{12,19}|[0-9]{6}\*{2,9}[0-9]{4}")
CARD_SCHEMA = {
    "type": "string",
    "pattern": f"^({CARD.pattern})$",
    "description": "Card number (F2) in full, kept sealed while a reversal may need it, or masked: 622202******0123",
}


Channel = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,15}$", description="Whose clearing files speak of it: card, alipay, wechat")
]
Order = Annotated[str, Meta(pattern=r"^[!-~]{1,64}$", description="The number under which a wallet knows it")]


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document from outside; a name that it does not know is a mistake."""


class Reply(Shape, frozen=True):
    """The bank's answer to the sale. `mac`: what your check of its MAC said; an approval counts only when good."""

    code: Code
    mac: MacWord
    rrn: Rrn = ""
    auth: Auth = ""
    at: At | None = None


class Original(Shape, frozen=True):
    """The earlier payment of the same terminal that a void or a completion names."""

    batch: Batch
    stan: Stan


class Report(Shape, frozen=True):
    """A payment that another switch sent to its bank, and what is known of it so far.

    Merchant, terminal, batch and stan name it: the same four are the same payment, for ever. `fields` gives what
    a reversal must repeat and cannot be derived (ISO 8583 field number to value; of a purchase 3, 22, 23, 25, 38, 60).
    A void or a completion names its `original`. A wallet's payment says its `channel` and its `order`; it is proven by
    the wallet's bill, and never reversed on the card's wires.
    Without `reply` the answer is awaited, and then the payment is in doubt. `delivered`: whether the answer reached
    the terminal, where that is known.
    """

    merchant: Merchant
    terminal: Terminal
    batch: Batch
    stan: Stan
    amount_fen: Fen
    at: At
    currency: Currency = "156"
    kind: Kind = "purchase"
    original: Original | None = None
    day: Day | None = None
    card: Pan | None = None
    fields: Annotated[dict[str, FieldText], Meta(max_length=16)] = {}
    reply: Reply | None = None
    delivered: bool | None = None
    sign: Sign | None = None
    channel: Channel | None = None
    order: Order | None = None


class ReplyEvidence(Shape, frozen=True, tag_field="kind", tag="reply"):
    """The bank answered the sale, in time or late."""

    code: Code
    mac: MacWord
    at: At
    rrn: Rrn = ""
    auth: Auth = ""


class ReversalAnswerEvidence(Shape, frozen=True, tag_field="kind", tag="reversal_answer"):
    """The bank answered a reversal."""

    code: Code
    mac: MacWord
    at: At
    rrn: Rrn = ""


class ReversalAskedEvidence(Shape, frozen=True, tag_field="kind", tag="reversal_asked"):
    """The terminal sent its reversal. `reason` is its F39."""

    at: At
    reason: Code = "98"


class TimedOutEvidence(Shape, frozen=True, tag_field="kind", tag="timed_out"):
    """You sent the sale, nobody answered, and your terminal was told no: we reverse it. Silence alone says less."""

    at: At


class DeliveryEvidence(Shape, frozen=True, tag_field="kind", tag="delivery"):
    """The bank's approval was written to the terminal, or surely was not."""

    delivered: bool
    at: At


class NotSentEvidence(Shape, frozen=True, tag_field="kind", tag="not_sent"):
    """Nothing of the sale ever left for the bank, and nothing will."""

    why: Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_CARD)]
    at: At


class SignEvidence(Shape, frozen=True, tag_field="kind", tag="sign"):
    """The terminal gave up: its trace jumps, its batch total lacks the sale, or it printed a fault slip."""

    sign: Sign
    at: At
    note: Annotated[str, Meta(max_length=200, pattern=NO_CARD)] = ""


class InquiryEvidence(Shape, frozen=True, tag_field="kind", tag="inquiry"):
    """You asked the bank what became of it. `not_found` is not `never`: it may still be travelling.

    `authentic`: the answer was proven to be the bank's own (a good MAC or signature).
    """

    outcome: Literal["charged", "returned", "never", "not_found", "pending", "unknown"]
    authentic: bool
    at: At


Evidence = (
    ReplyEvidence
    | NotSentEvidence
    | TimedOutEvidence
    | DeliveryEvidence
    | ReversalAskedEvidence
    | ReversalAnswerEvidence
    | SignEvidence
    | InquiryEvidence
)


class Wish(Shape, frozen=True):
    """An empty document: nothing more need be said."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Truth, money and proof, the rule that gave them, and the ids of the evidence that carries them."""

    truth: Literal["never_charged", "charged_kept", "charged_returned", "charged_twice", "contested", "unknown"]
    money: Literal["correct", "long", "short", "unknown"]
    fen: int
    viewpoint: str
    proof: Literal["claimed", "acknowledged", "confirmed", "proven"]
    rule: str
    because: list[str]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a report or evidence led to, durably. The same again under the same key gives this answer again."""

    payment: str
    facts: int
    rule: str
    state: str
    owes: str
    verdict: Verdict
    evidence: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a batch: taken, known already, or refused with a problem."""

    line: int
    result: Literal["taken", "known", "refused"]
    payment: str = ""
    state: str = ""
    truth: str = ""
    code: str = ""
    what: str = ""
    where: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a payment stands."""

    payment: str
    merchant: str
    terminal: str
    batch: str
    stan: str
    card: str
    amount_fen: int
    currency: str
    day: str
    opened_at: int
    state: str
    owes: str
    wake_at: int | None
    in_doubt: bool
    final: bool
    verdict: Verdict


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Payments, oldest first. `after` goes into the next call; empty: there are no more."""

    payments: list[Standing]
    after: str


class NewWebhook(Shape, frozen=True):
    """Where to tell what. No kinds: all. The address is https, or http on this machine."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    kinds: Annotated[list[Annotated[str, Meta(pattern=r"^[a-z_.]{1,60}$")]], Meta(max_length=40)] = []


class MadeWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """The new webhook. The secret is shown once: signatures are checked with it."""

    webhook: str
    secret: str


class WebhookStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook and how many deliveries are waiting, done, and given up."""

    webhook: str
    url: str
    kinds: list[str]
    made_at: int
    stopped_at: int | None
    waiting: int
    done: int
    given_up: int


class Replay(Shape, frozen=True):
    """From when until when (epoch ms, the end not included) everything is told again, under the same ids."""

    since: At
    until: At


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """All webhooks that are this token's business."""

    webhooks: list[WebhookStanding]


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome for each line of the batch, in order."""

    outcomes: list[Outcome]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It was done."""

    done: bool = True


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies in the inbox now; `again`: it lay there already."""

    name: str
    size_bytes: int
    sha256: str
    again: bool = False


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is well, and each part that was looked at. `overdue`: clearing files that should be here and are not,
    which people must see to; facts can be taken all the same. `casework`: how far the engine is with cases: whether it
    does them, for how many seconds not everything was done, how many matters are set aside, how many notices wait."""

    ok: bool
    parts: dict[str, bool] = {}
    overdue: list[str] | msgspec.UnsetType = msgspec.UNSET
    casework: dict[str, int] | msgspec.UnsetType = msgspec.UNSET


def from_json(kind: type[Any], value: Any) -> Any:
    """For msgspec: a card number is a Pan from the first moment, so that nothing can print it."""
    if kind is not Pan:
        raise TypeError(kind.__name__)
    if not isinstance(value, str) or not CARD.fullmatch(value):
        raise ValueError("Expected a card number of 12 to 19 digits, or a masked one")
    return Pan(value)


def to_json(value: Any) -> Any:
    """For msgspec: a card number leaves masked."""
    if isinstance(value, Pan):
        return value.masked
    raise TypeError(type(value).__name__)


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """For msgspec: how a card number looks in JSON."""
    if kind is Pan:
        return CARD_SCHEMA
    raise TypeError(kind.__name__)


def plain(document: Any) -> bytes:
    """Canonical JSON of a document, card numbers masked: what evidence keeps."""
    return _encode(document)


_encode = msgspec.json.Encoder(order="deterministic", enc_hook=to_json).encode


class Document(msgspec.Struct, frozen=True):
    """A file as an answer: its bytes, its media type and the name that a client keeps it under."""

    data: bytes
    media: str
    name: str

    @property
    def headers(self) -> dict[str, str]:
        """What goes before it on the wire."""
        return {"content-type": self.media, "Content-Disposition": f'attachment; filename="{self.name}"'}
