"""Is the old unit saved, the new one in place, and the old one's keys dead? The order of an exchange (S-20, S-21).

Nothing is exchanged before a receipt of the old journal is there, or a supervisor says in words why it cannot be;
the order ends only when the keys of the old unit are revoked.
"""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.registers import Register

ORDERED, RESERVED, READY, SWAPPED, DONE, CANCELLED = "ORDERED", "RESERVED", "READY", "SWAPPED", "DONE", "CANCELLED"
OPEN = (ORDERED, RESERVED, READY, SWAPPED)
BEFORE = (ORDERED, RESERVED, READY)
HOUR_MS = 3_600_000
LATE_PRIORITY = 50
WORKERS = frozenset({desk.TECHNICIAN, desk.SUPERVISOR})

TARGETS = Register(
    "field targets",
    ("现场时限", "time targets of field work"),
    False,
    (
        Field("hours", "whole", "小时", "hours from the order to its end"),
        Field("unverified", "flag", "未经核实", "a proposal", needed=False),
    ),
    {name: {"hours": hours, "unverified": True} for name, hours in (("S1", 4), ("S2", 8), ("S3", 24), ("S4", 72))},
    lambda row: "" if row["hours"] > 0 else "hours: is one or more",
)

TAKES = (
    Field("terminal", "word", "终端号", "the terminal"),
    Field("part", "word", "备件", "row of the register parts"),
    Field("serial_old", "word", "旧机序列号", "serial number of the old unit"),
    Field("severity", "word", "严重级别", "S1 to S4", choices=("S1", "S2", "S3", "S4")),
)
RECEIPT = (
    Field("hash", "hash", "摘要", "SHA-256 of the export"),
    Field("records", "whole", "记录数", "how many records it has"),
    Field("pending", "objects", "待发冲正", "the reversals that are still owed: terminal, batch, stan"),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["part"] not in given.rule("parts"):
        return Refused("rule", f"the register parts has no row {fact.said['part']}")
    target = given.rule("field targets").get(fact.said["severity"])
    if target is None:
        return Refused("rule", f"the register field targets has no row {fact.said['severity']}")
    words = {name: fact.said[name] for name in ("terminal", "part", "serial_old", "severity")}
    return Outcome(
        changes={**words, "late": False}, moves={"due_at": fact.at + target["hours"] * HOUR_MS, "queue": "field"}
    )


def _stock(given: Given) -> Matter | None:
    cards = [card for card in given.others["stock"] if card.state != "RETIRED"]
    return cards[0] if cards else None


def _stock_says(matter: Matter, given: Given, fact: str) -> tuple[Effect, ...]:
    card = _stock(given)
    return (Say(card.id, fact, {"count": 1, "for": matter.id}),) if card else ()


def _reserved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if _stock(given) is None:
        return Refused("rule", f"there is no stock card of {matter.body['part']}; open one first")
    return Outcome(effects=_stock_says(matter, given, "Reserved"))


def _saved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The receipt; what is pending on the old unit must reach the host before the new one sells (S-23)."""
    records, pending = fact.said["records"], fact.said["pending"]
    if records < len(pending):
        return Refused(
            "field", f"records: an export with {len(pending)} pending reversals has as many records at least"
        )
    if any(not {"terminal", "batch", "stan"} <= set(one) for one in pending):
        return Refused("field", "pending: each names terminal, batch and stan")
    return Outcome(changes={"receipt": {name: fact.said[name] for name in ("hash", "records", "pending")}})


def _waived(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"no_backup": {"reason": fact.said["reason"], "by": fact.actor, "at": fact.at}})


def _swapped(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    new = fact.said["serial_new"]
    if new == matter.body["serial_old"]:
        return Refused("rule", f"{new} is the old unit")
    changes = {"serial_new": new, "technician": fact.actor, "swapped_at": fact.at}
    return Outcome(changes=changes, effects=_stock_says(matter, given, "Issued"))


def _revoked(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    old, serial = matter.body["serial_old"], fact.said["serial"]
    if serial != old:
        return Refused("rule", f"it is the keys of the old unit {old} that are revoked, not those of {serial}")
    told = {"terminal": matter.body["terminal"], "state": DONE}
    effects = (Say(matter.parent, "SwapEnded", told, softly=True),) if matter.parent else ()
    return Outcome(changes={"revoked_at": fact.at, "late": matter.body["late"]}, effects=effects)


def _cancelled(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Whatever was reserved goes back."""
    back = () if matter.state == ORDERED else _stock_says(matter, given, "PutBack")
    return Outcome(changes={"cancelled": fact.said["reason"]}, effects=back)


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"late": True}, moves={"due_at": None, "priority": matter.priority + LATE_PRIORITY})


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"terminal": matter.body.get("terminal", "")}


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    return {"stock": Ask("part", "part", matter.body.get("part", ""))}


SWAP = Kind(
    name="swap",
    titles=("换机", "exchange of a unit"),
    states=(ORDERED, RESERVED, READY, SWAPPED, DONE, CANCELLED),
    ended=frozenset({DONE, CANCELLED}),
    rows=(
        Row(NEW, "Opened", ORDERED, _opened, may=desk.FIELD, program=True, takes=TAKES),
        Row(ORDERED, "PartReserved", RESERVED, _reserved, may=desk.FIELD),
        Row(RESERVED, "BackedUp", READY, _saved, may=WORKERS, program=True, takes=RECEIPT),
        Row(RESERVED, "BackupWaived", READY, _waived, may=frozenset({desk.SUPERVISOR}), takes=(desk.REASON,)),
        Row(READY, "Swapped", SWAPPED, _swapped, may=WORKERS,
            takes=(Field("serial_new", "word", "新机序列号", "serial number of the new unit"),)),
        Row(SWAPPED, "KeysRevoked", DONE, _revoked, may=WORKERS,
            takes=(Field("serial", "word", "序列号", "serial number whose keys are revoked"),
                   Field("evidence", "text", "依据", "what shows it: ticket, key ceremony, host list"))),
        *in_all(BEFORE, Row(ORDERED, "Cancelled", CANCELLED, _cancelled, may=desk.FIELD, takes=(desk.REASON,))),
        *in_all(OPEN, Row(ORDERED, "ClockRan", None, _late)),
        *desk.rows(OPEN),
    ),
    tags=_tags,
    asks=_asks,
)  # fmt: skip
