"""Which working keys does a sign-in answer bring in F62, and do their check values agree?

Layouts by length, keys encrypted under the terminal master key in ECB: 24 (PIK8, MAK8), 40 (PIK16, MAK8 and 8 zero
bytes, or MAK16), 60 (PIK16, MAK16, TDK16), each key followed by its 4-byte check value; `24-plain` is PIK16 and MAK8
without check values and cannot be told from 24 by its length, so it must be asked for.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from chongzheng.iso8583.mac import triple_key
from chongzheng.mistakes import TheirMistake

KCV_BYTES = 4
SM4_CAPTURE_BYTES = 104

# per key: its name, the bytes it takes, whether a check value follows
LAYOUTS: dict[str, tuple[tuple[str, int, bool], ...]] = {
    "24": (("pik", 8, True), ("mak", 8, True)),
    "40": (("pik", 16, True), ("mak", 16, True)),
    "60": (("pik", 16, True), ("mak", 16, True), ("tdk", 16, True)),
    "24-plain": (("pik", 16, False), ("mak", 8, False)),
}


@dataclass(frozen=True, slots=True, repr=False)
class WorkingKeys:
    """Clear working keys: PIN key, MAC key (8 bytes where the slot of 16 held a single one), track key or None."""

    pik: bytes = field()
    mak: bytes = field()
    tdk: bytes | None = None

    def __repr__(self) -> str:
        """Never a key."""
        return "WorkingKeys(hidden)"


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(TripleDES(triple_key(key)), modes.ECB())


def ecb_encrypt(key: bytes, data: bytes) -> bytes:
    """`data` (whole blocks of 8 bytes) under a clear key of 8, 16 or 24 bytes."""
    return _cipher(key).encryptor().update(data)


def ecb_decrypt(key: bytes, data: bytes) -> bytes:
    """What `ecb_encrypt` made into `data`."""
    return _cipher(key).decryptor().update(data)


def kcv(key: bytes) -> bytes:
    """The check value of a clear key: the first 4 bytes of 8 zero bytes encrypted under it."""
    return ecb_encrypt(key, bytes(8))[:KCV_BYTES]


def _size(layout: str) -> int:
    return sum(size + (KCV_BYTES if checked else 0) for _, size, checked in LAYOUTS[layout])


def _layout_for(f62: bytes, layout: str | None) -> str:
    if len(f62) == SM4_CAPTURE_BYTES and layout is None:
        raise TheirMistake("holds SM4 keys (104 bytes), whose layout is not known", "F62")
    chosen = layout or str(len(f62))
    if chosen not in LAYOUTS:
        raise TheirMistake(f"no layout {chosen} of working keys, there are {', '.join(LAYOUTS)}", "F62")
    if len(f62) != _size(chosen):
        raise TheirMistake(f"is {len(f62)} bytes long, layout {chosen} needs {_size(chosen)}", "F62")
    return chosen


def _open_key(name: str, sealed: bytes, tmk: bytes) -> bytes:
    single = name == "mak" and len(sealed) == 16 and not any(sealed[8:])
    clear = ecb_decrypt(tmk, sealed[:8] if single else sealed)
    if name == "mak" and clear[:8] == clear[8:]:
        return clear[:8]  # doubled in its slot: single DES all the same
    return clear


def open_working_keys(f62: bytes, tmk: bytes, layout: str | None = None) -> WorkingKeys:
    """The clear keys in F62 under the master key `tmk` (8, 16 or 24 bytes), by its length or the given layout.

    `TheirMistake` when the length is unknown or a check value does not agree.
    """
    opened: dict[str, bytes] = {}
    at = 0
    for name, size, checked in LAYOUTS[_layout_for(f62, layout)]:
        opened[name] = _open_key(name, f62[at : at + size], tmk)
        at += size
        if checked:
            if kcv(opened[name]) != f62[at : at + KCV_BYTES]:
                raise TheirMistake(f"the check value of the {name} does not agree, is the master key right?", "F62")
            at += KCV_BYTES
    return WorkingKeys(opened["pik"], opened["mak"], opened.get("tdk"))


def _seal_key(name: str, size: int, key: bytes | None, tmk: bytes) -> bytes:
    if key is not None and len(key) == size:
        return ecb_encrypt(tmk, key)
    if name == "mak" and key is not None and len(key) == 8:
        return ecb_encrypt(tmk, key) + bytes(8)
    raise TheirMistake(f"the {name} must be {size} bytes", "F62")


def seal_working_keys(pik: bytes, mak: bytes, tmk: bytes, layout: str, tdk: bytes | None = None) -> bytes:
    """F62 for these clear keys in one of `LAYOUTS`; the inverse of `open_working_keys`."""
    if layout not in LAYOUTS:
        raise TheirMistake(f"no layout {layout} of working keys, there are {', '.join(LAYOUTS)}", "F62")
    keys = {"pik": pik, "mak": mak, "tdk": tdk}
    parts: list[bytes] = []
    for name, size, checked in LAYOUTS[layout]:
        key = keys[name]
        parts.append(_seal_key(name, size, key, tmk))
        if checked and key is not None:
            parts.append(kcv(key))
    return b"".join(parts)
