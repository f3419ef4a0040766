"""Which rows have been kept long enough, by whose rule, and is the clock to be believed that says so?

Facts, entries and states carry no card data and are never taken out. A wrong clock must not destroy evidence: it is
believed once it has run evenly for some hours, and no longer when it jumps.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

KINDS = ("card", "evidence", "stray", "api_key", "api_audit", "delivery")
DAY_MS = 86_400_000
ROWS_AT_ONCE = 500
"""Rows in one transaction; the engine's own commits come in between."""
BATCHES_MAX = 200
"""Transactions of one kind in one run; what is left is for the next."""
CLOCK_SETTLE_MS = 12 * 3_600_000
CLOCK_JUMP_MS = 31 * DAY_MS
CLOCK, CUT = "retention.clock", "retention.evidence"


@dataclass(frozen=True, slots=True)
class Rule:
    """From the day `since` (yyyy-mm-dd) on, rows of `kind` are kept `keep_days`."""

    kind: str
    keep_days: int
    since: str
    why: str = ""


def packaged() -> tuple[Rule, ...]:
    """The rules that come with the program."""
    text = files("chongzheng.journal").joinpath("retention.toml").read_text("utf-8")
    return tuple(Rule(**row) for row in tomllib.loads(text)["rule"])


def in_force(own: Iterable[Rule], now: int) -> dict[str, Rule]:
    """The rule that counts at `now` (epoch ms), for every kind. TheirMistake for a kind that there is not."""
    today = datetime.fromtimestamp(now // 1000, tz=UTC).strftime("%Y-%m-%d")
    found: dict[str, Rule] = {}
    for rule in (*packaged(), *own):
        if rule.kind not in KINDS:
            raise TheirMistake(f"there is no kind {rule.kind!r}; there are {', '.join(KINDS)}", "retention.kind")
        older = found.get(rule.kind)
        if rule.since <= today and (older is None or rule.since >= older.since):
            found[rule.kind] = rule
    return found


class Retention:
    """Takes out what has been kept long enough. `run` may take its time and may be called at any hour."""

    def __init__(self, side: Side, own: Iterable[Rule]) -> None:
        self._side = side
        self._own = tuple(own)

    def run(self, now: int) -> dict[str, int]:
        """How many rows of each kind were taken out; none at all while the clock is not to be believed."""
        if not self._clock_is_even(now):
            return {}
        return {kind: self._expire(kind, rule, now) for kind, rule in in_force(self._own, now).items()}

    def _expire(self, kind: str, rule: Rule, now: int) -> int:
        before, gone = now - rule.keep_days * DAY_MS, 0
        for _ in range(BATCHES_MAX):
            with self._side.together():
                if kind == "evidence":
                    self._move_cut(before)
                    rows = self._side.ask("expire_evidence", before=before, most=ROWS_AT_ONCE, nothing=b"")
                else:
                    rows = self._side.ask(f"expire_{kind}", before=before, most=ROWS_AT_ONCE)
            gone += len(rows)
            if len(rows) < ROWS_AT_ONCE:
                break
        return gone

    def _move_cut(self, before: int) -> None:
        """Whoever checks the journal must know until when evidence may be empty; a longer rule brings none back."""
        rows = self._side.ask("get_cut", name=CUT)
        self._side.ask("put_cut", name=CUT, value=str(max([before, *(int(row[0]) for row in rows)])))

    def _clock_is_even(self, now: int) -> bool:
        with self._side.together():
            rows = self._side.ask("get_cut", name=CLOCK)
            known = json.loads(rows[0][0]) if rows else {"at": 0, "even_since": now}
            jumped = not known["at"] <= now <= known["at"] + CLOCK_JUMP_MS
            even_since = now if jumped else known["even_since"]
            self._side.ask("put_cut", name=CLOCK, value=json.dumps({"at": now, "even_since": even_since}))
        return bool(now - even_since >= CLOCK_SETTLE_MS)
