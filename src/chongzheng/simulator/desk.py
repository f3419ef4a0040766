"""What does the bad bank do with this sale, or with this reversal? Its clerk: the ledger, the fates, no sockets.

Every method returns acts: answers to send after a while, and work to come back to. The clerk shares nothing with the
engine but the codec, so that it can judge it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from chongzheng.iso8583 import Message, Value
from chongzheng.simulator.clearing import ACQUIRER, Refusal
from chongzheng.simulator.ledger import Key, Ledger, Posting
from chongzheng.simulator.line import key_of
from chongzheng.simulator.vices import Fate, OnReversal, OnSale, fate, in_outage

GOOD, BAD, NONE = "good", "bad", "none"

ECHOED = (3, 4, 11, 23, 25, 41, 42, 49, 60)
FORBIDDEN_IN_REVERSAL = (14, 26, 35, 36, 37, 52, 53, 61, 63)
COMPLAINTS_MAX = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """A message to send in `after_ms`; `mac`: good, bad or none."""

    after_ms: int
    message: Message
    mac: str


@dataclass(frozen=True, slots=True)
class Later:
    """A sale to process in `after_ms`, or after the cut-over when that is None."""

    after_ms: int | None
    key: Key


Act = Answer | Later


@dataclass(slots=True)
class Dossier:
    """What the clerk has of one payment."""

    fate: Fate
    sale: Message | None = None
    sales: int = 0
    rrn: str = ""
    refused: bool = False
    reversals: int = 0
    harms: int = 0
    accepted: bool = False
    words: str = ""
    sign_ins: int | None = None


@dataclass(slots=True)
class Desk:
    """The clerk. `moment()` is the clock of the bank as MMDDhhmmss; `wait_ms`: how long the other side waits.

    `outage`: payments from the first of these numbers up to the second, as they come, meet an outage.
    """

    seed: int
    day: str
    next_day: str
    wait_ms: int
    moment: Callable[[], str]
    ledger: Ledger = field(default_factory=Ledger)
    dossiers: dict[Key, Dossier] = field(default_factory=dict)
    refusals: dict[Key, Refusal] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    is_cut: bool = False
    outage: tuple[int, int] = (0, 0)
    _rrns: int = 0

    @property
    def clearing_day(self) -> str:
        """The day that whatever happens now belongs to."""
        return self.next_day if self.is_cut else self.day

    def sale(self, asked: Message) -> list[Act]:
        """A sale arrived under a good MAC."""
        dossier = self._file(asked)
        dossier.sales += 1
        if dossier.sales > 1:
            self._complain(f"sale sent {dossier.sales} times: {key_of(asked)}")
            return []
        dossier.sale = asked
        return _ON_SALE[dossier.fate.sale.does](self, dossier, asked)

    def processed_late(self, key: Key) -> list[Act]:
        """The time of a held sale has come: it is executed, and its approval goes out."""
        dossier = self.dossiers[key]
        return [self._approval(dossier, dossier.sale, 0)] if dossier.sale else []

    def reversal(self, asked: Message, sign_ins: int) -> list[Act]:
        """A reversal arrived under a good MAC; `sign_ins`: how often the link has signed in so far."""
        dossier = self._file(asked)
        dossier.reversals += 1
        self._check_reversal(dossier, asked)
        dossier.sign_ins = sign_ins if dossier.sign_ins is None else dossier.sign_ins
        return _ON_REVERSAL[dossier.fate.reversal.does](self, dossier, asked, sign_ins)

    def unsigned(self, asked: Message) -> list[Act]:
        """A message whose MAC is wrong: nothing is done but to say so."""
        self._count("wrong MAC received")
        return [Answer(1, self._answer(asked, "A0", ""), NONE)]

    def charge(self, dossier: Dossier, asked: Message) -> Posting:
        """Take the money."""
        dossier.rrn = dossier.rrn or self._rrn()
        key = key_of(asked)
        return self.ledger.charge(key, fen_of(asked), pan_of(asked), self.clearing_day, self.moment(), dossier.rrn)

    def give_back(self, dossier: Dossier, asked: Message) -> str:
        """Return the money if it was taken today and the reversal fits; the F39 that says so, or why not."""
        charge = self.ledger.charged(key_of(asked))
        if charge is None:
            return "12" if dossier.refused else "25"
        if charge.fen != fen_of(asked):
            return "64"
        if 2 in asked.fields and charge.pan != asked.text(2):
            return "14"
        if charge.day != self.clearing_day:
            return "12"
        self.ledger.give_back(charge.key, words_of(asked), self.clearing_day, self.moment())
        dossier.accepted = True
        return "00"

    def work_off(self, key: Key) -> bool:
        """A reversal that was refused, or lost, takes effect after all; whether there was one, and a charge."""
        dossier, charge = self.dossiers.get(key), self.ledger.charged(key)
        if dossier is None or charge is None or not dossier.words or self.ledger.returned(key):
            return False
        self.ledger.give_back(key, dossier.words, self.clearing_day, self.moment())
        return True

    def _approval(self, dossier: Dossier, asked: Message, after_ms: int, mac: str = GOOD, code: str = "00") -> Answer:
        self.charge(dossier, asked)
        return Answer(after_ms, self._answer(asked, code, dossier.rrn), mac if code == "00" else NONE)

    def _answer(self, asked: Message, code: str, rrn: str) -> Message:
        moment = self.moment()
        fields: dict[int, Value] = {number: asked.fields[number] for number in ECHOED if number in asked.fields}
        fields |= {12: moment[4:], 13: moment[:4], 15: self.clearing_day[4:], 32: ACQUIRER, 39: code}
        fields |= {37: rrn or self._rrn(), 44: "01020000   48020000   "}
        if code == "00" and asked.mti == "0200":
            fields[38] = rrn[-6:]
        if pan_of(asked):
            fields[2] = pan_of(asked)
        return Message("0210" if asked.mti == "0200" else "0410", fields)

    def _refusal(self, dossier: Dossier, asked: Message, code: str) -> Answer:
        dossier.refused = True
        key = key_of(asked)
        self.refusals[key] = Refusal(key, fen_of(asked), pan_of(asked), self.moment(), self._rrn())
        return Answer(dossier.fate.think_ms, self._answer(asked, code, ""), NONE)

    def _late_ms(self, dossier: Dossier) -> int:
        return self.wait_ms * dossier.fate.late_percent // 100

    def _rrn(self) -> str:
        self._rrns += 1
        return f"48{self._rrns:010d}"

    def _file(self, asked: Message) -> Dossier:
        key = key_of(asked)
        if key not in self.dossiers:
            drawn, number = fate(self.seed, key), len(self.dossiers)
            first, last = self.outage
            self.dossiers[key] = Dossier(in_outage(drawn, number) if first <= number < last else drawn)
        return self.dossiers[key]

    def _check_reversal(self, dossier: Dossier, asked: Message) -> None:
        forbidden = [number for number in FORBIDDEN_IN_REVERSAL if number in asked.fields]
        if forbidden:
            self._complain(f"reversal with fields {forbidden}: {key_of(asked)}")
        words = words_of(asked)
        if dossier.words and dossier.words != words:
            self._complain(f"reversal repeated with other words: {key_of(asked)}")
        dossier.words = words

    def _complain(self, line: str) -> None:
        self._count("complaints")
        if len(self.complaints) < COMPLAINTS_MAX:
            self.complaints.append(line)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    # sales

    def _approve(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [self._approval(dossier, asked, dossier.fate.think_ms)]

    def _refuse(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [self._refusal(dossier, asked, dossier.fate.sale_code)]

    def _answer_late(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [self._approval(dossier, asked, self._late_ms(dossier))]

    def _answer_never(self, dossier: Dossier, asked: Message) -> list[Act]:
        self.charge(dossier, asked)
        return []

    def _ignore(self, dossier: Dossier, asked: Message) -> list[Act]:
        return []

    def _hold(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [Later(self._late_ms(dossier), key_of(asked))]

    def _hold_to_next_day(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [Later(None, key_of(asked))]

    def _bad_mac(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [self._approval(dossier, asked, dossier.fate.think_ms, BAD)]

    def _forged(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [Answer(dossier.fate.think_ms, self._answer(asked, "00", self._rrn()), BAD)]

    def _wrong_echo(self, dossier: Dossier, asked: Message) -> list[Act]:
        answer = self._approval(dossier, asked, dossier.fate.think_ms)
        return [Answer(answer.after_ms, _another_amount(answer.message), GOOD)]

    def _vague_done(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [self._approval(dossier, asked, dossier.fate.think_ms, code=dossier.fate.sale_code)]

    def _vague(self, dossier: Dossier, asked: Message) -> list[Act]:
        return [Answer(dossier.fate.think_ms, self._answer(asked, dossier.fate.sale_code, ""), NONE)]

    def _twice(self, dossier: Dossier, asked: Message) -> list[Act]:
        first = self._approval(dossier, asked, dossier.fate.think_ms)
        return [first, Answer(first.after_ms + dossier.fate.think_ms, first.message, GOOD)]

    def _then_error(self, dossier: Dossier, asked: Message) -> list[Act]:
        first = self._approval(dossier, asked, dossier.fate.think_ms)
        return [first, Answer(first.after_ms + dossier.fate.think_ms, self._answer(asked, "96", dossier.rrn), NONE)]

    # reversals

    def _honest(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        return [self._reversal_answer(dossier, asked, self.give_back(dossier, asked))]

    def _reversal_answer(self, dossier: Dossier, asked: Message, code: str, rrn: str | None = None) -> Answer:
        """The answer; a 00 names the original by its RRN unless another is given."""
        rrn = (dossier.rrn if code == "00" else "") if rrn is None else rrn
        return Answer(dossier.fate.think_ms, self._answer(asked, code, rrn), GOOD if code == "00" else NONE)

    def _harmed(self, dossier: Dossier) -> bool:
        """Whether the vice strikes once more."""
        dossier.harms += 1
        return dossier.harms <= dossier.fate.times

    def _lose_first(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        return [] if self._harmed(dossier) else self._honest(dossier, asked, sign_ins)

    def _lose_all(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        return []

    def _lose_answer(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        if dossier.accepted:
            return [self._reversal_answer(dossier, asked, dossier.fate.reversal_code)]
        code = self.give_back(dossier, asked)
        return [] if code == "00" else [self._reversal_answer(dossier, asked, code)]

    def _late_answer(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        answer = self._reversal_answer(dossier, asked, self.give_back(dossier, asked))
        return [Answer(self.wait_ms * dossier.fate.late_ack_percent // 100, answer.message, answer.mac)]

    def _blind_once(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        code = self.give_back(dossier, asked)
        return [self._reversal_answer(dossier, asked, "00", self._rrn() if code != "00" else None)]

    def _blind(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        return [self._reversal_answer(dossier, asked, "00", self._rrn())]

    def _refuse_reversal(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        return [self._reversal_answer(dossier, asked, dossier.fate.reversal_code)]

    def _busy_first(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        if self._harmed(dossier):
            return self._refuse_reversal(dossier, asked, sign_ins)
        return self._honest(dossier, asked, sign_ins)

    def _sign_in_first(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        if sign_ins == dossier.sign_ins:
            return self._refuse_reversal(dossier, asked, sign_ins)
        return self._honest(dossier, asked, sign_ins)

    def _answer_twice(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        answer = self._reversal_answer(dossier, asked, self.give_back(dossier, asked))
        return [answer, Answer(answer.after_ms + dossier.fate.think_ms, answer.message, answer.mac)]

    def _then_error_reversal(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        answer = self._reversal_answer(dossier, asked, self.give_back(dossier, asked))
        return [answer, Answer(answer.after_ms + dossier.fate.think_ms, self._answer(asked, "96", ""), NONE)]

    def _bad_mac_first(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        answer = self._reversal_answer(dossier, asked, self.give_back(dossier, asked))
        wrong = answer.mac == GOOD and self._harmed(dossier)
        return [Answer(answer.after_ms, answer.message, BAD if wrong else answer.mac)]

    def _wrong_echo_first(self, dossier: Dossier, asked: Message, sign_ins: int) -> list[Act]:
        answer = self._reversal_answer(dossier, asked, self.give_back(dossier, asked))
        wrong = answer.mac == GOOD and self._harmed(dossier)
        return [Answer(answer.after_ms, _another_amount(answer.message), GOOD) if wrong else answer]


_ON_SALE: dict[OnSale | OnReversal, Callable[[Desk, Dossier, Message], list[Act]]] = {
    OnSale.APPROVE: Desk._approve,
    OnSale.REFUSE: Desk._refuse,
    OnSale.ANSWER_LATE: Desk._answer_late,
    OnSale.ANSWER_NEVER: Desk._answer_never,
    OnSale.IGNORE: Desk._ignore,
    OnSale.HOLD: Desk._hold,
    OnSale.HOLD_TO_NEXT_DAY: Desk._hold_to_next_day,
    OnSale.BAD_MAC: Desk._bad_mac,
    OnSale.FORGED: Desk._forged,
    OnSale.WRONG_ECHO: Desk._wrong_echo,
    OnSale.VAGUE_DONE: Desk._vague_done,
    OnSale.VAGUE: Desk._vague,
    OnSale.TWICE: Desk._twice,
    OnSale.THEN_ERROR: Desk._then_error,
}

_ON_REVERSAL: dict[OnSale | OnReversal, Callable[[Desk, Dossier, Message, int], list[Act]]] = {
    OnReversal.HONEST: Desk._honest,
    OnReversal.LOSE_FIRST: Desk._lose_first,
    OnReversal.LOSE_ALL: Desk._lose_all,
    OnReversal.LOSE_ANSWER: Desk._lose_answer,
    OnReversal.LATE_ANSWER: Desk._late_answer,
    OnReversal.BLIND_ONCE: Desk._blind_once,
    OnReversal.BLIND: Desk._blind,
    OnReversal.REFUSE: Desk._refuse_reversal,
    OnReversal.BUSY_FIRST: Desk._busy_first,
    OnReversal.SIGN_IN_FIRST: Desk._sign_in_first,
    OnReversal.ANSWER_TWICE: Desk._answer_twice,
    OnReversal.THEN_ERROR: Desk._then_error_reversal,
    OnReversal.BAD_MAC_FIRST: Desk._bad_mac_first,
    OnReversal.WRONG_ECHO_FIRST: Desk._wrong_echo_first,
}


def fen_of(message: Message) -> int:
    """F4."""
    return int(message.text(4, "0"))


def pan_of(message: Message) -> str:
    """F2, or the card number in track 2."""
    return message.text(2) or message.text(35).replace("=", "D").partition("D")[0]


def words_of(reversal: Message) -> str:
    """A digest of everything a reversal says but its card number and its MAC: what must not change in a repeat."""
    said = [f"{number}={reversal.text(number)}" for number in sorted(reversal.fields) if number not in (2, 64)]
    return hashlib.sha256("|".join(said).encode("latin-1")).hexdigest()


def _another_amount(message: Message) -> Message:
    return message.with_fields({4: f"{fen_of(message) + 1:012d}"})
