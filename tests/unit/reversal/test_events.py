"""What does each fact mean to a payment, and what does the payment know after it?"""

from dataclasses import replace
from typing import Any

import pytest

from chongzheng.reversal import facts
from chongzheng.reversal.absorb import absorb
from chongzheng.reversal.events import Event, classify, reply_kind, reversal_kind
from chongzheng.reversal.facts import Fact, Found, Link, Moves, Sign, Standing, Undo
from chongzheng.reversal.payment import MoneyIs, Payment, Proof, State, Tie, Told, Truth, Verdict
from chongzheng.reversal.policy import REVERSAL_MEANING, Policy
from unit.reversal.made import (
    DAY,
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


def event(before: Payment, fact: Fact, policy: Policy = POLICY) -> Event:
    """What this fact means to this payment."""
    return classify(before, absorb(before, fact, policy), fact, policy)


# the request


def test_a_request_under_a_known_key_is_a_repeat_or_a_conflict_and_changes_nothing() -> None:
    before = known(state=State.FORWARDED)
    assert event(before, sale()) is Event.REQUEST_REPEATED
    assert event(before, sale(fingerprint="other")) is Event.REQUEST_CONFLICTS
    assert absorb(before, sale(amount_fen=1), POLICY) == before


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


AWAITING = (State.NEW, State.FORWARDED, State.RESENDING)


@pytest.mark.parametrize("state", [state for state in State if state not in AWAITING])
def test_elsewhere_only_an_approval_means_something(state: State) -> None:
    before = known(state=state, attempts=1, reason="98")
    assert event(before, reply("00", rrn="A1")) is Event.APPROVED
    for late in (reply("51"), reply("96"), reply("00", mac="bad")):
        assert event(before, late) is Event.REPLY_LATE


def test_an_approval_that_the_acknowledgement_named_is_known() -> None:
    named, blind = (known(state=State.RETURNED, attempts=1, reason="98", ack=seen(rrn=rrn)) for rrn in ("A1", ""))
    assert event(named, reply("00", rrn="A1")) is Event.APPROVAL_KNOWN
    assert event(named, reply("00", rrn="A2")) is Event.APPROVED
    assert event(blind, reply("00", rrn="A1")) is Event.APPROVED


def test_an_approval_after_a_persons_stop_drives_nothing() -> None:
    before = known(state=State.RETURNED, attempts=1, reason="98", ack=seen(rrn=""), stopped_by="clerk 7")
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


@pytest.mark.parametrize(
    ("days", "wanted"),
    [((), Event.DEADLINE), ((DAY,), Event.DEADLINE), ((DAY, NEXT_DAY), Event.FILE_PROVES)],
)
def test_files_that_were_read_are_looked_at_again_when_overdue(days: tuple[str, ...], wanted: Event) -> None:
    before = known(state=State.RETURNED, wake_at=T0, days=tuple((day, f"f-{day}") for day in days))
    assert event(before, facts.DeadlinePassed("P1", T0, T0)) is wanted


def test_files_that_contradict_are_not_overdue() -> None:
    read = ((DAY, "f1"), (NEXT_DAY, "f2"))
    before = known(state=State.APPROVED, wake_at=T0, approval=seen(), days=read)
    assert event(before, facts.DeadlinePassed("P1", T0, T0)) is Event.FILE_CONTRADICTS


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


def test_an_approval_that_is_out_cannot_become_undelivered() -> None:
    undelivered = facts.AnswerUndelivered("P1", T0)
    assert event(known(state=State.APPROVED, told=Told.APPROVED), undelivered) is Event.REPORT_LATE
    assert event(known(state=State.APPROVED, told=Told.MAYBE_APPROVED), undelivered) is Event.ANSWER_UNDELIVERED


def test_people_and_terminals_are_taken_at_their_word() -> None:
    before = known(state=State.REVERSING, asked="98")
    assert event(before, asked("06")) is Event.REVERSAL_ASKED
    assert event(before, facts.ReversalStopped("P1", T0, "clerk 7")) is Event.PERSON_STOPPED
    assert event(before, facts.TerminalMovedOn("P1", T0, "e")) is Event.TERMINAL_MOVED_ON


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


# the request and its repeats


def test_the_first_request_opens_and_a_report_of_one_stands_beside() -> None:
    reported = facts.RequestReported("P1", T0, "e", request())
    assert event(Payment("P1", KEY), sale()) is Event.REQUEST
    assert event(Payment("P1", KEY), reported) is Event.REPORTED
    assert event(known(state=State.APPROVED), reported) is Event.REPORT_LATE


def test_a_repeat_of_what_is_sent_again_is_answered_again_once_it_is_approved() -> None:
    for state, means in ((State.APPROVED, Event.REPEAT_OF_APPROVED), (State.RESENDING, Event.REQUEST_REPEATED)):
        assert event(known(state=state, undo=Undo.RESEND), sale()) is means
    assert event(known(state=State.APPROVED), sale()) is Event.REQUEST_REPEATED


# what is never reversed


NOTICE: dict[str, Any] = {"undo": Undo.RESEND, "moves": Moves.CREDIT}
INQUIRY: dict[str, Any] = {"undo": Undo.NONE, "moves": Moves.NOTHING}
LOAD: dict[str, Any] = {"undo": Undo.NONE, "moves": Moves.DEBIT}
UNANSWERED: list[tuple[dict[str, Any], Event]] = [
    (NOTICE, Event.UNANSWERED_RESEND),
    (INQUIRY, Event.UNANSWERED_END),
    (LOAD, Event.UNANSWERED_OPEN),
]


@pytest.mark.parametrize(("kind", "means"), UNANSWERED)
def test_silence_means_another_thing_for_each_kind(kind: dict[str, Any], means: Event) -> None:
    before = known(state=State.FORWARDED, wake_at=T0, **kind)
    silences = (facts.DeadlinePassed("P1", T0, T0), reply("96"), facts.SendUncertain("P1", T0),
                facts.TerminalMovedOn("P1", T0, "e"))  # fmt: skip
    assert [event(before, fact) for fact in silences] == [means] * 4


def test_what_could_not_leave_is_sent_again_if_it_may_be() -> None:
    fact = facts.NotForwarded("P1", T0, "no link")
    assert event(known(state=State.FORWARDED, **NOTICE), fact) is Event.UNANSWERED_RESEND
    assert event(known(state=State.FORWARDED, **LOAD), fact) is Event.NOT_FORWARDED


def test_answers_to_what_is_sent_again() -> None:
    before = known(state=State.RESENDING, **NOTICE)
    assert event(before, reply("00")) is Event.APPROVED
    assert event(before, reply("51")) is Event.DECLINED
    assert event(before, reply("96")) is Event.AMBIGUOUS
    assert event(before, reply("00", mac="bad")) is Event.REPLY_UNPROVEN


@pytest.mark.parametrize("state", [State.UNSENT, State.REFUSED])
def test_a_late_yes_to_what_is_never_reversed(state: State) -> None:
    assert event(known(state=state, **NOTICE), reply("00")) is Event.APPROVAL_STANDS
    assert event(known(state=state, **INQUIRY), reply("00")) is Event.REPLY_LATE


@pytest.mark.parametrize("state", [State.DELIVERING, State.APPROVED])
def test_an_approval_that_nobody_took_is_not_reversed(state: State) -> None:
    assert event(known(state=state, **NOTICE), facts.AnswerUndelivered("P1", T0)) is Event.ANSWER_UNCLAIMED


def test_a_reversal_of_what_is_never_reversed_is_refused() -> None:
    assert event(known(state=State.APPROVED, **NOTICE), asked()) is Event.REVERSAL_REFUSED


def test_what_is_sent_again_has_a_window_too() -> None:
    before = known(state=State.RESENDING, wake_at=T0, reverse_until=T0 + 10, **NOTICE)
    assert event(before, facts.DeadlinePassed("P1", T0 + 9, T0)) is Event.DEADLINE
    assert event(before, facts.DeadlinePassed("P1", T0 + 10, T0)) is Event.WINDOW_OVER


# beside another switch


def test_beside_a_switch_silence_is_a_missing_report() -> None:
    before = known(state=State.FORWARDED, beside=True, wake_at=T0)
    assert event(before, facts.DeadlinePassed("P1", T0, T0)) is Event.UNANSWERED_BESIDE
    assert event(before, facts.TerminalMovedOn("P1", T0, "e")) is Event.UNANSWERED_BESIDE
    assert event(before, facts.SendUncertain("P1", T0)) is Event.UNANSWERED_ELSEWHERE
    assert event(before, reply("00")) is Event.APPROVED_ELSEWHERE
    assert event(before, reply("51")) is Event.DECLINED


def test_beside_a_switch_a_delivered_approval_is_never_reversed_on_another_report() -> None:
    before = known(state=State.FORWARDED, beside=True, told=Told.APPROVED)
    assert event(before, facts.SendUncertain("P1", T0)) is Event.REPORT_LATE
    assert event(before, reply("96")) is Event.UNANSWERED_BESIDE
    assert event(before, reply("51")) is Event.UNANSWERED_BESIDE
    assert event(before, reply("00")) is Event.APPROVED_ELSEWHERE


def test_beside_a_switch_reports_may_overtake_each_other() -> None:
    before = known(state=State.FORWARDED, beside=True)
    assert event(before, facts.AnswerWritten("P1", T0)) is Event.ANSWER_WRITTEN
    assert event(before, facts.AnswerUndelivered("P1", T0)) is Event.REPORT_LATE


def test_a_report_that_was_missed_still_counts_while_nothing_was_driven() -> None:
    before = known(state=State.DOUBTFUL, beside=True)
    uncertain = facts.SendUncertain("P1", T0)
    assert event(before, reply("00")) is Event.APPROVED_ELSEWHERE
    assert event(before, uncertain) is Event.UNANSWERED_ELSEWHERE
    assert event(before, asked()) is Event.REVERSAL_WANTED
    touched: list[dict[str, Any]] = [{"told": Told.APPROVED}, {"approval": seen()}, {"undo": Undo.RESEND},
                                     {"reason": "98"}, {"stopped_by": "clerk 7"}]  # fmt: skip
    for more in touched:
        assert event(replace(before, **more), uncertain) is Event.REPORT_LATE
    driven = replace(before, reason="98", attempts=1)
    assert event(driven, reply("00")) is Event.APPROVED
    assert event(driven, asked()) is Event.REVERSAL_ASKED


def test_an_approval_after_a_return_that_we_never_drove_moves_nothing() -> None:
    assert event(known(state=State.RETURNED), reply("00", rrn="A1")) is Event.REPLY_LATE


# inquiries


LADDER = Policy(inquire_after_ms=(60_000,))


def inquiry(outcome: Found, authentic: bool = True) -> Fact:
    """The channel says what became of it."""
    return facts.InquiryAnswered("P1", T0, "q", outcome, authentic)


def test_the_next_question_is_due_before_the_file_is() -> None:
    passed = facts.DeadlinePassed("P1", T0, T0)
    for state in (State.RETURNED, State.DOUBTFUL):
        assert event(known(state=state, wake_at=T0, file_due_at=T0 + 1), passed) is Event.INQUIRY_DUE
        assert event(known(state=state, wake_at=T0, file_due_at=T0), passed) is Event.DEADLINE
    assert event(known(state=State.APPROVED, wake_at=T0, file_due_at=T0 + 1), passed) is Event.DEADLINE


def test_charged_drives_a_reversal_on_that_was_driven() -> None:
    for state in (State.RETURNED, State.UNMATCHED):
        assert event(known(state=state, attempts=1), inquiry(Found.CHARGED)) is Event.INQUIRY_CHARGED
        assert event(known(state=state, attempts=0), inquiry(Found.CHARGED)) is Event.NOTED
        stopped = known(state=state, attempts=1, stopped_by="clerk 7")
        assert event(stopped, inquiry(Found.CHARGED)) is Event.NOTED
    assert event(known(state=State.RESENDING), inquiry(Found.CHARGED)) is Event.INQUIRY_CHARGED
    assert event(known(state=State.APPROVED), inquiry(Found.CHARGED)) is Event.NOTED


def test_returned_is_news_where_the_money_was_not_back() -> None:
    for state in (State.REVERSING, State.UNMATCHED, State.DOUBTFUL, State.APPROVED):
        assert event(known(state=state), inquiry(Found.RETURNED)) is Event.INQUIRY_RETURNED
        assert event(known(state=state), inquiry(Found.RETURNED, authentic=False)) is Event.NOTED
    for state in (State.RETURNED, State.SETTLED, State.FORWARDED):
        assert event(known(state=state), inquiry(Found.RETURNED)) is Event.NOTED
    voided = known(state=State.APPROVED, ties=(tie(Standing.DONE),))
    assert event(voided, inquiry(Found.RETURNED)) is Event.NOTED


@pytest.mark.parametrize("outcome", [Found.NEVER, Found.NOT_FOUND, Found.PENDING, Found.UNKNOWN])
def test_other_outcomes_change_no_course(outcome: Found) -> None:
    assert event(known(state=State.REVERSING, attempts=1), inquiry(outcome)) is Event.NOTED


def test_a_wish_to_check_is_followed_where_the_channel_can_be_asked() -> None:
    wish = facts.CheckAsked("P1", T0, "clerk 7")
    assert event(known(state=State.REVERSING), wish, LADDER) is Event.CHECK_ASKED
    assert event(known(state=State.REVERSING), wish) is Event.NOTED
    assert event(known(state=State.SETTLED), wish, LADDER) is Event.NOTED


# giving up


def gave_up(sign: Sign = Sign.TRACE_GAP) -> Fact:
    """A sign that the terminal gave the sale up."""
    return facts.TerminalGaveUp("P1", T0, "e", sign)


def test_a_sign_counts_once_and_only_where_the_terminal_counted_the_sale() -> None:
    for state in (State.APPROVED, State.SETTLED):
        assert event(known(state=state, told=Told.APPROVED), gave_up()) is Event.GAVE_UP
        assert event(known(state=state, told=Told.MAYBE_APPROVED), gave_up()) is Event.GAVE_UP
        assert event(known(state=state, told=Told.DECLINED), gave_up()) is Event.NOTED
        assert event(known(state=state, told=Told.APPROVED, gave_up="fault_slip"), gave_up()) is Event.NOTED
    assert event(known(state=State.REVERSING, told=Told.APPROVED), gave_up()) is Event.NOTED


def test_the_next_sale_says_nothing_for_one_that_was_given_up() -> None:
    moved = facts.TerminalMovedOn("P1", T0, "e")
    assert event(known(state=State.APPROVED, gave_up="trace_gap"), moved) is Event.NOTED
    assert event(known(state=State.REVERSING, gave_up="trace_gap"), moved) is Event.TERMINAL_MOVED_ON
    assert event(known(state=State.FORWARDED), moved) is Event.TERMINAL_MOVED_ON


# links


def tie(standing: Standing, proven: bool = False, by: str = "P2") -> Tie:
    """A void of this payment."""
    return Tie(by, Link.VOIDS, standing, proven)


def linked(standing: Standing, proven: bool = False) -> Fact:
    """A void of this payment stands differently."""
    return facts.LinkChanged("P1", T0, "P2", Link.VOIDS, standing, proven)


@pytest.mark.parametrize("standing", [Standing.DONE, Standing.DOUBTED])
def test_a_reversal_of_a_voided_sale_is_not_driven(standing: Standing) -> None:
    assert event(known(state=State.APPROVED, ties=(tie(standing),)), asked()) is Event.REVERSAL_OF_VOIDED
    assert event(known(state=State.REVERSING, ties=(tie(standing),)), asked()) is Event.REVERSAL_ASKED
    for state in (State.FORWARDED, State.DELIVERING, State.REFUSED, State.DOUBTFUL):
        assert event(known(state=state, ties=(tie(standing),)), asked()) is Event.REVERSAL_OF_VOIDED, state
    driven = known(state=State.DOUBTFUL, reason="98", ties=(tie(standing),))
    assert event(driven, asked()) is Event.REVERSAL_ASKED, "it was driven already"


def test_a_void_of_what_is_given_back_is_barred() -> None:
    barred = facts.RequestBarred("P1", T0, "e-sale", request())
    assert event(Payment("P1", KEY), barred) is Event.REQUEST_BARRED


def test_a_reversal_of_a_sale_whose_void_was_undone_is_driven() -> None:
    assert event(known(state=State.APPROVED, ties=(tie(Standing.UNDONE),)), asked()) is Event.REVERSAL_ASKED


def test_what_a_void_says_decides_only_together_with_the_file() -> None:
    approved = known(state=State.APPROVED, approval=seen())
    assert event(approved, linked(Standing.DONE, proven=True)) is Event.NOTED
    kept = replace(approved, days=((DAY, "f"),), originals=(line(),))
    assert event(kept, linked(Standing.DONE)) is Event.NOTED
    assert event(kept, linked(Standing.DONE, proven=True)) is Event.FILE_PROVES
    assert event(kept, linked(Standing.UNDONE)) is Event.FILE_PROVES
    returned = replace(kept, state=State.APPROVED, reversals=(line("l2"),))
    assert event(returned, linked(Standing.DONE, proven=True)) is Event.FILE_CONTRADICTS


def test_a_void_after_the_verdict_judges_again_or_contradicts() -> None:
    verdict = Verdict(Truth.CHARGED_KEPT, MoneyIs.CORRECT, 0, Proof.PROVEN, "r", ())
    settled = known(state=State.SETTLED, approval=seen(), days=((DAY, "f"),), originals=(line(),), verdict=verdict)
    assert event(settled, linked(Standing.DONE)) is Event.NOTED
    assert event(settled, linked(Standing.UNDONE)) is Event.NOTED
    assert event(settled, linked(Standing.DONE, proven=True)) is Event.LINK_CHANGED
    back = replace(settled, reversals=(line("l2"),), verdict=replace(verdict, truth=Truth.CHARGED_RETURNED))
    assert event(back, linked(Standing.DONE, proven=True)) is Event.FILE_CONTRADICTS


def test_a_reversal_of_another_amount_of_a_sale_that_stands_is_a_conflict() -> None:
    other = asked(amount_fen=1)
    assert event(known(state=State.APPROVED), other) is Event.REVERSAL_CONFLICTS
    assert event(known(state=State.REVERSING), other) is Event.REVERSAL_ASKED


# a corrected clearing file


def test_a_correction_that_takes_the_proof_of_a_settled_payment_back_contradicts_it() -> None:
    kept = Verdict(Truth.CHARGED_KEPT, MoneyIs.CORRECT, 0, Proof.PROVEN, "file: original", ("l1",))
    before = known(state=State.SETTLED, verdict=kept, approval=seen(), told=Told.APPROVED, days=((DAY, "f"),),
                   originals=(line("l1"),))  # fmt: skip
    gone = replace(file(), evidence="again", corrects="f", withdrawn=("l1",))
    assert event(before, gone) is Event.FILE_CONTRADICTS
    assert event(before, replace(gone, originals=(line("l2"),))) is Event.FILE_OPEN
    assert event(before, replace(gone, withdrawn=())) is Event.FILE_OPEN
    assert event(replace(before, state=State.CONTESTED), gone) is Event.FILE_OPEN
