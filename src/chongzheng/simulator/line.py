"""How do both ends of the simulated wire speak: frames, envelopes, messages and their MACs?"""

from __future__ import annotations

from chongzheng.iso8583 import (
    CupEnvelope,
    Message,
    check,
    dialect,
    frame,
    join_cup,
    sign,
    split_cup,
)
from chongzheng.simulator.ledger import Key

POS = dialect("cup-pos")
ALGORITHM = "cup-ecb"
ENVELOPE = CupEnvelope(bytes.fromhex("6000030000"), bytes.fromhex("603100311001"))


def key_of(message: Message) -> Key:
    """The payment a message speaks about."""
    return Key(message.text(42), message.text(41), message.text(60)[2:8], message.text(11))


def packed(message: Message, envelope: CupEnvelope, mak: bytes | None, spoilt: bool = False) -> bytes:
    """The frame of `message`: signed when there is a key, with a MAC that is wrong when `spoilt`."""
    body = POS.encode(message) if mak is None else sign(POS, message, ALGORITHM, mak)
    if spoilt:
        body = body[:-1] + (b"0" if body[-1:] != b"0" else b"1")
    return frame(join_cup(envelope, body))


def unpacked(payload: bytes) -> tuple[CupEnvelope, bytes, Message]:
    """Envelope, body and message of a payload; TheirMistake when it is none."""
    envelope, body = split_cup(payload)
    return envelope, body, POS.decode(body)


def is_signed(message: Message, body: bytes, maks: tuple[bytes, ...]) -> bool:
    """Whether the message carries a MAC under one of these keys."""
    return 64 in message.fields and any(check(body, ALGORITHM, mak) for mak in maks)
