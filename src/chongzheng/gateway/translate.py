"""What does a POS message mean to the machine, and which message does an effect of the machine make?

The only file that knows both. Field rules: facts of the UnionPay POS dialect (types by F3, F25 and F60.1; the
key F42, F41, F60.2, F11; what a reversal repeats and what it must not carry; what an answer must echo).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from chongzheng.card import Pan
from chongzheng.gateway.channel import Channel, Does, Errand, Kind, packaged
from chongzheng.iso8583 import Message, Value, dialect, evidence_json
from chongzheng.iso8583.tlv import keep
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import ANY, Answer, Key, Moves, Pairs, Request, Undo
from chongzheng.reversal.payment import Payment

POS = dialect("cup-pos")

CUP_POS = packaged(POS.name)
"""The kinds of messages that a terminal of this dialect may send, unless an operator says otherwise."""
PURCHASE = CUP_POS.kinds["purchase"]

ECHO = (3, 4, 11, 41, 42)
"""What an answer must repeat before it may be believed; F4 only where the whole amount was approved."""
_take_echo = itemgetter(*ECHO)
AMOUNT_IN_ECHO = ECHO.index(4)
PART = "10"
"""F39 of an approval for less than was asked; F4 then says how much."""

OUTLINE = (3, 4, 11, 25, 41, 42, 49, 60)
"""What our own answer to a terminal repeats; no card data, so it may be held while the host thinks."""

REVERSAL_NEEDS = (3, 4, 11, 25, 41, 42, 60)
UNDO_TYPE = "0400"
BATCH_DIGITS, ORIGINAL_DIGITS = 6, 12
"""F61 begins with batch (6) and trace number (6) of the original."""
CHINESE_YUAN = "156"
BATCH_FROM, BATCH_TO = 2, 8
FORMAT_ERROR, BAD_AMOUNT, NOT_SUPPORTED, OTHER_CURRENCY = "30", "13", "40", "A1"
CARD_FIELDS = (2, 35, 36, 55)
"""A transaction that moves money names its card in one of these: typed, track 2, track 3 or chip."""
OTHER_REASON = "06"
SETTLEMENT_DAY, CHIP, MAC_FIELD = 15, 55, 64
GOOD, BAD, ABSENT = "good", "bad", "absent"
HEX_MARK = "hex:"
_NUMBERS = {str(number): number for number in range(2, 129)}
TYPE_MARK = "mti"
"""Under this name a notice's identity holds its message type."""


class Wants(StrEnum):
    """What a terminal wants."""

    TRANSACTION = "a transaction"
    REVERSAL = "a reversal"
    SIGN_IN = "a sign-in"
    ANSWER = "an answer of ours"
    PASSAGE = "passage to the host"
    OTHER = "not supported"


_ERRANDS = {Does.SIGN_IN: Wants.SIGN_IN, Does.ANSWER: Wants.ANSWER, Does.GO_THROUGH: Wants.PASSAGE}


class Said(StrEnum):
    """What a host's message is to us."""

    REPLY = "answer to a sale"
    REVERSAL_ANSWER = "answer to a reversal"
    SIGNED_IN = "answer to a sign-in"
    ECHOED = "answer to an echo test"
    OTHER = "nothing we asked for"


SAID = {
    "0110": Said.REPLY,
    "0210": Said.REPLY,
    "0230": Said.REPLY,
    "0410": Said.REVERSAL_ANSWER,
    "0810": Said.SIGNED_IN,
    "0830": Said.ECHOED,
}
"""The type of an answer is the type of its request with 10 more."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A terminal's message, understood. `refusal` is the F39 to answer at once with, "" when it may go on;
    `kind` is that of a transaction, or of the one that is reversed; `errand` is set for what moves no money."""

    wants: Wants
    message: Message
    refusal: str = ""
    kind: Kind = PURCHASE
    errand: Errand | None = None

    @property
    def terminal(self) -> str:
        """F41 as on the wire."""
        return self.message.text(41)

    @property
    def merchant(self) -> str:
        """F42 as on the wire."""
        return self.message.text(42)

    @property
    def has_pin(self) -> bool:
        """Whether it carries a PIN block."""
        return 52 in self.message.fields

    @property
    def network_code(self) -> str:
        """F60.3: which kind of sign-in, or which test."""
        return self.message.text(60)[8:11]


