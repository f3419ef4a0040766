"""Does the compiled writer write what the careful one writes, and refuse the rest?"""

import pytest

from chongzheng.iso8583 import careful
from chongzheng.iso8583.encoding import compile_encoder
from chongzheng.iso8583.message import Message, Value
from chongzheng.iso8583.spec import read_tables
from chongzheng.iso8583.specs import TABLES
from unit.iso8583.vectors import MESSAGES, body_of

LAYOUTS = read_tables(TABLES)
REFUSALS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_compiled_writes_every_message_in_any_order(vector: dict) -> None:
    layout, body = LAYOUTS[vector["dialect"]], body_of(vector)
    msg = careful.read(layout, body)
    for fields in (msg.fields, dict(reversed(msg.fields.items()))):
        assert compile_encoder(layout, msg.mti, tuple(fields))(fields) == body


def test_no_fields_at_all() -> None:
    assert compile_encoder(LAYOUTS["cup-pos"], "0820", ())({}) == bytes.fromhex("0820 0000000000000000")


@pytest.mark.parametrize(
    ("name", "number", "value"),
    [
        ("cup-pos", 3, "00000"),
        ("cup-pos", 3, "0000 0"),
        ("cup-pos", 3, "00000A"),
        ("cup-pos", 3, "٠٠٠٠٠٠"),
        ("cup-pos", 3, b"000000"),
        ("cup-pos", 3, 0),
        ("cup-pos", 2, "1" * 20),
        ("cup-pos", 2, "12 4"),
        ("cup-pos", 35, "12=3"),
        ("cup-pos", 35, "12d3"),
        ("cup-pos", 41, "1234567"),
        ("cup-pos", 41, "号" * 8),
        ("cup-pos", 41, b"12345678"),
        ("cup-pos", 44, "A" * 26),
        ("cup-pos", 52, "12345678"),
        ("cup-pos", 52, b"1234567"),
        ("cup-pos", 55, b"1" * 256),
        ("iso87-ascii", 64, "CAFEBABE"),
        ("iso87-ascii", 64, b"1234567"),
        ("iso87-binary", 28, "D0000010"),
        ("iso87-binary", 28, "D0000010A"),
        ("jcb", 41, "号" * 8),
    ],
)
def test_what_does_not_fit_is_refused(name: str, number: int, value: Value) -> None:
    encode = compile_encoder(LAYOUTS[name], "0200", (number,))
    with pytest.raises(REFUSALS):
        encode({number: value})


def test_order_of_the_dict_decides_nothing() -> None:
    msg = Message("0200", {49: "156", 3: "000000", 41: "12345678"})
    encode = compile_encoder(LAYOUTS["cup-pos"], "0200", (49, 3, 41))
    assert encode(msg.fields) == careful.write(LAYOUTS["cup-pos"], msg)
