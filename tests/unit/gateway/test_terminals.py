"""Does a key that another engine gave out count here, and does a flood of bad MACs ask the journal seldom?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.gateway import terminals as module
from chongzheng.gateway.keybox import Software
from chongzheng.gateway.terminals import Terminal, Terminals, terminal_of
from chongzheng.iso8583 import Message, dialect, sign
from chongzheng.journal import Vault

POS = dialect("cup-pos")
MERCHANT = "898100000000001"


class FakeJournal:
    """Secrets in memory; `asked` is how often they were looked for."""

    def __init__(self, alone: bool = False) -> None:
        self.alone = alone
        self.secrets: dict[str, bytes] = {}
        self.asked = 0

    def load_secret(self, name: str) -> bytes | None:
        """One query."""
        self.asked += 1
        return self.secrets.get(name)


class Street:
    """Terminals of one engine, and a journal that another engine may write to."""

    def __init__(self, vault: Vault, count: int = 1, alone: bool = False) -> None:
        self.now = 1_000_000
        self.journal = FakeJournal(alone)
        self.terminals: list[Terminal] = [terminal_of(f"{n:08d}", MERCHANT, b"", "cup-ecb") for n in range(count)]
        made: Any = self.journal
        self.book = Terminals(self.terminals, Software(vault), made, lambda work, done: None, lambda: self.now)

    def given(self, key: bytes, number: int = 0) -> None:
        """Another engine gave this key out."""
        terminal = self.terminals[number]
        self.journal.secrets[f"mak:{terminal.merchant}:{terminal.terminal}"] = key

    def believes(self, key: bytes, number: int = 0) -> bool:
        """Whether a message under this key is taken for genuine."""
        fields = {11: "000001", 41: self.terminals[number].terminal, 42: MERCHANT}
        return self.book.is_genuine(self.terminals[number], sign(POS, Message("0200", fields), "cup-ecb", key))


@pytest.fixture
def vault(tmp_path: Any) -> Vault:
    """Any."""
    return Vault.create(tmp_path / "vault.json")


OLD, NEW, WRONG = bytes([1] * 8), bytes([4] * 8), bytes([7] * 8)


def test_a_key_that_another_engine_gave_out_is_found_once_and_kept(vault: Vault) -> None:
    street = Street(vault)
    street.given(OLD)
    assert street.believes(OLD)
    street.given(NEW)
    street.now += module.LOOK_EVERY_MS
    assert street.believes(OLD), "the old one holds until the new one is used"
    assert street.believes(NEW)
    asked = street.journal.asked
    assert street.believes(NEW)
    assert street.journal.asked == asked == 2
    assert not street.believes(OLD)


def test_keys_that_somebody_else_asked_for_do_not_replace_the_terminals_own(vault: Vault) -> None:
    street = Street(vault)
    street.given(OLD)
    assert street.believes(OLD)
    street.given(NEW)
    street.now += module.LOOK_EVERY_MS
    assert not street.believes(WRONG)
    assert street.believes(OLD)


def test_a_terminal_without_keys_is_asked_after_again_when_it_may_have_signed_in_elsewhere(vault: Vault) -> None:
    street = Street(vault)
    assert not street.believes(OLD)
    street.given(OLD)
    assert not street.believes(OLD), "just asked"
    street.now += module.LOOK_EVERY_MS
    assert street.believes(OLD)


def test_a_flood_of_bad_macs_at_one_terminal_asks_once_in_a_while(vault: Vault) -> None:
    street = Street(vault)
    street.given(OLD)
    for _ in range(1_000):
        street.now += 1
        assert not street.believes(WRONG)
    assert street.journal.asked <= 1 + 1_000 // module.LOOK_EVERY_MS


def test_a_flood_in_the_names_of_many_terminals_has_a_limit_too(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_MS", 0)
    street = Street(vault, count=module.LOOKS_BURST + 50)
    for number in range(len(street.terminals)):
        street.given(OLD, number)
        assert street.believes(OLD, number)
    before = street.journal.asked
    for number in range(len(street.terminals)):
        assert not street.believes(WRONG, number)
    assert street.journal.asked - before == module.LOOKS_BURST
    street.now += 1_000
    for number in range(len(street.terminals)):
        street.believes(WRONG, number)
    assert street.journal.asked - before == module.LOOKS_BURST + module.LOOKS_PER_S


def test_where_there_is_one_engine_the_journal_is_asked_once(vault: Vault) -> None:
    street = Street(vault, alone=True)
    for _ in range(3):
        street.now += module.LOOK_EVERY_MS
        assert not street.believes(OLD)
    assert street.journal.asked == 1
