"""What does one entry of a dialect table say about a field on the wire?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from chongzheng.mistakes import OurMistake

KINDS = ("n", "z", "ans", "b", "hex", "xn")
PREFIX_DIGITS = {"LL": 2, "LLL": 3}
PREFIX_BYTES = {"len8": 1, "len16": 2}


class Table(TypedDict):
    """A dialect as literal data; one with `same_as` states only the fields in which it differs."""

    name: str
    same_as: NotRequired[str]
    mti: NotRequired[str]
    bitmap: NotRequired[str]
    lengths: NotRequired[str]
    charset: NotRequired[str]
    framing: NotRequired[str]
    fields: dict[int, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, how its length is told, how much it may hold and which side the pad nibble is on.

    kind `n` packed digits, `z` packed track digits (0-9, A-F; D separates), `ans` text, `b` bytes, `hex` bytes as
    hex text, `xn` one sign character and packed digits. `size` counts digits for n and z, hex characters for
    `hex`, characters for ans and xn, bytes for b. `prefix` is "" for a fixed size.
    """

    number: int
    kind: str
    prefix: str
    size: int
    pad_left: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole dialect, parsed: how type, bitmap, lengths and text stand on the wire, and its fields."""

    name: str
    mti: str
    bitmap: str
    lengths: str
    charset: str
    framing: str
    fields: dict[int, Field]

    @property
    def bitmap_at(self) -> int:
        """Where the bitmap begins in a body, in bytes."""
        return 2 if self.mti == "bcd" else 4


def prefix_bytes(lengths: str, prefix: str) -> int:
    """How many bytes the length in front of a variable field takes, where lengths are `bcd`, `ascii` or `binary`."""
    if prefix in PREFIX_BYTES:
        return PREFIX_BYTES[prefix]
    digits = PREFIX_DIGITS[prefix]
    return (digits + 1) // 2 if lengths == "bcd" else digits


def length_bytes(lengths: str, prefix: str, length: int) -> bytes:
    """A length as it stands on the wire in front of a variable field."""
    width = prefix_bytes(lengths, prefix)
    if prefix in PREFIX_BYTES:
        return length.to_bytes(width, "big")
    if lengths == "bcd":
        return bytes.fromhex(f"{length:0{2 * width}d}")
    return f"{length:0{width}d}".encode("ascii")


def parse_field(number: int, entry: str) -> Field:
    """Reads an entry such as `n LL ..19 padR` or `ans 12`; a wrong entry is our mistake."""
    words = entry.split()
    kind, prefix = words[0], ""
    if kind not in KINDS or len(words) < 2:
        raise OurMistake(f"no such table entry: {entry}", f"F{number}")
    if words[1] in PREFIX_DIGITS or words[1] in PREFIX_BYTES:
        prefix = words[1]
    size = words[2].removeprefix("..") if prefix else words[1]
    return Field(number, kind, prefix, int(size), words[-1] == "padL")


def read_tables(tables: Iterable[Table]) -> dict[str, Layout]:
    """All dialects by name; a table with `same_as` must come after the one it builds on."""
    layouts: dict[str, Layout] = {}
    for table in tables:
        fields = {number: parse_field(number, entry) for number, entry in table["fields"].items()}
        if "same_as" in table:
            parent = layouts[table["same_as"]]
            layouts[table["name"]] = Layout(
                table["name"],
                parent.mti,
                parent.bitmap,
                parent.lengths,
                parent.charset,
                parent.framing,
                {**parent.fields, **fields},
            )
        else:
            layouts[table["name"]] = Layout(
                table["name"],
                table["mti"],
                table["bitmap"],
                table["lengths"],
                table["charset"],
                table["framing"],
                fields,
            )
    return layouts
