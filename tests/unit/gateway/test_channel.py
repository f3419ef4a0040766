"""Does the packaged table say what every transaction of the field needs, and can an operator override it safely?"""

from pathlib import Path

import pytest

from chongzheng.gateway import channel
from chongzheng.gateway.channel import (
    FORBIDDEN,
    SCRIPT_FIRST,
    THEN_REVERSALS,
    THEN_SALES,
    Does,
    Rule,
    packaged,
    read,
)
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.facts import Link, Moves, Undo

CUP_POS = packaged("cup-pos")
ONE = """
channel = "mine"
version = "1"
account_digits = [2]
accounts = "01"
[copies]
sale = [3, 4, 11, 41, 42, 60]
[needs]
sale = [3, 4]
[[kinds]]
name = "purchase"
mti = "0200"
f3 = "000000"
f25 = "00"
f60_1 = "22"
undo = "reverse"
moves = "debit"
[[messages]]
name = "echo test"
mti = "0820"
f60_3 = ["301"]
does = "answer"
"""

# facts/iso8583 1.1, by hand: MTI, F3, F25, F60.1 and whether a missing answer creates a reversal
FIELD = [
    ("0200", "310000", "00", "01", Undo.NONE, Moves.NOTHING),
    ("0200", "310000", "65", "03", Undo.NONE, Moves.NOTHING),
    ("0200", "000000", "00", "22", Undo.REVERSE, Moves.DEBIT),
    ("0200", "200000", "00", "23", Undo.REVERSE, Moves.CREDIT),
    ("0220", "200000", "00", "25", Undo.RESEND, Moves.CREDIT),
    ("0100", "030000", "06", "10", Undo.REVERSE, Moves.HOLD),
    ("0100", "200000", "06", "11", Undo.REVERSE, Moves.HOLD),
    ("0200", "000000", "06", "20", Undo.REVERSE, Moves.DEBIT),
    ("0200", "200000", "06", "21", Undo.REVERSE, Moves.CREDIT),
    ("0220", "000000", "06", "24", Undo.RESEND, Moves.DEBIT),
    ("0220", "000000", "00", "30", Undo.RESEND, Moves.DEBIT),
    ("0220", "000000", "00", "32", Undo.RESEND, Moves.DEBIT),
    ("0220", "000000", "00", "34", Undo.RESEND, Moves.DEBIT),
    ("0200", "000000", "00", "36", Undo.RESEND, Moves.DEBIT),
    ("0220", "200000", "00", "27", Undo.RESEND, Moves.CREDIT),
    *((("0200"), f3, f25, code, Undo.REVERSE, moves) for f25 in ("64", "65", "08") for f3, code, moves in
      (("000000", "22", Moves.DEBIT), ("200000", "23", Moves.CREDIT))),
    ("0100", "030000", "18", "10", Undo.REVERSE, Moves.HOLD),
    ("0100", "200000", "18", "11", Undo.REVERSE, Moves.HOLD),
    ("0200", "000000", "18", "20", Undo.REVERSE, Moves.DEBIT),
    ("0200", "200000", "18", "21", Undo.REVERSE, Moves.CREDIT),
    ("0200", "000000", "67", "54", Undo.REVERSE, Moves.DEBIT),
    ("0200", "200000", "67", "53", Undo.REVERSE, Moves.CREDIT),
    *(("0200", f3, "91", code, Undo.REVERSE, Moves.DEBIT) for f3, code in
      (("600000", "45"), ("630000", "46"), ("620000", "47"), ("600000", "40"), ("630000", "41"), ("620000", "42"))),
    ("0200", "170000", "91", "51", Undo.REVERSE, Moves.CREDIT),
    ("0200", "630000", "00", "48", Undo.NONE, Moves.DEBIT),
]  # fmt: skip
ERRANDS = [
    ("0800", "00", "001", Does.SIGN_IN), ("0800", "00", "003", Does.SIGN_IN), ("0800", "00", "004", Does.SIGN_IN),
    ("0820", "00", "002", Does.ANSWER), ("0820", "00", "301", Does.ANSWER), ("0620", "00", "951", Does.GO_THROUGH),
    ("0500", "00", "201", Does.GO_THROUGH), ("0320", "00", "207", Does.GO_THROUGH),
    ("0820", "00", "362", Does.GO_THROUGH), ("0800", "00", "360", Does.GO_THROUGH),
    ("0800", "00", "371", Does.GO_THROUGH), ("0800", "00", "382", Does.GO_THROUGH),
    ("0800", "00", "390", Does.GO_THROUGH), ("0820", "07", "", Does.GO_THROUGH),
]  # fmt: skip


