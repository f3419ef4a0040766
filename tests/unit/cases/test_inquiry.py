"""Does no incomplete pack leave, and is a reply a witness of its case?"""

from __future__ import annotations

from typing import Any

from chongzheng.cases.effects import Say
from chongzheng.cases.inquiry import INQUIRY, MANDATORY, missing, pack
from unit.cases.play import Played, standing

REST: dict[str, Any] = {
    "rrn": "000000000042", "masked_card": "622200******1902", "day": "20260922", "reason": "6302",
}  # fmt: skip


def drafted(to: str = "scheme", **said: Any) -> Played:
    one = Played(INQUIRY, standing(), payment="P1", parent="case-4")
    one.well("Opened", "li", to=to, **said)
    return one


def sent() -> Played:
    one = drafted(**REST)
    one.well("Sent", "li", reference="letter 7")
    return one


def test_it_is_filled_from_the_payment_and_refuses_to_leave_incomplete() -> None:
    one = drafted()
    assert missing(one.matter, one.rules["inquiry fields"]) == ["rrn", "masked_card", "day", "reason"]
    assert "rrn (检索参考号)" in one.refused("Sent", "li", reference="x").text and one.matter.state == "DRAFT"
    one.well("Filled", "li", **REST)
    assert one.well("Sent", "li", reference="letter 7").state == "SENT"
    assert one.matter.body["pack"] == pack(one.matter) and len(one.matter.body["pack"]["hash"]) == 64
    assert INQUIRY.tags(one.matter) == {"payment": "P1", "to": "scheme", "rrn": "000000000042"}


def test_what_it_must_name_depends_on_who_is_asked() -> None:
    assert "slip_hash" in drafted("issuer", **REST).refused("Sent", "li", reference="x").text
    assert (
        drafted("wallet").refused("Sent", "li", reference="x").text.startswith("it does not leave: order")
    )
    one = Played(INQUIRY)
    one.rules["inquiry fields"] = {}
    assert one.refused("Opened", "li", to="wallet").why == "rule"
    assert "names are of" in MANDATORY.wrong({"names": ["pin"]})


def test_the_case_waits_for_the_reply_and_hears_it_as_a_witness() -> None:
    one = sent()
    assert one.effects == [Say("case-4", "Paused", {"reason": "scheme"}, softly=True)]
    assert one.matter.due_at is not None
    assert "a row to be added" in one.refused("ReplyCame", "li", code="77").text
    one.well("ReplyCame", "li", code="03", hash="b" * 64)
    heard, ended, resumed = one.effects[1:]
    assert isinstance(heard, Say) and (heard.said["witness"], heard.said["original"]) == ("channel query", "yes")
    assert heard.said["hash"] == "b" * 64 and isinstance(ended, Say) and ended.said["known"] is True
    assert isinstance(resumed, Say) and resumed.fact == "Resumed" and one.matter.due_at is None


def test_a_reply_that_knows_nothing_is_no_witness() -> None:
    one = sent()
    one.well("ReplyCame", "li", code="04")
    assert [effect.fact for effect in one.effects[1:] if isinstance(effect, Say)] == ["InquiryEnded", "Resumed"]


def test_silence_is_noted_and_goes_to_those_above() -> None:
    one = sent()
    one.now = one.matter.due_at or 0
    assert one.well("ClockRan").body["overdue"] is False
    one.now = one.matter.due_at or 0
    after = one.well("ClockRan")
    assert (after.body["overdue"], after.queue, after.due_at) == (True, "supervisor", None)


def test_one_that_is_withdrawn_lets_the_case_go_on() -> None:
    early = drafted()
    early.well("Withdrawn", "li", reason="found")
    assert [effect.fact for effect in early.effects if isinstance(effect, Say)] == ["InquiryEnded"]
    late = sent()
    late.well("Withdrawn", "li", reason="found")
    assert [effect.fact for effect in late.effects if isinstance(effect, Say)] == ["Paused", "InquiryEnded", "Resumed"]


def test_an_issuer_is_asked_as_an_issuer() -> None:
    one = drafted("issuer", **REST, auth_code="123456", slip_hash="c" * 64)
    one.well("Sent", "li", reference="letter 8")
    one.well("ReplyCame", "li", code="not found")
    first, heard = one.effects[:2]
    assert isinstance(first, Say) and first.said == {"reason": "issuer"}
    assert isinstance(heard, Say) and (heard.said["witness"], heard.said["original"]) == ("issuer", "no")
