"""Is each of the five wrongs found, and nothing else called wrong?"""

from __future__ import annotations

import pytest

from chongzheng.cases.finder import (
    APPROVED,
    CLEARING,
    DECLINED,
    HOST,
    PENDING,
    REVERSAL,
    SALE,
    TERMINAL,
    Seen,
    Wrong,
    suspects,
)


def line(source: str, what: str = SALE, outcome: str = APPROVED, fen: int = 100) -> Seen:
    return Seen(source, "k", what, fen, outcome)


T, H, C = line(TERMINAL), line(HOST), line(CLEARING)
H_UNDONE, C_UNDONE = line(HOST, REVERSAL), line(CLEARING, REVERSAL)
T_NO, H_NO = line(TERMINAL, outcome=DECLINED), line(HOST, outcome=DECLINED)


@pytest.mark.parametrize(
    "lines",
    [
        [T, H, C],
        [H, C],
        [T_NO, H_NO],
        [T_NO],
        [T, H, H_UNDONE],
        [T, H, H_UNDONE, C, C_UNDONE],
        [T_NO, H, H_UNDONE],
        [T, H, C, line(HOST, REVERSAL, DECLINED)],
        [T, H, H_UNDONE, line(TERMINAL, REVERSAL, PENDING)],
    ],
)
def test_what_is_as_it_should_be_is_not_named(lines: list[Seen]) -> None:
    assert suspects(lines) == []


@pytest.mark.parametrize(
    ("lines", "wrong", "why"),
    [
        ([H_UNDONE], Wrong.UNMATCHED, "nobody knows"),
        ([T, H, H, C], Wrong.DUPLICATE, "2 sales under one number at the host"),
        ([T, H, C, C], Wrong.DUPLICATE, "at the clearing"),
        ([T, H, line(CLEARING, fen=90)], Wrong.AMOUNT, "90 and 100 fen"),
        ([T, line(HOST, outcome=PENDING)], Wrong.PENDING, "no end"),
        ([T, H, C, line(HOST, REVERSAL, PENDING)], Wrong.PENDING, "no end"),
        ([T, H, C, line(TERMINAL, REVERSAL, PENDING)], Wrong.PENDING, "nobody answered"),
        ([T, H], Wrong.ONE_SIDED, "it stands at the host, but is not in the file"),
        ([T_NO, H_NO, C], Wrong.ONE_SIDED, "it does not stand at the host, but is in the file"),
        ([T, H, H_UNDONE, C], Wrong.ONE_SIDED, "does not stand"),
        ([T_NO, H, C], Wrong.ONE_SIDED, "declined at the terminal, approved at the host"),
        ([T], Wrong.ONE_SIDED, "approved at the terminal, unknown at the host"),
    ],
)
def test_each_wrong_is_named_with_its_reason(lines: list[Seen], wrong: Wrong, why: str) -> None:
    (found,) = suspects(lines)
    assert found.wrong is wrong and why in found.why


def test_payments_are_judged_one_by_one_in_the_order_of_their_keys() -> None:
    two = [Seen(TERMINAL, "b", SALE, 1), Seen(TERMINAL, "a", SALE, 1), Seen(HOST, "c", SALE, 1, DECLINED)]
    assert [found.key for found in suspects(two)] == ["a", "b"]
