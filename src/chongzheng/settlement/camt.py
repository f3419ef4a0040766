"""What does a CAMT.053 statement say? ISO 20022, XML; read without ever believing what XML can be made to do.

A document type, and with it every entity, is refused; the tree is never built, so a large file needs little memory.
Namespaces (the version of the message) do not matter, the names of the elements do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.bank import MOVEMENTS_MAX, Movement, Statement

NAME = "camt053"
DEPTH_MAX = 64
TEXT_CHARS_MAX = 2_000
AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2})0*)?", re.ASCII)

OPENING, CLOSING = frozenset({"OPBD", "PRCD"}), frozenset({"CLBD"})
"""Codes of the balances that were booked; interim ones are not told."""

CREDIT, DEBIT = "CRDT", "DBIT"
BOOKED = "BOOK"


def read(data: bytes, name: str) -> tuple[Statement, ...]:
    """Every statement in the file. TheirMistake, one line with the place: no XML, a document type, no statement, an
    amount or a day that is none, a statement that does not add up.
    """
    reading = _Reading(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.opened
    parser.EndElementHandler = reading.closed
    parser.CharacterDataHandler = reading.said
    parser.StartDoctypeDeclHandler = reading.refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as wrong:
        raise TheirMistake(f"is not XML: {wrong}", name) from None
    if not reading.statements:
        raise TheirMistake("holds no statement (Stmt)", name)
    return tuple(reading.statements)


@dataclass
class _Entry:
    """One Ntry, as far as it was read."""

    fen: int | None = None
    sign: str = ""
    status: str = BOOKED
    day: str = ""
    value_day: str = ""
    reference: str = ""
    payer: str = ""
    payee: str = ""
    text: list[str] = field(default_factory=list)


@dataclass
class _Balance:
    code: str = ""
    fen: int | None = None
    sign: str = ""
    day: str = ""

    @property
    def signed_fen(self) -> int | None:
        return self.fen if self.fen is None or self.sign == CREDIT else -self.fen


@dataclass
class _Open:
    """One Stmt, as far as it was read."""

    account: str = ""
    currency: str = ""
    first_day: str = ""
    last_day: str = ""
    balances: list[_Balance] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)


class _Reading:
    """The state of the parser: where it stands, and what it has of the statement, the balance and the entry there."""

    def __init__(self, name: str) -> None:
        self.statements: list[Statement] = []
        self._name = name
        self._path: list[str] = []
        self._text = ""
        self._statement = _Open()
        self._balance = _Balance()
        self._entry = _Entry()
        self._currency = ""

    def refuse_doctype(self, *_: object) -> None:
        raise TheirMistake("has a document type, which no statement needs", self._name)

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag.rpartition(" ")[2])
        if len(self._path) > DEPTH_MAX:
            raise TheirMistake(f"is nested deeper than {DEPTH_MAX}", self._name)
        self._text = ""
        self._currency = attributes.get("Ccy", "")
        match self._path[-1]:
            case "Stmt":
                self._statement = _Open()
            case "Bal":
                self._balance = _Balance()
            case "Ntry":
                self._entry = _Entry()

    def said(self, text: str) -> None:
        if len(self._text) < TEXT_CHARS_MAX:
            self._text += text

    def closed(self, _: str) -> None:
        word = self._text.strip()[:TEXT_CHARS_MAX]
        where = "/".join(self._path[self._path.index("Stmt") + 1 :]) if "Stmt" in self._path else ""
        if (take := _TAKEN.get(where)) is not None:
            take(self, word)
        elif where == "" and self._path[-1] == "Stmt":
            self._finish()
        elif where.startswith("Ntry/NtryDtls/TxDtls/") and word:
            self._detail(where, word)
        self._path.pop()
        self._text = ""

    def account(self, word: str) -> None:
        self._statement.account = self._statement.account or word

    def currency(self, word: str) -> None:
        self._statement.currency = word

    def first_day(self, word: str) -> None:
        self._statement.first_day = self._day(word)

    def last_day(self, word: str) -> None:
        self._statement.last_day = self._day(word)

    def balance_code(self, word: str) -> None:
        self._balance.code = word

    def balance_fen(self, word: str) -> None:
        self._balance.fen = self._fen(word)

    def balance_sign(self, word: str) -> None:
        self._balance.sign = self._sign(word)

    def balance_day(self, word: str) -> None:
        self._balance.day = self._day(word)

    def balance(self, _: str) -> None:
        self._statement.balances.append(self._balance)

    def entry_fen(self, word: str) -> None:
        self._entry.fen = self._fen(word)

    def entry_sign(self, word: str) -> None:
        self._entry.sign = self._sign(word)

    def entry_status(self, word: str) -> None:
        self._entry.status = word or self._entry.status  # the older form holds the word itself, the newer an element

    def entry_day(self, word: str) -> None:
        self._entry.day = self._day(word)

    def entry_value_day(self, word: str) -> None:
        self._entry.value_day = self._day(word)

    def entry_reference(self, word: str) -> None:
        self._entry.reference = self._entry.reference or word

    def entry_text(self, word: str) -> None:
        self._entry.text.append(word)

    def entry(self, _: str) -> None:
        """A booked entry becomes a movement; a pending one is no money yet."""
        entry, movements = self._entry, self._statement.movements
        if entry.status != BOOKED:
            return
        if entry.fen is None or not (entry.sign and entry.day):
            raise TheirMistake("has no amount, no direction or no booking day", self._at())
        if len(movements) == MOVEMENTS_MAX:
            raise TheirMistake(f"has more than {MOVEMENTS_MAX} entries", self._name)
        fen = entry.fen if entry.sign == CREDIT else -entry.fen
        theirs = entry.payer if fen >= 0 else entry.payee
        text = " ".join(entry.text)[:TEXT_CHARS_MAX]
        value_day = entry.value_day or entry.day
        movements.append(Movement(len(movements) + 1, entry.day, value_day, fen, entry.reference, theirs, text))

    def _detail(self, where: str, word: str) -> None:
        """Who paid whom, and what for; the version of the message decides how deep the name lies."""
        inner = where.removeprefix("Ntry/NtryDtls/TxDtls/")
        if inner in ("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm"):
            self._entry.payer = word
        elif inner in ("RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm"):
            self._entry.payee = word
        elif inner in ("RmtInf/Ustrd", "AddtlTxInf"):
            self._entry.text.append(word)
        elif inner in ("Refs/EndToEndId", "Refs/AcctSvcrRef") and word != "NOTPROVIDED":
            self._entry.reference = self._entry.reference or word

    def _finish(self) -> None:
        found = self._statement
        opening, closing = self._of(OPENING), self._of(CLOSING)
        booked = [movement.day for movement in found.movements]
        first = found.first_day or (opening.day if opening else "") or min(booked, default="")
        last = found.last_day or (closing.day if closing else "") or max(booked, default="")
        if not (found.account and first and last and opening and closing):
            raise TheirMistake("a statement does not say its account, its days and both balances", self._name)
        statement = Statement(
            found.account, found.currency, min([first, *booked]), max([last, *booked]), opening.signed_fen,
            closing.signed_fen, tuple(found.movements),
        )  # fmt: skip
        statement.refuse_unless_whole(self._name)
        self.statements.append(statement)

    def _of(self, codes: frozenset[str]) -> _Balance | None:
        return next((one for one in self._statement.balances if one.code in codes and one.fen is not None), None)

    def _fen(self, word: str) -> int:
        found = AMOUNT.fullmatch(word)
        if found is None:
            raise TheirMistake("is not an amount in yuan and fen", self._at())
        if self._currency:
            self._statement.currency = self._statement.currency or self._currency
            if self._currency != self._statement.currency:
                raise TheirMistake("is in another currency than its account", self._at())
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))

    def _sign(self, word: str) -> str:
        if word not in (CREDIT, DEBIT):
            raise TheirMistake(f"is neither {CREDIT} nor {DEBIT}", self._at())
        return word

    def _day(self, word: str) -> str:
        day = word[:10].replace("-", "")
        if not days.is_day(day):
            raise TheirMistake("is not a day", self._at())
        return day

    def _at(self) -> str:
        return f"{self._name}, entry {len(self._statement.movements) + 1}, {self._path[-1]}"


_TAKEN: dict[str, Callable[[_Reading, str], None]] = {
    "Acct/Id/IBAN": _Reading.account,
    "Acct/Id/Othr/Id": _Reading.account,
    "Acct/Ccy": _Reading.currency,
    "FrToDt/FrDtTm": _Reading.first_day,
    "FrToDt/ToDtTm": _Reading.last_day,
    "Bal/Tp/CdOrPrtry/Cd": _Reading.balance_code,
    "Bal/Amt": _Reading.balance_fen,
    "Bal/CdtDbtInd": _Reading.balance_sign,
    "Bal/Dt/Dt": _Reading.balance_day,
    "Bal/Dt/DtTm": _Reading.balance_day,
    "Bal": _Reading.balance,
    "Ntry/Amt": _Reading.entry_fen,
    "Ntry/CdtDbtInd": _Reading.entry_sign,
    "Ntry/Sts": _Reading.entry_status,
    "Ntry/Sts/Cd": _Reading.entry_status,
    "Ntry/BookgDt/Dt": _Reading.entry_day,
    "Ntry/BookgDt/DtTm": _Reading.entry_day,
    "Ntry/ValDt/Dt": _Reading.entry_value_day,
    "Ntry/ValDt/DtTm": _Reading.entry_value_day,
    "Ntry/NtryRef": _Reading.entry_reference,
    "Ntry/AcctSvcrRef": _Reading.entry_reference,
    "Ntry/AddtlNtryInf": _Reading.entry_text,
    "Ntry": _Reading.entry,
}
"""What is taken of a statement: the path below Stmt, and what becomes of its text."""
