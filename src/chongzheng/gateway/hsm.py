"""How do keys stay inside a hardware module (PKCS#11), and what may leave it?

The module holds one key that never leaves it, which wraps all others (AES key wrap). A key of ours is that wrapped
box: it may lie in memory, in the journal and in the configuration, and only this module opens it. Loaded keys are
session objects, at most KEYS_LOADED_MAX of them; the oldest make room and are loaded again when they are needed.

PKCS#11 has no call that translates a PIN block: it is decrypted and encrypted by two calls, so the block (not the
PIN: it is still mixed with the account number) passes through this function's memory and nothing else. Working keys
that arrive or leave under a master key pass the same way, because modules differ in unwrapping under DES.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from chongzheng.gateway.keybox import MASTER_KEY_BYTES, PIN_BLOCK_BYTES, SINGLE_BYTES, Key
from chongzheng.iso8583.keys import KCV_BYTES
from chongzheng.iso8583.mac import DES_BLOCK, MAC_BYTES, TEXT_ALGORITHMS, fold, triple_key
from chongzheng.mistakes import OurMistake, TheirMistake

STORAGE_LABEL = "chongzheng-storage"
STORAGE_BITS = 256
KEYS_LOADED_MAX = 4_096
PIN_FILE_BYTES_MAX = 256
WRAPPED_BYTES = 32
"""A DES key of three parts behind AES key wrap. A MAC key of two parts brings its left half in a second box."""
ALGORITHMS = frozenset({"cup-ecb", "x9.9", "x9.19", "xor-3des"})

_USES = {
    Attribute.CLASS: ObjectClass.SECRET_KEY,
    Attribute.KEY_TYPE: KeyType.DES3,
    Attribute.TOKEN: False,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: True,
    Attribute.ENCRYPT: True,
    Attribute.DECRYPT: True,
}


class Module:
    """One session at one token. All calls take turns: a session knows one operation at a time."""

    translates_pins = True

    def __init__(self, session: Any, storage: Any) -> None:
        self._session = session
        self._storage = storage
        self._loaded: OrderedDict[bytes, Any] = OrderedDict()
        self._turn = threading.RLock()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """One at a time. OurMistake when the module fails: nobody outside knows its errors."""
        with self._turn:
            try:
                yield
            except pkcs11.exceptions.PKCS11Error as error:
                raise OurMistake(f"the key module fails: {type(error).__name__}", "keybox") from None

    def master(self, sealed: bytes, place: str) -> Key:
        """The master key in its box; loaded once to see that this module opens it."""
        if len(sealed) not in (WRAPPED_BYTES, 2 * WRAPPED_BYTES):
            raise TheirMistake("is no box of this module; make one with `chongzheng seal-key`", "master_key")
        key = Key(sealed)
        try:
            self.check_value(key)
        except OurMistake:
            raise TheirMistake("does not open in this module", "master_key") from None
        return key

    def seal_master(self, clear: bytes, place: str) -> bytes:
        """The box of the key; whoever may use this module may use it in any place."""
        return self.import_master(clear).held

    def import_master(self, clear: bytes) -> Key:
        """A clear master key in its box. TheirMistake when it is no DES key."""
        if len(clear) not in MASTER_KEY_BYTES:
            raise TheirMistake("must be 8, 16 or 24 bytes", "master_key")
        with self._speaking():
            return self._box(clear)

    def fresh(self, master: Key, size: int) -> tuple[Key, bytes]:
        """From the module's randomness."""
        with self._speaking():
            clear: bytes = self._session.generate_random(size * 8)
            return self._box(clear), self._ecb(master, clear)

    def take(self, master: Key, sealed: bytes) -> Key:
        """Decrypted and boxed by the module."""
        with self._speaking():
            clear: bytes = self._object(master).decrypt(sealed, mechanism=Mechanism.DES3_ECB)
            return self._box(clear)

    def check_value(self, key: Key) -> bytes:
        """Computed by the module."""
        with self._speaking():
            return self._ecb(key, bytes(DES_BLOCK))[:KCV_BYTES]

    def keep(self, key: Key) -> bytes:
        """The box."""
        return key.held

    def recall(self, kept: bytes) -> Key:
        """The box again. OurMistake when it was kept by software."""
        if len(kept) not in (WRAPPED_BYTES, 2 * WRAPPED_BYTES):
            raise OurMistake("this key was not kept by a hardware module", "keybox")
        return Key(kept)

    def mac(self, key: Key, algorithm: str, data: bytes) -> bytes:
        """The block ciphers run in the module; what is no secret is folded here."""
        with self._speaking():
            block = self._block(key, algorithm, data)
        if algorithm in TEXT_ALGORITHMS:
            return block[:4].hex().upper().encode("ascii")
        return block[:MAC_BYTES]

    def _block(self, key: Key, algorithm: str, data: bytes) -> bytes:
        if algorithm == "cup-ecb":
            text = b"%016X" % fold(data, DES_BLOCK)
            return self._ecb(key, _xor(self._ecb(key, text[:8]), text[8:]))
        if algorithm == "xor-3des":
            return self._ecb(key, fold(data, DES_BLOCK).to_bytes(DES_BLOCK, "big"))
        padded = data.ljust(max(1, -(-len(data) // DES_BLOCK)) * DES_BLOCK, b"\0")
        if algorithm == "x9.9":
            return self._chain(key, padded)
        if algorithm == "x9.19":
            return self._retail(key, padded)
        raise TheirMistake(f"the key box knows {', '.join(sorted(ALGORITHMS))}", "mac")

    def _retail(self, key: Key, padded: bytes) -> bytes:
        """X9.19: the left half chains all blocks but the last, the whole key ends the chain."""
        if len(key.held) != 2 * WRAPPED_BYTES:
            raise TheirMistake("must be 16 bytes for x9.19", "key")
        before, last = padded[:-DES_BLOCK], padded[-DES_BLOCK:]
        left = Key(key.held[WRAPPED_BYTES:])
        return self._ecb(key, _xor(self._chain(left, before), last) if before else last)

    def translate(self, source: Key, target: Key, block: bytes) -> bytes:
        """Two calls, one after the other, with nothing in between."""
        if len(block) != PIN_BLOCK_BYTES:
            raise TheirMistake(f"must be {PIN_BLOCK_BYTES} bytes", "F52")
        with self._speaking():
            return self._ecb(target, self._object(source).decrypt(block, mechanism=Mechanism.DES3_ECB))

    def close(self) -> None:
        """Log out; session keys are gone with it."""
        with self._turn, suppress(pkcs11.exceptions.PKCS11Error):  # it may be gone already
            self._loaded.clear()
            self._session.close()

    def _ecb(self, key: Key, data: bytes) -> bytes:
        found: bytes = self._object(key).encrypt(data, mechanism=Mechanism.DES3_ECB)
        return found

    def _chain(self, key: Key, data: bytes) -> bytes:
        found: bytes = self._object(key).encrypt(data, mechanism=Mechanism.DES3_CBC, mechanism_param=bytes(DES_BLOCK))
        return found[-DES_BLOCK:]

    def _object(self, key: Key) -> Any:
        """The key as an object of the session; the box of its left half, if it has one, is behind the first."""
        box = key.held[:WRAPPED_BYTES]
        loaded = self._loaded.get(box)
        if loaded is None:
            loaded = self._storage.unwrap_key(
                ObjectClass.SECRET_KEY, KeyType.DES3, box, mechanism=Mechanism.AES_KEY_WRAP, template=dict(_USES)
            )
            self._loaded[box] = loaded
            if len(self._loaded) > KEYS_LOADED_MAX:
                self._loaded.popitem(last=False)[1].destroy()
        else:
            self._loaded.move_to_end(box)
        return loaded

    def _box(self, clear: bytes) -> Key:
        whole = self._wrapped(clear)
        return Key(whole + self._wrapped(clear[:SINGLE_BYTES]) if len(clear) == 2 * SINGLE_BYTES else whole)

    def _wrapped(self, clear: bytes) -> bytes:
        made = self._session.create_object({**_USES, Attribute.VALUE: triple_key(clear)})
        try:
            box: bytes = self._storage.wrap_key(made, mechanism=Mechanism.AES_KEY_WRAP)
            return box
        finally:
            made.destroy()


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(DES_BLOCK, "big")


def open_module(library: str, token: str, pin_file: Path) -> Module:
    """A session at `token` of a PKCS#11 library; makes the storage key there if it is the first time.

    TheirMistake: no such library or token, a wrong PIN, a PIN file that others can read.
    """
    pin = _pin(pin_file)
    try:
        slot = pkcs11.lib(library).get_token(token_label=token)
        try:
            session = slot.open(rw=True, user_pin=pin)
        except pkcs11.exceptions.UserAlreadyLoggedIn:  # PKCS#11 logs a whole process in, not a session
            session = slot.open(rw=True)
    except pkcs11.exceptions.PinIncorrect:
        raise TheirMistake("the token does not take this PIN", str(pin_file)) from None
    except (pkcs11.exceptions.PKCS11Error, RuntimeError) as error:
        raise TheirMistake(f"cannot be opened as a key box ({type(error).__name__})", f"{library}: {token}") from None
    return Module(session, _storage_key(session))


def _storage_key(session: Any) -> Any:
    try:
        return session.get_key(object_class=ObjectClass.SECRET_KEY, label=STORAGE_LABEL)
    except pkcs11.exceptions.NoSuchKey:
        may = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.WRAP: True, Attribute.UNWRAP: True}
        return session.generate_key(KeyType.AES, STORAGE_BITS, label=STORAGE_LABEL, store=True, template=may)


def _pin(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise TheirMistake("is readable by others; chmod 600 it", str(path))
        return path.read_bytes()[:PIN_FILE_BYTES_MAX].decode("utf-8").strip()
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", str(path)) from None
