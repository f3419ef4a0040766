"""S-45: what was promised by which date, and the share that was kept, with its interval."""

from __future__ import annotations

import io

import openpyxl

from chongzheng.cases.calendar import instant
from chongzheng.reports import papers
from chongzheng.reports.documents import Figure
from chongzheng.reports.period import period
from requirements.desk import DAY_MS, Desk


def share(desk: Desk) -> Figure:
    with desk.place.reading() as reader:
        found = period(reader, "20260901", "20260930", "en")
    return next(one for one in found.months[0].figures if one.name == "promises_ppm")


def test_s_45(desk: Desk) -> None:
    case = desk.open("case", {"source": "person", "why": "charged, no slip"}, "li")
    assert share(desk).value is None, "nothing was promised: there is no share, and not a hundred percent"
    for no in range(1, 11):
        desk.say(case, "PromiseMade", "li", what=f"call {no}", day="20260925" if no < 10 else "20261009")
    for no in range(1, 8):
        desk.say(case, "PromiseKept", "li", no=no)
    desk.now = instant("20260925") + 1
    desk.wait(1)
    desk.say(case, "PromiseKept", "li", no=8)
    desk.now += 10 * DAY_MS
    desk.open("task", {"what": "October", "team": "x"}, "li")
    kept = share(desk)
    assert (kept.value, kept.n) == (777_778, 9), "seven of nine: one was late, one not done, the tenth is not due yet"
    assert (kept.low, kept.high) == (452_583, 936_776), "Wilson's interval at 95 %"


def test_s_45_stands_on_paper_with_what_became_of_each(desk: Desk) -> None:
    case = desk.open("case", {"source": "person", "why": "charged, no slip"}, "li")
    for what in ("call back", "send the letter"):
        desk.say(case, "PromiseMade", "li", what=what, day="20260925")
    desk.say(case, "PromiseKept", "li", no=1)
    desk.wait(10 * DAY_MS)
    with desk.place.reading() as reader:
        document = period(reader, "20260901", "20260930", "zh")
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(document)))
    (figures,) = [row for row in book["指标"].iter_rows(min_row=2, values_only=True) if row[0] == "承诺兑现率"]
    assert figures[1] == 0.5 and 0 < figures[2] < 0.5 < figures[3] < 1 and figures[4] == 2
    rows = list(book["承诺"].iter_rows(min_row=2, values_only=True))
    assert [(row[3], row[4]) for row in rows] == [("call back", "已兑现"), ("send the letter", "未兑现")]
