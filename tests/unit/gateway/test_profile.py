"""Are the numbers of a payment frozen with it, and is a MAC found where the dialect has it?"""

from __future__ import annotations

import pytest

from chongzheng.gateway.profile import (
    ABSENT,
    BAD,
    GOOD,
    LINK,
    Numbers,
    answer_in_pos_words,
    called,
    in_order,
    keys_in,
    link_in,
    mac_of,
    needed,
    numbers_in,
    original_data,
    repeated,
    sealed,
    text_of,
    track_as_text,
)
from chongzheng.iso8583 import Message, dialect
from chongzheng.mistakes import OurMistake, TheirMistake
from unit.gateway.made_up import IDENTITY, NUMBERS, PARTY, check, mac, no_check

ECHO = Message("0800", {7: "0812101600", 11: "000001", 70: "301"})


def test_numbers_live_in_the_frozen_identity() -> None:
    assert numbers_in(IDENTITY) == NUMBERS
    assert numbers_in((("3", "000000"),)) is None
    assert numbers_in(NUMBERS.pairs()[:-1]) is None
    assert NUMBERS.name() == called(NUMBERS.sent, NUMBERS.undo_stan) == "0812101600.100321"
    assert called("0812101600", "000002") == "0812101600.000001" != called("0812101600", "000003")
    assert called("", "100320") == called("0812101600", "") == called("0812101600", "1x") == ""
    assert called("08121016\x000", "100320") == called("081210160²", "100320") == ""
    assert needed(NUMBERS) is NUMBERS
    with pytest.raises(OurMistake):
        needed(None)


def test_the_link_of_a_payment_is_frozen_too() -> None:
    assert link_in((*IDENTITY, (LINK, "b"))) == "b"
    assert link_in(IDENTITY) == ""


def test_original_data_fills_institutions_up_from_the_left() -> None:
    assert original_data(NUMBERS, PARTY) == "020010032108121016000004802100000048021000"
    short = Numbers("0100", "000001", "000002", "r", "0101000000")
    assert len(original_data(short, PARTY)) == 42


@pytest.mark.parametrize("name", ["cup-pos", "cups", "iso87-ascii", "iso87-binary"])
def test_a_mac_made_is_a_mac_found(name: str) -> None:
    table = dialect(name)
    message = Message("0200", {3: "000000", 11: "000001"})
    body = sealed(table, message, mac)
    heard = table.decode(body)
    assert mac_of(table, heard, body, check) == GOOD
    assert mac_of(table, heard, body, no_check) == BAD
    plain = sealed(table, message, None)
    assert mac_of(table, table.decode(plain), plain, check) == ABSENT


def test_any_changed_byte_breaks_the_mac() -> None:
    table = dialect("iso87-ascii")
    body = sealed(table, ECHO, mac)
    for at in range(24, len(body) - 16):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        try:
            heard = table.decode(changed)
        except TheirMistake:
            continue
        assert mac_of(table, heard, changed, check) != GOOD


def test_an_old_mac_is_replaced() -> None:
    table = dialect("cups")
    first = sealed(table, ECHO, mac)
    assert sealed(table, table.decode(first), mac) == first


def test_an_answer_keeps_their_word_and_gets_the_terminal_s_names_back() -> None:
    said = Message("0430", {3: "000000", 4: "000000000001", 11: "100321", 39: "00", 41: "30000001", 55: "\xff"})
    answer = answer_in_pos_words(said, IDENTITY, {"0430": "0410"})
    assert (answer.mti, answer.text(4), answer.text(11)) == ("0410", "000000000001", "000007")
    assert (answer.text(60), answer.fields[55], 42 in answer.fields) == ("22000009000", b"\xff", False)
    assert answer_in_pos_words(Message("0210", {39: "05"}), (), {}) == Message("0210", {39: "05"})


def test_keys_are_hex_behind_a_mark() -> None:
    assert keys_in(Message("0810", {48: "NK00FF"})) == b"\x00\xff"
    assert keys_in(Message("0810", {48: "other"})) == keys_in(Message("0810", {})) == b""
    with pytest.raises(TheirMistake, match="hex"):
        keys_in(Message("0810", {48: "NKxx"}))


def test_small_words() -> None:
    assert track_as_text(b"12d34") == "12=34"
    assert text_of(b"\xe9") == "é" and text_of("é") == "é"
    assert repeated(IDENTITY, (3, 38)) == {3: "000000"}
    assert list(in_order({4: "1", 3: "2", 5: ""})) == [3, 4]
