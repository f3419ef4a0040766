"""Is an article published by a second person, kept until a newer one is, and heard of by those who subscribed?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.article import ARTICLE, SUBSCRIPTION, library
from chongzheng.cases.effects import Free, Say, Take
from chongzheng.cases.matter import Fact, Given, Matter
from unit.cases.timeline import RULES, Played, play

SAID: dict[str, Any] = {
    "topic": "known error", "zh": "标题", "en": "title", "text_zh": "正文", "text_en": "text", "words": ["25"],
}  # fmt: skip


def subscription(no: int, state: str = "ACTIVE") -> Matter:
    return Matter(f"subscription-{no}", "subscription", state)


def written(*topic: Matter, everything: tuple[Matter, ...] = ()) -> Played:
    given = Given(RULES, others={"topic": topic, "all": everything})
    return play(ARTICLE, [("Opened", "li", SAID)], given)


def test_a_second_person_publishes_and_each_who_subscribed_hears_of_it_once() -> None:
    own = play(ARTICLE, [("Opened", "zhang", SAID)], Given(RULES, others={"topic": (), "all": ()}))
    assert own.why_not("Published", "zhang").startswith("self:")
    one = written(subscription(1), subscription(2, "ENDED"), everything=(subscription(3), subscription(1)))
    one.say("Published", "zhang")
    said = {"article": "article-1", "edition": 1, "zh": "标题", "en": "title"}
    heard = tuple(Say(f"subscription-{n}", "Heard", said, softly=True) for n in (1, 3))
    assert one.effects == heard and one.state == "PUBLISHED"


def test_what_is_published_stays_until_the_next_version_is() -> None:
    one = written().say("Published", "zhang").say("Revised", "mei", **{**SAID, "zh": "新标题", "topic": "network"})
    assert one.matter.body["published"]["zh"] == "标题" and one.state == "PUBLISHED"
    assert ARTICLE.tags(one.matter) == {"topic": "network"}
    one.say("Published", "chen")
    assert (one.matter.body["published"]["zh"], one.matter.body["edition"]) == ("新标题", 2)
    assert "nothing was written" in one.why_not("Published", "chen")
    assert one.say("Retired", "zhang", reason="fixed in 4.3").state == "RETIRED"


def test_ratings_are_kept_and_a_poor_one_calls_those_who_write() -> None:
    one = written().say("Published", "zhang").say("Rated", "li", stars=5)
    assert one.matter.queue == ""
    one.say("Rated", "sun", stars=2, text="which field?")
    assert one.matter.queue == "knowledge" and one.matter.body["ratings"][1]["edition"] == 1
    assert one.why_not("Rated", "li", stars=6).startswith("field: stars")


def test_the_library_holds_what_is_shipped_and_what_is_published() -> None:
    one = written()
    assert set(library({"a": {}}, [one.matter])) == {"a"}
    one.say("Published", "zhang")
    assert library({"a": {}}, [one.matter])["article-1"]["zh"] == "标题"


def test_only_publishing_asks_who_subscribed() -> None:
    asks = ARTICLE.asks(written().matter, Fact("Published", 1))
    assert (asks["topic"].value, asks["all"].value) == ("known error", "everything")
    assert ARTICLE.asks(written().matter, Fact("Rated", 1)) == {}


def test_a_subscription_is_a_persons_or_a_roles_and_lies_where_they_look() -> None:
    one = play(SUBSCRIPTION, [("Opened", "li", {"topic": "network"})])
    assert one.matter.owner == "li" and one.effects == (Take("subscription network of li", "li is subscribed already"),)
    one.say("Heard", article="article-1", edition=1, zh="标题", en="title")
    assert one.matter.priority == 1 and one.matter.body["unread"][0]["article"] == "article-1"
    assert one.why_not("Read", "mei").startswith("role: it is a subscription of li")
    assert one.why_not("Ended", "mei").startswith("role:")
    one.say("Read", "li")
    assert one.matter.body["unread"] == [] and SUBSCRIPTION.tags(one.matter) == {"topic": "network"}
    assert one.say("Ended", "li").effects == (Free("subscription network of li"),)
    role = play(SUBSCRIPTION, [("Opened", "qian", {"topic": "everything", "role": "technician"})])
    assert role.matter.queue == "technician" and role.why_not("Read", "qian") == ""
    stranger = Played(SUBSCRIPTION).why_not("Opened", "li", topic="network", role="risk")
    assert stranger == "role: only who is risk subscribes for that role"
