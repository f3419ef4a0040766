"""Is every kind of matter whole: its states reached, its ends ends, its words in both languages?"""

from __future__ import annotations

import pytest

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, OPENED, Kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_kind_is_opened_by_one_row_and_named_in_both_languages(kind: Kind) -> None:
    assert [row.fact for row in kind.possible(NEW)] == [OPENED]
    assert KINDS[kind.name] is kind and all(kind.titles) and kind.titles[0] != kind.titles[1]
    assert kind.ended < set(kind.states)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_word_that_a_fact_takes_is_asked_for_in_both_languages(kind: Kind) -> None:
    assert [(row.fact, one.name) for row in kind.rows for one in row.takes if not (one.zh and one.en)] == []
