"""What is done when much fails at once, who does which part, and was it ever tried? Playbooks and drills (S-56).

A playbook that is activated becomes tasks for its departments. Each is tried in a drill: one that nobody held within
its days is flagged, and what a drill found becomes work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Free, Open, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.packed import rows
from chongzheng.cases.registers import Register

PREPARED, ACTIVE, OVER, DISCARDED = "PREPARED", "ACTIVE", "OVER", "DISCARDED"
DUE, CURRENT, OVERDUE, RETIRED = "DUE", "CURRENT", "OVERDUE", "RETIRED"
TRIED = (DUE, CURRENT, OVERDUE)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DRILLS_KEPT_MAX = 100
OVERDUE_PRIORITY = 50
TASKS_MAX = 30
DRILL_DAYS = 365
"""What the house ships is tried once a year."""


def wrong_tasks(row: Mapping[str, Any]) -> str:
    """What is wrong with the tasks and days of a row, "" nothing."""
    if row["drill_days"] < 1:
        return "drill_days: is one or more"
    if not 1 <= len(row["tasks"]) <= TASKS_MAX:
        return f"tasks: are 1 to {TASKS_MAX}"
    for task in row["tasks"]:
        if set(task) != {"zh", "en", "team", "hours"} or not isinstance(task["hours"], int) or task["hours"] < 1:
            return "tasks: each has zh, en, team and hours (one or more)"
    return ""


def _shipped() -> dict[str, dict[str, Any]]:
    """The playbooks of playbooks.csv, one row a task."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows("playbooks.csv"):
        book = {"version": 1, "zh": row["name_zh"], "en": row["name_en"], "drill_days": DRILL_DAYS, "tasks": []}
        task = {"zh": row["zh"], "en": row["en"], "team": row["team"], "hours": int(row["hours"])}
        found.setdefault(row["playbook"], book)["tasks"].append(task)
    return found


PLAYBOOKS = Register(
    "playbook",
    ("应急预案", "playbooks"),
    False,
    (
        Field("version", "whole", "版本", "its number, one more each time"),
        Field("zh", "text", "名称", "its title in Chinese"),
        Field("en", "text", "名称（英文）", "its title"),
        Field("drill_days", "whole", "演练间隔天数", "days within which it is tried"),
        Field("tasks", "objects", "任务", "what becomes a task: zh, en, team, hours"),
    ),
    _shipped(),
    wrong_tasks,
)

PLAYBOOK = Field("playbook", "word", "预案", "row of the register playbook")


def _unknown(fact: Fact, given: Given) -> Refused | None:
    books = given.rule("playbook")
    name = fact.said["playbook"]
    if name in books:
        return None
    return Refused("rule", f"there is no playbook {name}; there is {', '.join(sorted(books))}")


