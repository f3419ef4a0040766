"""Which registers are there? One line a register; its rows stand in the file of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases.calendar import CALENDAR
from chongzheng.cases.case_rules import ACTIONS, LIMITS, SOURCES
from chongzheng.cases.contracts import CONTRACTS, SUPPLIERS
from chongzheng.cases.priority import PRIORITY, SEVERITY
from chongzheng.cases.problem import HUMAN_CAUSES
from chongzheng.cases.registers import Register, by_name
from chongzheng.cases.sla import CLOCKS, PAUSES
from chongzheng.cases.stock import PARTS
from chongzheng.cases.swap import TARGETS

REGISTERS: Mapping[str, Register] = by_name(
    ACTIONS,
    CALENDAR,
    CLOCKS,
    CONTRACTS,
    HUMAN_CAUSES,
    PARTS,
    SUPPLIERS,
    TARGETS,
    LIMITS,
    PAUSES,
    PRIORITY,
    SEVERITY,
    SOURCES,
)
