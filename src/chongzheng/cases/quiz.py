"""What is asked after a course, and how many answers were right? Questions are rows; nobody types a score (S-42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.fields import Field
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


def _ask(course: str, zh: str, en: str, right: int, *choices: tuple[str, str]) -> dict[str, Any]:
    said = {"course": course, "zh": zh, "en": en, "right": right}
    return {**said, "choices_zh": [one[0] for one in choices], "choices_en": [one[1] for one in choices]}


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
    {
        "reversal 1": _ask(
            "reversal", "刷卡后没有收到结果，先做什么？", "No result came after the swipe: what comes first?", 1,
            ("马上重新刷卡", "swipe again at once"),
            ("查询结果，等待冲正", "find out, let the reversal run"),
            ("让客户换一家店", "send the customer elsewhere"),
        ),
        "reversal 2": _ask(
            "reversal", "打印出冲正失败单后怎么办？", "A fault slip is printed: what now?", 0,
            ("保留单据并报告", "keep the slip and report it"),
            ("扔掉单据", "throw it away"),
            ("在菜单清除冲正标志", "wipe the pending reversal in the menu"),
        ),
        "reversal 3": _ask(
            "reversal", "还有待发冲正时可以结算吗？", "May a batch be settled while a reversal is pending?", 1,
            ("可以", "yes"), ("不可以，先补发冲正", "no, send the reversal first"),
        ),
        "reversal 4": _ask(
            "reversal", "应答码25表示没有扣款吗？", "Does answer 25 say that nobody was debited?", 1,
            ("是", "yes"), ("不，须查清算文件或发卡方", "no, look at the clearing file or ask the issuer"),
        ),
        "reversal 5": _ask(
            "reversal", "结果未知时如何答复客户？", "What is the customer told while nothing is known?", 2,
            ("钱明天一定到账", "the money is back tomorrow"),
            ("您没有被扣款", "you were not debited"),
            ("正在确认，并告知下次答复日期", "it is being found out, and when they hear again"),
        ),
        "field 1": _ask(
            "field", "换机之前必须做什么？", "What must be done before a unit is exchanged?", 0,
            ("导出并核对日志", "export the journal and check it"), ("清空存储", "wipe its memory"),
        ),
        "field 2": _ask(
            "field", "旧机的密钥怎么处理？", "What happens to the keys of the old unit?", 1,
            ("留作备用", "they are kept as spares"), ("吊销", "they are revoked"),
        ),
        "field 3": _ask(
            "field", "新机第一笔销售之前必须做什么？", "What comes before the first sale of the new unit?", 2,
            ("更换打印纸", "a new paper roll"), ("通知总部", "a call to headquarters"),
            ("补发全部待发冲正", "every pending reversal is sent"),
        ),
        "desk 1": _ask(
            "desk", "谁可以批准自己提出的退款？", "Who may approve a refund that he or she proposed?", 2,
            ("主管", "a supervisor"), ("财务", "finance"), ("没有人", "nobody"),
        ),
        "desk 2": _ask(
            "desk", "结论为未知时可以做最终退款吗？", "Is there a final refund while the verdict is unknown?", 1,
            ("可以", "yes"), ("不可以", "no"),
        ),
        "desk 3": _ask(
            "desk", "案件有挂账余额时可以关闭吗？", "May a case close while money lies in suspense?", 1,
            ("可以", "yes"), ("不可以", "no"),
        ),
    },
    wrong_question,
)  # fmt: skip
