"""Can the reader of clearing files, which shares no code with the bank, read what the bank writes, plants and all?"""

from itertools import pairwise
from pathlib import Path

import pytest

from chongzheng.settlement import intake
from chongzheng.settlement.line import Record
from chongzheng.simulator.clearing import AMOUNT, GHOST, OMIT_REVERSAL, OMIT_SALE, PLACES, Refusal, write_day
from chongzheng.simulator.ledger import Key, Ledger

DAY, NEXT_DAY = "20261123", "20261124"
KEPT = Key("898310000000001", "10000001", "000001", "000001")
UNDONE = KEPT._replace(stan="000002")
REFUSED = KEPT._replace(stan="000003")
LATE = KEPT._replace(stan="000004")
PAN = "6222020000001234567"


@pytest.fixture
def ledger() -> Ledger:
    """A kept sale, an undone one, and one that was executed after the cut-over."""
    book = Ledger()
    book.charge(KEPT, 1200, PAN, DAY, "1123101530", "480000000001")
    book.charge(UNDONE, 3400, PAN, DAY, "1123101531", "480000000002")
    book.give_back(UNDONE, "98", DAY, "1123101532")
    book.charge(LATE, 500, PAN, NEXT_DAY, "1123230001", "480000000003")
    return book


def read(folder: Path, day: str, ledger: Ledger, plants: dict[Key, str]) -> tuple[Record, ...]:
    """The records of the file that the bank writes, as the engine lets it in."""
    refusals = {REFUSED: Refusal(REFUSED, 700, PAN, "1123101533", "480000000009")}
    path = write_day(folder, day, ledger, plants, refusals)
    control = path.with_name(f"{path.name}.ctl").read_bytes()
    return intake.admit(path.read_bytes(), path.name, day, control).records


def told(records: tuple[Record, ...]) -> list[tuple[str, str, int, str]]:
    """Type, STAN, amount and original STAN."""
    return [(one.mti, one.stan, one.amount_fen, one.original_stan) for one in records]


def test_a_day_as_the_book_has_it(tmp_path: Path, ledger: Ledger) -> None:
    records = read(tmp_path, DAY, ledger, {})
    assert told(records) == [
        ("0200", "000001", 1200, ""), ("0200", "000002", 3400, ""), ("0420", "000002", 3400, "000002"),
    ]  # fmt: skip
    assert records[2].original_sent_at == "20261123101531" and records[2].rrn == records[1].rrn
    assert (records[0].terminal, records[0].merchant) == (KEPT.terminal, KEPT.merchant)
    assert records[0].is_original and records[2].is_reversal
    assert told(read(tmp_path, NEXT_DAY, ledger, {})) == [("0200", "000004", 500, "")]


@pytest.mark.parametrize(
    ("plants", "expected"),
    [
        ({KEPT: OMIT_SALE}, [("0200", "000002", 3400), ("0420", "000002", 3400)]),
        ({KEPT: AMOUNT}, [("0200", "000001", 1201), ("0200", "000002", 3400), ("0420", "000002", 3400)]),
        ({UNDONE: OMIT_REVERSAL}, [("0200", "000001", 1200), ("0200", "000002", 3400)]),
        ({REFUSED: GHOST, KEPT: OMIT_SALE},
         [("0200", "000002", 3400), ("0420", "000002", 3400), ("0200", "000003", 700)]),
    ],
)  # fmt: skip
def test_planted_contradictions(
    tmp_path: Path, ledger: Ledger, plants: dict[Key, str], expected: list[tuple[str, str, int]]
) -> None:
    assert [one[:3] for one in told(read(tmp_path, DAY, ledger, plants))] == expected


def test_an_empty_day_has_an_empty_file_and_its_control(tmp_path: Path) -> None:
    path = write_day(tmp_path, DAY, Ledger(), {}, {})
    assert path.read_bytes() == b""
    assert b"records=0\n" in path.with_name(f"{path.name}.ctl").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, f"{path.name}.ctl"]


def test_the_places_fill_a_line_without_touching() -> None:
    ends = sorted((at, at + length) for at, length in PLACES.values())
    assert len(PLACES) == 34 and ends[0][0] == 0 and ends[-1][1] == 299
    assert all(end + 1 == start for (_, end), (start, _) in pairwise(ends))
