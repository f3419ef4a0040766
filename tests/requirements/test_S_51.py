"""S-51: what is known is shared: a role sees only its fields, and a new known error reaches who subscribed to it."""

from __future__ import annotations

import pytest

from chongzheng.cases.articles import visible
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from requirements.desk import Desk
from requirements.shell import told

ERROR = {
    "topic": "known error", "zh": "N9机型4.2版本冲正丢失", "en": "N9 with 4.2 loses reversals", "text_zh": "升级。",
    "text_en": "Upgrade to 4.3.", "words": ["N9"], "inner": "合同第7条，勿对外",
}  # fmt: skip


def test_s_51(desk: Desk) -> None:
    mine = desk.open("subscription", {"topic": "known error"}, "mei")
    team = desk.open("subscription", {"topic": "everything", "role": "technician"}, "qian")
    other = desk.open("subscription", {"topic": "customer"}, "sun")
    with pytest.raises(Overtaken, match="mei is subscribed already"):
        desk.open("subscription", {"topic": "known error"}, "mei")
    with pytest.raises(NotAllowed, match="only who is risk"):
        desk.open("subscription", {"topic": "network", "role": "risk"}, "li")
    article = desk.open("article", ERROR, "li")
    with pytest.raises(NotAllowed):
        desk.say(article, "Published", "li")
    published = desk.say(article, "Published", "zhang").body["published"]
    unread = {name.id: desk.matters.get(name.id).body["unread"] for name in (mine, team, other)}
    assert [one["article"] for one in unread[mine.id]] == [article.id] == [one["article"] for one in unread[team.id]]
    assert unread[other.id] == []
    assert [(one.id, one.priority) for one in desk.matters.owned("mei")] == [(mine.id, 1)]
    assert [one.id for one in desk.matters.queue("technician")] == [team.id]

    rights = desk.registers.rows("field rights", "20260101")
    assert visible(published, ["clerk"], rights)["inner"] == ERROR["inner"]
    assert "inner" not in visible(published, ["technician"], rights)
    assert set(visible(published, ["supplier"], rights)) == {"topic", "zh", "en"}
    for who, fields in (("li", set(published)), ("vendor", {"topic", "zh", "en"})):
        code, said = told(desk, who, "case", "ask", "N9 loses reversals")
        (found,) = [one for one in said["articles"] if one["article"] == article.id]
        assert code == 0 and set(found) - {"article", "score"} == fields, who
