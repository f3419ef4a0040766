"""What happened, by all that a case has heard? Its witnesses, its decision, and what moves it back to confirming."""

from __future__ import annotations

from typing import Any

from chongzheng.cases import desk, sla, witness
from chongzheng.cases.case_cause import diagnosis
from chongzheng.cases.case_states import COMMUNICATING, CONFIRMING, DECIDING, DIAGNOSING, REMEDYING
from chongzheng.cases.effects import Effect, HandIn, Open
from chongzheng.cases.fields import Field
from chongzheng.cases.hearing import unheard_of
from chongzheng.cases.matter import PROGRAM, Body, Fact, Given, Matter, Outcome, Refused
from chongzheng.cases.ruling import overtaken, ruling

LATE_MAX = 500
"""So many late changes stand in the body; all of them in the story."""
KEY_CHARS_MAX = 200
CONFIRMED = frozenset({DIAGNOSING, DECIDING, REMEDYING, COMMUNICATING})
"""States in which it is worked with a decision."""
FILE = "clearing file"
"""The question that is answered by waiting."""
ASK = Field("ask", "word", "询问", "which of its open questions; left out: the cheapest", needed=False)


def heard(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """One more witness. Where something was decided already it is decided anew: what does not hold any more moves the
    case back, and a strong witness against the machine becomes a person's task."""
    wrong = unheard_of(fact.said) if fact.actor != PROGRAM else ""
    if wrong:
        return Refused("field", wrong)
    changes = with_witness(matter, fact, fact.said)
    return _decided_anew(matter, fact, given, changes) if matter.state in CONFIRMED else Outcome(changes=changes)


def with_witness(matter: Matter, fact: Fact, said: Body) -> dict[str, Any]:
    """The witnesses of the case with this one, what stands now, and where they differ."""
    all_of_them = [*matter.body.get("witnesses", ()), witness.heard(said, fact)][-witness.HEARD_MAX :]
    return {
        "witnesses": all_of_them,
        "stands": witness.stands(all_of_them),
        "disagree": witness.disagree(all_of_them),
    }


def confirmed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """What happened, as machine and witnesses have it at this moment; nobody types a verdict."""
    decision = _signed(ruling(matter, matter.body, given), fact)
    changes = {"decision": decision, "standing": dict(given.payment), "diagnosis": diagnosis(matter.body)}
    return Outcome(changes=changes, effects=_person_looks(matter, decision))


def payment_moved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """What the machine knows now. Another decision than the one that was worked with moves the case back, unless it is
    what the remedy was to bring about."""
    changes: dict[str, Any] = {"standing": dict(fact.said)}
    if matter.body.get("waiting") == FILE:
        changes |= {"clocks": sla.resumed(matter.body["clocks"], fact.at), "waiting": ""}
    given = Given(given.rules, fact.said, given.others, given.hash)
    return _decided_anew(matter, fact, given, changes) if matter.state in CONFIRMED else Outcome(changes=changes)


def _decided_anew(matter: Matter, fact: Fact, given: Given, changes: dict[str, Any]) -> Outcome:
    before = matter.body["decision"]
    body = {**matter.body, **changes}
    now = {**before, **ruling(matter, body, given)}
    wanted = matter.body.get("action", {}).get("leads_to")
    if now["truth"] == wanted and not now["refunded"]:
        return Outcome(changes={**changes, "decision": {**now, "brought_about": True}})
    if overtaken(before, now):
        return _back(matter, fact, changes, now["truth"], _person_looks(matter, now))
    return Outcome(changes={**changes, "decision": now}, effects=_person_looks(matter, now))


def doubted(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """A person doubts what was confirmed; it is confirmed once more."""
    return _back(matter, fact, {}, "", ())


def _back(matter: Matter, fact: Fact, changes: dict[str, Any], to: str, effects: tuple[Effect, ...]) -> Outcome:
    was = {"at": fact.at, "from": matter.body["decision"]["truth"], "to": to, "state": matter.state, "by": fact.actor}
    late = [*matter.body.get("late_changes", ()), was][-LATE_MAX:]
    return Outcome(CONFIRMING, {**changes, "late_changes": late, "decision": {}, "action": {}}, effects)


def _signed(decision: dict[str, Any], fact: Fact) -> dict[str, Any]:
    return {**decision, "at": fact.at, "by": fact.actor}


def _person_looks(matter: Matter, decision: Body) -> tuple[Effect, ...]:
    """Strong witnesses against the machine: nothing is concluded from that but that somebody must look."""
    if not decision["against"]:
        return ()
    words = "; ".join(decision["against"])
    what = f"证据与系统结论不符，请核实 / witnesses against the machine, look into it: {words}"
    key = f"{matter.id} against {words}"[:KEY_CHARS_MAX]
    return (Open("task", key, {"what": what, "team": desk.SUPERVISOR}, parent=matter.id),)


# The next question


def next_of(matter: Matter, body: Body, given: Given) -> Body:
    """The cheapest question that is open and was not asked yet; {} when there is none."""
    asked = {one["ask"] for one in body.get("questions", ()) if one["round"] == body.get("reopened", 0)}
    return next((one for one in ruling(matter, body, given)["questions"] if one["ask"] not in asked), {})


def asked(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The cheapest open question, or the one that a person names, becomes work: a check by the machine, a call to the
    shop, an inquiry, a task, or waiting for the file."""
    open_ones = {one["ask"]: one for one in ruling(matter, matter.body, given)["questions"]}
    cheapest = next_of(matter, matter.body, given)
    ask = fact.said.get("ask", cheapest.get("ask", ""))
    if ask not in open_ones:
        named = ", ".join(open_ones) or "nothing that would change the decision"
        return Refused("rule", f"ask: there is {named}" if not open_ones or ask else "every open question was asked")
    times = matter.body.get("reopened", 0)
    one = {**open_ones[ask], "round": times, "at": fact.at, "by": fact.actor}
    changes: dict[str, Any] = {"questions": [*matter.body.get("questions", ()), one][-LATE_MAX:]}
    if ask == FILE and not matter.body.get("waiting"):
        kinds = given.rule("pause reasons")[FILE]["clocks"]
        changes |= {"clocks": sla.paused(matter.body["clocks"], FILE, kinds, fact.at), "waiting": FILE}
    state = None if matter.state in CONFIRMED else CONFIRMING
    return Outcome(state, changes, _asks(matter, given, ask, one, f"{matter.id} asks {ask} {times}"))


def _asks(matter: Matter, given: Given, ask: str, one: Body, key: str) -> tuple[Effect, ...]:
    shop = given.payment.get("merchant", "")
    if ask == "channel query":
        return (HandIn("CheckAsked", matter.payment),)
    if ask == "merchant":
        said = {"script": "failed reversal", "merchant": shop}
        return (Open("contact", key, said, matter.payment, matter.id),)
    if ask == "issuer inquiry":
        return (Open("inquiry", key, {"to": "issuer"}, matter.payment, matter.id),)
    if ask == "host journal":
        said = {"what": f"{one['zh']} / {one['en']}", "team": "operations"}
        return (Open("task", key, said, parent=matter.id),)
    return ()
