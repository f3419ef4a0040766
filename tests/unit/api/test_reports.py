"""Is a report the facts it says, redacted, the same whenever it is said, and never more than it says?"""

from typing import Any

import msgspec
import pytest

from chongzheng.api import reports
from chongzheng.api.shapes import (
    DeliveryEvidence,
    Evidence,
    InquiryEvidence,
    NotSentEvidence,
    Report,
    ReversalAnswerEvidence,
    ReversalAskedEvidence,
    SignEvidence,
    TimedOutEvidence,
    from_json,
    plain,
)
from chongzheng.gateway.channel import packaged
from chongzheng.journal import payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Payment

NOON_MS = 1_790_000_000_000
DAY_MS = 86_400_000
PAN = "6222021234567890123"
REPLY = {"code": "00", "mac": "good", "rrn": "123456789012"}


def day(at: int) -> tuple[str, int]:
    """Every instant is of one day."""
    return "20260921", NOON_MS + DAY_MS


def index(text: str) -> str:
    """Stands for the vault's keyed hash."""
    return f"h{len(text)}"


WORLD = reports.World(day, index, packaged("cup-pos").kinds)
KINDS = WORLD.kinds
ORIGINAL = {"batch": "000001", "stan": "000041"}


def report(**changed: Any) -> Report:
    """A report as it comes over the wire."""
    said = {"merchant": "898100000000001", "terminal": "7700001", "batch": "000001", "stan": "000042",
            "amount_fen": 12_300, "at": NOON_MS, "card": PAN, **changed}  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(said), type=Report, dec_hook=from_json)


def opening(**changed: Any) -> list[Any]:
    """What a report becomes."""
    return reports.opening(report(**changed), "api:switch", WORLD)


def test_a_report_opens_a_payment_and_says_what_came_of_it() -> None:
    kinds = [type(s.fact).__name__ for s in opening(reply=REPLY, delivered=True, sign="trace_gap")]
    assert kinds == ["RequestReported", "ReplyArrived", "AnswerWritten", "TerminalGaveUp"]
    assert [type(s.fact).__name__ for s in opening()] == ["RequestReported"]
    assert [type(s.fact).__name__ for s in opening(delivered=False)][1] == "AnswerUndelivered"


def test_all_facts_of_a_report_rest_on_one_evidence_that_has_no_card_number() -> None:
    submissions = opening(reply=REPLY)
    [proof] = submissions[0].evidence
    assert {s.fact.evidence for s in submissions} == {proof.id}
    assert PAN.encode() not in proof.body and b"622202*********0123" in proof.body
    assert submissions[0].card is not None and submissions[1].card is None


def test_the_same_report_is_the_same_evidence_and_another_is_not() -> None:
    assert opening()[0].evidence == opening()[0].evidence
    assert opening()[0].evidence[0].id != opening(amount_fen=1)[0].evidence[0].id


def test_the_payment_is_the_one_that_its_four_names_name() -> None:
    fact = opening()[0].fact
    assert fact.payment == payment_id(facts.Key("898100000000001", "7700001", "000001", "000042"))
    assert reports.payment_of(report()) == fact.payment


def test_the_identity_is_what_a_reversal_repeats_on_the_wire() -> None:
    request = opening(fields={"22": "021", "60": "22000001999"})[0].fact.request
    assert dict(request.identity) == {
        "3": "000000", "4": "000000012300", "11": "000042", "22": "021", "25": "00", "41": "7700001 ",
        "42": "898100000000001", "49": "156", "60": "22000001999",
    }  # fmt: skip
    assert [int(name) for name, _ in request.identity] == sorted(int(name) for name, _ in request.identity)
    assert request.echo == ("000000", "000000012300", "000042", "7700001 ", "898100000000001")


def test_a_void_names_its_original_and_says_what_it_does() -> None:
    said = report(kind="void", original=ORIGINAL)
    reports.check(said, NOON_MS, KINDS)
    request = reports.opening(said, "api:switch", WORLD)[0].fact.request
    assert request.original == payment_id(facts.Key("898100000000001", "7700001", "000001", "000041"))
    assert (request.kind, request.link, request.moves) == ("void", facts.Link.VOIDS, facts.Moves.CREDIT)
    assert dict(request.identity)["61"] == "000001000041"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_of_the_channel_can_be_reported(name: str) -> None:
    kind = KINDS[name]
    said = report(kind=name, **({"original": ORIGINAL} if kind.link is not facts.Link.NONE else {}))
    reports.check(said, NOON_MS, KINDS)
    request = reports.opening(said, "api:switch", WORLD)[0].fact.request
    assert (request.undo, request.moves) == (kind.undo, kind.moves)
    assert {int(number) for number, _ in request.identity} <= set(kind.copies)


def test_an_answer_is_believed_to_repeat_what_it_must_and_no_more() -> None:
    opened, replied = opening(reply={**REPLY, "mac": "absent", "at": NOON_MS + 5})
    assert replied.fact.answer == facts.Answer("00", "absent", opened.fact.request.echo, rrn="123456789012")
    assert (opened.fact.at, replied.fact.at) == (NOON_MS, NOON_MS + 5)


def test_a_masked_card_is_shown_and_not_kept() -> None:
    submission = opening(card="622202******0123")[0]
    assert submission.card is None and submission.fact.request.masked_pan == "622202******0123"
    assert opening(card=None)[0].fact.request.masked_pan == ""


def test_the_reporters_business_day_counts() -> None:
    assert opening(day="20260920")[0].fact.request.day == "20260920"
    assert opening()[0].fact.request.day == "20260921"


