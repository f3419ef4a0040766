"""S-61: a sheet of figures a month with intervals: time to resolve, money at risk, kept promises, repeat rate."""

from __future__ import annotations

import io

import openpyxl

from chongzheng.cases.calendar import instant
from chongzheng.cases.matter import Matter
from chongzheng.reports import papers
from chongzheng.reports.documents import Figure, Period
from chongzheng.reports.period import period
from requirements.desk import DAY_MS, HOUR_MS, Desk
from requirements.worked import in_doubt

ASKED_FOR = ("resolve_ms", "risk_fen", "promises_ppm", "repeat_ppm")
PATH = (("ConfirmStarted", {}), ("Confirmed", {}), ("CauseFound", {"primary": "unknown"}),
        ("Decided", {"action": "other"}), ("Remedied", {"result": "seen to"}),
        ("Closed", {"outcome": "over"}))  # fmt: skip


def read(desk: Desk) -> Period:
    with desk.place.reading() as reader:
        return period(reader, "20260901", "20261031", "zh")


def figures(found: Period, month: int) -> dict[str, Figure]:
    return {one.name: one for one in found.months[month].figures}


def question(desk: Desk, fen: int) -> Matter:
    return desk.open("case", {"source": "person", "why": "a question", "fen": fen}, "li")


def close(desk: Desk, one: Matter) -> None:
    for fact, said in PATH:
        desk.say(one, fact, "li", **said)


def two_months(desk: Desk) -> None:
    """Five cases, of which three are closed after 1, 2 and 3 hours; a terminal that comes back; a promise a month."""
    first = [question(desk, 1_000 * n) for n in (1, 2, 3)]
    for one in first:
        desk.now += HOUR_MS
        close(desk, one)
    doubtful = [desk.open("case", {"source": "person", "why": "x"}, "li", payment=in_doubt(desk, n)) for n in (1, 2)]
    for one, day in zip(doubtful, ("20260925", "20261005"), strict=True):
        desk.say(one, "PromiseMade", "li", what="call back", day=day)
    desk.say(doubtful[0], "PromiseKept", "li", no=1)
    desk.now = instant("20261020")
    question(desk, 500)
    desk.now = instant("20261101") + DAY_MS
    question(desk, 7)


def test_s_61(desk: Desk) -> None:
    two_months(desk)
    found = read(desk)
    assert [one.month for one in found.months] == ["202609", "202610"]
    september, october = figures(found, 0), figures(found, 1)
    resolved = september["resolve_ms"]
    assert (resolved.value, resolved.low, resolved.n) == (3 * HOUR_MS, HOUR_MS, 5)
    assert resolved.high is None, "two of five are open: how long it takes at most is not known"
    assert september["risk_fen"].value == october["risk_fen"].value - 500 == 2 * 12_345  # type: ignore[operator]
    assert (october["risk_fen"].low, october["risk_fen"].high) == (24_690, 25_190)
    assert (september["promises_ppm"].value, october["promises_ppm"].value) == (1_000_000, 0)
    assert (september["repeat_ppm"].value, september["repeat_ppm"].n) == (500_000, 2)
    for name in ASKED_FOR:
        one = september[name]
        assert one.low is not None and one.low <= (one.value or 0), name
        assert one.high is None or one.high >= (one.value or 0), name


def test_s_61_is_a_sheet_a_month(desk: Desk) -> None:
    two_months(desk)
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(read(desk))))
    sheets = [sheet for sheet in book.worksheets if sheet.title.startswith("指标")]
    assert len(sheets) == 3, "the whole period, and each month"
    for sheet in sheets:
        rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
        for name in ("解决时长中位数", "期末在途风险金额", "承诺兑现率", "重复发生率"):
            assert name in rows, name
    september = {row[0].value: row for row in sheets[1].iter_rows(min_row=2)}
    assert september["期末在途风险金额"][1].value == 246.9 and september["承诺兑现率"][1].number_format == "0.0%"
