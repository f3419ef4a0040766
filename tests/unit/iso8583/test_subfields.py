"""Are the parts of F60, F61, F63 and F90 those that the shared data expects?"""

import pytest

from chongzheng.iso8583.dialect import dialect
from chongzheng.iso8583.message import Message
from chongzheng.iso8583.subfields import subfields
from unit.iso8583.vectors import MESSAGES, body_of


@pytest.mark.parametrize("vector", [v for v in MESSAGES if v["expect"].get("sub")], ids=lambda v: v["id"])
def test_parts_of_every_vector(vector: dict) -> None:
    parts = subfields(dialect(vector["dialect"]).decode(body_of(vector)), vector["dialect"])
    parts.pop(63, None)
    assert {str(number): part for number, part in parts.items()} == vector["expect"]["sub"]


def test_operator_and_text() -> None:
    assert subfields(Message("0210", {63: "CUPok"})) == {63: {"operator_or_brand": "CUP", "rest": "ok"}}


def test_absent_or_strange_fields_have_no_parts() -> None:
    assert subfields(Message("0210", {90: "1"})) == {}
    assert subfields(Message("0210", {60: "1"}), "jcb") == {}
    assert subfields(Message("0420", {39: "1"}), "cups") == {}
