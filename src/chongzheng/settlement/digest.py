"""Did two reconciliations come to the same result? A number that does not depend on the order of the work.

Each match and each difference is a line of text; the digest adds up the first 60 bits of the MD5 of every line. MD5
because every SQL engine has it and nobody gains by a collision: the digest compares our own results with each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from chongzheng.settlement.breaks import Difference
from chongzheng.settlement.match import Match

HEX_DIGITS = 15
SPACE = 1 << 128


def fingerprint(text: str) -> int:
    """The first 60 bits of the MD5 of `text`, as every engine computes it."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:HEX_DIGITS], 16)


def of_matches(matches: Iterable[Match]) -> int:
    """The sum over matches; sums may be added to sums of other matches."""
    return sum(fingerprint(f"{one.record.number} {one.payment} {one.fit.value}") for one in matches)


def of_differences(differences: Iterable[Difference]) -> int:
    """The sum over differences."""
    return sum(
        fingerprint(" ".join(map(str, (one.type, one.payment, one.record_number, one.fen, one.why, *one.about))))
        for one in differences
    )


def shown(total: int) -> str:
    """A sum as 32 hexadecimal digits."""
    return f"{total % SPACE:032x}"
