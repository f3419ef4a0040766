"""What did the lost records of a terminal say, as far as other witnesses know it? Nothing is invented (S-24).

A record is rebuilt when every value it needs is there and no two witnesses disagree about one; else it is listed as
irrecoverable, with what is missing or contested. Every value names the witness that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chongzheng.cases.backup import Key

WITNESSES = ("host", "backup", "slip")
"""In the order in which they are believed (facts 6.4): host journal, the terminal's own backup, slip."""
NEEDED = ("what", "amount_fen", "at", "card", "code")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One lost record: its values and the witness of each; what nobody knows; what witnesses disagree about."""

    key: Key
    values: Mapping[str, Any]
    sources: Mapping[str, str]
    missing: tuple[str, ...]
    contested: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether it is rebuilt; else it is irrecoverable."""
        return not self.missing and not self.contested


def rebuild(lost: Iterable[Key], told: Mapping[str, Mapping[Key, Mapping[str, Any]]]) -> list[Rebuilt]:
    """One answer a lost record, in their order. `told`: witness -> key -> the values that it knows of it."""
    return [_one(key, {who: told[who][key] for who in WITNESSES if key in told.get(who, {})}) for key in lost]


def _one(key: Key, said: Mapping[str, Mapping[str, Any]]) -> Rebuilt:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    contested: dict[str, dict[str, Any]] = {}
    for name in NEEDED:
        heard = {who: record[name] for who, record in said.items() if record.get(name) not in (None, "")}
        if len({repr(value) for value in heard.values()}) > 1:
            contested[name] = heard
        elif heard:
            sources[name], values[name] = next(iter(heard.items()))
    missing = tuple(name for name in NEEDED if name not in values and name not in contested)
    return Rebuilt(key, values, sources, missing, contested)
