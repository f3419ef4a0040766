"""Is a message described so that it can be read, and built again from the description?"""

from typing import Any

import pytest

from chongzheng.iso8583.describe import from_json, lines, to_json
from chongzheng.iso8583.dialect import dialect
from chongzheng.iso8583.message import Message
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import MESSAGES, body_of, by_id


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_every_vector_described_and_built_again(vector: dict) -> None:
    d = dialect(vector["dialect"])
    msg = d.decode(body_of(vector))
    document = to_json(msg, True, d)
    assert document == {"mti": vector["expect"]["mti"], "fields": vector["expect"]["fields"]}
    assert from_json(document, d) == msg
    if d.name == "cup-pos":
        assert to_json(msg, True) == document
        assert from_json(document) == msg


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_masked_is_the_default_and_holds_no_card(vector: dict) -> None:
    d, secrets = dialect(vector["dialect"]), vector["expect"]["fields"]
    msg = d.decode(body_of(vector))
    shown = to_json(msg, dialect=d)["fields"]
    assert isinstance(shown, dict)
    for number in ("14", "34", "35", "36", "45", "52", "102", "103"):
        assert shown.get(number, "****") == "****"
    text = "\n".join(lines(msg, dialect=d)) + repr(shown)
    assert len(secrets.get("2", "")) < 13 or secrets["2"] not in text


def test_text_that_looks_like_hex_is_written_as_hex() -> None:
    msg = Message("0200", {59: "hex:41"})
    document = to_json(msg, True)
    assert document == {"mti": "0200", "fields": {"59": "hex:6865783A3431"}}
    assert from_json(document) == msg


def test_bytes_of_other_fields_are_text_where_they_can_be() -> None:
    jcb = dialect("jcb")
    msg = Message("0100", {48: b"plain", 61: b"\xf2\xf3", 120: b"hex:"})
    document = to_json(msg, True, jcb)
    assert document["fields"] == {"48": "plain", "61": "hex:F2F3", "120": "hex:6865783A"}
    assert from_json(document, jcb) == msg


def test_text_in_ebcdic_is_described_by_its_bytes_on_the_wire() -> None:
    jcb = dialect("jcb")
    msg = Message("0100", {42: "ä" * 15})
    document = to_json(msg, True, jcb)
    assert document["fields"] == {"42": "hex:" + "43" * 15}
    assert from_json(document, jcb) == msg


def test_fifty_three_is_bytes_in_1993_only() -> None:
    document = {"mti": "0200", "fields": {"53": "2600000000000000"}}
    assert from_json(document).fields == {53: "2600000000000000"}
    assert from_json(document, dialect("cup-pos")).fields == {53: "2600000000000000"}
    assert from_json(document, dialect("iso93-ascii")).fields == {53: bytes.fromhex("2600000000000000")}


def test_a_field_that_the_dialect_lacks_is_left_to_the_encoder() -> None:
    assert from_json({"mti": "0200", "fields": {"5": "1"}}, dialect("cup-pos")).fields == {5: "1"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "document: must be an object"),
        ({"mti": "0200"}, "document: must be an object"),
        ({"mti": "0200", "fields": []}, "document: must be an object"),
        ({"fields": {}}, "mti: must be four digits"),
        ({"mti": "0200", "fields": {"three": "0"}}, "fields: every key must be a field number"),
        ({"mti": "0200", "fields": {"03": "0"}}, "fields: every key must be a field number"),
        ({"mti": "0200", "fields": {"1234": "0"}}, "fields: every key must be a field number"),
        ({"mti": "0200", "fields": {3: "0"}}, "fields: every key must be a field number"),
        ({"mti": "0200", "fields": {"3": 0}}, r"fields\.3: must be text"),
        ({"mti": "0200", "fields": {"59": "hex:4"}}, r"fields\.59: is not hex"),
        ({"mti": "0200", "fields": {"64": "XY"}}, r"fields\.64: is not hex"),
        ({"mti": "0200", "fields": {"48": "号"}}, r"fields\.48: must be ASCII text"),
    ],
)
def test_a_wrong_document_is_refused(document: Any, said: str) -> None:
    with pytest.raises(TheirMistake, match=said):
        from_json(document, dialect("jcb"))


def test_lines_for_people() -> None:
    vector = by_id("built-0400-void-reversal")
    shown = lines(dialect("cup-pos").decode(body_of(vector)), dialect=dialect("cup-pos"))
    assert shown[0] == "MTI  0400"
    assert "F2   account number                 622202******1234" in shown
    assert any(line.startswith("F39 ") and line.endswith("(ambiguous))") for line in shown)
    assert any("batch 000012, stan 000205)" in line for line in shown)


def test_lines_name_an_answer_that_is_certain() -> None:
    assert lines(Message("0210", {39: "00", 14: "3012"}))[2].endswith("00   (交易成功 / approved)")


def test_lines_unmasked_only_on_request() -> None:
    msg = Message("0200", {2: "6222020000001234"})
    assert "6222020000001234" in lines(msg, unmasked=True)[1]
    assert "6222020000001234" not in lines(msg)[1]
