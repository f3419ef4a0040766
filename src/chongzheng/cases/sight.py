"""Which matters, and which words of one, does a person see by their roles (S-51)?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Matter
from chongzheng.cases.registers import Register

ALL = "all"
_PERSONAL = ["contact", "replies", "answers"]

SIGHT = Register(
    name="sight",
    titles=("查看权限", "who sees what"),
    money=False,
    fields=(
        Field("kinds", "texts", "可见事项", "kinds of matter that this role sees, or all"),
        Field("hides", "texts", "隐藏字段", "names of the body that it does not see", needed=False),
    ),
    shipped={
        "clerk": {"kinds": [ALL], "hides": ["against"]},
        "supervisor": {"kinds": [ALL]},
        "finance": {"kinds": [ALL], "hides": ["against", "contact"]},
        "risk": {"kinds": [ALL], "hides": ["against", "contact"]},
        "auditor": {"kinds": [ALL], "hides": ["contact"]},
        "administrator": {"kinds": [ALL], "hides": [*_PERSONAL]},
        "read-only": {"kinds": [ALL], "hides": ["against", "marks", "notes", *_PERSONAL]},
        "technician": {"kinds": ["task", "survey", "swap", "part", "ticket", "article", "incident"],
                       "hides": ["against", "marks", *_PERSONAL]},
        "supplier": {"kinds": ["ticket"], "hides": ["against", "marks", "notes", "by", *_PERSONAL]},
    },
)  # fmt: skip


def hidden(matter: Matter, roles: Iterable[str], rows: Mapping[str, Mapping[str, Any]]) -> frozenset[str] | None:
    """Names of its body that somebody with these roles does not see: what each of the roles that see it hides; None:
    nothing of it at all."""
    seeing = [row for role in roles if (row := rows.get(role)) and {ALL, matter.kind} & set(row["kinds"])]
    if not seeing:
        return None
    return frozenset.intersection(*(frozenset(row.get("hides", ())) for row in seeing))


def seen(matter: Matter, roles: Iterable[str], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The body as they see it: names left out, not blanked; None: it is not theirs to see."""
    hides = hidden(matter, roles, rows)
    return None if hides is None else {name: word for name, word in matter.body.items() if name not in hides}
