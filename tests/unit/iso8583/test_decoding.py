"""Does the compiled reader read what the careful one reads, and refuse the rest?"""

import pytest

from chongzheng.iso8583 import careful
from chongzheng.iso8583.decoding import compile_decoder, decoder_source
from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import Layout, prefix_bytes, read_tables
from chongzheng.iso8583.specs import TABLES
from unit.iso8583.vectors import MESSAGES, body_of, by_id

LAYOUTS = read_tables(TABLES)
REFUSALS = (IndexError, KeyError, ValueError)


def start_of(layout: Layout, body: bytes, msg: Message) -> int:
    """Where the shape ends: behind the bitmap and the length of F2."""
    half = 8 if layout.bitmap == "binary" else 16
    long = careful.read(layout, body).fields and max(msg.fields) > 64
    account = prefix_bytes(layout.lengths, layout.fields[2].prefix) if 2 in msg.fields else 0
    return layout.bitmap_at + (2 * half if long else half) + account


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_compiled_reads_every_message(vector: dict) -> None:
    layout, body = LAYOUTS[vector["dialect"]], body_of(vector)
    msg = careful.read(layout, body)
    decode = compile_decoder(layout, msg, start_of(layout, body, msg))
    assert decode(body) == msg
    for damaged in (body + b"\0", body[:-1], body[: len(body) // 2]):
        with pytest.raises(REFUSALS):
            decode(damaged)


def test_other_lengths_than_guessed_take_the_other_way() -> None:
    layout = LAYOUTS["cup-pos"]
    seen = Message("0210", {32: "12345678", 39: "00", 44: "A", 60: "2200000100050"})
    other = Message("0210", {32: "1234567", 39: "00", 44: "ABCDE", 60: "22000001000"})
    decode = compile_decoder(layout, seen, 10)
    assert decode(careful.write(layout, seen)) == seen
    assert decode(careful.write(layout, other)) == other


def test_the_guess_is_in_the_source() -> None:
    layout, body = LAYOUTS["cup-pos"], body_of(by_id("built-0410-not-found"))
    msg = careful.read(layout, body)
    assert "otherwise(body)" in decoder_source(layout, msg, 11, True)[0]
    assert "otherwise(body)" not in decoder_source(layout, msg, 11, False)[0]


def test_text_in_front_of_a_known_length_ends_where_it_should() -> None:
    layout = LAYOUTS["cup-pos"]
    msg = Message("0400", {35: "62D1", 49: "156", 60: "22000001000"})
    assert compile_decoder(layout, msg, 10)(careful.write(layout, msg)) == msg


def test_a_binary_length_between_digits_does_not_look_like_digits() -> None:
    layout = LAYOUTS["jcb"]
    msg = Message("0100", {26: "06", 32: "12345678901"})  # a length of 0B in the middle of packed digits
    assert compile_decoder(layout, msg, 12)(careful.write(layout, msg)) == msg


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (Message("0400", {22: "021"}), "0400 0000040000000000 0211"),
        (Message("0400", {23: "001"}), "0400 0000020000000000 1001"),
        (Message("0400", {3: "000000"}), "0400 2000000000000000 00000F"),
        (Message("0400", {60: "22000001000", 62: "x"}), "0400 0000000000000010 0011 220000010001"),
        (Message("0400", {35: "62D1"}), "0400 0000000020000000 03 62D1"),
        (Message("0400", {48: "1"}), "0400 0000000000010000 0001 1A"),
        (Message("0400", {48: "1"}), "0400 0000000000010000 0001 11"),
        (Message("0400", {62: "x"}), "0400 0000000000000004 0513"),
    ],
)
def test_wrong_digits_pads_and_lengths_are_refused(good: Message, bad: str) -> None:
    decode = compile_decoder(LAYOUTS["cup-pos"], good, 10)
    with pytest.raises(REFUSALS):
        decode(bytes.fromhex(bad))


def test_wrong_hex_text_and_sign_amounts_are_refused() -> None:
    text = compile_decoder(LAYOUTS["iso87-ascii"], Message("0400", {64: bytes(8)}), 20)
    assert text(b"04000000000000000001" + b"CAFEBABECAFEBABE").fields == {64: bytes.fromhex("CAFEBABECAFEBABE")}
    for wrong in (b"CAFEBABECAFEBAXX", b"CAFE BABE CAFE B"):
        with pytest.raises(REFUSALS):
            text(b"04000000000000000001" + wrong)
    amount = compile_decoder(LAYOUTS["iso87-binary"], Message("0400", {28: "D00000100"}), 10)
    assert amount(bytes.fromhex("0400 0000001000000000 44 00000100")).fields == {28: "D00000100"}
    with pytest.raises(REFUSALS):
        amount(bytes.fromhex("0400 0000001000000000 44 0000010A"))
