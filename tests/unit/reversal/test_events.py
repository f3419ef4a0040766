"""What does each fact mean to a payment, and what does the payment know after it?"""

from typing import Any

import pytest

from chongzheng.reversal import facts
from chongzheng.reversal.events import Event, absorb, classify, reply_kind, reversal_kind
from chongzheng.reversal.facts import Fact
from chongzheng.reversal.payment import MoneyIs, Payment, Proof, State, Told, Truth, Verdict
from chongzheng.reversal.policy import REVERSAL_MEANING, Policy
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
    rev,
    sale,
    seen,
)

OTHER_ECHO = ("000000", "000999", "10000001")


def event(before: Payment, fact: Fact, policy: Policy = POLICY) -> Event:
    """What this fact means to this payment."""
    return classify(before, absorb(before, fact, policy), fact, policy)


# the request


def test_a_request_opens_a_payment_with_all_it_says() -> None:
    fact = sale()
    after = absorb(Payment("P1", KEY), fact, POLICY)
    assert event(Payment("P1", KEY), fact) is Event.REQUEST
    assert (after.amount_fen, after.currency, after.day, after.day_ends_at) == (AMOUNT, "156", DAY, DAY_ENDS)
    assert (after.key, after.echo, after.fingerprint, after.request_seen) == (KEY, ECHO, "fp", True)
    assert (after.opened_at, after.masked_pan) == (T0, "622848******1234")
    assert after.identity == (("3", "000000"), ("11", "000123"))


def test_a_request_under_a_known_key_is_a_repeat_or_a_conflict_and_changes_nothing() -> None:
    before = known(state=State.FORWARDED)
    assert event(before, sale()) is Event.REQUEST_REPEATED
    assert event(before, sale(fingerprint="other")) is Event.REQUEST_CONFLICTS
    assert absorb(before, sale(amount_fen=1), POLICY) == before


def test_a_request_after_its_reversal_is_remembered_once() -> None:
    tombstone = absorb(Payment("P1", KEY), asked(), POLICY)
    assert (tombstone.request_seen, tombstone.fingerprint, tombstone.asked) == (False, "", "98")
    standing = known(state=State.REVERSING, request_seen=False, fingerprint="")
    assert event(standing, sale(fingerprint="any")) is Event.REQUEST_REPEATED
    after = absorb(standing, sale(fingerprint="any"), POLICY)
    assert (after.request_seen, after.fingerprint) == (True, "any")
    assert event(after, sale(fingerprint="another")) is Event.REQUEST_CONFLICTS


# the reply


@pytest.mark.parametrize(
    ("code", "mac", "echo", "kind"),
    [
        ("00", "good", ECHO, Event.APPROVED),
        ("11", "good", ECHO, Event.APPROVED),
        ("00", "absent", ECHO, Event.REPLY_UNPROVEN),
        ("00", "bad", ECHO, Event.REPLY_UNPROVEN),
        ("00", "good", OTHER_ECHO, Event.REPLY_UNPROVEN),
        ("51", "absent", ECHO, Event.DECLINED),
        ("51", "good", ECHO, Event.DECLINED),
        ("51", "bad", ECHO, Event.REPLY_UNPROVEN),
        ("51", "absent", OTHER_ECHO, Event.REPLY_UNPROVEN),
        ("96", "absent", ECHO, Event.AMBIGUOUS),
        ("10", "good", ECHO, Event.AMBIGUOUS),
        ("??", "absent", ECHO, Event.AMBIGUOUS),
    ],
)
def test_what_an_answer_is_worth(code: str, mac: str, echo: tuple[str, ...], kind: Event) -> None:
    said = answer(code, mac=mac, echo=echo)
    assert reply_kind(known(), said, POLICY) is kind
    assert event(known(state=State.FORWARDED), facts.ReplyArrived("P1", T0, "e", said)) is kind


