"""Does the 1987 dialect flag repeats and nothing else, in both shapes and both forms?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chongzheng.gateway.iso87 import Iso87
from chongzheng.gateway.profile import Meaning
from chongzheng.iso8583 import Message, dialect
from chongzheng.mistakes import OurMistake, TheirMistake
from unit.gateway.made_up import IDENTITY, NUMBERS, PARTY, check, mac, reversal, sale

SHAPES = ("iso87-ascii", "iso87-binary")
ADVICE = replace(PARTY, undo_type="0420", inquiry_code="380000")
REQUEST = replace(PARTY, undo_type="0400")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sale_goes_out_under_our_numbers(shape: str) -> None:
    link = Iso87(shape, ADVICE)
    payload = link.seal(link.request(sale(F52=bytes(8), F53="2600000000000000"), NUMBERS), mac)
    said = dialect(shape).decode(payload)
    assert (said.text(11), said.text(37), said.text(32)) == ("100321", "212600100321", "48021000")
    assert said.fields[55] == "\x95\x05\x00\x00\x00\x80\x00\x9f6\x02\x00\x1f" and said.fields[52] == bytes(8)
    assert said.text(35)[16] == ("=" if shape == "iso87-ascii" else "D")
    assert link.wrap(payload) == payload and link.own_numbers and not link.signs_in_for_keys


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("party", "types"), [(ADVICE, ("0420", "0421")), (REQUEST, ("0400", "0401"))])
def test_only_the_flag_of_a_repeat_changes(shape: str, party: object, types: tuple[str, str]) -> None:
    link = Iso87(shape, ADVICE if party is ADVICE else REQUEST)
    first, *repeats = [link.undo(reversal(), NUMBERS, attempt) for attempt in (1, 2, 3, 64)]
    assert (first.mti, {repeat.mti for repeat in repeats}) == (types[0], {types[1]})
    assert all(repeat.fields == first.fields for repeat in repeats)
    assert (first.text(11), first.text(90)) == ("100322", "020010032108121016000004802100000048021000")
    assert dialect(shape).decode(link.seal(first, None)) == first


@pytest.mark.parametrize(("code", "reason"), [("98", "68"), ("A0", "06"), ("17", "17"), ("XX", "06")])
def test_the_reason_in_their_words(code: str, reason: str) -> None:
    assert Iso87("iso87-ascii", ADVICE).undo(reversal(code), NUMBERS, 1).text(39) == reason


def test_a_question_only_where_the_network_has_one() -> None:
    asked = Iso87("iso87-binary", ADVICE).inquiry(reversal(), NUMBERS)
    assert asked is not None and (asked.mti, asked.text(3), asked.text(11)) == ("0100", "380000", "100321")
    assert asked.text(90)[:10] == "0200100321"
    assert Iso87("iso87-binary", REQUEST).inquiry(reversal(), NUMBERS) is None


def test_a_payment_that_refers_to_another_names_it_in_f90() -> None:
    link, void = Iso87("iso87-ascii", ADVICE), sale(F61="000009000006")
    assert link.request(void, NUMBERS, NUMBERS).text(90)[:4] == "0200"
    with pytest.raises(TheirMistake, match="does not know"):
        link.request(void, NUMBERS)
    with pytest.raises(OurMistake):
        link.undo(reversal(), None, 1)


@pytest.mark.parametrize(
    ("mti", "fields", "meaning"),
    [
        ("0110", {}, Meaning.ANSWER),
        ("0110", {3: "380000"}, Meaning.INQUIRY_ANSWER),
        ("0210", {}, Meaning.ANSWER),
        ("0410", {}, Meaning.UNDO_ANSWER),
        ("0430", {}, Meaning.UNDO_ANSWER),
        ("0810", {70: "001"}, Meaning.SIGNED_ON),
        ("0810", {70: "301"}, Meaning.ECHOED),
        ("0810", {70: "161", 48: "NK01"}, Meaning.KEYS_ANSWERED),
        ("0810", {70: "999"}, Meaning.OTHER),
        ("0800", {70: "301"}, Meaning.ECHO_ASKED),
        ("0800", {70: "161", 48: "NK01"}, Meaning.KEYS_OFFERED),
        ("0800", {70: "002"}, Meaning.OTHER),
        ("0420", {}, Meaning.OTHER),
    ],
)
def test_what_they_say(mti: str, fields: dict[int, str], meaning: Meaning) -> None:
    link = Iso87("iso87-ascii", ADVICE)
    said = Message(mti, {7: NUMBERS.sent, 11: NUMBERS.undo_stan, **fields})
    word = link.read(link.seal(said, mac), check)
    assert (word.meaning, word.name, word.mac) == (meaning, NUMBERS.name(), "good")
    assert word.keys == (b"\x01" if 48 in fields else b"")
    assert link.in_pos_words(word, IDENTITY).text(11) == "000007"


def test_the_packed_shape_has_no_field_70() -> None:
    link = Iso87("iso87-binary", ADVICE)
    word = link.read(link.seal(link.echo("000001", NUMBERS.sent), None), check)
    assert (word.meaning, word.message.text(24)) == (Meaning.ECHO_ASKED, "301")


def test_management() -> None:
    link = Iso87("iso87-ascii", ADVICE)
    made = (link.sign_on("000001", "0812101600"), link.echo("000001", "x"), link.ask_keys("000001", "x"))
    assert [(m.mti, m.text(70)) for m in made] == [("0800", "001"), ("0800", "301"), ("0800", "161")]
    word = link.read(link.seal(made[0], None), check)
    assert link.answer_theirs(word) == Message("0810", {7: "0812101600", 11: "000001", 39: "00", 70: "001"})
    assert Iso87("iso87-ascii", REQUEST).read(link.seal(Message("0110", {3: "380000"}), None), check).meaning is (
        Meaning.ANSWER
    )
    with pytest.raises(TheirMistake):
        link.read(b"0210junk", check)
