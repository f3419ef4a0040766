"""S-37: money that is advanced or refunded goes out once, on two people's word, and what went twice is taken back."""

from __future__ import annotations

import pytest

from chongzheng.cases.matter import Matter
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.reversal.facts import ReversalStopped
from chongzheng.simulator.clerks.campaign import campaign
from journal.made import AMOUNT_FEN, asked, bare, cleared, name_of, reply, sale, undone, written
from requirements.desk import DAY_MS, Desk
from requirements.told import deliver

WORDS = {"fen": AMOUNT_FEN, "customer": "C1", "reason": "no goods, two copies of the slip"}
SENT = {"way": "file", "reference": "F1 line 7", "looked_up": "nothing"}
SEEN = {"reference": "query 9"}


def told(desk: Desk) -> None:
    """Whatever is behind hears how its payment stands."""
    for _ in range(3):
        for matter, facts in desk.matters.behind():
            desk.matters.tell_standing(matter, facts)


def balances(desk: Desk, payment: str) -> dict[str, int]:
    """What machine and vouchers left on each account for this payment, debits above nought; nothing left out."""
    moves = desk.place.raw("SELECT debit, credit, fen FROM entry WHERE payment = ?", payment)
    moves += desk.place.raw("SELECT debit, credit, fen FROM voucher WHERE payment = ?", payment)
    left: dict[str, int] = {}
    for debit, credit, fen in moves:
        left[debit] = left.get(debit, 0) + fen
        left[credit] = left.get(credit, 0) - fen
    return {account: fen for account, fen in left.items() if fen}


def doubtful(desk: Desk, n: int = 1) -> Matter:
    """A sale whose reversal nobody answered and a person stopped; its case, with what host and shop say."""
    desk.journal.apply([sale(n), reply(n), written(n), asked(n), bare(ReversalStopped(name_of(n), desk.now, "zhang"))])
    case = desk.open("case", {"source": "complaint", "why": "charged, no goods"}, "qian", payment=name_of(n))
    heard = (
        ("host journal", {"original": "yes"}),
        ("terminal journal", {"reversal": "failed"}),
        ("merchant", {"goods": "no"}),
    )
    for witness, said in heard:
        desk.say(case, "WitnessHeard", "li", witness=witness, **said)
    return case


def kept(desk: Desk, n: int = 1) -> Matter:
    """A sale that the file shows, though its terminal undid it: the money lies in suspense. Its case."""
    desk.journal.apply([sale(n), reply(n), written(n), cleared(n), asked(n, desk.now + 2 * DAY_MS)])
    return desk.open("case", {"source": "complaint", "why": "charged, no goods"}, "mei", payment=name_of(n))


def out(desk: Desk, case: Matter, n: int = 1) -> Matter:
    """Its refund, proposed, approved, sent and posted."""
    refund = desk.open("refund", WORDS, "li", payment=name_of(n), parent=case.id)
    desk.say(refund, "Approved", "zhang")
    desk.say(refund, "Sent", "wang", **SENT)
    return desk.say(refund, "Posted", "wang", **SEEN)


def test_s_37(desk: Desk) -> None:
    case = doubtful(desk)
    refund = desk.open("refund", WORDS, "li", payment=name_of(1), parent=case.id)
    assert (refund.state, refund.body["rule"], refund.body["gives"]) == ("PROPOSED", "PR-4", "provisional")
    with pytest.raises(Overtaken, match=f"proposed already \\({refund.id}\\)"):
        desk.open("refund", WORDS, "mei", payment=name_of(1), parent=case.id)
    with pytest.raises(NotAllowed):
        desk.say(refund, "Approved", "li")
    with pytest.raises(Overtaken, match="not what you were shown"):
        desk.matters.say(refund.id, "Approved", {}, "zhang", "0" * 64)
    desk.say(refund, "Approved", "zhang")
    desk.say(refund, "Sent", "wang", **SENT)
    with pytest.raises(Overtaken, match="SENT; possible now"):
        desk.say(refund, "Sent", "wang", **SENT)
    desk.say(refund, "Posted", "wang", **SEEN)
    desk.journal.apply([cleared(1)])
    desk.journal.apply([cleared(1, 0, 0, day="20260924", at=desk.now + 2 * DAY_MS)])
    told(desk)
    assert desk.matters.get(refund.id).state == "CONFIRMED_FINAL"
    assert "provisional refunds" not in balances(desk, name_of(1)) and "suspense" not in balances(desk, name_of(1))


def test_s_37_a_reversal_that_takes_effect_late_is_clawed_back_and_the_books_end_at_nought(desk: Desk) -> None:
    case = doubtful(desk)
    refund = out(desk, case)
    assert balances(desk, name_of(1))["provisional refunds"] == AMOUNT_FEN
    desk.journal.apply([undone(1, desk.now + 5_000)])
    told(desk)
    assert desk.matters.get(refund.id).state == "DOUBLE_CREDIT"
    (clawback,) = [one for one in desk.matters.of_parent(refund.id) if one.kind == "clawback"]
    desk.say(clawback, "CancelTried", "wang", worked=False, reference="no")
    with pytest.raises(Overtaken, match="only 12345 are outstanding"):
        desk.say(clawback, "PaidBack", "wang", fen=AMOUNT_FEN + 1, reference="bank 1")
    desk.journal.apply([cleared(1, 1, 1)])
    told(desk)
    desk.say(clawback, "PaidBack", "wang", fen=AMOUNT_FEN, reference="bank 1")
    assert desk.matters.get(refund.id).state == "RECOVERED" and desk.matters.get(clawback.id).state == "RECOVERED"
    assert balances(desk, name_of(1)) == {}
    assert desk.matters.get(case.id).body["remedies"][-1]["state"] == "RECOVERED"


