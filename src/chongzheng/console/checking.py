"""What does a second person see first: other facts than the maker, in another order, and what the engine would say?

Amount, level of the evidence, the rule that applies with what it asks for, who made it and what they wrote last, what
went to the same customer before, how long the proposal still counts. All of it computed here from the journal, none of
it from what the maker chose to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.cases.refund_policy import people_needed
from chongzheng.console.reading import Sight

EARLIER_MAX = 5
WRITTEN = ("reason", "text", "note", "what", "why")
"""Words by which a person says why."""
DECIDES = frozenset({"Approved", "ApprovedAlone", "Upheld", "Faulted", "RolledOut", "Published", "Waived"})
"""Facts by which a second person lets something happen."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a checker is shown. Instants are epoch ms. `approvals` of `people`; `would`: why the engine would refuse an
    approval now, "" it would not, None nobody asked it."""

    maker: str
    made_at: int
    wrote: str
    wrote_at: int
    fen: int
    level: str
    rule: str
    row: Mapping[str, Any]
    approvals: Sequence[Mapping[str, Any]]
    people: int
    expires_at: int
    earlier: Sequence[Matter]
    earlier_fen: int
    if_late: Sequence[str]
    would: str | None = None


def check_of(
    sight: Sight, one: Matter, story: Sequence[Mapping[str, Any]], rules: Mapping[str, Any], who: str
) -> Check | None:
    """What this person checks; None where there is nothing to approve, or where they made it themselves."""
    makers = _makers(one, story)
    if not makers or who in makers or not _decided_by_a_second(one):
        return None
    made = next((act for act in story if act["actor"] == makers[0]), story[0])
    last = next((act for act in reversed(story) if act["actor"] in makers and _words(act)), made)
    body = one.body
    wrote = _words(last) or str(body.get("reason", ""))
    rule = str(body.get("rule", ""))
    row = rules.get("refund policy", {}).get(rule, {}) if one.kind == "refund" else {}
    earlier = _earlier(sight, one)
    return Check(
        maker=makers[0], made_at=made["at"], wrote=wrote, wrote_at=last["at"], fen=one.fen,
        level=str(body.get("level", "")), rule=rule, row=row, approvals=tuple(body.get("approvals", ())),
        people=people_needed(row) - 1 if row else 1, expires_at=int(body.get("expires_at", 0)),
        earlier=earlier[-EARLIER_MAX:], earlier_fen=sum(each.fen for each in earlier),
        if_late=tuple(body.get("if_late", ())),
    )  # fmt: skip


def _decided_by_a_second(one: Matter) -> bool:
    return any(row.fact in DECIDES and row.shown for row in KINDS[one.kind].possible(one.state))


def _makers(one: Matter, story: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who is kept from deciding it, first who made it; of a review, whoever decided alone."""
    if one.kind == "review":
        return [str(one.body["alone"])]
    apart = {fact for row in KINDS[one.kind].possible(one.state) if row.fact in DECIDES for fact in row.apart}
    said = [str(act["actor"]) for act in story if act["fact"] in apart or act["fact"] == "Opened"]
    return [who for who in dict.fromkeys(said) if who != PROGRAM]


def _words(act: Mapping[str, Any]) -> str:
    said = act.get("said", {})
    return next((str(said[name]) for name in WRITTEN if said.get(name)), "")


def _earlier(sight: Sight, one: Matter) -> list[Matter]:
    """What the same customer was given, or asked for, before."""
    customer = str(one.body.get("customer", ""))
    if not customer or "customer" not in KINDS[one.kind].tags(one):
        return []
    return [each for each in sight.matters.tagged(one.kind, "customer", customer) if each.id != one.id]
