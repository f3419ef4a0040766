"""Does the bank's clerk do to sales and reversals what each vice says, and keep a true book of it?"""

from dataclasses import replace

import pytest

from chongzheng.iso8583 import Message
from chongzheng.simulator.desk import BAD, GOOD, NONE, Act, Answer, Desk, Dossier, Later, key_of
from chongzheng.simulator.vices import REVERSAL_VICES, SALE_VICES, fate

DAY, NEXT_DAY = "20261123", "20261124"
WAIT_MS = 400


def sale(fen: int = 1200) -> Message:
    """A purchase that was typed in."""
    return Message("0200", {
        2: "6222020000001234", 3: "000000", 4: f"{fen:012d}", 11: "000007", 14: "3012", 22: "012", 25: "00",
        41: "10000001", 42: "898310000000001", 49: "156", 60: "2200000100050", 63: "001",
    })  # fmt: skip


def reversal(fen: int = 1200, why: str = "98", **other: str) -> Message:
    """Its reversal."""
    kept = {number: value for number, value in sale(fen).fields.items() if number not in (14, 63)}
    return Message("0400", {**kept, 39: why, **{int(name[1:]): value for name, value in other.items()}})


def desk(on_sale: str = "honest", on_reversal: str = "honest", code: str = "", times: int = 1) -> Desk:
    """A clerk for whom this payment's fate is known."""
    clerk = Desk(7, DAY, NEXT_DAY, WAIT_MS, lambda: "1123101530")
    key = key_of(sale())
    sale_vice = next(vice for vice in SALE_VICES if vice.name == on_sale)
    reversal_vice = next(vice for vice in REVERSAL_VICES if vice.name == on_reversal)
    sale_code, reversal_code = (code or (vice.codes or ("00",))[0] for vice in (sale_vice, reversal_vice))
    drawn = replace(
        fate(7, key), sale=sale_vice, sale_code=sale_code, reversal=reversal_vice, reversal_code=reversal_code,
        times=times,
    )  # fmt: skip
    clerk.dossiers[key] = Dossier(drawn)
    return clerk


def said(acts: list[Act]) -> list[tuple[str, str]]:
    """F39 and MAC of every answer."""
    return [(act.message.text(39), act.mac) for act in acts if isinstance(act, Answer)]


def truth(clerk: Desk) -> str:
    """What the book says."""
    return clerk.ledger.account(key_of(sale())).truth


@pytest.mark.parametrize(
    ("vice", "answers", "true"),
    [
        ("honest", [("00", GOOD)], "charged_kept"),
        ("refuse", [("51", NONE)], "never_charged"),
        ("late", [("00", GOOD)], "charged_kept"),
        ("lost-answer", [], "charged_kept"),
        ("silent", [], "never_charged"),
        ("wrong-mac", [("00", BAD)], "charged_kept"),
        ("forged", [("00", BAD)], "never_charged"),
        ("wrong-echo", [("00", GOOD)], "charged_kept"),
        ("vague-executed", [("96", NONE)], "charged_kept"),
        ("vague", [("96", NONE)], "never_charged"),
        ("duplicate", [("00", GOOD), ("00", GOOD)], "charged_kept"),
        ("duplicate-96", [("00", GOOD), ("96", NONE)], "charged_kept"),
    ],
)
def test_sales(vice: str, answers: list[tuple[str, str]], true: str) -> None:
    clerk = desk(vice)
    acts = clerk.sale(sale())
    assert said(acts) == answers
    assert truth(clerk) == true
    late = vice == "late"
    assert all(act.after_ms is not None and (act.after_ms > WAIT_MS) == late for act in acts)
    for act in acts:
        assert isinstance(act, Answer)
        assert (act.message.text(4) != sale().text(4)) == (vice == "wrong-echo")
        assert act.message.mti == "0210"


@pytest.mark.parametrize(("vice", "day"), [("slow-original", DAY), ("original-next-day", NEXT_DAY)])
def test_held_sales_are_executed_later(vice: str, day: str) -> None:
    clerk = desk(vice)
    (act,) = clerk.sale(sale())
    assert isinstance(act, Later)
    assert truth(clerk) == "never_charged"
    assert said(clerk.reversal(reversal(), 1)) == [("25", NONE)]
    clerk.is_cut = act.after_ms is None
    assert said(clerk.processed_late(act.key)) == [("00", GOOD)]
    charge = clerk.ledger.charged(act.key)
    assert charge is not None and charge.day == day
    assert said(clerk.reversal(reversal(), 1)) == [("00", GOOD)]
    assert truth(clerk) == "charged_returned"