def _prepared(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if refused := _unknown(fact, given):
        return refused
    row = given.rule("playbook")[fact.said["playbook"]]
    words = {"playbook": fact.said["playbook"], "reason": fact.said["reason"], "version": row["version"]}
    return Outcome(changes={**words, "tasks": list(row["tasks"]), "ended": []}, moves={"queue": "incidents"})


def _activated(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Each task with its own department and time; under a key each, so that twice is once."""
    effects = tuple(
        Open(
            "task",
            f"{matter.id} task {no}",
            {"what": f"{task['zh']} / {task['en']}", "team": task["team"], "due_at": fact.at + task["hours"] * HOUR_MS},
            parent=matter.id,
        )
        for no, task in enumerate(matter.body["tasks"])
    )
    return Outcome(changes={"activated_at": fact.at}, effects=effects)


def _task_ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"ended": [*matter.body["ended"], {**fact.said, "at": fact.at}]})


def _stood_down(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    left = len(matter.body["tasks"]) - len(matter.body["ended"])
    if left > 0:
        return Refused("rule", f"{left} of its tasks are not ended")
    lesson = Open("lesson", f"lesson of {matter.id}", {"what": fact.said["lesson"], "source": matter.id})
    return Outcome(changes={"lesson": fact.said["lesson"]}, effects=(lesson,))


def _discarded(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"discarded": fact.said["reason"]})


ACTIVATION = Kind(
    name="activation",
    titles=("预案启动", "activation of a playbook"),
    states=(PREPARED, ACTIVE, OVER, DISCARDED),
    ended=frozenset({OVER, DISCARDED}),
    rows=(
        Row(NEW, "Opened", PREPARED, _prepared, may=desk.FIELD, program=True,
            takes=(PLAYBOOK, Field("reason", "text", "原因", "what happened"))),
        Row(PREPARED, "Activated", ACTIVE, _activated, may=desk.HEADS),
        Row(PREPARED, "Discarded", DISCARDED, _discarded, may=desk.HEADS, takes=(desk.REASON,)),
        Row(ACTIVE, "TaskEnded", None, _task_ended),
        Row(ACTIVE, "StoodDown", OVER, _stood_down, may=desk.HEADS,
            takes=(Field("lesson", "text", "经验教训", "what was learned"),)),
        *desk.rows((PREPARED, ACTIVE)),
    ),
)  # fmt: skip


def _planned(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if refused := _unknown(fact, given):
        return refused
    book, site = fact.said["playbook"], fact.said.get("site", "")
    days = given.rule("playbook")[book]["drill_days"]
    only: tuple[Effect, ...] = (Take(f"drill of {book} {site}", f"{book} is drilled already {site}".rstrip()),)
    words = {"playbook": book, "site": site, "drills": [], "days": days}
    return Outcome(changes=words, moves={"due_at": fact.at + days * DAY_MS, "queue": "drills"}, effects=only)


def _held(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """Logged with who took part and what was found; what did not work becomes a task."""
    said = fact.said
    drill = {**said, "at": fact.at, "by": fact.actor}
    row = given.rule("playbook").get(matter.body["playbook"], {})
    days = row.get("drill_days", matter.body["days"])
    found = "; ".join(said.get("findings", ()))
    words = {"what": f"drill of {matter.body['playbook']}: {found or 'it did not work'}", "team": "improvement"}
    mend = () if said["worked"] else (Open("task", f"{matter.id} drill {matter.version}", words, parent=matter.id),)
    drills = [*matter.body["drills"], drill][-DRILLS_KEPT_MAX:]
    return Outcome(CURRENT, {"drills": drills}, mend, {"due_at": fact.at + days * DAY_MS, "priority": 0})


def _overdue(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(OVERDUE, moves={"due_at": None, "priority": OVERDUE_PRIORITY})


def _retired(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """It may be planned again, by another matter."""
    free = Free(f"drill of {matter.body['playbook']} {matter.body['site']}")
    return Outcome(changes={"retired": fact.said["reason"]}, effects=(free,))


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"playbook": matter.body.get("playbook", ""), "site": matter.body.get("site", "")}


DRILL = Kind(
    name="drill",
    titles=("演练", "drill"),
    states=(DUE, CURRENT, OVERDUE, RETIRED),
    ended=frozenset({RETIRED}),
    rows=(
        Row(NEW, "Opened", DUE, _planned, may=desk.FIELD, program=True,
            takes=(PLAYBOOK, Field("site", "word", "地点", "the site, where it is one", needed=False))),
        *in_all(TRIED, Row(DUE, "Held", None, _held, may=desk.FIELD,
            takes=(Field("people", "texts", "参加人", "who took part"),
                   Field("minutes", "whole", "用时（分钟）", "how long it took"),
                   Field("worked", "flag", "是否成功", "whether it worked"),
                   Field("findings", "texts", "发现", "what was found", needed=False)))),
        *in_all((DUE, CURRENT), Row(DUE, "ClockRan", None, _overdue)),
        *in_all(TRIED, Row(DUE, "Retired", RETIRED, _retired, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows(TRIED),
    ),
    tags=_tags,
)  # fmt: skip
