"""Which lines of a channel's file charge another fee than the one agreed, and why is it another?

A merchant's file (wallets, ZM, an acquirer's) is checked against the price list, a network's file (ACOM) against the
ladder of interchange. A line is judged only when the agreement says what it must be; every other one is counted with
the reason. The shape of a line is any record of settlement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Protocol

from chongzheng.fees import entry, words
from chongzheng.fees.interchange import Cost, Ladder
from chongzheng.fees.rules import CARD_TYPES, GENERAL, Asked, half_up
from chongzheng.fees.tail import Fee
from chongzheng.fees.tariff import Quote, Tariff
from chongzheng.fees.undone import Charged, returned_fen
from chongzheng.money import Money

SALE, REVERSAL, VOID, REFUND = "sale", "reversal", "void", "refund"
CREDIT = "credit"
UNDONE = "undone before clearing: all of the fee comes back", "清算前撤销或冲正：手续费全额退回"


class Line(Protocol):
    """What must be known of a line; amounts in fen, fees as what is paid to the other side, F22 and F18 as they are."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def merchant(self) -> str: ...
    @property
    def amount_fen(self) -> int: ...
    @property
    def fee_fen(self) -> int | None: ...
    @property
    def network_fee_fen(self) -> int | None: ...
    @property
    def entry_mode(self) -> str: ...
    @property
    def mcc(self) -> str: ...
    @property
    def card_type(self) -> str: ...
    @property
    def stan(self) -> str: ...
    @property
    def sent_at(self) -> str: ...
    @property
    def rrn(self) -> str: ...
    @property
    def order(self) -> str: ...
    @property
    def original_stan(self) -> str: ...
    @property
    def original_sent_at(self) -> str: ...
    @property
    def original_rrn(self) -> str: ...
    @property
    def original_order(self) -> str: ...


class Side(StrEnum):
    """Whose fees the file holds: what merchants pay the acquirer, or what the acquirer pays issuer and network."""

    MERCHANT = "merchant"
    NETWORK = "network"


class Part(StrEnum):
    """Which of the fees of a line: the merchant's, or one of the two that the acquirer pays on."""

    MERCHANT = "merchant"
    ISSUER = "issuer"
    NETWORK = "network"


