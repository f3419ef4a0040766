"""Which of the situations that a campaign must meet is it when a payment meets this event in this state?"""

from __future__ import annotations

from collections.abc import Iterator

from chongzheng.reversal.payment import Payment, State

_BY_EVENT: dict[str, str] = {
    "declined": "a sale was refused",
    "request_repeated": "the same sale arrived twice",
    "repeat_of_approved": "the same sale arrived twice",
    "request_conflicts": "another amount came under a key that was used",
    "answer_written": "a sale was approved and delivered",
    "delivery_uncertain": "a delivery was uncertain",
    "send_uncertain": "a send was uncertain after a restart",
    "window_over": "a reversal's window closed without an answer",
    "rev_busy": "the bank was too busy for a reversal",
    "rev_sign_in": "the bank wanted a new sign-in",
    "rev_invalid": "a reversal was refused for good",
    "rev_relation": "a reversal was refused for good",
    "rev_mismatch": "a reversal was refused for good",
    "rev_unsupported": "a reversal was refused for good",
    "rev_malformed": "a reversal was refused for good",
    "file_contradicts": "a file contradicted what we knew",
}


def of_event(state: str, event: str, before: Payment | None, after: Payment) -> Iterator[str]:
    """The situations of an event of the table, which met a payment in this state; `before`: None where it is new."""
    if event in _BY_EVENT:
        yield _BY_EVENT[event]
    if state == State.FORWARDED and event == "deadline":
        yield "a sale's answer was lost"
    if event == "approved" and state in (State.REVERSING, State.UNMATCHED):
        yield "a late approval met its reversal"
    if event in ("approved", "reply_late") and state in (State.RETURNED, State.DOUBTFUL, State.SETTLED):
        yield "an approval arrived after the payment was given up"
    if event == "reply_unproven":
        yield "an answer with a wrong MAC was set aside"
    if event == "rev_unproven":
        yield "an answer for another amount was set aside"
    if event == "rev_done" and state == State.REVERSING:
        yield "a reversal was answered 00 at once"
        if after.approval is None:
            yield "a reversal was answered 00 and there was nothing to reverse"
    if event in ("rev_late", "rev_done", "rev_already") and state == State.RETURNED:
        yield "a reversal was answered 00 twice"
    if event == "approved" and before is not None and before.not_found:
        yield "a reversal was answered 25 and the sale came afterwards"
