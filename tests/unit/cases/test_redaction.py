"""Does nothing leave that must stay, and does the rest leave as it is?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.cases.redaction import GONE, redacted, secrets_in

CARD = "6222020200112230"
KEY = "0123456789ABCDEFFEDCBA9876543210"


@pytest.mark.parametrize(
    ("value", "after", "found"),
    [
        ({"line": f"card {CARD} declined"}, {"line": "card 622202******2230 declined"}, ["line"]),
        ({"line": "6222 0202 0011 2230"}, {"line": "622202******2230"}, ["line"]),
        ({"n": int(CARD)}, {"n": "622202******2230"}, ["n"]),
        ({"at": 1_800_000_000_003, "fen": 4111}, {"at": 1_800_000_000_003, "fen": 4111}, []),
        ({"rrn": "123456789012", "up": True, "x": None}, {"rrn": "123456789012", "up": True, "x": None}, []),
        ({"hash": "ab" * 32, "stan": "000042"}, {"hash": "ab" * 32, "stan": "000042"}, []),
        ({"dump": f"MK={KEY}"}, {"dump": f"MK={GONE}"}, ["dump"]),
        ({"h": {"mac_key": "x", "track2": "y"}}, {"h": {"mac_key": GONE, "track2": GONE}}, ["h.mac_key", "h.track2"]),
        ({CARD: 1}, {"622202******2230": 1}, ["a name in it"]),
        ([{"pan": "6222020200112231"}], [{"pan": "622202******2231"}], ["[0].pan"]),
        ({"card": "622202******2230"}, {"card": "622202******2230"}, []),
        ({"card": {"type": "credit"}}, {"card": {"type": "credit"}}, []),
        ({"shop_phone": "x"}, {"shop_phone": GONE}, ["shop_phone"]),
        ({"who": "call 13812345678 or a.b@c.cn"}, {"who": f"call {GONE} or {GONE}"}, ["who"]),
    ],
)  # fmt: skip
def test_what_leaves(value: Any, after: Any, found: list[str]) -> None:
    assert redacted(value) == (after, found)


def test_people_may_be_written_down_here_but_cards_and_keys_may_not() -> None:
    assert secrets_in({"phone": "13812345678", "note": "the shop, a@b.cn"}) == []
    assert secrets_in({"a": [CARD], "pin": "1", "b": KEY}) == ["a[0]", "pin", "b"]


def test_what_is_too_deep_to_look_into_does_not_leave() -> None:
    deep: Any = CARD
    for _ in range(20):
        deep = [deep]
    after, found = redacted(deep)
    assert CARD not in str(after) and GONE in str(after) and len(found) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(CARD) | st.just(KEY) | st.just(int(CARD)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_no_card_and_no_key_comes_through_and_twice_is_the_same_as_once(value: Any) -> None:
    after, _ = redacted(value)
    values = str(after)
    assert redacted(after)[0] == after
    assert KEY not in values and CARD not in values
