"""S-57: improvement goes round: the share of measures with a measured effect is reported, with what became of each."""

from __future__ import annotations

from chongzheng.reports.documents import Figure, Period
from chongzheng.reports.period import period
from requirements.desk import DAY_MS, Desk

FIGURES = {"failures_before": 80, "n_before": 1_000, "n_after": 1_000}


def read(desk: Desk) -> Period:
    with desk.place.reading() as reader:
        return period(reader, "20260901", "20260930", "en")


def share(desk: Desk) -> Figure:
    return next(one for one in read(desk).months[0].figures if one.name == "capa_ppm")


def test_s_57(desk: Desk) -> None:
    words = {"what": "longer wait", "sort": "corrective", "owner": "qian", "due_at": desk.now + DAY_MS}
    measures = [desk.open("capa", words, "li") for _ in range(5)]
    assert (share(desk).value, share(desk).n) == (None, 0), "what is not done says nothing about its effect"
    for one in measures[:4]:
        desk.say(one, "Done", "qian", evidence="in release 4.2")
    assert (share(desk).value, share(desk).n) == (0, 4), "being done is no effect"
    desk.say(measures[0], "Measured", "qian", failures_after=20, **FIGURES)
    desk.say(measures[1], "Measured", "qian", failures_after=79, **FIGURES)
    desk.say(measures[2], "Waived", "zhang", reason="the model is gone")
    found = share(desk)
    assert (found.value, found.n) == (250_000, 4), "one helped, one did not show it, one was waived, one waits"
    assert found.low == 45_586 and found.high == 699_364, "Wilson's interval at 95 %"
    (annex,) = [one for one in read(desk).annexes if one.name == "measures"]
    assert {row.id: dict(row.words)["state"] for row in annex.rows} == {
        measures[0].id: "EFFECTIVE", measures[1].id: "DONE", measures[2].id: "WAIVED", measures[3].id: "DONE",
    }  # fmt: skip
    assert all(row.because for row in annex.rows)
