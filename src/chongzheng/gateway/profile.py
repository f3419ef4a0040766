"""What must an upstream dialect be able to say for us, and under which numbers of our own?

A profile takes and gives messages in the words of the POS dialect, so that nobody else needs to know which dialect a
link speaks. It is pure: the MAC is made and checked by whoever holds the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chongzheng.iso8583 import Dialect, Message, Value
from chongzheng.iso8583.mac import MAC_BYTES, NO_MAC_YET, mac_field
from chongzheng.mistakes import OurMistake, TheirMistake

Pairs = tuple[tuple[str, str], ...]
Mac = Callable[[bytes], bytes]
"""The eight bytes of F64 or F128 over what stands before them."""
Check = Callable[[bytes, bytes], bool]
"""Whether the second is the MAC over the first."""

GOOD, BAD, ABSENT = "good", "bad", "absent"
MARK = "up:"
LINK = f"{MARK}link"
MAC_FIELDS = frozenset({64, 128})
STAN_DIGITS, INSTITUTION_DIGITS = 6, 11
KEY_FIELD, KEY_MARK = 48, "NK"
"""Working keys come sealed, with their check values, as hex text behind this mark; weak fact, one source each."""
ANSWERED = (3, 4, 15, 37, 38, 39, 41, 42, 44, 49, 54, 55)
FROM_TERMINAL = (11, 25, 60)
"""Fields of an answer that its terminal gets; and those it gets back from its own request."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a payment is called towards a network: fixed by its first commit, before anything is sent.

    `mti`: the type of the sale; `stan` (odd) and `undo_stan` (the next): F11 of the sale and of all its reversals;
    `rrn`: F37; `sent`: F7 of both, MMDDhhmmss; with `stan` it is unique for the institution.
    """

    mti: str
    stan: str
    undo_stan: str
    rrn: str
    sent: str

    def pairs(self) -> Pairs:
        """As a part of the frozen identity."""
        return tuple((f"{MARK}{name}", getattr(self, name)) for name in _NAMES)

    def name(self) -> str:
        """What the payment is called, among all of its institution."""
        return called(self.sent, self.stan)


_NAMES = ("mti", "stan", "undo_stan", "rrn", "sent")
_FIRST = f"{MARK}{_NAMES[0]}"


def numbers_in(identity: Pairs) -> Numbers | None:
    """The numbers that a frozen identity holds; None for a payment that goes under its terminal's own."""
    held = dict(identity)
    if _FIRST not in held:
        return None
    values = [held.get(f"{MARK}{name}", "") for name in _NAMES]
    return Numbers(*values) if all(values) else None


def link_in(identity: Pairs) -> str:
    """The link that a payment was given to; "" when it was given to none in particular."""
    return dict(identity).get(LINK, "")


def called(sent: str, stan: str) -> str:
    """The name of the payment to which a message with this F7 and F11 belongs; "" when a part is no number."""
    if not (sent.isdecimal() and stan.isdecimal()):
        return ""
    return f"{sent}.{(int(stan) - 1) // 2 * 2 + 1:06d}"


@dataclass(frozen=True, slots=True)
class Party:
    """Who we are on a link. `terminal`, `merchant`, `batch` towards an acquirer; `acquirer` (F32), `forwarder`
    (F33), `receiver` (F100), `mcc` (F18) and `service` (the rest of F60) towards a network; `undo_type` is 0400 or
    0420 where the dialect leaves a choice, `inquiry_code` F3 of an inquiry ("": the network has none)."""

    terminal: str = ""
    merchant: str = ""
    batch: str = "000001"
    acquirer: str = ""
    forwarder: str = ""
    receiver: str = ""
    mcc: str = "5999"
    service: str = ""
    undo_type: str = "0420"
    inquiry_code: str = ""


