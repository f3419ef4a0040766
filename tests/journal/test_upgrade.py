"""Does a journal of every earlier version become one of today, whatever interrupts it?"""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from chongzheng.journal import Journal, Reader, Vault, sqlite
from chongzheng.journal.sql import migration, schema
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import State
from chongzheng.reversal.policy import Policy
from journal.made import name_of, reply, returned, sale, undone
from journal.place import SqlitePlace

DATABASES = ("sqlite",)

FIRST = """
INSERT INTO payment SELECT id, merchant, terminal, batch, stan, day, opened_at, amount_fen, state, owes, wake_at, truth,
       proof, version, head, body FROM now.payment ORDER BY opened_at DESC, id;
INSERT INTO fact SELECT payment, seq, commit_no, at, kind, rule, record, hash FROM now.fact;
INSERT INTO evidence SELECT id, payment, at, kind, source, body FROM now.evidence;
INSERT INTO release SELECT payment, verb, seq FROM now.release;
INSERT INTO entry SELECT payment, seq, n, debit, credit, fen FROM now.entry;
INSERT INTO cases SELECT id, payment, why, opened_at, due_at, state FROM now.cases;
INSERT INTO card SELECT payment, sealed FROM now.card;
INSERT INTO stray SELECT * FROM now.stray;
INSERT INTO secret SELECT * FROM now.secret;
INSERT INTO number SELECT * FROM now.number;
INSERT INTO settlement_file SELECT digest, name, day, records, complete, at, state FROM now.settlement_file;
INSERT INTO commits SELECT * FROM now.commits;
"""


