"""Does a poor rating open the case again, or come before a person, and a good one neither?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.effects import Say
from chongzheng.cases.feedback import FEEDBACK, POOR, WORDS, tagged
from chongzheng.cases.matter import Given
from unit.cases.timeline import RULES, Played, play


def told(**said: Any) -> Played:
    return play(FEEDBACK, [("Opened", "li", {"stars": 2, "solved": False, **said})], parent="case-3")


def test_a_poor_rating_of_what_is_not_solved_opens_the_case_again() -> None:
    one = told(stars=3, text="还是没到账，等了很久")
    assert (one.state, one.matter.body["tags"]) == ("REOPENED", ["money missing", "slow"])
    assert one.effects == (Say("case-3", "Reopened", {"reason": "feedback: 3 stars, not solved"}, softly=True),)


def test_a_poor_rating_of_what_is_solved_comes_before_a_person() -> None:
    one = told(solved=True)
    assert (one.state, one.matter.queue, one.effects) == ("REVIEW", "feedback", ())
    again = told(solved=True).say("Reviewed", "zhang", result="the sum was wrong", reopen=True)
    assert again.state == "REOPENED" and again.effects[0].said["reason"] == "the sum was wrong"  # type: ignore[union-attr]
    assert one.say("Reviewed", "zhang", result="slow, but right", reopen=False).state == "REVIEWED"


def test_a_good_rating_is_noted_and_what_is_none_refused() -> None:
    assert told(stars=4).state == "NOTED" and told(stars=4).matter.body["tags"] == []
    assert Played(FEEDBACK, parent="case-3").why_not("Opened", "li", stars=6, solved=True).startswith("field: stars")
    assert Played(FEEDBACK).why_not("Opened", "li", stars=1, solved=True).startswith("field: parent")


def test_the_limit_is_a_row_and_the_words_are_rows() -> None:
    one = Played(FEEDBACK, Given({**RULES, "feedback limit": {"default": {"stars": 1}}}), parent="case-3")
    assert one.say("Opened", "li", stars=2, solved=False).state == "NOTED"
    bare = Played(FEEDBACK, Given({**RULES, "feedback limit": {}}), parent="case-3")
    assert bare.say("Opened", "li", stars=3, solved=False).state == "REOPENED"
    assert POOR.wrong({"stars": 5}).startswith("stars") and POOR.wrong({"stars": 4}) == ""
    assert tagged("Thank you, GREAT", WORDS.shipped) == ["thanks"] and tagged("", WORDS.shipped) == []
