"""Does every state of a case belong to one of five areas of work?"""

from __future__ import annotations

from chongzheng.cases.case_states import CHAPTER_OF, CHAPTERED, CHAPTERS, CLOSED, UNCLOSED


def test_each_state_has_its_area_and_each_area_a_state() -> None:
    assert set(CHAPTER_OF) == set(CHAPTERED) == {*UNCLOSED, CLOSED}
    assert set(CHAPTER_OF.values()) == set(CHAPTERS) and len(CHAPTERS) == 5
    assert all(zh and en for zh, en in CHAPTERS.values())