def first_version(place: SqlitePlace) -> Path:
    """A journal as the first release wrote it, with the same story as `place`, which is closed."""
    path = place.folder / "old.db"
    old = apsw.Connection(str(path))
    old.execute("PRAGMA journal_mode = wal").fetchall()
    old.execute(migration(1))
    old.execute("ATTACH ? AS now", (str(place.path),))
    with old:
        old.execute(FIRST)
    old.execute("DETACH now")
    old.execute(f"PRAGMA application_id = {sqlite.APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.close()
    return path


def filled(place: SqlitePlace) -> Path:
    """A finished payment, one with a case, one that is on its way, a secret, a number; as version 1."""
    journal = place.open()
    journal.apply([*returned(1), sale(2)])
    journal.apply([sale(3)])
    journal.save_secret("work", b"key")
    journal.next_number("batch")
    journal.close()
    return first_version(place)


def told(path: Path) -> list[object]:
    """Everything a reader can say about this journal."""
    reader = Reader.open(path)
    try:
        assert reader.faults() == []
        found: list[object] = []
        for payment in reader.payments():
            found += [payment, reader.facts_of(payment.id), reader.evidence_of(payment.id)]
            found += [reader.entries_of(payment.id), reader.cases(payment.id)]
        return [*found, reader.due(), reader.strays()]
    finally:
        reader.close()


def shape(connection: apsw.Connection) -> list[object]:
    """Tables and indexes, with their texts; the order in which they were made does not matter, nor do blanks."""
    rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema").fetchall()
    return sorted((kind, name, table, words(sql)) for kind, name, table, sql in rows)


def words(sql: str) -> list[str]:
    """The words of a statement, and what stands between them."""
    return re.findall(r"\w+|[^\s\w]", sql.replace('"', ""))


def test_the_steps_and_the_schema_end_in_the_same_database() -> None:
    stepped, made = apsw.Connection(":memory:"), apsw.Connection(":memory:")
    for version in range(1, sqlite.SCHEMA_VERSION + 1):
        stepped.execute(migration(version))
    made.execute(schema())
    assert shape(stepped) == shape(made)


def test_an_older_journal_tells_the_same_story(place: SqlitePlace) -> None:
    path = filled(place)
    with pytest.raises(TheirMistake, match="has journal version 1"):
        Reader.open(path)
    journal = Journal.open(path, place.vault, Policy())
    assert told(path) == told(place.path)
    assert journal.load_secret("work") == b"key"
    assert journal.next_number("batch") == 2
    assert journal.card(name_of(2)) is not None
    states = [c.payment.state for c in journal.apply([undone(2), reply(3), sale(9)])]
    assert states == [State.FORWARDED, State.DELIVERING, State.FORWARDED]
    journal.close()
    reader = Reader.open(path)
    assert reader.faults() == []
    assert len(list(reader.payments())) == 4
    reader.close()


def test_an_upgrade_killed_at_any_statement_is_done_by_the_next_start(place: SqlitePlace) -> None:
    path = filled(place)
    kept = place.folder / "kept.db"
    shutil.copyfile(path, kept)
    kills, story = 0, told(place.path)
    while True:
        for file in path.parent.glob("old.db*"):
            file.unlink()
        shutil.copyfile(kept, path)
        killed = upgrade_and_die(path, place.folder / "vault.json", kills)
        journal = Journal.open(path, place.vault, Policy())
        assert told(path) == story, f"killed at statement {kills}"
        journal.close()
        if not killed:
            break
        kills += 1
    assert kills > 40, "every statement was tried"


def upgrade_and_die(path: Path, vault: Path, statements: int) -> bool:
    """Open the journal in a child that kills itself before this statement of the upgrade; False: it never came."""
    child = os.fork()
    if child == 0:
        try:
            with dying(statements):
                Journal.open(path, Vault.from_file(vault), Policy())
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@contextmanager
def dying(statements: int) -> Iterator[None]:
    """Every new connection counts the statements it runs inside a transaction, and dies before that one."""
    left = [statements]

    def trace(cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        if cursor.connection.in_transaction:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return True

    def hook(connection: apsw.Connection) -> None:
        connection.exec_trace = trace

    apsw.connection_hooks.append(hook)
    try:
        yield
    finally:
        apsw.connection_hooks.remove(hook)


def test_a_journal_with_rows_that_belong_to_nothing_is_not_upgraded(place: SqlitePlace) -> None:
    path = filled(place)
    old = apsw.Connection(str(path))
    old.execute("INSERT INTO cases (payment, why, opened_at, due_at) VALUES ('PNOBODY', 'x', 0, 0)")
    old.close()
    for _ in range(2):
        with pytest.raises(TheirMistake, match="belong to nothing"):
            Journal.open(path, place.vault, Policy())


SIXTH = """
INSERT INTO payment VALUES (1, 'P1', 'm', 't', 'b', '000001', '20260922', 1, 104829, 'NEW', 'forward', NULL, 'unknown',
                            'none', 0, 1, x'00', x'7b7d', 'card', 0);
INSERT INTO matter VALUES (1, 'case', 'OPEN', 0, 1, 1, 1, NULL, '', 'confirm', 5, 'P1', 0, 0, 0, x'7b7d'),
                          (2, 'case', 'CLOSED', 1, 1, 1, 1, NULL, '', 'confirm', 5, '', 0, 5, 0, x'7b7d');
INSERT INTO matter_word VALUES ('622202******7919', 1), ('7919', 2);
INSERT INTO matter_tag VALUES ('risk', 'yes', 1, 1), ('risk', 'yes', 1, 2), ('suspense', 'yes', 1, 2),
                              ('waiting', 'issuer', 1, 2), ('merchant', 'm', 1, 2);
"""


def test_the_seventh_version_finds_by_amount_and_card_and_lists_nothing_that_is_over() -> None:
    db = apsw.Connection(":memory:")
    for version in range(1, 7):
        db.execute(migration(version))
    db.execute(SIXTH)
    db.execute(migration(7))
    found = sorted(db.execute("SELECT word, matter FROM matter_word").fetchall())
    assert found == [("0.05", 2), ("1048.29", 1), ("622202******7919", 1), ("7919", 1), ("7919", 2)]
    tags = sorted(db.execute("SELECT name, matter FROM matter_tag").fetchall())
    assert tags == [("merchant", 2), ("risk", 1)]
