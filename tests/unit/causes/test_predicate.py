"""Does every form of a predicate hold exactly when the signals say so, and never on what is unknown?"""

import pytest

from chongzheng.causes.predicate import is_number, read_items
from chongzheng.causes.signals import Value
from chongzheng.mistakes import TheirMistake


def holds(predicate: str, **signals: Value) -> bool:
    named = {name.replace("__", "."): value for name, value in signals.items()}
    (item,) = read_items(f"{predicate}=+1.0", "test")
    return item.holds(named)


@pytest.mark.parametrize(
    ("predicate", "yes", "no"),
    [
        ("a.x>3", 3.5, 3), ("a.x<3", 2, 3), ("a.x>=3", 3, 2), ("a.x<=3", 3, 4), ("a.x<-110", -115, -110),
        ("a.x==0", 0, 1), ("a.x!=0", 5, 0), ("a.x==1", True, False), ("a.x", True, False), ("a.x==true", True, False),
        ("a.x==false", False, True), ("a.x==25", "25", "2"), ("a.x==00", "00", "0"), ("a.x==ok", "ok", "jam"),
        ("a.x!=ready", "absent", "ready"), ("a.x in {03;97;58}", "97", "99"), ("a.x in {0;1}", 1, 2),
        ("a.x in {jam;out_of_paper}", "jam", "ok"), ("abs(a.x)>300", -400, -200), ("abs(a.x)<5", -4, -6),
        ("a.x!=ok", 5, "ok"),
    ],
)  # fmt: skip
def test_one_condition(predicate: str, yes: Value, no: Value) -> None:
    assert holds(predicate, a__x=yes)
    assert not holds(predicate, a__x=no)
    assert not holds(predicate)


@pytest.mark.parametrize(
    ("predicate", "left", "right", "says"),
    [
        ("a.x>=b.y", 3, 3, True), ("a.x>=b.y", 2, 3, False), ("a.x<b.y", 2, 3, True),
        ("a.x!=b.y", "20260101", "20260102", True), ("a.x!=b.y", 3, "3", False), ("a.x!=b.y", 3, "4", True),
        ("a.x==b.y", "3", 3, True), ("a.x<b.y", "3", 4, False), ("a.x<b.y", "9", "10", True),
        ("a.x<b.y", "2026-01-01T10:00:00+08:00", "2026-01-01T03:00:00+00:00", True),
        ("a.x<b.y", "2026-01-01T12:00:00+08:00", "2026-01-01T03:00:00+00:00", False),
        ("a.x<b.y", "2026-01-01T10:00:00", "2026-01-01T11:00:00", True), ("a.x<b.y", "a", "b", True),
    ],
)  # fmt: skip
def test_two_signals_against_each_other(predicate: str, left: Value, right: Value, says: bool) -> None:
    assert holds(predicate, a__x=left, b__y=right) is says
    assert not holds(predicate, a__x=left) and not holds(predicate, b__y=right)


def test_the_fence_is_a_signal_without_a_dot() -> None:
    assert holds("tlm.geo_km>fence_km", tlm__geo_km=6, fence_km=5)
    assert not holds("tlm.geo_km>fence_km", tlm__geo_km=6)


def test_the_sign_of_text_does_not_matter() -> None:
    assert holds("abs(a.x)==low", a__x="low")


def test_all_joined_conditions_must_hold() -> None:
    assert holds("a.x==1 & b.y in {p;q} & c", a__x=1, b__y="q", c=True)
    assert not holds("a.x==1 & b.y in {p;q} & c", a__x=1, b__y="q", c=False)
    assert not holds("a.x==1 & b.y in {p;q} & c", a__x=1, c=True)


def test_a_cell_holds_several_items_with_their_weights() -> None:
    first, second = read_items("a in {x;y}=+2.5; b!=c=-0.5", "test")
    assert (first.text, first.weight, first.needs) == ("a in {x;y}", 2.5, ("a",))
    assert (second.text, second.weight) == ("b!=c", -0.5)
    assert read_items("", "test") == ()


def test_an_item_names_each_signal_that_it_needs_once() -> None:
    (item,) = read_items("a.x>b.y & a.x<3=+1", "test")
    assert item.needs == ("a.x", "b.y")


@pytest.mark.parametrize(
    "cell", ["a==b", "a==b=2.0", "=+1", "a==b=+x", "a==b=+1;c==d=+1", "a ~ b=+1", "A==1=+1", "a in {}=+1", "a=+1; "]
)
def test_what_cannot_be_read_is_refused_with_its_place(cell: str) -> None:
    with pytest.raises(TheirMistake, match=r"^row 7: "):
        read_items(cell, "row 7")


def test_words_that_are_numbers() -> None:
    assert is_number("-110") and is_number("1.2") and not is_number("ok") and not is_number("1e3")
