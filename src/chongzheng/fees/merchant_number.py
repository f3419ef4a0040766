"""What does a merchant number (F42) claim: whose it is, where it lies, and what is sold there?

Institution 3, region 4, category 4, serial 4 (facts/operations 4.5). The region is written in one of two styles, and
nothing says in which: the first four digits of the national code of administrative areas, or the code of the clearing
centre. Serial, and sometimes more, may hold letters, and small merchants may share a pooled number: what a number
claims is evidence, not truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

LENGTH = 15

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()
)
"""Provinces by the first two digits of the national code."""

# First two digits of a clearing centre's code, from the first of a province to the last, and the province.
_CENTRES = (
    (10, 10, "11"), (11, 11, "12"), (12, 14, "13"), (16, 18, "14"), (19, 20, "15"), (22, 23, "21"), (24, 25, "22"),
    (26, 28, "23"), (29, 29, "31"), (30, 32, "32"), (33, 35, "33"), (36, 38, "34"), (39, 41, "35"), (42, 44, "36"),
    (45, 48, "37"), (49, 51, "41"), (52, 54, "42"), (55, 57, "43"), (58, 60, "44"), (61, 63, "45"), (64, 64, "46"),
    (65, 68, "51"), (69, 69, "50"), (70, 72, "52"), (73, 76, "53"), (77, 78, "54"), (79, 81, "61"), (82, 84, "62"),
    (85, 86, "63"), (87, 87, "64"), (88, 90, "65"),
)  # fmt: skip

BY_CENTRE = MappingProxyType(
    {f"{code:02d}": province for first, last, province in _CENTRES for code in range(first, last + 1)}
)


@dataclass(frozen=True, slots=True)
class MerchantNumber:
    """The four parts as they stand."""

    institution: str
    region: str
    mcc: str
    serial: str

    @property
    def provinces(self) -> frozenset[str]:
        """The provinces (two digits of the national code) that the region may mean; none: it is no region."""
        start = self.region[:2]
        if not self.region.isdigit():
            return frozenset()
        return frozenset({start} & PROVINCES) | frozenset({BY_CENTRE[start]} if start in BY_CENTRE else ())

    def may_lie_in(self, province: str) -> bool:
        """Whether the region may mean this province; a region that means nothing speaks against none."""
        return not self.provinces or province in self.provinces


def parse(number: str) -> MerchantNumber | None:
    """The parts of a merchant number; None when it is not built that way: another length, or no category in it."""
    text = number.strip()
    if len(text) != LENGTH or not (text.isascii() and text.isalnum()) or not text[7:11].isdigit():
        return None
    return MerchantNumber(text[:3], text[3:7], text[7:11], text[11:])
