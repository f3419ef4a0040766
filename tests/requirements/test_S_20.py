"""S-20: a unit is exchanged by an order with part, serials, technician, stock, time target, backup and keys."""

from __future__ import annotations

import threading

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from requirements.desk import HOUR_MS, Desk

SAVED = {"hash": "0" * 64, "records": 3, "pending": []}
PARTS, RACERS = 3, 12


def order(desk: Desk) -> Matter:
    said = {"terminal": "80000001", "part": "printer", "serial_old": "A1", "severity": "S2"}
    return desk.open("swap", said, "li")


def test_s_20(desk: Desk) -> None:
    stock = desk.open("part", {"part": "printer", "on_hand": 1}, "qian")
    one, other = order(desk), order(desk)
    assert one.due_at == desk.now + 8 * HOUR_MS
    desk.say(one, "PartReserved", "li")
    with pytest.raises(Overtaken, match="no 1 of printer in stock"):
        desk.say(other, "PartReserved", "li")
    with pytest.raises(Overtaken, match="possible now: BackedUp"):
        desk.say(one, "Swapped", "qian", serial_new="B2")
    desk.say(one, "BackedUp", "qian", **SAVED)
    done = desk.say(one, "Swapped", "qian", serial_new="B2")
    assert (done.state, done.body["technician"], done.body["serial_old"], done.body["serial_new"]) == (
        "SWAPPED", "qian", "A1", "B2",
    )  # fmt: skip
    with pytest.raises(Overtaken, match="keys of the old unit A1"):
        desk.say(one, "KeysRevoked", "qian", serial="B2", evidence="host list")
    assert desk.say(one, "KeysRevoked", "qian", serial="A1", evidence="host list").state == "DONE"
    card = desk.matters.get(stock.id)
    assert (card.state, card.body["on_hand"], card.body["reserved"]) == ("OUT", 0, 0)
    ordered = desk.matters.of_parent(stock.id)
    assert [task.body["what"] for task in ordered] == ["order 20 x printer from terminal maker"]
    desk.wait(8 * HOUR_MS)
    assert desk.matters.get(other.id).body["late"] and not desk.matters.get(one.id).body["late"]


def test_s_20_whatever_is_cancelled_gives_its_part_back(desk: Desk) -> None:
    stock = desk.open("part", {"part": "printer", "on_hand": 1}, "qian")
    one, other = order(desk), order(desk)
    desk.say(one, "PartReserved", "li")
    desk.say(one, "Cancelled", "li", reason="it was the paper")
    assert desk.say(other, "PartReserved", "li").state == "RESERVED"
    assert desk.matters.get(stock.id).body["reserved"] == 1


def test_s_20_of_many_who_want_the_last_parts_as_many_get_one_as_there_are(desk: Desk) -> None:
    stock = desk.open("part", {"part": "printer", "on_hand": PARTS}, "qian")
    swaps = [order(desk) for _ in range(RACERS)]
    heard: list[str] = []

    def reserve(swap: Matter) -> None:
        side = Side.open(desk.place.path)
        try:
            Matters(side, lambda: desk.now, Registers(side)).say(swap.id, "PartReserved", {}, "li")
            heard.append("done")
        except Overtaken as no:
            heard.append(str(no))
        finally:
            side.close()

    racers = [threading.Thread(target=reserve, args=(swap,)) for swap in swaps]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert heard.count("done") == PARTS and len(heard) == RACERS
    assert all("no 1 of printer in stock" in why for why in heard if why != "done")
    card = desk.matters.get(stock.id)
    assert (card.body["reserved"], card.body["on_hand"]) == (PARTS, PARTS)
    assert sum(desk.matters.get(swap.id).state == "RESERVED" for swap in swaps) == PARTS
