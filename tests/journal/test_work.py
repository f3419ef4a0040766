"""Does a page cost the same whether a thousand matters are open or ten thousand? Counted in work, not by a clock.

SQLite counts the steps of its machine for each statement; PostgreSQL counts the rows that its plan really touched.
Both numbers are the same on a slow machine and a fast one. What does not grow when everything is eight times as much
does not grow at a hundred thousand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import apsw
import psycopg
import pytest

from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.journal import Journal, books, finding, worklists
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.books import Books, Wanted
from chongzheng.journal.matters import Matters
from chongzheng.journal.reader import EVERYBODYS, Reader
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import _VALUE, Side, statements
from chongzheng.journal.sql import queries, queries_of_postgres
from chongzheng.journal.worklists import FIRST, OPEN, Narrow, open_page, open_tally, page, tallies
from journal.made import AMOUNT_FEN, NOON_MS, asked, key, name_of, pan, sale, undone
from journal.place import Place

FEW, MANY = 2_000, 16_000
GROWS_MAX = 2
"""Trees are higher, statistics off, a page ends elsewhere: of eight times as much, that is still the same."""
STEPS_FREE, ROWS_FREE = 400, 40
SMALLER = ((worklists, "LOOKED_AT_MAX", 200), (worklists, "COMPARED_MAX", 400), (finding, "LOOKED_AT_MAX", 400),
           (finding, "COUNTED_MAX", 200), (books, "LOOKED_AT_MAX", 200))  # fmt: skip
"""Limits that are reached by the few already, so that what is bounded by them shows."""
COUNTED = 200
OF_MATTER = "kind, state, version, opened_at, changed_at, parent, fen, seen, body"
MATTERS = f"""
INSERT INTO matter (no, closed, due_at, owner, queue, priority, payment, {OF_MATTER})
WITH RECURSIVE n (no) AS (SELECT {{first}} UNION ALL SELECT no + 1 FROM n WHERE no < {{last}})
SELECT n.no, CASE WHEN n.no % 5 = 0 THEN 1 ELSE 0 END, opened_at + n.no * 1000,
       CASE WHEN n.no % 3 = 0 THEN 'li' ELSE '' END,
       CASE n.no % 4 WHEN 0 THEN 'confirm' WHEN 1 THEN 'merchants' WHEN 2 THEN 'breaks' ELSE 'supervisor' END,
       n.no * 7919 % 13, 'PCOPY' || n.no, {OF_MATTER} FROM n, matter m WHERE m.no = 1
"""
TAGS = """
INSERT INTO matter_tag (name, value, at, matter)
SELECT t.name, t.value, m.opened_at, m.no FROM matter m, matter_tag t
WHERE t.matter = 1 AND m.no BETWEEN {first} AND {last} AND m.closed = 0
"""
WORDS = """
INSERT INTO matter_word (word, matter)
SELECT w.word, m.no FROM matter m, matter_word w WHERE w.matter = 1 AND m.no BETWEEN {first} AND {last}
"""
OF_PAYMENT = "merchant, day, amount_fen, state, owes, truth, proof, owner, version, head, body, channel, suspense_fen"
PAYMENTS = f"""
INSERT INTO payment (place, id, terminal, batch, stan, opened_at, wake_at, {OF_PAYMENT})
WITH RECURSIVE n (no) AS (SELECT {{first}} UNION ALL SELECT no + 1 FROM n WHERE no < {{last}})
SELECT n.no + 100000, 'PCOPY' || n.no, CASE WHEN n.no % 2 = 0 THEN terminal ELSE 'T' || n.no END, 'b' || n.no,
       CASE WHEN n.no % 3 = 0 THEN stan ELSE 's' || n.no END, opened_at + n.no * 1000, wake_at, {OF_PAYMENT}
