"""Who may read a card number or a key that we must keep for a while? Only whoever holds the vault's key file."""

from __future__ import annotations

import hmac
import json
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chongzheng.mistakes import OurMistake, TheirMistake

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID_BYTES_MAX = 16
VAULT_FILE_BYTES_MAX = 64 * 1024


class Vault:
    """AES-GCM under named keys. Every sealed value carries its key's id; `aad` names its place (table, column, row),
    so a ciphertext that is moved to another row does not open."""

    def __init__(self, keys: dict[str, bytes], current: str, index_key: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current
        self._index_key = index_key

    @classmethod
    def create(cls, path: str | Path) -> Vault:
        """Write a new key file (mode 0600) with one fresh key and open it. Refuses to overwrite."""
        document = {
            "keys": {"k1": os.urandom(KEY_BYTES).hex()},
            "current": "k1",
            "index": os.urandom(KEY_BYTES).hex(),
        }
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise TheirMistake("exists already; a key file is never overwritten", str(path)) from None
        except OSError as error:
            raise TheirMistake(f"cannot be made ({error.strerror})", str(path)) from None
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(handle)  # what is sealed under a key that a power cut took is lost for good
        return cls.from_file(path)

    @classmethod
    def from_file(cls, path: str | Path) -> Vault:
        """Open a key file. TheirMistake when it is missing, readable by others, or not a key file."""
        try:
            if os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise TheirMistake("is readable by others; chmod 600 it", str(path))
            with open(path, "rb") as file:
                document = json.loads(file.read(VAULT_FILE_BYTES_MAX))
            keys = {str(key_id): _key(value) for key_id, value in document["keys"].items()}
            current, index_key = str(document["current"]), _key(document["index"])
        except OSError as error:
            raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise TheirMistake("is not a vault key file", str(path)) from None
        if current not in keys or any(len(key_id.encode()) > KEY_ID_BYTES_MAX for key_id in keys):
            raise TheirMistake("names no usable current key", str(path))
        return cls(keys, current, index_key)

    def seal(self, data: bytes, aad: str) -> bytes:
        """id length, id, nonce, ciphertext with tag."""
        key_id = self._current.encode()
        nonce = os.urandom(NONCE_BYTES)
        box = self._ciphers[self._current].encrypt(nonce, data, aad.encode())
        return bytes([len(key_id)]) + key_id + nonce + box

    def open(self, sealed: bytes, aad: str) -> bytes:
        """The data again. OurMistake when it was moved, changed, or sealed under a key that is gone."""
        size = sealed[0] if sealed else 0
        cipher = self._ciphers.get(sealed[1 : 1 + size].decode("utf-8", "replace"))
        if cipher is None:
            raise OurMistake("sealed under a key that this vault does not have", aad)
        nonce, box = sealed[1 + size : 1 + size + NONCE_BYTES], sealed[1 + size + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, box, aad.encode())
        except (InvalidTag, ValueError):
            raise OurMistake("the sealed value does not open here", aad) from None

    def index(self, digits: str) -> str:
        """A keyed hash to find or compare by; nobody without the key can go back or try all numbers."""
        return hmac.digest(self._index_key, digits.encode(), "sha256").hex()[:32]


def _key(text: object) -> bytes:
    key = bytes.fromhex(str(text))
    if len(key) != KEY_BYTES:
        raise ValueError
    return key