@pytest.mark.parametrize(("mti", "f3", "f25", "code", "undo", "moves"), FIELD)
def test_every_transaction_of_the_field_is_known(
    mti: str, f3: str, f25: str, code: str, undo: Undo, moves: Moves
) -> None:
    kind = CUP_POS.kind_of(mti, f3, f25, code)
    assert kind is not None
    assert (kind.undo, kind.moves) == (undo, moves)
    assert kind.zh and not FORBIDDEN & set(kind.copies)
    undone = CUP_POS.kind_reversed(f3, f25, code)
    assert (undone is kind) is (undo is Undo.REVERSE)


def test_the_table_has_no_kind_that_the_field_does_not() -> None:
    assert {kind.wire for kind in CUP_POS.kinds.values()} == {row[:4] for row in FIELD}


@pytest.mark.parametrize(("mti", "f60_1", "f60_3", "does"), ERRANDS)
def test_what_moves_no_money_is_done_or_passed(mti: str, f60_1: str, f60_3: str, does: Does) -> None:
    errand = CUP_POS.errand_of(mti, f60_1, f60_3)
    assert errand is not None and errand.does is does


def test_a_script_notice_goes_before_reversals_and_these_before_sales() -> None:
    notice = CUP_POS.errand_of("0620", "00", "951")
    assert notice is not None and notice.order == SCRIPT_FIRST < THEN_REVERSALS < THEN_SALES
    assert (CUP_POS.order_of("refund"), CUP_POS.order_of("purchase")) == (SCRIPT_FIRST, THEN_SALES)
    assert CUP_POS.order_of("no such kind") == THEN_SALES
    assert {kind.order for kind in CUP_POS.kinds.values() if kind.undo is Undo.RESEND} == {SCRIPT_FIRST}


def test_voids_and_the_preauth_family_name_their_original_and_repeat_f61() -> None:
    linked = {kind.name: kind for kind in CUP_POS.kinds.values() if kind.link}
    assert all(kind.link is Link.VOIDS for name, kind in linked.items() if name.endswith("void"))
    assert linked["completion"].link is linked["completion advice"].link is Link.COMPLETES
    assert all(61 in kind.copies for kind in linked.values())
    assert 61 not in CUP_POS.kinds["purchase"].copies


@pytest.mark.parametrize(
    ("f3", "known"),
    [("000000", True), ("001000", True), ("004000", True), ("010000", True), ("040000", True), ("050000", False),
     ("000001", False), ("005000", False), ("", False)],
)  # fmt: skip
def test_the_account_that_was_chosen_makes_no_other_kind(f3: str, known: bool) -> None:
    assert (CUP_POS.kind_of("0200", f3, "00", "22") is not None) is known
    assert (CUP_POS.kind_reversed(f3, "00", "22") is not None) is known


def test_what_is_unknown_is_none() -> None:
    assert CUP_POS.kind_of("0200", "000000", "99", "22") is None
    assert CUP_POS.errand_of("0820", "00", "999") is None
    assert not CUP_POS.is_dated


# an operator's file


def over(text: str) -> channel.Channel:
    """The packaged channel with a file over it."""
    return read(text, CUP_POS)