def test_s_37_a_final_refund_leaves_suspense_empty_and_a_chargeback_afterwards_is_a_double_credit(desk: Desk) -> None:
    case = kept(desk)
    refund = out(desk, case)
    final = desk.say(refund, "CreditSeen", "wang", **SEEN)
    assert (final.state, final.body["rule"]) == ("CONFIRMED_FINAL", "PR-1") and balances(desk, name_of(1)) == {}
    back = {"action": "chargeback", "code": "4502", "fen": AMOUNT_FEN, "card": "credit"}
    dispute = desk.open("dispute", back, "li", payment=name_of(1), parent=case.id)
    assert desk.matters.get(refund.id).state == "DOUBLE_CREDIT"
    assert balances(desk, name_of(1)) == {"provisional refunds": AMOUNT_FEN, "clearing receivable": -AMOUNT_FEN}
    desk.say(dispute, "Represented", "wang", code="2000", fen=AMOUNT_FEN)
    desk.say(dispute, "Undone", "wang", reference="E24 line 1")
    assert desk.matters.get(refund.id).state == "CONFIRMED_FINAL" and balances(desk, name_of(1)) == {}
    assert [one.state for one in desk.matters.page("clawback")] == ["DROPPED"]


def test_s_37_a_chargeback_cancels_the_refund_that_is_on_its_way(desk: Desk) -> None:
    case = kept(desk)
    refund = desk.open("refund", WORDS, "li", payment=name_of(1), parent=case.id)
    desk.say(refund, "Approved", "zhang")
    back = {"action": "chargeback", "code": "4502", "fen": AMOUNT_FEN, "card": "debit"}
    desk.open("dispute", back, "li", payment=name_of(1), parent=case.id)
    assert desk.matters.get(refund.id).state == "STOPPED"
    assert desk.place.raw("SELECT verb FROM release WHERE payment = ?", name_of(1)) == []
    with pytest.raises(Overtaken, match="PR-X: nothing is given back \\(chargeback in flight"):
        desk.open("refund", WORDS, "li", payment=name_of(1), parent=case.id)


def interleaved(count: int, seed: int) -> None:
    """Refunds, late reversals, chargebacks, double clicks, two approvers and restarts, in so many random orders."""
    found = campaign(count, seed=seed, workers=1)
    assert found["interleavings"] >= count and found["restarts"] > 0
    assert (found["given_back_twice"], found["self_approved"], found["untold"], found["violations"]) == (0, 0, 0, 0)


def test_s_37_in_no_order_is_the_money_given_back_twice() -> None:
    interleaved(24, seed=37)


@pytest.mark.soak
def test_s_37_in_none_of_ten_thousand_orders() -> None:
    interleaved(10_000, seed=3_700)


def test_s_37_the_issuer_is_asked_only_on_the_day_that_the_customer_was_told(desk: Desk) -> None:
    case = doubtful(desk)
    refund = out(desk, case)
    desk.journal.apply([undone(1, desk.now + 5_000), cleared(1, 1, 1)])
    told(desk)
    (clawback,) = [one for one in desk.matters.of_parent(refund.id) if one.kind == "clawback"]
    desk.say(clawback, "CancelTried", "wang", worked=False, reference="answer 30")
    notice = {"to": "customer-1", "documents": "清算文件 / the files of two days", "complaints": "95516",
              "merchant": "Noodle shop", "card": "622200******1234"}  # fmt: skip
    with pytest.raises(Overtaken, match="is 20260929 or later"):
        desk.say(clawback, "NoticeGiven", "zhang", debit_day="20260928", **notice)
    desk.say(clawback, "NoticeGiven", "zhang", debit_day="20260929", **notice)
    texts, notices = deliver(desk)
    assert [one.state for one in notices] == ["sent"], notices[0].evidence
    assert "2026年9月29日" in texts[0] and "29 Sep 2026" in texts[0] and "without your authority" in texts[0]
    with pytest.raises(Overtaken, match="not before 20260929"):
        desk.say(clawback, "Requested", "wang", card="credit")
    desk.now += 8 * DAY_MS
    desk.say(clawback, "Requested", "wang", card="credit")
    (request,) = [one for one in desk.matters.of_parent(clawback.id) if one.kind == "dispute"]
    assert (request.body["action"], request.body["code"]) == ("debit request", "9652")
    desk.say(request, "Sent", "wang", reference="E22 line 1")
    desk.say(request, "Accepted", "wang", reference="file of 1 October")
    states = [desk.matters.get(one.id).state for one in (request, clawback, refund)]
    assert states == ["WON", "RECOVERED", "RECOVERED"]
    assert balances(desk, name_of(1)) == {"bank": -AMOUNT_FEN, "clearing receivable": AMOUNT_FEN}


def test_s_37_whoever_brought_the_complaint_does_not_approve_its_refund(desk: Desk) -> None:
    case = kept(desk)
    words = {"channel": "phone", "ticket": "T-1", "text": "I was charged"}
    desk.open("complaint", words, "zhang", payment=name_of(1))
    refund = desk.open("refund", WORDS, "li", payment=name_of(1), parent=case.id)
    with pytest.raises(NotAllowed, match="zhang reported the case"):
        desk.say(refund, "Approved", "zhang")
    assert desk.say(refund, "Approved", "chen").state == "APPROVED"
