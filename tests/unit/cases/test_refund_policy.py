"""Does evidence alone choose the rule, does `unknown` never pay for good, and has every amount an answer?"""

from itertools import product

import pytest

from chongzheng.cases.fields import FEN_MAX
from chongzheng.cases.refund_policy import (
    REFUND_POLICY,
    Circumstances,
    Gives,
    Level,
    lacking,
    level_of,
    people_needed,
    rule_of,
    wrong_row,
)
from chongzheng.mistakes import OurMistake

ROWS = REFUND_POLICY.shipped
TRUTHS = ("never_charged", "charged_kept", "charged_returned", "charged_twice", "contested", "unknown")
PROOFS = ("claimed", "acknowledged", "confirmed", "proven")
NO_GOODS = Circumstances(host_approved=True, reversal_failed=True, goods="no")
EDGES = (1, 10_000, 10_001, 20_000, 20_001, 50_000, 50_001, 100_000, 100_001, 1_000_000, 1_000_001, FEN_MAX)


def level(truth: str, proof: str, seen: Circumstances = NO_GOODS) -> Level:
    """The level of a payment that stands so."""
    return level_of({"truth": truth, "proof": proof}, seen)


@pytest.mark.parametrize(
    ("truth", "proof", "seen", "wanted"),
    [
        ("never_charged", "confirmed", NO_GOODS, Level.E0),
        ("charged_returned", "proven", NO_GOODS, Level.E0),
        ("charged_returned", "acknowledged", NO_GOODS, Level.E1),
        ("never_charged", "claimed", NO_GOODS, Level.E1),
        ("charged_kept", "proven", Circumstances(), Level.E3),
        ("charged_twice", "confirmed", Circumstances(), Level.E3),
        ("charged_kept", "acknowledged", NO_GOODS, Level.E2),
        ("unknown", "claimed", NO_GOODS, Level.E2),
        ("unknown", "claimed", Circumstances(host_approved=True, reversal_failed=True), Level.E1),
        ("unknown", "claimed", Circumstances(host_approved=True, goods="no"), Level.E1),
        ("unknown", "claimed", Circumstances(reversal_failed=True, goods="no"), Level.E1),
    ],
)
def test_the_level_follows_from_what_is_known(truth: str, proof: str, seen: Circumstances, wanted: Level) -> None:
    assert level(truth, proof, seen) is wanted


@pytest.mark.parametrize(
    ("of", "fen", "seen", "rule"),
    [
        (Level.E3, 50_000, NO_GOODS, "PR-1"),
        (Level.E3, 50_001, NO_GOODS, "PR-2"),
        (Level.E3, 1_000_001, NO_GOODS, "PR-3"),
        (Level.E2, 20_000, NO_GOODS, "PR-4"),
        (Level.E2, 20_001, NO_GOODS, "PR-5"),
        (Level.E2, 100_001, NO_GOODS, "PR-6"),
        (Level.E2, 1_000_001, NO_GOODS, "PR-7"),
        (Level.E1, 10_000, Circumstances(hardship=True), "PR-8"),
        (Level.E1, 10_001, Circumstances(hardship=True), "PR-9"),
        (Level.E1, 1, Circumstances(), "PR-9"),
        (Level.E0, 1, NO_GOODS, "PR-0"),
        (Level.E3, 1, Circumstances(goods="yes"), "PR-0"),
        (Level.E3, 1, Circumstances(blocked="chargeback in flight"), "PR-X"),
    ],
)
def test_the_rule_follows_from_level_and_amount(of: Level, fen: int, seen: Circumstances, rule: str) -> None:
    assert rule_of(ROWS, of, fen, seen) == rule


def test_every_standing_and_amount_has_a_rule_and_only_a_proven_debit_is_refunded_for_good() -> None:
    flags = (False, True)
    for truth, proof, host, failed, hard, goods, fen in product(
        TRUTHS, PROOFS, flags, flags, flags, ("yes", "no", "unknown"), EDGES
    ):
        seen = Circumstances(host, failed, goods, hard)
        gives = ROWS[rule_of(ROWS, level(truth, proof, seen), fen, seen)]["gives"]
        if gives == Gives.FINAL:
            assert truth in ("charged_kept", "charged_twice") and proof in ("confirmed", "proven") and goods != "yes"


def test_a_register_with_a_hole_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match="no rule of refunds"):
        rule_of({}, Level.E1, 1, Circumstances())


def test_shipped_rows_are_right_rows_and_take_two_people_wherever_money_moves() -> None:
    assert {name: REFUND_POLICY.wrong(row) for name, row in ROWS.items()} == dict.fromkeys(ROWS, "")
    assert all(row["people"] >= 2 for row in ROWS.values() if row["gives"] != Gives.NOTHING)


@pytest.mark.parametrize(
    ("base", "changed", "why"),
    [
        ("PR-5", {"gives": "final"}, "takes E3"),
        ("PR-5", {"level": "E0"}, "nothing was debited"),
        ("PR-1", {"people": 1}, "at least two"),
        ("PR-1", {"people": 0, "machine_checks": True}, "at least two"),
        ("PR-1", {"over_fen": 50_000}, "is above"),
        ("PR-1", {"roles": ["finance", "risk"]}, "roles: are more"),
        ("PR-1", {"people": 1, "machine_checks": True}, ""),
    ],
)
def test_a_wrong_row_is_told_why(base: str, changed: dict[str, object], why: str) -> None:
    said = wrong_row({**ROWS[base], **changed})
    assert why in said and bool(said) is bool(why)


def test_how_many_people_and_which_roles_are_still_missing() -> None:
    clerkish, chief = {"by": "a", "roles": ["supervisor"]}, {"by": "b", "roles": ["administrator", "supervisor"]}
    money = {"by": "c", "roles": ["finance"]}
    assert lacking(ROWS["PR-1"], []) == "1 more" and lacking(ROWS["PR-1"], [clerkish]) == ""
    assert lacking({**ROWS["PR-1"], "machine_checks": True}, []) == "" and people_needed(ROWS["PR-1"]) == 2
    assert lacking(ROWS["PR-6"], [money]) == "one each of supervisor"
    assert lacking(ROWS["PR-7"], [chief]) == "1 more"
    assert lacking(ROWS["PR-7"], [chief, clerkish]) == "one each of administrator, finance"
    assert lacking(ROWS["PR-7"], [money, chief]) == ""
