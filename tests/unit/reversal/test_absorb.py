"""What does a payment know after each fact, and what leaves nothing behind?"""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.reversal import facts
from chongzheng.reversal.absorb import UNDRIVEN, absorb, differs, is_approval, is_partial, unproven
from chongzheng.reversal.facts import ANY, Answer, Found, Link, Moves, Sign, Standing, Undo
from chongzheng.reversal.payment import Payment, State, Tie
from chongzheng.reversal.policy import Policy
from unit.reversal.made import (
    AMOUNT,
    DAY,
    DAY_ENDS,
    ECHO,
    KEY,
    NEXT_DAY,
    POLICY,
    T0,
    answer,
    asked,
    file,
    known,
    line,
    reply,
    request,
    rev,
    sale,
    seen,
)

OTHER_ECHO = ("000000", "000999", "10000001")
PART_ECHO = ("000000", ANY, "10000001")
ACCEPTS = Policy(accept_partial=True)


def part(amount_fen: int | None = 6_000, mac: str = "good", echo: tuple[str, ...] = PART_ECHO) -> Answer:
    """An approval of 60.00 of 100.00."""
    return Answer("10", mac, echo, "A1", "", amount_fen)


# the request


def test_a_request_opens_a_payment_with_all_it_says() -> None:
    after = absorb(Payment("P1", KEY), sale(), POLICY)
    assert (after.amount_fen, after.currency, after.day, after.day_ends_at) == (AMOUNT, "156", DAY, DAY_ENDS)
    assert (after.key, after.echo, after.fingerprint, after.request_seen) == (KEY, ECHO, "fp", True)
    assert (after.opened_at, after.masked_pan, after.beside) == (T0, "622848******1234", False)
    assert after.identity == (("3", "000000"), ("11", "000123"))
    assert (after.kind, after.undo, after.moves, after.original, after.link) == (
        "purchase", Undo.REVERSE, Moves.DEBIT, "", Link.NONE)  # fmt: skip


def test_a_request_says_what_kind_it_is_and_whom_it_voids() -> None:
    said = {"kind": "void", "moves": Moves.CREDIT, "original": "P0", "link": Link.VOIDS, "undo": Undo.REVERSE}
    for fact in (sale(**said), asked(**said)):
        after = absorb(Payment("P1", KEY), fact, POLICY)
        assert (after.kind, after.moves, after.original, after.link) == ("void", Moves.CREDIT, "P0", Link.VOIDS)


def test_a_reported_request_stands_beside() -> None:
    fact = facts.RequestReported("P1", T0, "e", request())
    after = absorb(Payment("P1", KEY), fact, POLICY)
    assert (after.beside, after.request_seen, after.amount_fen) == (True, True, AMOUNT)


def test_a_known_request_changes_nothing() -> None:
    before = known(state=State.FORWARDED)
    assert absorb(before, sale(amount_fen=1), POLICY) is before
    assert absorb(before, facts.RequestReported("P1", T0, "e", request()), POLICY) is before


def test_a_request_after_its_reversal_is_remembered_once() -> None:
    tombstone = absorb(Payment("P1", KEY), asked(), POLICY)
    assert (tombstone.request_seen, tombstone.fingerprint, tombstone.asked) == (False, "", "98")
    standing = known(state=State.REVERSING, request_seen=False, fingerprint="")
    after = absorb(standing, sale(fingerprint="any"), POLICY)
    assert (after.request_seen, after.fingerprint) == (True, "any")


def test_the_terminals_first_reason_is_kept() -> None:
    once = absorb(known(state=State.APPROVED), asked("98"), POLICY)
    assert once.asked == "98"
    assert absorb(once, asked("06"), POLICY) is once


def test_what_never_left_is_remembered_while_it_could_have_left() -> None:
    fact = facts.NotForwarded("P1", T0, "no link")
    assert absorb(known(state=State.FORWARDED), fact, POLICY).never_sent
    assert not absorb(known(state=State.REVERSING), fact, POLICY).never_sent