@dataclass(frozen=True, slots=True)
class HostWord:
    """A host's message, understood. `mac`: good, bad or absent, as the door found it."""

    said: Said
    message: Message
    mac: str

    def says(self, code: str, repeated: tuple[str, ...]) -> bool:
        """Whether it says F39 `code` and may be believed: right echo, no wrong MAC, a good one under an approval."""
        if self.mac == BAD or self.message.text(39) != code:
            return False
        theirs = _answered_echo(self.message)
        if any(one not in (asked, ANY) for one, asked in zip(theirs, repeated, strict=True)):
            return False
        return self.mac == GOOD or code not in ("00", PART, "11")


def hear(body: bytes, channel: Channel = CUP_POS, day: str = "") -> Heard:
    """Understand a terminal's message (from the message type on). TheirMistake names the field that is broken.

    `channel` says which kinds there are, `day` (yyyymmdd) on which business day.
    """
    message = POS.decode(body)
    if message.mti[2] in "13579":
        raise TheirMistake("is an answer, and nobody asked a terminal", "MTI")
    code = message.text(60)
    if message.mti == UNDO_TYPE:
        return _heard_reversal(message, channel.kind_reversed(message.text(3), message.text(25), code[:2], day))
    kind = channel.kind_of(message.mti, message.text(3), message.text(25), code[:2], day)
    if kind is not None:
        return Heard(Wants.TRANSACTION, message, _refusal(message, kind), kind)
    errand = channel.errand_of(message.mti, code[:2], code[8:11])
    if errand is None:
        return Heard(Wants.OTHER, message, NOT_SUPPORTED)
    return Heard(_ERRANDS[errand.does], message, errand=errand)


def _heard_reversal(message: Message, kind: Kind | None) -> Heard:
    if kind is None:
        return Heard(Wants.OTHER, message, NOT_SUPPORTED)
    short = len(message.text(60)) < BATCH_TO or any(number not in message.fields for number in REVERSAL_NEEDS)
    return Heard(Wants.REVERSAL, message, FORMAT_ERROR if short else "", kind)


def _refusal(message: Message, kind: Kind) -> str:
    if len(message.text(60)) < BATCH_TO or any(number not in message.fields for number in kind.needs):
        return FORMAT_ERROR
    if kind.link and _named_in_f61(message) is None:
        return FORMAT_ERROR
    if kind.moves is Moves.NOTHING:
        return ""
    if message.text(49) not in ("", CHINESE_YUAN):
        return OTHER_CURRENCY
    if not any(number in message.fields for number in CARD_FIELDS):
        return FORMAT_ERROR
    return BAD_AMOUNT if _amount(message) == 0 else ""


def _amount(message: Message) -> int:
    """F4 in fen; 0 when it is missing or, as the text of some dialects allows, no number."""
    text = message.text(4)
    return int(text) if text.isdecimal() else 0


def understand(body: bytes, is_genuine: Callable[[bytes], bool]) -> HostWord:
    """A host's message; `is_genuine(body)` checks its MAC. TheirMistake names the field that is broken."""
    message = POS.decode(body)
    mac = ABSENT
    if MAC_FIELD in message.fields:
        mac = GOOD if is_genuine(body) else BAD
    return HostWord(SAID.get(message.mti, Said.OTHER), message, mac)


def key(message: Message) -> Key:
    """Which payment it speaks about: F42, F41, F60.2, F11. TheirMistake when one of them is missing."""
    fields = message.fields
    if not (11 in fields and 41 in fields and 42 in fields and 60 in fields):
        missing = next(number for number in (11, 41, 42, 60) if number not in fields)
        raise TheirMistake("is missing", f"F{missing}")
    batch = message.text(60)[BATCH_FROM:BATCH_TO]
    if len(batch) != BATCH_TO - BATCH_FROM:
        raise TheirMistake("has no batch number", "F60.2")
    return Key(message.text(42), message.text(41), batch, message.text(11))


def original_key(heard: Heard) -> Key | None:
    """Which payment a void or a completion is about: F61.1 and F61.2 of the same terminal; None for other kinds."""
    return _named_in_f61(heard.message) if heard.kind.link else None


def older_key(heard: Heard) -> Key | None:
    """Which payment a reversal means by F61, where its terminal has signed in again and F60.2 is the new batch."""
    return None if heard.kind.link else _named_in_f61(heard.message)


