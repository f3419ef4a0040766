"""Are numbers unique for an institution and day, whatever crashes, and refused when none are left?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from chongzheng.gateway import numbers
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.numbers import Named, NumberBook, unnamed
from chongzheng.journal import JournalFull


class Memory:
    """A journal that counts, outlives its number books, and can be full."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.full = False

    def next_number(self, name: str) -> int:
        if self.full:
            raise JournalFull("full")
        self.counters[name] += 1
        return self.counters[name]


class Later:
    """Work that is done when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def execute(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.waiting.append((work, done))

    def run(self) -> None:
        while self.waiting:
            work, done = self.waiting.pop(0)
            done(work())


def at_once(work: Callable[[], Any], done: Callable[[Any], None]) -> None:
    done(work())


def book(memory: Memory, execute: Any = at_once) -> NumberBook:
    return NumberBook("48021000", memory, execute, Counts(lambda *_, **__: None))  # type: ignore[arg-type]


def taken(one: NumberBook, day: str = "20261123") -> tuple[str, str]:
    found = one.take(day, "0200", "1123101500")
    assert found is not None
    return found.stan, found.undo_stan


def test_a_payment_takes_an_odd_number_and_the_next() -> None:
    one = book(Memory())
    assert [taken(one), taken(one)] == [("000001", "000002"), ("000003", "000004")]
    made = one.take("20261123", "0100", "1123101500")
    assert made is not None and (made.mti, made.sent, made.rrn) == ("0100", "1123101500", "611230000005")


def test_ten_thousand_numbers_are_all_different() -> None:
    one = book(Memory())
    seen = [number for _ in range(5_000) for number in taken(one)]
    assert len(set(seen)) == 10_000


def test_a_crash_skips_and_never_repeats() -> None:
    memory = Memory()
    seen = [taken(book(memory))[0] for _ in range(5)]
    assert seen == ["000001", "001001", "002001", "003001", "004001"]


def test_the_next_block_is_fetched_before_it_is_needed() -> None:
    memory, later = Memory(), Later()
    one = book(memory, later.execute)
    for _ in range(numbers.BLOCK // 4):
        taken(one)
    assert memory.counters.total() == 1 and not later.waiting
    taken(one)
    assert len(later.waiting) == 1
    taken(one)
    assert len(later.waiting) == 1, "one fetch at a time"
    later.run()
    assert memory.counters.total() == 2


def test_when_no_block_came_in_time_it_is_taken_at_once() -> None:
    memory, later = Memory(), Later()
    one = book(memory, later.execute)
    seen = {taken(one)[0] for _ in range(numbers.BLOCK // 2 + 3)}
    assert len(seen) == numbers.BLOCK // 2 + 3 and memory.counters.total() == 2
    later.run()
    assert taken(one)[0] not in seen


def test_a_new_day_begins_anew_and_a_late_block_of_yesterday_is_skipped() -> None:
    memory, later = Memory(), Later()
    one = book(memory, later.execute)
    for _ in range(numbers.BLOCK // 4 + 1):
        taken(one)
    assert taken(one, "20261124") == ("000001", "000002")
    later.run()
    seen = [taken(one, "20261124")[0] for _ in range(numbers.BLOCK // 2 + 10)]
    assert len(set(seen)) == len(seen)
    assert set(memory.counters) == {"stan:48021000:20261123", "stan:48021000:20261124"}


def test_a_used_up_day_and_a_full_disk_give_none() -> None:
    memory = Memory()
    memory.counters["stan:48021000:20261123"] = numbers.BLOCKS_MAX - 1
    one = book(memory)
    last = [taken(one) for _ in range(numbers.BLOCK // 2)][-1]
    assert last == ("998999", "999000") and one.take("20261123", "0200", "x") is None
    memory.full = True
    assert one.take("20261124", "0200", "x") is None
    memory.full = False
    assert taken(one, "20261124") == ("000001", "000002")


def test_a_payment_without_numbers() -> None:
    assert unnamed() == Named() and unnamed() is unnamed()
