"""Does a register refuse a row that says the wrong things?"""

from __future__ import annotations

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import PROPOSAL, Register, by_name, limits

LIMITS = Register(
    "limits", ("限额", "limits"), True, (Field("fen", "fen", "金额", "the most"),), {"shop": {"fen": 5}},
    lambda row: "" if row["fen"] % 5 == 0 else "fen: goes by fives",
)  # fmt: skip
PLAIN = Register("plain", ("普通", "plain"), False, ())


def test_a_row_has_the_right_fields_and_passes_the_check_of_its_register() -> None:
    assert LIMITS.wrong({"fen": 10}) == "" and LIMITS.wrong({}).startswith("fen: is missing")
    assert LIMITS.wrong({"fen": 7}) == "fen: goes by fives" and PLAIN.wrong({}) == ""


def test_registers_are_found_by_their_names() -> None:
    assert list(by_name(LIMITS, PLAIN)) == ["limits", "plain"]


def test_a_limit_is_a_named_number_above_nought() -> None:
    days = limits("days", ("天数", "days"), {"notice": {"zh": "通知", "en": "notice", "n": 5}}, PROPOSAL, money=True)
    assert (days.money, [one.name for one in days.fields]) == (True, ["zh", "en", "n", "unverified"])
    assert days.wrong(days.shipped["notice"]) == ""
    assert days.wrong({"zh": "通知", "en": "notice", "n": 0, "unverified": True}) == "n is above nought"
