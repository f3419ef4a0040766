"""Which promises must hold for any bytes that arrive in a frame?

Only TheirMistake comes out. What is accepted means the same to the compiled and to the careful reader, is written
back as it came (but for two spellings that mean the same), and leaves nothing of card, track or PIN in what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from chongzheng.iso8583 import (
    ALGORITHMS,
    Deframer,
    Dialect,
    Message,
    careful,
    check,
    evidence,
    evidence_json,
    field_mac,
    join_cup,
    join_cups,
    lines,
    split_cup,
    split_cups,
    subfields,
    tlv,
)
from chongzheng.iso8583.masking import mask_chip
from chongzheng.mistakes import TheirMistake

FRAME_BYTES_MAX = 4_096
"""As at the doors."""
MISTAKE_CHARS_MAX = 160
TOLD = re.compile(r"\d{7}")
"""No error repeats so many digits of what came."""
KEY = bytes(range(1, 17))
PAN_DIGITS_MIN = 13
SECRETS = (2, 35, 36, 45, 52)

Beyond = Callable[[bytes, Message], None]


def is_genuine(covered: bytes, value: bytes) -> bool:
    """The check of a link that has keys."""
    return field_mac("cup-ecb", KEY, covered) == value


class Broken(Exception):
    """A promise that did not hold; the words never repeat a value."""


def hold(truth: bool, promise: str) -> None:
    """Broken, unless it is true."""
    if not truth:
        raise Broken(promise)


def refused(mistake: TheirMistake) -> None:
    """A mistake is one short line that repeats nothing that could be a card number."""
    line = str(mistake)
    hold(len(line) <= MISTAKE_CHARS_MAX and line.isprintable(), "a mistake is one short line")
    hold(not TOLD.search(line), "a mistake repeats no digits of what came")


def payloads(data: bytes) -> list[bytes]:
    """The frames in a stream of these bytes."""
    return fed([data])[0]


def piecewise(data: bytes, dice: Random) -> None:
    """One piece or many give the same frames and the same mistake."""
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(3))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    hold(fed(pieces) == fed([data]), "frames do not depend on the pieces in which they arrive")


def fed(pieces: list[bytes]) -> tuple[list[bytes], str]:
    """Frames, and the mistake with which the stream ended, asked for once more at the end."""
    deframer, found, trouble = Deframer(FRAME_BYTES_MAX), list[bytes](), ""
    for piece in [*pieces, b""]:
        try:
            found += deframer.feed(piece)
        except TheirMistake as mistake:
            trouble = str(mistake)
        hold(deframer.waiting_bytes <= FRAME_BYTES_MAX + 1, "a deframer holds less than a frame")
    return found, trouble


def body_of(spoken: Dialect, payload: bytes) -> bytes:
    """The body behind the envelope, which comes back as it was."""
    framing = spoken.layout.framing
    if framing == "none":
        return payload
    if framing == "cup":
        envelope, body = split_cup(payload)
        hold(join_cup(envelope, body) == payload, "an envelope comes back as it was")
        return body
    header, body = split_cups(payload)
    hold(join_cups(header, body) == payload, "a header comes back as it was")
    return body


def understood(spoken: Dialect, body: bytes) -> Message | None:
    """The message, which both readers understand alike and which is written back as it came; None when the body is
    refused, properly."""
    try:
        msg = spoken.decode(body)
    except TheirMistake as mistake:
        refused(mistake)
        return None
    hold(careful.read(spoken.layout, body) == msg, "both readers understand the same")
    written = spoken.encode(msg)
    hold(written == body or written == _usual(spoken, body, msg), "what is accepted is written back as it came")
    return msg


def kept(spoken: Dialect, body: bytes, msg: Message, turn: int) -> None:
    """What else must be true of an accepted message. `turn` chooses the MAC that is checked."""
    check(body, ALGORITHMS[turn % len(ALGORITHMS)], KEY)
    written = spoken.encode(msg)
    hold(written == careful.write(spoken.layout, msg), "both writers write the same")
    hold(spoken.decode(written) == msg, "what is written back means the same")
    _evidence(msg)
    subfields(msg, spoken.name)
    lines(msg, False, spoken)
    if 55 in msg.fields:
        value = msg.fields[55]
        chip(value if isinstance(value, bytes) else value.encode("latin-1"))


def _usual(spoken: Dialect, body: bytes, msg: Message) -> bytes:
    """The spelling that we write: hex digits in capitals, and no second half of a bitmap that names nothing."""
    layout = spoken.layout
    at, half = layout.bitmap_at, 8 if layout.bitmap == "binary" else 16
    is_long = (body[at] if layout.bitmap == "binary" else int(chr(body[at]), 16) << 4) & 0x80
    if is_long and max(msg.fields, default=0) <= 64:
        first = bytearray(body[at : at + half])
        first[0] = first[0] & 0x7F if layout.bitmap == "binary" else ord(f"{int(chr(first[0]), 16) & 7:X}")
        body = body[:at] + first + body[at + 2 * half :]
        is_long = 0
    if layout.bitmap == "hex":
        end = at + half * (2 if is_long else 1)
        body = body[:at] + body[at:end].upper() + body[end:]
    for value in (value for n, value in msg.fields.items() if layout.fields[n].kind == "hex"):
        if isinstance(value, bytes):
            text = value.hex().encode()
            body = re.sub(re.escape(text), text.upper(), body, count=1, flags=re.IGNORECASE)
    return body


def _evidence(msg: Message) -> None:
    """What evidence keeps is the same both ways, and holds no secret but where the sender wrote it elsewhere too."""
    known = evidence_json(msg)
    hold(known == evidence.carefully(msg), "evidence is the same both ways")
    text = known.decode()
    for number in SECRETS:
        if number in msg.fields:
            value = msg.fields[number]
            secret = value.hex().upper() if isinstance(value, bytes) else value
            if len(secret) >= PAN_DIGITS_MIN and secret in text:
                others = [msg.text(n) for n in msg.fields if n not in SECRETS]
                open_too = any(secret in other or msg.text(number) in other for other in others)
                hold(open_too or len(set(secret)) < 3, f"nothing of F{number} is kept")
    hold(not re.search(r'"(14|34|35|36|45|52)":', text), "no field that is never written anywhere is kept")


def chip(data: bytes) -> bool:
    """Chip data keeps its promises; whether it could be read."""
    mask_chip(data)
    try:
        elements = tlv.parse(data)
    except TheirMistake as mistake:
        refused(mistake)
        elements = None
    try:
        short = tlv.keep(data)
    except TheirMistake:
        hold(elements is None, "what can be read can be cut")
        return False
    if elements is None:
        raise Broken("what cannot be read is not kept")
    hold(short == tlv.build(e for e in elements if e.tag in tlv.REVERSAL_TAGS), "both ways cut chip data alike")
    hold(tlv.parse(tlv.build(elements)) == elements or _is_long_form(data, elements), "chip data comes back")
    return True


def _is_long_form(data: bytes, elements: tuple[tlv.Element, ...]) -> bool:
    """Lengths that stand in a longer form than they need: the bytes shrink, tags and values stay."""
    again = tlv.parse(tlv.build(elements))
    return [(e.tag, e.value) for e in again] == [(e.tag, e.value) for e in elements] and len(data) > 0
