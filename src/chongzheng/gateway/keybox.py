"""Who holds the keys, makes the MACs, and carries a PIN block from one key to another?

Two faces. In software a key is its clear bytes in memory and nothing translates PIN blocks: a card's PIN may pass only
where both sides share the PIN key. With a hardware module (`gateway.hsm`) a key is a sealed box that only the module
opens, and PIN blocks can be translated. What the journal keeps of a key is `keep`, sealed once more by the vault.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from chongzheng.iso8583 import field_mac, kcv
from chongzheng.iso8583.keys import KCV_BYTES, LAYOUTS, ecb_decrypt, ecb_encrypt
from chongzheng.journal import Vault
from chongzheng.mistakes import OurMistake, TheirMistake

MASTER_KEY_BYTES = (8, 16, 24)
SINGLE_BYTES, DOUBLE_BYTES = 8, 16
PIN_BLOCK_BYTES = 8


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A key as its box knows it: clear bytes in software, a sealed box with a hardware module. Never shown."""

    held: bytes = field()

    def __repr__(self) -> str:
        """Never the key."""
        return "Key(hidden)"


@dataclass(frozen=True, slots=True, repr=False)
class Working:
    """The working keys of a terminal or a link: for PIN blocks (None where nobody needs it) and for MACs."""

    pin: Key | None
    mac: Key

    def __repr__(self) -> str:
        """Never a key."""
        return "Working(hidden)"


class KeyBox(Protocol):
    """What both faces can do. Synchronous and quick; called on the loop thread and on the journal's."""

    translates_pins: bool

    def master(self, sealed: bytes, place: str) -> Key:
        """The master key that was sealed for `place`. TheirMistake when it does not open or is no DES key."""

    def seal_master(self, clear: bytes, place: str) -> bytes:
        """What the configuration may hold of a clear master key. TheirMistake when it is no DES key."""

    def fresh(self, master: Key, size: int) -> tuple[Key, bytes]:
        """A new random key of 8 or 16 bytes, and the same under `master`."""

    def take(self, master: Key, sealed: bytes) -> Key:
        """The key of 8 or 16 bytes that came under `master`."""

    def check_value(self, key: Key) -> bytes:
        """The first 4 bytes of 8 zero bytes under the key."""

    def keep(self, key: Key) -> bytes:
        """What the journal may keep, sealed."""

    def recall(self, kept: bytes) -> Key:
        """The key of which `keep` gave this."""

    def mac(self, key: Key, algorithm: str, data: bytes) -> bytes:
        """The 8 bytes of F64 or F128 over `data`."""

    def translate(self, source: Key, target: Key, block: bytes) -> bytes:
        """A PIN block under `target` that came under `source`; its format stays. OurMistake where it cannot be."""

    def close(self) -> None:
        """Forget everything."""


class Software:
    """Keys in this process's memory; master keys sealed by the vault."""

    translates_pins = False

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def master(self, sealed: bytes, place: str) -> Key:
        """Opened by the vault."""
        return Key(opened(self._vault, sealed, place))

    def seal_master(self, clear: bytes, place: str) -> bytes:
        """Sealed by the vault, for this place only."""
        _refuse_odd(clear)
        return self._vault.seal(clear, place)

    def fresh(self, master: Key, size: int) -> tuple[Key, bytes]:
        """From the system's randomness."""
        clear = secrets.token_bytes(size)
        return Key(clear), ecb_encrypt(master.held, clear)

    def take(self, master: Key, sealed: bytes) -> Key:
        """Decrypted here."""
        return Key(ecb_decrypt(master.held, sealed))

    def check_value(self, key: Key) -> bytes:
        """Computed here."""
        return kcv(key.held)

    def keep(self, key: Key) -> bytes:
        """The clear key: the journal seals it with the vault."""
        return key.held

    def recall(self, kept: bytes) -> Key:
        """The clear key again."""
        return Key(kept)

    def mac(self, key: Key, algorithm: str, data: bytes) -> bytes:
        """Computed here."""
        return field_mac(algorithm, key.held, data)

    def translate(self, source: Key, target: Key, block: bytes) -> bytes:
        """Never: the PIN would stand in this process's memory."""
        raise OurMistake("software must not open a PIN block", "keybox")

    def close(self) -> None:
        """Nothing is held beyond the keys themselves."""


def opened(vault: Vault, sealed: bytes, place: str) -> bytes:
    """The clear master key that was sealed for `place`; TheirMistake when it does not open or is no DES key."""
    try:
        key = vault.open(sealed, place)
    except OurMistake:
        raise TheirMistake(f"does not open with the vault's keys as {place}", "master_key") from None
    _refuse_odd(key)
    return key


def _refuse_odd(key: bytes) -> None:
    if len(key) not in MASTER_KEY_BYTES:
        raise TheirMistake("must be 8, 16 or 24 bytes", "master_key")


def is_mac(box: KeyBox, key: Key, algorithm: str, data: bytes, value: bytes) -> bool:
    """Whether `value` is the MAC over `data`; the comparison takes the same time wherever it differs."""
    return hmac.compare_digest(box.mac(key, algorithm, data), value)


def take_working_keys(box: KeyBox, master: Key, f62: bytes, layout: str = "") -> Working:
    """The working keys that a sign-in answer brought, by the length of F62 or the given layout.

    TheirMistake when the length is unknown or a check value does not agree. A MAC key whose slot is filled up with
    zeros, or holds the same half twice, is a single one.
    """
    chosen = layout or str(len(f62))
    if chosen not in LAYOUTS or len(f62) != _size(chosen):
        raise TheirMistake(f"is {len(f62)} bytes long, no known layout of working keys", "F62")
    taken: dict[str, Key] = {}
    at = 0
    for name, size, checked in LAYOUTS[chosen]:
        sealed = f62[at : at + size]
        taken[name] = box.take(master, _single(sealed) if name == "mak" else sealed)
        at += size
        if checked:
            if box.check_value(taken[name]) != f62[at : at + KCV_BYTES]:
                raise TheirMistake(f"the check value of the {name} does not agree, is the master key right?", "F62")
            at += KCV_BYTES
    return Working(taken["pik"], taken["mak"])


def _size(layout: str) -> int:
    return sum(size + (KCV_BYTES if checked else 0) for _, size, checked in LAYOUTS[layout])


def _single(sealed: bytes) -> bytes:
    half = sealed[:SINGLE_BYTES]
    return half if sealed[SINGLE_BYTES:] in (bytes(SINGLE_BYTES), half) else sealed


def give_working_keys(box: KeyBox, master: Key, layout: str, mac_bytes: int) -> tuple[Working, bytes]:
    """Fresh working keys, and the F62 that brings them to a terminal: `mac_bytes` is 8, or 16 where it fits."""
    made: dict[str, Key] = {}
    parts: list[bytes] = []
    for name, size, checked in LAYOUTS[layout]:
        wanted = mac_bytes if name == "mak" else size
        if wanted > size:
            raise OurMistake(f"layout {layout} has no room for a MAC key of {wanted} bytes", "F62")
        made[name], sealed = box.fresh(master, wanted)
        parts.append(sealed.ljust(size, b"\0"))
        if checked:
            parts.append(box.check_value(made[name]))
    return Working(made["pik"], made["mak"]), b"".join(parts)
