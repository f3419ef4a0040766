"""Does a survey stand once however often it is synced, and is an altered photo found out?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.effects import Say
from chongzheng.cases.survey import LATE_PRIORITY, PHOTOS_MAX, SURVEY, photo_hash
from unit.cases.play import Played

PLAN = {"site": "shop 7", "questions": ["were goods handed over?"]}
FORM: dict[str, Any] = {"answers": {"were goods handed over?": "no"}, "taken_at": 5_000, "goods": "no"}
GOOD, BAD = photo_hash(b"the till"), photo_hash(b"the till, retouched")


def visited(**form: Any) -> Played:
    one = Played(SURVEY, parent="case-4")
    one.well("Opened", "li", **PLAN)
    one.well("PhotoAdded", "qian", name="till", hash=GOOD)
    one.well("FormFilled", "qian", **{**FORM, **form})
    return one


def test_what_is_synced_twice_stands_once_and_what_differs_is_refused() -> None:
    one = visited()
    before = dict(one.matter.body["form"])
    one.well("FormFilled", "qian", **FORM)
    one.well("PhotoAdded", "qian", name="till", hash=GOOD)
    assert one.matter.body["form"] == before and len(one.matter.body["photos"]) == 1
    assert "other answers" in one.refused("FormFilled", "qian", **{**FORM, "answers": {}}).text
    assert "other answers" in one.refused("FormFilled", "qian", **{**FORM, "taken_at": 6_000}).text
    assert "another photo" in one.refused("PhotoAdded", "qian", name="till", hash=BAD).text


def test_an_altered_photo_fails_the_check_for_good() -> None:
    one = visited()
    assert one.well("PhotoChecked", name="till", hash=GOOD).body["photos"]["till"]["altered"] is False
    assert one.well("PhotoChecked", name="till", hash=BAD).body["photos"]["till"]["altered"] is True
    assert one.well("PhotoChecked", name="till", hash=GOOD).body["photos"]["till"]["altered"] is True
    assert "no photo" in one.refused("PhotoChecked", "li", name="door", hash=GOOD).text


def test_the_case_hears_what_was_found_with_the_photos_that_are_good() -> None:
    one = visited()
    one.well("PhotoAdded", "qian", name="door", hash=BAD)
    one.well("PhotoChecked", name="till", hash=BAD)
    one.well("Ended", "qian", result="no goods were handed over")
    heard, ended = one.effects
    assert isinstance(heard, Say) and heard.said["goods"] == "no" and heard.said["at_raw"] == 5_000
    assert isinstance(ended, Say) and ended.said["altered"] == ["till"] and ended.said["photos"] == [BAD]


def test_a_survey_without_a_word_about_goods_says_none() -> None:
    one = Played(SURVEY, parent="case-4")
    one.well("Opened", "li", **PLAN)
    one.well("FormFilled", "qian", answers={}, taken_at=5)
    one.well("Ended", "qian", result="the terminal is on a shelf")
    assert isinstance(one.effects[0], Say) and "goods" not in one.effects[0].said


def test_photos_are_bounded() -> None:
    one = visited()
    one.matter.body["photos"].update({f"p{n}": {} for n in range(PHOTOS_MAX)})
    assert "already" in one.refused("PhotoAdded", "qian", name="one more", hash=GOOD).text


def test_a_survey_that_is_late_goes_up_once() -> None:
    one = Played(SURVEY, parent="case-4")
    one.well("Opened", "li", **PLAN, due_at=9_000)
    late = one.well("ClockRan")
    assert (late.due_at, late.priority, late.body["late"]) == (None, LATE_PRIORITY, True)
