"""What has the house decided, from which day on, and who approved it? Dated rule rows of the journal.

A rule is in force from its day when a second person has approved it; of several days the last one that has come counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chongzheng.journal.actors import Actors, May, NotAllowed
from chongzheng.journal.acts import enact, queue
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX
from chongzheng.settlement.days import CHINA_AHEAD_S, is_day

ALONE_UP_TO_FEN = "breaks.alone_up_to_fen"
"""Up to how much one person may resolve alone. Without a row nobody may: strict four eyes is the default."""
KNOWN = {ALONE_UP_TO_FEN: "the most, in fen, that one person may resolve without a second"}
REASON_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row. `valid_from`: yyyymmdd; `approved_by` None: not in force yet. Instants are epoch ms."""

    name: str
    valid_from: str
    value: str
    reason: str
    proposed_by: str
    proposed_at: int
    approved_by: str | None
    approved_at: int | None


class Rules:
    """The rows. Every method that changes something is one transaction."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._actors = Actors(side)

    def all(self) -> list[Rule]:
        """Every row, also past and proposed ones."""
        return [Rule(*row) for row in self._side.ask("all_rules")]

    def limit(self, name: str, at: int) -> int | None:
        """The number that is in force at this instant; None when there is none."""
        rows = self._side.ask("rule_in_force", name=name, day=day_of(at))
        return int(rows[0][0]) if rows else None

    def propose(self, name: str, valid_from: str, value: str, reason: str, by: str, at: int) -> None:
        """A new row, or another value for one that nobody approved. TheirMistake: no such rule, value or day."""
        _check(name, valid_from, value, reason, at)
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.SET_RULES)
            row = {"name": name, "valid_from": valid_from, "value": value, "reason": reason}
            if not self._side.ask("put_rule", **row, by=by, at=at):
                raise TheirMistake("is approved for this day already; choose another day", name)
            del row["name"]
            enact(self._side, at, by, "rule proposed", f"rule {name}", **row)

    def approve(self, name: str, valid_from: str, value: str, by: str, at: int) -> None:
        """Put the row in force; `value` is what was shown. Not by whoever proposed it, nor for a day that is over."""
        with self._side.together():
            queue(self._side)
            self._actors.allowed(by, May.SET_RULES)
            rows = self._side.ask("get_rule", name=name, valid_from=valid_from)
            if not rows or rows[0][2] is not None:
                raise TheirMistake("no such rule waits for approval", f"{name} from {valid_from}")
            if rows[0][1] == by:
                raise NotAllowed("whoever proposed it cannot approve it; that takes a second person")
            if rows[0][0] != value:
                raise TheirMistake("its value is another one now; look again", f"{name} from {valid_from}")
            if valid_from < day_of(at):
                raise TheirMistake("its day is over; propose it for a day to come", f"{name} from {valid_from}")
            if not self._side.ask("approve_rule", name=name, valid_from=valid_from, value=value, by=by, at=at):
                raise TheirMistake("somebody else was quicker", f"{name} from {valid_from}")
            enact(self._side, at, by, "rule approved", f"rule {name}", valid_from=valid_from, value=value)


def day_of(at: int) -> str:
    """The day (yyyymmdd) of an instant (epoch ms) in China."""
    return f"{datetime.fromtimestamp(at // 1000, UTC) + timedelta(seconds=CHINA_AHEAD_S):%Y%m%d}"


def _check(name: str, valid_from: str, value: str, reason: str, at: int) -> None:
    if name not in KNOWN:
        raise TheirMistake(f"no such rule; known are {', '.join(KNOWN)}", name)
    if not is_day(valid_from) or valid_from < day_of(at):
        raise TheirMistake("is a day to come, or today, as yyyymmdd", "from")
    if not (value.isascii() and value.isdigit() and int(value) <= FEN_MAX):
        raise TheirMistake("is a whole number of fen, at most twelve digits", "value")
    if not reason.strip() or len(reason) > REASON_CHARS_MAX or not reason.isprintable():
        raise TheirMistake(f"is 1 to {REASON_CHARS_MAX} visible characters", "reason")