class Meaning(StrEnum):
    """What a message that came in on a link is to us."""

    ANSWER = "answer to a sale"
    UNDO_ANSWER = "answer to a reversal"
    INQUIRY_ANSWER = "answer to an inquiry"
    SIGNED_ON = "answer to a sign-on"
    ECHOED = "answer to an echo test"
    KEYS_ANSWERED = "answer to a request for keys"
    KEYS_OFFERED = "new keys"
    ECHO_ASKED = "their echo test"
    REFUSED_AS_SUCH = "our own message, refused by the network"
    OTHER = "nothing we asked for"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of theirs, as it stood on the wire. `name`: what `called` gives for it, "" where the terminal's
    own names stand in it; `keys`: what it brings of sealed working keys."""

    meaning: Meaning
    message: Message
    mac: str
    name: str = ""
    keys: bytes = b""


class Profile(Protocol):
    """One upstream dialect. Messages given and taken for terminals are in the words of the POS dialect."""

    name: str
    own_numbers: bool
    signs_in_for_keys: bool
    """Whether the sign-on itself brings the keys; else they are asked for after it."""
    terminal: str
    """Our own F41 on this link; "" towards a network, where terminals' own messages do not pass."""

    def request(self, message: Message, numbers: Numbers | None, original: Numbers | None = None) -> Message:
        """A terminal's request, as the other side gets it; `original`: the numbers of the payment it refers to."""

    def undo(self, message: Message, numbers: Numbers | None, attempt: int) -> Message:
        """The reversal 0400 of the POS dialect, for the `attempt`-th time (1, 2, …)."""

    def inquiry(self, message: Message, numbers: Numbers | None) -> Message | None:
        """A question what became of the sale whose reversal would be `message`; None where there is none."""

    def sign_on(self, stan: str, sent: str) -> Message:
        """Our sign-on."""

    def echo(self, stan: str, sent: str) -> Message:
        """Our echo test."""

    def ask_keys(self, stan: str, sent: str) -> Message:
        """Our request for new working keys."""

    def answer_theirs(self, spoken: Spoken) -> Message:
        """The answer 00 to their echo test, or to keys that we took."""

    def wrap(self, body: bytes) -> bytes:
        """The payload of a frame."""

    def seal(self, message: Message, mac: Mac | None) -> bytes:
        """The payload of a message, with its MAC if one is given. TheirMistake when a field does not fit."""

    def read(self, payload: bytes, check: Check) -> Spoken:
        """The message in a payload. TheirMistake names what is broken."""

    def in_pos_words(self, spoken: Spoken, identity: Pairs) -> Message:
        """An answer of theirs as an answer 0210 or 0410 of the POS dialect; `identity` is the payment's."""


def sealed(dialect: Dialect, message: Message, mac: Mac | None) -> bytes:
    """The body with its MAC in F64 or F128, over everything before it, as it stands on the wire."""
    if mac is None:
        return dialect.encode(message)
    number = mac_field(dialect, message)
    fields = dict(message.fields)
    for other in MAC_FIELDS:
        fields.pop(other, None)
    fields[number] = NO_MAC_YET
    body = dialect.encode(Message(message.mti, fields))
    if dialect.layout.fields[number].kind == "hex":
        covered = body[: -2 * MAC_BYTES]
        return covered + mac(covered).hex().upper().encode("ascii")
    covered = body[:-MAC_BYTES]
    return covered + mac(covered)


def mac_of(dialect: Dialect, message: Message, body: bytes, check: Check) -> str:
    """Good, bad or absent: the MAC with which `body` ends."""
    number = 64 if 64 in message.fields else 128
    if number not in message.fields:
        return ABSENT
    size = 2 * MAC_BYTES if dialect.layout.fields[number].kind == "hex" else MAC_BYTES
    value = message.fields[number]
    return GOOD if isinstance(value, bytes) and check(body[:-size], value) else BAD


def original_data(numbers: Numbers, party: Party) -> str:
    """F90 of ISO 8583:1987: original type, STAN, transmission time, acquirer and forwarder, 42 digits."""
    institutions = party.acquirer.rjust(INSTITUTION_DIGITS, "0") + party.forwarder.rjust(INSTITUTION_DIGITS, "0")
    return numbers.mti + numbers.stan + numbers.sent + institutions


def text_of(value: Value) -> str:
    """A field as text: bytes are one character each."""
    return value if isinstance(value, str) else value.decode("latin-1")


def track_as_text(value: Value) -> str:
    """Track 2 or 3 with the separator that text dialects use."""
    return text_of(value).upper().replace("D", "=")


def repeated(identity: Pairs, numbers: tuple[int, ...]) -> dict[int, Value]:
    """Of a frozen identity, the text fields that are named."""
    held: Mapping[str, str] = dict(identity)
    return {number: held[str(number)] for number in numbers if str(number) in held}


def answer_in_pos_words(answer: Message, identity: Pairs, types: dict[str, str]) -> Message:
    """What an answer says, as the terminal's dialect says it; fields that must echo are the answer's own."""
    fields = {n: answer.fields[n] for n in ANSWERED if n in answer.fields}
    if 55 in fields:
        fields[55] = text_of(fields[55]).encode("latin-1")
    return Message(types.get(answer.mti, answer.mti), in_order({**repeated(identity, FROM_TERMINAL), **fields}))


def keys_in(message: Message) -> bytes:
    """The sealed working keys of a key message. TheirMistake when it brings none that can be read."""
    text = message.text(KEY_FIELD)
    try:
        return bytes.fromhex(text.removeprefix(KEY_MARK)) if text.startswith(KEY_MARK) else b""
    except ValueError:
        raise TheirMistake("is not hex", f"F{KEY_FIELD}") from None


def needed(numbers: Numbers | None) -> Numbers:
    """The numbers, which every payment on a network link has had since its first commit."""
    if numbers is None:
        raise OurMistake("a payment without numbers of ours cannot go to a network", "identity")
    return numbers


def in_order(fields: dict[int, Value]) -> dict[int, Value]:
    """The fields that hold something, by number."""
    return {number: fields[number] for number in sorted(fields) if fields[number] != ""}
