"""Is every refusal that a person at the desk may meet said in Chinese, with yuan and times instead of fen and ms?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import chongzheng
from chongzheng.console.saying_no import why
from chongzheng.console.words_refused import BLANK, PLACE, REFUSED

SOURCES = Path(chongzheng.__file__).parent
WORKED = ("cases/matter.py", "cases/refund.py", "cases/refund_rules.py", "cases/compensation.py", "cases/alone.py",
          "cases/review.py", "cases/task.py", "cases/change.py", "journal/matter_effects.py")  # fmt: skip
"""What people at the desk meet daily."""
DESKS = ("journal/actors.py", "journal/breaks.py", "journal/bulk.py", "journal/hand_booking.py", "journal/registers.py")
"""Who tells its refusals as mistakes of the asker, with a place."""
OF_THE_MACHINE = {
    "fen: follows from {}; leave it out", "fen: {} has no formula; name a sum", "the delay cannot be counted: {}",
    "{} ({})",
}  # fmt: skip
"""About the form of a call, or put together of words that stand elsewhere."""
TWO_TAILS = {"it is {} already{}", "{}"}
"""Written below as it comes: with who did it, and without."""
HAN = re.compile(r"[\u4e00-\u9fff]")


def sentences(path: Path, mistakes: bool = False) -> set[str]:
    """What the engine may say in this file, with blanks."""
    found, names = set(), ("TheirMistake", "NotAllowed", "Overtaken") if mistakes else ("Refused", "Overtaken")
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names and call.args:
            said = call.args[0 if mistakes else -1]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                found.add(said.value)
            if isinstance(said, ast.JoinedStr):
                parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in said.values)
                found.add("".join(map(str, parts)))
    return found


@pytest.mark.parametrize("name", WORKED)
def test_what_the_engine_refuses_has_chinese_words(name: str) -> None:
    said = sentences(SOURCES / name)
    assert {one for one in said if "{}" in one or one} and said - OF_THE_MACHINE - set(REFUSED) == set()


@pytest.mark.parametrize("name", DESKS)
def test_what_a_desk_refuses_has_chinese_words(name: str) -> None:
    said = sentences(SOURCES / name, mistakes=True)
    assert said and said - set(REFUSED) - TWO_TAILS == set()


def test_every_blank_of_an_answer_is_one_of_its_question() -> None:
    for sentence, (zh, en) in REFUSED.items():
        blanks = len(BLANK.findall(sentence))
        assert HAN.search(zh), sentence
        assert all(int(place) < blanks for place, _ in (*PLACE.findall(zh), *PLACE.findall(en))), sentence


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("fen: 12345 were paid, no more goes back", "原交易为 123.45 元，退款不得超过",
         "123.45 yuan were paid, no more goes back"),
        ("PR-6: a file or a reply is waited for until 1790000000000",
         "规则 PR-6：须等待清算文件或答复至 2026-09-21 22:13",
         "PR-6: a file or a reply is waited for until 2026-09-21 22:13"),
        ("Sent cannot be said of a refund that is SENT; possible now: Posted, Noted",
         "“发出”不适用于状态为“已发出”的退款；现在可以：登记入账、添加备注", ""),
        ("li said Opened or Approved of it; Approved takes another person",
         "li 已作出“新建 / 复核通过”；“复核通过”须由另一人作出", ""),
        ("reason: is 4 to 500 visible characters", "理由：须为 4 至 500 个可见字符",
         "reason: is 4 to 500 visible characters"),
        ("resolution: 12345 fen lie in suspense for it: say where they go",
         "处理方式：有 123.45 元在挂账中：请指明去向",
         "resolution: 123.45 yuan lie in suspense for it: say where they go"),
        ("break 7: there is no break of this number", "break 7：没有这个编号的差错", ""),
        ("a sentence that nobody put into words", "a sentence that nobody put into words", ""),
    ],
)  # fmt: skip
def test_it_is_said_as_people_read_it(said: str, zh: str, en: str) -> None:
    assert why(said, "zh") == zh
    assert not en or why(said, "en") == en
