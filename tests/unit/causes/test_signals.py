"""Is the vocabulary whole, and is a value that no signal has refused in one line?"""

import pytest

from chongzheng.causes.signals import SIGNALS, SIGNALS_MAX, TEXT_CHARS_MAX, Kind, given
from chongzheng.causes.table import packed
from chongzheng.mistakes import TheirMistake


def test_every_signal_of_the_table_has_words_in_both_languages() -> None:
    assert set(packed().asked) == set(SIGNALS)
    assert all(one.zh and one.en and one.zh != one.en for one in SIGNALS.values())
    assert len({one.zh for one in SIGNALS.values()}) == len(SIGNALS)


def test_every_word_that_the_table_asks_for_is_offered_by_a_form() -> None:
    conditions = [c for cause in packed().causes for item in cause.items for c in item.conditions]
    asked = {(c.signal, word) for c in conditions for word in c.wanted if SIGNALS[c.signal].kind is Kind.WORD}
    assert asked and all(word in SIGNALS[name].words for name, word in asked)


def test_what_a_machine_saw_is_told_from_what_a_person_said() -> None:
    assert SIGNALS["tlm.printer"].of_system and SIGNALS["host.queue_ms"].of_system
    assert not SIGNALS["op.tenure_d"].of_system and not SIGNALS["goods.delivered"].of_system


def test_null_is_unknown() -> None:
    assert given({"tlm.printer": None, "rsp": "00"}) == {"rsp": "00"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("orig.timeout", True), ("rev.count", 3), ("tlm.loss_pct", 0.5), ("tlm.tamper", 1), ("tlm.tamper", True),
        ("rsp", "A0"), ("tlm.printer", "jam"), ("host.key_ver", 3), ("host.key_ver", "3"), ("my.own", [1][0]),
    ],
)  # fmt: skip
def test_a_value_of_its_type_is_taken(name: str, value: object) -> None:
    assert given({name: value}) == {name: value}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("orig.timeout", "true", "orig.timeout: is true or false"),
        ("orig.timeout", 1, "is true or false"),
        ("rev.count", "3", "is a number"),
        ("rev.count", True, "is a number"),
        ("tlm.tamper", "1", "is a number, true or false"),
        ("rev.rsp", 25, "leading zeros"),
        ("tlm.printer", 1, "is a word"),
        ("tlm.printer", False, "is a word"),
        ("host.date", True, "text or a number"),
        ("rsp", ["00"], "is a list or an object"),
        ("rsp", {"a": 1}, "is a list or an object"),
        ("tlm.loss_pct", float("nan"), "is not a number of this world"),
        ("tlm.loss_pct", float("inf"), "is not a number of this world"),
        ("tlm.loss_pct", 10**15 + 1, "is not a number of this world"),
        ("tlm.printer", "j" * (TEXT_CHARS_MAX + 1), "characters"),
        ("my.own", ["x"], "my.own: is a list"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: object, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        given({name: value})


def test_too_many_signals_are_refused() -> None:
    given({f"s{n}": 1 for n in range(SIGNALS_MAX)})
    with pytest.raises(TheirMistake, match="more than"):
        given({f"s{n}": 1 for n in range(SIGNALS_MAX + 1)})
