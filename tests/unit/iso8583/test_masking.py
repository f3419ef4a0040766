"""Does anything of a card get out of a masked or redacted message?"""

import pytest

from chongzheng.iso8583.dialect import dialect
from chongzheng.iso8583.masking import HIDDEN, REDACTED_FIELDS, is_shown, mask_account, mask_chip, redact
from chongzheng.iso8583.message import Message
from unit.iso8583.vectors import MESSAGES, body_of


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6222020000001234", "622202******1234"),
        ("6222020000001234567", "622202*********4567"),
        ("6222020001234", "622202***1234"),
        ("622202123456", "************"),
        ("", ""),
    ],
)
def test_account_numbers(number: str, masked: str) -> None:
    assert mask_account(number) == masked


@pytest.mark.parametrize(
    ("mti", "number", "value", "shown"),
    [
        ("0400", 11, "000001", True),
        ("0400", 14, "3012", False),
        ("0400", 64, b"8B657C1B", True),
        ("0420", 128, b"8B657C1B", True),
        ("0200", 52, b"12345678", False),
        ("0200", 60, b"123", False),
        ("0400", 61, "000012000205", True),
        ("0400", 61, "0000120002050626", True),
        ("0200", 61, "01110101199001011234", False),
        ("0200", 61, "CVN123456789", False),
        ("0500", 48, "0" * 62, True),
        ("0500", 48, "free text", False),
        ("0200", 48, "0" * 62, False),
        ("0200", 63, "CUP", True),
        ("0200", 63, "CUP622202", False),
        ("0810", 62, "keys", False),
    ],
)
def test_what_is_shown(mti: str, number: int, value: str | bytes, shown: bool) -> None:
    assert is_shown(Message(mti, {number: value}), number) is shown


def test_chip_data_keeps_harmless_tags_only() -> None:
    data = bytes.fromhex("9505 0000008000 5A03 622202 9F3602 031E".replace(" ", ""))
    assert mask_chip(data) == "95050000008000" + "5A03******" + "9F3602031E"
    assert mask_chip(bytes.fromhex("9F0900")) == "9F0900"
    assert mask_chip(b"\x95\x7f") == HIDDEN
    assert mask_chip("\x95\x01A") == "950141"
    assert mask_chip("号") == HIDDEN


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_nothing_of_the_card_survives_redaction(vector: dict) -> None:
    msg = dialect(vector["dialect"]).decode(body_of(vector))
    kept = redact(msg)
    assert not REDACTED_FIELDS & kept.fields.keys()
    everything = "".join(v.hex() if isinstance(v, bytes) else v for v in kept.fields.values())
    for number in (2, 35, 36, 45, 52, 102, 103):
        secret = vector["expect"]["fields"].get(str(number), "")
        assert len(secret) < 13 or not secret.strip("0") or secret not in everything


def test_redaction_keeps_the_evidence() -> None:
    chip = bytes.fromhex("9F2608A1B2C3D4E5F607189505000000800057036222029F3602031E")
    msg = Message("0400", {2: "6222020000001234", 11: "000001", 14: "3012", 39: "98", 55: chip, 64: b"8B657C1B"})
    assert redact(msg).fields == {
        2: "622202******1234",
        11: "000001",
        39: "98",
        55: bytes.fromhex("950500000080009F3602031E"),
        64: b"8B657C1B",
    }


@pytest.mark.parametrize("chip", [b"\x5a\x01A", b"\x95\x7f", "text"])
def test_chip_data_without_reversal_tags_goes(chip: bytes | str) -> None:
    assert redact(Message("0400", {55: chip})).fields == {}
