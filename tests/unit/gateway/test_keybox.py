"""Do both key boxes agree with the plain functions of the codec, and does nothing of a key show?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chongzheng.gateway import hsm
from chongzheng.gateway.hsm import open_module
from chongzheng.gateway.keybox import (
    Key,
    KeyBox,
    Software,
    Working,
    give_working_keys,
    is_mac,
    opened,
    take_working_keys,
)
from chongzheng.iso8583 import field_mac, kcv, open_working_keys, seal_working_keys
from chongzheng.iso8583.keys import ecb_decrypt, ecb_encrypt
from chongzheng.journal import Vault
from chongzheng.mistakes import OurMistake, TheirMistake
from soft_module import LABEL, LIBRARY, soft_module

MASTER = bytes(range(1, 17))
PLACE = "link:90000001"


@pytest.fixture
def module() -> Iterator[hsm.Module]:
    opened_module = open_module(LIBRARY, LABEL, soft_module().pin_file)
    yield opened_module
    opened_module.close()


@pytest.fixture(params=["software", "module"])
def box(request: Any, tmp_path: Path) -> Iterator[tuple[KeyBox, Key]]:
    """A box and the master key in it."""
    if request.param == "software":
        vault = Vault.create(tmp_path / "vault.keys")
        software = Software(vault)
        yield software, software.master(vault.seal(MASTER, PLACE), PLACE)
    else:
        hardware = request.getfixturevalue("module")
        yield hardware, hardware.master(hardware.import_master(MASTER).held, PLACE)


@pytest.mark.parametrize(
    ("algorithm", "size"), [("cup-ecb", 8), ("cup-ecb", 16), ("x9.9", 8), ("x9.9", 16), ("x9.19", 16), ("xor-3des", 16)]
)
def test_a_mac_is_the_codec_s_own(box: tuple[KeyBox, Key], algorithm: str, size: int) -> None:
    keys, master = box
    key, sealed = keys.fresh(master, size)
    clear = ecb_decrypt(MASTER, sealed)
    assert keys.check_value(key) == kcv(clear)
    for count in (0, 1, 7, 8, 9, 16, 300):
        data = bytes(range(256))[:count] * 1
        assert keys.mac(key, algorithm, data) == field_mac(algorithm, clear, data)
    assert is_mac(keys, key, algorithm, b"x", field_mac(algorithm, clear, b"x"))
    assert not is_mac(keys, key, algorithm, b"y", field_mac(algorithm, clear, b"x"))
    again = keys.recall(keys.keep(keys.take(master, sealed)))
    assert keys.mac(again, algorithm, b"x") == keys.mac(key, algorithm, b"x")


@pytest.mark.parametrize(("layout", "mac_bytes"), [("24", 8), ("40", 8), ("40", 16), ("60", 16), ("60", 8)])
def test_working_keys_given_are_those_taken(box: tuple[KeyBox, Key], layout: str, mac_bytes: int) -> None:
    keys, master = box
    given, f62 = give_working_keys(keys, master, layout, mac_bytes)
    clear = open_working_keys(f62, MASTER)
    assert len(clear.mak) == mac_bytes
    assert keys.mac(given.mac, "cup-ecb", b"x") == field_mac("cup-ecb", clear.mak, b"x")
    taken = take_working_keys(keys, master, f62)
    assert keys.mac(taken.mac, "cup-ecb", b"x") == keys.mac(given.mac, "cup-ecb", b"x")
    assert taken.pin is not None and given.pin is not None
    assert keys.check_value(taken.pin) == keys.check_value(given.pin) == kcv(clear.pik)


def test_a_doubled_mac_key_is_a_single_one(box: tuple[KeyBox, Key]) -> None:
    keys, master = box
    mak = bytes(range(8))
    f62 = seal_working_keys(bytes(range(16)), mak + mak, MASTER, "40")
    f62 = f62[:20] + f62[20:36] + kcv(mak)
    taken = take_working_keys(keys, master, f62)
    assert keys.mac(taken.mac, "cup-ecb", b"x") == field_mac("cup-ecb", mak, b"x")


@pytest.mark.parametrize("damage", [lambda f: f[:-1], lambda f: f[:-1] + bytes([f[-1] ^ 1]), lambda f: b""])
def test_working_keys_that_cannot_be_right_are_refused(box: tuple[KeyBox, Key], damage: Any) -> None:
    keys, master = box
    f62 = seal_working_keys(bytes(range(16)), bytes(range(8)), MASTER, "40")
    with pytest.raises(TheirMistake):
        take_working_keys(keys, master, damage(f62))


def test_keys_without_check_values_must_be_asked_for_by_name(box: tuple[KeyBox, Key]) -> None:
    keys, master = box
    f62 = seal_working_keys(bytes(range(16)), bytes(range(8)), MASTER, "24-plain")
    taken = take_working_keys(keys, master, f62, "24-plain")
    assert keys.mac(taken.mac, "cup-ecb", b"x") == field_mac("cup-ecb", bytes(range(8)), b"x")


def test_a_layout_without_room_is_our_mistake(box: tuple[KeyBox, Key]) -> None:
    keys, master = box
    with pytest.raises(OurMistake, match="no room"):
        give_working_keys(keys, master, "24", 16)


def test_nothing_of_a_key_shows() -> None:
    assert repr(Key(MASTER)) == "Key(hidden)"
    assert repr(Working(Key(MASTER), Key(MASTER))) == "Working(hidden)"


# Software


def test_software_never_opens_a_pin_block(tmp_path: Path) -> None:
    software = Software(Vault.create(tmp_path / "vault.keys"))
    assert not software.translates_pins
    with pytest.raises(OurMistake):
        software.translate(Key(MASTER), Key(MASTER), bytes(8))
    software.close()


def test_a_master_key_opens_only_in_its_place(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault.keys")
    assert opened(vault, vault.seal(MASTER, PLACE), PLACE) == MASTER
    with pytest.raises(TheirMistake, match="does not open"):
        opened(vault, vault.seal(MASTER, PLACE), "link:other")
    with pytest.raises(TheirMistake, match="8, 16 or 24"):
        opened(vault, vault.seal(b"short", PLACE), PLACE)


# The hardware module


def test_a_pin_block_is_carried_from_key_to_key(module: hsm.Module) -> None:
    master = module.import_master(MASTER)
    source, sealed_source = module.fresh(master, 16)
    target, sealed_target = module.fresh(master, 16)
    block = bytes.fromhex("041215FEDCBA9876")
    theirs = ecb_encrypt(ecb_decrypt(MASTER, sealed_source), block)
    ours = module.translate(source, target, theirs)
    assert ecb_decrypt(ecb_decrypt(MASTER, sealed_target), ours) == block and ours != theirs
    with pytest.raises(TheirMistake, match="8 bytes"):
        module.translate(source, target, block + block)


def test_keys_outlive_the_session_and_stay_sealed(module: hsm.Module) -> None:
    key, sealed = module.fresh(module.import_master(MASTER), 16)
    clear = ecb_decrypt(MASTER, sealed)
    kept = module.keep(key)
    assert clear not in kept and clear[:8] not in kept
    module.close()
    other = open_module(LIBRARY, LABEL, soft_module().pin_file)
    assert other.mac(other.recall(kept), "x9.19", b"x") == field_mac("x9.19", clear, b"x")
    other.close()


def test_more_keys_than_are_held_loaded(module: hsm.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hsm, "KEYS_LOADED_MAX", 4)
    master = module.import_master(MASTER)
    made = [module.fresh(master, 16) for _ in range(12)]
    for _ in range(2):
        for key, sealed in made:
            clear = ecb_decrypt(MASTER, sealed)
            assert module.mac(key, "x9.19", b"x") == field_mac("x9.19", clear, b"x")


@pytest.mark.parametrize("kept", [b"", bytes(16), bytes(33)])
def test_what_software_kept_is_no_key_of_the_module(module: hsm.Module, kept: bytes) -> None:
    with pytest.raises(OurMistake):
        module.recall(kept)
    with pytest.raises(TheirMistake, match="no box"):
        module.master(kept, PLACE)


def test_boxes_of_other_modules_and_odd_keys_are_refused(module: hsm.Module) -> None:
    with pytest.raises(TheirMistake, match="does not open"):
        module.master(bytes(32), PLACE)
    with pytest.raises(TheirMistake, match="8, 16 or 24"):
        module.import_master(b"short")
    single, _ = module.fresh(module.import_master(MASTER), 8)
    with pytest.raises(TheirMistake, match=r"x9\.19"):
        module.mac(single, "x9.19", b"x")
    with pytest.raises(TheirMistake, match="knows"):
        module.mac(single, "sm4-ecb", b"x")


def test_a_module_that_fails_is_our_mistake(module: hsm.Module) -> None:
    key, sealed = module.fresh(module.import_master(MASTER), 16)
    module.close()
    for call in (lambda: module.mac(key, "x9.9", b"x"), lambda: module.take(key, sealed), lambda: module.fresh(key, 8)):
        with pytest.raises(OurMistake, match="the key module fails"):
            call()


def test_a_module_that_cannot_be_opened_is_refused_in_one_line(tmp_path: Path) -> None:
    place = soft_module()
    with pytest.raises(TheirMistake, match="cannot be opened"):
        open_module(str(tmp_path / "nothing.so"), LABEL, place.pin_file)
    with pytest.raises(TheirMistake, match="cannot be opened"):
        open_module(LIBRARY, "no such token", place.pin_file)
    wrong = tmp_path / "wrong.pin"
    wrong.write_text("0000")
    with pytest.raises(TheirMistake, match="readable by others"):
        wrong.chmod(0o644)
        open_module(LIBRARY, LABEL, wrong)
    wrong.chmod(0o600)
    with pytest.raises(TheirMistake, match="PIN"):
        open_module(LIBRARY, LABEL, wrong)
    wrong.write_bytes(b"\xff\xfe")
    with pytest.raises(TheirMistake, match="UTF-8"):
        open_module(LIBRARY, LABEL, wrong)
    with pytest.raises(TheirMistake, match="cannot be read"):
        open_module(LIBRARY, LABEL, tmp_path / "none.pin")
