"""Does one fact change exactly what its row says: effects, obligation, deadline, identity, reason, verdict?"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects, facts
from chongzheng.reversal.effects import (
    AnswerReversal,
    AnswerTerminal,
    ForgetCard,
    Forward,
    Inquire,
    OpenCase,
    Resend,
    SendReversal,
    TellLinked,
)
from chongzheng.reversal.events import Event
from chongzheng.reversal.facts import Fact, Found, Link, Moves, Sign, Standing, Undo
from chongzheng.reversal.payment import NO_VERDICT, MoneyIs, Owes, Payment, Proof, State, Tie, Told, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.rows import Do, Row
from chongzheng.reversal.step import step, stop
from chongzheng.reversal.table import TABLE
from unit.reversal.made import (
    DAY,
    DAY_ENDS,
    KEY,
    NEXT_DAY,
    POLICY,
    T0,
    after,
    asked,
    due,
    file,
    known,
    line,
    reply,
    request,
    rev,
    sale,
)

WRITTEN = facts.AnswerWritten("P1", T0 + 2_000)
UNDELIVERED = facts.AnswerUndelivered("P1", T0 + 2_000)
UNCERTAIN = facts.DeliveryUncertain("P1", T0 + 2_000)
STOPPED = facts.ReversalStopped("P1", T0 + 70_000, "clerk 7")
ORIGINAL = file(DAY, (line("l1"),))
RETURNED = file(DAY, (line("l1"),), (line("l2"),))
DAY_TWO = file(NEXT_DAY)


def cases(done: tuple[effects.Effect, ...]) -> list[str]:
    """Why people were called."""
    return [effect.why for effect in done if isinstance(effect, OpenCase)]


def test_a_sale_is_forwarded_with_a_wait() -> None:
    out = after(sale())
    assert (out.payment.state, out.effects, out.rule) == (State.FORWARDED, (Forward("P1"),), "NEW.request")
    assert (out.payment.owes, out.payment.wake_at) == (Owes.FORWARD, T0 + POLICY.reply_wait_ms)
    assert out.payment.policy == POLICY.version


def test_an_approval_is_delivered_once() -> None:
    out = after(sale(), reply("11"))
    assert out.effects == (AnswerTerminal("P1", "11", approved=True),)
    assert (out.payment.owes, out.payment.told) == (Owes.DELIVERY, Told.MAYBE_APPROVED)
    assert out.payment.wake_at == T0 + 1_000 + POLICY.deliver_wait_ms
    again = after(sale(), reply("00"), reply("00"))
    assert (again.payment.state, again.effects) == (State.DELIVERING, ())


@pytest.mark.parametrize(("report", "told"), [(WRITTEN, Told.APPROVED), (UNCERTAIN, Told.MAYBE_APPROVED)])
def test_a_delivered_approval_awaits_its_file(report: Fact, told: Told) -> None:
    out = after(sale(), reply("00"), report)
    assert (out.payment.state, out.payment.told, out.payment.owes) == (State.APPROVED, told, Owes.FILE)
    assert out.payment.wake_at == report.at + POLICY.file_due_ms
    assert (out.payment.verdict.truth, out.payment.verdict.proof) == (Truth.CHARGED_KEPT, Proof.ACKNOWLEDGED)
    assert not out.payment.was_in_doubt


def test_a_refusal_is_relayed_with_the_hosts_code() -> None:
    out = after(sale(), reply("51"))
    assert out.effects == (AnswerTerminal("P1", "51", approved=False),)
    assert (out.payment.state, out.payment.told, out.payment.owes) == (State.REFUSED, Told.DECLINED, Owes.FILE)
    assert out.payment.verdict.proof is Proof.CLAIMED


def test_a_refusal_that_no_host_gave_cannot_be_relayed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {**TABLE[State.FORWARDED], Event.DEADLINE: Row(State.REFUSED, (Do.RELAY_REFUSAL,))}
    monkeypatch.setattr("chongzheng.reversal.step.TABLE", {**TABLE, State.FORWARDED: rows})
    with pytest.raises(OurMistake, match="only a host's answer"):
        after(sale(), "due")


def test_what_never_left_is_refused_as_unreachable() -> None:
    out = after(sale(), facts.NotForwarded("P1", T0 + 5, "no connection"))
    assert out.effects == (AnswerTerminal("P1", POLICY.unreachable_code, approved=False),)
    assert (out.payment.verdict.truth, out.payment.owes) == (Truth.NEVER_CHARGED, Owes.FILE)


def test_silence_is_reversed_and_the_terminal_is_told_no() -> None:
    out = after(sale(), "due")
    assert out.effects == (AnswerTerminal("P1", "98", approved=False), SendReversal("P1", "98", 1))
    assert (out.payment.state, out.payment.owes, out.payment.told) == (State.REVERSING, Owes.REVERSAL, Told.DECLINED)
    assert out.payment.wake_at == T0 + POLICY.reply_wait_ms + POLICY.repeat_after_ms[0]
    assert out.payment.reverse_until == T0 + POLICY.reply_wait_ms + POLICY.reverse_for_ms
    assert out.payment.was_in_doubt


@pytest.mark.parametrize(
    ("happened", "reason", "told"),
    [
        ((sale(), "due"), "98", Told.DECLINED),
        ((sale(), reply("00", mac="bad"), "due"), "A0", Told.DECLINED),
        ((sale(), reply("00", echo=("x",)), "due"), "06", Told.DECLINED),
        ((sale(), reply("96")), "06", Told.DECLINED),
        ((sale(), reply("51"), reply("00")), "06", Told.DECLINED),
        ((sale(), facts.SendUncertain("P1", T0 + 9)), "98", Told.NOTHING),
        ((sale(), reply("00"), UNDELIVERED), "96", Told.NOTHING),
        ((sale(), asked("A0")), "A0", Told.UNDONE),
        ((sale(), asked("")), "06", Told.UNDONE),
        ((sale(), reply("00"), WRITTEN, asked("96")), "96", Told.UNDONE),
        ((asked("06"),), "06", Told.UNDONE),
    ],
)
def test_the_first_send_fixes_the_reason(happened: tuple[Any, ...], reason: str, told: Told) -> None:
    out = after(*happened)
    assert SendReversal("P1", reason, 1) in out.effects
    assert (out.payment.reason, out.payment.attempts, out.payment.told) == (reason, 1, told)
    later = step(out.payment, asked("77", at=T0 + 80_000), POLICY)
    repeat = step(later.payment, due(later.payment), POLICY)
    assert repeat.effects == (SendReversal("P1", reason, 2),)
    assert later.effects == (AnswerReversal("P1", "00"),)
    assert (repeat.payment.identity, repeat.payment.key) == (out.payment.identity, out.payment.key)


def test_the_first_send_fixes_the_authorisation_of_an_approval_seen_by_then() -> None:
    seen_first = after(sale(), reply("00", auth="123456"), UNDELIVERED)
    assert seen_first.payment.auth == "123456"
    too_late = after(sale(), "due", reply("00", at=T0 + 51_000, auth="123456"), "due")
    assert too_late.payment.approval is not None and too_late.payment.approval.auth == "123456"
    assert too_late.payment.auth == "", "the first send went out without it, so all do"


def test_repeats_wait_longer_and_then_evenly() -> None:
    out = after(sale(), "due")
    waits = []
    for _ in range(8):
        before = out.payment.wake_at
        waits.append(before)
        out = step(out.payment, due(out.payment), POLICY)
        assert out.payment.wake_at is not None and before is not None
    waited = [b - a for a, b in pairwise(waits) if a is not None and b is not None]
    assert waited == [10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000]
    assert out.payment.attempts == 9


def test_the_window_is_the_shorter_of_the_policy_and_the_day() -> None:
    long_day = after(sale(day_ends_at=T0 + 10**9), "due").payment
    short_day = after(sale(day_ends_at=T0 + 60_000), "due").payment
    assert long_day.reverse_until == T0 + 50_000 + POLICY.reverse_for_ms
    assert short_day.reverse_until == T0 + 60_000


def test_no_reversal_leaves_after_the_day() -> None:
    out = after(sale(day_ends_at=T0 + 50_000), "due")
    assert out.effects == (AnswerTerminal("P1", "98", approved=False),)
    assert (out.payment.owes, out.payment.wake_at, out.payment.attempts) == (Owes.REVERSAL, T0 + 50_001, 0)
    then = step(out.payment, due(out.payment), POLICY)
    assert (then.payment.state, then.payment.owes) == (State.DOUBTFUL, Owes.FILE)
    assert cases(then.effects) == ["no reversal was possible any more"]


def test_a_window_that_closes_unanswered_calls_a_person() -> None:
    policy = Policy(reverse_for_ms=5_000)
    out = after(sale(), "due", "due", policy=policy)
    assert cases(out.effects) == ["reversal unanswered until its window closed"]
    assert out.effects[0] == OpenCase("P1", cases(out.effects)[0], T0 + 55_000 + policy.case_due_ms)


@pytest.mark.parametrize(
    ("code", "wait_ms"), [("68", 5_000), ("90", POLICY.urgent_after_ms), ("A0", POLICY.urgent_after_ms)]
)
def test_answers_that_say_try_again_set_the_next_try(code: str, wait_ms: int) -> None:
    out = after(sale(), "due", rev(code))
    assert (out.payment.state, out.payment.wake_at) == (State.REVERSING, T0 + 52_000 + wait_ms)
    assert [type(effect) for effect in out.effects] == ([effects.SignIn] if code == "A0" else [])


def test_not_found_waits_for_the_original_longer_each_time() -> None:
    out = after(sale(), "due")
    for index, wait_ms in enumerate([*POLICY.not_found_after_ms, POLICY.not_found_after_ms[-1]]):
        at = (out.payment.wake_at or 0) - 1_000
        out = step(out.payment, rev("25", at=at), POLICY)
        assert (out.payment.state, out.payment.wake_at, out.effects) == (State.UNMATCHED, at + wait_ms, ())
        out = step(out.payment, due(out.payment), POLICY)
        assert out.effects == (SendReversal("P1", "98", index + 2),)


@pytest.mark.parametrize("code", ["12", "64", "40", "30", "22", "Q7"])
def test_answers_that_no_repeat_can_mend_call_a_person_and_await_the_file(code: str) -> None:
    out = after(sale(), "due", rev(code))
    assert (out.payment.state, out.payment.owes) == (State.DOUBTFUL, Owes.FILE)
    assert cases(out.effects) == [f"reversal answered {code}"]
    assert out.payment.wake_at == T0 + 52_000 + POLICY.file_due_ms


def test_a_persons_stop_is_final_for_the_machine() -> None:
    out = after(sale(), "due", STOPPED)
    assert (out.payment.state, out.payment.stopped_by) == (State.DOUBTFUL, "clerk 7")
    assert cases(out.effects) == ["reversal stopped by a person"]
    for then in (rev("00", at=T0 + 80_000), reply("00", at=T0 + 81_000), asked(at=T0 + 82_000)):
        out = step(out.payment, then, POLICY)
        assert not any(isinstance(effect, SendReversal) for effect in out.effects)
    assert out.payment.state is State.RETURNED


def test_an_accepted_reversal_stops_the_repeats_and_awaits_its_proof() -> None:
    out = after(sale(), "due", reply("00", at=T0 + 51_000, rrn="A1"), rev("00", rrn="A1"))
    assert (out.payment.state, out.payment.owes, out.effects) == (State.RETURNED, Owes.FILE, ())
    assert (out.payment.verdict.truth, out.payment.verdict.proof) == (Truth.CHARGED_RETURNED, Proof.ACKNOWLEDGED)


def test_a_file_that_does_not_come_becomes_a_persons_case_and_can_still_settle() -> None:
    out = after(sale(), "due", rev("00"), "due")
    assert (out.payment.owes, out.payment.wake_at) == (Owes.PERSON, None)
    assert cases(out.effects) == ["clearing file overdue"]
    assert step(out.payment, RETURNED, POLICY).payment.state is State.SETTLED


def test_what_is_proven_and_right_is_forgotten() -> None:
    out = after(sale(), "due", rev("00", rrn="A1"), RETURNED)
    assert (out.payment.state, out.payment.owes, out.payment.wake_at) == (State.SETTLED, Owes.NOTHING, None)
    assert out.effects == (ForgetCard("P1"),)
    assert (out.payment.verdict.truth, out.payment.verdict.money, out.payment.verdict.proof) == (
        Truth.CHARGED_RETURNED, MoneyIs.CORRECT, Proof.PROVEN)  # fmt: skip


def test_what_is_proven_and_wrong_calls_a_person() -> None:
    out = after(sale(), "due", rev("12"), ORIGINAL, DAY_TWO)
    assert cases(out.effects) == ["settled charged_kept, money long"]
    assert out.payment.verdict.money is MoneyIs.LONG


def test_sources_that_disagree_call_a_person() -> None:
    out = after(sale(), "due", rev("12"), file(DAY, (line(amount_fen=1),)))
    assert (out.payment.state, out.payment.owes) == (State.CONTESTED, Owes.PERSON)
    assert cases(out.effects) == ["contested: file: another amount"]


def test_a_file_that_overturns_a_proof_leaves_it_contested_and_its_money_unknown() -> None:
    out = after(sale(), reply("00", rrn="A1"), WRITTEN, ORIGINAL, file(NEXT_DAY, (), (line("l2"),)))
    verdict = out.payment.verdict
    assert (verdict.truth, verdict.money, verdict.proof) == (Truth.CONTESTED, MoneyIs.UNKNOWN, Proof.CLAIMED)
    assert cases(out.effects) == ["contested: file: overturns the verdict"]


def test_after_the_verdict_truth_stays_and_money_follows_the_terminal() -> None:
    settled = after(sale(), reply("00", rrn="A1"), WRITTEN, ORIGINAL).payment
    out = step(settled, asked(at=T0 + 10**8), POLICY)
    assert cases(out.effects) == ["reversal after the verdict"]
    assert (out.payment.verdict.truth, out.payment.verdict.proof) == (Truth.CHARGED_KEPT, Proof.PROVEN)
    assert out.payment.verdict.money is MoneyIs.LONG
    late = step(settled, reply("00", at=T0 + 10**8), POLICY)
    assert cases(late.effects) == ["approval after the verdict"]
    assert late.payment.verdict == settled.verdict


def test_a_conflicting_request_is_refused_and_changes_nothing_else() -> None:
    before = after(sale(), "due").payment
    out = step(before, sale(fingerprint="other"), POLICY)
    assert out.effects == (AnswerTerminal("P1", POLICY.duplicate_code, approved=False),)
    assert out.payment == before


def test_a_tombstone_declines_the_sale_that_comes_after_it() -> None:
    out = after(asked("98"), sale(at=T0 + 90_000))
    assert out.effects == (AnswerTerminal("P1", POLICY.duplicate_code, approved=False),)
    assert (out.payment.state, out.payment.request_seen) == (State.REVERSING, True)


def test_a_pair_that_is_not_in_the_table_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match=r"NEW.approved: no such row"):
        step(Payment("P1", KEY), reply("00", echo=()), POLICY)


def test_a_stopped_payment_stands_still_with_a_case() -> None:
    before = after(sale(), "due").payment
    out = stop(before, STOPPED, POLICY)
    assert (out.payment.state, out.payment.owes, out.payment.wake_at) == (State.STOPPED, Owes.PERSON, None)
    assert out.effects == (OpenCase("P1", "our mistake", STOPPED.at + POLICY.case_due_ms),)
    assert out.rule == "REVERSING.stop"
    assert replace(out.payment, state=before.state, owes=before.owes, wake_at=before.wake_at) == before


def test_a_final_verdict_is_not_judged_again() -> None:
    marked = replace(NO_VERDICT, rule="marked")
    for state in (State.SETTLED, State.CONTESTED, State.STOPPED):
        assert step(known(state=state, verdict=marked), reply("51"), POLICY).payment.verdict is marked


def test_every_step_notes_the_policy_that_judged() -> None:
    out = step(after(sale()).payment, reply("51"), Policy(version="next"))
    assert out.payment.policy == "next"


def test_the_step_itself_changes_nothing() -> None:
    before = after(sale(), "due").payment
    copied = replace(before)
    step(before, rev("25"), POLICY)
    assert before == copied


# what is never reversed


NOTICE: dict[str, Any] = {"undo": Undo.RESEND, "moves": Moves.CREDIT}


def test_a_notice_is_sent_again_with_longer_waits_until_the_day_ends() -> None:
    out = after(sale(day_ends_at=T0 + 80_000, **NOTICE), "due")
    assert out.effects == (AnswerTerminal("P1", "98", approved=False), Resend("P1", 1))
    assert (out.payment.state, out.payment.owes, out.payment.attempts) == (State.RESENDING, Owes.RESEND, 1)
    sent = []
    while out.payment.state is State.RESENDING:
        before = out.payment
        out = step(before, due(before), POLICY)
        sent += [effect for effect in out.effects if isinstance(effect, Resend)]
        assert out.payment.reverse_until == T0 + 80_000
    assert sent == [Resend("P1", 2), Resend("P1", 3)]
    assert (out.payment.state, cases(out.effects)) == (State.DOUBTFUL, ["unanswered, and never reversed"])


def test_a_notice_that_could_not_leave_is_no_longer_unsent_once_it_was_sent() -> None:
    out = after(sale(**NOTICE), facts.NotForwarded("P1", T0 + 1, "no link"))
    assert (out.payment.state, out.payment.never_sent) == (State.RESENDING, False)
    late = after(sale(day_ends_at=T0, **NOTICE), facts.NotForwarded("P1", T0 + 1, "no link"))
    assert late.effects == (AnswerTerminal("P1", "98", approved=False),)
    assert late.payment.never_sent


def test_a_repeated_notice_is_approved_again_from_the_record() -> None:
    approved = (sale(**NOTICE), reply("00", rrn="A1"), UNDELIVERED)
    out = after(*approved, sale(at=T0 + 9_000))
    assert out.effects == (AnswerTerminal("P1", "00", approved=True),)
    unknown = step(replace(after(*approved).payment, approval=None), sale(at=T0 + 9_000), POLICY)
    assert unknown.effects == (AnswerTerminal("P1", "00", approved=True),)


def test_what_is_never_reversed_says_so() -> None:
    out = after(sale(**NOTICE), asked(at=T0 + 5))
    assert out.effects == (AnswerReversal("P1", "12"),)


def test_every_kind_that_is_reversed_is_so_inside_its_day_only() -> None:
    for moves in Moves:
        out = after(sale(day_ends_at=T0 + 60_000, moves=moves), "due")
        assert SendReversal("P1", "98", 1) in out.effects
        assert out.payment.reverse_until == T0 + 60_000
        late = after(sale(day_ends_at=T0 + 40_000, moves=moves), "due")
        assert not any(isinstance(effect, SendReversal) for effect in late.effects)
        over = step(late.payment, due(late.payment), POLICY)
        assert (over.payment.state, cases(over.effects)) == (State.DOUBTFUL, ["no reversal was possible any more"])


def test_a_late_yes_to_what_is_never_reversed_is_a_persons_case() -> None:
    out = after(sale(**NOTICE), reply("51"), reply("00", at=T0 + 2_000))
    assert (out.payment.state, cases(out.effects)) == (
        State.DOUBTFUL, ["approved after it was refused, and never reversed"])  # fmt: skip


# beside another switch


REPORTED = facts.RequestReported("P1", T0, "e", request())


def test_beside_a_switch_nothing_is_forwarded_or_answered() -> None:
    out = after(REPORTED)
    assert (out.effects, out.payment.owes, out.payment.wake_at) == ((), Owes.REPLY, T0 + POLICY.reply_wait_ms)
    refused = after(REPORTED, reply("51"))
    assert (refused.effects, refused.payment.told) == ((), Told.DECLINED)


def test_beside_a_switch_a_delivery_that_was_reported_first_is_not_forgotten() -> None:
    assert after(REPORTED, WRITTEN, reply("00")).payment.told is Told.APPROVED
    assert after(REPORTED, reply("00")).payment.told is Told.MAYBE_APPROVED


# inquiries


LADDER = Policy(inquire_after_ms=(60_000, 600_000))


def test_the_ladder_is_climbed_while_the_file_is_awaited() -> None:
    happened: list[Any] = [sale(), "due", rev("40")]
    out = after(*happened, policy=LADDER)
    start = T0 + 52_000
    file_due_at = start + LADDER.file_due_ms
    assert (out.payment.owes, out.payment.wake_at) == (Owes.FILE, start + 60_000)
    first = step(out.payment, due(out.payment), LADDER)
    assert (first.effects, first.payment.wake_at) == ((Inquire("P1", 1),), start + 660_000)
    second = step(first.payment, due(first.payment), LADDER)
    assert (second.effects, second.payment.wake_at) == ((Inquire("P1", 2),), file_due_at)
    assert cases(step(second.payment, due(second.payment), LADDER).effects) == ["clearing file overdue"]


def test_no_question_is_asked_after_the_file_is_overdue() -> None:
    slow = Policy(inquire_after_ms=(LADDER.file_due_ms + 1,))
    out = after(sale(), "due", rev("40"), policy=slow)
    assert out.payment.wake_at == T0 + 52_000 + slow.file_due_ms


def test_a_sale_that_stands_is_not_asked_about_unless_a_person_wants_it() -> None:
    out = after(sale(), reply("00"), WRITTEN, policy=LADDER)
    assert out.payment.wake_at == T0 + 2_000 + LADDER.file_due_ms
    wish = step(out.payment, facts.CheckAsked("P1", T0 + 3_000, "clerk 7"), LADDER)
    assert (wish.effects, wish.payment.wake_at) == ((Inquire("P1", 1, by_person=True),), out.payment.wake_at)


@pytest.mark.parametrize(("policy", "then"), [(LADDER, "Inquire"), (POLICY, "OpenCase")])
def test_a_terminal_that_gave_up_opens_doubt_and_no_reversal(policy: Policy, then: str) -> None:
    out = after(sale(), reply("00"), WRITTEN, facts.TerminalGaveUp("P1", T0 + 9_000, "e", Sign.TRACE_GAP),
                facts.AnswerWritten("P1", T0 + 10_000), policy=policy)  # fmt: skip
    assert (out.payment.told, out.payment.gave_up) == (Told.MAYBE_APPROVED, "trace_gap")
    signed = after(sale(), reply("00"), WRITTEN, facts.TerminalGaveUp("P1", T0 + 9_000, "e", Sign.TRACE_GAP),
                   policy=policy)  # fmt: skip
    assert [type(effect).__name__ for effect in signed.effects] == [then]


def test_a_sign_after_the_verdict_reweighs_it() -> None:
    out = after(sale(), reply("00"), WRITTEN, ORIGINAL, facts.TerminalGaveUp("P1", T0 + 9_000, "e", Sign.FAULT_SLIP))
    assert (out.payment.verdict.money, cases(out.effects)) == (
        MoneyIs.UNKNOWN, ["the terminal gave it up: fault_slip"])  # fmt: skip


def test_an_inquiry_that_says_returned_of_a_sale_that_stands_is_a_persons_case() -> None:
    said = facts.InquiryAnswered("P1", T0 + 9_000, "q", Found.RETURNED, True)
    out = after(sale(), reply("00"), WRITTEN, said)
    assert cases(out.effects) == ["the channel says returned, though nobody reversed it"]


# links


VOID: dict[str, Any] = {"moves": Moves.CREDIT, "original": "P0", "link": Link.VOIDS}


def tells(out: Any) -> list[tuple[Standing, bool]]:
    """What the original hears."""
    return [(effect.standing, effect.proven) for effect in out.effects if isinstance(effect, TellLinked)]


def test_a_void_tells_its_original_whenever_it_stands_differently() -> None:
    assert tells(after(sale(**VOID))) == [(Standing.DOUBTED, False)]
    assert tells(after(sale(**VOID), reply("00"))) == [(Standing.DONE, False)]
    assert tells(after(sale(**VOID), reply("00"), WRITTEN)) == []
    assert tells(after(sale(**VOID), reply("00"), UNDELIVERED)) == [(Standing.DOUBTED, False)]
    assert tells(after(sale(**VOID), reply("51"))) == [(Standing.UNDONE, False)]
    assert tells(after(sale(**VOID), reply("00"), WRITTEN, ORIGINAL)) == [(Standing.DONE, True)]
    told = after(sale(**VOID)).effects[-1]
    assert told == TellLinked("P0", "P1", Link.VOIDS, Standing.DOUBTED, False)


def test_a_reversal_of_a_void_that_was_never_seen_tells_its_original_too() -> None:
    assert tells(after(asked(**VOID))) == [(Standing.DOUBTED, False)]


def test_a_reversal_of_a_voided_sale_is_owned_and_given_to_a_person() -> None:
    voided = facts.LinkChanged("P1", T0 + 5_000, "P2", Link.VOIDS, Standing.DONE, False)
    out = after(sale(), reply("00"), WRITTEN, voided, asked(at=T0 + 6_000))
    assert cases(out.effects) == ["the terminal reverses what is voided or completed"]
    assert (out.payment.state, out.payment.attempts) == (State.APPROVED, 0)


def test_a_void_that_is_proven_after_the_verdict_changes_it_and_calls_a_person_if_money_lies_wrong() -> None:
    settled = (sale(), reply("00"), WRITTEN, ORIGINAL)
    proven = facts.LinkChanged("P1", T0 + 90_000_000, "P2", Link.VOIDS, Standing.DONE, True)
    out = after(*settled, proven)
    assert (out.payment.verdict.truth, out.payment.verdict.proof) == (Truth.CHARGED_RETURNED, Proof.PROVEN)
    assert out.effects == ()
    doubted = replace(after(*settled).payment, told=Told.MAYBE_APPROVED)
    assert cases(step(doubted, proven, POLICY).effects) == ["settled charged_returned, money unknown"]


# cost


def test_a_deadline_that_repeats_a_reversal_judges_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    out = after(sale(), "due")
    monkeypatch.setattr("chongzheng.reversal.step.judge", lambda payment, policy: pytest.fail("nothing changed"))
    again = step(out.payment, due(out.payment), POLICY)
    assert again.payment.verdict == out.payment.verdict


def test_a_step_never_changes_the_payment_that_it_was_given() -> None:
    for happened in ((sale(),), (sale(), "due"), (sale(), reply("00")), (sale(), reply("00"), WRITTEN)):
        before = after(*happened).payment
        copied = replace(before)
        for fact in (due(before), reply("51"), rev("00"), asked(), ORIGINAL):
            step(before, fact, POLICY)
        assert before == copied


# What is voided, or about to be


def bound(state: State, **changes: Any) -> Payment:
    """A payment with a void that may have taken effect."""
    return known(state=state, opened_at=T0, ties=(Tie("P2", Link.VOIDS, Standing.DOUBTED, False),), wake_at=T0 + 50_000,
                 **changes)  # fmt: skip


BOUND_WHY = "not reversed, because it is voided or completed"


@pytest.mark.parametrize(
    ("payment", "fact", "to", "told"),
    [
        (bound(State.FORWARDED), facts.DeadlinePassed("P1", T0 + 50_000, T0 + 50_000), State.DOUBTFUL, Told.DECLINED),
        (bound(State.FORWARDED), reply("96"), State.DOUBTFUL, Told.DECLINED),
        (bound(State.FORWARDED), facts.SendUncertain("P1", T0), State.DOUBTFUL, Told.DECLINED),
        (bound(State.FORWARDED), facts.TerminalMovedOn("P1", T0, "e"), State.DOUBTFUL, Told.DECLINED),
        (bound(State.UNSENT, never_sent=True), reply("00"), State.DOUBTFUL, Told.NOTHING),
        (bound(State.REFUSED), reply("00"), State.DOUBTFUL, Told.NOTHING),
        (bound(State.DELIVERING), facts.AnswerUndelivered("P1", T0), State.APPROVED, Told.NOTHING),
        (bound(State.APPROVED), facts.AnswerUndelivered("P1", T0), State.APPROVED, Told.NOTHING),
        (bound(State.DOUBTFUL, beside=True), facts.SendUncertain("P1", T0), State.DOUBTFUL, Told.DECLINED),
    ],
    ids=str,
)
def test_what_would_begin_a_reversal_of_a_voided_payment_goes_to_a_person(
    payment: Payment, fact: Fact, to: State, told: Told
) -> None:
    out = step(payment, fact, POLICY)
    assert (out.payment.state, out.payment.told) == (to, told)
    assert [effect.why for effect in out.effects if isinstance(effect, OpenCase)] == [BOUND_WHY]
    assert not any(isinstance(effect, SendReversal) for effect in out.effects)
    assert (out.payment.reason, out.payment.attempts) == ("", 0), "so its release token was not taken"


@pytest.mark.parametrize("state", [State.APPROVED, State.REFUSED])
def test_what_is_being_refunded_is_not_reversed_beside_it_whoever_asks(state: State) -> None:
    tie = Tie("give-back", Link.GIVES_BACK, Standing.DOUBTED, False)
    given_back = replace(bound(state), ties=(tie,))
    out = step(given_back, facts.ReversalAsked("P1", T0, "e", "98", request()), POLICY)
    assert out.effects[0] == AnswerReversal("P1", "00")
    assert [one.why for one in out.effects if isinstance(one, OpenCase)] == [
        "not reversed, because a refund of it is under way"
    ]
    ours = step(replace(given_back, state=State.REFUSED), reply("00"), POLICY)
    assert [type(one) for one in ours.effects] == [OpenCase]


def test_once_its_void_is_undone_a_payment_is_reversed_as_ever() -> None:
    undone = replace(bound(State.FORWARDED), ties=(Tie("P2", Link.VOIDS, Standing.UNDONE, False),))
    out = step(undone, facts.DeadlinePassed("P1", T0 + 50_000, T0 + 50_000), POLICY)
    assert out.payment.state is State.REVERSING


def test_a_barred_void_is_declined_and_never_leaves() -> None:
    asked_for = request(moves=Moves.CREDIT, original="P0", link=Link.VOIDS)
    out = step(Payment("P1", KEY), facts.RequestBarred("P1", T0, "e-sale", asked_for), POLICY)
    assert (out.payment.state, out.payment.verdict.truth) == (State.UNSENT, Truth.NEVER_CHARGED)
    assert out.effects == (
        AnswerTerminal("P1", POLICY.related_code, approved=False),
        effects.TellLinked("P0", "P1", Link.VOIDS, Standing.UNDONE, False),
    )


# The end of the day


MORNING = DAY_ENDS + 3_600_000


@pytest.mark.parametrize(
    ("undo_ends_at", "settles", "sent", "named"),
    [
        (0, "", False, ""),
        (0, "1122", False, ""),
        (0, "1123", True, ""),  # the host had cut over before us: it is still its day
        (0, "0101", False, ""),
        (DAY_ENDS + 86_400_000, "", True, "1122"),
        (DAY_ENDS + 86_400_000, "1123", True, "1123"),
        (MORNING, "1122", False, "1122"),
    ],
)
def test_after_the_day_a_reversal_goes_only_where_the_channel_takes_it(
    undo_ends_at: int, settles: str, sent: bool, named: str
) -> None:
    approved = reply("00")
    assert isinstance(approved, facts.ReplyArrived)
    approved = replace(approved, answer=replace(approved.answer, settles=settles))
    sold = after(sale(undo_ends_at=undo_ends_at), approved, WRITTEN).payment
    out = step(sold, asked(at=MORNING), POLICY)
    assert any(isinstance(effect, SendReversal) for effect in out.effects) is sent
    assert out.payment.settles == named
    if not sent:
        assert step(out.payment, due(out.payment), POLICY).payment.state is State.DOUBTFUL


def test_a_person_s_question_leaves_the_ladder_its_rungs() -> None:
    doubtful = after(sale(), "due", rev("40"), policy=LADDER).payment
    wish = step(doubtful, facts.CheckAsked("P1", T0 + 53_000, "clerk 7"), LADDER)
    assert wish.effects == (Inquire("P1", 1, by_person=True),)
    assert (wish.payment.inquiries, wish.payment.checks, wish.payment.wake_at) == (0, 1, doubtful.wake_at)
    asked_by_itself = step(wish.payment, due(wish.payment), LADDER)
    assert asked_by_itself.effects == (Inquire("P1", 2),)
    assert (asked_by_itself.payment.inquiries, asked_by_itself.payment.checks) == (1, 1)
