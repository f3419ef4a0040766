"""Is the field that breaks a rule named, and never its value?"""

import pytest

from chongzheng.iso8583 import careful
from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import read_tables
from chongzheng.iso8583.specs import TABLES
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import MESSAGES, body_of

LAYOUTS = read_tables(TABLES)


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_every_message_there_and_back(vector: dict) -> None:
    layout, body = LAYOUTS[vector["dialect"]], body_of(vector)
    msg = careful.read(layout, body)
    assert msg.mti == vector["expect"]["mti"]
    assert list(msg.fields) == sorted(int(number) for number in vector["expect"]["fields"])
    assert careful.write(layout, msg) == body


BAD_BODIES = [
    ("cup-pos", "04", "MTI: needs 2 bytes, 1 are left"),
    ("cup-pos", "0A00 0000000000000000", "MTI: holds a character that is not a digit"),
    ("cup-pos", "0400 00000000", "bitmap: needs 8 bytes"),
    ("cup-pos", "0400 8000000000000000 00", "bitmap: needs 8 bytes"),
    ("cup-pos", "0400 0800000000000000", "F5: is not a field of cup-pos"),
    ("cup-pos", "0400 2000000000000000 00000A", "F3: holds a character that is not a digit"),
    ("cup-pos", "0400 4000000000000000 20 00", "F2: is 20 long, 19 is the most"),
    ("cup-pos", "0400 4000000000000000 1A 00", "F2 length: holds a character that is not a digit"),
    ("cup-pos", "0400 4000000000000000 03 1231", "F2: the pad nibble is not zero"),
    ("cup-pos", "0400 0000020000000000 1001", "F23: the pad nibble is not zero"),
    ("cup-pos", "0400 0000040000000000 0211", "F22: the pad nibble is not zero"),
    ("cup-pos", "0400 2000000000000000 00000000", "end: 1 bytes too many"),
    ("cup-pos", "0400 0000000000000001 0000", "F64: needs 8 bytes, 2 are left"),
    ("jcb", "F0F4F0F0 4000000000000000 FF", "F2: is 255 long, 19 is the most"),
    ("jcb", "F0F4F0F0 4000000000000000 03 1123", "F2: the pad nibble is not zero"),
    ("cups", "30343030 4000000000000000 3A30", "F2 length: holds a character"),
    ("iso87-ascii", "30343030" + b"2G".hex() * 8, "bitmap: holds a character"),
    ("iso87-ascii", "30343030" + b"0000000000000001".hex() + "78" * 16, "F64: holds a character"),
    ("iso87-binary", "0400 0000001000000000 43 0000000A", "F28: holds a character"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD_BODIES)
def test_a_broken_body_names_its_field(name: str, text: str, said: str) -> None:
    with pytest.raises(TheirMistake, match=said):
        careful.read(LAYOUTS[name], bytes.fromhex(text))


BAD_MESSAGES: list[tuple[str, Message, str]] = [
    ("cup-pos", Message("040", {}), "MTI: must be four digits"),
    ("cup-pos", Message(400, {}), "MTI: must be four digits"),  # type: ignore[arg-type]  # a caller may be untyped
    ("cup-pos", Message("04x0", {}), "MTI: holds a character"),
    ("cup-pos", Message("0400", {1: "0"}), "F1: no such field number"),
    ("cup-pos", Message("0400", {5: "0"}), "F5: is not a field of cup-pos"),
    ("cup-pos", Message("0400", {3: b"000000"}), "F3: must be text"),
    ("cup-pos", Message("0400", {3: "00000"}), "F3: is 5 long, must be 6"),
    ("cup-pos", Message("0400", {3: "00 000"}), "F3: holds a character"),
    ("cup-pos", Message("0400", {2: "1" * 20}), "F2: is 20 long, 19 is the most"),
    ("cup-pos", Message("0400", {41: "商户号在这里啊啊"}), "F41: holds a character that one byte cannot carry"),
    ("cup-pos", Message("0400", {64: "12345678"}), "F64: must be bytes"),
    ("cup-pos", Message("0400", {35: "62=12"}), "F35: holds a character"),
    ("iso87-ascii", Message("0400", {64: b"1"}), "F64: is 2 long, must be 16"),
    ("iso87-binary", Message("0400", {28: "C1234567x"}), "F28: holds a character"),
]


@pytest.mark.parametrize(("name", "msg", "said"), BAD_MESSAGES)
def test_a_broken_message_names_its_field(name: str, msg: Message, said: str) -> None:
    with pytest.raises(TheirMistake, match=said):
        careful.write(LAYOUTS[name], msg)


def test_no_value_in_an_error() -> None:
    with pytest.raises(TheirMistake) as caught:
        careful.write(LAYOUTS["cup-pos"], Message("0400", {2: "62220200X0001234"}))
    assert "6222" not in str(caught.value)
