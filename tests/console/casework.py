"""How does a test get a case that looks like one: real messages, clocks that differ, witnesses, causes, a refund?"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from chongzheng.card import masked
from chongzheng.cases.calendar import day_of
from chongzheng.journal import Evidence, Journal, Submission, evidence
from chongzheng.journal.matters import Matters
from chongzheng.reversal.facts import ReversalStopped
from journal.made import AMOUNT_FEN, NOON_MS, asked, bare, key, name_of, pan, reply, request, sale, written

AHEAD_MS = 95_000
"""So much the clock of these terminals is ahead."""
SECOND = "p-second"
"""A second supervisor."""
CHINA_MS = 8 * 3_600_000


@dataclass(frozen=True)
class Casework:
    """A payment in doubt, its case, and the refund that a clerk proposed ("" where none was)."""

    payment: str
    case: str
    refund: str


def message(n: int, mti: str, at: int, who: str = "pos", **more: str) -> Evidence:
    """A message as the gateway keeps it: redacted, with the time of the terminal's own clock."""
    own = at + (AHEAD_MS if who == "pos" else 0)
    seconds = (own + CHINA_MS) // 1000 % 86_400
    clock = {"12": f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}", "13": day_of(own)[4:]}
    named = {"2": masked(pan(n)), "3": "000000", "4": f"{AMOUNT_FEN:012d}", "11": f"{n:06d}", "22": "051", "23": "001",
             "25": "00", "41": key(n).terminal, "42": key(n).merchant, "49": "156", "60": "22000001"}  # fmt: skip
    body = {"mti": mti, "fields": {**named, **clock, **{name.removeprefix("F"): text for name, text in more.items()}}}
    return evidence(f"{who}-{mti}", who, at, json.dumps(body, sort_keys=True).encode())


def messages(n: int, at: int = NOON_MS) -> list[Submission]:
    """A sale that the host approved and whose slip failed; its terminal signed in again before it asked to reverse."""
    identity = tuple((str(one), text) for one, text in (
        ("3", "000000"), ("4", f"{AMOUNT_FEN:012d}"), ("11", f"{n:06d}"), ("22", "051"), ("23", "001"), ("25", "00"),
        ("41", key(n).terminal), ("42", key(n).merchant), ("49", "156"), ("60", "22000001"),
    ))  # fmt: skip
    asks = request(n, identity=identity)
    begun, said, late = sale(n, at), reply(n, at + 420), asked(n, at + 31_000)
    return [
        _carried(replace(begun, fact=replace(begun.fact, request=asks)), message(n, "0200", at)),
        _carried(said, message(n, "0210", at + 420, "host", F39="00")),
        written(n, at + 700),
        _carried(late, message(n, "0400", at + 31_000, F39="96", F60="22000002")),
    ]


def _carried(one: Submission, heard: Evidence) -> Submission:
    """The same fact, on this evidence."""
    return replace(one, fact=replace(one.fact, evidence=heard.id), evidence=(heard,))


def doubtful(journal: Journal, keeper: Matters, n: int, fen: int = AMOUNT_FEN) -> Casework:
    """A sale whose reversal nobody answered and a person stopped; witnesses, signals, and a clerk's refund of it."""
    journal.apply([*messages(n), bare(ReversalStopped(name_of(n), NOON_MS + 90_000, "p-finance"))])
    case = keeper.open("case", {"source": "complaint", "why": "charged, the printer jammed, no goods"}, "p-technician",
                       payment=name_of(n), key=f"case {name_of(n)}")  # fmt: skip
    terminal_at = NOON_MS + 31_000 + AHEAD_MS
    heard: tuple[tuple[str, dict[str, Any]], ...] = (
        ("host journal", {"original": "yes", "at_raw": NOON_MS + 300}),
        ("terminal journal", {"reversal": "failed", "at_raw": terminal_at, "ahead_ms": AHEAD_MS}),
        ("merchant", {"goods": "no", "text": "the customer left without the goods", "at_raw": NOON_MS + 9_000_000}),
    )
    for witness, said in heard:
        keeper.say(case.id, "WitnessHeard", {"witness": witness, **said}, "p-risk")
    signals = {"tlm.printer": "jam", "orig.rsp": "00"}
    keeper.say(case.id, "SignalsHeard", {"signals": signals, "source": "telemetry"}, "p-technician")
    proposed = ""
    if fen:
        said = {"fen": fen, "customer": f"C-{n}", "reason": "主机已批准、冲正失败、货未交付；凭条两联已附"}
        proposed = keeper.open("refund", said, "p-clerk", payment=name_of(n), parent=case.id).id
    return Casework(name_of(n), case.id, proposed)
