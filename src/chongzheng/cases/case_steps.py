"""What does each fact of a case change? One function a fact; the table in case.py says when it may be said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chongzheng.cases import sla, witness
from chongzheng.cases.calendar import instant
from chongzheng.cases.case_confirm import with_witness
from chongzheng.cases.case_states import COMMUNICATING, REMEDYING, REOPENED, REVIEW
from chongzheng.cases.effects import CloseCase, Effect, Say, Take, Tell
from chongzheng.cases.fields import misfit
from chongzheng.cases.matter import PROGRAM, Do, Fact, Given, Matter, Outcome, Refused
from chongzheng.cases.priority import severity
from chongzheng.settlement.days import is_day

KEPT_MAX = 500
"""Of what other matters told, so many stand in the body; all of it in the story."""
SUPERVISORS = "supervisor"
_DELIVERED = frozenset({"yes", "once"})
_CHARGED = frozenset({"charged_kept", "charged_twice"})


def opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """A case: where it comes from, what is at stake, its first queue and clocks."""
    first = _source(fact, given)
    if isinstance(first, Refused):
        return first
    fen = int(given.payment.get("amount_fen") or fact.said.get("fen", 0))
    changes = {
        **_reasons(matter, fact),
        "clocks": _begun(given, ("opened", *first), fact.at, fen, fact.said),
        "standing": dict(given.payment),
        "reopened": 0,
    }
    queue = given.rule("case sources")[fact.said["source"]]["queue"]
    only = (Take(f"case {matter.payment}", "that payment has a case already"),) if matter.payment else ()
    return Outcome(changes=changes, moves={"queue": queue, "fen": fen}, effects=(*only, *_adopts(fact)))


def joined(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The same payment again, from somebody else: no second case, but what they wait for counts."""
    words = _source(fact, given)
    if isinstance(words, Refused):
        return words
    clocks = list(matter.body["clocks"])
    new = {one["name"]: one for one in _begun(given, words, fact.at, matter.fen, fact.said)}
    clocks += [one for name, one in new.items() if all(name != old["name"] or old["met_at"] for old in clocks)]
    return Outcome(changes={**_reasons(matter, fact), "clocks": clocks}, effects=_adopts(fact))


