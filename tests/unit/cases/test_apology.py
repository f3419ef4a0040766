"""Is one apology sent for an incident, a second within the quiet time kept back, and every one of them for a fact?"""

from __future__ import annotations

from chongzheng.cases.apology import APOLOGY, QUIET
from chongzheng.cases.effects import Take, Tell
from chongzheng.cases.matter import Fact, Matter
from unit.cases.play import NOON_MS, Played

DAY_MS = 86_400_000
WORDS = {
    "person": "C1", "incident": "case-9", "to": "customer-1", "evidence": ["file of 22 September"], "at": NOON_MS,
    "merchant": "Noodle shop", "card": "622200******1234", "amount": 12_345, "what": "it was charged, and not printed",
    "standing": "on its way back", "right_by": "20260930",
}  # fmt: skip


def opened(*others: Matter) -> Played:
    """An apology that somebody wants to make."""
    one = Played(APOLOGY, parent="case-9")
    one.others["person"] = others
    one.well("Opened", "li", **WORDS)
    return one


def earlier(days: int, state: str = "SENT") -> Matter:
    """One that this person had so many days ago."""
    return Matter("apology-7", "apology", state, opened_at=NOON_MS - days * DAY_MS)


def told(one: Played) -> list[Tell]:
    """What is to be sent."""
    return [effect for effect in one.effects if isinstance(effect, Tell)]


def test_the_first_is_asked_for_once_and_names_what_verifies_it() -> None:
    one = opened()
    (notice,) = told(one)
    assert one.matter.state == "ASKED"
    assert (notice.template, notice.to, notice.key) == ("cardholder.apology", "customer-1", "apology case-9 C1 1")
    assert notice.said["facts"]["incident"]["evidence"] == ["file of 22 September"]
    assert notice.said["by"] == "20260930" and "supervisor" not in notice.said and "evidence" not in notice.said
    assert one.effects[0] == Take("apology case-9 C1", "this person has one for this incident already")
    assert one.well("NoticeSent").state == "SENT"
    assert APOLOGY.tags(one.matter)["person"] == "C1"
    assert APOLOGY.asks(one.matter, Fact("Opened", NOON_MS, said={"person": "C1"}))["person"].value == "C1"


def test_a_second_within_the_quiet_time_waits_for_another_persons_word() -> None:
    assert opened(earlier(31)).matter.state == "ASKED" and opened(earlier(1, "DROPPED")).matter.state == "ASKED"
    one = opened(earlier(29))
    assert (one.matter.state, one.matter.queue, told(one)) == ("SUPPRESSED", "supervisor", [])
    assert one.matter.body["earlier"] == ["apology-7"]
    assert one.refused("SentAnyway", "li", reason="she is angry").why == "role"
    assert one.well("SentAnyway", "zhang", reason="another shop, another day").state == "ASKED"
    assert told(one)[0].said["supervisor"] == "zhang"


def test_other_facts_are_worth_another_word_and_the_same_are_not() -> None:
    one = opened()
    one.well("NoticeSent")
    assert "nothing has changed" in one.refused("Changed", "li", standing="on its way back").text
    assert one.well("Changed", "li", standing="on your card").state == "ASKED"
    assert [notice.key for notice in told(one)] == ["apology case-9 C1 1", "apology case-9 C1 2"]
    assert told(one)[1].said["standing"] == "on your card"


def test_one_that_failed_is_sent_again_under_a_new_key_or_dropped() -> None:
    one = opened()
    assert one.well("NoticeFailed").state == "FAILED"
    one.well("SentAnyway", "zhang", reason="the address was wrong")
    assert told(one)[1].key == "apology case-9 C1 2"
    one.well("NoticeFailed")
    assert one.well("Dropped", "zhang", reason="was told on the telephone").state == "DROPPED"


def test_a_limit_is_above_nought() -> None:
    assert QUIET.wrong(QUIET.shipped["quiet ms"]) == "" and QUIET.wrong({"zh": "x", "en": "x", "n": 0}) != ""
