"""Are questions whole, and is a score what was answered right?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.quiz import QUIZ, questions, score
from chongzheng.cases.training import COURSES


def test_every_course_has_questions() -> None:
    assert all(questions(QUIZ.shipped, course) for course in COURSES.shipped)
    assert {row["course"] for row in QUIZ.shipped.values()} == set(COURSES.shipped)


def test_a_score_counts_what_is_right_and_nothing_else() -> None:
    asked = questions(QUIZ.shipped, "reversal")
    right = {name: row["right"] for name, row in asked.items()}
    assert score(asked, right) == len(asked) == 5 and score(asked, {}) == 0
    assert score(asked, {**right, "reversal 1": 0, "reversal 3": True, "desk 1": 2}) == 3


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"right": 3}, "right: is the place"),
        ({"right": -1}, "right: is the place"),
        ({"choices_en": ["a"]}, "choices_zh: are two"),
        ({"choices_en": ["a"], "choices_zh": ["b"]}, "choices_zh: are two"),
        ({}, ""),
    ],
)
def test_rows(changed: dict[str, Any], wrong: str) -> None:
    said = QUIZ.wrong({**QUIZ.shipped["reversal 1"], **changed})
    assert said.startswith(wrong) and bool(said) == bool(wrong)
