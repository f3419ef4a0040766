"""Which registers does the house keep, what may stand in a row, and what does it ship? Dated, editable data.

A register is a table of named rows. A rule asks for it by name (`Given.rule`) and gets every row in force at its
fact's instant. `money`: a row moves money, so a second person approves it; else it is in force from its day on.
`unverified`: the source is second-hand; whoever sees the row sees that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from chongzheng.cases.fields import Field, misfit


def nothing_else(row: Mapping[str, Any]) -> str:
    """A row of the right fields is a right row."""
    return ""


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `titles`: (zh, en); `fields`: what a row says; `check`: what is wrong with such a row beyond that,
    "" nothing; `shipped`: the rows of the house."""

    name: str
    titles: tuple[str, str]
    money: bool
    fields: tuple[Field, ...]
    shipped: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], str] = nothing_else

    def wrong(self, row: Mapping[str, Any]) -> str:
        """What is wrong with this row, in one line; "" when nothing is."""
        return misfit(self.fields, row) or self.check(row)


NAMES = (Field("zh", "text", "中文名", "its name in Chinese"), Field("en", "text", "英文名", "its name in English"))
"""What a person calls a row."""
UNVERIFIED = Field("unverified", "flag", "未核实", "the source is second-hand", needed=False)
PROPOSAL = Field("unverified", "flag", "未核实", "a proposal of ours", needed=False)


def limits(
    name: str,
    titles: tuple[str, str],
    shipped: Mapping[str, Mapping[str, Any]],
    *also: Field,
    money: bool,
    says: str = "the limit",
) -> Register:
    """A register whose rows are one number each, `n` above nought; `says`: in which unit, `also`: further fields."""
    fields = (*NAMES, Field("n", "whole", "数值", says), *also)
    return Register(name, titles, money, fields, shipped, lambda row: "" if row["n"] > 0 else "n is above nought")


def by_name(*registers: Register) -> Mapping[str, Register]:
    """Registers by their names."""
    return MappingProxyType({register.name: register for register in registers})
