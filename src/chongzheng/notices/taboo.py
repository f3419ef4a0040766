"""Which words may a notice never say: promises nobody can keep, codes nobody outside knows, blame before its time?"""

from __future__ import annotations

import re
from enum import StrEnum


class Audience(StrEnum):
    """Who reads a notice."""

    CARDHOLDER = "cardholder"
    SHOP = "shop"
    SUPPLIER = "supplier"
    DEPARTMENT = "department"
    TECHNICIAN = "technician"
    MANAGER = "manager"


OUTSIDE = frozenset({Audience.CARDHOLDER, Audience.SHOP})
"""They know no code of ours, and need none."""

_UNKEEPABLE = re.compile(
    r"绝不再|绝不会再|不会再次?(发生|出现)|永不再|保证不再|杜绝此类|绝对不会|百分之百|"
    r"never (ever )?(again|happen)|(will|shall) not happen again|won'?t happen again|we guarantee|100 ?%",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b[A-Z]{2}-[A-Z]{2,}\b"  # causes, HW-PRN
    r"|\bF[0-9]{1,3}\b"  # fields of a message
    r"|\b[A-Z]{2,}_[A-Z_]{2,}\b"  # states, CHARGED_KEPT
    r"|\b(?:DOUBTFUL|UNKNOWN|REVERSING|CONTESTED|STAN|RRN|MTI)\b"
    r"|\b(?:D1?[0-9]|PR-[0-9X]|[SME]-?[0-9]{2})\b"  # rules, decision rows, requirements
    r"|(?<![*(.,:-])\b(?:0[1-8][0-9]0)\b(?![):.,-]?[ -]?[0-9])"  # message types, 0400; no card's end, no area code
    r"|[应响]答码|返回码|错误码|原因代?码|response code|error code|reason code",
)
_BLAME = re.compile(
    r"(是|由于|因)(商户|店员|收银员|操作员|银行|发卡行|您|持卡人).{0,6}(责任|过错|失误|造成|操作不当)|"
    r"(is|was) the (merchant|shop|cashier|operator|bank|issuer|cardholder|customer)'s (fault|mistake|error)|"
    r"\b(your|their) (own )?(fault|mistake)\b",
    re.IGNORECASE,
)


def objections(text: str, audience: Audience, attributed: bool) -> tuple[str, ...]:
    """Why this text may not go to this audience: one line each, none if it may. `attributed`: the cause is settled."""
    found = [f"promises what nobody can keep: {word}" for word in _words(_UNKEEPABLE, text)]
    if audience in OUTSIDE:
        found += [f"shows a code of ours: {word}" for word in _words(_CODE, text)]
    if not attributed:
        found += [f"blames before the cause is settled: {word}" for word in _words(_BLAME, text)]
    return tuple(found)


def _words(pattern: re.Pattern[str], text: str) -> list[str]:
    return sorted({match.group() for match in pattern.finditer(text)})