def _named_in_f61(message: Message) -> Key | None:
    named = message.text(61)
    if len(named) < ORIGINAL_DIGITS or not named[:ORIGINAL_DIGITS].isdecimal():
        return None
    return Key(message.text(42), message.text(41), named[:BATCH_DIGITS], named[BATCH_DIGITS:ORIGINAL_DIGITS])


def request(
    heard: Heard,
    day: str,
    day_ends_at: int,
    index: Callable[[str], str],
    name: Callable[[Key], str] = lambda key: "",
) -> Request:
    """What the machine keeps of a transaction or a reversal. `index`: the vault's keyed hash of a card number;
    `name`: the id of the payment with this key."""
    message, kind = heard.message, heard.kind
    original = original_key(heard)
    identity = _identity(message, kind)
    digits = _card_digits(message)
    return Request(
        key=key(message),
        amount_fen=_amount(message),
        currency=message.text(49) or CHINESE_YUAN,
        fingerprint=_fingerprint(kind, identity, index(digits) if digits else ""),
        echo=echo(message),
        identity=identity,
        day=day,
        day_ends_at=day_ends_at,
        masked_pan=Pan(digits).masked,
        kind=kind.name,
        undo=kind.undo,
        moves=kind.moves,
        original=name(original) if original is not None else "",
        link=kind.link,
    )


def reason(heard: Heard) -> str:
    """Why the terminal reverses: its F39, or 06 when it does not say."""
    return heard.message.text(39) or OTHER_REASON


def card(heard: Heard) -> Pan | None:
    """The card number, typed (F2) or from track 2; None when the message carries none that could be one."""
    pan = Pan(_card_digits(heard.message))
    return pan if pan.well_formed else None


def _card_digits(message: Message) -> str:
    return message.text(2) or message.text(35).upper().replace("=", "D").partition("D")[0]


def _identity(message: Message, kind: Kind) -> Pairs:
    pairs = [(TYPE_MARK, kind.mti)] if kind.undo is Undo.RESEND else []
    for number in kind.copies:
        value = message.fields.get(number)
        if number == CHIP:
            value = _reversal_chip(value)
        if value:
            pairs.append((str(number), value if isinstance(value, str) else HEX_MARK + value.hex().upper()))
    return tuple(pairs)


def _reversal_chip(value: Value | None) -> bytes | None:
    """F55 cut to the tags of a reversal; chip data that cannot be read is left out rather than passed on."""
    if not isinstance(value, bytes):
        return None
    try:
        return keep(value)
    except TheirMistake:
        return None


def chip_of_reversal(chip: str) -> str:
    """What a reversal repeats of chip data, both in hex, with or without the mark; what cannot be read as it stands."""
    text = chip.removeprefix(HEX_MARK)
    try:
        return keep(bytes.fromhex(text)).hex().upper()
    except (ValueError, TheirMistake):
        return text


def _fingerprint(kind: Kind, identity: Pairs, card_index: str) -> str:
    """Under one key (fact 7 without its message type) another type, or any other field, is another request."""
    named = (*identity, ("type", kind.mti), ("card", card_index))
    text = "\x1e".join(f"{name}\x1f{value}" for name, value in named)
    return hashlib.sha256(text.encode("latin-1", "replace")).hexdigest()


def echo(message: Message) -> tuple[str, ...]:
    """What an answer must repeat, as it stands in this message; "" where the field is missing."""
    try:
        said: tuple[Value, ...] = _take_echo(message.fields)
    except KeyError:
        return tuple(message.text(number) for number in ECHO)
    return tuple([one if isinstance(one, str) else one.decode("latin-1") for one in said])


def answer(word: HostWord) -> Answer:
    """What a host's answer says, as the machine takes it."""
    message = word.message
    code = message.text(39)
    return Answer(
        code,
        word.mac,
        _answered_echo(message),
        rrn=message.text(37),
        auth=message.text(38),
        amount_fen=_amount(message) if code == PART else None,
        settles=message.text(SETTLEMENT_DAY),
    )


def _answered_echo(message: Message) -> tuple[str, ...]:
    said = echo(message)
    if message.text(39) != PART:
        return said
    return (*said[:AMOUNT_IN_ECHO], ANY, *said[AMOUNT_IN_ECHO + 1 :])


def outline(heard: Heard) -> Message:
    """What must be remembered of a terminal's message to answer it later: no card data."""
    kept = {number: value for number, value in heard.message.fields.items() if number in OUTLINE}
    return Message(heard.message.mti, kept)


