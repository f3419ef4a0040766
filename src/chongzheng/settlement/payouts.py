"""When is the money of a clearing day due at the bank, and under which names does it come? Data, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from chongzheng.fees.rows import Row, tables
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.bank import Movement
from chongzheng.settlement.windows import Counting

DAYS_MAX = 30
TAIL_FEN_MAX = 10_000
NAMES_MAX = 20


@dataclass(frozen=True, slots=True)
class Payout:
    """How a channel pays. `account`: where to, "" for any; see payouts.toml for the rest."""

    channel: str
    names: tuple[str, ...]
    counting: Counting = Counting.T
    days: int = 1
    late_days: int = 0
    tail_fen: int = 0
    account: str = ""

    def due(self, day: str, rest_days: Set[str]) -> str:
        """The day (yyyymmdd) on which the money of clearing day `day` is due."""
        return self._after(day, self.days, rest_days)

    def late(self, due: str, rest_days: Set[str]) -> str:
        """The last day on which it may still come."""
        return self._after(due, self.late_days, rest_days)

    def is_theirs(self, movement: Movement, account: str) -> bool:
        """Whether a movement of the account is this channel's by its name."""
        return self.account in ("", account) and any(movement.names(name) for name in self.names)

    def _after(self, day: str, count: int, rest_days: Set[str]) -> str:
        if self.counting is Counting.D:
            return days.shifted(day, count)
        for _ in range(count):
            day = days.working(days.shifted(day, 1), rest_days)
        return day


def read(text: str, name: str) -> dict[str, Payout]:
    """The payouts by channel in the TOML `text` of the file `name`. TheirMistake, one line with file, row and key."""
    found: dict[str, Payout] = {}
    for row in tables(text, name, ("payout",))["payout"]:
        payout = _payout(row)
        if payout.channel in found:
            raise row.wrong("channel", f"{payout.channel} stands there twice")
        found[payout.channel] = payout
    return found


def of(payouts: Mapping[str, Payout], channel: str) -> Payout:
    """The payout of a channel. TheirMistake: nobody said how it pays."""
    if channel not in payouts:
        raise TheirMistake("has no [[payout]]; say when it pays and under which names", f"channel {channel}")
    return payouts[channel]


def _payout(row: Row) -> Payout:
    row.refuse_others(("channel", "names", "counting", "days", "late_days", "tail_fen", "account"))
    return Payout(
        row.name("channel"),
        row.texts("names", NAMES_MAX),
        Counting(row.choice("counting", [one.value for one in Counting], "T")),
        row.whole("days", DAYS_MAX),
        row.whole("late_days", DAYS_MAX) if "late_days" in row else 0,
        row.whole("tail_fen", TAIL_FEN_MAX) if "tail_fen" in row else 0,
        row.text("account"),
    )
