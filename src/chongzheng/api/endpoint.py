"""What is one call of the HTTP door: its path, who may make it, what it takes and gives?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from chongzheng.api import shapes
from chongzheng.api.door import Call, Door
from chongzheng.journal.actors import May

BODY_BYTES_MAX = 16_384
BATCH_BYTES_MAX = 1_000_000
PAYMENT = r"P[A-Z2-7]{16}"
ACTOR = r"[a-z0-9][a-z0-9._-]{1,31}"
NUMBER = r"[1-9][0-9]{0,14}"
WEBHOOK = r"W[0-9a-f]{12}"
DIGEST = r"[0-9a-f]{64}"
STATEMENT = r"[0-9a-f]{64}(?:-[1-9][0-9]{0,3})?"
DAY = r"[0-9]{8}"
KIND = r"[a-z]{2,20}"
MATTER = rf"{KIND}-[1-9][0-9]{{0,14}}"
REGISTER = r"[a-z][a-z -]{0,39}"
FILE = r"[0-9A-Za-z_\u4e00-\u9fff][-0-9A-Za-z_.()\u4e00-\u9fff]{0,127}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter of the query: the pattern it must match as a whole, and what it means."""

    pattern: str
    means: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call. `scope` "" is open to all; `keyed` needs an Idempotency-Key; `refusals` are codes of refusals.py;
    `person`: what the person may do whose session stands in the header Person (None: nobody need be there);
    `streamed`: the body is a file, not JSON; `media`: the answer is a Document of one of these media types."""

    method: str
    path: str
    scope: str
    says: str
    serve: Callable[[Door, Call], Awaitable[Any]]
    gives: Any
    takes: Any = None
    keyed: bool = False
    status: int = 200
    query: dict[str, Asked] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    bytes_max: int = BODY_BYTES_MAX
    person: May | None = None
    streamed: bool = False
    media: tuple[str, ...] = ()


PATTERNS = {"payment": PAYMENT, "webhook": WEBHOOK, "break": NUMBER, "case": NUMBER, "actor": ACTOR, "file": FILE,
            "digest": DIGEST, "statement": STATEMENT, "matter": MATTER, "register": REGISTER,
            "notice": NUMBER}  # fmt: skip
"""What the variable parts of a path look like."""

LIMIT = Asked(r"[1-9][0-9]?|1[0-9]{2}|200", f"at most so many, 1 to {shapes.PAGE_MAX}")
