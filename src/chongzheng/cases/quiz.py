"""What is asked after a course, and how many answers were right? Questions are rows; nobody types a score (S-42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.packed import rows
from chongzheng.cases.registers import Register

CHOICES_MIN = 2


def wrong_question(row: Mapping[str, Any]) -> str:
    """What is wrong with a question, "" nothing."""
    if len(row["choices_zh"]) != len(row["choices_en"]) or len(row["choices_zh"]) < CHOICES_MIN:
        return "choices_zh: are two or more, as many as choices_en"
    return "" if 0 <= row["right"] < len(row["choices_zh"]) else "right: is the place of a choice, from 0"


def questions(rules: Mapping[str, Mapping[str, Any]], course: str) -> dict[str, Mapping[str, Any]]:
    """The questions of a course by their names, in order."""
    return {name: row for name, row in sorted(rules.items()) if row["course"] == course}


def score(asked: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any]) -> int:
    """How many are right; one that was not answered is not."""
    return sum(answers.get(name) == row["right"] and answers.get(name) is not True for name, row in asked.items())


def _shipped() -> dict[str, dict[str, Any]]:
    """The questions of quiz.csv; choices stand behind each other with a bar between."""
    return {
        row["name"]: {
            "course": row["course"], "zh": row["zh"], "en": row["en"], "right": int(row["right"]),
            "choices_zh": row["choices_zh"].split("|"), "choices_en": row["choices_en"].split("|"),
        }
        for row in rows("quiz.csv")
    }  # fmt: skip


QUIZ = Register(
    "quiz",
    ("考题", "quiz questions"),
    False,
    (
        Field("course", "word", "课程", "row of the register courses"),
        Field("zh", "text", "题目", "the question in Chinese"),
        Field("en", "text", "题目（英文）", "the question"),
        Field("choices_zh", "texts", "选项", "the choices in Chinese"),
        Field("choices_en", "texts", "选项（英文）", "the choices"),
        Field("right", "whole", "正确选项", "the place of the right one, from 0"),
    ),
    _shipped(),
    wrong_question,
)
