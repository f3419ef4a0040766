"""What stands in a text file of the operator's own?"""

from __future__ import annotations

from pathlib import Path

from chongzheng.mistakes import TheirMistake


def text_of(path: Path, bytes_max: int) -> str:
    """Its text. TheirMistake: not there, too large, not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except OSError as wrong:
        raise TheirMistake(f"cannot be read: {wrong.strerror}", path.name) from None
    if len(data) > bytes_max:
        raise TheirMistake(f"has more than {bytes_max} bytes", path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", path.name) from None
