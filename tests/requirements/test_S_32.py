"""S-32: a photo of a site survey that was altered after it was handed in fails its check."""

from __future__ import annotations

from chongzheng.cases.survey import photo_hash
from journal.made import name_of, sale
from requirements.desk import Desk


def test_s_32(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    plan = {"site": "shop 7", "questions": ["were the goods handed over?"]}
    survey = desk.open("survey", plan, "li", parent=case.id)
    photos = {"till": b"\xff\xd8 the till", "shelf": b"\xff\xd8 the shelf"}
    for name, content in photos.items():
        desk.say(survey, "PhotoAdded", "qian", name=name, hash=photo_hash(content))
    form = {"answers": {"were the goods handed over?": "no"}, "taken_at": desk.now - 60_000, "goods": "no"}
    desk.say(survey, "FormFilled", "qian", **form)
    desk.say(survey, "FormFilled", "qian", **form)
    photos["till"] += b"."
    for name, content in photos.items():
        survey = desk.say(survey, "PhotoChecked", "li", name=name, hash=photo_hash(content))
    assert {name: one["altered"] for name, one in survey.body["photos"].items()} == {"till": True, "shelf": False}
    desk.say(survey, "Ended", "qian", result="nothing was handed over")
    heard = desk.matters.get(case.id).body
    assert heard["stands"] == {"goods": "no"}
    assert heard["surveys"][0]["altered"] == ["till"]
    assert heard["surveys"][0]["photos"] == [photo_hash(photos["shelf"])]
