"""Does a lesson come up again until it is answered?"""

from __future__ import annotations

from chongzheng.cases.effects import Open
from chongzheng.cases.lesson import LESSON, REVIEW_MS
from unit.cases.timeline import play

SAID = {"what": "count what gives up"}


def test_a_lesson_is_adopted_becomes_a_task_and_ends_with_a_result() -> None:
    one = play(LESSON, [("Opened", "li", SAID)]).say("Adopted", "zhang", plan="an alarm", team="software")
    assert isinstance(one.effects[0], Open) and one.effects[0].said["team"] == "software"
    one.say("TaskEnded", task="task-1", state="Done").say("Done", "zhang", result="in release 4.3")
    assert (one.state, one.matter.body["answer"], one.matter.body["task_ended"]) == ("DONE", "in release 4.3", "Done")


def test_what_nobody_answers_comes_up_each_quarter() -> None:
    one = play(LESSON, [("Opened", "li", SAID), ("ClockRan", "program", {}, 7)])
    assert one.matter.body["reviews"] == 1 and one.matter.due_at == one.now + REVIEW_MS
    assert one.say("Declined", "chen", reason="the model is retired").state == "DECLINED"
