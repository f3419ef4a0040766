"""Which calls does the HTTP door know, what does each need, and what does it give? One literal table.

Routing, checking, the OpenAPI document and the documentation page are all made of it, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chongzheng.api import desk, fees, office, shapes
from chongzheng.api import desk_shapes as shapes_of_desk
from chongzheng.api import office_shapes as shapes_of_office
from chongzheng.api.door import Call, Door
from chongzheng.journal.actors import May
from chongzheng.journal.breaks import STATES

BODY_BYTES_MAX = 16_384
BATCH_BYTES_MAX = 1_000_000
PAYMENT = r"P[A-Z2-7]{16}"
ACTOR = r"[a-z0-9][a-z0-9._-]{1,31}"
NUMBER = r"[1-9][0-9]{0,14}"
WEBHOOK = r"W[0-9a-f]{12}"
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
    `streamed`: the body is a file, not JSON."""

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


PATTERNS = {"payment": PAYMENT, "webhook": WEBHOOK, "break": NUMBER, "case": NUMBER, "actor": ACTOR, "file": FILE}
"""What the variable parts of a path look like."""

PAYMENTS_QUERY = {
    "terminal": Asked(r"[!-~]{1,8}", "payments of this terminal"),
    "day": Asked(r"[0-9]{8}", "payments of this business day, yyyymmdd"),
    "state": Asked(r"[A-Z_]{1,20}", "only those that stand in this state"),
    "limit": Asked(r"[1-9][0-9]?|1[0-9]{2}|200", f"at most so many, 1 to {shapes.PAGE_MAX}"),
    "after": Asked(rf"[0-9]{{1,15}}~{PAYMENT}", "go on after the last page: its `after`"),
}