def refuse(asked: Message, code: str, local_time: str, local_date: str) -> Message:
    """Our own answer with F39 `code` to a message or its outline. `local_time` hhmmss, `local_date` MMDD."""
    kept = {number: value for number, value in asked.fields.items() if number in OUTLINE}
    return Message(_answer_type(asked.mti), {**kept, 12: local_time, 13: local_date, 39: code})


def relay(reply: Message, code: str) -> Message:
    """The host's reply as the terminal gets it: everything but the host's MAC, and F39 as the machine decided."""
    return reply.with_fields({39: code, 64: None, 128: None})


def passage_name(message: Message) -> str:
    """The same for a message that is passed on and for its answer: class, terminal and trace number."""
    kind = message.mti[:2] + str(int(message.mti[2]) // 2 * 2)
    return "\x1f".join((kind, message.text(42), message.text(41), message.text(11)))


def _answer_type(mti: str) -> str:
    return f"{mti[:2]}{(int(mti[2]) + 1) % 10}{mti[3]}"


def forward(heard: Heard) -> Message:
    """The sale as the host gets it, still without the MAC of the link."""
    return heard.message.with_fields({64: None, 128: None})


def approval(asked: Message, payment: Payment, code: str, local_time: str, local_date: str) -> Message:
    """Our own approval of a notice from the record, for a terminal that asks again: F37 and F38 are the host's."""
    granted = refuse(asked, code, local_time, local_date)
    if payment.approval is None:
        return granted
    return granted.with_fields({37: payment.approval.rrn or None, 38: payment.approval.auth or None})


def reversal(payment: Payment, why: str, pan: Pan | None) -> Message:
    """The reversal of a payment with F39 `why`: its frozen identity, and F2 while the vault still has it.

    F38 is the terminal's own, or the approval's when one was seen before the first send; F15 is there on a channel that
    takes reversals after the day.
    """
    fields: dict[int, Value] = _restored(payment.identity)
    if payment.auth:
        fields.setdefault(38, payment.auth)
    if payment.settles:
        fields[SETTLEMENT_DAY] = payment.settles
    if pan is not None:
        fields[2] = pan.reveal()
    return Message("0400", {**fields, 39: why})


def again(payment: Payment, pan: Pan | None) -> Message:
    """A notice once more: what was frozen of it, under its own type, and F2 while the vault still has it."""
    fields: dict[int, Value] = _restored(payment.identity)
    if pan is not None:
        fields[2] = pan.reveal()
    return Message(dict(payment.identity).get(TYPE_MARK, "0220"), fields)


def _restored(identity: Pairs) -> dict[int, Value]:
    """The frozen fields. Only chip data was frozen as hex: a text of the terminal's may begin like the mark."""
    frozen: dict[int, Value] = {_NUMBERS[name]: value for name, value in identity if name in _NUMBERS}
    chip = frozen.get(CHIP)
    if isinstance(chip, str):
        frozen[CHIP] = bytes.fromhex(chip.removeprefix(HEX_MARK))
    return frozen


def fits(number: int, text: str) -> bool:
    """Whether a terminal's message may hold this text in this field; a reversal with another could never be sent."""
    try:
        POS.encode(Message(UNDO_TYPE, {number: text}))
    except TheirMistake:
        return False
    return True


def evidence_body(message: Message) -> bytes:
    """The redacted message as canonical JSON: what evidence may keep of it."""
    return evidence_json(message)


def management(stan: str, terminal: str, merchant: str, batch: str, network_code: str) -> Message:
    """Our own sign-in (network code 001, 003, 004) or echo test (301) towards a host; operator 001."""
    fields: dict[int, Value] = {11: stan, 41: terminal, 42: merchant, 60: f"00{batch}{network_code}"}
    if network_code == "301":
        return Message("0820", fields)
    return Message("0800", {**fields, 63: "001"})


def signed_in(asked: Message, batch: str, keys: bytes, local_time: str, local_date: str) -> Message:
    """The answer 0810 that brings a terminal its new batch (F60.2) and its sealed working keys (F62)."""
    granted = refuse(asked, "00", local_time, local_date)
    code = asked.text(60)
    return granted.with_fields({60: code[:BATCH_FROM] + batch + code[BATCH_TO:], 62: keys.decode("latin-1")})
