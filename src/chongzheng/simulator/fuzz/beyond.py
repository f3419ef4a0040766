"""What becomes of a message that was decoded, in the programs that stand behind the decoder of its dialect?

A terminal's message is understood, answered, forwarded, frozen and reversed; a bank's is read by its profile and put
into the words of terminals. Each may say TheirMistake, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chongzheng.card import Pan
from chongzheng.gateway import translate
from chongzheng.gateway.cup_pos import CupPos
from chongzheng.gateway.cups import Cups
from chongzheng.gateway.iso87 import Iso87
from chongzheng.gateway.profile import Meaning, Numbers, Party, Profile
from chongzheng.gateway.translate import POS, HostWord, Message, Said, Wants
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import Request
from chongzheng.reversal.payment import Payment
from chongzheng.simulator.fuzz.corpus import ENVELOPE
from chongzheng.simulator.fuzz.promises import hold, is_genuine

NAME_LETTERS = frozenset("0123456789.-")
TIME, DATE, DAY = "101500", "1123", "20261123"
PARTY = Party("77000001", "898110000000001", acquirer="48020000", forwarder="48020000", receiver="00010000",
              inquiry_code="380000")  # fmt: skip
NUMBERS = Numbers("0200", "000001", "000002", "112300000001", "1123101500")
IDENTITY = (("3", "000000"), ("4", "000000000100"), ("11", "000123"), ("25", "00"), ("41", "77000001"),
            ("42", "898110000000001"), ("60", "22000001000"))  # fmt: skip
PROFILES: Mapping[str, Profile] = {
    "cup-pos": CupPos(PARTY, ENVELOPE),
    "cups": Cups(PARTY),
    "iso87-ascii": Iso87("iso87-ascii", PARTY),
    "iso87-binary": Iso87("iso87-binary", PARTY),
}
FITTING: tuple[Callable[[Message], Message], ...] = (
    lambda said: translate.relay(said, "00"),
    lambda said: translate.refuse(said, "96", TIME, DATE),
)


def beyond(name: str, payload: bytes, body: bytes) -> bool:
    """All that a message of this dialect goes through; False when it was refused on the way."""
    try:
        if name == "cup-pos":
            _from_terminal(body)
        if name in PROFILES:
            _from_host(PROFILES[name], payload)
    except TheirMistake:
        return False
    return True


def _from_terminal(body: bytes) -> None:
    heard = translate.hear(body)
    outline = translate.outline(heard)
    POS.encode(translate.refuse(outline, heard.refusal or "00", TIME, DATE))
    POS.encode(translate.forward(heard))
    translate.passage_name(heard.message)
    translate.evidence_body(heard.message)
    if heard.refusal or heard.wants not in (Wants.TRANSACTION, Wants.REVERSAL):
        return
    request = translate.request(heard, DAY, 0, str.upper, str)
    hold(translate.original_key(heard) is None or bool(request.original), "a named original has a name")
    translate.older_key(heard)
    _undone(request, translate.reason(heard), translate.card(heard))


def _undone(request: Request, why: str, pan: Pan | None) -> None:
    """What a terminal may send must not keep its own payment from being reversed."""
    payment = Payment("P", request.key, identity=request.identity, echo=request.echo, amount_fen=request.amount_fen)
    undo = translate.reversal(payment, why, pan)
    _sayable(POS.encode, undo)
    translate.again(payment, pan)
    for profile in PROFILES.values():
        if profile.own_numbers:
            _sayable(profile.request, undo.with_fields({61: None}), NUMBERS)
            _sayable(lambda said, way=profile: way.seal(way.undo(said, NUMBERS, 1), None), undo)


def _sayable(say: Callable[..., object], *said: object) -> None:
    try:
        say(*said)
    except TheirMistake as mistake:
        hold(False, f"a reversal can be said whatever its payment held ({mistake.where})")


def _from_host(profile: Profile, payload: bytes) -> None:
    spoken = profile.read(payload, is_genuine)
    if spoken.meaning is Meaning.OTHER:
        return
    message = profile.in_pos_words(spoken, IDENTITY)
    said = Said.REPLY if message.mti != "0410" else Said.REVERSAL_ANSWER
    word = HostWord(said, message, spoken.mac)
    translate.answer(word)
    word.says("00", tuple(dict(IDENTITY).get(str(number), "") for number in translate.ECHO))
    if spoken.name:
        hold(set(spoken.name) <= NAME_LETTERS, "a payment's name towards a network is digits")
    if spoken.meaning is Meaning.ECHO_ASKED:
        profile.seal(profile.answer_theirs(spoken), None)
    for fit in FITTING:
        POS.encode(fit(message))
