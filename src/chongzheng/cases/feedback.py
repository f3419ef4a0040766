"""Was the customer content with how it ended, and if not, what happens then? Feedback after the close (S-44).

A poor rating opens the case again where the customer says that it is not solved; otherwise it goes to a person for
review. Free text is only tagged: no rule reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row
from chongzheng.cases.registers import Register

NOTED, REVIEW, REOPENED, REVIEWED = "NOTED", "REVIEW", "REOPENED", "REVIEWED"
STARS_MAX = 5

POOR = Register(
    "feedback limit",
    ("评价阈值", "limit of a poor rating"),
    False,
    (Field("stars", "whole", "星级", "up to so many stars it is poor"),),
    {"default": {"stars": 3}},
    lambda row: "" if 0 < row["stars"] < STARS_MAX else "stars: is 1 to 4",
)
WORDS = Register(
    "feedback words",
    ("评价标签词", "words that tag feedback"),
    False,
    (Field("words", "texts", "词语", "words that give this tag, Chinese or in lower case"),),
    {
        "slow": {"words": ["慢", "太久", "等了", "slow", "late", "waited"]},
        "money missing": {"words": ["没到账", "未到账", "没退", "not received", "missing", "still debited"]},
        "manner": {"words": ["态度", "不耐烦", "rude", "unfriendly"]},
        "unclear": {"words": ["不清楚", "看不懂", "unclear", "confusing"]},
        "thanks": {"words": ["谢谢", "满意", "thank", "great"]},
    },
)


def tagged(text: str, rules: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    """The tags whose words stand in a text, in order of their names."""
    low = text.lower()
    return sorted(tag for tag, row in rules.items() if any(word in low for word in row["words"]))


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    said = fact.said
    if not matter.parent:
        return Refused("field", "parent: feedback belongs to a case")
    if not 1 <= said["stars"] <= STARS_MAX:
        return Refused("field", f"stars: is 1 to {STARS_MAX}")
    tags = tagged(said.get("text", ""), given.rule("feedback words"))
    limit = given.rule("feedback limit").get("default", POOR.shipped["default"])["stars"]
    words = {"stars": said["stars"], "text": said.get("text", ""), "tags": tags, "solved": said["solved"]}
    if said["stars"] > limit:
        return Outcome(NOTED, words)
    if said["solved"]:
        return Outcome(REVIEW, words, moves={"queue": "feedback"})
    return Outcome(REOPENED, words, _again(matter, f"feedback: {said['stars']} stars, not solved"))


def _again(matter: Matter, reason: str) -> tuple[Effect, ...]:
    return (Say(matter.parent, "Reopened", {"reason": reason}, softly=True),)


def _reviewed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    again = _again(matter, fact.said["result"]) if fact.said["reopen"] else ()
    return Outcome(REOPENED if again else REVIEWED, {"result": fact.said["result"]}, again)


FEEDBACK = Kind(
    name="feedback",
    titles=("客户评价", "feedback"),
    states=(NOTED, REVIEW, REOPENED, REVIEWED),
    ended=frozenset({NOTED, REOPENED, REVIEWED}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=desk.FIELD, program=True,
            takes=(Field("stars", "whole", "评分", "1 to 5"),
                   Field("solved", "flag", "是否解决", "whether the customer says that it is solved"),
                   Field("text", "text", "意见", "what the customer says", needed=False))),
        Row(REVIEW, "Reviewed", None, _reviewed, may=desk.HEADS,
            takes=(Field("result", "text", "结论", "what the review found"),
                   Field("reopen", "flag", "是否重开", "whether the case is opened again"))),
        *desk.rows((REVIEW,)),
    ),
)  # fmt: skip