# the reply


def test_the_first_believed_answer_of_a_kind_is_kept() -> None:
    after = absorb(known(), reply("00", evidence="e1", rrn="A1", auth="123456"), POLICY)
    after = absorb(after, reply("00", evidence="e2", rrn="A2"), POLICY)
    after = absorb(after, reply("51", evidence="e3"), POLICY)
    after = absorb(after, reply("05", evidence="e4"), POLICY)
    assert after.approval == replace(seen("e1", "00", "A1"), auth="123456")
    assert after.decline == seen("e3", "51", "")


def test_the_first_unproven_answer_colours_the_reason() -> None:
    bad_mac, bad_echo = reply("00", mac="bad"), reply("00", echo=OTHER_ECHO)
    assert absorb(known(), bad_mac, POLICY).suspicion == "A0"
    assert absorb(known(), bad_echo, POLICY).suspicion == "06"
    assert absorb(absorb(known(), bad_mac, POLICY), bad_echo, POLICY).suspicion == "A0"
    assert absorb(known(), bad_mac, POLICY).approval is None


def test_an_approval_without_mac_is_suspect() -> None:
    assert absorb(known(), reply("00", mac="absent"), POLICY).suspicion == "A0"


def test_an_ambiguous_answer_leaves_nothing_behind() -> None:
    before = known()
    assert absorb(before, reply("96"), POLICY) is before


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        (part(), True),
        (part(mac="absent"), False),
        (part(mac="bad"), False),
        (part(0), False),
        (part(AMOUNT), False),
        (part(None), False),
        (part(echo=("000001", ANY, "10000001")), False),
        (part(echo=ECHO), True),
        (part(echo=ECHO[:-1]), False),
        (Answer("00", "good", PART_ECHO, "A1", "", 6_000), False),
    ],
)
def test_what_an_approval_for_less_must_be(said: Answer, is_one: bool) -> None:
    assert is_partial(known(), said, POLICY) is is_one
    assert is_approval(known(), said, ACCEPTS) is is_one
    assert not is_approval(known(), said, POLICY)


def test_only_an_approval_for_less_may_leave_the_amount_open() -> None:
    assert unproven(known(), Answer("00", "good", PART_ECHO), POLICY)
    assert not unproven(known(), part(), POLICY)


def test_the_approved_part_is_remembered_accepted_or_not() -> None:
    fact = facts.ReplyArrived("P1", T0, "e", part())
    refused = absorb(known(), fact, POLICY)
    assert (refused.approved_fen, refused.approval, refused.fen) == (6_000, None, 6_000)
    later = absorb(refused, facts.ReplyArrived("P1", T0, "e", part(5_000)), POLICY)
    assert later.approved_fen == 6_000
    accepted = absorb(known(), fact, ACCEPTS)
    assert accepted.approved_fen == 6_000
    assert accepted.approval == seen("e", "10", "A1")
    whole = absorb(known(), reply("00", rrn="A1"), ACCEPTS)
    assert (whole.approved_fen, whole.fen) == (0, AMOUNT)


# the answer to a reversal


def test_the_acknowledgement_that_names_something_is_kept() -> None:
    before = known(attempts=2, reason="98", not_found=3)
    blind = absorb(before, rev("00", evidence="e1"), POLICY)
    assert (blind.ack, blind.not_found) == (seen("e1", "00", ""), 0)
    named = absorb(blind, rev("00", evidence="e2", rrn="A1"), POLICY)
    assert named.ack == seen("e2", "00", "A1")
    assert absorb(named, rev("00", evidence="e3", rrn="A2"), POLICY).ack == named.ack
    assert absorb(blind, rev("94", evidence="e4", rrn="A2"), POLICY).ack == blind.ack


def test_refusals_are_kept_and_not_found_is_counted() -> None:
    before = known(attempts=1, reason="98")
    after = absorb(absorb(before, rev("25", evidence="e1"), POLICY), rev("25", evidence="e2"), POLICY)
    assert (after.not_found, after.refusal) == (2, seen("e2", "25", ""))
    assert absorb(after, rev("68"), POLICY).not_found == 2


