"""Does the network get its own numbers, its reasons and its original data, and do its answers find their way back?"""

from __future__ import annotations

import pytest

from chongzheng.gateway.cups import CUPS, Cups
from chongzheng.gateway.profile import Meaning
from chongzheng.iso8583 import CupsHeader, Message, join_cups, split_cups
from chongzheng.mistakes import OurMistake, TheirMistake
from unit.gateway.made_up import IDENTITY, NUMBERS, PARTY, check, mac, no_check, reversal, sale

LINK = Cups(PARTY)
# The constructed network reversal of the shared vectors: same fields in the same order.
BUILT = {
    3: "000000", 4: "000000023456", 11: "100322", 12: "101600", 13: "0812", 18: "5411", 22: "021", 25: "00",
    32: "48021000", 33: "48021000", 41: "30000001", 42: "898310000000001", 49: "156",
    90: "020010032108121016000004802100000048021000", 100: "01020000",
}  # fmt: skip


def theirs(message: Message, reject: str = "00000") -> bytes:
    header = CupsHeader(PARTY.forwarder, PARTY.receiver, reject_code=reject)
    _, body = split_cups(LINK.seal(message, mac))
    return join_cups(header, body)


def test_a_sale_goes_out_under_our_numbers_behind_the_header() -> None:
    payload = LINK.seal(LINK.request(sale(), NUMBERS), mac)
    header, body = split_cups(payload)
    said = CUPS.decode(body)
    assert (header.destination.strip(), header.source.strip()) == ("01020000", "48021000")
    assert (said.text(11), said.text(37), said.text(7)) == ("100321", "212600100321", "0812101600")
    assert (said.text(35), said.text(60)) == ("6222020000001234=2512", "000005000100000000004021002")
    assert 128 in said.fields and 63 not in said.fields and LINK.wrap(body) == payload


def test_a_reversal_is_0420_with_original_data_as_in_the_constructed_vector() -> None:
    said = LINK.undo(reversal(), NUMBERS, 1)
    assert said.mti == "0420" and not said.fields.keys() & {14, 35, 36, 39, 52}
    assert {number: said.text(number) for number in BUILT} == BUILT


@pytest.mark.parametrize(
    ("code", "reason"),
    [("98", "4354"), ("06", "4353"), ("A0", "4355"), ("96", "4013"), ("17", "4351"), ("77", "4351")],
)
def test_the_reason_follows_from_the_frozen_code(code: str, reason: str) -> None:
    assert LINK.undo(reversal(code), NUMBERS, 1).text(60)[:4] == reason


def test_every_repeat_is_the_same_message() -> None:
    first = LINK.seal(LINK.undo(reversal(), NUMBERS, 1), mac)
    assert {LINK.seal(LINK.undo(reversal(), NUMBERS, attempt), mac) for attempt in range(2, 9)} == {first}


def test_a_payment_that_refers_to_another_names_it_in_f90() -> None:
    void = sale(F3="200000", F61="000009000006")
    assert LINK.request(void, NUMBERS, NUMBERS).text(90) == BUILT[90]
    with pytest.raises(TheirMistake, match="does not know"):
        LINK.request(void, NUMBERS)


def test_a_payment_without_numbers_is_our_mistake() -> None:
    with pytest.raises(OurMistake):
        LINK.request(sale(), None)
    assert LINK.own_numbers and LINK.inquiry(reversal(), NUMBERS) is None


@pytest.mark.parametrize(
    ("mti", "meaning", "in_pos"),
    [("0210", Meaning.ANSWER, "0210"), ("0110", Meaning.ANSWER, "0110"), ("0430", Meaning.UNDO_ANSWER, "0410")],
)
def test_an_answer_finds_its_name_and_its_pos_words(mti: str, meaning: Meaning, in_pos: str) -> None:
    word = LINK.read(theirs(Message(mti, {7: NUMBERS.sent, 11: NUMBERS.stan, 39: "00"})), check)
    assert (word.meaning, word.name, word.mac) == (meaning, NUMBERS.name(), "good")
    answer = LINK.in_pos_words(word, IDENTITY)
    assert (answer.mti, answer.text(11), answer.text(39)) == (in_pos, "000007", "00")


def test_a_wrong_mac_shows() -> None:
    assert LINK.read(theirs(Message("0210", {11: "000001"})), no_check).mac == "bad"


def test_a_reject_code_brings_our_own_message_back() -> None:
    word = LINK.read(theirs(LINK.request(sale(), NUMBERS), "20000"), check)
    assert (word.meaning, word.name) == (Meaning.REFUSED_AS_SUCH, NUMBERS.name())
    answer = LINK.in_pos_words(word, IDENTITY)
    assert (answer.mti, answer.text(39), answer.text(4), 37 in answer.fields) == ("0210", "96", "000000023456", False)
    undone = LINK.read(theirs(LINK.undo(reversal(), NUMBERS, 1), "09990"), check)
    assert LINK.in_pos_words(undone, IDENTITY).mti == "0410"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("001", Meaning.SIGNED_ON),
        ("301", Meaning.ECHOED),
        ("101", Meaning.KEYS_ANSWERED),
        ("002", Meaning.OTHER),
    ],
)
def test_answers_to_management(code: str, meaning: Meaning) -> None:
    assert LINK.read(theirs(Message("0830", {11: "000001", 70: code})), check).meaning is meaning


def test_our_management_messages() -> None:
    made = (LINK.sign_on("000001", "0812101600"), LINK.echo("000001", "x"), LINK.ask_keys("000001", "x"))
    assert [(m.mti, m.text(70)) for m in made] == [("0820", "001"), ("0820", "301"), ("0820", "101")]
    assert made[0].text(33) == "48021000" and not LINK.signs_in_for_keys


def test_keys_and_echoes_that_they_begin_are_answered() -> None:
    offer = LINK.read(theirs(Message("0800", {7: NUMBERS.sent, 11: "000005", 48: "NK0102", 70: "101"})), check)
    assert (offer.meaning, offer.keys) == (Meaning.KEYS_OFFERED, b"\x01\x02")
    taken = LINK.answer_theirs(offer)
    assert (taken.mti, taken.text(39), taken.text(11), 48 in taken.fields) == ("0810", "00", "000005", False)
    asked = LINK.read(theirs(Message("0820", {11: "000006", 70: "301"})), check)
    assert asked.meaning is Meaning.ECHO_ASKED and LINK.answer_theirs(asked).mti == "0830"
    assert LINK.read(theirs(Message("0820", {11: "000006", 70: "002"})), check).meaning is Meaning.OTHER


def test_what_is_no_message() -> None:
    with pytest.raises(TheirMistake):
        LINK.read(b"short", check)
