"""What did somebody write down on a phone without a network, and which calls of the door does it become, each once?

The phone names each entry with a key of its own; every call has a key made of it, so that an entry may be sent as often
as the network wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.cases import slip, survey
from chongzheng.cases.fields import Field, misfit
from chongzheng.journal.rows import payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import Key

SLIP, SURVEY = "slip", "survey"
PHOTOS_MAX = 10
KEY = re.compile(r"[0-9a-f-]{32,36}")
_MATTER = re.compile(r"survey-[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a phone. `matter`: the survey that it fills in, "" for a slip or a survey that nobody planned."""

    key: str
    kind: str
    matter: str
    words: Mapping[str, Any]
    form: Mapping[str, Any]
    photos: tuple[Mapping[str, Any], ...]
    result: str

    @property
    def payment(self) -> str:
        """The id of the payment that a slip's four numbers name."""
        return payment_id(Key(*(str(self.words[name]) for name in slip.KEY)))

    @property
    def only(self) -> str:
        """What only one slip is called, whoever brings it in and however."""
        return " ".join(["slip", *(str(self.words[name]) for name in slip.KEY)])

    def facts(self) -> Iterator[tuple[str, Mapping[str, Any], str]]:
        """(fact, words, key) of what is said of the survey, in this order."""
        yield "FormFilled", self.form, f"{self.key}-form"
        for number, photo in enumerate(self.photos):
            yield "PhotoAdded", photo, f"{self.key}-photo-{number}"
        if self.result:
            yield "Ended", {"result": self.result}, f"{self.key}-end"


def read(said: Any) -> Entry:
    """The entry in a document of the phone. TheirMistake: what is missing or wrong."""
    if not isinstance(said, dict) or not KEY.fullmatch(str(said.get("key", ""))):
        raise TheirMistake("is no entry of a phone", "key")
    kind = said.get("kind")
    if kind == SLIP:
        return Entry(said["key"], SLIP, "", _fitting(slip.READ, _slip(said.get("words"))), {}, (), "")
    if kind != SURVEY:
        raise TheirMistake("is slip or survey", "kind")
    matter = str(said.get("matter", ""))
    if matter and not _MATTER.fullmatch(matter):
        raise TheirMistake("is no survey", "matter")
    photos = said.get("photos", [])
    if not isinstance(photos, list) or len(photos) > PHOTOS_MAX:
        raise TheirMistake(f"are at most {PHOTOS_MAX}", "photos")
    return Entry(
        key=said["key"],
        kind=SURVEY,
        matter=matter,
        words={} if matter else _fitting(survey.PLAN, said.get("words")),
        form=_answered(_fitting(survey.FORM, said.get("form"))),
        photos=tuple(_fitting(survey.PHOTO, one) for one in photos),
        result=_result(said.get("result", "")),
    )


def _slip(words: Any) -> Any:
    """Batch and trace have six digits, however few were typed."""
    if not isinstance(words, dict):
        return words
    filled = {name: str(words[name]).strip().zfill(6) for name in ("batch", "trace") if words.get(name)}
    return {**words, **filled}


def _fitting(fields: tuple[Field, ...], words: Any) -> Mapping[str, Any]:
    if not isinstance(words, dict):
        raise TheirMistake("is an object", "words")
    wrong = misfit(fields, words)
    if wrong is not None:
        where, _, what = wrong.partition(": ")
        raise TheirMistake(what, where)
    return words


def _answered(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers are texts, and no card number stands in one."""
    for question, answer in form["answers"].items():
        _fitting((Field("answer", "text", question, question),), {"answer": answer})
    return form


def _result(text: Any) -> str:
    if text in ("", None):
        return ""
    return str(_fitting((survey.RESULT,), {"result": text})["result"])
