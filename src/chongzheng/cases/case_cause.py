"""Why did it fail, by the signals that a case has heard? One primary cause or "unknown", and whose share it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chongzheng.cases.columns import Clearing, Goods, Reversal
from chongzheng.cases.fields import Field
from chongzheng.cases.hearing import spoken
from chongzheng.cases.matter import Body, Fact, Given, Matter, Outcome, Refused
from chongzheng.causes.ask import next_tests
from chongzheng.causes.attribution import CLASSES, HUMAN, PERCENT, shares
from chongzheng.causes.diagnosis import Conclusion, Diagnosis, diagnose
from chongzheng.causes.score import Ranking, score
from chongzheng.causes.signals import SIGNALS, Value
from chongzheng.causes.signals import given as checked
from chongzheng.causes.table import packed
from chongzheng.mistakes import TheirMistake

UNKNOWN = "unknown"
KEPT_MAX = 500
TESTS_SHOWN = 3
KNOWN_MAX = 1_024
"""So many sets of signals are remembered with what they say."""

SIGNALS_HEARD = (
    Field("signals", "object", "信号", "names of the vocabulary of causes and their values; null: not known any more"),
    Field("source", "word", "来源", "who measured it: telemetry, host journal, technician …"),
    Field("reference", "text", "凭据编号", "number, file or frame it stands in", needed=False),
)
CAUSE = (
    Field(
        "primary", "word", "主因", "the id of the cause, or unknown; left out: what the evidence names", needed=False
    ),
    Field("contributing", "texts", "促成因素", "ids of what contributed", needed=False),
    Field("shares", "object", "归因比例", "whole percents by class, 100 together; left out: as scored", needed=False),
    Field("system_question", "text", "系统性问题", "which gap in a system allowed it", needed=False),
    Field("reviewed", "flag", "已复核", "a reviewer confirms it: causes learn from it", needed=False),
)
_FILE_SHOWS: Mapping[Clearing, Mapping[str, Value]] = {
    Clearing.ORIGINAL: {"clr.has_orig": True, "clr.has_rev": False},
    Clearing.BOTH: {"clr.has_orig": True, "clr.has_rev": True},
    Clearing.NONE_TWO: {"clr.has_orig": False, "clr.has_rev": False},
}
_ANSWERED: Mapping[Reversal, Mapping[str, Value]] = {
    Reversal.ACKED: {"rev.acked": True}, Reversal.NOT_FOUND: {"rev.rsp": "25"}, Reversal.AMOUNT: {"rev.rsp": "64"},
}  # fmt: skip


def signals(body: Body) -> dict[str, Value]:
    """What is known of the failure: what was measured, before what the witnesses' words amount to."""
    said = spoken(body.get("stands", {}))
    found: dict[str, Value] = {**_FILE_SHOWS.get(said.clearing, {}), **_ANSWERED.get(said.reversal, {})}
    if said.goods is not Goods.UNKNOWN:
        found["goods.delivered"] = said.goods is not Goods.NO
    if any(one["witness"] == "slip" for one in body.get("witnesses", ())):
        found["slip.fault"] = True
    return {**found, **body.get("signals", {})}


