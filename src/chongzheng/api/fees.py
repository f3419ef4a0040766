"""What does a payment cost, asked over HTTP? The same answer as the command fee gives."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from chongzheng.api.door import Call, Door
from chongzheng.api.refusals import refusal
from chongzheng.fees import words
from chongzheng.fees.rules import CARD_TYPES, CHANNELS, ENTRY_MODES, GENERAL, Asked
from chongzheng.fees.tariff import Tariff
from chongzheng.gateway import fee_rules
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.settlement import days

OWN_VARIABLE = "CHONGZHENG_FEES"
"""Names the operator's price list, for the command and for this door."""
CHINA_AHEAD = timedelta(hours=8)

QUERY = {
    "channel": ("|".join(CHANNELS), "how it is paid"),
    "card": ("|".join(CARD_TYPES), "the card type, where the price depends on it"),
    "entry": ("|".join(ENTRY_MODES), "how the card or code was read"),
    "amount_fen": (r"[1-9][0-9]{0,11}", "the amount in fen"),
    "date": (r"[0-9]{8}", "day of the payment, yyyymmdd; today in China"),
    "merchant": (r"[A-Za-z0-9_.-]{1,64}", "merchant number, for a price of its own"),
    "mcc": (r"[0-9]{4}", "merchant category"),
    "rules": (r"[A-Za-z0-9_.-]{1,64}", "the set of rules; default"),
}
"""Each parameter: the pattern of its value, and what it means."""


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs, by which rule, and why, in English and in Chinese. `exact_fen`: before it was rounded, as text."""

    fee_fen: int
    rule: str
    why: str
    why_zh: str
    rules: str
    exact_fen: str
    capped: bool
    date: str


async def fee(_: Door, call: Call) -> Fee:
    """Quote one payment."""
    query = call.query
    for name in ("channel", "amount_fen"):
        if name not in query:
            raise refusal("bad_field", "is missing", f"query.{name}")
    day = query.get("date") or f"{datetime.now(UTC) + CHINA_AHEAD:%Y%m%d}"
    if not days.is_day(day):
        raise refusal("bad_field", "is no day", "query.date")
    asked = Asked(
        query["channel"], int(query["amount_fen"]), day, query.get("entry", ""), query.get("card", ""),
        query.get("mcc", ""), query.get("merchant", ""),
    )  # fmt: skip
    return _quoted(asked, query.get("rules", GENERAL))


def _quoted(asked: Asked, name: str) -> Fee:
    quote = tariff_in_force().quote(asked, name)
    if quote is None:
        raise refusal("bad_field", "no rule of this set and day covers it; a card is priced by its type", "query")
    return Fee(
        fee_fen=quote.fee_fen,
        rule=quote.rule.id,
        why=words.english(quote),
        why_zh=words.chinese(quote),
        rules=name,
        exact_fen=f"{quote.exact_fen.normalize():f}",
        capped=quote.is_capped,
        date=asked.day,
    )


@cache
def tariff_in_force() -> Tariff:
    """The price list of this process; a new file counts from the next start."""
    own = os.environ.get(OWN_VARIABLE)
    try:
        return fee_rules.tariff(Path(own) if own else None)
    except TheirMistake as mistake:  # the client has done nothing wrong
        raise OurMistake(str(mistake), OWN_VARIABLE) from None