def test_the_first_believed_answer_of_a_kind_is_kept() -> None:
    after = absorb(known(), reply("00", evidence="e1", rrn="A1"), POLICY)
    after = absorb(after, reply("00", evidence="e2", rrn="A2"), POLICY)
    after = absorb(after, reply("51", evidence="e3"), POLICY)
    after = absorb(after, reply("05", evidence="e4"), POLICY)
    assert after.approval == seen("e1", "00", "A1")
    assert after.decline == seen("e3", "51", "")


def test_the_first_unproven_answer_colours_the_reason() -> None:
    bad_mac, bad_echo = reply("00", mac="bad"), reply("00", echo=OTHER_ECHO)
    assert absorb(known(), bad_mac, POLICY).suspicion == "A0"
    assert absorb(known(), bad_echo, POLICY).suspicion == "06"
    assert absorb(absorb(known(), bad_mac, POLICY), bad_echo, POLICY).suspicion == "A0"
    assert absorb(known(), bad_mac, POLICY).approval is None


def test_an_ambiguous_answer_leaves_nothing_behind() -> None:
    assert absorb(known(), reply("96"), POLICY) == known()


@pytest.mark.parametrize("state", [state for state in State if state not in (State.NEW, State.FORWARDED)])
def test_elsewhere_only_an_approval_means_something(state: State) -> None:
    before = known(state=state)
    assert event(before, reply("00", rrn="A1")) is Event.APPROVED
    for late in (reply("51"), reply("96"), reply("00", mac="bad")):
        assert event(before, late) is Event.REPLY_LATE


def test_an_approval_that_the_acknowledgement_named_is_known() -> None:
    named, blind = known(state=State.RETURNED, ack=seen(rrn="A1")), known(state=State.RETURNED, ack=seen(rrn=""))
    assert event(named, reply("00", rrn="A1")) is Event.APPROVAL_KNOWN
    assert event(named, reply("00", rrn="A2")) is Event.APPROVED
    assert event(blind, reply("00", rrn="A1")) is Event.APPROVED


def test_an_approval_after_a_persons_stop_drives_nothing() -> None:
    before = known(state=State.RETURNED, ack=seen(rrn=""), stopped_by="clerk 7")
    assert event(before, reply("00", rrn="A1")) is Event.REPLY_LATE
    assert absorb(before, reply("00", rrn="A1"), POLICY).approval is not None


# the answer to a reversal


@pytest.mark.parametrize(("code", "meaning"), [*REVERSAL_MEANING.items(), ("Q7", "unknown")])
def test_what_an_answer_to_a_reversal_means(code: str, meaning: str) -> None:
    before = known(state=State.REVERSING, attempts=1)
    expected = Event.REV_RELATION if meaning == "already" else Event(f"rev_{meaning}")
    assert event(before, rev(code)) is expected


@pytest.mark.parametrize("code", ["22", "94", "C9", "CA"])
def test_already_undone_depends_on_who_did_it(code: str) -> None:
    assert reversal_kind(known(attempts=1), answer(code), POLICY) is Event.REV_RELATION
    assert reversal_kind(known(attempts=2), answer(code), POLICY) is Event.REV_ALREADY
    assert reversal_kind(known(attempts=2, ack=seen()), answer(code), POLICY) is Event.REV_ALREADY


@pytest.mark.parametrize(
    "more", [{"mac": "bad"}, {"mac": "absent"}, {"echo": OTHER_ECHO}, {"mac": "good", "echo": OTHER_ECHO}]
)
def test_an_unproven_00_is_no_answer(more: dict[str, Any]) -> None:
    before = known(state=State.REVERSING, attempts=1)
    assert event(before, rev("00", **more)) is Event.REV_UNPROVEN
    assert absorb(before, rev("00", **more), POLICY) == before


def test_other_codes_need_no_mac_but_a_wrong_one_spoils_them() -> None:
    before = known(state=State.REVERSING, attempts=1)
    assert event(before, rev("25", mac="absent")) is Event.REV_NOT_FOUND
    assert event(before, rev("25", mac="bad")) is Event.REV_UNPROVEN


