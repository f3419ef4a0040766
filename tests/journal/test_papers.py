"""Do papers read the same from both databases: a case, a period, a retrieval, and the act that says one was issued?"""

from __future__ import annotations

from pathlib import Path

from chongzheng.journal import Journal
from chongzheng.journal.side import Side
from chongzheng.reports.case_file import case_file
from chongzheng.reports.documents import canonical, code, digest
from chongzheng.reports.issuing import issue, issued
from chongzheng.reports.period import period
from chongzheng.reports.retrieval import retrieval
from journal.made import NOON_MS, name_of
from journal.place import Place, SqlitePlace
from requirements.desk import Desk
from requirements.worked import worked


def said(place: Place, journal: Journal, side: Side) -> list[bytes]:
    """What every paper says of the same case, worked in this place."""
    case = worked(Desk(place, side, journal))
    with place.reading() as reader:
        file, slip = case_file(reader, case.id, "en"), retrieval(reader, name_of(1), "en")
        months = period(reader, "20260901", "20261005", "en")
    assert file.story and slip.evidence and months.annexes[0].rows
    return [canonical(one) for one in (file, slip, months)]


def test_every_paper_says_the_same_from_either_database(
    place: Place, journal: Journal, side: Side, tmp_path: Path
) -> None:
    other = SqlitePlace(tmp_path / "other")
    beside = other.open()
    second = Side.open(other.path)
    assert said(place, journal, side) == said(other, beside, second)
    second.close()
    other.close_all()


def test_an_issued_paper_stands_in_the_chain_of_acts(place: Place, journal: Journal, side: Side) -> None:
    desk = Desk(place, side, journal)
    case = worked(desk)
    with place.reading() as reader:
        file = case_file(reader, case.id, "zh")
        first = issue(side, file, case.id, "sun", NOON_MS)
        second = issue(side, file, case.id, "li", NOON_MS + 1)
        rows = issued(reader, code(digest(file)))
        assert [(row["act"], row["by"], row["subject"], row["document"]) for row in rows] == [
            (first, "sun", case.id, "case"), (second, "li", case.id, "case"),
        ]  # fmt: skip
        assert all(row["digest"] == digest(file) and len(row["hash"]) == 64 for row in rows)
        assert issued(reader, "AAAA-AAAA-AAAA-AAAA-AAAA") == [] and reader.faults() == []
        assert case_file(reader, case.id, "zh") == file, "issuing a paper changes none"