def test_a_file_of_its_own_is_a_channel() -> None:
    mine = read(ONE)
    assert (mine.name, mine.version, list(mine.kinds), list(mine.errands)) == ("mine", "1", ["purchase"], ["echo test"])
    purchase = mine.kinds["purchase"]
    assert (purchase.copies, purchase.needs, purchase.zh) == ((3, 4, 11, 41, 42, 60), (3, 4), "")


def test_a_file_over_another_replaces_by_name_and_adds() -> None:
    both = over(ONE)
    assert len(both.kinds) == len(CUP_POS.kinds)
    assert both.kinds["purchase"].needs == (3, 4)
    assert both.kinds["void"] is CUP_POS.kinds["void"]
    assert (both.name, both.account_digits, both.accounts) == ("mine", (2,), "01")
    assert over("").kinds == CUP_POS.kinds
    assert (over("").account_digits, over("").accounts) == (CUP_POS.account_digits, CUP_POS.accounts)
    assert read("").accounts == "0"


def test_a_kind_exists_between_its_dates() -> None:
    dated = ONE.replace('moves = "debit"', 'moves = "debit"\nvalid_from = "2026-01-01"\nvalid_to = "2026-11-22"')
    mine = read(dated)
    assert mine.is_dated
    days = ("", "20251231", "20260101", "20261122", "20261123")
    found = [mine.kind_of("0200", "000000", "00", "22", day) is not None for day in days]
    assert found == [True, False, True, True, False]


def test_two_kinds_may_follow_each_other_on_the_same_codes() -> None:
    second = ONE[ONE.index("[[kinds]]") : ONE.index("[[messages]]")].replace('"purchase"', '"new purchase"')
    first = ONE.replace('moves = "debit"', 'moves = "debit"\nvalid_to = "2026-11-22"')
    mine = read(f'{first}{second}valid_from = "2026-11-23"\n')
    for day, name in (("20261122", "purchase"), ("20261123", "new purchase")):
        kind = mine.kind_of("0200", "000000", "00", "22", day)
        assert kind is not None and kind.name == name
    other_way = read(f'{second}valid_from = "2026-11-23"\n{first[first.index("[[kinds]]"):]}'.replace(
        "[[kinds]]", "[copies]\nsale = [3]\n[needs]\nsale = [3]\n[[kinds]]", 1))  # fmt: skip
    assert len(other_way.kinds) == 2


def allow(since: str, days: int) -> str:
    """A row that takes reversals after the day."""
    return f'[[next_day]]\nrule = "allow"\nsince = "{since}"\ndays = {days}\n'


def test_no_reversal_is_sent_after_the_day_unless_a_row_of_the_channel_says_so() -> None:
    assert CUP_POS.undo_days("20261122") == 0 and read("").undo_days("20261122") == 0
    assert [row.rule for row in CUP_POS.next_day] == [Rule.FORBID] and CUP_POS.next_day[0].why
    mine = over(allow("2026-01-01", 1) + allow("2026-07-01", 3))
    assert [mine.undo_days(day) for day in ("20251231", "20260101", "20260630", "20260701")] == [0, 1, 1, 3]
    again = over(allow("2026-07-01", 3) + '[[next_day]]\nrule = "forbid"\nsince = "2026-10-01"\n')
    assert (again.undo_days("20260930"), again.undo_days("20261001")) == (3, 0)
    assert over(allow("2014-01-01", 2)).undo_days("20261122") == 2, "the operator's word before ours"