def joined_again(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Somebody has something new to say of a case that was closed: it is open again."""
    outcome = joined(matter, fact, given)
    return outcome if isinstance(outcome, Refused) else _again(matter, fact, given, outcome)


def reopened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It was not over."""
    return _again(matter, fact, given, Outcome())


def _again(matter: Matter, fact: Fact, given: Given, outcome: Outcome) -> Outcome:
    times = matter.body["reopened"] + 1
    many = times > given.rule("case limits")["reopens"]["n"]
    clocks = [*outcome.changes.get("clocks", matter.body["clocks"])]
    clocks += _begun(given, ("opened",), fact.at, matter.fen, {})
    changes = {**outcome.changes, "clocks": clocks, "reopened": times, "decision": {}, "action": {}, "waiting": ""}
    moves = {"owner": "", **({"queue": SUPERVISORS} if many else {})}
    return Outcome(REVIEW if many else REOPENED, changes, outcome.effects, moves)


def reviewed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Somebody above looked at why it comes back; it is worked once more, and may come back as often again."""
    return Outcome(changes={"reopened": 1, **kept(matter, "reviews", fact)})


def _source(fact: Fact, given: Given) -> tuple[str, ...] | Refused:
    """The clock words that this way into a case starts."""
    sources = given.rule("case sources")
    word = fact.said["source"]
    if word not in sources:
        return Refused("rule", f"source: there is {', '.join(sources)}")
    wrong = misfit(witness.FIELDS, fact.said["witness"]) if "witness" in fact.said else None
    if wrong is not None and fact.actor != PROGRAM:
        return Refused("field", f"witness: {wrong}")
    return tuple(one for one in (sources[word].get("starts"),) if one)


def _reasons(matter: Matter, fact: Fact) -> dict[str, Any]:
    said = fact.said
    source = {**{name: word for name, word in said.items() if name != "witness"}, "at": fact.at, "by": fact.actor}
    marks = [*matter.body.get("marks", ()), *said.get("marks", ())]
    return {
        "sources": [*matter.body.get("sources", ()), source][-KEPT_MAX:],
        "marks": list(dict.fromkeys(marks)),
        "customers": max(matter.body.get("customers", 1), said.get("customers", 1)),
        **(with_witness(matter, fact, said["witness"]) if "witness" in said else {}),
    }


def _adopts(fact: Fact) -> tuple[Effect, ...]:
    number = fact.said.get("engine_case")
    return () if number is None else (Take(f"engine case {number}", "that case of the engine has another case"),)


def _begun(given: Given, words: Iterable[str], at: int, fen: int, said: Any) -> list[sla.Clock]:
    level = severity(given.rule("severity"), fen, said.get("customers", 1), frozenset(said.get("marks", ())), 0)
    rules, days = given.rule("clocks"), given.rule("calendar")
    return [one for word in words for one in sla.started(rules, days, word, at, level)]


# What is told


def told_of(name: str) -> Do:
    """What another matter tells, or somebody did about it: one more under this name of the body."""

    def do(matter: Matter, fact: Fact, given: Given) -> Outcome:
        return Outcome(changes=kept(matter, name, fact))

    return do


def kept(matter: Matter, name: str, fact: Fact) -> dict[str, Any]:
    """One more of what was said under this name of the body, and the oldest of too many gone."""
    one = {**fact.said, "at": fact.at, "by": fact.actor}
    return {name: [*matter.body.get(name, ()), one][-KEPT_MAX:]}


def marked(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Something else is known that makes it worse."""
    marks = [*matter.body["marks"], fact.said["mark"]]
    return Outcome(changes={"marks": list(dict.fromkeys(marks))})


def incident_named(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """It belongs to a mass incident; its verdict stays its own."""
    if matter.parent:
        return Refused("taken", f"it belongs to {matter.parent} already")
    return Outcome(moves={"parent": fact.said["incident"]})


# Clocks


def paused(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Somebody else must act first; the clocks that the register lists stand still."""
    reasons = given.rule("pause reasons")
    reason = fact.said["reason"]
    if reason not in reasons:
        return Refused("rule", f"no reason to stop a clock; there is {', '.join(reasons)}")
    if matter.body.get("waiting"):
        return Refused("rule", f"it waits for {matter.body['waiting']} already")
    clocks = sla.paused(matter.body["clocks"], reason, reasons[reason]["clocks"], fact.at)
    return Outcome(changes={"clocks": clocks, "waiting": reason})


def resumed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """Nobody else is waited for any more."""
    if not matter.body.get("waiting"):
        return Refused("rule", "it waits for nobody")
    return Outcome(changes={"clocks": sla.resumed(matter.body["clocks"], fact.at), "waiting": ""})


def extended(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """A longer limit of the law takes the place of the shorter one, counted from the same day."""
    legal = [one for one in matter.body["clocks"] if one["kind"] == sla.LEGAL and one["met_at"] is None]
    if not legal:
        return Refused("rule", "no clock of the law runs on it")
    since = min(one["started_at"] for one in legal)
    new = sla.started(given.rule("clocks"), given.rule("calendar"), fact.said["clock"], since, "")
    if not new or any(one["kind"] != sla.LEGAL for one in new):
        return Refused("rule", "clock: complex or extended, as the register clocks says")
    others = [one for one in matter.body["clocks"] if one not in legal]
    return Outcome(changes={"clocks": [*others, *new], **kept(matter, "extensions", fact)})


def clock_ran(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Clocks at risk or run out: noted, shown to those above, and nothing concluded about money."""
    clocks, risky, broken = sla.ran(matter.body["clocks"], fact.at)
    words = [*(("at risk", name) for name in risky), *(("broken", name) for name in broken)]
    said = [{"at": fact.at, "what": what, "clock": name} for what, name in words]
    changes: dict[str, Any] = {
        "clocks": clocks,
        "escalations": [*matter.body.get("escalations", ()), *said][-KEPT_MAX:],
        "promises": [_run_out(one, broken, fact.at) for one in matter.body.get("promises", ())],
    }
    return Outcome(changes=changes, moves={"queue": SUPERVISORS} if broken else {})


def _run_out(promise: dict[str, Any], broken: Iterable[str], at: int) -> dict[str, Any]:
    return {**promise, "broken_at": at} if f"promise {promise['no']}" in broken else promise


# Promises


def promised(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """We said "by this day": a clock of its own runs."""
    day = fact.said["day"]
    if not is_day(day) or instant(day) <= fact.at:
        return Refused("rule", "day: is a day that is not over")
    no = len(matter.body.get("promises", ())) + 1
    promise = {**fact.said, "no": no, "at": fact.at, "by": fact.actor, "kept_at": None, "broken_at": None}
    clock = sla.clock(f"promise {no}", sla.PROMISE, fact.at, instant(day), [])
    changes = {"promises": [*matter.body.get("promises", ()), promise], "clocks": [*matter.body["clocks"], clock]}
    return Outcome(changes=changes)


def promise_kept(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """What was promised was done; late, it counts as broken all the same."""
    return _promise_ended(matter, fact, kept=True)


def promise_broken(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """It will not be done by then; better said now than found out."""
    return _promise_ended(matter, fact, kept=False)


def _promise_ended(matter: Matter, fact: Fact, *, kept: bool) -> Outcome | Refused:
    no = fact.said["no"]
    found = [one for one in matter.body.get("promises", ()) if one["no"] == no and one["kept_at"] is None]
    if not found:
        return Refused("rule", f"no: there is no open promise {no}")
    ended = {"kept_at": fact.at} if kept else {"broken_at": found[0]["broken_at"] or fact.at, "given_up": True}
    promises = [{**one, **ended} if one["no"] == no else one for one in matter.body["promises"]]
    clocks = [{**one, "met_at": fact.at} if one["name"] == f"promise {no}" else one for one in matter.body["clocks"]]
    return Outcome(changes={"promises": promises, "clocks": clocks})


# The five chapters


def decided(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """What is done about it, as the register allows under this verdict."""
    actions = given.rule("case actions")
    action = fact.said["action"]
    if action not in actions:
        return Refused("rule", f"action: there is {', '.join(actions)}")
    row, decision = actions[action], matter.body["decision"]
    if matter.payment and decision["engine"] != given.payment["truth"]:
        return Refused("stale", "the verdict has changed; confirm again")
    if decision["truth"] not in row["truths"]:
        return Refused("rule", f"action: {action} is for {', '.join(row['truths'])}; it is {decision['truth']}")
    delivered = decision["stands"].get("goods") in _DELIVERED
    if row["not_if_delivered"] and delivered and decision["truth"] == "charged_kept":
        return Refused("rule", "action: the sale stands and the goods were delivered; nothing is given back")
    if row.get("final") and decision["truth"] in _CHARGED and not decision["final_refund_allowed"]:
        return Refused(
            "rule", f"action: nothing goes back for good yet ({decision['rule']}): {decision['advice']['en']}"
        )
    said = {**row, "action": action, "note": fact.said.get("note", ""), "at": fact.at, "by": fact.actor}
    return Outcome(REMEDYING if row["remedy"] else COMMUNICATING, {"action": said})


def undecided(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Another way is to be chosen."""
    was = {"action": matter.body["action"]["action"], "at": fact.at, "by": fact.actor, **fact.said}
    return Outcome(changes={"action": {}, "given_up": [*matter.body.get("given_up", ()), was][-KEPT_MAX:]})


def remedied(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It is put right; people are told next."""
    return Outcome(changes=kept(matter, "results", fact))


def notice_asked(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Tell somebody, by a template that states only what is proven; the answer comes as NoticeSent."""
    said = fact.said
    key = f"{matter.id} {said['audience']} {said['template']} {matter.body.get('reopened', 0)}"
    words = {**said.get("said", {}), "audience": said["audience"]}
    return Outcome(changes=kept(matter, "asked", fact), effects=(Tell(said["template"], said["to"], key, words),))


def closed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """It is over; whatever is still open keeps it from that, in words."""
    why = unfinished(matter, given)
    if why:
        return Refused("rule", f"it cannot be closed: {'; '.join(why)}")
    said = {**fact.said, "at": fact.at, "by": fact.actor}
    told = (Say(matter.parent, "ChildClosed", {"case": matter.id}, softly=True),) if matter.parent else ()
    clocks = sla.ended(sla.resumed(matter.body["clocks"], fact.at), fact.at)
    return Outcome(
        changes={"closing": said, "waiting": "", "clocks": clocks}, effects=(CloseCase(matter.payment), *told)
    )


def unfinished(matter: Matter, given: Given) -> list[str]:
    """What still keeps a case from being closed, one line each; open children are counted where it is stored."""
    body, found = matter.body, []
    if given.payment.get("suspense_fen"):
        found.append(f"{given.payment['suspense_fen']} fen of its payment lie in suspense")
    if matter.payment and body["decision"]["engine"] != given.payment["truth"]:
        found.append("the verdict has changed; confirm again")
    if not body.get("cause"):
        found.append("no cause is recorded, not even unknown")
    asked = any(given.rule("case sources").get(one["source"], {}).get("asked") for one in body["sources"])
    told = any(one.get("audience") == "cardholder" for one in body.get("notices", ()))
    if (asked or body["action"]["notice"]) and not told and not body.get("answers"):
        found.append("the customer was not told")
    if any(one["kind"] == sla.LEGAL and one["met_at"] is None for one in body["clocks"]):
        found.append("a complaint is not answered")
    found += [
        f"promise {one['no']} is open"
        for one in body.get("promises", ())
        if not one["kept_at"] and not one["broken_at"]
    ]
    return found
