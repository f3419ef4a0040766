"""Does the vault open only what it sealed, where it sealed it, with keys that only their owner can read?"""

import json
import os
from pathlib import Path

import pytest

from chongzheng.journal import Vault
from chongzheng.mistakes import OurMistake, TheirMistake

SECRET = b"6222021234567894"


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A file with this text."""
    path = folder / "keys.json"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def with_keys(folder: Path, current: str, **keys: str) -> Vault:
    """A vault with these keys."""
    return Vault.from_file(key_file(folder, json.dumps({"keys": keys, "current": current, "index": "0" * 64})))


def test_what_was_sealed_opens_in_its_place_only(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault.json")
    sealed = vault.seal(SECRET, "card.sealed:P1")
    assert vault.open(sealed, "card.sealed:P1") == SECRET
    assert SECRET not in sealed
    with pytest.raises(OurMistake):
        vault.open(sealed, "card.sealed:P2")
    assert vault.seal(SECRET, "card.sealed:P1") != sealed, "equal numbers must not look equal"


def test_every_changed_or_missing_byte_is_noticed(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault.json")
    sealed = vault.seal(SECRET, "x")
    for i in range(len(sealed)):
        for bad in (sealed[:i], sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :]):
            with pytest.raises(OurMistake):
                vault.open(bad, "x")


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    old = with_keys(tmp_path, "k1", k1="11" * 32)
    sealed = old.seal(SECRET, "x")
    both = with_keys(tmp_path, "k2", k1="11" * 32, k2="22" * 32)
    assert both.open(sealed, "x") == SECRET
    renewed = both.seal(SECRET, "x")
    assert renewed[1:3] == b"k2"
    with pytest.raises(OurMistake, match="does not have"):
        old.open(renewed, "x")
    with pytest.raises(OurMistake, match="does not open here"):
        with_keys(tmp_path, "k2", k2="33" * 32).open(renewed, "x")


def test_the_index_tells_equal_from_other_and_depends_on_its_key(tmp_path: Path) -> None:
    vault, other = Vault.create(tmp_path / "a.json"), Vault.create(tmp_path / "b.json")
    assert vault.index("6222021234567894") == vault.index("6222021234567894") != vault.index("6222021234567895")
    assert vault.index("6222021234567894") != other.index("6222021234567894")
    assert Vault.from_file(tmp_path / "a.json").index("1") == vault.index("1")


def test_a_key_file_is_its_owners_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    Vault.create(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(TheirMistake, match="exists already"):
        Vault.create(path)
    assert path.read_bytes() == before
    for mode in (0o640, 0o604, 0o620, 0o777):
        path.chmod(mode)
        with pytest.raises(TheirMistake, match="readable by others"):
            Vault.from_file(path)


def test_a_place_where_no_key_file_can_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="cannot be made"):
        Vault.create(tmp_path / "no" / "vault.json")


GOOD_KEY = "00" * 32
BAD_FILES = {
    "empty": "",
    "not JSON": "keys",
    "a list": "[]",
    "nested without end": "[" * 60_000,
    "no keys": "{}",
    "keys as a list": f'{{"keys": ["{GOOD_KEY}"], "current": "k1", "index": "{GOOD_KEY}"}}',
    "a short key": f'{{"keys": {{"k1": "00"}}, "current": "k1", "index": "{GOOD_KEY}"}}',
    "a key that is not hex": f'{{"keys": {{"k1": "{"zz" * 32}"}}, "current": "k1", "index": "{GOOD_KEY}"}}',
    "a key that is a number": f'{{"keys": {{"k1": 7}}, "current": "k1", "index": "{GOOD_KEY}"}}',
    "no current key": f'{{"keys": {{"k1": "{GOOD_KEY}"}}, "current": "k2", "index": "{GOOD_KEY}"}}',
    "a long key id": f'{{"keys": {{"{"k" * 17}": "{GOOD_KEY}"}}, "current": "{"k" * 17}", "index": "{GOOD_KEY}"}}',
    "no index key": f'{{"keys": {{"k1": "{GOOD_KEY}"}}, "current": "k1"}}',
    "too long": json.dumps({"keys": {"k1": GOOD_KEY}, "current": "k1", "index": GOOD_KEY, "more": "x" * 70_000}),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_holds_no_keys_is_refused_without_showing_it(tmp_path: Path, what: str) -> None:
    path = key_file(tmp_path, BAD_FILES[what])
    with pytest.raises(TheirMistake) as mistake:
        Vault.from_file(path)
    assert str(path) in str(mistake.value)
    assert GOOD_KEY not in str(mistake.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="cannot be read"):
        Vault.from_file(tmp_path / "none.json")
    with pytest.raises(TheirMistake, match="cannot be read"):
        Vault.from_file(tmp_path)
