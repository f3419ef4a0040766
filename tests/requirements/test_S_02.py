"""S-02: a case shows where the money is; its postings sum to zero, and with money in suspense it cannot be closed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chongzheng.cases.matter import Matter
from chongzheng.cases.position import position
from chongzheng.cli import main
from chongzheng.journal.breaks import Overtaken
from journal.made import asked, cleared, name_of, reply, sale, undone
from requirements.desk import Desk


def worked(desk: Desk, n: int) -> Matter:
    """The case of a payment, up to the moment before its close."""
    payment = name_of(n)
    said = {"source": "engine", "why": "reversal in doubt"}
    case = desk.open("case", said, payment=payment, key=f"case {payment}")
    for fact, words in (
        ("ConfirmStarted", {}),
        ("Confirmed", {}),
        ("CauseFound", {"primary": "unknown"}),
        ("Decided", {"action": "other"}),
        ("Remedied", {"result": "looked at"}),
    ):
        case = desk.say(case, fact, "li", **words)
    return case


def test_s_02(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1), cleared(1)])
    desk.journal.apply([sale(2), reply(2), asked(2), undone(2), cleared(2, 1, 1)])
    with desk.place.reading() as reader:
        for n in (1, 2):
            moves = [*reader.entries_of(name_of(n)), *reader.vouchers_of(name_of(n))]
            where = position(moves)
            assert moves and sum(where.balances.values()) == 0
            assert where.suspense_fen == (12_345 if n == 1 else 0)
        assert reader.faults() == []
    for n, suspense in ((1, 12_345), (2, 0)):
        shown = CliRunner().invoke(main, ["case", "position", name_of(n), "--db", desk.place.path, "--json"])
        said = json.loads(shown.stdout)
        assert (said["suspense_fen"], said["sum_fen"], shown.exit_code) == (suspense, 0, int(suspense > 0))
    held = worked(desk, 1)
    assert held.body["standing"]["suspense_fen"] == 12_345
    with pytest.raises(Overtaken, match="12345 fen of its payment lie in suspense"):
        desk.say(held, "Closed", "li", outcome="it will be all right")
    assert desk.matters.get(held.id).state == "COMMUNICATING"
    free = worked(desk, 2)
    assert free.body["standing"]["suspense_fen"] == 0
    assert desk.say(free, "Closed", "li", outcome="the money is back").state == "CLOSED"


def test_s_02_what_a_refund_took_out_of_suspense_lies_there_no_more(desk: Desk) -> None:
    desk.journal.apply([sale(1), reply(1), asked(1), undone(1, code="12"), cleared(1), cleared(1, 0, day="20260924")])
    payment = name_of(1)
    case = desk.open("case", {"source": "engine", "why": "x"}, payment=payment, key=f"case {payment}")
    desk.say(case, "WitnessHeard", "li", witness="merchant", goods="no")
    for fact, said in (("Confirmed", {}), ("CauseFound", {}), ("Decided", {"action": "refund"})):
        desk.say(case, fact, "li", **said)
    said = {"fen": 12_345, "customer": "c1", "reason": "debited, nothing handed over"}
    refund = desk.open("refund", said, "mei", payment=payment, parent=case.id)
    desk.say(refund, "Approved", "zhang")
    desk.say(refund, "Sent", "wang", way="file", reference="line 1", looked_up="nothing")
    assert desk.matters.standing(payment)["suspense_fen"] == 12_345
    desk.say(refund, "Posted", "wang", reference="line 1")
    assert desk.matters.standing(payment)["suspense_fen"] == 0
    desk.say(refund, "CreditSeen", "wang", reference="the next file")
    desk.say(case, "Remedied", "li", result="given back")
    desk.say(case, "NoticeSent", "li", audience="cardholder", template="refund_posted")
    assert desk.say(case, "Closed", "li", outcome="the money is back").state == "CLOSED"