@pytest.mark.parametrize("more", [{"mac": "bad"}, {"mac": "absent"}, {"echo": OTHER_ECHO}])
def test_an_unproven_00_leaves_nothing_behind(more: dict[str, Any]) -> None:
    before = known(attempts=1, reason="98")
    assert absorb(before, rev("00", **more), POLICY) is before


@pytest.mark.parametrize("never_reversed", [{"attempts": 0, "reason": "98"}, {"attempts": 2, "reason": ""}])
def test_where_nothing_was_reversed_an_answer_to_a_reversal_is_anothers(never_reversed: dict[str, Any]) -> None:
    before = known(**never_reversed)
    assert absorb(before, rev("00", rrn="A1"), POLICY) is before


def test_an_acknowledgement_outdates_an_inquiry_that_still_saw_the_charge() -> None:
    charged, returned = (known(attempts=1, reason="98", found=seen("q"), inquiry=seen("q", code)) for code in
                         (Found.CHARGED, Found.RETURNED))  # fmt: skip
    assert absorb(charged, rev("00"), POLICY).inquiry is None
    assert absorb(charged, rev("00"), POLICY).found == seen("q")
    assert absorb(returned, rev("00"), POLICY).inquiry == seen("q", Found.RETURNED)


# files, people, inquiries, signs, links


def test_a_file_of_a_day_is_read_once() -> None:
    once = absorb(known(), file(DAY, (line("l1"),), (line("l2"),)), POLICY)
    assert (once.days, once.originals, once.reversals) == (((DAY, f"f-{DAY}"),), (line("l1"),), (line("l2"),))
    assert absorb(once, file(DAY, (line("l3"),)), POLICY) == once
    assert len(absorb(once, file(NEXT_DAY), POLICY).days) == 2


def test_the_first_person_who_stops_is_remembered() -> None:
    once = absorb(known(state=State.REVERSING), facts.ReversalStopped("P1", T0, "clerk 7"), POLICY)
    assert once.stopped_by == "clerk 7"
    assert absorb(once, facts.ReversalStopped("P1", T0, "clerk 8"), POLICY) is once


def test_who_stops_what_is_not_driven_holds_nothing_back_later() -> None:
    for state in UNDRIVEN:
        before = known(state=state)
        assert absorb(before, facts.ReversalStopped("P1", T0, "clerk 7"), POLICY) is before


def inquiry(outcome: Found, evidence: str = "q", authentic: bool = True) -> facts.Fact:
    """The channel says what became of it."""
    return facts.InquiryAnswered("P1", T0, evidence, outcome, authentic)


@pytest.mark.parametrize("outcome", [Found.NOT_FOUND, Found.PENDING, Found.UNKNOWN])
def test_an_inquiry_that_concludes_nothing_leaves_nothing_behind(outcome: Found) -> None:
    before = known()
    assert absorb(before, inquiry(outcome), POLICY) is before


def test_an_inquiry_that_nobody_can_vouch_for_leaves_nothing_behind() -> None:
    before = known()
    assert absorb(before, inquiry(Found.CHARGED, authentic=False), POLICY) is before


def test_the_first_sight_of_the_original_and_the_last_word_are_kept() -> None:
    after = absorb(known(), inquiry(Found.NEVER, "q0"), POLICY)
    assert (after.found, after.inquiry) == (None, seen("q0", Found.NEVER, ""))
    after = absorb(after, inquiry(Found.CHARGED, "q1"), POLICY)
    after = absorb(after, inquiry(Found.RETURNED, "q2"), POLICY)
    assert (after.found, after.inquiry) == (seen("q1", Found.CHARGED, ""), seen("q2", Found.RETURNED, ""))


def test_the_first_sign_of_giving_up_is_kept() -> None:
    once = absorb(known(), facts.TerminalGaveUp("P1", T0, "e", Sign.TRACE_GAP), POLICY)
    assert once.gave_up == "trace_gap"
    assert absorb(once, facts.TerminalGaveUp("P1", T0, "e", Sign.FAULT_SLIP), POLICY) is once


