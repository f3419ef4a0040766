"""Does every POS message become the right piece of a fact, and every effect the right message?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chongzheng.card import Pan
from chongzheng.gateway import translate
from chongzheng.gateway.channel import Channel
from chongzheng.gateway.translate import CUP_POS, HostWord, Said, Wants
from chongzheng.iso8583 import Message, Value
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import ANY, Key, Link, Moves, Undo
from chongzheng.reversal.payment import Payment, Seen

PAN = "6222020000001234"
CHIP = bytes.fromhex("9F26080000000000000000950500000080009F3602001F")
SALE: dict[int, Value] = {
    2: PAN, 3: "000000", 4: "000000001000", 11: "000007", 14: "2512", 22: "021", 23: "001", 25: "00", 26: "12",
    35: f"{PAN}D2512", 41: "10000001", 42: "898100000000001", 49: "156", 52: bytes(8), 53: "2600000000000000",
    55: CHIP, 60: "22000009000", 62: "anything", 63: "001", 64: b"MACMACMA",
}  # fmt: skip


def message(mti: str = "0200", **changes: Value | None) -> Message:
    """A sale, or another type with its fields; `F4=None` leaves a field out."""
    return Message(mti, dict(SALE)).with_fields({int(name[1:]): value for name, value in changes.items()})


def hear(mti: str = "0200", **changes: Value | None) -> translate.Heard:
    return translate.hear(translate.POS.encode(message(mti, **changes)))


def index(digits: str) -> str:
    return f"index of {len(digits)} ending {digits[-1:]}"


# Understanding


@pytest.mark.parametrize("processing", ["000000", "010000", "040000"])
def test_a_purchase_is_one_whatever_account_was_chosen(processing: str) -> None:
    heard = hear(F3=processing)
    assert (heard.wants, heard.refusal, heard.kind.name) == (Wants.TRANSACTION, "", "purchase")
    assert (heard.terminal, heard.merchant, heard.has_pin) == ("10000001", "898100000000001", True)
    assert not hear(F52=None).has_pin


@pytest.mark.parametrize(
    "changes",
    [{"F3": "200000"}, {"F3": "000001"}, {"F3": "050000"}, {"F25": "06"}, {"F60": "23000009000"}, {"F3": None}],
)
def test_other_sales_are_not_supported(changes: dict[str, Value | None]) -> None:
    heard = hear(**changes)
    assert (heard.wants, heard.refusal) == (Wants.OTHER, "40")
    assert hear("0400", **changes).wants is Wants.OTHER


@pytest.mark.parametrize("mti", ["0100", "0220", "0320", "0500", "0620", "0420"])
def test_other_types_are_not_supported(mti: str) -> None:
    assert hear(mti).refusal == "40"


@pytest.mark.parametrize(
    ("mti", "code", "wants"),
    [
        ("0800", "001", Wants.SIGN_IN),
        ("0800", "003", Wants.SIGN_IN),
        ("0800", "004", Wants.SIGN_IN),
        ("0800", "005", Wants.OTHER),
        ("0820", "002", Wants.ANSWER),
        ("0820", "301", Wants.ANSWER),
        ("0820", "362", Wants.PASSAGE),
        ("0620", "951", Wants.PASSAGE),
    ],
)
def test_management_messages(mti: str, code: str, wants: Wants) -> None:
    heard = hear(mti, F60=f"00000000{code}")
    assert (heard.wants, heard.network_code) == (wants, code)
    assert heard.refusal == ("40" if wants is Wants.OTHER else "")


@pytest.mark.parametrize("number", translate.PURCHASE.needs)
def test_a_purchase_without_a_mandatory_field_is_a_format_error_or_no_purchase(number: int) -> None:
    heard = hear(**{f"F{number}": None})
    assert heard.refusal == ("40" if number in (3, 25, 60) else "30")


@pytest.mark.parametrize("number", translate.REVERSAL_NEEDS)
def test_a_reversal_without_a_mandatory_field_is_a_format_error_or_no_reversal(number: int) -> None:
    assert hear("0400", **{f"F{number}": None}).refusal == ("40" if number in (3, 25, 60) else "30")


def test_a_reversal_needs_less_than_a_sale() -> None:
    heard = hear("0400", F22=None, F49=None, F4="000000000000")
    assert (heard.wants, heard.refusal, heard.kind.name) == (Wants.REVERSAL, "", "purchase")


VOID: dict[str, Value | None] = {"F3": "200000", "F60": "23000009000", "F61": "000008000004"}


def test_a_void_names_its_original() -> None:
    heard = hear(**VOID)
    assert (heard.wants, heard.refusal, heard.kind.name) == (Wants.TRANSACTION, "", "void")
    assert translate.original_key(heard) == Key("898100000000001", "10000001", "000008", "000004")
    request = translate.request(heard, "20261123", 5, index, lambda key: f"{key.batch}-{key.stan}")
    assert (request.kind, request.moves, request.link) == ("void", Moves.CREDIT, Link.VOIDS)
    assert request.original == "000008-000004"
    assert dict(request.identity)["61"] == "000008000004"
    assert translate.request(heard, "20261123", 5, index).original == ""


def test_a_void_without_its_original_is_a_format_error() -> None:
    assert hear(**{**VOID, "F61": None}).refusal == "30"
    assert hear(**{**VOID, "F61": "00000800000"}).refusal == "30"


def test_other_kinds_name_no_original() -> None:
    heard = hear(F61="000008000004")
    assert translate.original_key(heard) is None
    assert translate.request(heard, "20261123", 5, index, str).original == ""


def test_a_reversal_may_name_the_older_batch_of_its_sale() -> None:
    older = Key("898100000000001", "10000001", "000008", "000007")
    assert translate.older_key(hear("0400", F61="000008000007")) == older
    assert translate.older_key(hear("0400")) is None
    assert translate.older_key(hear("0400", **VOID)) is None


def test_an_inquiry_needs_no_amount_and_a_refund_is_kept_with_its_type() -> None:
    inquiry = hear(F3="310000", F60="01000009000", F4=None, F49=None)
    asked = translate.request(inquiry, "20261123", 5, index)
    assert (inquiry.refusal, asked.amount_fen, asked.currency, asked.moves) == ("", 0, "156", Moves.NOTHING)
    refund = translate.request(hear("0220", F3="200000", F60="25000009000", F37="700000000001"), "20261123", 5, index)
    assert (refund.undo, dict(refund.identity)["mti"]) == (Undo.RESEND, "0220")
    payment = replace(Payment("P1", refund.key), identity=refund.identity)
    again = translate.again(payment, Pan(PAN))
    assert (again.mti, again.text(2), again.text(37)) == ("0220", PAN, "700000000001")
    assert not {14, 35, 52, 64} & again.fields.keys()
    assert 2 not in translate.again(payment, None).fields


def test_a_kind_that_is_over_is_not_supported() -> None:
    old = replace(CUP_POS.kinds["purchase"], valid_to="2026-11-22")
    channel = Channel("cup-pos", "1", [old], [])
    body = translate.POS.encode(message())
    assert translate.hear(body, channel, "20261122").wants is Wants.TRANSACTION
    assert translate.hear(body, channel, "20261123").refusal == "40"


def test_a_short_f60_and_an_amount_of_nothing() -> None:
    assert hear(F60="2200009").refusal == "30"
    assert hear("0400", F60="2200009").refusal == "30"
    assert hear(F4="000000000000").refusal == "13"


@pytest.mark.parametrize("mti", ["0210", "0230", "0410", "0810", "9999"])
def test_an_answer_from_a_terminal_answers_nobody(mti: str) -> None:
    with pytest.raises(TheirMistake, match="MTI: is an answer"):
        hear(mti)


def test_another_currency_and_a_sale_without_a_card_are_refused() -> None:
    assert hear(F49="840").refusal == "A1"
    assert hear(F49="156").refusal == ""
    assert hear(F2=None, F35=None, F36=None, F55=None).refusal == "30"


def test_garbage_is_their_mistake() -> None:
    with pytest.raises(TheirMistake):
        translate.hear(b"\x02\x00")
    with pytest.raises(TheirMistake):
        translate.understand(b"", lambda body: True)


# Keys and requests


def test_the_key_is_merchant_terminal_batch_and_trace_number() -> None:
    assert translate.key(message()) == Key("898100000000001", "10000001", "000009", "000007")


@pytest.mark.parametrize(("number", "where"), [(11, "F11"), (41, "F41"), (42, "F42"), (60, "F60")])
def test_a_message_that_names_no_payment(number: int, where: str) -> None:
    with pytest.raises(TheirMistake) as caught:
        translate.key(message(**{f"F{number}": None}))
    assert caught.value.where == where


def test_a_message_without_a_batch() -> None:
    with pytest.raises(TheirMistake) as caught:
        translate.key(message(F60="220"))
    assert caught.value.where == "F60.2"


def test_a_request_keeps_the_frozen_identity_and_no_card_data() -> None:
    request = translate.request(hear(), "20261123", 5, index)
    assert dict(request.identity) == {
        "3": "000000", "4": "000000001000", "11": "000007", "22": "021", "23": "001", "25": "00", "41": "10000001",
        "42": "898100000000001", "49": "156", "55": "hex:950500000080009F3602001F", "60": "22000009000",
    }  # fmt: skip
    assert request.echo == ("000000", "000000001000", "000007", "10000001", "898100000000001")
    assert (request.amount_fen, request.currency, request.masked_pan) == (1000, "156", "622202******1234")
    assert (request.day, request.day_ends_at) == ("20261123", 5)
    assert PAN not in repr(request)


def test_the_fingerprint_tells_repeats_from_other_requests_and_hides_the_card() -> None:
    def fingerprint(**changes: Value | None) -> str:
        return translate.request(hear(**changes), "20261123", 5, index).fingerprint

    assert fingerprint() == fingerprint(F64=b"othermac", F63="002", F52=None)
    assert fingerprint() == fingerprint(F2=None)
    others = {fingerprint(F4="000000001001"), fingerprint(F2="6222020000001235"), fingerprint(F2=None, F35=None)}
    assert fingerprint() not in others and len(others) == 3
    assert len(fingerprint()) == 64


def test_chip_data_that_cannot_be_read_is_left_out() -> None:
    for chip in (b"\x9f", bytes.fromhex("820200008A023030")):
        assert "55" not in dict(translate.request(hear(F55=chip), "20261123", 5, index).identity)
    assert "55" not in dict(translate.request(hear(F55=None), "20261123", 5, index).identity)


def test_the_card_is_typed_or_from_track_2() -> None:
    def card(**changes: Value | None) -> str:
        found = translate.card(hear(**changes))
        return "" if found is None else found.masked

    assert card() == card(F2=None) == "622202******1234"
    assert card(F2=None, F35="6222020000009999D2512") == "622202******9999"
    assert card(F2=None, F35=None) == ""
    assert card(F2="123") == ""


def test_the_reason_is_the_terminal_s_own_word() -> None:
    assert translate.reason(hear("0400", F39="96")) == "96"
    assert translate.reason(hear("0400", F39=None)) == "06"


# Hosts


@pytest.mark.parametrize(
    ("mti", "said"),
    [
        ("0210", Said.REPLY),
        ("0410", Said.REVERSAL_ANSWER),
        ("0810", Said.SIGNED_IN),
        ("0830", Said.ECHOED),
        ("0430", Said.OTHER),
        ("0200", Said.OTHER),
    ],
)
def test_what_a_host_says_by_its_type(mti: str, said: Said) -> None:
    word = translate.understand(translate.POS.encode(message(mti, F39="00")), lambda body: True)
    assert (word.said, word.mac) == (said, "good")


def test_the_mac_of_a_host_is_good_bad_or_absent() -> None:
    body = translate.POS.encode(message("0210"))
    assert translate.understand(body, lambda given: given == body).mac == "good"
    assert translate.understand(body, lambda given: False).mac == "bad"
    assert translate.understand(translate.POS.encode(message("0210", F64=None)), lambda given: True).mac == "absent"


def test_an_answer_as_the_machine_takes_it() -> None:
    word = HostWord(Said.REPLY, message("0210", F39="00", F37="700000000001", F38="123456", F4=None), "good")
    answer = translate.answer(word)
    assert (answer.code, answer.mac, answer.rrn, answer.auth) == ("00", "good", "700000000001", "123456")
    assert answer.echo == ("000000", "", "000007", "10000001", "898100000000001")


def test_a_word_is_passed_on_only_when_the_machine_can_have_believed_it() -> None:
    echo = translate.echo(message())

    def says(code: str, mac: str, wanted: str = "00", **changes: Value | None) -> bool:
        return HostWord(Said.REPLY, message("0210", F39=code, **changes), mac).says(wanted, echo)

    assert says("00", "good") and says("51", "absent", "51") and says("51", "good", "51")
    assert not says("00", "absent") and not says("11", "absent", "11")
    assert not says("00", "bad") and not says("51", "bad", "51")
    assert not says("51", "good") and not says("00", "good", F4="000000000001")


# Messages of our own


def test_an_approval_for_less_leaves_the_amount_of_the_echo_open() -> None:
    said = message("0210", F39="10", F4="000000000600", F37="700000000001")
    asked = translate.echo(message())
    taken = translate.answer(HostWord(Said.REPLY, said, "good"))
    assert (taken.code, taken.amount_fen) == ("10", 600)
    assert taken.echo == ("000000", ANY, "000007", "10000001", "898100000000001")
    assert HostWord(Said.REPLY, said, "good").says("10", asked)
    assert not HostWord(Said.REPLY, said, "absent").says("10", asked)
    assert not HostWord(Said.REPLY, said, "good").says("10", ("000000", "x", "000008", "10000001", "898100000000001"))
    assert not HostWord(Said.REPLY, said.with_fields({39: "00"}), "good").says("00", asked)


@pytest.mark.parametrize("amount", ["", "hex:5x5ca98z", "-00000000001", "00000000000²"])
def test_an_approval_for_less_without_a_proper_amount_names_none(amount: str) -> None:
    said = message("0210", F39="10", F4=amount)
    assert translate.answer(HostWord(Said.REPLY, said, "good")).amount_fen == 0


def test_an_approval_from_the_record_has_the_host_s_numbers() -> None:
    asked = translate.outline(hear())
    payment = Payment("P1", Key("m", "t", "b", "s"), approval=Seen("e", "00", "700000000001", ""))
    given = translate.approval(asked, payment, "00", "101112", "1123")
    assert (given.mti, given.text(39), given.text(37), 38 in given.fields) == ("0210", "00", "700000000001", False)
    bare = translate.approval(asked, replace(payment, approval=None), "00", "101112", "1123")
    assert 37 not in bare.fields


def test_an_outline_holds_no_card_data() -> None:
    outline = translate.outline(hear())
    assert outline.mti == "0200"
    assert sorted(outline.fields) == [3, 4, 11, 25, 41, 42, 49, 60]


@pytest.mark.parametrize(("asked", "answered"), [("0200", "0210"), ("0400", "0410"), ("0820", "0830")])
def test_our_own_answer(asked: str, answered: str) -> None:
    got = translate.refuse(message(asked), "98", "093000", "1123")
    assert got.mti == answered
    assert (got.text(39), got.text(12), got.text(13), got.text(11)) == ("98", "093000", "1123", "000007")
    assert not {2, 14, 35, 52, 55, 64} & set(got.fields)


def test_an_answer_to_an_answer_still_has_a_type() -> None:
    assert translate.refuse(Message("0290", {11: "000001"}), "40", "093000", "1123").mti == "0200"


def test_a_host_s_reply_is_relayed_without_its_mac() -> None:
    reply = message("0210", F39="11", F37="700000000001")
    relayed = translate.relay(reply, "11")
    assert relayed == reply.with_fields({64: None})


def test_a_sale_is_forwarded_with_everything_but_the_terminal_s_mac() -> None:
    assert translate.forward(hear()) == message(F64=None)


def test_a_reversal_carries_the_identity_the_reason_and_nothing_forbidden() -> None:
    request = translate.request(hear(), "20261123", 5, index)
    payment = replace(Payment("P1", request.key), identity=request.identity)
    sent = translate.reversal(payment, "98", Pan(PAN))
    assert sent.mti == "0400"
    assert sorted(sent.fields) == [2, 3, 4, 11, 22, 23, 25, 39, 41, 42, 49, 55, 60]
    assert (sent.text(39), sent.text(2), sent.fields[55]) == ("98", PAN, bytes.fromhex("950500000080009F3602001F"))
    assert 2 not in translate.reversal(payment, "98", None).fields
    assert translate.POS.decode(translate.POS.encode(sent)) == sent
    assert translate.hear(translate.POS.encode(sent)).wants is Wants.REVERSAL


def test_what_a_field_cannot_hold_does_not_fit() -> None:
    assert translate.fits(22, "021") and translate.fits(60, "22000001000600")
    assert not translate.fits(22, PAN) and not translate.fits(38, "1234567") and not translate.fits(7, "a")


@pytest.mark.parametrize("code", ["hex:zz", "hex:12"])
def test_a_text_that_begins_like_our_mark_for_bytes_is_a_text(code: str) -> None:
    request = translate.request(hear(F38=code), "20261123", 5, index)
    payment = replace(Payment("P1", request.key), identity=request.identity)
    sent = translate.reversal(payment, "98", None)
    assert sent.text(38) == code and isinstance(sent.fields[55], bytes)
    assert translate.POS.decode(translate.POS.encode(sent)) == sent


def test_a_terminal_s_own_reversal_may_name_the_authorisation() -> None:
    request = translate.request(hear("0400", F38="123456", F39="96"), "20261123", 5, index)
    payment = replace(Payment("P1", request.key), identity=request.identity)
    assert translate.reversal(payment, "96", None).text(38) == "123456"
    assert translate.reversal(replace(payment, auth="999999"), "96", None).text(38) == "123456"


def test_a_reversal_after_a_seen_approval_carries_its_authorisation() -> None:
    payment = replace(Payment("P1", Key("m", "t", "b", "s")), auth="654321")
    assert translate.reversal(payment, "96", None).text(38) == "654321"


def test_evidence_is_canonical_and_redacted() -> None:
    body = translate.evidence_body(message())
    document = json.loads(body)
    assert document["mti"] == "0200"
    assert document["fields"]["2"] == "622202******1234"
    assert not {"14", "35", "52", "62"} & set(document["fields"])
    assert body == translate.evidence_body(Message("0200", dict(reversed(SALE.items()))))
    assert PAN.encode() not in body and b"2512" not in body


def test_management_messages_of_our_own() -> None:
    sign_in = translate.management("000001", "90000001", "898100000000001", "000001", "003")
    assert (sign_in.mti, sign_in.text(60), sign_in.text(63)) == ("0800", "00000001003", "001")
    echo = translate.management("000002", "90000001", "898100000000001", "000001", "301")
    assert (echo.mti, echo.text(60), 63 in echo.fields) == ("0820", "00000001301", False)
    assert translate.hear(translate.POS.encode(sign_in)).wants is Wants.SIGN_IN
    assert translate.hear(translate.POS.encode(echo)).wants is Wants.ANSWER


def test_a_sign_in_answer_brings_the_new_batch_and_the_keys() -> None:
    asked = translate.management("000001", "10000001", "898100000000001", "000000", "003")
    keys = bytes(range(200, 240))
    granted = translate.signed_in(asked, "000042", keys, "093000", "1123")
    assert (granted.mti, granted.text(39), granted.text(60)) == ("0810", "00", "00000042003")
    assert translate.POS.decode(translate.POS.encode(granted)).text(62).encode("latin-1") == keys


def test_what_is_passed_on_and_its_answer_have_one_name() -> None:
    asked = message("0500")
    assert translate.passage_name(asked) == translate.passage_name(message("0510"))
    others = [message("0320"), message("0500", F11="000008"), message("0500", F41="10000002"), message("0500", F42="x")]
    assert len({translate.passage_name(one) for one in (asked, *others)}) == 5


def test_the_settlement_day_comes_with_the_approval_and_goes_with_a_reversal_that_may_be_late() -> None:
    word = HostWord(Said.REPLY, message("0210", F39="00", F15="1123"), "good")
    assert translate.answer(word).settles == "1123"
    payment = Payment("P1", Key("m", "t", "b", "s"))
    assert 15 not in translate.reversal(payment, "98", None).fields
    assert translate.reversal(replace(payment, settles="1123"), "98", None).text(15) == "1123"


def test_of_chip_data_that_is_read_again_a_reversal_repeats_its_tags_alone() -> None:
    assert translate.chip_of_reversal("9F260811223344556677889f36020001") == "9F36020001"
    assert translate.chip_of_reversal("hex:9F36020001") == "9F36020001"
    assert [translate.chip_of_reversal(text) for text in ("not hex", "9F36", "")] == ["not hex", "9F36", ""]
