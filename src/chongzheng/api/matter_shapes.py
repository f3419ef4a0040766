"""Which documents do the calls about matters, registers and notices take and give, field by field?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chongzheng.api.desk_shapes import Words
from chongzheng.api.shapes import PAGE_MAX, Day, Shape

ROWS_MAX = 1_000
"""Matters in one batch over HTTP; the command line takes more."""
MatterId = Annotated[
    str, Meta(pattern=r"^[a-z]{2,20}-[1-9][0-9]{0,14}$", description="A matter's id", examples=["case-17"])
]
FactName = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]{1,39}$", description="The fact's name", examples=["Confirmed"])]
KindName = Annotated[str, Meta(pattern=r"^[a-z]{2,20}$", description="Kind of matter; GET /matters/kinds lists them")]
Said = Annotated[
    dict[str, Any], Meta(description="The words that come with it, by name", examples=[{"text": "called the shop"}])
]
Shown = Annotated[
    str, Meta(pattern=r"^([0-9a-f]{64})?$", description="The hash of what the person was shown, where that is asked")
]
Reference = Annotated[
    str, Meta(pattern=r"^[!-~]{1,40}$", description="Yours: names this batch, so that it may be repeated")
]
PaymentId = Annotated[str, Meta(pattern=r"^(P[A-Z2-7]{16})?$", description="The payment it is about, or nothing")]


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word that comes with a fact, or stands in a row of a register."""

    name: str
    form: str
    zh: str
    en: str
    needed: bool
    choices: list[str]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said in a state: by whom (nobody: the program alone), and what follows ("" stays, or is decided)."""

    state: str
    fact: str
    next: str
    may: list[str]
    shown: bool
    apart: list[str]
    words: list[Word]


class KindOfMatter(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of matter and its whole table."""

    kind: str
    zh: str
    en: str
    states: list[str]
    ended: list[str]
    rules: list[Rule]


class Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """Every kind there is."""

    kinds: list[KindOfMatter]


class MatterStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A matter as it stands. Instants are epoch ms, `fen` what is at stake."""

    id: str
    kind: str
    state: str
    version: int
    opened_at: int
    due_at: int | None
    owner: str
    queue: str
    priority: int
    payment: str
    parent: str
    fen: int
    body: dict[str, Any]


class MatterPage(msgspec.Struct, frozen=True, kw_only=True):
    """Matters in the order that was asked for. `after` goes into the next call; "": there are no more."""

    matters: list[MatterStanding]
    after: str


class Possible(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that can be said now; `yours`: by the person who asks, as far as roles and four eyes go."""

    fact: str
    yours: bool
    shown: bool
    words: list[Word]


class MatterView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is shown: the matter, how its payment stands, what can be said, and the hash of all of it."""

    matter: MatterStanding
    payment: dict[str, Any]
    hash: str
    possible: list[Possible]


class MatterStory(msgspec.Struct, frozen=True, kw_only=True):
    """Every fact of a matter, oldest first, as the chain of acts has it."""

    matter: str
    story: list[dict[str, Any]]


class OpenMatter(Shape, frozen=True, kw_only=True):
    """A new matter. Under one `key` there is one: whoever comes second is given the first."""

    kind: KindName
    words: Said = msgspec.field(default_factory=dict)
    payment: PaymentId = ""
    parent: Annotated[str, Meta(pattern=r"^([a-z]{2,20}-[1-9][0-9]{0,14})?$", description="What it belongs to")] = ""
    key: Annotated[str, Meta(pattern=r"^[ -~]{0,80}$", description="What only one matter may be called")] = ""


class SayFact(Shape, frozen=True, kw_only=True):
    """A fact of a matter."""

    fact: FactName
    words: Said = msgspec.field(default_factory=dict)
    shown: Shown = ""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it would be done, and if not why."""

    done: bool
    why: str


class SayToMany(Shape, frozen=True, kw_only=True):
    """The same said of many matters at once, each by itself. `shown`: the hash of what the person was shown of each;
    what is not so any more is refused."""

    matters: Annotated[list[MatterId], Meta(min_length=1, max_length=ROWS_MAX)]
    fact: FactName
    words: Said = msgspec.field(default_factory=dict)
    reference: Reference
    shown: dict[MatterId, Shown] = msgspec.field(default_factory=dict)


class RowResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became, or would become, of one row."""

    matter: str
    result: Literal["done", "done before", "refused"]
    why: str


class BulkResults(msgspec.Struct, frozen=True, kw_only=True):
    """A result a row, in their order, and how many of each."""

    results: list[RowResult]
    done: int
    refused: int


class QueueCount(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in a queue: matters of a kind, their sum in fen, and the earliest deadline."""

    queue: str
    kind: str
    count: int
    fen: int
    due_at: int | None


class StateCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many matters of a kind stand in a state, and their sum in fen."""

    kind: str
    state: str
    count: int
    fen: int


class Casework(msgspec.Struct, frozen=True, kw_only=True):
    """How all slow work stands. `owners`: open matters of each person; `engine`: how far the program is with its part,
    where an engine stands behind this door; `notices_waiting`: not sent yet."""

    queues: list[QueueCount]
    states: list[StateCount]
    owners: dict[str, int]
    notices_waiting: int
    engine: dict[str, int]


class WorklistCount(msgspec.Struct, frozen=True, kw_only=True):
    """One of a person's queues, what people call it, and how many are in it."""

    worklist: str
    zh: str
    en: str
    count: int


