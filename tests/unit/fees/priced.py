"""What does a price list for tests look like?"""

from decimal import Decimal

from chongzheng.fees.rules import Asked, Rule, Tier, When

DAY = "20261123"


def rule(id_: str = "CREDIT", rate: str = "0.0060", **other: object) -> Rule:
    """A rule about every card, with the fields that are named changed."""
    given: dict[str, object] = {
        "set": "default",
        "order": 5,
        "id": id_,
        "when": When(channel=frozenset({"card"})),
        "tiers": (Tier(None, Decimal(rate)),),
    }
    return Rule(**(given | other))  # type: ignore[arg-type]


def tiers(*slices: tuple[int | None, str]) -> tuple[Tier, ...]:
    """Slices of an amount from (up to fen, rate)."""
    return tuple(Tier(end, Decimal(rate)) for end, rate in slices)


def asked(amount_fen: int, day: str = DAY, **other: str) -> Asked:
    """A payment by card."""
    return Asked(**({"channel": "card", "amount_fen": amount_fen, "day": day} | other))  # type: ignore[arg-type]
