"""What did somebody find who went to the shop: a form, photos with their hashes, and were these altered since?

The form is filled without a network and synced later: what is handed in twice stands once (S-32).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from chongzheng.cases import desk, kin
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.witness import SITE

PLANNED, VISITED, ENDED, DROPPED = "PLANNED", "VISITED", "ENDED", "DROPPED"
RUNNING = (PLANNED, VISITED)
PHOTOS_MAX = 60
LATE_PRIORITY = 50
"""Added to the priority of a survey that was not done in time."""

PLAN = (
    Field("site", "text", "地点", "shop and address"),
    Field("questions", "texts", "问题", "what to find out"),
    Field("due_at", "instant", "期限", "until when, epoch ms", needed=False),
)
FORM = (
    Field("answers", "object", "回答", "question: answer"),
    Field("taken_at", "instant", "填写时间", "when it was filled in, by the device, epoch ms"),
    Field("geo", "object", "位置", "lat and lon, in millionths of a degree", needed=False),
    Field("present", "text", "在场人", "who was there", needed=False),
    Field("goods", "word", "交付", "were the goods delivered", needed=False, choices=("yes", "no", "unknown")),
)
PHOTO = (
    Field("name", "word", "名称", "the name of the photo"),
    Field("hash", "hash", "摘要", "SHA-256 of the photo, made on the device"),
    Field("taken_at", "instant", "拍摄时间", "when, by the device, epoch ms", needed=False),
    Field("geo", "object", "位置", "lat and lon, in millionths of a degree", needed=False),
)
SEEN = (Field("name", "word", "名称", "the name of the photo"), Field("hash", "hash", "摘要", "SHA-256 of it now"))
RESULT = Field("result", "text", "结论", "what was found")


def photo_hash(content: bytes) -> str:
    """SHA-256 of a photo, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def _planned(matter: Matter, fact: Fact, given: Given) -> Outcome:
    said = dict(fact.said)
    return Outcome(changes={**said, "photos": {}}, moves={"queue": "field work", "due_at": said.get("due_at")})


def _filled(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    form = matter.body.get("form")
    if form is None:
        return Outcome(changes={"form": {**fact.said, "synced_at": fact.at, "by": fact.actor}})
    if form["taken_at"] == fact.said["taken_at"] and form["answers"] == fact.said["answers"]:
        return Outcome()
    return Refused("rule", "the form was handed in already, with other answers; note the difference")


def _photographed(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    photos: Mapping[str, Any] = matter.body["photos"]
    name = fact.said["name"]
    if name in photos:
        same = photos[name]["hash"] == fact.said["hash"]
        return Outcome() if same else Refused("rule", f"name: {name} is another photo already")
    if len(photos) >= PHOTOS_MAX:
        return Refused("rule", f"there are {PHOTOS_MAX} photos already")
    one = {**fact.said, "synced_at": fact.at, "by": fact.actor, "altered": False}
    return Outcome(changes={"photos": {**photos, name: one}})


def _checked(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    photos: Mapping[str, Any] = matter.body["photos"]
    name = fact.said["name"]
    if name not in photos:
        return Refused("rule", f"name: there is no photo {name}")
    altered = photos[name]["altered"] or photos[name]["hash"] != fact.said["hash"]
    return Outcome(changes={"photos": {**photos, name: {**photos[name], "altered": altered, "checked_at": fact.at}}})


def altered(matter: Matter) -> tuple[str, ...]:
    """Photos that are not any more what was taken."""
    return tuple(name for name, one in matter.body["photos"].items() if one["altered"])


def _late(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"late": True}, moves={"due_at": None, "priority": matter.priority + LATE_PRIORITY})


def _ended(matter: Matter, fact: Fact, given: Given) -> Outcome:
    form = matter.body["form"]
    bad = altered(matter)
    proofs = sorted(one["hash"] for name, one in matter.body["photos"].items() if name not in bad)
    said = {"witness": SITE, "text": fact.said["result"], "reference": f"{matter.id}, {len(proofs)} photos"}
    said |= {"at_raw": form["taken_at"], **({"goods": form["goods"]} if "goods" in form else {})}
    ended = {"survey": matter.id, "result": fact.said["result"], "photos": proofs, "altered": list(bad)}
    effects = kin.told(matter, given, "WitnessHeard", said) + kin.told(matter, given, "SurveyEnded", ended)
    return Outcome(changes={"result": fact.said["result"]}, effects=effects)


SURVEY = Kind(
    name="survey",
    titles=("现场核查", "site survey"),
    states=(PLANNED, VISITED, ENDED, DROPPED),
    ended=frozenset({ENDED, DROPPED}),
    rows=(
        Row(NEW, "Opened", PLANNED, _planned, may=desk.FIELD, takes=PLAN),
        *in_all(RUNNING, Row("", "FormFilled", VISITED, _filled, may=desk.FIELD, takes=FORM)),
        *in_all(RUNNING, Row("", "PhotoAdded", None, _photographed, may=desk.FIELD, takes=PHOTO)),
        *in_all(RUNNING, Row("", "PhotoChecked", None, _checked, may=desk.FIELD, program=True, takes=SEEN)),
        Row(VISITED, "Ended", ENDED, _ended, may=desk.FIELD, takes=(RESULT,)),
        Row(ENDED, "PhotoChecked", None, _checked, may=desk.FIELD | {desk.AUDITOR}, program=True, takes=SEEN),
        *in_all(RUNNING, Row("", "Dropped", DROPPED, may=desk.DESK, takes=(desk.REASON,))),
        *in_all(RUNNING, Row("", "ClockRan", None, _late)),
        *desk.rows(RUNNING),
    ),
    asks=kin.asks_case,
)
