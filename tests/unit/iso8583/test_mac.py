"""Are the message authentication codes those of the published vectors?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.iso8583 import mac
from chongzheng.iso8583.dialect import dialect
from chongzheng.iso8583.message import Message
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import VECTORS, body_of, by_id

SAME = {
    "x9.9_cbc": "x9.9",
    "cbc_3des": "x9.9",
    "xor_then_one_des": "xor-3des",
    "xor_then_one_3des": "xor-3des",
}
WITH_MAC = [vector for vector in VECTORS if "mac" in vector]
KEY8, KEY16 = bytes.fromhex("0123456789ABCDEF"), bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")


@pytest.mark.parametrize("vector", WITH_MAC, ids=lambda v: v["id"])
def test_published_values(vector: dict) -> None:
    known = vector["mac"]
    key, data = bytes.fromhex(known["key"]), bytes.fromhex(known["input"])
    assert mac.field_mac(known["algorithm"], key, data) == known["value"].encode()
    for name, block in known["other_algorithms_same_input"].items():
        assert mac.mac_block(SAME[name], key, data).hex().upper() == block
        assert mac.field_mac(SAME[name], key, data) == bytes.fromhex(block)


def test_the_last_block_of_cup_ecb_is_published_too() -> None:
    known = by_id("pgate-cup-ecb")["mac"]
    block = mac.mac_block("cup-ecb", bytes.fromhex(known["key"]), bytes.fromhex(known["input"]))
    assert block.hex().upper() == known["steps"]["final_block"]


@pytest.mark.parametrize("vector", [v for v in WITH_MAC if v["dialect"] != "none"], ids=lambda v: v["id"])
def test_frames_check_and_sign(vector: dict) -> None:
    d, key, body = dialect(vector["dialect"]), bytes.fromhex(vector["mac"]["key"]), body_of(vector)
    assert mac.mac_input(body).hex().upper() == vector["mac"]["input"]
    assert mac.check(body, "cup-ecb", key)
    assert not mac.check(body[:-1] + b"?", "cup-ecb", key)
    assert not mac.check(body, "cup-ecb", bytes(8))
    msg = d.decode(body)
    assert mac.sign(d, msg.with_fields({64: None}), "cup-ecb", key) == body
    assert mac.sign(d, msg.with_fields({64: b"........"}), "cup-ecb", key) == body


def slow_fold(data: bytes, size: int) -> bytes:
    """All blocks XORed, byte by byte."""
    result = bytearray(size)
    for at, byte in enumerate(data):
        result[at % size] ^= byte
    return bytes(result)


@given(st.binary(max_size=700))
def test_folding_is_the_xor_of_all_blocks(data: bytes) -> None:
    for size in (8, 16):
        assert mac.fold(data, size).to_bytes(size, "big") == slow_fold(data, size)


def test_sm4_by_the_standard_block() -> None:
    """GB/T 32907 gives one block: key and text 0123456789ABCDEFFEDCBA9876543210."""
    assert mac.mac_block("sm4-cbc", KEY16, KEY16).hex() == "681edf34d206965e86b3e94f536e4246"
    assert mac.field_mac("sm4-cbc", KEY16, KEY16).hex() == "681edf34d206965e"


def test_sm4_ecb_has_the_shape_of_cup_ecb() -> None:
    data = b"any message of more than one block"
    text = slow_fold(data, 16).hex().upper().encode()
    first = mac.mac_block("sm4-cbc", KEY16, text[:16])
    mixed = bytes(a ^ b for a, b in zip(first, text[16:], strict=True))
    assert mac.mac_block("sm4-ecb", KEY16, data) == mac.mac_block("sm4-cbc", KEY16, mixed)
    assert len(mac.mac_block("sm4-ecb", KEY16, data)) == 16
    assert mac.field_mac("sm4-ecb", KEY16, data).decode().isupper()


def test_a_single_key_in_a_slot_of_sixteen() -> None:
    single = mac.mac_block("cup-ecb", KEY8, b"data")
    assert mac.mac_block("cup-ecb", KEY8 + bytes(8), b"data") == single
    assert mac.mac_block("cup-ecb", KEY8 + KEY8, b"data") == single
    assert mac.mac_block("cup-ecb", KEY16, b"data") != single
    assert mac.mac_block("cup-ecb", KEY16 + KEY8, b"data") == mac.mac_block("cup-ecb", KEY16, b"data")


def test_an_empty_input_is_a_block_of_zeros() -> None:
    for name in ("x9.9", "xor-3des", "cup-ecb"):
        assert mac.mac_block(name, KEY8, b"") == mac.mac_block(name, KEY8, bytes(8))


@pytest.mark.parametrize("name", mac.ALGORITHMS)
def test_a_key_of_a_wrong_size(name: str) -> None:
    with pytest.raises(TheirMistake, match=r"^key: must be"):
        mac.mac_block(name, bytes(9), b"data")


def test_an_unknown_algorithm_lists_the_known() -> None:
    with pytest.raises(TheirMistake, match=r"algorithm: no such algorithm, there are cup-ecb, .*sm4-cbc"):
        mac.mac_block("crc", KEY8, b"")


def test_where_the_mac_belongs() -> None:
    pos, network, text = dialect("cup-pos"), dialect("cups"), dialect("iso87-ascii")
    assert mac.mac_field(pos, Message("0400", {3: "000000"})) == 64
    assert mac.mac_field(network, Message("0420", {})) == 128
    assert mac.mac_field(text, Message("0420", {90: "0" * 42})) == 128
    body = mac.sign(network, Message("0420", {39: "98"}), "x9.9", KEY16)
    assert mac.check(body, "x9.9", KEY16)
    assert list(network.decode(body).fields) == [39, 128]


def test_no_mac_rule_covers_hex_text() -> None:
    with pytest.raises(TheirMistake, match="F64: iso87-ascii carries its MAC as hex text"):
        mac.sign(dialect("iso87-ascii"), Message("0400", {39: "98"}), "x9.9", KEY8)


def test_ciphers_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mac, "CIPHERS_MAX", 2)
    ready = mac._Ready(mac._build_des)
    first = ready(bytes(8))
    assert ready(bytes(8)) is first
    ready(b"1" * 8)
    ready(b"2" * 8)
    assert len(ready._made) == 2
    assert ready(bytes(8)) is not first
