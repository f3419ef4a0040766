"""Is every vice drawn, by seed and payment alone?"""

import pytest

from chongzheng.simulator.ledger import Key
from chongzheng.simulator.vices import (
    LATE_PERCENT,
    REVERSAL_VICES,
    SALE_VICES,
    TIMES_MAX,
    OnReversal,
    OnSale,
    Vice,
    fate,
)

KEYS = [Key("898310000000001", "10000001", "000001", f"{n:06d}") for n in range(3000)]


def test_the_same_seed_and_payment_have_the_same_fate() -> None:
    assert fate(7, KEYS[5]) == fate(7, Key(*KEYS[5]))
    assert [fate(7, key) for key in KEYS[:50]] != [fate(8, key) for key in KEYS[:50]]
    assert [fate(7, key) for key in KEYS[:50]] != [fate(7, key._replace(batch="000002")) for key in KEYS[:50]]


@pytest.mark.parametrize(("table", "kind"), [(SALE_VICES, OnSale), (REVERSAL_VICES, OnReversal)])
def test_every_behaviour_has_a_named_row(table: tuple[Vice, ...], kind: type[OnSale] | type[OnReversal]) -> None:
    assert {vice.does for vice in table} == set(kind)
    assert len({vice.name for vice in table}) == len(table)
    assert all(vice.weight > 0 for vice in table)


def test_every_row_and_code_is_drawn_and_limits_hold() -> None:
    fates = [fate(seed, key) for seed in (1, 2) for key in KEYS]
    assert {one.sale for one in fates} == set(SALE_VICES)
    assert {one.reversal for one in fates} == set(REVERSAL_VICES)
    for one in fates:
        assert one.sale_code in (one.sale.codes or ("00",))
        assert one.reversal_code in (one.reversal.codes or ("00",))
        assert 1 <= one.times <= TIMES_MAX
        assert LATE_PERCENT[0] <= one.late_percent <= LATE_PERCENT[1]
    drawn = {code for one in fates if one.reversal.name == "lost-ack" for code in [one.reversal_code]}
    assert drawn == {"00", "25", "22", "94", "C9", "CA"}


def test_most_sales_are_honest_and_many_are_not() -> None:
    honest = sum(fate(3, key).sale.name == "honest" for key in KEYS)
    assert 0.7 < honest / len(KEYS) < 0.82
