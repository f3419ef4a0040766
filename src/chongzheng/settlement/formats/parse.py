"""Is this TOML text a layout, and if not, what is wrong with it and where?

Everything a layout says is checked when it is loaded, so that a file is never read by half a layout. A mistake names
the text and the place in it, such as `my.toml: fields[3].length`.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.kinds import KINDS, MONEY, TEXT, TIME, UNREAD, Time, Unfit, time_form
from chongzheng.settlement.formats.layout import (
    CELLS,
    MEANINGS,
    MONEY_MEANINGS,
    TIME_MEANINGS,
    Closing,
    Container,
    Field,
    Layout,
    Rule,
    Shape,
    Trade,
    Witness,
    is_iso,
)
from chongzheng.settlement.line import CARD_CHANNEL

LAYOUT_CHARS_MAX = 256_000
FIELDS_MAX = 500
RULES_MAX = 100
LINE_BYTES_MAX = 65_536
PATTERN_CHARS_MAX = 500
DAYS_BACK_MAX = 400
ENCODINGS = frozenset({"utf-8", "gb18030", "ascii"})
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class _Table:
    """One table of the text: gives each key once and in its type, and refuses what nobody asked for."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise TheirMistake("must be a table", where)
        self._values: dict[str, Any] = dict(value)
        self.where = where

    def place(self, key: str) -> str:
        """Where a key stands, for people."""
        return f"{self.where}{'' if self.where.endswith(': ') else '.'}{key}"

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, "text", default)
        if len(value) > PATTERN_CHARS_MAX:
            raise TheirMistake(f"is longer than {PATTERN_CHARS_MAX} characters", self.place(key))
        return str(value)

    def number(self, key: str, default: int | None, most: int) -> int:
        value = self._take(key, int, "a whole number", default)
        if isinstance(value, bool) or not (0 <= value <= most or value == default):
            raise TheirMistake(f"must be a whole number from 0 to {most}", self.place(key))
        return int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, bool, "true or false", default))

    def one_of(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in words:
            raise TheirMistake(f"is not one of {', '.join(words)}", self.place(key))
        return value

    def pattern(self, key: str) -> re.Pattern[str] | None:
        value = self.text(key, "")
        try:
            return re.compile(value) if value else None
        except re.error as error:
            raise TheirMistake(f"is not a pattern: {error}", self.place(key)) from None

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self._values.pop(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise TheirMistake("must be text, or a list of texts", self.place(key))
        return tuple(found)

    def columns(self, key: str) -> tuple[str | int, ...]:
        value = self._values.pop(key, [])
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) or (type(one) is int and one > 0) for one in found):
            raise TheirMistake("must be the name of a column, a list of such, or its number from 1", self.place(key))
        return tuple(found)

    def tables(self, key: str, most: int) -> list[_Table]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or len(value) > most:
            raise TheirMistake(f"must be a list of at most {most} tables", self.place(key))
        return [_Table(one, f"{self.place(key)}[{number}]") for number, one in enumerate(value, 1)]

    def table(self, key: str) -> dict[str, Any]:
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise TheirMistake("must be a table", self.place(key))
        return value

    def close(self) -> None:
        for key in self._values:
            raise TheirMistake("is not a word of a layout; docs/settlement.md lists them", self.place(key))

    def _take(self, key: str, kind: type, what: str, default: object) -> Any:
        value = self._values.pop(key, default)
        if value is None:
            raise TheirMistake("is missing", self.place(key))
        if not isinstance(value, kind):
            raise TheirMistake(f"must be {what}", self.place(key))
        return value


def parse(text: str, where: str) -> Layout:
    """The layout that `text` describes; `where` names the text. TheirMistake with the place of the first mistake."""
    if len(text) > LAYOUT_CHARS_MAX:
        raise TheirMistake(f"is longer than {LAYOUT_CHARS_MAX} characters; it is not a layout", where)
    try:
        top = _Table(tomllib.loads(text), f"{where}: ")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TheirMistake(f"is not TOML: {error}", where) from None
    layout = _layout(top)
    top.close()
    _check(layout, where)
    return layout


