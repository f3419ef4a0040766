"""Is what the house ships right by its own registers?"""

from __future__ import annotations

from chongzheng.cases.shipped import REGISTERS


def test_every_shipped_row_is_one_that_its_register_takes() -> None:
    rows = [(one, name, row) for one in REGISTERS.values() for name, row in one.shipped.items()]
    assert [(one.name, name, wrong) for one, name, row in rows if (wrong := one.wrong(row))] == []


def test_every_register_has_a_name_in_both_languages() -> None:
    assert all(zh and en and zh != en for zh, en in (one.titles for one in REGISTERS.values()))
