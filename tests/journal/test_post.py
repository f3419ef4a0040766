"""Is a notice put once with what decides, sent by one at a time, tried later and later, and then a person's work?"""

from __future__ import annotations

import pytest

from chongzheng.journal.matters import Matters
from chongzheng.journal.post import ATTEMPTS_MAX, LEASE_MS, RETRY_AFTER_MS, Post, put
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS

SAID = {"amount": 1_234}


@pytest.fixture
def post(side: Side) -> Post:
    """An empty post."""
    return Post(side)


def test_a_key_is_used_once_and_a_rolled_back_notice_never_was(post: Post, side: Side) -> None:
    with pytest.raises(KeyError), side.together():
        put(side, NOON_MS, "", "shop.kept", "shop", "k", SAID)
        raise KeyError
    assert post.page() == []
    assert post.put(NOON_MS, "", "shop.kept", "shop", "k", SAID)
    assert not post.put(NOON_MS, "", "shop.returned", "shop", "k", {})
    [one] = post.page("waiting")
    assert (one.template, one.addressee, one.said, one.state) == ("shop.kept", "shop", SAID, "waiting")


def test_a_claim_is_nobody_elses_until_its_lease_ends(post: Post) -> None:
    post.put(NOON_MS, "", "shop.kept", "shop", "k", SAID)
    assert post.claim(NOON_MS - 1) == []
    [one] = post.claim(NOON_MS)
    assert one.attempts == 1 and post.claim(NOON_MS + LEASE_MS - 1) == []
    [again] = post.claim(NOON_MS + LEASE_MS)
    assert (again.id, again.attempts) == (one.id, 2)


def test_what_fails_comes_later_and_later_and_then_waits_for_a_person(post: Post) -> None:
    post.put(NOON_MS, "", "shop.kept", "shop", "k", SAID)
    now, waits = NOON_MS, []
    for attempt in range(1, ATTEMPTS_MAX + 1):
        [one] = post.claim(now)
        state = post.failed(one, "busy", now, for_good=False)
        assert state == ("failed" if attempt == ATTEMPTS_MAX else "waiting")
        waits.append(post.get(one.id).next_at - now)
        now += waits[-1]
    assert tuple(waits) == (*RETRY_AFTER_MS, 0)
    assert post.claim(now + 10**12) == []
    assert post.retry(1, now) and not post.retry(1, now)
    [one] = post.claim(now)
    assert post.failed(one, "no such address", now, for_good=True) == "failed"


def test_what_was_sent_keeps_its_evidence_and_is_not_sent_again(post: Post) -> None:
    post.put(NOON_MS, "", "cardholder.apology", "c", "k", SAID)
    [one] = post.claim(NOON_MS)
    words = dict.fromkeys(("outlet", "address", "subject", "body", "short", "stated"), "x")
    post.word(one.id, wording="cardholder.apology/1", person="P1", incident="I1", facts="f", **words)
    post.sent(one.id, "250 queued as 7", NOON_MS + 5)
    found = post.get(one.id)
    assert (found.state, found.sent_at, found.evidence, found.body) == ("sent", NOON_MS + 5, "250 queued as 7", "x")
    assert post.claim(NOON_MS + 10 * LEASE_MS) == [] and not post.retry(one.id, NOON_MS)
    assert post.apologies("P1", "cardholder.apology") == [("P1", "I1", NOON_MS + 5, "f")]
    assert post.apologies("P1", "cardholder.kept") == post.apologies("", "cardholder.apology") == []


def test_an_answer_reaches_its_matter_without_a_card_number(post: Post, side: Side) -> None:
    matter = Matters(side, lambda: NOON_MS, Registers(side)).open("task", {"what": "w", "team": "merchants"})
    said = post.reply(matter.id.upper(), "卡 6222 0200 0000 1234 没收到钱", "mail", NOON_MS)
    assert said == matter.id
    [reply] = post.replies(matter.id)
    assert (reply.text, reply.at, reply.outlet) == ("卡 **** 没收到钱", NOON_MS, "mail")
    for reference in ("TASK-999", "CASE-1", "x", "TASK-x", ""):
        with pytest.raises(TheirMistake, match="reference"):
            post.reply(reference, "x", "mail", NOON_MS)
    with pytest.raises(TheirMistake, match="text"):
        post.reply(matter.id, " ", "mail", NOON_MS)


def test_promises_are_kept_once_and_moved_to_another_date(post: Post) -> None:
    assert post.promise("p1", "case-1", "答复", NOON_MS, NOON_MS + 10)
    assert not post.promise("p1", "case-1", "答复", NOON_MS, NOON_MS + 10)
    assert post.move("p1", "p2", NOON_MS + 20, NOON_MS + 5, asked=False)
    assert not post.move("p1", "p3", NOON_MS + 30, NOON_MS + 6, asked=False)
    assert post.keep("p2", NOON_MS + 15) and not post.keep("p2", NOON_MS + 16)
    first, second = post.promises(NOON_MS, NOON_MS + 100)
    assert (first.moved_at, first.asked, first.kept_at) == (NOON_MS + 5, False, None)
    assert (second.matter, second.what, second.kept_at) == ("case-1", "答复", NOON_MS + 15)
    assert post.promises(NOON_MS, NOON_MS + 10) == []


def test_a_notice_that_is_not_there_is_said_so(post: Post) -> None:
    with pytest.raises(TheirMistake, match="no notice"):
        post.get(1)