@pytest.mark.parametrize(("changed", "where"), [
    ({"at": NOON_MS + 400_000}, "at"), ({"at": NOON_MS // 1000}, "at"), ({"fields": {"35": "1"}}, "fields.35"),
    ({"fields": {"22": "a"}}, "fields.22"), ({"fields": {"22": PAN}}, "fields.22"),
    ({"fields": {"38": "1234567"}}, "fields.38"), ({"fields": {"55": "5A08"}}, "fields.55"), ({"kind": "gift"}, "kind"),
    ({"kind": "void"}, "original"), ({"original": ORIGINAL}, "original"), ({"amount_fen": 0}, "amount_fen"),
    ({"reply": {**REPLY, "at": NOON_MS + 400_000}}, "reply.at"),
])  # fmt: skip
def test_what_cannot_be_right_is_refused_with_its_place(changed: dict[str, Any], where: str) -> None:
    with pytest.raises(TheirMistake) as refused:
        reports.check(report(**changed), NOON_MS, KINDS)
    assert refused.value.where == where


def test_a_card_number_cannot_be_printed_with_its_report() -> None:
    assert PAN not in repr(report())
    assert PAN.encode() not in plain(report())


def test_blanks_and_order_are_not_content() -> None:
    assert reports.same_words(b'{"b": 1,\n "a": 2}') == reports.same_words(b'{"a":2,"b":1}')
    assert reports.same_words(b'{"a":2}') != reports.same_words(b'{"a":1}')


@pytest.mark.parametrize(
    ("said", "what", "where"),
    [
        ({"sign": PAN}, "invalid enum value", "sign"),
        ({"sign": f"- at `$.x` {PAN} - at `$.y`"}, "invalid enum value", "sign"),
        ({PAN: 1}, "object contains unknown field of digits", ""),
        ({"reply": {**REPLY, PAN: 1}}, "object contains unknown field of digits", "reply"),
        ({"colour": 1}, "object contains unknown field `colour`", ""),
        ({"amount_fen": 10**12}, "expected `int` <= 999999999999", "amount_fen"),
    ],
)
def test_a_refusal_never_repeats_what_was_sent(said: dict[str, Any], what: str, where: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        report(**said)
    assert reports.plain_words(str(refused.value)) == (what, where)


def test_a_kind_of_evidence_that_is_none_is_not_repeated() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(f'{{"kind":"{PAN}","at":1}}', type=Evidence)
    assert reports.plain_words(str(refused.value)) == ("invalid value", "kind")


def test_free_words_cannot_hold_a_card_number() -> None:
    for said in ({"kind": "sign", "sign": "trace_gap", "note": f"card {PAN}"}, {"kind": "not_sent", "why": PAN}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(msgspec.json.encode({**said, "at": 1}), type=Evidence)


def test_a_payment_that_is_another_contradicts() -> None:
    fact = opening()[0].fact
    masked = fact.request.masked_pan
    known = Payment("P", fact.request.key, amount_fen=12_300, currency="156", masked_pan=masked)
    assert not reports.contradicts(known, fact)
    assert not reports.contradicts(known, opening(card=None)[0].fact)
    assert not reports.contradicts(known, facts.CheckAsked("P", NOON_MS, "ann"))
    for changed in ({"amount_fen": 1}, {"currency": "840"}, {"card": "622202******9999"}):
        assert reports.contradicts(known, opening(**changed)[0].fact)


@pytest.mark.parametrize(("said", "kind"), [
    (ReversalAnswerEvidence(code="25", mac="bad", at=NOON_MS), facts.ReversalAnswered),
    (ReversalAskedEvidence(at=NOON_MS, reason="06"), facts.ReversalAsked),
    (SignEvidence(sign="batch_total", at=NOON_MS), facts.TerminalGaveUp),
    (DeliveryEvidence(delivered=True, at=NOON_MS), facts.AnswerWritten),
    (DeliveryEvidence(delivered=False, at=NOON_MS), facts.AnswerUndelivered),
    (NotSentEvidence(why="line down", at=NOON_MS), facts.NotForwarded),
    (TimedOutEvidence(at=NOON_MS), facts.SendUncertain),
    (InquiryEvidence(outcome="never", authentic=True, at=NOON_MS), facts.InquiryAnswered),
])  # fmt: skip
def test_evidence_is_its_fact(said: Any, kind: type[Any]) -> None:
    request = opening()[0].fact.request
    payment = Payment("P", request.key, amount_fen=12_300, echo=request.echo, identity=request.identity)
    submission = reports.heard(payment, said, "api:switch", "k1")
    assert type(submission.fact) is kind
    assert submission.fact.evidence == submission.evidence[0].id
    assert reports.heard(payment, said, "api:switch", "k1") == submission
    assert reports.heard(payment, said, "api:switch", "k2").evidence[0].id != submission.evidence[0].id
    if isinstance(submission.fact, facts.ReversalAsked):
        again = submission.fact.request
        assert (again.key, again.amount_fen, again.identity) == (request.key, 12_300, request.identity)


def test_a_wallets_payment_is_known_by_its_order_and_never_reversed_on_the_cards_wires() -> None:
    request = opening(channel="alipay", order="A1", card=None)[0].fact.request
    assert (request.channel, request.order, request.undo) == ("alipay", "A1", facts.Undo.NONE)
    card = opening(channel="card")[0].fact.request
    assert (card.channel, card.order, card.undo) == ("card", "", facts.Undo.REVERSE)
    for wrong in ({"channel": "alipay"}, {"order": "A1"}, {"channel": "card", "order": "A1"}):
        with pytest.raises(TheirMistake, match="a wallet's payment has one") as caught:
            reports.check(report(**wrong), NOON_MS, KINDS)
        assert caught.value.where == "order"
    reports.check(report(channel="wechat", order="A1"), NOON_MS, KINDS)
