"""Which small days make a matching rule stumble? Random ones whose numbers, amounts and times collide all the time."""

import random
from dataclasses import replace

from chongzheng.settlement import days
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, Held, network_key

DAY = "20261122"
BEFORE, NEXT = days.shifted(DAY, -1), days.shifted(DAY, 1)
MIDNIGHT_MS = days.closes_at(BEFORE)
ACQUIRER = "48020000"
NETWORK_AT = f"{DAY}100200"
CARDS = ("", "622202******7890", "622202******0000", "*")


class Place:
    """One terminal, or one wallet's corner. A narrow one draws everything from very few values, so that all
    collides; in a wide one most things are as they should be, and a collision touches what is otherwise certain.
    """

    def __init__(self, dice: random.Random, number: int) -> None:
        self._dice = dice
        self._number = number
        self._wallet = number % 5 == 4
        self._wide = dice.random() < 0.6
        self._noise = 0.03 if self._wide else 0.25
        self.payments = [self._payment(n) for n in range(dice.randrange(7))]
        self.payments += [replace(one, payment=f"{one.payment}-2") for one in self.payments if self._odd()]
        self.records = [line for payment in self.payments for line in self._lines(payment)]
        self.records += [self._undone(self._anything()) for _ in range(dice.randrange(3) if not self._wide else 1)]

    def _odd(self) -> bool:
        return self._dice.random() < self._noise

    def _name(self, narrow: int = 3) -> int:
        return self._dice.randrange(30 if self._wide else narrow)

    def _number_of_channel(self) -> str:
        """Of cards the same numbers at every terminal; of a wallet one series for all."""
        return f"{self._number}R{self._name()}" if self._wallet else f"R{self._name()}"

    def _anybodys(self) -> str:
        """No number, a new one, or one that the wallet gave to another payment."""
        return self._dice.choice(("", self._number_of_channel(), *(rrn for one in self.payments for rrn in one.rrns)))

    def _payment(self, n: int) -> Candidate:
        draw, at_s = self._dice.choice, self._dice.randrange(0, 600, 20)
        stan = "" if self._odd() else f"{self._name():06d}"
        own: dict[str, object] = {"terminal": f"T{self._number:07d}", "merchant": "898110000000001", "stan": stan}
        if self._wallet:
            order = f"{self._number}-{self._name()}"
            own = {"terminal": "", "merchant": draw(("M1", "M2")), "stan": "", "channel": "wechat", "order": order}
        elif self._odd():
            own["network"] = network_key(ACQUIRER, "", "000009", NETWORK_AT)
        return Candidate(
            payment=f"P{self._number:05d}{n}",
            amount_fen=draw((100, 100, 200, 300)),
            opened_at_ms=MIDNIGHT_MS + (10 * 3_600 + at_s) * 1_000,
            day=draw((BEFORE, NEXT)) if self._odd() else DAY,
            rrns=() if self._odd() else (self._number_of_channel(),),
            masked_pan=draw(CARDS),
            card=draw(("", "", "c1", "c2")),
            read_days=draw(((BEFORE,), (DAY,), (BEFORE, DAY))) if self._odd() else (),
            gives_back=self._odd(),
            held=draw(tuple(Held)) if self._odd() else Held.KEPT,
            fee_fen=draw((None, 6)),
            seen=int(self._odd()),
            **own,  # type: ignore[arg-type]
        )

    def _lines(self, payment: Candidate) -> list[Record]:
        """What the file has of a payment: mostly its line, now and then nothing, two lines, or its reversal too."""
        if self._odd():
            return []
        line = self._of(payment, self._anything())
        again = [self._of(payment, self._anything())] if self._odd() else []
        return [line, *again, *([self._undone(line)] if self._odd() else [])]

    def _anything(self) -> Record:
        draw, at_s = self._dice.choice, self._dice.randrange(0, 600, 20)
        sent_at = f"{draw((DAY, DAY, DAY, BEFORE, NEXT))}100{at_s // 60}{at_s % 60:02d}"
        record = Record(
            number=0, mti="0200", processing=draw(("000000", "000000", "000000", "200000", "310000")), condition="",
            stan=draw((f"{self._name():06d}", "000009", "")), sent_at=draw((sent_at, sent_at, sent_at, "")),
            masked_pan=draw(CARDS), amount_fen=draw((100, 200, 300)), terminal=f"T{self._number:07d}",
            merchant="898110000000001", rrn=draw(("", self._number_of_channel())),
            code=draw(("00", "00", "00", "05")), original_stan="", original_sent_at="", text="",
            acquirer=draw(("", ACQUIRER)), fee_fen=draw((None, 6, 6, 7)), card=draw(("", "", "c1")),
        )  # fmt: skip
        if not self._wallet:
            return record
        order, theirs = f"{self._number}-{self._name()}", draw(("", self._number_of_channel()))
        wallet = {"channel": "wechat", "terminal": "", "stan": "", "rrn": "", "masked_pan": ""}
        return replace(record, **wallet, order=draw((order, order, "")), theirs=theirs)  # type: ignore[arg-type]

    def _of(self, payment: Candidate, line: Record) -> Record:
        rrn = payment.rrns[0] if payment.rrns else self._anybodys() if self._wallet else line.rrn
        line = replace(
            line,
            amount_fen=line.amount_fen if self._odd() else payment.amount_fen,
            masked_pan=line.masked_pan if self._odd() else payment.masked_pan,
            card=line.card if self._odd() else payment.card,
            processing="200000" if payment.gives_back else "000000",
            code=line.code if self._odd() else "00",
            fee_fen=line.fee_fen if self._odd() else payment.fee_fen,
            sent_at=line.sent_at if self._odd() else f"{DAY}{line.sent_at[8:]}",
        )
        if self._wallet:
            return replace(line, order=payment.order, theirs=line.theirs if self._odd() else rrn)
        if payment.network and self._dice.random() < 0.5:
            return replace(line, acquirer=ACQUIRER, stan="000009", sent_at=NETWORK_AT, rrn="")
        stan = line.stan if self._odd() else payment.stan
        processing = self._anything().processing if self._odd() else line.processing
        return replace(line, stan=stan, rrn=line.rrn if self._odd() else rrn, processing=processing)

    def _undone(self, line: Record) -> Record:
        """Its reversal, as a rule; now and then the line as it is, or something that is no trade. It keeps the names of
        the line, or has others and only points back.
        """
        draw = self._dice.choice
        mti = draw(("0420", "0420", "0420", line.mti, "0100"))
        points = {"original_stan": line.stan, "original_sent_at": line.sent_at, "original_order": line.order}
        own = (
            {} if draw((True, False)) else {"stan": "777777" * (not self._wallet), "rrn": "", "order": "", "theirs": ""}
        )
        return replace(line, mti=mti, **points, **own, original_rrn=draw(("", line.rrn or line.theirs)))  # type: ignore[arg-type]


def world(seed: int, places: int) -> tuple[list[Candidate], list[Record]]:
    """So many small days side by side; none can reach into another, because their places differ."""
    dice = random.Random(seed)
    made = [Place(dice, number) for number in range(places)]
    lines = [record for place in made for record in place.records]
    dice.shuffle(lines)
    numbered = [replace(record, number=number) for number, record in enumerate(lines, 1)]
    return [payment for place in made for payment in place.payments], numbered
