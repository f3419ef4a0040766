"""Whatever anybody says of a matter, in whatever order: is it done or refused in words, and never a crash?"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from chongzheng.cases.fields import Field
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, PROGRAM, Ask, Fact, Given, Kind, Matter, Refused, Row, step
from unit.cases.timeline import MINUTE_MS, NOON_MS, ROLES, RULES

MINE = (
    "activation", "article", "capa", "change", "claim", "drill", "feedback", "lesson", "part", "problem", "procedure",
    "release", "shift", "subscription", "swap", "ticket", "training",
)  # fmt: skip
WALKS, STEPS = 60, 40
NAMES = {
    "sop": list(RULES["sop"]), "playbook": list(RULES["playbook"]), "part": list(RULES["parts"]),
    "supplier": list(RULES["suppliers"]), "course": list(RULES["courses"]), "month": ["202601", "209913", "209901"],
    "version": ["4.2", "new"], "step": ["read", "save", "block", "truth"],
    "cause": ["SW-RETRY", "OP-TRAIN", "OP-CLEARREV"],
    "serial": ["A1", "B2"], "serial_old": ["A1"], "serial_new": ["A1", "B2"], "role": ["clerk", "risk"],
}  # fmt: skip


ANSWERS = {name: row["right"] for name, row in RULES["quiz"].items() if row["course"] == "reversal"}


def word(rng: random.Random, field: Field, now: int) -> Any:
    """A value of the field's form: ordinary, at its edge, or far off."""
    if field.choices:
        return rng.choice(field.choices)
    if field.name in NAMES:
        return rng.choice(NAMES[field.name])
    made: dict[str, Any] = {
        "whole": rng.choice([0, 1, 3, 5, 9, 60, 400, 10**7, -1]),
        "fen": rng.choice([1, 500, 10**6]),
        "instant": now + rng.choice([-1, 1, 60]) * MINUTE_MS,
        "flag": rng.random() < 0.5,
        "day": "20260922",
        "hash": "0" * 64,
        "texts": ["case-1", "T1"][: rng.randrange(1, 3)],
        "object": rng.choice([{"rtt": [[now, 3]]}, ANSWERS]),
        "objects": [{"terminal": "T1", "batch": "1", "stan": "2"}][: rng.randrange(2)],
    }
    return made.get(field.form, rng.choice(["li", "something", "T1"]))


def said(rng: random.Random, row: Row, now: int) -> dict[str, Any]:
    """The words that a row takes; those that may be missing sometimes are. What the program alone says is well made."""
    if not row.may:
        return {"state": "Done", "task": "task-1", "article": "article-1", "edition": 1, "zh": "一", "en": "one"}
    return {one.name: word(rng, one, now) for one in row.takes if one.needed or rng.random() < 0.6}


def walked(kind: Kind, rng: random.Random, others: dict[str, list[Matter]]) -> tuple[list[Matter], int]:
    """One walk: every state that the matter was in, and how often it was refused."""
    now, refused = NOON_MS, 0
    matter = Matter("", kind.name, NEW, opened_at=now, parent=rng.choice(["", "case-1"]))
    stood = [matter]
    payment = rng.choice([{}, {"truth": "charged_kept", "proof": "proven", "suspense_fen": rng.choice([0, 5])}])
    for _ in range(STEPS):
        now += rng.choice([1, MINUTE_MS, 40 * MINUTE_MS, 3_000 * MINUTE_MS])
        row = rng.choice(kind.possible(matter.state) or kind.rows)
        actor = PROGRAM if not row.may else rng.choice([*ROLES, *((PROGRAM,) if row.program else ())])
        fact = Fact(row.fact, now, actor, frozenset(ROLES.get(actor, ())), said(rng, row, now), "seen")
        found = {name: asked(ask, others) for name, ask in kind.asks(matter, fact).items()}
        taken = step(kind, matter, fact, Given(RULES, payment, found, "seen"))
        if isinstance(taken, Refused):
            refused += 1
            assert taken.text and "\n" not in taken.text
            continue
        matter = replace(taken.matter, id=taken.matter.id or f"{kind.name}-1")
        assert json.loads(json.dumps(dict(matter.body))) == dict(matter.body), "a body is JSON"
        assert matter.version == stood[-1].version + 1
        assert all(isinstance(tag, str) for tag in kind.tags(matter).values())
        stood.append(matter)
    return stood, refused


def asked(ask: Ask, others: dict[str, list[Matter]]) -> tuple[Matter, ...]:
    """Those of the other kinds' walks that were opened; whichever, the rule must bear it."""
    return tuple(others.get(ask.kind, ()))[:5]


@pytest.fixture(scope="module")
def others() -> dict[str, list[Matter]]:
    """Matters of the kinds that others ask for, at some point of their way."""
    rng = random.Random(7)
    made: dict[str, list[Matter]] = {}
    for name in ("part", "ticket", "capa", "training", "subscription"):
        ends = [walked(KINDS[name], rng, {})[0] for _ in range(30)]
        made[name] = [replace(stood[-1], id=f"{name}-{n}") for n, stood in enumerate(ends) if len(stood) > 1]
    return made


@pytest.mark.parametrize("name", MINE)
def test_whatever_is_said_is_done_or_refused(name: str, others: dict[str, list[Matter]]) -> None:
    rng, kind = random.Random(name), KINDS[name]
    seen: set[str] = set()
    for _ in range(WALKS):
        stood, _ = walked(kind, rng, others)
        seen |= {matter.state for matter in stood if matter.version}
    assert len(seen) >= 2, (name, seen)
