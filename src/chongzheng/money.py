"""How much is it, exactly? Amounts in minor units of one currency: no floats, no mixing."""

from __future__ import annotations

from dataclasses import dataclass

from chongzheng.mistakes import OurMistake

FEN_MAX = 999_999_999_999
"""F4 of ISO 8583 holds twelve digits; nothing larger can be paid, so nothing larger is accepted."""

CNY = "156"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen (minor units) of `currency`, an ISO 4217 numeric code; raises OurMistake when out of range."""

    fen: int
    currency: str = CNY

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise OurMistake("an amount is a whole number of fen", "money.fen")
        if not -FEN_MAX <= self.fen <= FEN_MAX:
            raise OurMistake("an amount has at most twelve digits", "money.fen")
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isdigit()):
            raise OurMistake("a currency is three digits", "money.currency")

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + self._same(other).fen, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - self._same(other).fen, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.fen, self.currency)

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise OurMistake(f"{self.currency} and {other.currency} do not add up", "money.currency")
        return other
