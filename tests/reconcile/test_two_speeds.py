"""Do the SQL text and the pure rule say the same of every day?"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chongzheng.reconcile import tables
from chongzheng.reconcile.day import Result, reconcile
from chongzheng.reconcile.duck import DuckEngine
from chongzheng.reconcile.engine import Bounds
from chongzheng.settlement import digest
from chongzheng.settlement.breaks import Difference
from chongzheng.settlement.differences import differences
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, match
from chongzheng.settlement.windows import HOUSE, Counting, Window, Windows
from reconcile.worlds import BEFORE, DAY, NEXT, world

PLACES = 400
NARROW = Windows({"card": Window(0, 0, tolerance_fen=100, undone_days=1)}, Window(0, 1, 2, Counting.T, 200, 0))
"""So different from the house's that a window which is not asked for would show."""


def by_sql(
    folder: Path,
    candidates: list[Candidate],
    records: list[Record],
    file_days: frozenset[str],
    windows: Windows = HOUSE,
) -> Result:
    """The way of a national day."""
    ours, theirs = folder / "ours.csv", folder / "theirs.csv"
    tables.write_ours(ours, candidates)
    tables.write_theirs(theirs, records)
    engine = DuckEngine(Bounds(folder, memory_mib=512, threads=1))
    try:
        return reconcile(engine, ours, theirs, file_days, windows=windows)
    finally:
        engine.close()


def by_the_rule(
    candidates: list[Candidate], records: list[Record], file_days: frozenset[str], windows: Windows = HOUSE
) -> tuple[int, int, list[Difference], str]:
    """The way of a small file: matched lines, payments carried over, differences, digest."""
    matching = match(records, candidates, windows)
    findings = differences(matching, candidates, file_days, windows=windows)
    total = digest.of_matches(matching.matches) + digest.of_differences(findings.differences)
    matched = len({one.record.number for one in matching.matches})
    return matched, len(findings.carried), list(findings.differences), digest.shown(total)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 1 << 32),
    file_days=st.sampled_from([(DAY,), (DAY, NEXT), (BEFORE, DAY)]),
    windows=st.sampled_from([HOUSE, NARROW]),
)
def test_both_speeds_agree_on_random_days(
    tmp_path_factory: pytest.TempPathFactory, seed: int, file_days: tuple[str, ...], windows: Windows
) -> None:
    candidates, records = world(seed, PLACES)
    said = by_sql(tmp_path_factory.mktemp("day"), candidates, records, frozenset(file_days), windows)
    matched, carried, found, total = by_the_rule(candidates, records, frozenset(file_days), windows)
    assert said.differences == found
    assert (said.matched, said.carried, said.digest) == (matched, carried, total)
    assert (said.ours, said.theirs) == (len(candidates), len(records))


def test_random_days_try_both_speeds(tmp_path: Path) -> None:
    candidates, records = world(0, PLACES)
    said = by_sql(tmp_path, candidates, records, frozenset({DAY, NEXT}))
    assert said.sure > PLACES // 4
    assert said.doubtful > PLACES // 4
    assert len({one.type for one in said.differences}) == 7


def test_other_windows_find_other_things(tmp_path: Path) -> None:
    candidates, records = world(1, PLACES)
    for folder in ("house", "narrow"):
        (tmp_path / folder).mkdir()
    house = by_sql(tmp_path / "house", candidates, records, frozenset({DAY, NEXT}))
    narrow = by_sql(tmp_path / "narrow", candidates, records, frozenset({DAY, NEXT}), NARROW)
    assert (house.matched, house.digest) != (narrow.matched, narrow.digest)