BREAKS_QUERY = {
    "state": Asked("|".join(STATES), f"one of {', '.join(STATES)}; unresolved, if not given"),
    "limit": PAYMENTS_QUERY["limit"],
    "after": Asked(r"[0-9]{1,15}", "go on after the last page: its `after`"),
}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/payments",
        "report",
        "Report a payment that another switch sent to its bank, with what is known of it.",
        Door.report,
        shapes.Taken,
        takes=shapes.Report,
        keyed=True,
        refusals=("key_reused", "payment_conflict", "busy"),
    ),
    Endpoint(
        "POST",
        "/payments/batch",
        "report",
        f"Report up to {shapes.BATCH_MAX} payments in one commit; the same report again is known, without a key.",
        Door.batch,
        shapes.Outcomes,
        takes=list[msgspec.Raw],
        refusals=("busy",),
        bytes_max=BATCH_BYTES_MAX,
    ),
    Endpoint(
        "GET",
        "/payments",
        "read",
        "Payments of a terminal or of a day, oldest first, page by page.",
        Door.find,
        shapes.Page,
        query=PAYMENTS_QUERY,
    ),
    Endpoint(
        "GET",
        "/payments/{payment}",
        "read",
        "Where a payment stands, and the verdict with the evidence that carries it.",
        Door.standing,
        shapes.Standing,
        refusals=("not_found",),
    ),
    Endpoint(
        "GET",
        "/payments/{payment}/story",
        "read",
        "Everything that happened to a payment: facts, rules, effects, evidence, entries, cases.",
        Door.story,
        dict[str, Any],
        refusals=("not_found",),
    ),
    Endpoint(
        "POST",
        "/payments/{payment}/evidence",
        "report",
        "Report what was heard about a payment: an answer, a reversal and its answer, a terminal that gave up.",
        Door.evidence,
        shapes.Taken,
        takes=shapes.Evidence,
        keyed=True,
        refusals=("not_found", "key_reused", "busy"),
    ),
    Endpoint(
        "POST",
        "/payments/{payment}/check",
        "check",
        "Ask the bank now where it can be asked; the answer comes as a change of the payment.",
        Door.check,
        shapes.Standing,
        takes=shapes.Wish,
        status=202,
        refusals=("not_found", "busy"),
    ),
    Endpoint(
        "GET",
        "/webhooks",
        "webhooks",
        "Who is told of changes, and how many deliveries wait, are done, or were given up.",
        Door.webhooks,
        shapes.Webhooks,
    ),
    Endpoint(
        "POST",
        "/webhooks",
        "webhooks",
        "Tell an address of changes from now on, as signed CloudEvents, at least once each.",
        Door.add_webhook,
        shapes.MadeWebhook,
        takes=shapes.NewWebhook,
        status=201,
    ),
    Endpoint(
        "DELETE",
        "/webhooks/{webhook}",
        "webhooks",
        "Tell it nothing more, not even what is waiting.",
        Door.remove_webhook,
        shapes.Done,
        refusals=("not_found",),
    ),
    Endpoint(
        "POST",
        "/webhooks/{webhook}/replay",
        "webhooks",
        "Tell it again what happened between two instants, under the same event ids.",
        Door.replay,
        shapes.Done,
        takes=shapes.Replay,
        status=202,
        refusals=("not_found",),
    ),
    Endpoint(
        "GET",
        "/fee",
        "read",
        "What a payment costs the merchant, by which rule, and why.",
        fees.fee,
        fees.Fee,
        query={name: Asked(pattern, means) for name, (pattern, means) in fees.QUERY.items()},
    ),
    Endpoint(
        "POST",
        "/session",
        "people",
        "A person signs in; the session's token goes into the header Person of that person's calls.",
        desk.sign_in,
        shapes_of_desk.Session,
        takes=shapes_of_desk.SignIn,
        status=201,
        refusals=("no_person",),
    ),
    Endpoint(
        "DELETE",
        "/session",
        "people",
        "The person's session ends.",
        desk.sign_out,
        shapes.Done,
        person=May.SIGN_OUT,
    ),
    Endpoint(
        "GET",
        "/money",
        "people",
        "Money in doubt now: by age, place, owner, channel, due date, merchant and terminal, with a forecast.",
        desk.money,
        shapes_of_desk.Money,
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/breaks",
        "people",
        "Differences between book and file, by their ids, page by page.",
        desk.breaks,
        shapes_of_desk.BreakPage,
        query=BREAKS_QUERY,
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/breaks/{break}",
        "people",
        "One difference, what lies in suspense for it, and the hash that a decision on it must name.",
        desk.show_break,
        shapes_of_desk.BreakView,
        refusals=("not_found",),
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/breaks/{break}/resolution",
        "people",
        "Resolve it, or propose to where that takes a second person.",
        desk.resolve_break,
        shapes_of_desk.BreakView,
        takes=shapes_of_desk.Resolve,
        refusals=("not_found", "overtaken"),
        person=May.RESOLVE,
    ),
    Endpoint(
        "POST",
        "/breaks/{break}/approval",
        "people",
        "Approve what somebody else proposed; never what the same person did.",
        desk.approve_break,
        shapes_of_desk.BreakView,
        takes=shapes_of_desk.Approve,
        refusals=("not_found", "overtaken"),
        person=May.APPROVE,
    ),
    Endpoint(
        "POST",
        "/breaks/{break}/rejection",
        "people",
        "Send a proposal back, or take one's own back.",
        desk.reject_break,
        shapes_of_desk.BreakView,
        takes=shapes_of_desk.Reject,
        refusals=("not_found", "overtaken"),
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/cases/{case}/closing",
        "people",
        "Close a case; not while money of its payment lies in suspense.",
        desk.close_case,
        shapes_of_desk.ClosedCase,
        takes=shapes_of_desk.CloseCase,
        refusals=("not_found", "not_yet"),
        person=May.RESOLVE,
    ),
    Endpoint(
        "PUT",
        "/files/{file}",
        "files",
        "A clearing file, or its control file (.ctl), for the inbox; it is read when both are there.",
        Door.upload,
        shapes.Arrived,
        status=201,
        refusals=("not_found", "not_yet", "busy"),
        streamed=True,
    ),
    Endpoint(
        "GET",
        "/money/trial",
        "people",
        "The trial balance of a day, closed or not.",
        office.trial,
        shapes_of_office.Trial,
        query={"date": Asked(r"[0-9]{8}", "the day, yyyymmdd", needed=True)},
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/money/closings",
        "people",
        "Close a day for the general ledger, once; refused while something of it is not posted.",
        office.close_day,
        shapes_of_office.Closed,
        takes=shapes_of_office.Close,
        refusals=("not_yet",),
        person=May.CLOSE_DAYS,
    ),
    Endpoint(
        "POST",
        "/money/vouchers",
        "people",
        "Book a remedy or an adjustment by hand; above the limit with the session of a second person.",
        office.book_voucher,
        shapes_of_office.MadeVoucher,
        takes=shapes_of_office.NewVoucher,
        status=201,
        refusals=("not_found",),
        person=May.RESOLVE,
    ),
    Endpoint(
        "GET",
        "/actors",
        "people",
        "The register of people.",
        office.actors,
        shapes_of_office.Actors,
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/actors",
        "people",
        "Enter a person.",
        office.add_actor,
        shapes_of_office.ActorStanding,
        takes=shapes_of_office.NewActor,
        status=201,
        person=May.MANAGE_ACTORS,
    ),
    Endpoint(
        "POST",
        "/actors/{actor}",
        "people",
        "Give a person other roles, or say whether he or she works here.",
        office.change_actor,
        shapes_of_office.ActorStanding,
        takes=shapes_of_office.ChangeActor,
        refusals=("not_found",),
        person=May.MANAGE_ACTORS,
    ),
    Endpoint(
        "POST",
        "/actors/{actor}/password",
        "people",
        "A new password: one's own, or by an administrator.",
        office.change_password,
        shapes.Done,
        takes=shapes_of_office.NewPassword,
        refusals=("not_found",),
        person=May.SIGN_OUT,
    ),
    Endpoint(
        "GET",
        "/actors/{actor}/history",
        "people",
        "Every change of a person's row, with who made it.",
        office.actor_history,
        shapes_of_office.ActorHistory,
        person=May.READ,
    ),
    Endpoint(
        "GET",
        "/limits",
        "people",
        "Up to how much one person may resolve alone.",
        office.limits,
        shapes_of_office.Limits,
        person=May.READ,
    ),
    Endpoint(
        "POST",
        "/limits",
        "people",
        "Propose a limit, from a day on.",
        office.propose_limit,
        shapes_of_office.Limits,
        takes=shapes_of_office.ProposeLimit,
        status=201,
        person=May.SET_RULES,
    ),
    Endpoint(
        "POST",
        "/limits/approval",
        "people",
        "Put a limit in force that somebody else proposed.",
        office.approve_limit,
        shapes_of_office.Limits,
        takes=shapes_of_office.ApproveLimit,
        person=May.SET_RULES,
    ),
    Endpoint("GET", "/healthz", "", "The process answers.", Door.alive, shapes.Health),
    Endpoint(
        "GET", "/readyz", "", "Whether facts can be taken and acted on; 503 when not.", Door.ready, shapes.Health
    ),
)
