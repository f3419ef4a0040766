"""Can only steps that make sense stand in a procedure?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.sop import SOPS

FIRST = {"id": "a", "zh": "一", "en": "one"}


def row(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "zh": "流程", "en": "procedure", "steps": list(steps)}


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), "steps: are 1 to 40"),
        (({"id": "a", "zh": "", "en": "one"},), "steps: each has zh"),
        (({"zh": "一", "en": "one"},), "steps: each has id"),
        ((FIRST, FIRST), "steps: a comes twice"),
        (({**FIRST, "weather": "fine"},), "steps: a: weather is no guard"),
        (({**FIRST, "truth": "charged_kept"},), "steps: a: truth is no guard, or not of its form"),
        (({**FIRST, "other_than": "b"},), "steps: a: other_than names a step before it"),
        (({**FIRST, "figure": "pending"},), "steps: a: figure and at_most come together"),
        ((FIRST, {**FIRST, "id": "b", "other_than": "a", "figure": "n", "at_most": 0}), ""),
    ],
)
def test_steps(steps: tuple[dict[str, Any], ...], wrong: str) -> None:
    said = SOPS.wrong(row(*steps))
    assert said.startswith(wrong) and bool(said) == bool(wrong)
