"""Are patterns found that are there, and left out where chance or another one explains them? Are chances exact?"""

import random
from fractions import Fraction
from math import comb, isclose

import pytest

from chongzheng.causes import patterns as module
from chongzheng.causes.patterns import PATTERNS_MAX, Attempt, patterns


def attempts(failures: int, of: int, **features: str) -> list[Attempt]:
    return [Attempt(features, n < failures) for n in range(of)]


def pairs(rows: list[Attempt]) -> list[tuple[str, str]]:
    return [(one.feature, one.value) for one in patterns(rows)]


def test_a_firmware_that_fails_more_often_is_found_with_its_counts() -> None:
    rows = attempts(30, 100, firmware="4.2") + attempts(10, 400, firmware="4.3")
    (found,) = patterns(rows)
    assert (found.feature, found.value) == ("firmware", "4.2")
    assert (found.failures, found.attempts, found.failures_elsewhere, found.attempts_elsewhere) == (30, 100, 10, 400)
    assert found.times == 12 and 0 < found.chance < 1e-10


def test_where_nothing_fails_elsewhere_there_is_no_ratio() -> None:
    (found,) = patterns(attempts(30, 100, firmware="4.2") + attempts(0, 400, firmware="4.3"))
    assert found.times is None


def test_what_chance_explains_is_no_pattern() -> None:
    assert patterns([]) == []
    assert patterns(attempts(0, 100, firmware="4.2") + attempts(0, 100, firmware="4.3")) == []
    assert patterns(attempts(12, 100, firmware="4.2") + attempts(10, 100, firmware="4.3")) == []


def test_few_attempts_and_a_feature_with_one_value_are_not_judged() -> None:
    assert patterns(attempts(19, 19, firmware="4.2") + attempts(0, 400, firmware="4.3")) == []
    assert patterns(attempts(20, 20, firmware="4.2") + attempts(0, 400, firmware="4.3")) != []
    assert patterns(attempts(50, 100, firmware="4.2")) == []


def test_a_region_that_merely_runs_the_bad_firmware_falls_away() -> None:
    dice = random.Random(5)
    rows = []
    for _ in range(4_000):
        east = dice.random() < 0.3
        bad = dice.random() < (0.8 if east else 0.1)
        features = {"region": "east" if east else "west", "firmware": "4.2" if bad else "4.3"}
        rows.append(Attempt(features, dice.random() < (0.2 if bad else 0.02)))
    rate = {name: [one.failed for one in rows if one.features["region"] == name] for name in ("east", "west")}
    assert sum(rate["east"]) * len(rate["west"]) > 3 * sum(rate["west"]) * len(rate["east"]), "east looks worse"
    assert pairs(rows) == [("firmware", "4.2")]


def test_both_are_found_when_both_are_bad_and_the_order_of_rows_does_not_matter() -> None:
    dice = random.Random(6)
    rows = []
    for _ in range(4_000):
        features = {"region": dice.choice("abcd"), "firmware": dice.choice("123")}
        worse = (features["region"] == "a") + (features["firmware"] == "2")
        rows.append(Attempt(features, dice.random() < 0.03 * 3**worse))
    found = pairs(rows)
    assert set(found) == {("region", "a"), ("firmware", "2")}
    dice.shuffle(rows)
    assert pairs(rows) == found


def test_the_list_ends_at_its_limit() -> None:
    rows = [one for n in range(PATTERNS_MAX + 2) for one in attempts(60, 100, issuer=f"I{n}")]
    assert len(patterns(rows + attempts(0, 20_000, issuer="other"))) == PATTERNS_MAX


@pytest.mark.parametrize(
    ("whole", "failures", "drawn"), [(10, 4, 5), (60, 20, 45), (500, 30, 100), (5, 0, 2), (5, 5, 5)]
)
def test_chances_are_those_of_drawing_without_putting_back(whole: int, failures: int, drawn: int) -> None:
    first, chances = module._hypergeometric(whole, failures, drawn)
    for count, chance in enumerate(chances, first):
        ways = comb(failures, count) * comb(whole - failures, drawn - count)
        assert isclose(chance, Fraction(ways, comb(whole, drawn)), rel_tol=1e-9)
    assert isclose(sum(chances), 1)


def test_two_counts_are_folded() -> None:
    assert module._folded([0.5, 0.5], [0.25, 0.75]) == [0.125, 0.5, 0.375]
