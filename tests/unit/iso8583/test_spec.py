"""Do the tables say what the shared dialect tables say?"""

import pytest

from chongzheng.iso8583.spec import Field, length_bytes, parse_field, prefix_bytes, read_tables
from chongzheng.iso8583.specs import TABLES as OURS
from chongzheng.mistakes import OurMistake
from unit.iso8583.vectors import TABLES


def shared_fields(name: str) -> dict[int, str]:
    """The field table of the shared data, with the two differences that its notes state in words."""
    entry = TABLES[name]
    if "same_as" in entry:
        changed = {48: "ans LLL ..322"} if name == "cup-pos-billpay" else {}
        return shared_fields(entry["same_as"]) | changed
    fields = {int(number): text for number, text in entry["fields"].items()}
    if name == "iso87-binary":
        fields |= dict.fromkeys(range(28, 32), "xn 9")
    return fields


@pytest.mark.parametrize("name", TABLES)
def test_table_agrees_with_the_shared_one(name: str) -> None:
    layout = read_tables(OURS)[name]
    assert layout.fields == {number: parse_field(number, text) for number, text in shared_fields(name).items()}
    assert layout.bitmap_at == (2 if layout.mti == "bcd" else 4)


def test_no_dialect_is_missing() -> None:
    assert read_tables(OURS).keys() == TABLES.keys()


def test_entries() -> None:
    assert parse_field(2, "n LL ..19 padR") == Field(2, "n", "LL", 19, False)
    assert parse_field(23, "n 3 padL") == Field(23, "n", "", 3, True)
    assert parse_field(55, "b len16 ..255") == Field(55, "b", "len16", 255, False)


@pytest.mark.parametrize("entry", ["q 3", "n"])
def test_a_wrong_entry_is_our_mistake(entry: str) -> None:
    with pytest.raises(OurMistake, match="F9: no such table entry"):
        parse_field(9, entry)


@pytest.mark.parametrize(
    ("lengths", "prefix", "wire"),
    [
        ("bcd", "LL", "19"),
        ("bcd", "LLL", "0019"),
        ("ascii", "LL", "3139"),
        ("ascii", "LLL", "303139"),
        ("binary", "len8", "13"),
        ("binary", "len16", "0013"),
    ],
)
def test_lengths_on_the_wire(lengths: str, prefix: str, wire: str) -> None:
    assert length_bytes(lengths, prefix, 19).hex() == wire
    assert prefix_bytes(lengths, prefix) == len(wire) // 2
