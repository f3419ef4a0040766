"""S-03: the sale is repeated only when nobody is charged, once of fifty who try together, and tied to the case."""

from __future__ import annotations

import threading

import pytest

from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from journal.made import NOON_MS, asked, cleared, name_of, reply, sale, undone
from requirements.desk import Desk

CLERKS = 50
AGAIN = {"trace": "000099", "fen": 12_000, "corrected": "the amount was keyed wrong"}


def test_s_03(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    desk.journal.apply([sale(2), reply(2), cleared(2)])
    desk.journal.apply([sale(3), reply(3), asked(3), undone(3), cleared(3, 1, 1)])
    for n, truth in ((1, "unknown"), (2, "charged_kept")):
        with pytest.raises(Overtaken, match=f"cannot be repeated while it is {truth}"):
            desk.open("retry", AGAIN, "li", payment=name_of(n))
    payment = name_of(3)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    heard: list[str] = []

    def repeat() -> None:
        side = Side.open(desk.place.path)
        try:
            heard.append(Matters(side, lambda: NOON_MS, Registers(side)).open("retry", AGAIN, "li", payment=payment).id)
        except Overtaken as no:
            heard.append(str(no))
        finally:
            side.close()

    clerks = [threading.Thread(target=repeat) for _ in range(CLERKS)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    won = [word for word in heard if word.startswith("retry-")]
    assert len(heard) == CLERKS and len(won) == 1
    assert all(f"it is being repeated already ({won[0]})" == word for word in heard if word not in won)
    retry = desk.matters.get(won[0])
    assert {one["field"] for one in retry.body["differs"]} == {"trace", "fen"}
    desk.say(retry, "Sent", "li")
    desk.say(retry, "Sold", payment="P2")
    assert desk.matters.get(case.id).body["retries"][0]["retry"] == retry.id