FROM n, payment p WHERE p.id = '{name_of(1)}'
"""
CASES = """
INSERT INTO cases (payment, why, opened_at, due_at, state)
SELECT id, 'copied', opened_at, opened_at, 'open' FROM payment WHERE place BETWEEN 100000 + {first} AND 100000 + {last}
"""
ENTRIES = """
INSERT INTO entry (place, payment, seq, n, debit, credit, fen)
SELECT p.place, p.id, e.seq, e.n, e.debit, e.credit, e.fen FROM payment p, payment o JOIN entry e ON e.place = o.place
WHERE o.id = '{one}' AND p.place BETWEEN 100000 + {first} AND 100000 + {last}
"""
BREAKS = """
INSERT INTO breaks (mark, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about,
                    opened_at, state, version, proposal, shown)
WITH RECURSIVE n (no) AS (SELECT {first} UNION ALL SELECT no + 1 FROM n WHERE no < {last})
SELECT 'm' || no, 'f' || no % 50, 'card', '20260922', 'short', '', no, -5, 'ours', '', '', '', '', no,
       CASE WHEN no % 40 = 0 AND no < 2200 THEN 'open' ELSE 'resolved' END, 1, '', '' FROM n
"""
COPIED = (BREAKS, MATTERS, TAGS, WORDS, PAYMENTS, CASES, ENTRIES)


class Counting(ABC):
    """A driver that says how much each statement made its database do."""

    dialect: str
    engine = EVERYBODYS

    def __init__(self) -> None:
        self.work = Counter[str]()

    @abstractmethod
    def run(self, name: str, values: Any) -> list[Any]:
        """All rows of a statement, and what it took."""

    def ask(self, name: str, values: Any) -> list[Any]:
        """The same for readers."""
        return self.run(name, values)

    def script(self, name: str) -> None:
        """Nothing is made here."""
        raise AssertionError(f"{name}: only questions are counted")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Each by itself."""
        yield

    moment = transaction

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""


class CountingFile(Counting):
    """Steps of SQLite's machine."""

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        super().__init__()
        self._now = ""
        self._db = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY, statementcachesize=0)
        self._db.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._told)

    def _told(self, event: dict[str, Any]) -> None:
        self.work[self._now] += event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

    def run(self, name: str, values: Any) -> list[Any]:
        self._now = name
        return self._db.execute(statements().get(name) or queries()[name], values).fetchall()

    def close(self) -> None:
        self._db.close()


