"""Does each queue hold what its name says?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases import sla
from chongzheng.cases.calendar import DAY_MS, HOUR_MS
from chongzheng.cases.matter import Matter
from chongzheng.cases.queues import QUEUES, Seat
from unit.cases.play import NOON_MS

SEAT = Seat("li", NOON_MS, frozenset({"complaints"}))


def one(name: str, **changed: Any) -> Matter:
    return Matter(name, **{"kind": "case", "owner": "mei", "opened_at": NOON_MS, **changed})


def clocked(due: int, **changed: Any) -> dict[str, Any]:
    return {"clocks": [{**sla.clock("final", "internal", NOON_MS - HOUR_MS, due, []), **changed}]}


MATTERS = [
    one("mine", owner="li"),
    one("ours", queue="complaints"),
    one("nobody's", owner=""),
    one("due", body=clocked(NOON_MS + HOUR_MS)),
    one("met", body=clocked(NOON_MS + HOUR_MS, met_at=1)),
    one("tomorrow", body=clocked(NOON_MS + 2 * DAY_MS)),
    one("risky", body=clocked(NOON_MS + 2 * DAY_MS, warn_at=NOON_MS)),
    one("dated", kind="task", due_at=NOON_MS),
    *(one(f"for {whom}", body={"waiting": whom}) for whom in ("merchant", "issuer", "scheme", "supplier")),
    one("proposed", kind="refund", state="PROPOSED"),
    one("suspended", body={"standing": {"suspense_fen": -5}}),
    one("slip", kind="slip"),
    one("break", queue="breaks"),
]
WANTED = {
    "my": ["mine"], "team": ["ours"], "unassigned": ["nobody's"], "due today": ["dated", "due"], "at risk": ["risky"],
    "waiting merchant": ["for merchant"], "waiting issuer": ["for issuer"], "waiting scheme": ["for scheme"],
    "waiting supplier": ["for supplier"], "approvals": ["proposed"], "suspense": ["suspended"],
    "fault slips": ["slip"], "breaks": ["break"],
}  # fmt: skip


def test_each_queue_holds_what_its_name_says() -> None:
    assert {
        name: sorted(one.id for one in MATTERS if belongs(one, SEAT)) for name, (_, _, belongs) in QUEUES.items()
    } == WANTED
    assert all(zh and en for zh, en, _ in QUEUES.values())
