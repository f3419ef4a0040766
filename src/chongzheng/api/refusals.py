"""What does a client of the door hear when we do not do what it asked? One clear JSON document, always of one shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

SAID_CHARS_MAX = 1_000


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Every answer that is not a yes. `where` is the path of the field, parameter or header; `code` never changes."""

    code: str
    what: str
    where: str = ""


@dataclass(eq=False)
class Refusal(Exception):
    """An HTTP status and what to say with it. `headers` may tell when to come again."""

    status: int
    code: str
    what: str
    where: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """What goes over the wire; control characters made blanks."""
        return Problem(code=self.code, what=_safe(self.what), where=_safe(self.where))


MEANINGS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request cannot be understood."),
    "bad_field": (400, "A field, parameter or header is missing or wrong; `where` names it."),
    "no_token": (401, "There is no token, or nobody has this one."),
    "no_person": (401, "No person has shown who they are, or the session has ended; sign in with POST /session."),
    "not_allowed": (403, "The token, or the person, is good, but not for this."),
    "not_found": (404, "There is no such thing, or it is not this token's business."),
    "wrong_method": (405, "The path exists, the method does not."),
    "too_slow": (408, "The body did not arrive in time."),
    "key_reused": (409, "The idempotency key was used for something else."),
    "payment_conflict": (409, "The payment is known with another amount, currency or card; nothing was taken."),
    "no_reversal": (409, "There is no reversal, inquiry or the like that this could belong to."),
    "overtaken": (409, "Somebody was quicker, or what was shown has changed; look again. Nothing was done."),
    "not_yet": (409, "Something else must be done first; nothing was done."),
    "too_large": (413, "The body is larger than the door takes."),
    "wrong_media": (415, "The body must be application/json, or a file application/octet-stream."),
    "too_many": (429, "The token's requests of this minute are used up; Retry-After says when to come again."),
    "fault": (500, "A fault of ours; it is in the log."),
    "busy": (503, "Not now: too much is waiting, the disk is full, or the engine stops. Nothing was taken."),
}
"""Every code there is, its status, and what it means: the documentation is made of this."""


def refusal(code: str, what: str = "", where: str = "", **headers: str) -> Refusal:
    """The refusal with this code; its own words where none are given."""
    status, meaning = MEANINGS[code]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status, code, what or meaning, where, named)


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:SAID_CHARS_MAX]