def _layout(top: _Table) -> Layout:
    name = top.text("name")
    if NAME.fullmatch(name) is None:
        raise TheirMistake("must be small letters, digits and -, at most 32", top.place("name"))
    shape = Shape(top.one_of("shape", tuple(Shape)))
    container = Container(top.one_of("container", tuple(Container), Container.PLAIN))
    fields = tuple(_field(one, shape) for one in top.tables("fields", FIELDS_MAX))
    return Layout(
        name=name,
        family=top.text("family", name),
        title=top.text("title", name),
        channel=top.text("channel", CARD_CHANNEL),
        witness=Witness(top.one_of("witness", tuple(Witness), Witness.TRADES)),
        shape=shape,
        encoding=_encoding(top),
        fields=fields,
        rules=tuple(_rule(one) for one in top.tables("trades", RULES_MAX)),
        closings=tuple(_closing(one) for one in top.tables("closings", RULES_MAX)),
        container=container,
        file_name=top.pattern("file_name"),
        name_must=top.flag("name_must"),
        member=top.pattern("member"),
        day_line=top.pattern("day_line"),
        days_back=top.number("days_back", 1, DAYS_BACK_MAX),
        line_bytes=top.number("line_bytes", max((f.end for f in fields), default=0), LINE_BYTES_MAX),
        longer=top.flag("longer"),
        fee_by_trade=top.flag("fee_by_trade"),
        separated=top.flag("separated"),
        delimiter=CELLS if container is Container.XLSX else top.text("delimiter", ","),
        opens=top.text("opens", ""),
        quoted=top.flag("quoted", container is not Container.XLSX),
        header=top.flag("header", True),
        header_tag=top.text("header_tag", ""),
        row_tag=top.text("row_tag", ""),
        comment=top.text("comment", ""),
        never=top.texts("never"),
        nothing=top.texts("nothing"),
        skip=top.pattern("skip"),
        sheet=top.text("sheet", ""),
    )


def _encoding(top: _Table) -> str:
    given = top.text("encoding", "utf-8")
    try:
        name = codecs.lookup(given).name
    except (LookupError, ValueError):
        name = ""
    name = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8"}.get(name, name)
    if name not in ENCODINGS:
        raise TheirMistake("is not an encoding that files come in: utf-8, gb18030 or ascii", top.place("encoding"))
    return name


def _field(one: _Table, shape: Shape) -> Field:
    name, kind = one.text("name", ""), one.one_of("kind", KINDS, UNREAD if shape is Shape.FIXED else TEXT)
    columns = one.columns("column")
    found = Field(
        name=name or (str(columns[0]) if columns else ""),
        kind=kind,
        means=one.text("is", ""),
        at=one.number("at", -1, LINE_BYTES_MAX),
        length=one.number("length", 0, LINE_BYTES_MAX),
        columns=columns,
        optional=one.flag("optional"),
        missing=one.flag("missing"),
        part=one.flag("part"),
        must=one.texts("must"),
        values=_translations(one),
        time=_time(one, kind),
    )
    one.close()
    _check_field(found, one, shape)
    return found


def _translations(one: _Table) -> tuple[tuple[str, str], ...]:
    found = one.table("values")
    if not all(isinstance(word, str) for word in found.values()):
        raise TheirMistake("must hold texts", one.place("values"))
    return tuple(found.items())


def _time(one: _Table, kind: str) -> Time | None:
    form, year = one.text("form", ""), one.one_of("year", ("clearing", "latest"), "clearing")
    if kind != TIME:
        if form:
            raise TheirMistake("belongs to a field of kind time only", one.place("form"))
        return None
    try:
        return time_form(form, year == "latest")
    except Unfit as unfit:
        raise TheirMistake(str(unfit), one.place("form")) from None


def _check_field(field: Field, one: _Table, shape: Shape) -> None:
    if not field.name:
        raise TheirMistake("is missing", one.place("name"))
    if shape is Shape.FIXED and (field.at < 0 or field.length < 1):
        raise TheirMistake("is missing; a field of fixed width has at and length", one.place("at"))
    if shape is Shape.DELIMITED and not field.columns:
        raise TheirMistake("is missing; name the column, or give its number", one.place("column"))
    if field.means and field.means not in MEANINGS:
        raise TheirMistake(f"means nothing; it may be one of {', '.join(sorted(MEANINGS))}", one.place("is"))
    if (field.kind in MONEY) is not (field.means in MONEY_MEANINGS) and field.means:
        raise TheirMistake(f"a field that is {field.means} cannot be of kind {field.kind}", one.place("kind"))
    if field.means in TIME_MEANINGS and field.kind != TIME:
        raise TheirMistake(f"a field that is {field.means} must be of kind time", one.place("kind"))
    if field.kind == UNREAD and (field.means or field.must):
        raise TheirMistake("is missing; a field that is read has a kind", one.place("kind"))


