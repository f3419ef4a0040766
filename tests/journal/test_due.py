"""Can all deadlines be read page by page, those of reversals apart from the others?"""

from chongzheng.journal import Submission
from chongzheng.reversal.facts import AnswerUndelivered
from journal.made import NOON_MS, name_of, reply, sale
from journal.place import Place

FAR = 1 << 60


def fill(place: Place, sales: range, reversals: range) -> None:
    """Sales that wait for their answer, and sales that are being reversed."""
    journal = place.open()
    for n in sales:
        journal.apply([sale(n, NOON_MS + n)])
    for n in reversals:
        undelivered = Submission(AnswerUndelivered(name_of(n), NOON_MS + n))
        journal.apply([sale(n, NOON_MS), reply(n, NOON_MS), undelivered])
    journal.close()


def test_reversals_and_other_deadlines_are_read_apart_in_order(place: Place) -> None:
    fill(place, range(1, 4), range(4, 9))
    with place.reading() as reader:
        others = reader.due_between((0, ""), FAR, 10)
        assert [payment for _, payment in others] == [name_of(n) for n in range(1, 4)]
        assert [p.id for p in reader.due_reversals((0, ""), FAR, 10)] == [name_of(n) for n in range(4, 9)]
        assert reader.count_reversals() == 5
        assert len(reader.due()) == 8


def test_pages_follow_each_other_without_gap_or_repeat_even_within_one_instant(place: Place) -> None:
    journal = place.open()
    for n in range(1, 8):
        undelivered = Submission(AnswerUndelivered(name_of(n), NOON_MS))
        journal.apply([sale(n, NOON_MS), reply(n, NOON_MS), undelivered])
    journal.close()
    with place.reading() as reader:
        after, seen = (0, ""), []
        while page := reader.due_reversals(after, FAR, 3):
            assert len(page) <= 3
            seen += [p.id for p in page]
            after = (page[-1].wake_at or 0, page[-1].id)
        assert sorted(seen) == sorted(name_of(n) for n in range(1, 8))
        assert len(seen) == 7


def test_a_page_ends_at_its_last_instant(place: Place) -> None:
    fill(place, range(1, 4), range(0))
    with place.reading() as reader:
        first, second, _ = reader.due_between((0, ""), FAR, 10)
        assert reader.due_between((0, ""), second[0], 10) == [first, second]
        assert reader.due_between(first, second[0], 10) == [second]
