"""Does a role see what it may, and nothing besides?"""

from __future__ import annotations

from chongzheng.cases.matter import Matter
from chongzheng.cases.sight import SIGHT, seen

ROWS = SIGHT.shipped
BODY = {"text": "debited twice", "contact": "contact-9", "against": "mei", "notes": [], "marks": ["vulnerable"]}
COMPLAINT = Matter("complaint-1", "complaint", "JOINED", body=BODY)
TICKET = Matter("ticket-1", "ticket", "SENT", body=BODY)


def test_a_supplier_sees_tickets_without_names_and_nothing_else() -> None:
    assert seen(COMPLAINT, ["supplier"], ROWS) is None
    assert seen(TICKET, ["supplier"], ROWS) == {"text": "debited twice"}
    assert seen(TICKET, ["somebody"], ROWS) is None and seen(TICKET, [], ROWS) is None


def test_whom_a_complaint_is_about_is_seen_by_heads_and_auditors() -> None:
    who = {role for role in ROWS if "against" in (seen(COMPLAINT, [role], ROWS) or {})}
    assert who == {"supervisor", "auditor", "administrator"}


def test_two_roles_see_what_either_does() -> None:
    assert seen(COMPLAINT, ["clerk", "auditor"], ROWS) == BODY
    assert set(seen(TICKET, ["supplier", "technician"], ROWS) or {}) == {"text", "notes"}
