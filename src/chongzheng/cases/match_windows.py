"""How far may a payment and its line in a channel's file lie apart: which rows say so, and what is a right one?

Rows are by channel, `others` for every channel without a row. They decide what counts as a difference, so a second
person approves each; the file of a clearing day is read by the rows in force on that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register
from chongzheng.settlement.windows import Counting, rows

MOST: Mapping[str, int] = MappingProxyType({
    "before_days": 31,
    "after_days": 7,
    "files_after": 31,
    "tolerance_fen": 100,
    "undone_days": 400,
})  # fmt: skip
"""A wider window would join what has nothing to do with each other; a larger tolerance would hide money."""


def _out_of_range(row: Mapping[str, Any]) -> str:
    return next((f"{name} is 0 to {most}" for name, most in MOST.items() if not 0 <= row[name] <= most), "")


MATCH_WINDOWS = Register(
    name="matching windows",
    titles=("对账窗口", "matching windows"),
    money=True,
    fields=(
        Field("before_days", "whole", "前置天数", "how many days before its line a payment may lie"),
        Field("after_days", "whole", "后置天数", "how many days after its line a payment may lie"),
        Field("files_after", "whole", "后续文件数", "how many later files may still bring the line of a payment"),
        Field("counting", "word", "计日", "those files by calendar days (D) or working days (T)",
              choices=tuple(one.value for one in Counting)),
        Field("tolerance_fen", "whole", "容差(分)", "two amounts that differ by no more fen are the same"),
        Field("undone_days", "whole", "可撤销天数", "how old a sale may be that a refund or reversal takes back"),
    ),
    check=_out_of_range,
    shipped=rows(),
)  # fmt: skip
