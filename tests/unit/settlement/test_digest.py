"""Is the digest the same for the same result in any order, and another for another result?"""

from dataclasses import replace

import pytest

from chongzheng.settlement import digest
from chongzheng.settlement.breaks import Difference, Type
from chongzheng.settlement.match import Fit, Match
from unit.settlement.acom_lines import record

MATCHES = [Match(record(1), "P1", Fit.ALL), Match(record(2), "P2", Fit.ORDER)]
DIFFERENCE = Difference(Type.LONG, "P1", 1, 100, "why", ("P2", "P3"))


def test_every_engine_computes_this_number() -> None:
    assert digest.fingerprint("a") == 0x0CC175B9C0F1B6A


def test_order_means_nothing() -> None:
    assert digest.of_matches(MATCHES) == digest.of_matches(MATCHES[::-1])


def test_sums_of_parts_are_the_sum() -> None:
    assert digest.of_matches(MATCHES) == digest.of_matches(MATCHES[:1]) + digest.of_matches(MATCHES[1:])


@pytest.mark.parametrize("other", [replace(MATCHES[0], payment="P2"), replace(MATCHES[0], fit=Fit.TRACE_AND_RRN)])
def test_another_match_is_another_digest(other: Match) -> None:
    assert digest.of_matches([other, MATCHES[1]]) != digest.of_matches(MATCHES)


@pytest.mark.parametrize(
    "changes", [{"fen": 101}, {"type": Type.SHORT}, {"payment": "P9"}, {"record_number": 2}, {"about": ("P2",)}]
)
def test_another_difference_is_another_digest(changes: dict[str, object]) -> None:
    other = replace(DIFFERENCE, **changes)  # type: ignore[arg-type]
    assert digest.of_differences([other]) != digest.of_differences([DIFFERENCE])


def test_it_is_shown_in_hexadecimal() -> None:
    assert digest.shown(255) == "0" * 30 + "ff"
    assert digest.shown(1 << 130) == "0" * 32