def test_the_acknowledgement_that_names_something_is_kept() -> None:
    before = known(attempts=2, not_found=3)
    blind = absorb(before, rev("00", evidence="e1"), POLICY)
    assert (blind.ack, blind.not_found) == (seen("e1", "00", ""), 0)
    named = absorb(blind, rev("00", evidence="e2", rrn="A1"), POLICY)
    assert named.ack == seen("e2", "00", "A1")
    assert absorb(named, rev("00", evidence="e3", rrn="A2"), POLICY).ack == named.ack
    assert absorb(blind, rev("94", evidence="e4", rrn="A2"), POLICY).ack == blind.ack


def test_refusals_are_kept_and_not_found_is_counted() -> None:
    after = absorb(absorb(known(attempts=1), rev("25", evidence="e1"), POLICY), rev("25", evidence="e2"), POLICY)
    assert (after.not_found, after.refusal) == (2, seen("e2", "25", ""))
    assert absorb(after, rev("68"), POLICY).not_found == 2


def test_an_answer_to_a_reversal_that_was_never_sent_says_nothing() -> None:
    before = known(state=State.APPROVED, approval=seen())
    assert absorb(before, rev("00", rrn="A1"), POLICY) == before
    assert event(before, rev("00")) is Event.REV_LATE


@pytest.mark.parametrize("state", [State.UNMATCHED, State.DOUBTFUL])
def test_a_late_00_still_counts_where_a_reversal_was_sent(state: State) -> None:
    assert event(known(state=state, attempts=1), rev("00")) is Event.REV_DONE
    assert event(known(state=state, attempts=0), rev("00")) is Event.REV_LATE
    assert event(known(state=state, attempts=1), rev("25")) is Event.REV_LATE


@pytest.mark.parametrize("state", [State.RETURNED, State.SETTLED, State.CONTESTED, State.STOPPED, State.FORWARDED])
def test_elsewhere_it_is_late(state: State) -> None:
    assert event(known(state=state, attempts=1), rev("00")) is Event.REV_LATE


# time


@pytest.mark.parametrize("state", [State.FORWARDED, State.DELIVERING, State.APPROVED, State.RETURNED, State.DOUBTFUL])
def test_a_deadline_is_a_deadline(state: State) -> None:
    before = known(state=state, wake_at=T0, reverse_until=T0 - 5)
    assert event(before, facts.DeadlinePassed("P1", T0, T0)) is Event.DEADLINE


@pytest.mark.parametrize("state", [State.REVERSING, State.UNMATCHED])
def test_a_window_closes_on_the_millisecond(state: State) -> None:
    before = known(state=state, wake_at=T0, reverse_until=T0 + 10)
    assert event(before, facts.DeadlinePassed("P1", T0 + 9, T0)) is Event.DEADLINE
    assert event(before, facts.DeadlinePassed("P1", T0 + 10, T0)) is Event.WINDOW_OVER


@pytest.mark.parametrize("state", [state for state in State if state not in (State.NEW, State.FORWARDED)])
def test_a_deadline_that_was_moved_or_lifted_is_a_late_report(state: State) -> None:
    stale = facts.DeadlinePassed("P1", T0 - 1, T0 - 1)
    assert event(known(state=state, wake_at=T0), stale) is Event.REPORT_LATE
    assert event(known(state=state, wake_at=None), stale) is Event.REPORT_LATE


def test_a_clock_that_went_back_does_not_lose_a_deadline() -> None:
    before = known(state=State.REVERSING, wake_at=T0, reverse_until=T0 + 10)
    assert event(before, facts.DeadlinePassed("P1", T0 - 500, T0)) is Event.DEADLINE


# reports, people, files


