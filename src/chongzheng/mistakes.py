"""Whose mistake is it: their malformed input, or an assumption of ours that broke?"""

LINE_CHARS_MAX = 1_000
"""No line about a mistake is longer, whatever stood in the input."""


class _Mistake(Exception):
    """One safe line about what went wrong; never carries a value that came from a card."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(what, where)
        self.what = what
        self.where = where

    def __str__(self) -> str:
        """The line a person reads: `where: what`, control characters and line ends made blanks, cut if too long."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return "".join(c if c.isprintable() else " " for c in line[:LINE_CHARS_MAX])


class TheirMistake(_Mistake):
    """Input from outside is malformed; `where` is the path of the field, file or line that is wrong."""


class OurMistake(_Mistake):
    """An assumption of this program does not hold; the payment concerned must stop and be looked at by a person."""


def turned_round(words: str) -> str:
    """What a library says of a value, its place in front: `pos.listen: expected …` of `Expected … - at `$.pos.listen``.

    It names the form that was expected, and never repeats the value.
    """
    what, _, place = words.partition(" - at `$")
    where = place.rstrip("`").lstrip(".")
    what = what[:1].lower() + what[1:]
    return f"{where}: {what}" if where else what
