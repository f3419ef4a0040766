"""What lies behind many cases of one cause, and is it gone for good? The eight steps of 8D, in order (S-40, facts 2.8).

A problem cannot close without its root cause and the escape point (why nobody saw it), nor with containment that no
figures bear out. It may not stop at the carelessness of a person: which gap of the system allowed it must be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Open, Say
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.measured import FIGURES, WORKS, measured, wrong_figures
from chongzheng.cases.registers import Register

STEPS = ("D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8")
CLOSED, DROPPED = "CLOSED", "DROPPED"
CASES_MAX = 10_000

TITLE = Field("title", "text", "标题", "what goes wrong, in one line")
CAUSE = Field("cause", "word", "原因编号", "the id of the cause its cases share")
GAP = Field("system_gap", "text", "系统漏洞", "which gap of the system allowed it", needed=False)

HUMAN_CAUSES = Register(
    "human causes",
    ("人为原因", "causes that lie with a person"),
    False,
    (
        Field("contributing_only", "flag", "仅促成因素", "never a root cause by itself"),
        Field("zh", "text", "追问", "what must be asked next, in Chinese"),
        Field("en", "text", "追问（英文）", "what must be asked next"),
    ),
    {
        "OP-TRAIN": {
            "contributing_only": True,
            "zh": "系统为什么让没有培训的人走到这一步？",
            "en": "why did the system let an untrained person get there?",
        },
        "OP-POWEROFF": {
            "contributing_only": False,
            "zh": "断电后待发冲正为什么没有自动补发？",
            "en": "why did the pending reversal not survive the power-off?",
        },
        "OP-RESWIPE": {
            "contributing_only": False,
            "zh": "结果未知时终端为什么允许再次刷卡？",
            "en": "why did the terminal allow a second swipe before the result?",
        },
        "OP-WRONGTXN": {
            "contributing_only": False,
            "zh": "输入错误为什么没有被校验拦住？",
            "en": "why did no check stop the wrong entry?",
        },
        "OP-EARLYSETTLE": {
            "contributing_only": False,
            "zh": "有待发冲正时为什么可以结算？",
            "en": "why could a batch be settled with a reversal pending?",
        },
        "OP-CLEARREV": {
            "contributing_only": False,
            "zh": "菜单为什么允许清除冲正标志？",
            "en": "why does the menu allow a pending reversal to be wiped?",
        },
    },
)
"""A conclusion "operator careless" names a symptom; the question behind it is the one to answer (facts 2.8)."""

RECURRING = Register(
    "recurring causes",
    ("成为问题的次数", "when cases become a problem"),
    False,
    (
        Field("cases", "whole", "案件数", "so many cases of one cause"),
        Field("days", "whole", "天数", "within so many days (of the row default)"),
        Field("unverified", "flag", "未经核实", "a proposal", needed=False),
    ),
    {"default": {"cases": 5, "days": 30, "unverified": True}},
    lambda row: "" if row["cases"] > 0 and row["days"] > 0 else "cases: and days are one or more",
)
"""A row named as a cause stands in for `default` for that cause."""


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome:
    words = {"title": fact.said["title"], "cause": fact.said["cause"], "cases": fact.said.get("cases", []), "steps": {}}
    told = tuple(_told(case, fact.said["cause"]) for case in words["cases"])
    return Outcome(changes=words, moves={"queue": "problems"}, effects=told)


def _joined(matter: Matter, fact: Fact, given: Given) -> Outcome:
    cases = matter.body["cases"]
    new = fact.said["case"]
    if new in cases:
        return Outcome()
    return Outcome(changes={"cases": [*cases, new][-CASES_MAX:]}, effects=(_told(new, matter.body["cause"]),))


def _told(case: str, cause: str) -> Effect:
    return Say(case, "ProblemOpened", {"cause": cause}, softly=True)


def _heard(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """What became of its changes and measures stands in the record."""
    return Outcome(changes={"heard": [*matter.body.get("heard", ()), {**fact.said, "fact": fact.name, "at": fact.at}]})


def _filled(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"steps": _steps(matter, fact)})


def _steps(matter: Matter, fact: Fact, **more: Any) -> dict[str, Any]:
    page = {**fact.said, **more, "at": fact.at, "by": fact.actor}
    return {**matter.body["steps"], matter.state: page}


def _contained(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _shown_to_work(matter, fact, "the containment")


def _fixed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _shown_to_work(matter, fact, "the fix on its cohort")


def _shown_to_work(matter: Matter, fact: Fact, what: str) -> Outcome | Refused:
    if wrong := wrong_figures(fact.said):
        return Refused("field", wrong)
    found = measured(fact.said)
    if found.verdict != WORKS:
        rates = f"{found.before_ppm} ppm before, {found.after_ppm} ppm after"
        return Refused("rule", f"these figures do not show that {what} works: {found.verdict}, {rates}")
    return Outcome(changes={"steps": _steps(matter, fact, measured=found.row())})


def _cause_found(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    human: Mapping[str, Any] = given.rule("human causes")
    row = human.get(fact.said["cause"])
    if row is not None and row["contributing_only"]:
        return Refused("rule", f"{fact.said['cause']} contributes, it is no root cause: {row['en']}")
    if row is not None and not fact.said.get("system_gap"):
        return Refused("rule", f"an investigation does not stop at a person; say the system_gap: {row['en']}")
    found = {"cause": fact.said["cause"], "escape_point": fact.said["escape_point"]}
    return Outcome(changes={**found, "steps": _steps(matter, fact)})


def _prevented(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = {
        "what": fact.said["prevention"],
        "sort": "preventive",
        "owner": fact.said["owner"],
        "due_at": fact.said["due_at"],
        "cause": matter.body["cause"],
    }
    capa = Open("capa", f"{matter.id} capa {matter.version}", said, parent=matter.id)
    return Outcome(changes={"steps": _steps(matter, fact)}, effects=(capa,))


def _closed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    missing = [word for word in ("cause", "escape_point") if not matter.body.get(word)]
    if missing:
        return Refused("rule", f"it cannot close without its {' and its '.join(missing)}")
    capas = given.others["capas"]
    waiting = [one.id for one in capas if one.state in ("OPEN", "DONE")]
    if waiting or not any(one.state in ("EFFECTIVE", "WAIVED") for one in capas):
        return Refused("rule", f"its measures are not shown to work yet: {', '.join(waiting) or 'all were dropped'}")
    changes = {"steps": _steps(matter, fact), "lesson": fact.said["lesson"]}
    return Outcome(changes=changes, effects=_shared(matter, fact))


def _shared(matter: Matter, fact: Fact) -> tuple[Effect, ...]:
    """D8 shares what was learned: a lesson for the plan, a word to every case."""
    lesson = {"what": fact.said["lesson"], "source": matter.id}
    told = tuple(
        Say(case, "ProblemClosed", {"problem": matter.id, "cause": matter.body["cause"]}, softly=True)
        for case in matter.body["cases"]
    )
    return (Open("lesson", f"lesson of {matter.id}", lesson, parent=matter.id), *told)


def _back(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    to = fact.said["to"]
    if STEPS.index(to) >= STEPS.index(matter.state):
        return Refused("order", f"it stands at {matter.state}; back means a step before that")
    kept = {step: page for step, page in matter.body["steps"].items() if STEPS.index(step) < STEPS.index(to)}
    gone = {"cause": matter.body["cause"], "escape_point": ""} if STEPS.index(to) <= STEPS.index("D4") else {}
    return Outcome(state=to, changes={"steps": kept, **gone})


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"cause": matter.body.get("cause", "")}


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    return {"capas": Ask("capa", "problem", matter.id)} if fact.name == "Closed" else {}


def _word(name: str, zh: str, en: str) -> Field:
    return Field(name, "text", zh, en)


PROBLEM = Kind(
    name="problem",
    titles=("问题（8D）", "problem (8D)"),
    states=(*STEPS, CLOSED, DROPPED),
    ended=frozenset({CLOSED, DROPPED}),
    rows=(
        Row(NEW, "Opened", "D0", _opened, may=desk.FIELD, program=True,
            takes=(TITLE, CAUSE, Field("cases", "texts", "案件", "the cases of it", needed=False))),
        Row("D0", "SymptomStated", "D1", _filled, may=desk.FIELD,
            takes=(_word("symptom", "现象", "what is seen"), _word("emergency", "应急措施", "what was done at once"))),
        Row("D1", "TeamNamed", "D2", _filled, may=desk.HEADS,
            takes=(Field("lead", "word", "组长", "who leads"), Field("members", "texts", "成员", "who works on it"))),
        Row("D2", "Described", "D3", _filled, may=desk.FIELD,
            takes=(_word("what", "何事", "what"), _word("when", "何时", "when"), _word("where", "何地", "where"),
                   _word("who", "何人", "who is concerned"), _word("why", "为何是问题", "why it matters"),
                   _word("how", "如何发生", "how it shows"), _word("how_much", "多少", "how many, how much"),
                   _word("is_not", "不是什么", "what it is not"))),
        Row("D3", "Contained", "D4", _contained, may=desk.FIELD,
            takes=(_word("containment", "遏制措施", "what keeps it from spreading"), *FIGURES)),
        Row("D4", "CauseFound", "D5", _cause_found, may=desk.FIELD,
            takes=(CAUSE, _word("root_cause", "根本原因", "the root cause, in words"),
                   _word("escape_point", "流出点", "why nobody saw it"), GAP,
                   Field("evidence", "texts", "证据", "what it rests on"))),
        Row("D5", "FixVerified", "D6", _fixed, may=desk.FIELD,
            takes=(_word("fix", "永久措施", "the fix that was chosen"),
                   Field("cohort", "text", "验证范围", "the cohort it was tried on"), *FIGURES)),
        Row("D6", "RolledOut", "D7", _filled, may=desk.HEADS,
            takes=(Field("change", "word", "变更编号", "the change record it went out with"),)),
        Row("D7", "PreventionSet", "D8", _prevented, may=desk.HEADS,
            takes=(_word("prevention", "系统性预防", "what keeps its like from coming back"),
                   Field("owner", "word", "负责人", "who sees to it"),
                   Field("due_at", "instant", "期限", "until when, epoch ms"))),
        Row("D8", "Closed", CLOSED, _closed, may=desk.HEADS, takes=(_word("lesson", "经验教训", "what was learned"),)),
        *in_all(STEPS[1:], Row("D1", "SteppedBack", do=_back, may=desk.HEADS,
            takes=(Field("to", "word", "退回到", "the step to go back to", choices=STEPS), desk.REASON))),
        *in_all(STEPS, Row("D0", "CaseJoined", do=_joined, may=desk.FIELD, program=True,
            takes=(Field("case", "word", "案件", "the id of the case"),))),
        *in_all(STEPS, Row("D0", "Dropped", DROPPED, _filled, may=desk.HEADS, takes=(desk.REASON,))),
        *(row for name in ("ChangePlanned", "ChangeInPlace", "ChangeProven", "ChangeRolledBack", "MeasureEnded")
          for row in in_all(STEPS, Row("D0", name, do=_heard))),
        *desk.rows(STEPS),
    ),
    tags=_tags,
    asks=_asks,
)  # fmt: skip
