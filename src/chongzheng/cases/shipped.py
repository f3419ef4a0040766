"""Which registers are there? One line a register; its rows stand in the file of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases.alone import ALONE_LIMITS
from chongzheng.cases.apology import QUIET
from chongzheng.cases.articles import ARTICLES, RIGHTS
from chongzheng.cases.calendar import CALENDAR
from chongzheng.cases.case_rules import ACTIONS, LIMITS, SOURCES
from chongzheng.cases.clawback_rules import CLAWBACK_LIMITS, PRIORS, WAYS
from chongzheng.cases.compensation_rules import BUDGET, COMPENSATION_LIMITS, MATRIX
from chongzheng.cases.complaint import AT_HAND
from chongzheng.cases.contact import SCRIPTS
from chongzheng.cases.contracts import CONTRACTS, SUPPLIERS
from chongzheng.cases.dispute_rules import ACTIONS as DISPUTE_ACTIONS
from chongzheng.cases.dispute_rules import LIMITS as DISPUTE_LIMITS
from chongzheng.cases.dispute_rules import REASON_CODES
from chongzheng.cases.feedback import POOR, WORDS
from chongzheng.cases.inquiry import MANDATORY, REPLIES
from chongzheng.cases.match_windows import MATCH_WINDOWS
from chongzheng.cases.playbook import PLAYBOOKS
from chongzheng.cases.priority import PRIORITY, SEVERITY
from chongzheng.cases.problem import HUMAN_CAUSES, RECURRING
from chongzheng.cases.quiz import QUIZ
from chongzheng.cases.refund_policy import REFUND_POLICY
from chongzheng.cases.refund_rules import OPERATOR_GROUPS, REFUND_BLOCKS, REFUND_LIMITS
from chongzheng.cases.registers import Register, by_name
from chongzheng.cases.release import CANARIES
from chongzheng.cases.routing import SKILLS
from chongzheng.cases.sight import SIGHT
from chongzheng.cases.sla import CLOCKS, PAUSES
from chongzheng.cases.sop import SOPS
from chongzheng.cases.stock import PARTS
from chongzheng.cases.swap import TARGETS
from chongzheng.cases.training import COURSES
from chongzheng.cases.units import MINIMUMS, TECHNICIANS, UNITS

REGISTERS: Mapping[str, Register] = by_name(
    ACTIONS,
    ALONE_LIMITS,
    AT_HAND,
    CALENDAR,
    CLAWBACK_LIMITS,
    CLOCKS,
    PRIORS,
    WAYS,
    CANARIES,
    ARTICLES,
    BUDGET,
    COMPENSATION_LIMITS,
    MATRIX,
    QUIET,
    CONTRACTS,
    COURSES,
    DISPUTE_ACTIONS,
    DISPUTE_LIMITS,
    REASON_CODES,
    HUMAN_CAUSES,
    LIMITS,
    MANDATORY,
    MATCH_WINDOWS,
    MINIMUMS,
    PARTS,
    PLAYBOOKS,
    POOR,
    QUIZ,
    RECURRING,
    OPERATOR_GROUPS,
    REFUND_BLOCKS,
    REFUND_LIMITS,
    REFUND_POLICY,
    RIGHTS,
    SOPS,
    PAUSES,
    PRIORITY,
    REPLIES,
    SCRIPTS,
    SEVERITY,
    SIGHT,
    SKILLS,
    SOURCES,
    SUPPLIERS,
    TARGETS,
    TECHNICIANS,
    UNITS,
    WORDS,
)
