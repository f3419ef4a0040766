"""Which clocks run on a matter, when is each due, what may stop one, and will it be broken? A clock only escalates.

Several run at once: internal targets, promises, the scheme's limits, the law's. Each is a plain row in the body of its
matter, so that what was promised and what was paused stays to be read. No clock ever concludes anything about money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chongzheng.cases import calendar
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Body
from chongzheng.cases.registers import NAMES, UNVERIFIED, Register
from chongzheng.mistakes import TheirMistake

Clock = dict[str, Any]
"""name, kind, started_at, due_at, warn_at, paused_at (None: it runs), paused_ms, paused_for, warned_at, ran_at, met_at
(instants in epoch ms, None: not yet), ends (the facts that meet it), uncounted (why working days could not be
counted, "")."""

INTERNAL, PROMISE, SCHEME, LEGAL = "internal", "promise", "scheme", "legal"
KINDS = (INTERNAL, PROMISE, SCHEME, LEGAL)
WARN_PCT = 70
"""A promise is at risk when so much of its time is gone; clocks of the register say their own share."""

CLOCKS = Register(
    name="clocks",
    titles=("时限", "clocks"),
    money=False,
    fields=(
        *NAMES,
        Field("kind", "word", "类别", "whose clock it is", choices=KINDS),
        Field("starts", "word", "起算", "what starts it: opened, complaint, extended …"),
        Field("ends", "texts", "止算", "the facts that meet it"),
        Field("count", "word", "单位", "minutes, calendar days (D) or working days (T)", choices=("minutes", "D", "T")),
        Field("n", "whole", "数量", "how many"),
        Field("hour", "whole", "钟点", "full hour of the last day in China, 24 its end", needed=False),
        Field("warn_pct", "whole", "预警比例", "at risk when so many percent of it are gone"),
        Field("severities", "texts", "等级", "only for these", needed=False),
        UNVERIFIED,
    ),
    check=lambda row: "" if 0 < row["n"] <= 10**6 and 0 < row["warn_pct"] < 100 else "n or warn_pct is out of range",
    shipped={
        "first touch S1": {"zh": "首次处理(S1)", "en": "first touch, S1", "kind": INTERNAL, "starts": "opened",
                           "ends": ["Taken", "Assigned", "ConfirmStarted"], "count": "minutes", "n": 30,
                           "warn_pct": 70, "severities": ["S1"]},
        "first touch S2": {"zh": "首次处理(S2)", "en": "first touch, S2", "kind": INTERNAL, "starts": "opened",
                           "ends": ["Taken", "Assigned", "ConfirmStarted"], "count": "minutes", "n": 120,
                           "warn_pct": 70, "severities": ["S2"]},
        "first touch": {"zh": "首次处理", "en": "first touch, S3 and S4", "kind": INTERNAL, "starts": "opened",
                        "ends": ["Taken", "Assigned", "ConfirmStarted"], "count": "T", "n": 1, "warn_pct": 70,
                        "severities": ["S3", "S4"]},
        "decision": {"zh": "作出决定", "en": "decision", "kind": INTERNAL, "starts": "opened", "ends": ["Decided"],
                     "count": "T", "n": 1, "hour": 12, "warn_pct": 70},
        "final": {"zh": "最终办结", "en": "final", "kind": INTERNAL, "starts": "opened", "ends": ["Closed"],
                  "count": "T", "n": 3, "warn_pct": 70},
        "complaint answer": {"zh": "投诉答复(15日)", "en": "answer to a complaint, 15 days", "kind": LEGAL,
                             "starts": "complaint", "ends": ["ComplaintAnswered"], "count": "D", "n": 15,
                             "warn_pct": 60},
        "complaint answer, complex": {"zh": "复杂投诉答复(30日)", "en": "answer to a complex complaint, 30 days",
                                      "kind": LEGAL, "starts": "complex", "ends": ["ComplaintAnswered"],
                                      "count": "D", "n": 30, "warn_pct": 60},
        "complaint answer, extended": {"zh": "延长后投诉答复(60日)", "en": "answer after an extension, 60 days",
                                       "kind": LEGAL, "starts": "extended", "ends": ["ComplaintAnswered"],
                                       "count": "D", "n": 60, "warn_pct": 60},
        "inquiry reply": {"zh": "查复时限", "en": "reply to an inquiry", "kind": SCHEME, "starts": "inquiry sent",
                          "ends": ["ReplyCame", "Withdrawn"], "count": "D", "n": 5, "warn_pct": 60,
                          "unverified": True},
    },
)  # fmt: skip

PAUSES = Register(
    name="pause reasons",
    titles=("暂停原因", "reasons for a pause"),
    money=False,
    fields=(
        *NAMES,
        Field("clocks", "texts", "可暂停", "kinds of clock that stand still meanwhile"),
    ),
    check=lambda row: "" if set(row["clocks"]) <= {INTERNAL, SCHEME} else "a promise and the law do not wait",
    shipped={
        "merchant": {"zh": "等待商户", "en": "waiting for the shop", "clocks": [INTERNAL]},
        "issuer": {"zh": "等待发卡行", "en": "waiting for the issuer", "clocks": [INTERNAL]},
        "scheme": {"zh": "等待转接清算", "en": "waiting for the scheme", "clocks": [INTERNAL]},
        "supplier": {"zh": "等待供应商", "en": "waiting for a supplier", "clocks": [INTERNAL]},
        "cardholder": {"zh": "等待持卡人", "en": "waiting for the cardholder", "clocks": [INTERNAL]},
        "clearing file": {"zh": "等待清算文件", "en": "waiting for the clearing file", "clocks": [INTERNAL]},
    },
)


def clock(name: str, kind: str, at: int, due: int, ends: Iterable[str], warn_pct: int = WARN_PCT) -> Clock:
    """A clock that runs from `at` until `due` (epoch ms) or until one of the facts `ends`."""
    return {"name": name, "kind": kind, "started_at": at, "due_at": due, "warn_at": at + (due - at) * warn_pct // 100,
            "paused_at": None, "paused_ms": 0, "paused_for": "", "warned_at": None, "ran_at": None, "met_at": None,
            "ends": list(ends), "uncounted": ""}  # fmt: skip


def started(rules: Mapping[str, Body], days: calendar.Rows, word: str, at: int, severity: str) -> list[Clock]:
    """The clocks that `word` starts. Where the calendar does not reach, calendar days are counted, which are never
    later, and the clock says so: a matter is never kept out because a year is missing."""
    return [
        _counted(name, row, days, at)
        for name, row in rules.items()
        if row["starts"] == word and severity in row.get("severities", (severity,))
    ]


def _counted(name: str, row: Body, days: calendar.Rows, at: int) -> Clock:
    hour = row.get("hour", 24)
    try:
        due, uncounted = calendar.due_at(at, row["count"], row["n"], hour, days), ""
    except TheirMistake as mistake:
        due, uncounted = calendar.due_at(at, "D", row["n"], hour, days), str(mistake)
    return {**clock(name, row["kind"], at, due, row["ends"], row["warn_pct"]), "uncounted": uncounted}


def runs(one: Body) -> bool:
    """Whether it is neither met nor paused."""
    return one["met_at"] is None and one["paused_at"] is None


def nearest(clocks: Iterable[Body]) -> int | None:
    """The next instant (epoch ms) at which a running clock has something to say: at risk, or run out."""
    moments = [one["due_at"] if one["warned_at"] else min(one["warn_at"], one["due_at"])
               for one in clocks if runs(one) and one["ran_at"] is None]  # fmt: skip
    return min(moments, default=None)


def met(clocks: Iterable[Body], fact: str, at: int) -> list[Clock]:
    """After a fact: the clocks that it meets stand, also those that had run out, or were paused."""
    return [{**one, "met_at": at} if one["met_at"] is None and fact in one["ends"] else {**one} for one in clocks]


def ended(clocks: Iterable[Body], at: int) -> list[Clock]:
    """It is over: whatever still runs stands."""
    return [{**one, "met_at": at} if one["met_at"] is None else {**one} for one in clocks]


def paused(clocks: Iterable[Body], reason: str, kinds: Sequence[str], at: int) -> list[Clock]:
    """Clocks of these kinds that run stand still from now on."""
    return [
        {**one, "paused_at": at, "paused_for": reason} if runs(one) and one["kind"] in kinds else {**one}
        for one in clocks
    ]


def resumed(clocks: Iterable[Body], at: int) -> list[Clock]:
    """What stood still runs again, and is due later by as long as it stood."""
    return [_resumed(one, at) if one["paused_at"] is not None and one["met_at"] is None else {**one} for one in clocks]


def _resumed(one: Body, at: int) -> Clock:
    stood = at - one["paused_at"]
    moved = {name: one[name] + stood for name in ("due_at", "warn_at")}
    return {**one, **moved, "paused_at": None, "paused_ms": one["paused_ms"] + stood, "paused_for": ""}


def ran(clocks: Iterable[Body], at: int) -> tuple[list[Clock], list[str], list[str]]:
    """The clocks at an instant, and the names of those that are at risk, and have run out, since they were last looked
    at."""
    after: list[Clock] = []
    risky: list[str] = []
    broken: list[str] = []
    for one in clocks:
        now = {**one}
        if runs(one) and one["ran_at"] is None and at >= one["due_at"]:
            now["ran_at"] = at
            broken.append(one["name"])
        elif runs(one) and one["ran_at"] is None and one["warned_at"] is None and at >= one["warn_at"]:
            now["warned_at"] = at
            risky.append(one["name"])
        after.append(now)
    return after, risky, broken


def kept(one: Body) -> bool | None:
    """Whether it was met in time; None while that is open."""
    if one["met_at"] is not None:
        return bool(one["met_at"] <= one["due_at"])
    return None if one["ran_at"] is None else False


def used_pct(one: Body, at: int) -> int:
    """How much of its time is gone, in percent; a paused clock stands where it was paused."""
    until = one["paused_at"] if one["paused_at"] is not None else at
    whole = max(one["due_at"] - one["started_at"] - one["paused_ms"], 1)
    return max(0, int(until - one["started_at"] - one["paused_ms"]) * 100 // int(whole))


def forecast(one: Body, at: int, usual_ms: int) -> str:
    """Whether it will be kept: "met", "paused", "broken", "likely broken" when less is left than such work usually
    still takes (ms), "at risk" when less than twice that is left or its share says so, else "in time"."""
    if one["met_at"] is not None:
        return "met"
    if one["paused_at"] is not None:
        return "paused"
    left = one["due_at"] - at
    if left <= 0:
        return "broken"
    if left < usual_ms:
        return "likely broken"
    return "at risk" if left < 2 * usual_ms or at >= one["warn_at"] else "in time"


def usual_ms(spans: Iterable[int]) -> int:
    """How long (ms) such work usually still took: the middle of what it took before; 0 when nothing is known."""
    known = sorted(spans)
    return known[len(known) // 2] if known else 0


def outlook(clocks: Iterable[Body], at: int, usual: int) -> list[dict[str, Any]]:
    """What to show of every clock that is not met, the most pressing first: how much of it is gone, and the forecast
    by what such work usually still takes (ms)."""
    shown = [
        {
            **{name: one[name] for name in ("name", "kind", "due_at", "paused_for", "uncounted")},
            "used_pct": used_pct(one, at),
            "forecast": forecast(one, at, usual),
        }
        for one in clocks
        if one["met_at"] is None
    ]
    return sorted(shown, key=lambda one: int(one["due_at"]))


def kept_share(clocks: Iterable[Body]) -> tuple[int, int]:
    """(kept, ended): of clocks that were met or ran out, how many were met in time."""
    ended = [was for one in clocks if (was := kept(one)) is not None]
    return sum(ended), len(ended)
