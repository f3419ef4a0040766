"""What does the door need of the part that reads clearing files?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chongzheng.fees.agreement import Agreement
from chongzheng.fees.traffic import Registered
from chongzheng.gateway import payouts
from chongzheng.gateway.expected import Awaited
from chongzheng.gateway.loading import Desk, layouts
from chongzheng.gateway.receiving import Receiving
from chongzheng.gateway.shelf import Shelf
from chongzheng.journal import Reader
from chongzheng.settlement.payouts import Payout


def _packed() -> Desk:
    return Desk(layouts(None))


def _none_expected(reader: Reader, now: int) -> list[Awaited]:
    return []


@dataclass(frozen=True, slots=True)
class ClearingWays:
    """`receiving` takes uploaded files, and `shelf` keeps those that were read; None: there is no inbox. `desk` reads
    files, `payouts`: how channels pay, `agreed`: what fees are checked against, by format and day, None: the packed
    price list; `machines`: what was registered of machines; `expected`: how each file stands that should be here, at
    an instant (epoch ms). TheirMistake of any of them is the configuration's.
    """

    receiving: Receiving | None = None
    shelf: Shelf | None = None
    desk: Callable[[], Desk] = _packed
    payouts: Callable[[], Mapping[str, Payout]] = payouts.agreed
    agreed: Callable[[str, str], Agreement] | None = None
    machines: Callable[[], Mapping[str, Registered]] = dict
    expected: Callable[[Reader, int], list[Awaited]] = _none_expected
