"""What does a bank statement say, whatever its format, and does it add up?"""

from __future__ import annotations

from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake

MOVEMENTS_MAX = 1_000_000
"""More movements than this in one statement is not a statement of a settlement account."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One line, `number` from 1. Days yyyymmdd: booked and of value. `fen` is signed: above 0 it came to us.
    `reference`: what the payer or the bank calls it; `theirs`: who it came from or went to.
    """

    number: int
    day: str
    value_day: str
    fen: int
    reference: str = ""
    theirs: str = ""
    text: str = ""

    def names(self, word: str) -> bool:
        """Whether the other party or the text holds the word, in any case of letters."""
        return word.casefold() in f"{self.theirs}\n{self.reference}\n{self.text}".casefold()


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account from the first to the last day, in the order of the bank; balances None where the
    format has none.
    """

    account: str
    currency: str
    first_day: str
    last_day: str
    opening_fen: int | None
    closing_fen: int | None
    movements: tuple[Movement, ...]

    def refuse_unless_whole(self, name: str) -> None:
        """TheirMistake: too long, a day outside, or opening balance and movements do not lead to the closing one."""
        if len(self.movements) > MOVEMENTS_MAX:
            raise TheirMistake(f"has more than {MOVEMENTS_MAX} movements", name)
        for movement in self.movements:
            if not self.first_day <= movement.day <= self.last_day:
                raise TheirMistake(f"is of a day outside {self.first_day} to {self.last_day}", _at(name, movement))
        if self.opening_fen is None or self.closing_fen is None:
            return
        reached = self.opening_fen + sum(movement.fen for movement in self.movements)
        if reached != self.closing_fen:
            missing = self.closing_fen - reached
            raise TheirMistake(f"the movements miss the closing balance by {missing} fen; ask for it again", name)


def _at(name: str, movement: Movement) -> str:
    return f"{name}, movement {movement.number}"
