"""Can an effect be compared, so that a test can say what a fact brings about?"""

from __future__ import annotations

from chongzheng.cases import effects


def test_effects_are_values() -> None:
    assert effects.Open("task", "k") == effects.Open("task", "k", {}, "", "", "")
    assert effects.Tell("apology", "card", "k") == effects.Tell("apology", "card", "k", {})
    assert effects.Say("case-1", "Noted") != effects.Say("case-1", "Noted", softly=True)