def test_the_last_word_of_each_linked_payment_is_kept() -> None:
    after = known()
    for by, standing in (("P2", Standing.DOUBTED), ("P3", Standing.DOUBTED), ("P2", Standing.DONE)):
        after = absorb(after, facts.LinkChanged("P1", T0, by, Link.VOIDS, standing, False), POLICY)
    assert after.ties == (
        Tie("P3", Link.VOIDS, Standing.DOUBTED, False),
        Tie("P2", Link.VOIDS, Standing.DONE, False),
    )


def test_what_only_happens_leaves_nothing_behind() -> None:
    before = known()
    assert absorb(before, facts.CheckAsked("P1", T0, "clerk 7"), POLICY) is before
    assert absorb(before, facts.DeadlinePassed("P1", T0, T0), POLICY) is before
    assert answer("00").amount_fen is None


@pytest.mark.parametrize(
    ("other", "is_another"),
    [
        ({}, False),
        ({"masked_pan": ""}, False),
        ({"amount_fen": 1}, True),
        ({"currency": "840"}, True),
        ({"masked_pan": "622848******9999"}, True),
    ],
)
def test_a_reversal_of_another_amount_currency_or_card_differs(other: dict[str, Any], is_another: bool) -> None:
    assert differs(known(masked_pan="622848******1234"), request(**other)) is is_another


def test_a_reversal_of_the_part_that_was_approved_is_of_that_sale() -> None:
    assert not differs(known(approved_fen=6_000), request(amount_fen=6_000))
    assert differs(known(approved_fen=6_000), request(amount_fen=5_000))


def test_a_barred_void_is_known_and_never_left() -> None:
    barred = facts.RequestBarred("P1", T0, "e-sale", request(undo_ends_at=T0 + 5))
    after = absorb(Payment("P1", KEY), barred, POLICY)
    assert (after.never_sent, after.request_seen, after.fingerprint, after.undo_ends_at) == (True, True, "fp", T0 + 5)


def test_an_approval_brings_its_settlement_day() -> None:
    said = replace(answer("00"), settles="1123")
    after = absorb(known(state=State.FORWARDED), facts.ReplyArrived("P1", T0, "e", said), POLICY)
    assert after.approval is not None and after.approval.settles == "1123"


# a corrected clearing file


def test_a_corrected_file_takes_the_place_of_the_one_it_names() -> None:
    read = absorb(known(), file(originals=(line("l1"),), reversals=(line("l2"),)), POLICY)
    corrected = replace(file(originals=(line("l3"),)), evidence="again", corrects=f"f-{DAY}", withdrawn=("l1", "l2"))
    after = absorb(read, corrected, POLICY)
    assert after.days == ((DAY, "again"),)
    assert ([one.evidence for one in after.originals], after.reversals) == (["l3"], ())


def test_what_another_day_said_stands_beside_a_correction() -> None:
    read = absorb(absorb(known(), file(originals=(line("l1"),)), POLICY), file(NEXT_DAY, (line("l2"),)), POLICY)
    after = absorb(read, replace(file(), evidence="again", corrects=f"f-{DAY}", withdrawn=("l1",)), POLICY)
    assert after.days == ((DAY, "again"), (NEXT_DAY, f"f-{NEXT_DAY}"))
    assert [one.evidence for one in after.originals] == ["l2"]


def test_a_correction_of_a_file_that_this_payment_never_heard() -> None:
    heard = absorb(known(), replace(file(originals=(line("l3"),)), corrects="unknown", withdrawn=("l1",)), POLICY)
    assert heard.days == ((DAY, f"f-{DAY}"),) and [one.evidence for one in heard.originals] == ["l3"]
    other = replace(file(originals=(line("l4"),)), evidence="again", corrects="unknown", withdrawn=("l3",))
    assert absorb(heard, other, POLICY) == heard
