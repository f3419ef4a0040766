"""What does one line say, in the words of ISO 8583, once its fields are read?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import MappingProxyType

from chongzheng.card import PAN_DIGITS_MAX, PAN_DIGITS_MIN, masked
from chongzheng.settlement import days
from chongzheng.settlement.formats.kinds import CARDS, WORDS, Unfit, outside
from chongzheng.settlement.formats.layout import Layout, Rule, Trade, is_iso
from chongzheng.settlement.line import Record

Value = str | int | tuple[str, str] | None
"""Text, fen, (day, time of day), or a blank amount."""

ISO: MappingProxyType[Trade, tuple[str, str]] = MappingProxyType({
    Trade.SALE: ("0200", "000000"),
    Trade.VOID: ("0200", "200000"),
    Trade.REFUND: ("0220", "200000"),
    Trade.REVERSAL: ("0420", "000000"),
    Trade.VOID_REVERSAL: ("0420", "200000"),
    Trade.CREDIT: ("0220", "220000"),
    Trade.DEBIT: ("0220", "020000"),
    Trade.OTHER: ("", ""),
})  # fmt: skip
"""MTI and F3 (facts/channels 5.5) of what a line is."""

UNDONE_DAYS_BACK = 400
"""A refund is possible for about a year (facts/channels 2.2); some bills give it the time of its trade."""
TEXTS = (
    "mti",
    "processing",
    "condition",
    "stan",
    "terminal",
    "merchant",
    "rrn",
    "code",
    "acquirer",
    "forwarder",
    "order",
    "theirs",
    "entry_mode",
    "mcc",
    "card_type",
    "original_order",
    "original_rrn",
    "error",
    "reason",
)
"""Meanings that are members of a record as they stand. Literals, not a split text: Python keeps one copy of such a name
and finds a keyword by it at once.
"""
GIVE_BACK = frozenset({Trade.VOID, Trade.REFUND, Trade.REVERSAL})

_RUNS = re.compile(rf"(?<!\d)[2-9]\d{{{PAN_DIGITS_MIN},{PAN_DIGITS_MAX - 1}}}(?!\d)", re.ASCII)
"""What could be a card number that no field of the layout is said to hold."""
_ENDS = re.compile(rf"[2-9]\d{{{PAN_DIGITS_MIN},}}", re.ASCII)
"""The same or its end, whatever stands before: found in a third of the time."""


class Misplaced(Unfit):
    """Unfit, and the name of the field in question."""

    def __init__(self, what: str, which: str) -> None:
        super().__init__(what)
        self.which = which


class Teller:
    """Makes the records of one file. `hashed` gives a card number's keyed hash, "" where there is no key."""

    def __init__(self, layout: Layout, day: str, hashed: Callable[[str], str]) -> None:
        self._layout = layout
        self._day = day
        self._first_day = days.shifted(day, -layout.days_back)
        self._first_undone = min(self._first_day, days.shifted(day, -UNDONE_DAYS_BACK))
        self._hashed = hashed
        self._iso = is_iso(layout.fields)
        self._names = {field.means: field.name for field in layout.fields if field.means}
        texts = [(f.means, f.name) for f in layout.fields if f.means in TEXTS and f.kind in WORDS]
        self._texts = tuple(meaning for meaning, _ in texts)
        self._of_texts = itemgetter(*(name for _, name in texts), texts[0][1]) if texts else None
        self._others = tuple((f.means, f.name) for f in layout.fields if f.means and f.means not in TEXTS)
        self._cards = tuple(field.name for field in layout.fields if field.kind in CARDS)
        self._blank = dict.fromkeys(TEXTS, "") | ({} if "code" in self._names else {"code": "00"})

    def trade(self, values: Mapping[str, Value]) -> Rule | None:
        """The first rule that fits; None where the layout has none. Misplaced when none fits."""
        for rule in self._layout.rules:
            if all(values[name] in wanted for name, wanted in rule.when) and self._same(rule, values):
                return rule
        if self._layout.rules:
            first = self._layout.rules[0].when
            raise Misplaced("is no trade that the layout knows", first[0][0] if first else "")
        return None

    def record(self, number: int, text: str, values: Mapping[str, Value], rule: Rule | None) -> Record:
        """The record of line `number`. Misplaced when it has no amount or belongs to another day."""
        said, texts = self._said(values, rule)
        amount = said.get("amount")
        if not isinstance(amount, int):
            raise Misplaced("is blank", self._names.get("amount", "amount"))
        pan = _text(said, "pan")
        return Record(
            number=number,
            sent_at=self._sent(said, rule),
            masked_pan=pan if "*" in pan else masked(pan),
            amount_fen=amount if self._iso else abs(amount),
            original_stan=_number(said, "original_stan"),
            original_sent_at=_instant(said.get("original_sent")),
            text=self._redacted(text, values),
            channel=(rule.channel if rule is not None else "") or self._layout.channel,
            fee_fen=self._fee(said, rule),
            settled_fen=_difference(said.get("settled"), None),
            card=self._hashed(pan) if pan and "*" not in pan else "",
            network_fee_fen=_difference(said.get("network_fee"), None),
            **texts,
        )

    def _same(self, rule: Rule, values: Mapping[str, Value]) -> bool:
        return len({values[name] for name in rule.same}) <= 1 and all(values[name] for name in rule.same)

    def _said(self, values: Mapping[str, Value], rule: Rule | None) -> tuple[dict[str, Value], dict[str, str]]:
        """What the line says by meaning, and, apart from it, the members of the record that are text as it stands."""
        said = {meaning: values[name] for meaning, name in self._others}
        texts = self._blank.copy()
        if self._of_texts is not None:
            texts.update(zip(self._texts, self._of_texts(values), strict=False))
        if rule is not None:
            for meaning, names in rule.gives:
                said[meaning] = _first(values, names)
                if meaning in TEXTS:
                    texts[meaning] = _text(said, meaning)
            texts["mti"], texts["processing"] = ISO[rule.trade]
        return said, texts

    def _sent(self, said: Mapping[str, Value], rule: Rule | None) -> str:
        """When it was sent; where the file does not say, on the file's day. What undoes a trade may carry its time."""
        sent = said.get("sent")
        if sent is None:
            day, clock = said.get("sent_day"), said.get("sent_time")
            sent = (day[0] if isinstance(day, tuple) else "", clock[1] if isinstance(clock, tuple) else "")
        at = _instant(sent) or f"{self._day}000000"
        undoes = rule is not None and rule.trade in GIVE_BACK
        if not (self._first_undone if undoes else self._first_day) <= at[:8] <= self._day:
            name = self._names.get("sent") or self._names["sent_day"]
            raise Misplaced(outside(self._day, self._layout.days_back), name)
        return at

    def _fee(self, said: Mapping[str, Value], rule: Rule | None) -> int | None:
        fee = _difference(said.get("fee"), said.get("fee_back"))
        if fee is None or rule is None or not self._layout.fee_by_trade:
            return fee
        return -abs(fee) if rule.trade in GIVE_BACK else abs(fee)

    def _redacted(self, text: str, values: Mapping[str, Value]) -> str:
        """The line with its card numbers masked wherever the same digits stand, and every other run of digits that
        could be a card number by its check digit, unless a field that was read says what it is."""
        for name in self._cards:
            pan = values[name]
            if isinstance(pan, str) and pan and "*" not in pan:
                text = text.replace(pan, masked(pan))
        if any(run not in values.values() for run in _ENDS.findall(text)):
            for run in _RUNS.findall(text):
                if run not in values.values() and _luhn(run):
                    text = text.replace(run, masked(run))
        return text


def _first(values: Mapping[str, Value], names: tuple[str, ...]) -> Value:
    return next((values[name] for name in names if values[name]), values[names[-1]])


def _text(said: Mapping[str, Value], meaning: str) -> str:
    value = said.get(meaning)
    return value if isinstance(value, str) else ""


def _number(said: Mapping[str, Value], meaning: str) -> str:
    """A trace number; zeros are none."""
    value = _text(said, meaning)
    return value if value.strip("0") else ""


def _instant(value: Value) -> str:
    """yyyymmddHHMMSS; a day without a time is of its first second, a time without a day is nothing."""
    if not isinstance(value, tuple) or not value[0]:
        return ""
    return value[0] + (value[1] or "000000")


def _difference(plus: Value, minus: Value) -> int | None:
    """Fen less fen; None where both are blank."""
    if not isinstance(plus, int) and not isinstance(minus, int):
        return None
    return (plus if isinstance(plus, int) else 0) - (minus if isinstance(minus, int) else 0)


def _luhn(digits: str) -> bool:
    odd = sum(int(digit) for digit in digits[-1::-2])
    return (odd + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0
