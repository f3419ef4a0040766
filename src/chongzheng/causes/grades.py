"""Is a measured signal good, fair, poor or as good as none? What was not measured is unknown, never good.

The bounds are those of facts/operations 6.1; those of the cellular signal differ between vendors by about 10 dB.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.causes.signals import Signals
from chongzheng.mistakes import OurMistake


class Grade(StrEnum):
    """How good, best first; UNKNOWN is no grade."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"
    UNKNOWN = "unknown"


NAMES: dict[Grade, tuple[str, str]] = {
    Grade.GOOD: ("良好", "good"),
    Grade.FAIR: ("一般", "fair"),
    Grade.POOR: ("差", "poor"),
    Grade.NONE: ("不可用", "none"),
    Grade.UNKNOWN: ("未知", "unknown"),
}
"""Grade: its name in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Bounds of one metric. `rising`: more is better. A value on the bound of good is good only if `good_included`;
    on the other bounds it has the better of the two grades. `absolute`: the sign does not count."""

    good: float
    fair: float
    poor: float
    rising: bool
    good_included: bool
    absolute: bool = False

    def grade(self, value: float) -> Grade:
        """The grade of a value that was measured."""
        sign = 1.0 if self.rising else -1.0
        seen = sign * (abs(value) if self.absolute else value)
        good = sign * self.good
        if seen > good or (self.good_included and seen == good):
            return Grade.GOOD
        if seen >= sign * self.fair:
            return Grade.FAIR
        return Grade.POOR if seen >= sign * self.poor else Grade.NONE


SCALES: dict[str, Scale] = {
    "tlm.rsrp_dbm": Scale(-90, -100, -110, rising=True, good_included=True),
    "tlm.wifi_rssi_dbm": Scale(-60, -70, -80, rising=True, good_included=True),
    "tlm.rtt_ms_p95": Scale(500, 1500, 3000, rising=False, good_included=False),
    "tlm.loss_pct": Scale(1, 3, 5, rising=False, good_included=False),
    "tlm.clock_drift_s": Scale(5, 60, 300, rising=False, good_included=False, absolute=True),
}
"""The metrics that have grades, by the name of their signal."""


def grade(name: str, value: float | None) -> Grade:
    """The grade of a metric; None, what was not measured, is unknown. OurMistake: the metric has no scale."""
    if name not in SCALES:
        raise OurMistake(f"{name} has no scale")
    return Grade.UNKNOWN if value is None else SCALES[name].grade(value)


def grades(signals: Signals) -> dict[str, Grade]:
    """The grade of every metric that has a scale, also of those that are unknown."""
    found = {name: signals.get(name) for name in SCALES}
    return {name: grade(name, value if isinstance(value, int | float) else None) for name, value in found.items()}