KIND = ONE[ONE.index("[[kinds]]") : ONE.index("[[messages]]")]
MESSAGE = ONE[ONE.index("[[messages]]") :]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("kinds = [", "kinds file", "is not TOML"),
        ("other = 1", "other", "there is no such setting"),
        ("kinds = 1", "kinds", "must be at most"),
        (ONE + KIND.replace('"purchase"', '"again"'), "kinds.again", "cannot be told from 'purchase'"),
        (ONE + MESSAGE.replace('"echo test"', '"again"'), "messages.again", "cannot be told from 'echo test'"),
        (ONE.replace('mti = "0200"', 'mti = "200"'), "kinds.purchase.mti", "must have 4 digits"),
        (ONE.replace('f3 = "000000"', 'f3 = "00000x"'), "kinds.purchase.f3", "must have 6 digits"),
        (ONE.replace('f25 = "00"', "f25 = 0"), "kinds.purchase.f25", "must be a text"),
        (ONE.replace('name = "purchase"\n', ""), "kinds.1.name", "must be a text"),
        (ONE.replace('"reverse"', '"undo"'), "kinds.purchase.undo", "must be one of: reverse, resend, none"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\nlink = "x"'), "kinds.purchase.link", "must be one of: voids"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\ncolour = 1'), "kinds.purchase.colour", "no such setting"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\ncopies = "x"'), "kinds.purchase.copies", "no [copies] 'x'"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\ncopies = [3, 35]'), "kinds.purchase.copies", "F35 is never"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\nneeds = [0]'), "kinds.purchase.needs", "numbers from 1 to"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\nneeds = [true]'), "kinds.purchase.needs", "numbers from 1"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\nvalid_to = "soon"'), "kinds.purchase.valid_to", "yyyy-mm-dd"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\nvalid_to = "2026-x1-01"'), "kinds.purchase.valid_to", "day"),
        (ONE.replace('["301"]', '"301"'), "messages.echo test.f60_3", "must be a list of texts"),
        (ONE.replace('["301"]', "[301]"), "messages.echo test.f60_3", "must be a list of texts"),
        (ONE.replace('["301"]', "[]"), "messages.echo test", "needs f60_3 or f60_1"),
        (ONE.replace('does = "answer"', 'does = "eat"'), "messages.echo test.does", "must be one of"),
        (ONE + "order = 9", "messages.echo test.order", "must be 0 to 4"),
        (ONE.replace('moves = "debit"', 'moves = "debit"\norder = 5'), "kinds.purchase.order", "must be 0 to 4"),
        (ONE + "order = true", "messages.echo test.order", "must be 0 to 4"),
        ('[[next_day]]\nrule = "maybe"', "next_day.1.rule", "must be one of: forbid, allow"),
        ('[[next_day]]\nrule = "allow"\nsince = "2026-01-01"', "next_day.1.days", "must be 1 to 31"),
        ('[[next_day]]\nrule = "allow"\ndays = true', "next_day.1.days", "must be 1 to 31"),
        ('[[next_day]]\nrule = "forbid"\ndays = 1', "next_day.1.days", "else 0"),
        ('[[next_day]]\nrule = "forbid"', "next_day.1.since", "must be a day"),
        ("[copies]\nsale = 3", "copies.sale", "must be a list of numbers"),
        ('channel = ["x"]', "channel", "must be a text"),
        ("kinds = [1]", "kinds.1", "must be a table [[kinds]]"),
        ('messages = ["x"]', "messages.1", "must be a table [[messages]]"),
        ("copies = 1", "copies", "must be a table [copies]"),
        ("needs = [1]", "needs", "must be a table [needs]"),
        pytest.param("kinds = " + "[" * 2_000, "kinds file", "beyond all measure", id="deep"),
        pytest.param("kinds = " + "1" * 5_000, "kinds file", "beyond all measure", id="long"),
    ],
)
def test_a_bad_file_says_where_it_is_bad(text: str, where: str, what: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        read(text)
    assert mistake.value.where == where
    assert what in mistake.value.what


def test_the_packaged_file_says_what_its_words_mean() -> None:
    text = (Path(channel.__file__).parent / "channels" / "cup-pos.toml").read_text("utf-8")
    assert text.startswith("# ") and "undo " in text and "valid_from" in text
