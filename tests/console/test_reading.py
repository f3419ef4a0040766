"""Does the console read from both databases what the journal's own readers read, and can it not write to either?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pysqlite3
import pytest

from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.console.reading import Sight, Sights
from chongzheng.journal import Reader
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.journal.worklists import FIRST, open_page, page, tallies
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import exposure
from journal.made import NOON_MS, asked, name_of, reply, sale, undone
from journal.place import Place, PostgresPlace, SqlitePlace


def now_ms() -> int:
    """The clock of the desk stands still."""
    return NOON_MS


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A journal with a day's work in it, closed: two SQLite libraries are never open on one file in one process."""
    if request.param == "postgresql":
        here: Place = PostgresPlace(tmp_path, request.getfixturevalue("postgres_url"))
    else:
        here = SqlitePlace(tmp_path)
    journal = here.open()
    journal.apply([sale(1), reply(1), asked(1), undone(1), sale(2), reply(2)])
    side = Side.open(here.path)
    Actors(side).add("li", "Li", frozenset({Role.CLERK, Role.ADMINISTRATOR}), "shell:test", NOON_MS)
    keeper = Matters(side, now_ms, Registers(side))
    keeper.open("case", {"source": "engine", "why": "refused 冲正"}, payment=name_of(1), key=f"case {name_of(1)}")
    task = keeper.open("task", {"what": "send the slip", "team": "merchants"})
    keeper.say(task.id, "Accepted", {}, "li")
    side.close()
    journal.close()
    return here


def told(side: Side, reader: Reader) -> dict[str, Any]:
    """Everything that pages ask for."""
    registers, seat = Registers(side), Seat("li", NOON_MS, frozenset({"merchants"}))
    keeper = Matters(side, now_ms, registers)
    return {
        "queues": {name: page(keeper, side, name, seat, FIRST, 50) for name in QUEUES},
        "open": open_page(side, FIRST, 50),
        "tallies": tallies(side, seat),
        "view": keeper.view("case-1"),
        "story": keeper.story("task-2"),
        "found": keeper.search("冲正 000001"),
        "states": keeper.states(),
        "of payment": keeper.of_payment(name_of(1)),
        "payment": reader.payment(name_of(1)),
        "facts": reader.facts_of(name_of(1)),
        "evidence": reader.evidence_of(name_of(1)),
        "entries": reader.entries_of(name_of(1)),
        "traces": reader.find("000002"),
        "cases": reader.open_cases(NOON_MS),
        "owed": reader.count_reversals(),
        "board": exposure.document(Ledger(side, now_ms).exposure()),
        "trial": Ledger(side, now_ms).trial("20260922"),
        "rows": registers.rows("case limits", "20261123"),
        "history": registers.history("case actions"),
        "people": Actors(side).all(),
    }


def test_it_reads_what_the_journals_own_readers_read(place: Place) -> None:
    side, reader = Side.open(place.path), Reader.open(place.path)
    wanted = told(side, reader)
    side.close()
    reader.close()
    sight = Sight(str(place.path), now_ms)
    assert told(sight.side, sight.reader) == wanted
    assert wanted["found"] and wanted["queues"]["my"][0] and wanted["facts"]
    sight.close()


def test_it_cannot_write(place: Place) -> None:
    sight = Sight(str(place.path), now_ms)
    words = {"id": "x2", "name": "X", "roles": "clerk", "at": 1}
    with pytest.raises((pysqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction)):
        sight.side.ask("put_actor", **words)
    with pytest.raises((pysqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction)):
        sight.matters.open("task", {"what": "x", "team": "y"}, "li")
    with pytest.raises(TheirMistake):
        sight.side.write("make")
    assert [one.id for one in sight.actors.all()] == ["li"]
    sight.close()


def test_what_is_no_journal_is_refused_in_one_line(tmp_path: Path) -> None:
    for name, data in (("missing.db", None), ("text.db", b"not a database at all, but long enough to be read as one")):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data * 40)
        with pytest.raises(TheirMistake, match=r"there is no journal here|is not a database"):
            Sight(str(path), now_ms)
    empty = tmp_path / "other.db"
    pysqlite3.connect(empty).execute("CREATE TABLE t (x)")
    with pytest.raises(TheirMistake, match="not a chongzheng journal"):
        Sight(str(empty), now_ms)


def test_each_thread_has_a_view_of_its_own(place: Place) -> None:
    sights = Sights(str(place.path), now_ms)
    assert sights.here() is sights.here()
    sights.here().close()
