"""What do people say when a fact asks for words? Something that could be true of this payment, and now and then not."""

from __future__ import annotations

from random import Random
from typing import Any

from chongzheng.cases.case_rules import ACTIONS
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Row
from chongzheng.cases.witness import WITNESSES
from chongzheng.simulator.clerks.office import PEOPLE
from chongzheng.simulator.clerks.wires import DAYS, Street

NONSENSE = 0.01
"""How often a word is none that fits."""
OF_NAME: dict[str, tuple[Any, ...]] = {
    "to": tuple(PEOPLE),
    "source": ("person", "complaint", "engine"),
    "action": tuple(ACTIONS.shipped),
    "primary": ("unknown", "SW-REGRESS"),
    "team": ("merchants", "finance"),
    "queue": ("cases", "finance"),
    "trace": ("900001", "900002"),
    "clock": ("complex", "extended"),
    "template": ("returned",),
    "witness": WITNESSES,
    "original": ("yes", "yes", "yes", "no"),
    "goods": ("no", "no", "no", "yes"),
    "reversal": ("failed", "failed", "failed", "acked 00"),
    "customer": ("C-1", "C-2", "C-3", "C-4", "C-5"),
    "card": ("K-1", "K-2", "K-3", "K-4"),
    "way": ("file", "api", "manual"),
    "looked_up": ("nothing",),
}
TELLING = frozenset({"original", "goods", "reversal", "hardship"})
"""Words that need not come, and without which little follows."""
_DAY_MS = 86_400_000


OF_KIND: dict[tuple[str, str], tuple[Any, ...]] = {
    ("dispute", "action"): ("chargeback", "chargeback", "inquiry", "credit adjustment"),
    ("dispute", "code"): ("2000", "01", "04"),
    ("clawback", "debit_day"): ("20261201", "20261008"),
    ("clawback", "to"): ("C-1", "C-2"),
}


def words_for(kind: str, row: Row, street: Street, now: int, dice: Random) -> dict[str, Any]:
    """One word a field that is needed, and some of the others."""
    fields = [field for field in row.takes if field.needed or dice.random() < (0.8 if field.name in TELLING else 0.2)]
    return {field.name: _word(kind, field, street, now, dice) for field in fields}


def _word(kind: str, field: Field, street: Street, now: int, dice: Random) -> Any:
    if dice.random() < NONSENSE:
        return dice.choice(("", -1, None, {}))
    if (kind, field.name) in OF_KIND:
        return dice.choice(OF_KIND[kind, field.name])
    if field.choices:
        return dice.choice(field.choices)
    if field.form == "object" and field.name == "witness":
        return {"witness": dice.choice(WITNESSES), "goods": dice.choice(("yes", "no"))}
    if field.name == "reference" and dice.random() < 0.95:
        return f"R{dice.randrange(10**9)}"
    if field.name in OF_NAME:
        return dice.choice(OF_NAME[field.name])
    return _of_form(field.form, street, now, dice)


def _of_form(form: str, street: Street, now: int, dice: Random) -> Any:
    match form:
        case "fen":
            return dice.choice((*[street.account.fen] * 6, street.account.fen + 1, 1_000))
        case "whole":
            return 1
        case "instant":
            return now + _DAY_MS
        case "flag":
            return dice.random() < 0.5
        case "day":
            return DAYS[0]
        case "hash":
            return f"{dice.getrandbits(256):064x}"
        case "texts":
            return [f"word {dice.randrange(3)}"]
        case "object":
            return {}
        case "objects":
            return []
        case _:
            return f"word-{dice.randrange(3)}"
