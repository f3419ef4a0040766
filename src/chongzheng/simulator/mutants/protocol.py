"""Which bugs may hide where messages are read, written, matched and proved? Planted at the wires."""

from __future__ import annotations

from typing import Any

from chongzheng.gateway import host, translate
from chongzheng.gateway.desk import Desk
from chongzheng.gateway.links import Links
from chongzheng.gateway.terminals import Terminals
from chongzheng.reversal import absorb, events
from chongzheng.simulator.mutants.mutant import PROTOCOL, Mutant
from chongzheng.simulator.swapping import Patch

MAC_BAD = "bad"


def _reversal(change: Any) -> tuple[Patch, ...]:
    made = translate.reversal
    return ((translate, "reversal", lambda payment, why, pan: change(made(payment, why, pan), payment)),)


def _relay(change: Any) -> tuple[Patch, ...]:
    made = translate.relay
    return ((translate, "relay", lambda reply, code: change(made(reply, code))),)


def _sale(change: Any) -> tuple[Patch, ...]:
    made = translate.forward
    return ((translate, "forward", lambda heard: change(made(heard))),)


def _echo_unchecked() -> tuple[Patch, ...]:
    def unproven(payment: Any, answer: Any, policy: Any) -> bool:
        return bool(answer.mac == MAC_BAD)

    def says(word: Any, code: str, repeated: Any) -> bool:
        return bool(word.mac != MAC_BAD and word.message.text(39) == code)

    return (absorb, "unproven", unproven), (events, "unproven", unproven), (translate.HostWord, "says", says)


def _sent_twice() -> tuple[Patch, ...]:
    sent = Links.send_sale

    def send_sale(links: Any, payment: str, name: str, message: Any, pin: Any = None) -> str:
        sent(links, payment, name, message, pin)
        return sent(links, payment, name, message, pin)

    return ((Links, "send_sale", send_sale),)


def _next(text: str, digits: int) -> str:
    return f"{(int(text) + 1) % 10**digits:0{digits}d}"


def _without_mac() -> tuple[Patch, ...]:
    def sealed(book: Any, merchant: str, name: str, message: Any) -> bytes:
        return translate.POS.encode(message)

    return ((Terminals, "sealed", sealed),)


def _declines_say_yes() -> tuple[Patch, ...]:
    declined = Desk._decline

    def decline(desk: Any, payment: Any, code: str, newest: bool = False) -> bool:
        return declined(desk, payment, "00" if code == "51" else code, newest)

    return ((Desk, "_decline", decline),)


MUTANTS = (
    Mutant("host-mac-unchecked", PROTOCOL, "any MAC of the host is a good one",
           lambda: ((host, "is_mac", lambda *given: True),), vices=("forged", "")),
    Mutant("echo-unchecked", PROTOCOL, "an answer may name another amount", _echo_unchecked, vices=("wrong-echo", "")),
    Mutant("reason-by-repeat", PROTOCOL, "a repeat gives another reason than the first send",
           lambda: _reversal(lambda m, p: m.with_fields({39: "06" if p.attempts > 1 else "98"})),
           vices=("lost-answer", "lost-ack")),
    Mutant("repeat-stamped-anew", PROTOCOL, "a reversal carries the number of its repeat",
           lambda: _reversal(lambda m, p: m.with_fields({12: f"{p.attempts:06d}"})), vices=("lost-answer", "lost-ack")),
    Mutant("reversal-of-next-trace", PROTOCOL, "a reversal names the next trace number",
           lambda: _reversal(lambda m, p: m.with_fields({11: _next(m.text(11), 6)})), vices=("lost-answer", "")),
    Mutant("reversal-with-expiry", PROTOCOL, "a reversal carries the card's expiry date",
           lambda: _reversal(lambda m, p: m.with_fields({14: "3012"})), vices=("lost-answer", "")),
    Mutant("reversal-of-next-batch", PROTOCOL, "a reversal names the next batch",
           lambda: _reversal(lambda m, p: m.with_fields({60: m.text(60)[:2] + _next(m.text(60)[2:8], 6)
                                                         + m.text(60)[8:]})), vices=("lost-answer", "")),
    Mutant("sale-for-more", PROTOCOL, "the bank is asked for a fen more than the terminal asked for",
           lambda: _sale(lambda m: m.with_fields({4: _next(m.text(4), 12)}))),
    Mutant("sale-of-next-trace", PROTOCOL, "a sale goes out under the next trace number",
           lambda: _sale(lambda m: m.with_fields({11: _next(m.text(11), 6)}))),
    Mutant("sale-sent-twice", PROTOCOL, "a sale is written to the link twice", _sent_twice),
    Mutant("approval-without-mac", PROTOCOL, "an approval goes to the terminal without its MAC", _without_mac),
    Mutant("approval-for-more", PROTOCOL, "the terminal hears another amount than the bank approved",
           lambda: _relay(lambda m: m.with_fields({4: _next(m.text(4), 12)}) if 4 in m.fields else m)),
    Mutant("refusal-says-yes", PROTOCOL, "a refusal is told as an approval", _declines_say_yes, vices=("refuse", "")),
)  # fmt: skip