@pytest.mark.parametrize(
    ("vice", "code", "rounds", "true"),
    [
        ("honest", "", [[("00", GOOD)], [("00", GOOD)]], "charged_returned"),
        ("lose-first", "", [[], [("00", GOOD)]], "charged_returned"),
        ("lose-all", "", [[], [], []], "charged_kept"),
        ("lost-ack", "22", [[], [("22", NONE)], [("22", NONE)]], "charged_returned"),
        ("lost-ack", "00", [[], [("00", GOOD)]], "charged_returned"),
        ("late-ack", "", [[("00", GOOD)]], "charged_returned"),
        ("blind-00-once", "", [[("00", GOOD)]], "charged_returned"),
        ("blind-00", "", [[("00", GOOD)], [("00", GOOD)]], "charged_kept"),
        ("invalid", "", [[("12", NONE)], [("12", NONE)]], "charged_kept"),
        ("unsupported", "", [[("40", NONE)]], "charged_kept"),
        ("busy", "91", [[("91", NONE)], [("00", GOOD)]], "charged_returned"),
        ("cut-over", "", [[("90", NONE)], [("00", GOOD)]], "charged_returned"),
        ("sign-in", "A0", [[("A0", NONE)], [("A0", NONE)]], "charged_kept"),
        ("ack-duplicate", "", [[("00", GOOD), ("00", GOOD)]], "charged_returned"),
        ("ack-duplicate-96", "", [[("00", GOOD), ("96", NONE)]], "charged_returned"),
        ("ack-wrong-mac", "", [[("00", BAD)], [("00", GOOD)]], "charged_returned"),
        ("ack-wrong-echo", "", [[("00", GOOD)], [("00", GOOD)]], "charged_returned"),
    ],
)
def test_reversals(vice: str, code: str, rounds: list[list[tuple[str, str]]], true: str) -> None:
    clerk = desk("lost-answer", vice, code)
    clerk.sale(sale())
    assert [said(clerk.reversal(reversal(), 1)) for _ in rounds] == rounds
    assert truth(clerk) == true
    assert clerk.complaints == []


def test_an_accepted_reversal_names_its_original_and_a_blind_one_does_not() -> None:
    for vice, names in (("honest", True), ("blind-00", False)):
        clerk = desk("lost-answer", vice)
        clerk.sale(sale())
        (act,) = clerk.reversal(reversal(), 1)
        charge = clerk.ledger.charged(key_of(sale()))
        assert charge is not None and isinstance(act, Answer)
        assert (act.message.text(37) == charge.rrn) is names


def test_a_wrong_echo_is_in_the_amount_and_ends() -> None:
    clerk = desk("lost-answer", "ack-wrong-echo")
    clerk.sale(sale())
    amounts = [clerk.reversal(reversal(), 1)[0].message.text(4) for _ in range(2)]  # type: ignore[union-attr]
    assert amounts == [f"{1201:012d}", f"{1200:012d}"]


def test_a_new_sign_in_opens_the_way() -> None:
    clerk = desk("lost-answer", "sign-in")
    clerk.sale(sale())
    assert said(clerk.reversal(reversal(), 3)) == [("A0", NONE)]
    assert said(clerk.reversal(reversal(), 4)) == [("00", GOOD)]


def test_a_reversal_of_a_refused_sale_of_another_amount_card_or_day() -> None:
    clerk = desk("refuse")
    clerk.sale(sale())
    assert said(clerk.reversal(reversal(), 1)) == [("12", NONE)]
    clerk = desk()
    clerk.sale(sale())
    assert said(clerk.reversal(reversal(1201), 1)) == [("64", NONE)]
    assert said(clerk.reversal(reversal(f2="6222020000009999"), 1)) == [("14", NONE)]
    clerk.is_cut = True
    assert said(clerk.reversal(reversal(), 1)) == [("12", NONE)]
    assert truth(clerk) == "charged_kept"


def test_the_clerk_complains_about_what_no_engine_may_do() -> None:
    clerk = desk()
    clerk.sale(sale())
    assert clerk.sale(sale()) == []
    clerk.reversal(reversal(f14="3012"), 1)
    clerk.reversal(reversal(why="06"), 1)
    assert [line.split(":")[0] for line in clerk.complaints] == [
        "sale sent 2 times", "reversal with fields [14]", "reversal repeated with other words",
    ]  # fmt: skip
    assert clerk.ledger.account(key_of(sale())).returns == 2, "other words return again"


def test_a_wrong_mac_changes_nothing() -> None:
    clerk = desk()
    assert said(clerk.unsigned(sale())) == [("A0", NONE)]
    assert truth(clerk) == "never_charged"
