"""How does a link speak ISO 8583:1987, as text or packed: 0400 and 0401, or 0420, 0421 and 0430, with F90?

The class digit 4 is a reversal, the third digit 0 a request or 2 an advice, the last digit 1 a repeat. Which of the
two forms a network takes is the link's `undo_type`; answers of both are understood, for some answer 0400 with 0430.
"""

from __future__ import annotations

from types import MappingProxyType

from chongzheng.gateway.profile import (
    Check,
    Mac,
    Meaning,
    Numbers,
    Pairs,
    Party,
    Spoken,
    answer_in_pos_words,
    called,
    in_order,
    keys_in,
    mac_of,
    needed,
    original_data,
    sealed,
    text_of,
    track_as_text,
)
from chongzheng.iso8583 import Message, Value, dialect
from chongzheng.mistakes import TheirMistake

TABLE_DATE = "2026-11-23"
REASONS: MappingProxyType[str, str] = MappingProxyType({"98": "68", "06": "06", "A0": "06", "96": "06", "17": "17"})
"""F39 with which the machine decided to reverse → F39 of the reversal: answer too late, error, customer."""
OTHER_REASON = "06"
SIGN_ON, ECHO, ASK_KEYS = "001", "301", "161"
INQUIRY_TYPE = "0100"

FORWARDED = (2, 3, 4, 14, 22, 23, 25, 26, 35, 38, 41, 42, 49, 52, 53, 55)
UNDONE = (2, 3, 4, 15, 22, 23, 25, 38, 41, 42, 49, 55)
ASKED = (2, 3, 4, 41, 42, 49)
ANSWER_TYPE = {"0430": "0410", "0420": "0410"}
MEANING = {
    "0110": Meaning.ANSWER,
    "0210": Meaning.ANSWER,
    "0230": Meaning.ANSWER,
    "0410": Meaning.UNDO_ANSWER,
    "0430": Meaning.UNDO_ANSWER,
}
MANAGED = {SIGN_ON: Meaning.SIGNED_ON, ECHO: Meaning.ECHOED, ASK_KEYS: Meaning.KEYS_ANSWERED}


class Iso87:
    """A link in one of the two shapes of the dialect, `iso87-ascii` or `iso87-binary`."""

    own_numbers = True
    terminal = ""
    signs_in_for_keys = False

    def __init__(self, name: str, party: Party) -> None:
        self.name = name
        self._dialect = dialect(name)
        self._code_at = 70 if 70 in self._dialect.layout.fields else 24
        self._party = party

    def request(self, message: Message, numbers: Numbers | None, original: Numbers | None = None) -> Message:
        """The sale under our own STAN and RRN. TheirMistake when it refers to a payment that has none."""
        fields = self._named(needed(numbers), message, FORWARDED)
        if original is not None:
            fields[90] = original_data(original, self._party)
        elif 61 in message.fields:
            raise TheirMistake("refers to a payment that the network does not know from us", "F61")
        return Message(message.mti, in_order(fields))

    def undo(self, message: Message, numbers: Numbers | None, attempt: int) -> Message:
        """The first time 0400 or 0420, then 0401 or 0421: nothing else may change."""
        known = needed(numbers)
        fields = self._named(known, message, UNDONE)
        fields[11] = known.undo_stan
        fields[39] = REASONS.get(message.text(39), OTHER_REASON)
        fields[90] = original_data(known, self._party)
        return Message(self._party.undo_type[:3] + ("0" if attempt <= 1 else "1"), in_order(fields))

    def inquiry(self, message: Message, numbers: Numbers | None) -> Message | None:
        """0100 with the network's own processing code and F90, where it has such a question."""
        if not self._party.inquiry_code:
            return None
        known = needed(numbers)
        fields = self._named(known, message, ASKED)
        fields[3] = self._party.inquiry_code
        fields[90] = original_data(known, self._party)
        return Message(INQUIRY_TYPE, in_order(fields))

    def _named(self, numbers: Numbers, message: Message, kept: tuple[int, ...]) -> dict[int, Value]:
        fields = {n: self._worded(n, message.fields[n]) for n in kept if n in message.fields}
        own: dict[int, Value] = {7: numbers.sent, 11: numbers.stan, 12: numbers.sent[4:], 13: numbers.sent[:4]}
        us: dict[int, Value] = {18: self._party.mcc, 32: self._party.acquirer, 33: self._party.forwarder}
        return {**fields, **own, **us, 37: numbers.rrn}

    def _worded(self, number: int, value: Value) -> Value:
        if number == 55:
            return text_of(value)
        return track_as_text(value) if number == 35 and self.name == "iso87-ascii" else value

    def sign_on(self, stan: str, sent: str) -> Message:
        """0800 with network management code 001: in F70, or in F24 where the shape has no F70."""
        return Message("0800", {7: sent, 11: stan, self._code_at: SIGN_ON})

    def echo(self, stan: str, sent: str) -> Message:
        """0800 with code 301."""
        return Message("0800", {7: sent, 11: stan, self._code_at: ECHO})

    def ask_keys(self, stan: str, sent: str) -> Message:
        """0800 with code 161; the keys come in the answer, or in a message of theirs."""
        return Message("0800", {7: sent, 11: stan, self._code_at: ASK_KEYS})

    def answer_theirs(self, spoken: Spoken) -> Message:
        """0810 with 00."""
        asked = spoken.message
        kept = {n: value for n, value in asked.fields.items() if n in (7, 11, self._code_at)}
        return Message("0810", in_order({**kept, 39: "00"}))

    def wrap(self, body: bytes) -> bytes:
        """Nothing stands in front but the length of the frame."""
        return body

    def seal(self, message: Message, mac: Mac | None) -> bytes:
        """F64, or F128 behind F90; as hex text in the text shape, over everything before it as it is on the wire."""
        return sealed(self._dialect, message, mac)

    def read(self, payload: bytes, check: Check) -> Spoken:
        """Their message."""
        message = self._dialect.decode(payload)
        meaning, keys = self._meaning(message)
        name = called(message.text(7), message.text(11))
        return Spoken(meaning, message, mac_of(self._dialect, message, payload, check), name, keys)

    def _meaning(self, message: Message) -> tuple[Meaning, bytes]:
        code = message.text(self._code_at)
        if message.mti == "0800":
            offered = Meaning.KEYS_OFFERED if code == ASK_KEYS else Meaning.OTHER
            return (Meaning.ECHO_ASKED, b"") if code == ECHO else (offered, keys_in(message))
        if message.mti == "0810":
            return MANAGED.get(code, Meaning.OTHER), keys_in(message)
        if message.mti == "0110" and self._party.inquiry_code and message.text(3) == self._party.inquiry_code:
            return Meaning.INQUIRY_ANSWER, b""
        return MEANING.get(message.mti, Meaning.OTHER), b""

    def in_pos_words(self, spoken: Spoken, identity: Pairs) -> Message:
        """Their word on amount, terminal and merchant, under the terminal's own trace number and batch."""
        return answer_in_pos_words(spoken.message, identity, ANSWER_TYPE)
