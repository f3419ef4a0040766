"""S-30: the desk finds what is known: the article that answers comes first; a task is handed over with a note."""

from __future__ import annotations

from chongzheng.cases.article import library
from chongzheng.cases.search import ranked
from requirements.desk import Desk
from requirements.shell import told

OWN = {
    "topic": "known error", "zh": "N9机型4.2版本冲正丢失", "en": "N9 with 4.2 loses reversals",
    "text_zh": "升级到4.3。", "text_en": "Upgrade to 4.3, export the journal first.", "words": ["N9", "4.2"],
}  # fmt: skip


def test_s_30(desk: Desk) -> None:
    shipped = desk.registers.rows("articles", "20260101")
    assert len(shipped) >= 12
    assert ranked("25 找不到原交易", shipped)[0][0] == "reversal 25"
    assert ranked("为什么找不到那笔原交易", shipped)[0][0] == "reversal 25"
    assert ranked("the terminal has no paper", shipped)[0][0] == "printer"
    article = desk.open("article", OWN, "qian")
    assert article.id not in library(shipped, desk.matters.page("article"))
    desk.say(article, "Published", "zhang")
    books = library(shipped, desk.matters.page("article"))
    assert ranked("N9 冲正丢失", books)[0][0] == article.id
    assert ranked("25 找不到原交易", books)[0][0] == "reversal 25"
    for question, first in (("25 找不到原交易", "reversal 25"), ("N9 冲正丢失", article.id)):
        code, said = told(desk, "li", "case", "ask", question)
        assert code == 0 and said["articles"][0]["article"] == first and said["articles"][0]["text_zh"]
    assert told(desk, "li", "case", "ask", "xyzzy") == (1, {"articles": []})

    task = desk.open("task", {"what": "ask the shop", "team": "merchants"}, "li")
    desk.say(task, "Accepted", "li")
    desk.say(task, "HandedOver", "li", team="clearing", reason="the file of the 3rd is missing")
    assert desk.matters.story(task.id)[-1]["said"]["reason"] == "the file of the 3rd is missing"
