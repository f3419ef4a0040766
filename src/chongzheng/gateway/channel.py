"""Which kinds of messages does a channel know, and what does each need when its answer does not come?

The tables are data: one packaged file per dialect in `channels/`, and what an operator puts over it. An operator's
file has the same shape; a kind or message of the same name replaces the packaged one, whole tables are never lost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import Link, Moves, Undo

KINDS_MAX = 1_000
NEXT_DAYS_MAX = 31
"""A channel that takes reversals for longer is a typing mistake."""
CHANNELS_MAX = 16
FIELD_MAX = 128
KNOWN = {"channel", "version", "account_digits", "accounts", "copies", "needs", "next_day", "kinds", "messages"}
NO_ORDER, SCRIPT_FIRST, THEN_REVERSALS, THEN_SALES, THEN_SETTLEMENT = range(5)
"""What goes before what on one terminal (facts/iso8583 fact 8)."""
FORBIDDEN = frozenset({2, 14, 26, 35, 36, 45, 52, 64, 128})
"""Never frozen with a payment: card data, which is not stored or has its own place (F2), and MACs."""


class Rule(StrEnum):
    """Whether a channel takes a reversal after the business day of its original."""

    FORBID = "forbid"
    ALLOW = "allow"


class Does(StrEnum):
    """What becomes of a message that moves no money."""

    SIGN_IN = "sign-in"
    ANSWER = "answer"
    GO_THROUGH = "pass"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of transaction. `copies`: fields that its reversal or repeat takes over; `needs`: fields without
    which it is refused; `order`: its place on its terminal, as for an errand; it exists on business days (yyyy-mm-dd)
    from `valid_from` to `valid_to`, "" without end."""

    name: str
    zh: str
    mti: str
    f3: str
    f25: str
    f60_1: str
    undo: Undo
    moves: Moves
    link: Link = Link.NONE
    copies: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    order: int = THEN_SALES

    @property
    def wire(self) -> tuple[str, str, str, str]:
        """What tells it apart on the wire."""
        return self.mti, self.f3, self.f25, self.f60_1

    def is_valid(self, day: str) -> bool:
        """Whether it exists on this business day (yyyymmdd); "" asks for no day in particular."""
        begin, end = self.valid_from.replace("-", ""), self.valid_to.replace("-", "")
        return not day or ((not begin or begin <= day) and (not end or day <= end))


@dataclass(frozen=True, slots=True)
class NextDay:
    """From the business day `since` (yyyy-mm-dd) on: whether a reversal is sent after its original's day, for how many
    `days` more, with F15; `why`: on whose word."""

    rule: Rule
    since: str
    days: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """One kind of message that moves no money; found by F60.3, or by F60.1 where it has no F60.3.

    `order`: its place on its terminal among script notices, reversals, sales and settlement, by the names above.
    """

    name: str
    zh: str
    mti: str
    does: Does
    f60_1: str = ""
    f60_3: tuple[str, ...] = ()
    order: int = 0


