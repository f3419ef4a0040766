"""Does the better witness stand, of equals the later, and is a contradiction seen?"""

from __future__ import annotations

from chongzheng.cases import witness
from chongzheng.cases.matter import Fact


def test_what_was_heard_keeps_its_own_time_and_the_corrected_one() -> None:
    fact = Fact("WitnessHeard", 9_000, "li")
    said = witness.heard({"witness": "slip", "at_raw": 5_000, "ahead_ms": 420}, fact)
    assert (said["at_raw"], said["at"], said["corrected"], said["heard_at"], said["by"]) == (
        5_000, 4_580, True, 9_000, "li",
    )  # fmt: skip
    plain = witness.heard({"witness": "slip"}, fact)
    assert (plain["at"], plain["corrected"]) == (9_000, False)


def test_the_better_witness_stands_and_of_equals_the_later() -> None:
    said = [
        {"witness": "clearing file", "clearing": "original only", "original": "yes"},
        {"witness": "terminal journal", "original": "no", "reversal": "failed"},
        {"witness": "merchant", "goods": "no"},
        {"witness": "merchant", "goods": "yes"},
        {"witness": "somebody", "goods": "no"},
    ]
    assert witness.stands(said) == {
        "clearing": "original only", "original": "yes", "reversal": "failed", "goods": "yes",
    }  # fmt: skip
    assert witness.disagree(said) == ("original", "goods")
    assert witness.disagree([{"witness": "slip", "goods": "unknown"}, {"witness": "merchant", "goods": "no"}]) == ()


def test_a_strong_witness_stands_against_the_machine_and_a_weak_one_does_not() -> None:
    no = [{"witness": "issuer", "original": "no"}, {"witness": "cardholder", "original": "no"}, {"witness": "issuer"}]
    assert witness.against("charged_kept", no) == ("issuer: original no",)
    assert witness.against("never_charged", no) == witness.against("unknown", no) == ()
    yes = [{"witness": "clearing file", "original": "yes"}]
    assert witness.against("never_charged", yes) == ("clearing file: original yes",)
    assert witness.against("charged_twice", yes) == ()