class Worklists(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of the person who asks."""

    worklists: list[WorklistCount]


class RegisterKind(msgspec.Struct, frozen=True, kw_only=True):
    """A register, what its rows say, and whether a second person approves them."""

    register: str
    zh: str
    en: str
    two_people: bool
    words: list[Word]


class RegisterKinds(msgspec.Struct, frozen=True, kw_only=True):
    """Every register."""

    registers: list[RegisterKind]


class RegisterRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows in force on a day."""

    register: str
    day: str
    rows: dict[str, dict[str, Any]]


class RegisterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of a row; what the house ships is of the day 00000000."""

    register: str
    name: str
    valid_from: str
    edition: int
    body: dict[str, Any]
    reason: str
    proposed_by: str
    proposed_at: int
    approved_by: str | None
    approved_at: int | None
    in_force: bool


class RegisterHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Every edition of every row."""

    entries: list[RegisterEntry]


class ProposeRow(Shape, frozen=True, kw_only=True):
    """A new edition of a row, from a day on."""

    name: Annotated[str, Meta(min_length=1, max_length=80, description="The row's name")]
    valid_from: Day
    body: Said
    reason: Words


class ApproveRow(Shape, frozen=True, kw_only=True):
    """The edition that somebody else proposed."""

    name: Annotated[str, Meta(min_length=1, max_length=80, description="The row's name")]
    valid_from: Day
    edition: Annotated[int, Meta(ge=1, le=1_000_000)]


class NoticeStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A notice: what was asked for, what was said by which outlet, and what shows it. Addresses are not shown."""

    id: int
    matter: str
    template: str
    addressee: str
    made_at: int
    state: Literal["waiting", "sent", "failed", "refused"]
    next_at: int
    attempts: int
    wording: str
    outlet: str
    subject: str
    body: str
    sent_at: int | None
    evidence: str


class NoticePage(msgspec.Struct, frozen=True, kw_only=True):
    """Notices by their numbers. `after` goes into the next call; 0: there are no more."""

    notices: list[NoticeStanding]
    after: int


class Answered(Shape, frozen=True, kw_only=True):
    """What somebody answered to a notice. Whatever could be a card number becomes stars before it is kept."""

    reference: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,20}-[1-9][0-9]{0,14}$", examples=["CASE-17"])]
    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    outlet: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}$", description="How it came")] = "mail"


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """The matter that an answer belongs to, and whether that was told of it."""

    matter: str
    told: bool


class BelowMinimum(msgspec.Struct, frozen=True, kw_only=True):
    """Terminals whose version is below the minimum of their model, sites with one way to the host only, and how many
    terminals of each model have which version."""

    terminals: list[str]
    sites_with_one_path: list[str]
    versions: list[dict[str, Any]]


class UnitFigures(Shape, frozen=True, kw_only=True):
    """A terminal or model: reversals attempted and failed, its price and its age."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    failures: Annotated[int, Meta(ge=0, le=1_000_000)]
    attempts: Annotated[int, Meta(ge=0, le=1_000_000)]
    price_fen: Annotated[int, Meta(ge=0, le=999_999_999_999)]
    age_days: Annotated[int, Meta(ge=0, le=40_000)] = 0


class PlanRenewal(Shape, frozen=True, kw_only=True):
    """Which of these should be replaced first within a budget."""

    units: Annotated[list[UnitFigures], Meta(min_length=1, max_length=ROWS_MAX)]
    budget_fen: Annotated[int, Meta(ge=0, le=999_999_999_999)]


class RenewalPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Worst first, and how many percent of the first ten stay when all is counted anew."""

    replace: list[dict[str, Any]]
    budget_fen: int
    stability_percent: int


class LostRecord(Shape, frozen=True, kw_only=True):
    """What a terminal's record is called."""

    terminal: Annotated[str, Meta(pattern=r"^[!-~]{1,8}$")]
    batch: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
    stan: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]


class KnownRecord(LostRecord, frozen=True, kw_only=True):
    """What a witness knows of it."""

    values: dict[str, Any]


class RebuildRecords(Shape, frozen=True, kw_only=True):
    """Records that a terminal lost, and what host journal, the terminal's backup and slips say of them."""

    lost: Annotated[list[LostRecord], Meta(min_length=1, max_length=PAGE_MAX)]
    host: Annotated[list[KnownRecord], Meta(max_length=PAGE_MAX)] = msgspec.field(default_factory=list)
    backup: Annotated[list[KnownRecord], Meta(max_length=PAGE_MAX)] = msgspec.field(default_factory=list)
    slip: Annotated[list[KnownRecord], Meta(max_length=PAGE_MAX)] = msgspec.field(default_factory=list)


class RebuiltRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One lost record: its values and the witness of each; what is missing or contested makes it irrecoverable."""

    terminal: str
    batch: str
    stan: str
    rebuilt: bool
    values: dict[str, Any]
    sources: dict[str, str]
    missing: list[str]
    contested: dict[str, dict[str, Any]]


class RebuiltRecords(msgspec.Struct, frozen=True, kw_only=True):
    """One answer a lost record, in their order."""

    records: list[RebuiltRecord]
