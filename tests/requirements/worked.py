"""What does a case look like that was worked through all five chapters? A payment, its witnesses and its people."""

from __future__ import annotations

from chongzheng.cases.matter import Matter
from journal.made import DAY_MS, NOON_MS, asked, cleared, name_of, reply, sale, undone
from requirements.desk import HOUR_MS, Desk

EVIL = '=HYPERLINK("http://x","客户称已扣款")'
"""What somebody may write where a reason is asked for."""


def in_doubt(desk: Desk, n: int = 1) -> str:
    """The n-th payment: its answer was lost, its reversal was answered 25, its approval came late."""
    for one in (sale(n), asked(n), reply(n, NOON_MS + 350), undone(n, code="25")):
        desk.journal.apply([one])
    return name_of(n)


def told(desk: Desk) -> None:
    """What the program says by itself of payments that moved."""
    for matter, facts in desk.matters.behind():
        desk.matters.tell_standing(matter, facts)


def opened(desk: Desk, n: int = 1) -> Matter:
    """The case of the n-th payment, as a complaint brings it."""
    payment = in_doubt(desk, n)
    said = {"source": "complaint", "why": EVIL}
    return desk.open("case", said, "li", payment=payment, key=f"case {payment}")


def worked(desk: Desk, n: int = 1) -> Matter:
    """The same case, confirmed when the clearing file spoke, decided, told, promised, closed, and learnt from."""
    case = opened(desk, n)
    desk.now += HOUR_MS
    desk.say(case, "ConfirmStarted", "li")
    words = {"witness": "merchant", "goods": "no", "at_raw": NOON_MS + 421_000, "ahead_ms": 420_000}
    desk.say(case, "WitnessHeard", "li", **words, text="没有出票")
    desk.journal.apply([cleared(n, 1, 1)])
    desk.now = NOON_MS + DAY_MS + n
    told(desk)
    desk.say(case, "Confirmed", "li")
    shares = {"network": 70, "terminal_software": 30}
    desk.say(case, "CauseFound", "li", primary="NW-CELL", contributing=["SW-RETRY"], shares=shares, reviewed=True)
    desk.say(case, "PromiseMade", "li", what="call back", day="20260930")
    desk.say(case, "Decided", "zhang", action="tell", note="it went back")
    desk.say(case, "NoticeSent", "li", audience="cardholder", template="cardholder.returned", reference="call of 13:05")
    desk.say(case, "ComplaintAnswered", "li", answer="the money went back to the card")
    desk.say(case, "PromiseKept", "mei", no=1)
    task = desk.open("task", {"what": "explain reversals to the shop", "team": "merchants"}, "li", parent=case.id)
    desk.say(task, "Accepted", "mei")
    desk.say(task, "Done", "mei", result="done by telephone")
    return desk.say(case, "Closed", "zhang", outcome="returned by the scheme", lesson="answer 25 is no verdict")
