"""What would card data look like if it had been written somewhere, in any form, and where does it stand?"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

PAN = "6222028173649502713"
"""Nineteen digits; no check digit that fits, so that nothing is masked for looking like a card."""
EXPIRY = "0007"
"""A year and month that neither a date, a time nor a count is written like."""
DATA = "9173648205"
"""The part of the tracks that only the issuer knows."""
TRACK_2, TRACK_3 = f"{PAN}D{EXPIRY}201{DATA}", f"99{PAN}={DATA}00000"
HOLDER = "KANARIENVOGEL"
TRACK_1 = f"B{PAN}^{HOLDER}/X^{EXPIRY}201{DATA}"
PIN_BLOCK = bytes.fromhex("8b3df2a95c71e604")
CVN = "Q937K41"
"""Longer than any real one: three digits stand everywhere by accident."""
CHIP = b"".join(
    bytes.fromhex(tag) + bytes([len(value)]) + value
    for tag, value in (
        ("9f26", bytes(8)),
        ("5a", bytes.fromhex(f"{PAN}F")),
        ("57", bytes.fromhex(f"{TRACK_2.replace('D', 'd')}" + "F" * (len(TRACK_2) % 2))),
        ("5f24", bytes.fromhex(f"{EXPIRY}31")),
        ("5f20", HOLDER.encode()),
        ("9f10", bytes(7)),
    )
)
EXPIRY_ALONE = re.compile(rb"(?<![0-9A-Za-z+/=_.-])0007(?![0-9A-Za-z+/=_.-])")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _base64s(data: bytes) -> Iterator[bytes]:
    """As it stands within a longer text, at each of three places; both alphabets."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + data)
        inner = text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _binary(data: bytes) -> Iterator[bytes]:
    yield data
    yield data.hex().encode()
    yield data.hex().upper().encode()
    yield data.decode("latin-1").encode("utf-8")
    yield "".join(f"\\u{byte:04x}" if not 32 <= byte < 127 else chr(byte) for byte in data).encode()
    yield from _base64s(data)


def _text(text: str) -> Iterator[bytes]:
    yield from _binary(text.encode())
    for coding in ("utf-16-le", "utf-16-be", "cp500"):
        yield from (text.encode(coding), text.encode(coding).hex().encode())
    if text.isdecimal():
        wide = text.translate(FULL_WIDTH)
        yield from (wide.encode("gbk"), wide.encode("utf-8"))
        for digits in (text[: len(text) // 2 * 2], text[1:][: (len(text) - 1) // 2 * 2]):
            yield from _binary(bytes.fromhex(digits))


def _needles() -> dict[bytes, str]:
    secrets = {"PAN": PAN, "the middle of the PAN": PAN[6:15], "track data": DATA, "holder": HOLDER, "CVN": CVN}
    found = {needle: name for name, text in secrets.items() for needle in _text(text)}
    return found | dict.fromkeys(_binary(PIN_BLOCK), "PIN block")


NEEDLES = _needles()


def hits(data: bytes) -> list[str]:
    """Which secrets stand in these bytes, in which form."""
    found = [f"{name} as {needle!r}" for needle, name in NEEDLES.items() if needle in data]
    return found + [f"expiry at {at.start()}" for at in EXPIRY_ALONE.finditer(data)]


def hits_in(folder: Path, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """The same for every file below a folder, but for those under the names given."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        f"{path.relative_to(folder)}: {hit}"
        for path in files
        if not leave_out & set(path.relative_to(folder).parts)
        for hit in hits(path.read_bytes())
    ]
