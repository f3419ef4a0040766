"""How does what one person found out become what everybody can find? Articles, and who wants to hear of them (S-51).

A text is written by one person and published by another; what is published stays as it is until a newer version is.
Whoever subscribed to its topic has it in his or her queue in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.articles import TOPICS
from chongzheng.cases.effects import Effect, Free, Say, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all

DRAFT, PUBLISHED, RETIRED = "DRAFT", "PUBLISHED", "RETIRED"
ACTIVE, ENDED = "ACTIVE", "ENDED"
STARS_MAX = 5
STARS_POOR = 2
RATINGS_MAX = 500
UNREAD_MAX = 200
EVERYTHING = "everything"

TEXT = (
    Field("topic", "word", "主题", "its topic", choices=TOPICS),
    Field("zh", "text", "标题", "its title in Chinese"),
    Field("en", "text", "标题（英文）", "its title"),
    Field("text_zh", "text", "正文", "its text in Chinese"),
    Field("text_en", "text", "正文（英文）", "its text"),
    Field("words", "texts", "关键词", "key words, codes, ids of causes"),
    Field("sop", "word", "流程", "row of the register sop", needed=False),
    Field("inner", "text", "内部说明", "what only the desk sees", needed=False),
)


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    changes = {"draft": dict(fact.said), "published": {}, "edition": 0, "ratings": [], "topic": fact.said["topic"]}
    return Outcome(changes=changes, moves={"queue": "knowledge"})


def _revised(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """A new text; what is published stays until this one is."""
    return Outcome(changes={"draft": dict(fact.said), "topic": fact.said["topic"]})


def _published(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    draft = matter.body["draft"]
    if not draft:
        return Refused("rule", "nothing was written since the version that is published")
    edition = matter.body["edition"] + 1
    said = {"article": matter.id, "edition": edition, "zh": draft["zh"], "en": draft["en"]}
    heard = {one.id for name in ("topic", "all") for one in given.others[name] if one.state == ACTIVE}
    effects = tuple(Say(subscription, "Heard", said, softly=True) for subscription in sorted(heard))
    page = {**draft, "at": fact.at, "by": fact.actor}
    changes = {"published": page, "draft": {}, "edition": edition, "words": draft["words"]}
    return Outcome(PUBLISHED, changes, effects, {"queue": ""})


def _rated(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """What a reader thinks of it; a poor one puts it before those who write."""
    if not 1 <= fact.said["stars"] <= STARS_MAX:
        return Refused("field", f"stars: is 1 to {STARS_MAX}")
    rating = {**fact.said, "at": fact.at, "by": fact.actor, "edition": matter.body["edition"]}
    poor = fact.said["stars"] <= STARS_POOR
    moves = {"queue": "knowledge"} if poor else {}
    return Outcome(changes={"ratings": [*matter.body["ratings"], rating][-RATINGS_MAX:]}, moves=moves)


def _retired(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"retired": fact.said["reason"]})


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    if fact.name != "Published":
        return {}
    topic = str(matter.body.get("topic", ""))
    return {"topic": Ask("subscription", "topic", topic), "all": Ask("subscription", "topic", EVERYTHING)}


def library(shipped: Mapping[str, Mapping[str, Any]], matters: Iterable[Matter]) -> dict[str, Mapping[str, Any]]:
    """Everything that can be searched: the rows of the register and what people published, by its name or id."""
    own = {one.id: one.body["published"] for one in matters if one.state == PUBLISHED and one.body["published"]}
    return {**shipped, **own}


ARTICLE = Kind(
    name="article",
    titles=("知识文章", "article"),
    states=(DRAFT, PUBLISHED, RETIRED),
    ended=frozenset({RETIRED}),
    rows=(
        Row(NEW, "Opened", DRAFT, _opened, may=desk.FIELD, program=True, takes=TEXT),
        *in_all((DRAFT, PUBLISHED), Row(DRAFT, "Revised", None, _revised, may=desk.FIELD, takes=TEXT)),
        *in_all((DRAFT, PUBLISHED), Row(DRAFT, "Published", None, _published, may=desk.HEADS,
            apart=("Opened", "Revised"), shown=True)),
        Row(PUBLISHED, "Rated", None, _rated, may=desk.FIELD | {desk.AUDITOR, desk.SUPPLIER},
            takes=(Field("stars", "whole", "评分", "1 to 5"),
                   Field("text", "text", "意见", "what was missing", needed=False))),
        *in_all((DRAFT, PUBLISHED), Row(DRAFT, "Retired", RETIRED, _retired, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows((DRAFT, PUBLISHED)),
    ),
    tags=lambda matter: {"topic": matter.body.get("topic", "")},
    asks=_asks,
)  # fmt: skip


def _subscribed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """For a person, or for everybody of a role: then it lies in that role's queue."""
    topic, role = fact.said["topic"], fact.said.get("role", "")
    if role and role not in fact.roles:
        return Refused("role", f"only who is {role} subscribes for that role")
    who = role or fact.actor
    only = Take(f"subscription {topic} of {who}", f"{who} is subscribed already")
    moves = {"queue": role} if role else {"owner": fact.actor}
    return Outcome(changes={"topic": topic, "who": who, "unread": []}, moves=moves, effects=(only,))


def _heard(matter: Matter, fact: Fact, given: Given) -> Outcome:
    unread = [*matter.body["unread"], {**fact.said, "at": fact.at}][-UNREAD_MAX:]
    return Outcome(changes={"unread": unread}, moves={"priority": len(unread)})


def _read(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if refused := _not_theirs(matter, fact):
        return refused
    return Outcome(changes={"unread": [], "read_at": fact.at}, moves={"priority": 0})


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if refused := _not_theirs(matter, fact):
        return refused
    effects: tuple[Effect, ...] = (Free(f"subscription {matter.body['topic']} of {matter.body['who']}"),)
    return Outcome(effects=effects)


def _not_theirs(matter: Matter, fact: Fact) -> Refused | None:
    if matter.body["who"] in {fact.actor, *fact.roles}:
        return None
    return Refused("role", f"it is a subscription of {matter.body['who']}")


READERS = desk.FIELD | {desk.AUDITOR, desk.ADMINISTRATOR}

SUBSCRIPTION = Kind(
    name="subscription",
    titles=("订阅", "subscription"),
    states=(ACTIVE, ENDED),
    ended=frozenset({ENDED}),
    rows=(
        Row(NEW, "Opened", ACTIVE, _subscribed, may=READERS,
            takes=(Field("topic", "word", "主题", "a topic, or everything", choices=(*TOPICS, EVERYTHING)),
                   Field("role", "word", "角色", "for everybody of this role", needed=False))),
        Row(ACTIVE, "Heard", None, _heard),
        Row(ACTIVE, "Read", None, _read, may=READERS),
        Row(ACTIVE, "Ended", ENDED, _ended, may=READERS),
    ),
    tags=lambda matter: {"topic": matter.body.get("topic", "")},
)  # fmt: skip
