"""How many records, and which bytes, did the sender put into this file? The control file that vouches for it.

ACOM has no trailer in our sources, so nothing inside it shows that its end is missing (docs/decisions/0003). One
`name=value` a line: `day=yyyymmdd`, `records=N`, `amount_fen=SUM` over all records, `sha256=HEX` of the whole file; and
`corrects=HEX`, the digest of another file, where this one takes the place of that one; `format=WORD`, where the file's
name does not say in which layout it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake

CONTROL_BYTES_MAX = 4096

_FORMS = {
    "day": re.compile(r"\d{8}", re.ASCII),
    "records": re.compile(r"\d{1,12}", re.ASCII),
    "amount_fen": re.compile(r"\d{1,24}", re.ASCII),
    "sha256": re.compile(r"[0-9a-fA-F]{64}"),
    "format": re.compile(r"[a-z0-9][a-z0-9-]{0,31}"),
    "corrects": re.compile(r"[0-9a-fA-F]{64}"),
}
NEEDED = ("day", "records", "amount_fen", "sha256")


@dataclass(frozen=True, slots=True)
class Control:
    """What a complete file holds: `day` yyyymmdd, `records` lines, `amount_fen` their sum, `sha256` lower-case hex,
    `corrects` that of the file whose place it takes, `format` the layout's word, "" for none."""

    day: str
    records: int
    amount_fen: int
    sha256: str
    corrects: str = ""
    format: str = ""


def parse(data: bytes, name: str) -> Control:
    """The control file called `name`; TheirMistake says which line is wrong."""
    if len(data) > CONTROL_BYTES_MAX:
        raise TheirMistake(f"is longer than {CONTROL_BYTES_MAX} bytes; it is not a control file", name)
    values: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), 1):
        if line.strip():
            key, value = _pair(line.strip(), f"{name}: line {number}", values)
            values[key] = value
    missing = [key for key in NEEDED if key not in values]
    if missing:
        raise TheirMistake(f"has no {' and no '.join(missing)}", name)
    digest, corrects = values["sha256"].lower(), values.get("corrects", "").lower()
    records, amount_fen = int(values["records"]), int(values["amount_fen"])
    return Control(values["day"], records, amount_fen, digest, corrects, values.get("format", ""))


def _pair(line: str, where: str, known: dict[str, str]) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in line.partition("="))
    if not equals or key not in _FORMS:
        raise TheirMistake(f"is not one of {', '.join(_FORMS)} with = and a value", where)
    if key in known:
        raise TheirMistake(f"names {key} a second time", where)
    if not _FORMS[key].fullmatch(value):
        raise TheirMistake(f"has no proper value for {key}", where)
    return key, value
