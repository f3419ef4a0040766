"""How does a good document become a bad one? By its lines, by its values, or by bytes alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from chongzheng.simulator.fuzz.mutations import flip, spoil

DEEP, LONG = 1_500, 5_000
"""Deeper and longer than any reader of ours should follow."""
VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 10**30, -(10**18), 1.5, 1e308, "", "x" * LONG, "\0", "１２", "²", "\n", "hex:zz", "00",
    "-1", "6222021234567890", [], {}, [None], {"": None}, [[[]]],
)  # fmt: skip
JSON_TOKENS = (
    b"[" * DEEP, b'{"a":' * DEEP, b"[" * 996 + b"]" * 996, b"1" * LONG, b"1e999", b"-", b'"\\ud800"', b"\xff\xfe",
    b"NaN", b"-Infinity", b"null", b"\xef\xbb\xbf", b"\0", b'"', b",", b"{}",
)  # fmt: skip
TOML_TOKENS = (
    b"[" * DEEP, b"1" * LONG, b"2021-02-30", b"2021-02-03", b"10:11:12", b"nan", b"-inf", b'"\\u0000"', b"{}",
    b"[1, [2]]", b'"\\uD800"', b"0x1F", b"true", b'""', b"[]", b"'''", b"\xff", b"a.b.c = 1\n", b"[[x]]\n",
    b"{a = {b = 1}}", b'"99999999999999999999"', b"-1", b"1.5", b'"x:99999"', b'["a", 1]', b"[{}]",
    b"kinds = [1]\n", b"copies = 1\n",
)  # fmt: skip
LINE_TOKENS = (
    b'"', b",", b"\0", b"\r", b"\n", b"\xff", b"=", b"9" * LONG, b"\xef\xbb\xbf", "２".encode(), b"-1", b"", b" ",
    b"nan", b"x" * 70_000, b'"' + b"x" * 140_000, b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-12:00",
)  # fmt: skip


def bent(dice: Random, document: Any) -> Any:
    """The document with one value replaced, taken out, doubled or renamed; the original is left as it was."""
    copy = json.loads(json.dumps(document))
    places = [(None, ""), *_places(copy)]
    holder, key = places[dice.randrange(len(places))]
    if holder is None:
        return dice.choice((copy, [copy], dice.choice(VALUES)))
    match dice.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[dice.choice(("", "x", "fields", "at", f"{key}2", "129", "2"))] = holder[key]
        case 2 if isinstance(holder, list):
            holder.append(holder[key])
        case _:
            holder[key] = dice.choice(VALUES)
    return copy


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        found += [(value, key), *_places(one)]
    return found


def mangled(dice: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    """The text with a token where none belongs, a line lost, doubled or moved, a value exchanged, or bytes spoiled."""
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    match dice.randrange(8):
        case 0:
            return flip(dice, data)
        case 1:
            return spoil(dice, data)
        case 2:
            return data[: dice.randrange(len(data) + 1)]
        case 3:
            del lines[at]
        case 4:
            lines.insert(dice.randrange(len(lines) + 1), lines[at])
        case 5:
            place = dice.randrange(len(data) + 1)
            return data[:place] + dice.choice(tokens) + data[place:]
        case _:
            lines[at] = _exchanged(dice, lines[at], dice.choice(tokens))
    return b"\n".join(lines)


def _exchanged(dice: Random, line: bytes, token: bytes) -> bytes:
    """The value behind an equals sign, or one cell between commas, becomes the token."""
    name, sign, _ = line.partition(b"=")
    if sign:
        return name + b"= " + token
    cells = line.split(b",")
    cells[dice.randrange(len(cells))] = token
    return b",".join(cells)
