"""Which file lies in this archive?

A zip's one member that the layout wants, what a gzip holds, or the bytes as they are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from chongzheng.mistakes import TheirMistake

MEMBERS_MAX = 1_000
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
GZIP_WINDOW = 16 + zlib.MAX_WBITS
UTF8_NAMES = 0x800
"""The flag of a zip's member whose name is UTF-8; all others are in the code page of whoever packed it, here GBK."""


def unwrap(data: bytes, name: str, member: re.Pattern[str] | None, bytes_max: int) -> tuple[bytes, str]:
    """The content and the name it goes by. TheirMistake: damaged, no member or several that fit, too large, locked."""
    if data.startswith(ZIP):
        return _from_zip(data, name, member, bytes_max)
    if data.startswith(GZIP):
        return _from_gzip(data, name, bytes_max), name.removesuffix(".gz")
    return data, name


def _from_zip(data: bytes, name: str, member: re.Pattern[str] | None, bytes_max: int) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            chosen = _chosen(archive.infolist(), name, member)
            with archive.open(chosen) as file:
                content = file.read(bytes_max + 1)
    except RuntimeError:
        raise TheirMistake("is locked with a password, or packed in a rare way; pack it plainly", name) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise TheirMistake("is a damaged zip; ask for it again", name) from None
    return _bounded(content, name, bytes_max), _name(chosen)


def _chosen(members: list[zipfile.ZipInfo], name: str, member: re.Pattern[str] | None) -> zipfile.ZipInfo:
    if len(members) > MEMBERS_MAX:
        raise TheirMistake(f"holds more than {MEMBERS_MAX} files", name)
    files = [one for one in members if not one.is_dir()]
    fitting = [one for one in files if member is None or member.search(_name(one))]
    if len(fitting) != 1:
        raise TheirMistake(f"is a zip with {len(fitting)} files of this layout among {len(files)}, not one", name)
    return fitting[0]


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name without folders; old packers write it in GBK and do not say so."""
    full = member.filename
    if not member.flag_bits & UTF8_NAMES:
        full = full.encode("cp437", "replace").decode("gb18030", "replace")
    return full.replace("\\", "/").rpartition("/")[2]


def _from_gzip(data: bytes, name: str, bytes_max: int) -> bytes:
    unpacking = zlib.decompressobj(GZIP_WINDOW)
    try:
        content = unpacking.decompress(data, bytes_max + 1)
    except zlib.error:
        raise TheirMistake("is a damaged gzip; ask for it again", name) from None
    if len(content) <= bytes_max and not unpacking.eof:
        raise TheirMistake("is a gzip that was cut; ask for it again", name)
    return _bounded(content, name, bytes_max)


def _bounded(content: bytes, name: str, bytes_max: int) -> bytes:
    if len(content) > bytes_max:
        raise TheirMistake(f"holds more than {bytes_max} bytes", name)
    return content
