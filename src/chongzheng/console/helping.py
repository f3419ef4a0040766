"""Which rows of the requirements does a page serve? Those that are built in what the page shows.

`SHOWS` says which parts of the program a page brings before people; a row of the table of requirements that is built
there is served there. The page of a matter shows the parts of its kind, found from the kind's own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chongzheng.cases.kinds import KINDS
from chongzheng.reports.requirements import Requirement, every_row

NOTHING: tuple[str, ...] = ()
"""For signing in, finding the way, settings: no row of the requirements by itself."""
_LISTS = ("cases/queues.py", "cases/priority.py", "cases/routing.py", "cases/sla.py")
_CASE = (
    "cases/case_steps.py", "cases/confirm.py", "cases/position.py", "cases/sop.py", "cases/retry.py", "cases/sla.py",
    "causes/score.py", "causes/attribution.py", "reports/case_file.py", "cases/backup.py", "cases/rebuild.py",
)  # fmt: skip
_PAYMENT = ("cases/confirm.py", "cases/timeline.py", "journal/timelines.py", "journal/ledger.py")
_BOOKS = ("journal/ledger.py", "cases/position.py")
_FEES = ("fees/tariff.py", "fees/share.py", "fees/entry.py", "fees/agreement.py")
_RULES = (
    "cases/sla.py", "cases/sop.py", "cases/contracts.py", "fees/agreement.py", "fees/tariff.py", "notices/wording.py",
    "cases/sight.py", "cases/units.py", "cases/playbook.py", "cases/training.py", "cases/refund_policy.py",
)  # fmt: skip

SHOWS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "sign-in": NOTHING, "second-factor": NOTHING, "prove": NOTHING, "home": NOTHING, "help": NOTHING,
    "tour": NOTHING, "tour-case": NOTHING,
    "queue": _LISTS, "area": (*_LISTS, "cases/case_states.py"),
    "search": ("cases/finder.py", "cases/search.py", "cases/article.py"),
    "matter": NOTHING, "matter-print": ("reports/case_file.py", "reports/retrieval.py"),
    "matter-report": ("reports/case_file.py",),
    "open": NOTHING, "open-kind": NOTHING, "export": _LISTS,
    "bulk": _LISTS, "field": ("cases/survey.py", "cases/task.py"), "field-worker": NOTHING,
    "field-state": NOTHING,
    "payment": _PAYMENT, "payment-print": _PAYMENT, "retrieval": _PAYMENT,
    "live": ("reports/figures.py", "causes/patterns.py", "journal/rates.py"),
    "live-figures": ("reports/figures.py", "causes/patterns.py", "journal/rates.py"),
    "money": _BOOKS, "suspense": _BOOKS, "breaks": _BOOKS, "break": _BOOKS, "clearing-files": _BOOKS,
    "clearing-file": _BOOKS, "statements": _BOOKS, "statement": _BOOKS, "ledger": _BOOKS, "account": _BOOKS,
    "days": _BOOKS, "day": _BOOKS, "day-trial": _BOOKS, "day-export": _BOOKS,
    "fees": _FEES, "fees-file": _FEES, "hopping": ("fees/hopping.py", "fees/usage.py"),
    "payment-link": ("notices/wording.py",), "contact": ("notices/wording.py", "cases/complaint.py"),
    "people": ("cases/routing.py",), "person": ("cases/routing.py",), "person-add": NOTHING,
    "register-export": _RULES, "register-import": _RULES,
    "registers": _RULES, "register": _RULES, "propose": _RULES,
})  # fmt: skip
"""page of the table of pages -> files of the program that it brings before people; OF_A_KIND go by kind as well."""
OF_A_KIND = frozenset({"matter", "open-kind", "matter-print"})


@cache
def _rows() -> tuple[Requirement, ...]:
    return every_row()


def parts_of(kind: str) -> frozenset[str]:
    """Files of the program in which a kind of matter is decided: those of its table's rules, and of its name."""
    if kind not in KINDS:
        return frozenset()
    named = {
        f"{row.do.__module__.removeprefix('chongzheng.').replace('.', '/')}.py"
        for row in KINDS[kind].rows
        if row.do is not None
    }
    own = {f"cases/{kind}.py", f"cases/{kind}s.py", f"cases/{kind}_rules.py", f"cases/{kind}_policy.py"}
    return frozenset(named | own | (set(_CASE) if kind == "case" else set())) - {"cases/desk.py", "cases/kin.py"}


def served(page: str, kind: str = "") -> tuple[Requirement, ...]:
    """The rows that a page serves; of a page that is a kind's, those of the kind too."""
    shown = set(SHOWS.get(page, NOTHING)) | (parts_of(kind) if page in OF_A_KIND else frozenset())
    return tuple(row for row in _rows() if shown.intersection(row.built))