class Channel:
    """All kinds of a channel, found by what stands on the wire. TheirMistake when two cannot be told apart."""

    def __init__(
        self, name: str, version: str, kinds: Iterable[Kind], errands: Iterable[Errand],
        account_digits: tuple[int, ...] = (), accounts: str = "0", next_day: Iterable[NextDay] = (),
    ) -> None:  # fmt: skip
        self.name = name
        self.version = version
        self.kinds = {kind.name: kind for kind in kinds}
        self.errands = {errand.name: errand for errand in errands}
        self.account_digits = account_digits
        self.accounts = accounts
        self.next_day = tuple(next_day)
        self._by_wire: dict[tuple[str, str, str, str], list[Kind]] = {}
        self._reversed: dict[tuple[str, str, str], list[Kind]] = {}
        for kind in self.kinds.values():
            self._add(self._by_wire.setdefault(kind.wire, []), kind)
            if kind.undo is Undo.REVERSE:
                self._add(self._reversed.setdefault(kind.wire[1:], []), kind)
        self._errands = self._told_apart()
        self.types = {kind.mti for kind in self.kinds.values()} | {errand.mti for errand in self.errands.values()}
        self.is_dated = any(kind.valid_from or kind.valid_to for kind in self.kinds.values())

    def order_of(self, kind: str) -> int:
        """The place of such a transaction among a terminal's messages; a kind that is gone from the table is a sale."""
        found = self.kinds.get(kind)
        return found.order if found is not None else THEN_SALES

    def undo_days(self, day: str) -> int:
        """For how many days after the business day `day` (yyyymmdd) reversals of it are sent: the newest rule in force
        says it, of several of one day the last; without one, none is."""
        in_force = [row for row in self.next_day if row.since.replace("-", "") <= day]
        newest = max((row.since for row in in_force), default="")
        return next((row.days for row in reversed(in_force) if row.since == newest), 0)

    @staticmethod
    def _add(known: list[Kind], kind: Kind) -> None:
        for other in known:
            apart = (other.valid_to and kind.valid_from > other.valid_to) or (
                kind.valid_to and other.valid_from > kind.valid_to
            )
            if not apart:
                raise TheirMistake(f"cannot be told from {other.name!r} on the wire", f"kinds.{kind.name}")
        known.append(kind)

    def _told_apart(self) -> dict[tuple[str, str, str], Errand]:
        found: dict[tuple[str, str, str], Errand] = {}
        for errand in self.errands.values():
            codes = [("", code) for code in errand.f60_3] or [(errand.f60_1, "")]
            for code in codes:
                other = found.setdefault((errand.mti, *code), errand)
                if other is not errand:
                    raise TheirMistake(f"cannot be told from {other.name!r} on the wire", f"messages.{errand.name}")
        return found

    def kind_of(self, mti: str, f3: str, f25: str, f60_1: str, day: str = "") -> Kind | None:
        """The kind of a request, or None; `day` (yyyymmdd) is the business day."""
        return self._first(self._by_wire, (mti,), f3, (f25, f60_1), day)

    def kind_reversed(self, f3: str, f25: str, f60_1: str, day: str = "") -> Kind | None:
        """The kind that a reversal with these codes undoes, or None when there is none that is ever reversed."""
        return self._first(self._reversed, (), f3, (f25, f60_1), day)

    def errand_of(self, mti: str, f60_1: str, f60_3: str) -> Errand | None:
        """The kind of a message that moves no money, or None."""
        return self._errands.get((mti, "", f60_3)) or self._errands.get((mti, f60_1, ""))

    def _first(
        self, known: Mapping[Any, list[Kind]], before: tuple[str, ...], f3: str, after: tuple[str, ...], day: str
    ) -> Kind | None:
        kinds = known.get((*before, f3, *after))
        if kinds is None:
            kinds = self._by_account(known, before, f3, after)
        return next((kind for kind in kinds if kind.is_valid(day)), None)

    def _by_account(
        self, known: Mapping[Any, list[Kind]], before: tuple[str, ...], f3: str, after: tuple[str, ...]
    ) -> list[Kind]:
        """F3 with the account that the cardholder chose taken out of it."""
        for digit in self.account_digits:
            if f3[digit - 1 : digit] and f3[digit - 1] in self.accounts:
                kinds = known.get((*before, f"{f3[: digit - 1]}0{f3[digit:]}", *after))
                if kinds is not None:
                    return kinds
        return []


@lru_cache(maxsize=CHANNELS_MAX)
def packaged(name: str) -> Channel:
    """The channel that this program brings for a dialect."""
    return read(files("chongzheng.gateway").joinpath("channels", f"{name}.toml").read_text("utf-8"))


