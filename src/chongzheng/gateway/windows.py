"""By which matching windows is the file of a clearing day read, and which days around it does nobody work?"""

from __future__ import annotations

from chongzheng.cases.match_windows import MATCH_WINDOWS
from chongzheng.journal.ledger import Asking
from chongzheng.journal.registers import rows_on
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.windows import Windows, read

REST_DAYS_AROUND = 40
"""A payment that waits for files so long, counted in working days, is a person's."""


def on(journal: Asking, day: str) -> Windows:
    """The rows of the register in force on `day` (yyyymmdd)."""
    return read(rows_on(journal, MATCH_WINDOWS.name, day))


def rest(first: str, last: str) -> frozenset[str]:
    """The days off that the calendar knows. Beyond it every day counts as worked, so that an alarm comes early, not
    never."""
    from chongzheng.gateway.rest_days import between  # the calendar costs an engine's start, and few count working days

    found: set[str] = set()
    while first <= last:
        try:
            found |= between(first, first)
        except TheirMistake:
            break
        first = days.shifted(first, 1)
    return frozenset(found)


def rest_around(day: str) -> frozenset[str]:
    """Days off that matter to payments about which the file of `day` may have the last word, and to later files."""
    return rest(days.shifted(day, -REST_DAYS_AROUND), days.shifted(day, REST_DAYS_AROUND))