def _rule(one: _Table) -> Rule:
    when = {key: _values(value, one.place("when")) for key, value in one.table("when").items()}
    gives = {key: _values(value, one.place("gives")) for key, value in one.table("gives").items()}
    for meaning in gives:
        if meaning not in MEANINGS - TIME_MEANINGS:
            raise TheirMistake(f"{meaning} means nothing that a trade can give", one.place("gives"))
    found = Rule(
        trade=Trade(one.one_of("is", tuple(Trade))),
        channel=one.text("channel", ""),
        when=tuple(when.items()),
        same=one.texts("same"),
        gives=tuple(gives.items()),
    )
    one.close()
    return found


def _values(value: object, where: str) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise TheirMistake("must hold texts, or lists of texts", where)
    return tuple(found)


def _closing(one: _Table) -> Closing:
    sums = tuple((key, _values(value, one.place("sums"))[0]) for key, value in one.table("sums").items())
    of = one.texts("of")
    for word in of:
        if word not in tuple(Trade):
            raise TheirMistake(f"is not one of {', '.join(Trade)}", one.place("of"))
    found = Closing(
        name=one.text("name", "closing totals"),
        line=one.pattern("line"),
        table=one.text("table", ""),
        count=one.text("count", "count"),
        sums=sums,
        of=frozenset(Trade(word) for word in of),
        form=one.one_of("form", tuple(MONEY), "yuan"),
    )
    if (found.line is None) is (found.table == ""):
        raise TheirMistake("must be either a pattern, line, or a first column, table", one.place("line"))
    if found.line is not None and not {found.count, *dict(sums)} <= set(found.line.groupindex):
        raise TheirMistake("needs a group of that name for the count and for each sum", one.place("line"))
    one.close()
    return found


def _check(layout: Layout, where: str) -> None:
    """What one field alone cannot show."""
    meanings = [field.means for field in layout.fields if field.means]
    twice = {meaning for meaning in meanings if meanings.count(meaning) > 1}
    if twice:
        raise TheirMistake(f"two fields mean {', '.join(sorted(twice))}", f"{where}: fields")
    given = {meaning for rule in layout.rules for meaning, _ in rule.gives}
    if "amount" not in (*meanings, *given):
        raise TheirMistake("no field is amount; without it a line is no trade", f"{where}: fields")
    if not layout.rules and not is_iso(layout.fields) and layout.witness is Witness.TRADES:
        raise TheirMistake("is missing; say which lines are sales and which refunds", f"{where}: trades")
    _check_names(layout, where)
    if layout.shape is Shape.FIXED:
        _check_places(layout, where)
    elif not layout.header and any(type(column) is str for field in layout.fields for column in field.columns):
        raise TheirMistake("a file without header has numbered columns", f"{where}: fields")
    elif len(layout.delimiter) > 1 or (not layout.delimiter and not layout.row_tag):
        raise TheirMistake("must be one character", f"{where}: delimiter")


def _check_names(layout: Layout, where: str) -> None:
    names = [field.name for field in layout.fields]
    if len(set(names)) != len(names):
        raise TheirMistake("two fields have the same name", f"{where}: fields")
    known: Mapping[str, Field] = {field.name: field for field in layout.fields}
    said = [(name, "trades") for rule in layout.rules for name in (*dict(rule.when), *rule.same)]
    said += [(name, "trades") for rule in layout.rules for _, names in rule.gives for name in names]
    for name, place in said:
        if name not in known or known[name].kind == UNREAD:
            raise TheirMistake(f"there is no field {name!r} that is read", f"{where}: {place}")
    for name in (name for closing in layout.closings for _, name in closing.sums):
        if name not in known or known[name].kind not in MONEY:
            raise TheirMistake(f"there is no field {name!r} of money", f"{where}: closings")


def _check_places(layout: Layout, where: str) -> None:
    for number, field in enumerate(layout.fields, 1):
        if field.end > layout.line_bytes:
            raise TheirMistake(
                f"ends behind the line of {layout.line_bytes} bytes", f"{where}: fields[{number}].length"
            )
