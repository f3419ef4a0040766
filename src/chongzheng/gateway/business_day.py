"""Which business day does an instant belong to, when does that day end, and what time is it on the shop's clock?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

DAY_MS = 86_400_000
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Calendar:
    """`cut_over_min`: minutes after local midnight at which the next business day begins; 0 is midnight itself.

    `fixed_day` (yyyymmdd) makes every instant belong to that day, which then never ends in practice: for
    demonstrations, where a whole clearing cycle passes within minutes.
    """

    utc_offset_h: int = 8
    cut_over_min: int = 23 * 60
    fixed_day: str = ""

    def day(self, at: int) -> tuple[str, int]:
        """The business day (yyyymmdd) of the instant `at` and the instant (both epoch ms) at which it ends."""
        if self.fixed_day:
            return self.fixed_day, at + DAY_MS
        shift_ms = self.utc_offset_h * 60 * MINUTE_MS + (DAY_MS - self._cut_ms()) % DAY_MS
        number = (at + shift_ms) // DAY_MS
        ends_at = (number + 1) * DAY_MS - shift_ms
        return datetime.fromtimestamp(number * 86_400, tz=UTC).strftime("%Y%m%d"), ends_at

    def local(self, at: int) -> tuple[str, str]:
        """F12 and F13 of the instant `at`: local time hhmmss and date MMDD."""
        here = datetime.fromtimestamp(at // 1000, tz=timezone(timedelta(hours=self.utc_offset_h)))
        return here.strftime("%H%M%S"), here.strftime("%m%d")

    def _cut_ms(self) -> int:
        return self.cut_over_min * MINUTE_MS