def read(text: str, under: Channel | None = None) -> Channel:
    """A channel from the text of its file, put over `under`. TheirMistake names the place that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TheirMistake(f"is not TOML: {error}", "kinds file") from None
    except (ValueError, RecursionError):  # what the reader does with numbers without end and brackets in brackets
        raise TheirMistake("holds a number or a nesting beyond all measure", "kinds file") from None
    _refuse_others(table, KNOWN)
    lists = {name: _lists(table, name) for name in ("copies", "needs")}
    digits = table.get("account_digits", list(under.account_digits) if under else [])
    kinds = {**(under.kinds if under else {}), **{kind.name: kind for kind in _kinds(table, lists)}}
    errands = {**(under.errands if under else {}), **{errand.name: errand for errand in _errands(table)}}
    return Channel(
        name=_text(table, "channel", "", under.name if under else ""),
        version=_text(table, "version", "", under.version if under else ""),
        kinds=kinds.values(),
        errands=errands.values(),
        account_digits=_numbers(digits, "account_digits"),
        accounts=_text(table, "accounts", "", under.accounts if under else "0"),
        next_day=[*(under.next_day if under else ()), *_next_days(table)],
    )


def _next_days(table: Mapping[str, Any]) -> list[NextDay]:
    found = []
    for place, entry in _entries(table, "next_day", {one.name for one in fields(NextDay)}):
        rule, days = _one_of(Rule, entry, "rule", place), entry.get("days", 0)
        if type(days) is not int or not (1 <= days <= NEXT_DAYS_MAX if rule is Rule.ALLOW else days == 0):
            raise TheirMistake(f"must be 1 to {NEXT_DAYS_MAX} where it is allowed, else 0", f"{place}.days")
        since = _day(entry, "since", place)
        if not since:
            raise TheirMistake("must be a day, yyyy-mm-dd", f"{place}.since")
        found.append(NextDay(rule, since, days, _text(entry, "why", place, "")))
    return found


def _kinds(table: Mapping[str, Any], lists: Mapping[str, Mapping[str, tuple[int, ...]]]) -> list[Kind]:
    found = []
    for place, entry in _entries(table, "kinds", {one.name for one in fields(Kind)}):
        found.append(
            Kind(
                name=_text(entry, "name", place),
                zh=_text(entry, "zh", place, ""),
                mti=_digits(entry, "mti", place, 4),
                f3=_digits(entry, "f3", place, 6),
                f25=_digits(entry, "f25", place, 2),
                f60_1=_digits(entry, "f60_1", place, 2),
                undo=_one_of(Undo, entry, "undo", place),
                moves=_one_of(Moves, entry, "moves", place),
                link=_one_of(Link, entry, "link", place, ""),
                copies=_fields(entry, "copies", place, lists),
                needs=_fields(entry, "needs", place, lists),
                valid_from=_day(entry, "valid_from", place),
                valid_to=_day(entry, "valid_to", place),
                order=_order(entry, place, THEN_SALES),
            )
        )
    return found


def _errands(table: Mapping[str, Any]) -> list[Errand]:
    found = []
    for place, entry in _entries(table, "messages", {one.name for one in fields(Errand)}):
        codes = entry.get("f60_3", [])
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise TheirMistake("must be a list of texts", f"{place}.f60_3")
        errand = Errand(
            name=_text(entry, "name", place),
            zh=_text(entry, "zh", place, ""),
            mti=_digits(entry, "mti", place, 4),
            does=_one_of(Does, entry, "does", place),
            f60_1=_text(entry, "f60_1", place, ""),
            f60_3=tuple(codes),
            order=_order(entry, place, NO_ORDER),
        )
        if not errand.f60_1 and not errand.f60_3:
            raise TheirMistake("needs f60_3 or f60_1", place)
        found.append(errand)
    return found


def _order(entry: Mapping[str, Any], place: str, usual: int) -> int:
    order = entry.get("order", usual)
    if type(order) is not int or not NO_ORDER <= order <= THEN_SETTLEMENT:
        raise TheirMistake(f"must be {NO_ORDER} to {THEN_SETTLEMENT}", f"{place}.order")
    return order


def _entries(table: Mapping[str, Any], name: str, known: set[str]) -> list[tuple[str, dict[str, Any]]]:
    entries = table.get(name, [])
    if not isinstance(entries, list) or len(entries) > KINDS_MAX:
        raise TheirMistake(f"must be at most {KINDS_MAX} tables [[{name}]]", name)
    found = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise TheirMistake(f"must be a table [[{name}]]", f"{name}.{number}")
        place = f"{name}.{entry.get('name', number)}"
        _refuse_others(entry, known, f"{place}.")
        found.append((place, entry))
    return found


def _refuse_others(table: Mapping[str, Any], known: set[str], place: str = "") -> None:
    for name in table:
        if name not in known:
            raise TheirMistake("there is no such setting", f"{place}{name}")


def _lists(table: Mapping[str, Any], name: str) -> dict[str, tuple[int, ...]]:
    lists = table.get(name, {})
    if not isinstance(lists, dict):
        raise TheirMistake(f"must be a table [{name}]", name)
    return {key: _numbers(value, f"{name}.{key}") for key, value in lists.items()}


def _fields(
    entry: Mapping[str, Any], what: str, place: str, lists: Mapping[str, Mapping[str, tuple[int, ...]]]
) -> tuple[int, ...]:
    value = entry.get(what, "sale")
    if not isinstance(value, str):
        found = _numbers(value, f"{place}.{what}")
    elif value in lists[what]:
        found = lists[what][value]
    else:
        raise TheirMistake(f"there is no [{what}] {value!r} in this file", f"{place}.{what}")
    if what == "copies" and FORBIDDEN & set(found):
        raise TheirMistake(f"F{min(FORBIDDEN & set(found))} is never kept", f"{place}.{what}")
    return found


def _numbers(value: object, place: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(one) is int and 1 <= one <= FIELD_MAX for one in value):
        raise TheirMistake(f"must be a list of numbers from 1 to {FIELD_MAX}", place)
    return tuple(sorted(set(value)))


def _text(table: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise TheirMistake("must be a text", f"{place}.{name}".lstrip("."))
    return value


def _digits(entry: Mapping[str, Any], name: str, place: str, count: int) -> str:
    value = _text(entry, name, place)
    if len(value) != count or not value.isdecimal():
        raise TheirMistake(f"must have {count} digits", f"{place}.{name}")
    return value


def _day(entry: Mapping[str, Any], name: str, place: str) -> str:
    value = _text(entry, name, place, "")
    parts = value.split("-")
    if value and ([len(part) for part in parts] != [4, 2, 2] or not "".join(parts).isdecimal()):
        raise TheirMistake("must be a day, yyyy-mm-dd", f"{place}.{name}")
    return value


def _one_of(kind: Any, entry: Mapping[str, Any], name: str, place: str, default: str | None = None) -> Any:
    value = entry.get(name, default)
    if value not in list(kind):
        raise TheirMistake(f"must be one of: {', '.join(one for one in kind if one)}", f"{place}.{name}")
    return kind(value)
