"""Are contradictions planted only where a working engine must notice them?"""

from typing import Any

from chongzheng.simulator.clearing import AMOUNT, GHOST, OMIT_REVERSAL, OMIT_SALE
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.planting import EACH_MAX, plant
from chongzheng.simulator.terminal import Seen


def pair(number: int, told: str, code: str, charges: int, returns: int, **more: Any) -> tuple[dict[str, Any], Seen]:
    """A row of the bank's ledger, and what the terminal saw of it."""
    key = Key("898310000000001", "10000001", "000001", f"{number:06d}")
    row = {**key._asdict(), "charges": charges, "returns": returns, "refused": False,
           "on_sale": "honest", "on_reversal": "honest", **more}  # fmt: skip
    return row, Seen(key, 1200, "none", told, code, was_approved=code == "00")


def kinds(*pairs: tuple[dict[str, Any], Seen]) -> list[str]:
    """What is planted there."""
    return sorted(plant(7, [row for row, _ in pairs], {seen.key: seen for _, seen in pairs}).values())


def test_each_kind_finds_its_payments() -> None:
    kept = [pair(n, "approved", "00", 1, 0) for n in range(10)]
    undone = [pair(n, "undone", "00", 1, 1) for n in range(10, 13)]
    refused = [pair(n, "declined", "51", 0, 0, refused=True) for n in range(20, 23)]
    planted = kinds(*kept, *undone, *refused)
    assert planted == sorted([AMOUNT, GHOST, OMIT_REVERSAL, OMIT_SALE] * EACH_MAX)


def test_nothing_is_planted_where_the_engine_may_not_know() -> None:
    assert kinds(
        pair(1, "nothing", "", 1, 0),
        pair(2, "approved", "00", 1, 0, on_sale="wrong-mac"),
        pair(3, "undone", "00", 1, 1, on_reversal="lost-ack"),
        pair(4, "undone", "", 1, 1),
        pair(5, "declined", "98", 0, 0),
        pair(6, "declined", "51", 0, 0),
        pair(7, "forgotten", "00", 1, 0),
    ) == []


def test_no_payment_is_planted_twice_and_the_seed_decides() -> None:
    pairs = [pair(n, "approved", "00", 1, 0) for n in range(3)]
    rows, seen = [row for row, _ in pairs], {one.key: one for _, one in pairs}
    assert len(plant(7, rows, seen)) == 3
    many = [pair(n, "approved", "00", 1, 0) for n in range(100)]
    rows, seen = [row for row, _ in many], {one.key: one for _, one in many}
    assert plant(7, rows, seen) == plant(7, rows[::-1], seen)
    assert plant(7, rows, seen) != plant(8, rows, seen)


def test_what_no_terminal_sent_is_left_alone() -> None:
    row, _ = pair(1, "approved", "00", 1, 0)
    assert plant(7, [row], {}) == {}
