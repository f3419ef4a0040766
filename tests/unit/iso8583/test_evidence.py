"""Does the short way to evidence give the very bytes of the long one, and nothing of a card?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.iso8583 import evidence
from chongzheng.iso8583.dialect import dialect
from chongzheng.iso8583.evidence import SHAPES_MAX, carefully, evidence_json
from chongzheng.iso8583.message import Message, Value
from unit.iso8583.vectors import MESSAGES, body_of

CHIP = bytes.fromhex("9F2608A1B2C3D4E5F607189505000000800057036222029F3602031E")
SALE = Message("0200", {2: "6222020000001234", 11: "000001", 14: "3012", 35: "6222020000001234D3012", 55: CHIP})


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_every_vector_twice(vector: dict) -> None:
    msg = dialect(vector["dialect"]).decode(body_of(vector))
    assert evidence_json(msg) == carefully(msg)
    assert evidence_json(msg) == carefully(msg)


def test_what_is_kept_of_a_sale() -> None:
    kept = b'{"fields":{"11":"000001","2":"622202******1234","55":"950500000080009F3602031E"},"mti":"0200"}'
    assert evidence_json(SALE) == evidence_json(SALE) == kept


@pytest.mark.parametrize(
    "changes",
    [
        {2: b"6222020000001234"},
        {2: ""},
        {11: b"000001"},
        {11: 'a"b'},
        {11: "a\\b"},
        {11: "号"},
        {11: "hex:41"},
        {11: "a\nb"},
        {55: b""},
        {55: b"\x95\x7f"},
        {55: bytes.fromhex("5A03622202")},
        {55: "text"},
        {64: "text"},
        {64: b"\x01\x02"},
        {128: b"8B657C1B"},
        {52: "text"},
        {61: "000012000205"},
        {61: "CVN1234"},
        {63: "CUP"},
        {63: "CUP622202"},
    ],
)
def test_the_unusual_value(changes: dict[int, Value]) -> None:
    evidence_json(SALE)
    msg = SALE.with_fields(changes)
    assert evidence_json(msg) == carefully(msg)
    assert b"622202000000" not in evidence_json(msg)


@pytest.mark.parametrize("mti", ["02x0", "²²²²", ""])
def test_a_type_that_is_none(mti: str) -> None:
    msg = Message(mti, {11: "000001"})
    assert evidence_json(msg) == carefully(msg)


numbers = st.sampled_from([2, 3, 11, 14, 35, 48, 52, 53, 55, 60, 61, 62, 63, 64, 128])
values = st.one_of(st.text(max_size=20), st.text("0123456789", max_size=20), st.binary(max_size=20))


@given(st.sampled_from(["0200", "0400", "0500"]), st.dictionaries(numbers, values, max_size=6))
def test_any_message(mti: str, fields: dict[int, Value]) -> None:
    msg = Message(mti, fields)
    assert evidence_json(msg) == carefully(msg)


def test_made_up_shapes_are_forgotten() -> None:
    for number in range(SHAPES_MAX + 10):
        evidence_json(Message(f"{number:04d}", {11: "000001"}))
    assert len(evidence._templates) <= SHAPES_MAX
