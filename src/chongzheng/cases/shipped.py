"""Which registers are there? One line a register; its rows stand in the file of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases.problem import HUMAN_CAUSES
from chongzheng.cases.registers import Register, by_name
from chongzheng.cases.stock import PARTS
from chongzheng.cases.swap import TARGETS

REGISTERS: Mapping[str, Register] = by_name(
    HUMAN_CAUSES,
    PARTS,
    TARGETS,
)