def signals_heard(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Something was measured; what it says about the cause is weighed anew."""
    said = fact.said["signals"]
    try:
        new = checked(said)
    except TheirMistake as mistake:
        return Refused("field", f"{mistake.where}: {mistake.what}")
    unheard = [name for name in said if name not in SIGNALS]
    if unheard:
        return Refused("field", f"signals: {', '.join(unheard)[:200]}: no such signal; `case causes` knows them")
    known = {name: value for name, value in matter.body.get("signals", {}).items() if name not in said}
    one = {**fact.said, "at": fact.at, "by": fact.actor}
    changes = {"signals": {**known, **new}, "signals_heard": [*matter.body.get("signals_heard", ()), one][-KEPT_MAX:]}
    body = {**matter.body, **changes}
    return Outcome(changes={**changes, "diagnosis": {**diagnosis(body), "ask_next": _asked_next(body)}})


def diagnosis(body: Body) -> dict[str, Any]:
    """What the evidence says of the cause: the primary one or "unknown", the probable ones, and the shares."""
    return _scored(_ranked(_key(body)))


def _key(body: Body) -> frozenset[tuple[str, Value]]:
    return frozenset(signals(body).items())


@lru_cache(maxsize=KNOWN_MAX)
def _ranked(known: frozenset[tuple[str, Value]]) -> Ranking:
    """Cases of one incident know the same; what follows from that is worked out once."""
    return score(dict(sorted(known)), packed())


def _asked_next(body: Body) -> list[dict[str, str]]:
    """The signals that would tell most, where the cause is unknown. It takes a while: for people's facts only."""
    return [{"signal": name, "zh": SIGNALS[name].zh, "en": SIGNALS[name].en} for name in _tests(_key(body))]


@lru_cache(maxsize=KNOWN_MAX)
def _tests(known: frozenset[tuple[str, Value]]) -> tuple[str, ...]:
    ranking = _ranked(known)
    return () if ranking.primary else tuple(one.signal for one in next_tests(ranking, packed())[:TESTS_SHOWN])


def _scored(ranking: Ranking) -> dict[str, Any]:
    named = ranking.primary
    return {
        "primary": named.cause.id if named else UNKNOWN,
        "permille": round(1000 * ranking.causes[0].posterior),
        "contributing": [one.cause.id for one in ranking.contributing],
        "probable": [one.cause.id for one in ranking.probable],
        "shares": {one.name: one.percent for one in shares(ranking) if one.percent},
        "table": ranking.version,
    }


def cause_found(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """One primary cause or "unknown", as a person or the evidence has it; shares are whole percents of a hundred, and
    people alone are not the cause while no question about the systems was answered."""
    said, ranking = fact.said, _ranked(_key(matter.body))
    scored = _scored(ranking)
    primary = said.get("primary", scored["primary"])
    contributing = list(said.get("contributing", () if "primary" in said else scored["contributing"]))
    wrong = _shares_wrong(said.get("shares", {}), said.get("system_question", "")) or _objections(
        Conclusion(primary, tuple(contributing), fact.actor, said.get("system_question", "")), ranking
    )
    if wrong:
        return Refused("rule", wrong)
    known = {} if primary == UNKNOWN else scored["shares"]
    words = {"primary": primary, "contributing": contributing, "shares": dict(said.get("shares", known))}
    cause = {**said, **words, "scored": scored, "as_scored": primary == scored["primary"]}
    changes = {"cause": {**cause, "at": fact.at, "by": fact.actor}, "causes_before": _before(matter)}
    return Outcome(changes=changes)


def _objections(conclusion: Conclusion, ranking: Ranking) -> str:
    """What stands against it, the questions to answer first with it; "" nothing. Unknown may stay unknown."""
    if conclusion.primary == UNKNOWN:
        return ""
    try:
        found = diagnose(conclusion, ranking, packed())
    except TheirMistake as mistake:
        return f"{mistake.where}: {mistake.what}"
    if isinstance(found, Diagnosis):
        return ""
    return f"{conclusion.primary}: " + "; ".join(
        one.en + (f" ({', '.join(one.open_questions[:TESTS_SHOWN])} …)" if one.open_questions else "") for one in found
    )


def _before(matter: Matter) -> list[Any]:
    before = [*matter.body.get("causes_before", ())]
    return [*before, matter.body["cause"]][-KEPT_MAX:] if "cause" in matter.body else before


def _shares_wrong(said: Any, question: str) -> str:
    if not said:
        return ""
    numbers = list(said.values())
    if any(not isinstance(n, int) or isinstance(n, bool) or n < 0 for n in numbers) or sum(numbers) != PERCENT:
        return "shares: are whole percents, 100 together"
    if not said.keys() <= CLASSES.keys():
        return f"shares: are of {', '.join(CLASSES)}"
    if not question and {name for name, share in said.items() if share} <= HUMAN:
        return "system_question: people alone are not the cause; say which gap in a system allowed it"
    return ""
