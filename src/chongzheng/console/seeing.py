"""What is there to see of a matter and of its payment: truth, moments, comparison, causes, procedure, earlier words?

Gathered once for the page, the paper and the payment's own page; names that a person does not see were taken out
of the matter before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chongzheng.cases.matter import Matter
from chongzheng.cases.timeline import Moment
from chongzheng.console import axis, causing, diff, steps, truth_card
from chongzheng.console.reading import Sight
from chongzheng.gateway.channel import packaged
from chongzheng.journal.timelines import timeline_of
from chongzheng.reversal.payment import Payment

TIMELINE_MAX = 300
DIALECT = "cup-pos"
"""Terminals speak this one; what their reversals repeat is its table's word."""
DEEDS = frozenset({
    "DeadlinePassed", "AnswerUndelivered", "AnswerWritten", "DeliveryUncertain", "SendUncertain", "NotForwarded",
    "TerminalMovedOn", "TerminalGaveUp", "ReversalStopped", "CheckAsked", "LinkChanged", "RequestBarred",
})  # fmt: skip
"""What happened to a payment without anybody having sent something: it stands beside the evidence."""


def of_payment(sight: Sight, payment: Payment, case: Matter | None, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Card, moments with their picture, and the comparison of sale and reversals, for the templates."""
    heard = sight.reader.evidence_of(payment.id)
    moments = _moments(sight, payment, case, timeline_of(heard, case))
    kind = packaged(DIALECT).kinds.get(payment.kind) if payment.channel == "card" else None
    return {
        "card": truth_card.card(sight, payment, case, rules),
        "moments": moments,
        "axis": axis.laid(moments),
        "diff": diff.compared(payment, heard, kind),
    }


def nothing_of_payment() -> dict[str, Any]:
    """The same names, where a matter is about no payment."""
    return {"card": None, "moments": [], "axis": None, "diff": None}


def of_matter(
    seen: Matter, family: Sequence[Matter], rules: Mapping[str, Any], standing: Mapping[str, Any], chinese: bool
) -> dict[str, Any]:
    """Causes of a case, and the procedure beside any matter."""
    about_case = seen.kind == "case"
    return {
        "remedies": remedies(family) if about_case else [],
        "causes": causing.causes_of(seen, chinese) if about_case else None,
        "sop": steps.beside(seen, family, rules["sop"], standing, chinese),
    }


REMEDIES = frozenset({"refund", "compensation", "clawback", "dispute", "retry", "apology"})
DECIDED = ("Approved", "ApprovedAlone", "Sent")
REFUSED = ("Rejected", "Refused", "Blocked", "Withdrawn")


def remedies(family: Sequence[Matter]) -> list[dict[str, Any]]:
    """What was proposed to put it right: by whom, who decided it, and who refused it."""
    return [
        {
            "one": each,
            "makers": sorted(each.said_by("Opened")),
            "deciders": sorted(each.said_by(*DECIDED)),
            "refusers": sorted(each.said_by(*REFUSED)),
        }
        for each in family
        if each.kind in REMEDIES
    ]


def case_among(one: Matter | None, family: Sequence[Matter]) -> Matter | None:
    """The case whose witnesses speak for this payment."""
    return next((each for each in ((one, *family) if one else family) if each.kind == "case"), None)


def _moments(sight: Sight, payment: Payment, case: Matter | None, told: list[Moment]) -> list[Moment]:
    facts = [row for row in sight.reader.facts_of(payment.id) if row.kind in DEEDS]
    deeds = [axis.deed(f"fact {row.seq}", row.at, row.kind) for row in facts]
    return sorted([*told, *deeds], key=lambda moment: moment.at)[-TIMELINE_MAX:]


def record_of(row: Any) -> dict[str, Any]:
    """What a fact of a payment left, decoded."""
    found: dict[str, Any] = msgspec.json.decode(row.record)
    return found
