"""Is what a clearing file came to said once on both databases, with its tail in the books, and taken back with it?"""

import pytest

from chongzheng.journal import FilePart, Journal, Reader
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.rules import day_of
from chongzheng.journal.settled import SETTLED, Came, SettledFiles
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.booking import Booking, booked
from chongzheng.settlement.breaks import Difference, Type
from journal.made import NOON_MS
from journal.place import Place

DAY, NEXT = "20260922", "20260923"
WORDS = (10, True, NOON_MS)
FEES = FilePart(format="alfee")
CAME = Came(10_000, 9_940, 9, "r1", ("1 fee",), (booked(Booking.TAIL_KEPT, 3),))


def read(journal: Journal, digest: str, day: str = DAY, came: Came | None = CAME, **more: object) -> str:
    begun = journal.begin_file(digest, f"file {digest}", day, *WORDS, **more)  # type: ignore[arg-type]
    if begun in ("new", "unfinished"):
        journal.finish_file(digest, came, NOON_MS + 1)
    return begun


def settled_acts(side: Side) -> int:
    return sum(kind == SETTLED for _, _, _, kind, *_ in side.ask("all_acts"))


def rounding(side: Side) -> int:
    balances = {one.account: one.closing_fen for one in Ledger(side, lambda: NOON_MS).trial(day_of(NOON_MS))}
    assert sum(balances.values()) == 0
    return -balances["rounding tail"]


def test_a_file_says_once_what_it_came_to(place: Place, journal: Journal, side: Side) -> None:
    for _ in range(2):
        read(journal, "d1")
        journal.finish_file("d1", CAME, NOON_MS)
    journal.put_breaks("d1", FilePart(), DAY, [Difference(Type.LONG, "", n, 5, "w") for n in (1, 2)], NOON_MS)
    assert settled_acts(side) == 1 and rounding(side) == 3
    (run,) = SettledFiles(side).runs()
    assert (run.digest, run.day, run.records, run.state, run.breaks) == ("d1", DAY, 10, "done", {"long": {"open": 2}})
    assert (run.came["moved_fen"], run.came["net_fen"], run.came["result"]) == (10_000, 9_940, "r1")
    (tail,) = SettledFiles(side).tails(DAY, DAY)
    assert (tail.file, tail.day, tail.fen, tail.why) == ("d1", DAY, 3, ("1 fee",))
    assert SettledFiles(side).tails(NEXT, NEXT) == []
    with place.reading() as reader:
        assert reader.faults() == []


def test_what_is_paid_is_summed_by_channel_or_by_a_format_that_is_paid_alone(journal: Journal, side: Side) -> None:
    for digest, day, part in (("a", DAY, FilePart()), ("f", DAY, FEES), ("b", NEXT, FilePart())):
        read(journal, digest, day, part=part)
    files = SettledFiles(side)
    found, unknown = files.cleared(DAY, NEXT, frozenset())
    assert [(one.channel, one.day, one.moved_fen, one.net_fen) for one in found] == [
        ("card", DAY, 20_000, 19_880), ("card", NEXT, 10_000, 9_940),
    ]  # fmt: skip
    found, _ = files.cleared(DAY, DAY, frozenset({"alfee"}))
    assert [(one.channel, one.moved_fen) for one in found] == [("alfee", 10_000), ("card", 10_000)]
    assert unknown == {}


def test_a_file_of_which_only_its_reading_is_known_is_named(journal: Journal, side: Side) -> None:
    read(journal, "old", came=None)
    journal.begin_file("half", "half read", NEXT, *WORDS)
    assert SettledFiles(side).cleared(DAY, NEXT, frozenset()) == (
        [],
        {("card", DAY): "file old", ("card", NEXT): "half read"},
    )
    assert [(run.state, dict(run.came)) for run in SettledFiles(side).runs()] == [("done", {}), ("unfinished", {})]


def test_the_tail_of_a_superseded_file_leaves_the_books(place: Place, journal: Journal, side: Side) -> None:
    read(journal, "d1")
    borne = Came(10_000, 9_941, 9, "r2", ("other fees",), (booked(Booking.TAIL_BORNE, 2),))
    assert read(journal, "d2", came=borne, corrects="d1") == "new"
    assert rounding(side) == -2
    told = [(one.file, one.fen) for one in SettledFiles(side).tails(DAY, DAY)]
    assert told == [("d1", 3), ("d1", -3), ("d2", -2)]
    assert [one.net_fen for one in SettledFiles(side).cleared(DAY, DAY, frozenset())[0]] == [9_941]
    with place.reading() as reader:
        assert reader.faults() == []


def test_pages_and_days(journal: Journal, side: Side) -> None:
    for number in range(3):
        read(journal, f"d{number}", f"2026092{number}")
    files = SettledFiles(side)
    assert [run.digest for run in files.runs(most=2)] == ["d0", "d1"]
    assert [run.digest for run in files.runs(after=2)] == ["d2"]
    assert [run.digest for run in files.runs("20260921", "20260921")] == ["d1"]
    with pytest.raises(TheirMistake, match="is no day"):
        files.runs(since="2026")


def test_a_reader_can_be_asked_too(place: Place, journal: Journal, side: Side) -> None:
    read(journal, "d1")
    with place.reading() as reader:
        assert isinstance(reader, Reader) and [run.digest for run in SettledFiles(reader).runs()] == ["d1"]
