"""Has a field a name?"""

from chongzheng.iso8583.names import FIELD_NAMES, field_name


def test_known_and_reserved() -> None:
    assert field_name(11) == "STAN"
    assert field_name(127) == "reserved"
    assert all(2 <= number <= 128 and name for number, name in FIELD_NAMES.items())
