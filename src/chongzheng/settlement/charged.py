"""Which lines of the file charge another fee than the agreed one, in the words of finance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from chongzheng.fees.agreement import Agreement, FeeCheck, FeeDifference, Side, check
from chongzheng.settlement.breaks import Difference, Type, Viewpoint
from chongzheng.settlement.line import Record

NETWORK_FORMATS = frozenset({"acom", "acomn", "acoma"})
"""Layouts whose fees the acquirer pays to issuer and network; those of all others are a merchant's."""

_VIEWPOINTS = MappingProxyType({Side.MERCHANT: Viewpoint.MERCHANT, Side.NETWORK: Viewpoint.ACQUIRER})


def side(layout: str) -> Side:
    """Whose fees a file of this layout holds."""
    return Side.NETWORK if layout in NETWORK_FORMATS else Side.MERCHANT


def differences(
    records: Sequence[Record], agreement: Agreement, payments: Mapping[int, str]
) -> tuple[tuple[Difference, ...], FeeCheck]:
    """The differences of type FEE, in the order of the file, and the check they come from.

    `payments`: number of a line -> id of the payment that it was matched to, for those that were.
    """
    found = check(records, agreement)
    viewpoint = _VIEWPOINTS[agreement.side]
    return tuple(_difference(one, payments.get(one.number, ""), viewpoint) for one in found.differences), found


def _difference(one: FeeDifference, payment: str, viewpoint: Viewpoint) -> Difference:
    said = f"{one.part} fee {one.charged_fen} fen, agreed {one.agreed_fen}: {one.why}"
    return Difference(Type.FEE, payment, one.number, -one.fen, said, viewpoint=viewpoint)
