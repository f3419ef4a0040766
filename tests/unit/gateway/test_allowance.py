"""Does an allowance let through what it says, and no more?"""

from chongzheng.gateway.allowance import Allowance


def test_what_was_saved_up_is_spent_and_comes_back_at_its_pace() -> None:
    one = Allowance(per_s=10, burst=3, now_ms=0)
    assert [one.take(0) for _ in range(4)] == [True, True, True, False]
    assert not one.take(99) and one.is_dry(99)
    assert not one.is_dry(100), "to look costs nothing"
    assert one.take(100) and not one.take(100)
    assert [one.take(10_000) for _ in range(4)] == [True, True, True, False], "no more than was saved up"


def test_a_word_that_was_worth_hearing_costs_nothing() -> None:
    one = Allowance(per_s=1, burst=1, now_ms=0)
    for _ in range(1_000):
        assert one.take(0)
        one.give_back()
    one.give_back()
    assert one.take(0) and not one.take(0), "giving back saves up no more than there may be"


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    one = Allowance(per_s=1_000, burst=1, now_ms=50)
    assert one.take(10) and not one.take(20) and one.is_dry(50)


def test_a_fine_is_waited_off_and_never_more_than_was_saved_up() -> None:
    one = Allowance(per_s=10, burst=3, now_ms=0)
    one.fine(5)
    assert one.is_dry(200) and not one.is_dry(300)
    one.fine(1_000_000)
    assert one.is_dry(300 + 399) and not one.is_dry(300 + 400), "3 owed, and one to have"
