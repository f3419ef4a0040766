"""Who of the five witnesses is believed, where they differ (S-01)? Their words become the columns of the table."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from chongzheng.cases.columns import Original, Reversal, Witnesses


class Says(StrEnum):
    """What one of the five witnesses says of the whole payment (S-01)."""

    MISSING = "missing"
    NOT_DONE = "not done"
    DONE = "done"
    RETURNED = "returned"


def weigh(terminal: Says, host: Says, query: Says, reply: Says, known: Witnesses) -> Witnesses:
    """The witnesses in the columns of the table. `terminal` and `host` are journals, `query` asked the channel, `reply`
    is the issuer's or the wallet's; `known` has the clearing file, the goods and what became of the reversal.

    Query and reply are strong: when they contradict each other, or deny what a journal has approved, nobody is
    believed. A terminal that calls a sale failed is not believed: that is what it does when an answer is lost.
    """
    strong = {query, reply} - {Says.MISSING}
    journals = {terminal, host} - {Says.MISSING}
    if len(strong) > 1 or (strong == {Says.NOT_DONE} and (Says.DONE in journals or host is Says.RETURNED)):
        return replace(known, original=Original.CONTRADICTED)
    if strong == {Says.RETURNED}:
        return replace(known, original=Original.YES, reversal=Reversal.CONFIRMED)
    acked = Says.RETURNED in journals and known.reversal in (Reversal.UNKNOWN, Reversal.NONE, Reversal.FAILED)
    found = replace(known, reversal=Reversal.ACKED) if acked else known
    if strong or host is not Says.MISSING:
        denied = Says.NOT_DONE in strong or (not strong and host is Says.NOT_DONE)
        if denied and not strong and Says.DONE in journals:
            return replace(found, original=Original.CONTRADICTED)
        return replace(found, original=Original.NO if denied else Original.YES)
    return replace(found, original=Original.YES if terminal is Says.DONE else Original.UNKNOWN)