class Unchecked(StrEnum):
    """Why a line was not judged."""

    NO_FEE = "the file says no fee"
    NO_RULE = "no rule of the agreement covers it"
    NO_SALE = "its sale is not in this file, or more than one fits"
    OTHER = "it is no sale, void, refund or reversal"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed, for the file of one clearing `day` (yyyymmdd). `name`: the set of rules."""

    tariff: Tariff
    ladder: Ladder
    day: str
    side: Side = Side.MERCHANT
    name: str = GENERAL


@dataclass(frozen=True, slots=True)
class FeeDifference:
    """A fee that is not the one agreed; both in fen, signed as in the file: above zero we pay."""

    number: int
    part: Part
    charged_fen: int
    agreed_fen: int
    why: str
    why_zh: str

    @property
    def fen(self) -> int:
        """What we paid too much; negative: too little."""
        return self.charged_fen - self.agreed_fen


@dataclass(frozen=True, slots=True)
class FeeCheck:
    """All wrong fees in the order of the file, how many lines were judged, how many not and why, and the fees as they
    should be, for the tail of the day.
    """

    differences: tuple[FeeDifference, ...]
    judged: int
    unchecked: Mapping[Unchecked, int]
    fees: tuple[Fee, ...]


def check(lines: Iterable[Line], agreement: Agreement) -> FeeCheck:
    """Judge the fees of every line of one file."""
    return _Checking(agreement).all(list(lines))


@dataclass(frozen=True, slots=True)
class _Due:
    """One fee as it should be; `why` says so in English and in Chinese, and only differences ask it."""

    part: Part
    exact_fen: Decimal
    fen: int
    why: Callable[[], tuple[str, str]]


class _Checking:
    """One pass over a file: sales first, because what undoes them is judged by what they cost."""

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._prices = agreement.tariff.prices(agreement.name, agreement.day)
        self._sales: dict[tuple[str, ...], list[Line]] = {}
        self._refunded_fen: Counter[int] = Counter()
        self._differences: list[FeeDifference] = []
        self._fees: list[Fee] = []

    def all(self, lines: list[Line]) -> FeeCheck:
        for line in lines:
            if line.kind == SALE:
                self._remember(line)
        judged, unchecked = 0, Counter[Unchecked]()
        for line in lines:
            due = self._due(line)
            if isinstance(due, Unchecked):
                unchecked[due] += 1
            else:
                judged += 1
                self._compare(line, due)
        return FeeCheck(tuple(self._differences), judged, dict(unchecked), tuple(self._fees))

    def _remember(self, line: Line) -> None:
        for key in (("order", line.order), ("rrn", line.rrn), ("stan", line.stan, line.sent_at)):
            if all(key):
                self._sales.setdefault(key, []).append(line)

    def _compare(self, line: Line, due: tuple[_Due, ...]) -> None:
        for one in due:
            self._fees.append(Fee(self._agreement.day, one.exact_fen, half_up(one.exact_fen)))
            paid = _paid(line, one.part)
            if paid != one.fen:
                self._differences.append(FeeDifference(line.number, one.part, paid, one.fen, *one.why()))

    def _due(self, line: Line) -> tuple[_Due, ...] | Unchecked:
        if line.kind not in (SALE, REVERSAL, VOID, REFUND):
            return Unchecked.OTHER
        if line.fee_fen is None and line.network_fee_fen is None:
            return Unchecked.NO_FEE
        if line.kind == SALE:
            return self._of_sale(line)
        sale = self._original(line)
        if sale is None:
            return Unchecked.NO_SALE
        return self._of_refund(line, sale) if line.kind == REFUND else self._of_undone(line, sale)

    def _of_sale(self, line: Line) -> tuple[_Due, ...] | Unchecked:
        return self._price(line) if self._agreement.side is Side.MERCHANT else self._cost(line)

    def _price(self, line: Line) -> tuple[_Due, ...] | Unchecked:
        quote = self._quote(line)
        if quote is None:
            return Unchecked.NO_RULE
        why = partial(_words, quote)
        return (_Due(Part.MERCHANT, quote.exact_fen, quote.fee_fen, why),)

    def _quote(self, line: Line) -> Quote | None:
        how, day = entry.word(line.entry_mode), self._agreement.day
        asked = Asked(line.channel, line.amount_fen, day, how, line.card_type, line.mcc, line.merchant)
        return self._prices.quote(asked)

    def _cost(self, line: Line) -> tuple[_Due, ...] | Unchecked:
        """A network's line: where it does not say the card type, the fees of the type that comes closer will do."""
        types = [line.card_type] if line.card_type else CARD_TYPES
        ladder, day = self._agreement.ladder, self._agreement.day
        costs = [cost for each in types if (cost := ladder.cost(line.amount_fen, each, line.mcc, day)) is not None]
        possible = [_parts(line, cost) for cost in costs]
        return min(possible, key=lambda due: _apart(line, due), default=Unchecked.NO_RULE)

    def _original(self, line: Line) -> Line | None:
        """The one sale of this file that the line undoes; None when there is none, or more than one."""
        for key in (
            ("order", line.original_order),
            ("stan", line.original_stan, line.original_sent_at),
            ("rrn", line.original_rrn),
        ):
            found = self._sales.get(key, []) if all(key) else []
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _of_undone(self, line: Line, sale: Line) -> tuple[_Due, ...] | Unchecked:
        """A trade that was undone before clearing never clears: what was paid for it comes back, right or wrong."""
        due = self._of_sale(sale)
        if isinstance(due, Unchecked):
            return due
        return tuple(_Due(one.part, -one.exact_fen, -_paid(sale, one.part), lambda: UNDONE) for one in due)

    def _of_refund(self, line: Line, sale: Line) -> tuple[_Due, ...] | Unchecked:
        quote = self._quote(sale)
        before = self._refunded_fen[sale.number]
        if self._agreement.side is Side.NETWORK or quote is None or not 0 < line.amount_fen <= sale.amount_fen - before:
            return Unchecked.NO_RULE
        self._refunded_fen[sale.number] += line.amount_fen
        policy = self._agreement.tariff.on_refund(sale.channel, sale.merchant, self._agreement.day)
        charged = Charged(sale.amount_fen, quote.fee_fen, quote.rule)
        back = returned_fen(charged, before, line.amount_fen, policy)
        part, whole = Money(line.amount_fen), Money(sale.amount_fen)
        said = (
            f"refund of {part} of a sale of {whole}, agreed: {policy}",
            f"退货 {part} 元，原交易 {whole} 元，约定 {policy}",
        )
        return (_Due(Part.MERCHANT, Decimal(-back), -back, lambda: said),)


def _words(quote: Quote) -> tuple[str, str]:
    return words.english(quote), words.chinese(quote)


def _paid(line: Line, part: Part) -> int:
    return (line.network_fee_fen if part is Part.NETWORK else line.fee_fen) or 0


def _parts(line: Line, cost: Cost) -> tuple[_Due, ...]:
    """The fees that the line has a column for."""
    due = []
    if line.fee_fen is not None:
        due.append(_Due(Part.ISSUER, cost.issuer_fen, cost.issuer_fee_fen, partial(_about, cost, Part.ISSUER)))
    if line.network_fee_fen is not None:
        due.append(_Due(Part.NETWORK, cost.network_fen, cost.network_fee_fen, partial(_about, cost, Part.NETWORK)))
    return tuple(due)


def _about(cost: Cost, part: Part) -> tuple[str, str]:
    said = f"{cost.card_type} card, merchant class {cost.merchant_class}, {part}'s fee"
    zh = f"{'贷记卡' if cost.card_type == CREDIT else '借记卡'}，商户类别 {cost.merchant_class}"
    return said, f"{zh}，{'发卡行' if part is Part.ISSUER else '网络'}服务费"


def _apart(line: Line, due: tuple[_Due, ...]) -> int:
    return sum(abs(_paid(line, one.part) - one.fen) for one in due)
