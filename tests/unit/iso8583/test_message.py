"""Does a message keep its values to itself?"""

import pytest

from chongzheng.iso8583.message import Message


def test_repr_shows_no_value() -> None:
    text = repr(Message("0200", {2: "6222020000001234", 52: b"\x01" * 8}))
    assert text == "Message('0200', fields=[2, 52])"


def test_equal_by_type_and_fields() -> None:
    assert Message("0200", {3: "000000", 4: "1"}) == Message("0200", {4: "1", 3: "000000"})
    assert Message("0200", {}) != Message("0210", {})
    assert Message("0200", {}) != Message("0200", {3: "1"})
    assert Message("0200", {}) != "0200"


def test_not_hashable_since_it_can_change() -> None:
    with pytest.raises(TypeError):
        hash(Message("0200", {}))


def test_text_reads_bytes_and_knows_absence() -> None:
    msg = Message("0210", {39: "00", 64: b"8B657C1B"})
    assert (msg.text(39), msg.text(64), msg.text(38), msg.text(38, "-")) == ("00", "8B657C1B", "", "-")


def test_with_fields_changes_a_copy() -> None:
    msg = Message("0200", {3: "000000", 35: "D"})
    assert msg.with_fields({35: None, 39: "98"}) == Message("0200", {3: "000000", 39: "98"})
    assert msg.fields == {3: "000000", 35: "D"}
