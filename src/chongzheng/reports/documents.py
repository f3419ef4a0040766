"""What stands in each paper that leaves this house, and by which code does anybody check it later?

One frozen value a paper, with plain numbers and words of the program; a language only dresses it. What is written down
canonically has one hash, whatever the language, and the code is the beginning of that hash. Instants are epoch ms,
amounts fen. `because` names what a figure rests on: `act 12` and `fact 3` are places in the two chains, `E…` is a piece
of evidence, `case-17` a matter whose acts stand in the annex.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

Because = tuple[str, ...]
Words = tuple[tuple[str, str], ...]
"""(name, value) in the order in which they were said."""

LANGUAGES = ("zh", "en")
CODE_CHARS = 20
"""A hundred bits: nobody finds a second paper with the same code."""
GROUP_CHARS = 4
SCANNED = "CHONGZHENG:"
"""What a scanner reads before the code."""


@dataclass(frozen=True, slots=True)
class Trade:
    """The sale a paper is about, as terminal, network and files name it, and what is true of it. `card` is masked;
    `because`: the evidence that carries the verdict."""

    id: str
    kind: str
    channel: str
    merchant: str
    terminal: str
    batch: str
    stan: str
    rrn: str
    auth: str
    card: str
    fen: int
    currency: str
    at: int
    day: str
    clearing_days: tuple[str, ...]
    state: str
    truth: str
    money: str
    money_fen: int
    viewpoint: str
    proof: str
    rule: str
    because: Because
    facts: int
    head: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something a witness saw: `raw_at` by its own clock, `at` corrected by `ahead_ms`. `said`: a person's words."""

    at: int
    raw_at: int
    ahead_ms: int
    source: str
    what: str
    said: Words
    because: Because


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said of a matter: by whom, with which words, and its place in the chain of acts."""

    at: int
    by: str
    matter: str
    kind: str
    fact: str
    said: Words
    state: str
    shown: str
    act: int
    hash: str


@dataclass(frozen=True, slots=True)
class Move:
    """One double entry: `fen` from the credited to the debited account."""

    debit: str
    credit: str
    fen: int
    because: Because


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies on an account for this payment; above nought a debit."""

    account: str
    fen: int
    because: Because


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it happened: one primary cause or "unknown", and shares in whole percents."""

    primary: str
    contributing: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]
    question: str
    reviewed: bool
    because: Because


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision that took a second person, or named what the person had before their eyes (`shown`, a hash)."""

    matter: str
    fact: str
    by: str
    after: tuple[str, ...]
    at: int
    shown: str
    because: Because


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit and whether it was kept (None: that is open)."""

    name: str
    kind: str
    due_at: int
    met_at: int | None
    kept: bool | None
    because: Because


@dataclass(frozen=True, slots=True)
class Promise:
    """What was said would be so by when, and what became of it: open, kept, broken."""

    what: str
    due_at: int
    became: str
    because: Because


@dataclass(frozen=True, slots=True)
class Told:
    """A notice or an answer: who, by which text, when (None: not yet), what shows it, and the hash of its words."""

    audience: str
    template: str
    at: int | None
    state: str
    outlet: str
    evidence: str
    hash: str
    because: Because


@dataclass(frozen=True, slots=True)
class Related:
    """Another matter of the same payment or under the same case, in its chapter."""

    id: str
    kind: str
    chapter: str
    state: str
    fen: int
    what: str
    opened_at: int
    because: Because


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: what, from whom, when it was raw and corrected, its hash, and whether the verdict rests on
    it."""

    id: str
    at: int
    kind: str
    source: str
    reference: str
    hash: str
    carries: bool
    because: Because


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything an auditor asks of one case, as of its last act. `left_out`: further matters that belong to it."""

    language: str
    case: str
    as_of: int
    state: str
    severity: str
    opened_at: int
    closed_at: int | None
    reopened: int
    owner: str
    fen: int
    sources: tuple[Words, ...]
    trade: Trade | None
    decision: Words
    stands: Words
    action: Words
    cause: Cause | None
    outcome: str
    lesson: str
    timeline: tuple[Moment, ...]
    moves: tuple[Move, ...]
    balances: tuple[Balance, ...]
    related: tuple[Related, ...]
    left_out: int
    approvals: tuple[Approval, ...]
    clocks: tuple[Clock, ...]
    promises: tuple[Promise, ...]
    told: tuple[Told, ...]
    evidence: tuple[Piece, ...]
    story: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The answer to a request for the slip (调单): the elements of one sale, what was said about it, and what it
    rests on. `name`: the shop's, as its register has it; `slip_hash`: of the slip's image, where there is one."""

    language: str
    as_of: int
    trade: Trade
    name: str
    place: str
    slip_hash: str
    timeline: tuple[Moment, ...]
    evidence: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a period with its 95 % interval (None: a count has none, or nothing was counted).

    `unit`: count, fen, ppm (parts per million), ms. `n`: of how many. `because`: the rows of the annex, by its name.
    """

    name: str
    unit: str
    value: int | None
    low: int | None
    high: int | None
    n: int
    because: Because


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of one month (yyyymm), or of that part of it which the period holds."""

    month: str
    since: int
    until: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an annex: a matter, a promise, a closing, and the acts that carry it."""

    id: str
    month: str
    at: int
    words: Words
    because: Because


@dataclass(frozen=True, slots=True)
class Annex:
    """The rows that figures rest on, under the name by which `because` calls them."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of some months, from `since` on and before `until`; `as_of`: up to when the journal was read.

    `whole`: of all of it, None where that is one month; `acts`, `head`: where the chain of acts stood at the end."""

    language: str
    since: int
    until: int
    as_of: int
    whole: Month | None
    months: tuple[Month, ...]
    annexes: tuple[Annex, ...]
    acts: int
    head: str


Document = CaseFile | Retrieval | Period
NAMES = {CaseFile: "case", Retrieval: "retrieval", Period: "period"}


def content(document: Document) -> dict[str, Any]:
    """What the document says, without the language it is dressed in."""
    said = asdict(document)
    del said["language"]
    return {"document": NAMES[type(document)], **said}


def canonical(document: Document) -> bytes:
    """The one way to write it down: keys sorted, no white space, UTF-8."""
    return json.dumps(content(document), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(document: Document) -> str:
    """SHA-256 over `canonical`, 64 hex digits: the same for every language."""
    return hashlib.sha256(canonical(document)).hexdigest()


def code(digest_hex: str) -> str:
    """The code printed on every page: the first hundred bits of a digest, in groups that can be read out."""
    letters = base64.b32encode(bytes.fromhex(digest_hex)).decode()[:CODE_CHARS]
    return "-".join(letters[at : at + GROUP_CHARS] for at in range(0, CODE_CHARS, GROUP_CHARS))


def plain_code(text: str) -> str:
    """A code as somebody typed it, or scanned it, in the form in which `code` writes it; "" when it is none."""
    letters = "".join(text.upper().split()).removeprefix(SCANNED).replace("-", "")
    if len(letters) != CODE_CHARS or not set(letters) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return ""
    return "-".join(letters[at : at + GROUP_CHARS] for at in range(0, CODE_CHARS, GROUP_CHARS))