@pytest.mark.parametrize(
    ("kind", "means", "where"),
    [
        (facts.NotForwarded, Event.NOT_FORWARDED, {State.FORWARDED}),
        (facts.SendUncertain, Event.SEND_UNCERTAIN, {State.FORWARDED}),
        (facts.AnswerWritten, Event.ANSWER_WRITTEN, {State.DELIVERING, State.APPROVED}),
        (facts.AnswerUndelivered, Event.ANSWER_UNDELIVERED, {State.DELIVERING, State.APPROVED}),
        (facts.DeliveryUncertain, Event.DELIVERY_UNCERTAIN, {State.DELIVERING}),
    ],
)
def test_our_reports_mean_something_only_in_time(kind: Any, means: Event, where: set[State]) -> None:
    fact = facts.NotForwarded("P1", T0, "refused") if kind is facts.NotForwarded else kind("P1", T0)
    for state in State:
        assert event(known(state=state), fact) is (means if state in where else Event.REPORT_LATE)
        assert absorb(known(state=state), fact, POLICY) == known(state=state)


def test_an_approval_that_is_out_cannot_become_undelivered() -> None:
    undelivered = facts.AnswerUndelivered("P1", T0)
    assert event(known(state=State.APPROVED, told=Told.APPROVED), undelivered) is Event.REPORT_LATE
    assert event(known(state=State.APPROVED, told=Told.MAYBE_APPROVED), undelivered) is Event.ANSWER_UNDELIVERED


def test_people_and_terminals_are_taken_at_their_word() -> None:
    before = known(state=State.REVERSING, asked="98")
    stopped = facts.ReversalStopped("P1", T0, "clerk 7")
    assert event(before, asked("06")) is Event.REVERSAL_ASKED
    assert absorb(before, asked("06"), POLICY).asked == "98"
    assert event(before, stopped) is Event.PERSON_STOPPED
    assert absorb(absorb(before, stopped, POLICY), facts.ReversalStopped("P1", T0, "b"), POLICY).stopped_by == "clerk 7"
    assert event(before, facts.TerminalMovedOn("P1", T0, "e")) is Event.TERMINAL_MOVED_ON


def test_a_file_of_a_day_is_read_once() -> None:
    once = absorb(known(), file(DAY, (line("l1"),), (line("l2"),)), POLICY)
    assert (once.days, once.originals, once.reversals) == (((DAY, f"f-{DAY}"),), (line("l1"),), (line("l2"),))
    assert absorb(once, file(DAY, (line("l3"),)), POLICY) == once
    assert len(absorb(once, file(NEXT_DAY), POLICY).days) == 2


@pytest.mark.parametrize("state", [State.FORWARDED, State.DELIVERING])
def test_a_file_does_not_judge_what_is_still_on_its_way(state: State) -> None:
    assert event(known(state=state, approval=seen()), file(DAY, (line(),))) is Event.FILE_OPEN


def test_a_file_proves_contradicts_or_leaves_open() -> None:
    before = known(state=State.REVERSING, reason="98")
    assert event(before, file(DAY, (line(),), (line(),))) is Event.FILE_PROVES
    assert event(before, file(DAY, (line(amount_fen=1),))) is Event.FILE_CONTRADICTS
    assert event(before, file(DAY)) is Event.FILE_OPEN


def test_a_file_after_the_verdict_overturns_it_or_says_nothing_new() -> None:
    kept = Verdict(Truth.CHARGED_KEPT, MoneyIs.CORRECT, 0, Proof.PROVEN, "r", ())
    settled = known(state=State.SETTLED, approval=seen(), days=((DAY, "f"),), originals=(line(),), verdict=kept)
    assert event(settled, file(NEXT_DAY)) is Event.FILE_OPEN
    assert event(settled, file(NEXT_DAY, (), (line(),))) is Event.FILE_CONTRADICTS
    for state in (State.CONTESTED, State.STOPPED):
        assert event(known(state=state, verdict=kept), file(DAY, (line(amount_fen=1),))) is Event.FILE_OPEN
