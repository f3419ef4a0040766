"""What does this price list say? TOML text becomes a tariff, or one line that says what is wrong and where.

The text is handed in; docs/fees.md describes it.
"""

from __future__ import annotations

from chongzheng.fees.rows import Row, tables
from chongzheng.fees.rules import CARD_TYPES, CHANNELS, ENTRY_MODES, GENERAL, Rule, Tier, When
from chongzheng.fees.tariff import Tariff
from chongzheng.fees.undone import OnRefund, RefundTerm

TIERS_MAX = 16
ORDER_MAX = 100_000

WHOLE, TIERED = "WHOLE", "TIERED"

_SET_KEYS = frozenset({"name", "over", "zh", "en"})
_REFUND_KEYS = frozenset({"policy", "channel", "merchant", "from", "until", "zh", "en"})
_RULE_KEYS = frozenset(
    "set order id from until merchant approved_by channel entry_mode card_type mcc amount_fen_min amount_fen_max"
    " mode rate tiers cap_fen zh en".split()
)


def read(text: str, name: str) -> Tariff:
    """The tariff in `text`, the content of the file `name`; alone it may be incomplete, so see Tariff.merged.

    TheirMistake, one line with file, row and key: no TOML, an unknown key, a value that is none, too many rows.
    """
    found = tables(text, name)
    for row in found["set"]:
        row.refuse_others(_SET_KEYS)
    over = {row.name("name"): row.name("over", GENERAL) for row in found["set"] if row.name("name") != GENERAL}
    return Tariff(tuple(map(_rule, found["rule"])), over, tuple(map(_refund, found["refund"])))


def _rule(row: Row) -> Rule:
    row.refuse_others(_RULE_KEYS)
    first, last = row.days()
    return Rule(
        set=row.name("set", GENERAL),
        order=row.whole("order", ORDER_MAX),
        id=row.name("id"),
        when=_when(row),
        tiers=_tiers(row),
        cap_fen=row.fen("cap_fen"),
        first_day=first,
        last_day=last,
        merchant=row.name("merchant", ""),
        approved_by=row.text("approved_by"),
        zh=row.text("zh"),
        en=row.text("en"),
    )


def _refund(row: Row) -> RefundTerm:
    row.refuse_others(_REFUND_KEYS)
    first, last = row.days()
    policy = OnRefund(row.choice("policy", [one.value for one in OnRefund], ""))
    return RefundTerm(policy, row.choices("channel", CHANNELS), row.name("merchant", ""), first, last)


def _when(row: Row) -> When:
    low, high = row.fen("amount_fen_min"), row.fen("amount_fen_max")
    if low is not None and high is not None and high < low:
        raise row.wrong("amount_fen_max", "is smaller than amount_fen_min")
    channel, entry_mode = row.choices("channel", CHANNELS), row.choices("entry_mode", ENTRY_MODES)
    return When(channel, entry_mode, row.choices("card_type", CARD_TYPES), row.mccs("mcc"), low, high)


def _tiers(row: Row) -> tuple[Tier, ...]:
    mode = row.choice("mode", (WHOLE, TIERED), WHOLE)
    other = "tiers" if mode == WHOLE else "rate"
    if other in row:
        raise row.wrong(other, f"does not belong to mode {mode}")
    if mode == WHOLE:
        return (Tier(None, row.rate("rate")),)
    slices = row.rows("tiers", 2, TIERS_MAX)
    found = (*(_slice(one) for one in slices[:-1]), _last(slices[-1]))
    for row, one, before in zip(slices[1:-1], found[1:-1], found, strict=False):
        if (one.up_to_fen or 0) <= (before.up_to_fen or 0):
            raise row.wrong("up_to_fen", "is not above the slice before")
    return found


def _slice(row: Row) -> Tier:
    row.refuse_others(("up_to_fen", "rate"))
    end = row.fen("up_to_fen")
    if not end:
        raise row.wrong("up_to_fen", "stands in every slice but the last, and is more than 0")
    return Tier(end, row.rate("rate"))


def _last(row: Row) -> Tier:
    row.refuse_others(("rate",))
    return Tier(None, row.rate("rate"))
