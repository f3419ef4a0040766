"""Does the file hold what its own closing lines say it holds?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chongzheng.settlement.formats.kinds import MONEY, Unfit, narrow
from chongzheng.settlement.formats.layout import Closing, Layout, Trade
from chongzheng.settlement.formats.telling import Value
from chongzheng.settlement.line import Problem

DIGITS_MAX = 12


@dataclass(slots=True)
class _Count:
    """What was read, and what a closing line said: `said` by sum, the count under its own name."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] | None = None
    where: str = ""


class Tally:
    """Counts lines and adds up fields for each closing of a layout, and reads what the file says of itself."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._counts = [(closing, _Count(sums=dict.fromkeys(dict(closing.sums), 0))) for closing in layout.closings]
        self._header: tuple[Closing, list[str]] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the file said all that the layout lets it say."""
        return bool(self._counts) and all(count.said is not None for _, count in self._counts)

    def add(self, trade: Trade | None, values: Mapping[str, Value]) -> None:
        """One line that was read."""
        for closing, count in self._counts:
            if closing.of and trade not in closing.of:
                continue
            count.rows += 1
            for key, name in closing.sums:
                value = values[name]
                count.sums[key] += value if isinstance(value, int) else 0

    def takes(self, text: str, where: str) -> bool:
        """Whether the line is a closing line; what it says is noted. Unfit when it says it twice or in no numbers."""
        if self._header is not None:
            (closing, names), self._header = self._header, None
            self._note(closing, dict(zip(names, self._cells(text), strict=False)), where)
            return True
        for closing, _ in self._counts:
            if (
                closing.table
                and closing.table in text
                and narrow(text.split(self._layout.delimiter)[0].removeprefix("`")) == closing.table
            ):
                self._header = (closing, [narrow(name) for name in self._cells(text)])
                return True
            if closing.line is not None and (found := closing.line.search(text)):
                self._note(closing, found.groupdict(), where)
                return True
        return False

    def differences(self, name: str, spoiled: bool) -> list[Problem]:
        """Where the file does not hold what it says. `spoiled`: lines could not be read, so nothing adds up anyway."""
        found = []
        for closing, count in self._counts:
            if count.said is None:
                if any(other.said is not None for _, other in self._counts) or not spoiled:
                    found.append(Problem(name, f"has no line of {closing.name}; it is cut", closing.name))
            elif not spoiled:
                found += _compared(closing, count)
        return found

    def _cells(self, text: str) -> list[str]:
        opens = self._layout.opens
        if opens and text.startswith(opens):
            return text.removeprefix(opens).split(self._layout.delimiter + opens)
        return text.split(self._layout.delimiter)

    def _note(self, closing: Closing, said: Mapping[str, str | None], where: str) -> None:
        count = next(count for one, count in self._counts if one is closing)
        if count.said is not None:
            raise Unfit(f"says the {closing.name} a second time")
        rows = narrow(said.get(closing.count) or "")
        if not (rows.isascii() and rows.isdigit()) or len(rows) > DIGITS_MAX:
            raise Unfit(f"has no number of lines in the {closing.name}")
        numbers = {closing.count: int(rows)}
        for key, _ in closing.sums:
            if closing.table and key not in said:
                continue  # an older edition has fewer columns
            try:
                numbers[key] = MONEY[closing.form](narrow(said.get(key) or ""))
            except Unfit as unfit:
                raise Unfit(f"{key} {unfit}") from None
        count.said, count.where = numbers, where


def _compared(closing: Closing, count: _Count) -> list[Problem]:
    said = count.said or {}
    found = []
    if said[closing.count] != count.rows:
        found.append(Problem(count.where, f"says {said[closing.count]} lines; {count.rows} are there", closing.name))
    for key, name in closing.sums:
        if key in said and said[key] != count.sums[key]:
            what = f"says {said[key]} fen of {name}; the lines add up to {count.sums[key]}"
            found.append(Problem(count.where, what, closing.name))
    return found
