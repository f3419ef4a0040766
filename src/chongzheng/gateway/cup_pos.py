"""How does a link speak to an acquirer in the terminals' own dialect?

Nothing is renamed: the terminal's F41, F42, F60.2 and F11 name the payment here too, so no numbers of our own are
needed and an answer names its payment by itself. There is no status inquiry in this dialect.
"""

from __future__ import annotations

from chongzheng.gateway.profile import Check, Mac, Meaning, Numbers, Pairs, Party, Spoken, mac_of, sealed
from chongzheng.gateway.translate import POS, management
from chongzheng.iso8583 import CupEnvelope, Message, join_cup
from chongzheng.iso8583.framing import body_of_cup

SIGN_IN_CODE, ECHO_CODE = "003", "301"
MEANING = {
    "0110": Meaning.ANSWER,
    "0210": Meaning.ANSWER,
    "0230": Meaning.ANSWER,
    "0410": Meaning.UNDO_ANSWER,
    "0810": Meaning.SIGNED_ON,
    "0830": Meaning.ECHOED,
}
"""The type of an answer is the type of its request with 10 more."""


class CupPos:
    """The link of today: TPDU and header in front, F64 behind."""

    name = "cup-pos"
    own_numbers = False
    signs_in_for_keys = True

    def __init__(self, party: Party, envelope: CupEnvelope) -> None:
        self._party = party
        self.terminal = party.terminal
        self._before = join_cup(envelope, b"")

    def request(self, message: Message, numbers: Numbers | None, original: Numbers | None = None) -> Message:
        """As the terminal wrote it."""
        return message

    def undo(self, message: Message, numbers: Numbers | None, attempt: int) -> Message:
        """The dialect has no flag for a repeat: all are alike."""
        return message

    def inquiry(self, message: Message, numbers: Numbers | None) -> Message | None:
        """None."""
        return None

    def sign_on(self, stan: str, sent: str) -> Message:
        """0800, which also asks for working keys of double length."""
        return self._own(stan, SIGN_IN_CODE)

    def echo(self, stan: str, sent: str) -> Message:
        """0820 with network code 301."""
        return self._own(stan, ECHO_CODE)

    def ask_keys(self, stan: str, sent: str) -> Message:
        """The same as a sign-on."""
        return self.sign_on(stan, sent)

    def _own(self, stan: str, code: str) -> Message:
        return management(stan, self._party.terminal, self._party.merchant, self._party.batch, code)

    def answer_theirs(self, spoken: Spoken) -> Message:
        """Their question with 10 more and 00; an acquirer does not ask, but if it did, it would hear this."""
        asked = spoken.message
        return Message(f"{asked.mti[:2]}{int(asked.mti[2]) + 1}0", {**asked.fields, 39: "00"})

    def wrap(self, body: bytes) -> bytes:
        """TPDU and header in front."""
        return self._before + body

    def seal(self, message: Message, mac: Mac | None) -> bytes:
        """F64 covers everything from the type on."""
        return self.wrap(sealed(POS, message, mac))

    def read(self, payload: bytes, check: Check) -> Spoken:
        """Their message; a sign-in answer brings F62."""
        body = body_of_cup(payload)
        message = POS.decode(body)
        meaning = MEANING.get(message.mti, Meaning.OTHER)
        keys = message.text(62).encode("latin-1", "replace") if meaning is Meaning.SIGNED_ON else b""
        return Spoken(meaning, message, mac_of(POS, message, body, check), keys=keys)

    def in_pos_words(self, spoken: Spoken, identity: Pairs) -> Message:
        """It is in them."""
        return spoken.message