class CountingServer(Counting):
    """Rows that PostgreSQL's plan touched, those that it threw away among them."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._db = psycopg.connect(url, autocommit=True)

    def run(self, name: str, values: Any) -> list[Any]:
        text = _VALUE.sub(r"%(\1)s", statements()[name]) if name in statements() else queries_of_postgres()[name]
        ((plan,),) = self._db.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values).fetchall()  # type: ignore[arg-type]
        self.work[name] += 1 + _touched(plan[0]["Plan"])
        return self._db.execute(text, values).fetchall()  # type: ignore[arg-type]

    def close(self) -> None:
        self._db.close()


def _touched(plan: Mapping[str, Any]) -> int:
    rows = plan["Actual Rows"] + sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return round(rows * plan["Actual Loops"]) + sum(map(_touched, plan.get("Plans", ())))


def filled(place: Place, first: int, last: int) -> None:
    """As many more matters, payments and cases."""
    for text in COPIED:
        place.raw(text.format(first=first, last=last, one=name_of(1)))
    place.raw("ANALYZE")


def a_first(journal: Journal, side: Side) -> None:
    """One case with everything that lists go by, which is copied."""
    journal.apply([sale(1), asked(1), undone(1, code="12")])
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
    matters = Matters(side, lambda: NOON_MS, Registers(side))
    case = matters.open("case", {"source": "engine", "why": "refused 冲正"}, payment=name_of(1))
    matters.say(case.id, "Paused", {"reason": "issuer"}, "li")
    for name in ("risk", "suspense"):
        side.ask("put_tag", name=name, value="yes", at=NOON_MS, matter=1)


def asked_of(driver: Counting) -> dict[str, Callable[[], object]]:
    """What pages ask, by a name."""
    side, reader = Side(driver), Reader(driver)
    matters = Matters(side, lambda: NOON_MS, Registers(side))
    seat = Seat("li", NOON_MS + 60_000_000, frozenset({"merchants", "breaks"}))
    some = frozenset(one for one in OPEN if one[0] == "case")
    narrower = {
        "owner": Narrow(owner="li"), "queue": Narrow(queue="confirm"), "states": Narrow(states=some),
        "two": Narrow(owner="li", queue="confirm"), "three": Narrow(owner="li", queue="confirm", states=some),
    }  # fmt: skip
    jobs: dict[str, Callable[[], object]] = {}
    for name in QUEUES:
        jobs[name] = lambda name=name: page(matters, side, name, seat, FIRST, 50)  # type: ignore[misc]
        for word, narrow in narrower.items():
            jobs[f"{name}, {word}"] = lambda name=name, narrow=narrow: page(  # type: ignore[misc]
                matters, side, name, seat, FIRST, 50, narrow
            )
    for word, narrow in narrower.items():
        jobs[f"all, {word}"] = lambda narrow=narrow: open_page(side, FIRST, 50, narrow)  # type: ignore[misc]
        jobs[f"all, {word}, counted"] = lambda narrow=narrow: open_tally(side, narrow, COUNTED)  # type: ignore[misc]
    return jobs | {
        "all": lambda: open_page(side, FIRST, 50),
        "all, further": lambda: open_page(side, (6, FEW // 2), 50),
        "counts": lambda: tallies(side, seat, COUNTED),
        "choices": lambda: (matters.open_places(), matters.open_owners()),
        "a case": lambda: (matters.view("case-1"), matters.of_payment(name_of(1)), reader.payment(name_of(1))),
        "by trace": lambda: reader.find(key(1).stan),
        "by terminal": lambda: reader.find(key(1).terminal),
        "by id": lambda: (reader.find(name_of(1)), reader.find(name_of(1)[:6])),
        "amount": lambda: matters.search(f"{AMOUNT_FEN / 100:.2f}", most=50),
        "by nothing": lambda: reader.find("nothing"),
        "suspense": lambda: Books(side).suspense("", "", (0, "", 0), 50, NOON_MS),
        "suspense, further": lambda: Books(side).suspense("", "", (NOON_MS + 1_500_000, "", 0), 50, NOON_MS),
        "breaks": lambda: Books(side).breaks(Wanted(), 0, 50),
        "breaks, of a file": lambda: Books(side).breaks(Wanted(file="f40"), 0, 50),
        "words": lambda: matters.search(f"{key(1).stan} {key(1).terminal}", most=50),
        "common words": lambda: matters.search("冲正 refused", most=50),
        "last four": lambda: matters.search(pan(1)[-4:], most=50),
    }


def worked(place: Place) -> dict[str, dict[str, int]]:
    """What each question makes the database do, by statement."""
    driver = CountingFile(str(place.path)) if isinstance(place.path, str) is False else CountingServer(str(place.path))
    try:
        found = {}
        for name, ask in asked_of(driver).items():
            driver.work.clear()
            ask()
            found[name] = dict(driver.work)
        return found
    finally:
        driver.close()


def test_no_page_works_more_when_there_is_more(
    journal: Journal, side: Side, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in SMALLER:
        monkeypatch.setattr(module, name, value)
    a_first(journal, side)
    filled(place, 1_000, 1_000 + FEW)
    before = worked(place)
    filled(place, 1_001 + FEW, 1_000 + MANY)
    after = worked(place)
    free = STEPS_FREE if side._driver.dialect == "sqlite" else ROWS_FREE
    grown = {
        name: (before[name], work)
        for name, work in after.items()
        if sum(work.values()) > GROWS_MAX * sum(before[name].values()) + free
    }
    assert grown == {}
    uncounted = {"all, two, counted", "all, three, counted"}
    assert {name for name, work in after.items() if not sum(work.values())} == uncounted, "all others did work"
