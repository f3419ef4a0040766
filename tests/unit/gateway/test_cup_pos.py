"""Does a link to an acquirer leave the terminal's words alone?"""

from __future__ import annotations

import pytest

from chongzheng.gateway.cup_pos import CupPos
from chongzheng.gateway.profile import Meaning, Party
from chongzheng.gateway.translate import POS
from chongzheng.iso8583 import CupEnvelope, Message, join_cup
from chongzheng.mistakes import TheirMistake
from unit.gateway.made_up import check, mac, reversal, sale

ENVELOPE = CupEnvelope(bytes.fromhex("6000060000"), bytes.fromhex("603100310000"))
LINK = CupPos(Party(terminal="90000001", merchant="898100000000001"), ENVELOPE)


def heard(message: Message, seal: bool = True) -> Meaning:
    return LINK.read(LINK.seal(message, mac if seal else None), check).meaning


def test_nothing_is_renamed() -> None:
    assert not LINK.own_numbers and LINK.signs_in_for_keys
    assert LINK.request(sale(), None) == sale()
    assert LINK.undo(reversal(), None, 3) == reversal()
    assert LINK.inquiry(reversal(), None) is None
    word = LINK.read(LINK.seal(sale(F55=None), mac), check)
    assert word.mac == "good" and word.name == "" and LINK.in_pos_words(word, ()) is word.message


def test_sign_on_and_echo() -> None:
    sign_on = LINK.sign_on("000001", "0812101600")
    assert (sign_on.mti, sign_on.text(60), sign_on.text(41)) == ("0800", "00000001003", "90000001")
    assert LINK.ask_keys("000001", "") == sign_on
    assert (LINK.echo("000002", "").mti, LINK.echo("000002", "").text(60)) == ("0820", "00000001301")


@pytest.mark.parametrize(
    ("mti", "meaning"),
    [
        ("0110", Meaning.ANSWER),
        ("0210", Meaning.ANSWER),
        ("0230", Meaning.ANSWER),
        ("0410", Meaning.UNDO_ANSWER),
        ("0830", Meaning.ECHOED),
        ("0200", Meaning.OTHER),
    ],
)
def test_an_answer_is_known_by_its_type(mti: str, meaning: Meaning) -> None:
    assert heard(Message(mti, {11: "000001"})) is meaning


def test_a_sign_in_answer_brings_keys() -> None:
    word = LINK.read(LINK.seal(Message("0810", {11: "000001", 39: "00", 62: "\x01\xff"}), None), check)
    assert (word.meaning, word.keys, word.mac) == (Meaning.SIGNED_ON, b"\x01\xff", "absent")


def test_their_question_is_answered() -> None:
    word = LINK.read(LINK.seal(Message("0820", {11: "000009"}), None), check)
    assert LINK.answer_theirs(word) == Message("0830", {11: "000009", 39: "00"})


def test_what_is_no_message() -> None:
    with pytest.raises(TheirMistake):
        LINK.read(b"short", check)
    with pytest.raises(TheirMistake):
        LINK.read(join_cup(ENVELOPE, POS.encode(Message("0210", {11: "000001"}))[:-1]), check)
