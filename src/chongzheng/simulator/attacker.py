"""What can somebody do to the story who owns the database file, knows our hashes, and lacks only the signing key?

Every attack is raw SQL on a journal that nobody has open, and says what it really did, so that a judge can tell
whether the inspection found the place. Those under `RECHAINED` make all hashes fit again afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import apsw

from chongzheng.journal.audit import GENESIS, link, link_commit

DIGITS = b"0123456789"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: to these payments, in these commits."""

    what: str
    payments: frozenset[str] = frozenset()
    commits: frozenset[int] = frozenset()


Attack = Callable[[apsw.Connection, random.Random], Deed]


def _row(db: apsw.Connection, dice: random.Random, sql: str) -> Any:
    rows = db.execute(sql).fetchall()
    return dice.choice(rows)


def _other_digit(text: bytes, dice: random.Random) -> bytes:
    """One digit of it changed."""
    place = dice.choice([at for at, byte in enumerate(text) if byte in DIGITS])
    digit = dice.choice([one for one in DIGITS if one != text[place]])
    return text[:place] + bytes([digit]) + text[place + 1 :]


def _fact(db: apsw.Connection, dice: random.Random) -> Any:
    return _row(db, dice, "SELECT rowid, place, payment, seq, commit_no, record FROM fact")


# Edits


def edit_record(db: apsw.Connection, dice: random.Random) -> Deed:
    """One digit in what a fact says."""
    row, _, payment, _, commit, record = _fact(db, dice)
    db.execute("UPDATE fact SET record = ? WHERE rowid = ?", (_other_digit(record, dice), row))
    return Deed("a record", frozenset({payment}), frozenset({commit}))


EDITS = (
    ("a fact's hash", "fact", "UPDATE fact SET hash = zeroblob(32) WHERE rowid = ?"),
    ("a fact's instant", "fact", "UPDATE fact SET at = at + 1 WHERE rowid = ?"),
    ("a fact's rule", "fact", "UPDATE fact SET rule = rule || '_' WHERE rowid = ?"),
    ("a fact's kind", "fact", "UPDATE fact SET kind = kind || '_' WHERE rowid = ?"),
    ("evidence's kind", "evidence", "UPDATE evidence SET kind = kind || '_' WHERE rowid = ?"),
    ("evidence's source", "evidence", "UPDATE evidence SET source = source || '_' WHERE rowid = ?"),
    ("evidence's instant", "evidence", "UPDATE evidence SET at = at - 1 WHERE rowid = ?"),
    ("evidence", "evidence", "UPDATE evidence SET body = CAST(body || x'20' AS BLOB) WHERE rowid = ?"),
    ("a payment's amount", "payment", "UPDATE payment SET amount_fen = amount_fen + 1 WHERE rowid = ?"),
    ("a payment's state", "payment", "UPDATE payment SET state = state || '_' WHERE rowid = ?"),
    ("a payment's debt", "payment", "UPDATE payment SET owes = owes || '_' WHERE rowid = ?"),
    ("a payment's deadline", "payment", "UPDATE payment SET wake_at = coalesce(wake_at, 0) + 1 WHERE rowid = ?"),
    ("a payment's truth", "payment", "UPDATE payment SET truth = truth || '_' WHERE rowid = ?"),
    ("a payment's head", "payment", "UPDATE payment SET head = zeroblob(32) WHERE rowid = ?"),
    ("a payment's version", "payment", "UPDATE payment SET version = version + 1 WHERE rowid = ?"),
    ("a payment's body", "payment", "UPDATE payment SET body = CAST(body || x'20' AS BLOB) WHERE rowid = ?"),
)
"""What, which table has the row's payment, and how."""


def edit_column(db: apsw.Connection, dice: random.Random) -> Deed:
    """One column of one row."""
    what, table, sql = dice.choice(EDITS)
    row, payment = _row(db, dice, OWNED[table])
    db.execute(sql, (row,))
    return Deed(what, frozenset({payment}))


def edit_commit_of_fact(db: apsw.Connection, dice: random.Random) -> Deed:
    """In which commit a fact was written."""
    row, _, payment, _, commit, _ = _fact(db, dice)
    db.execute("UPDATE fact SET commit_no = commit_no + 1 WHERE rowid = ?", (row,))
    return Deed("a fact's commit", frozenset({payment}), frozenset({commit, commit + 1}))


def edit_money(db: apsw.Connection, dice: random.Random) -> Deed:
    """An entry's amount, or its two sides exchanged."""
    place, seq, n, payment = _row(db, dice, "SELECT place, seq, n, payment FROM entry")
    change = "UPDATE entry SET fen = fen + 1 WHERE (place, seq, n) = (?, ?, ?)"
    turn = "UPDATE entry SET (debit, credit) = (credit, debit) WHERE (place, seq, n) = (?, ?, ?)"
    db.execute(dice.choice((change, turn)), (place, seq, n))
    return Deed("an entry", frozenset({payment}))


def edit_commit(db: apsw.Connection, dice: random.Random) -> Deed:
    """A commit's hash, or the number of its facts."""
    (number,) = _row(db, dice, "SELECT no FROM commits")
    change = "UPDATE commits SET hash = zeroblob(32) WHERE no = ?"
    db.execute(dice.choice((change, "UPDATE commits SET facts = facts + 1 WHERE no = ?")), (number,))
    return Deed("a commit", commits=frozenset({number}))


# Deletions


OWNED = {
    "fact": "SELECT rowid, payment FROM fact",
    "evidence": "SELECT rowid, payment FROM evidence",
    "payment": "SELECT rowid, id FROM payment",
    "release": "SELECT rowid, payment FROM release",
    "cases": "SELECT rowid, payment FROM cases",
}
GONE = {
    "fact": "DELETE FROM fact WHERE rowid = ?",
    "evidence": "DELETE FROM evidence WHERE rowid = ?",
    "payment": "DELETE FROM payment WHERE rowid = ?",
    "release": "DELETE FROM release WHERE rowid = ?",
    "cases": "DELETE FROM cases WHERE rowid = ?",
}


def delete_row(db: apsw.Connection, dice: random.Random) -> Deed:
    """One row of what belongs to a payment."""
    table = dice.choice(sorted(GONE))
    row, payment = _row(db, dice, OWNED[table])
    db.execute(GONE[table], (row,))
    return Deed(f"a row of {table}", frozenset({payment}))


def delete_commit(db: apsw.Connection, dice: random.Random) -> Deed:
    """A commit's record, or its record and its facts."""
    (number,) = _row(db, dice, "SELECT no FROM commits")
    touched = {name for (name,) in db.execute("SELECT payment FROM fact WHERE commit_no = ?", (number,))}
    db.execute("DELETE FROM commits WHERE no = ?", (number,))
    if dice.random() < 0.5:
        db.execute("DELETE FROM fact WHERE commit_no = ?", (number,))
    return Deed("a commit", frozenset(touched), frozenset({number, number + 1}))


def delete_fact(db: apsw.Connection, dice: random.Random) -> Deed:
    """A fact, and those after it move up."""
    row, place, payment, seq, commit, _ = _fact(db, dice)
    db.execute("DELETE FROM fact WHERE rowid = ?", (row,))
    db.execute("UPDATE fact SET seq = -seq WHERE place = ? AND seq > ?", (place, seq))
    db.execute("UPDATE fact SET seq = -seq - 1 WHERE place = ? AND seq < 0", (place,))
    return Deed("a fact", frozenset({payment}), frozenset({commit}))


def delete_payment(db: apsw.Connection, dice: random.Random) -> Deed:
    """A payment with everything that belongs to it."""
    place, payment = _row(db, dice, "SELECT place, id FROM payment")
    commits = {no for (no,) in db.execute("SELECT commit_no FROM fact WHERE place = ?", (place,))}
    for sql in (
        "DELETE FROM fact WHERE place = ?", "DELETE FROM evidence WHERE place = ?", "DELETE FROM entry WHERE place = ?",
        "DELETE FROM release WHERE place = ?", "DELETE FROM card WHERE place = ?",
        "DELETE FROM cases WHERE payment = (SELECT id FROM payment WHERE place = ?)",
        "DELETE FROM payment WHERE place = ?",
    ):  # fmt: skip
        db.execute(sql, (place,))
    return Deed("a payment", frozenset({payment}), frozenset(commits))


# Insertions


def insert_fact(db: apsw.Connection, dice: random.Random) -> Deed:
    """A fact once more, behind the last of its payment, in the same commit or a later one."""
    row, place, payment, _, commit, _ = _fact(db, dice)
    (newest,) = db.execute("SELECT max(no) FROM commits").fetchall()[0]
    where = dice.randint(commit, newest)
    db.execute(
        "INSERT INTO fact SELECT place, payment, (SELECT max(seq) + 1 FROM fact WHERE place = ?), ?, at, kind, rule,"
        " record, hash FROM fact WHERE rowid = ?",
        (place, where, row),
    )
    return Deed("a fact", frozenset({payment}), frozenset({where}))


INSERTS = (
    (
        "two entries that cancel out",
        "INSERT INTO entry SELECT place, id, 99, 0, 'suspense', 'merchant payable', 5 FROM payment WHERE id = ?1;"
        "INSERT INTO entry SELECT place, id, 99, 1, 'merchant payable', 'suspense', 5 FROM payment WHERE id = ?1",
    ),
    ("a case", "INSERT INTO cases (payment, why, opened_at, due_at) VALUES (?1, 'no reason', 1, 2)"),
    (
        "a second payment in its place",
        "INSERT INTO evidence SELECT place, 'PAAAAAAAAAAAAAAAA', 'E', at, kind, source, body FROM evidence"
        " WHERE payment = ?1 LIMIT 1",
    ),
)  # fmt: skip


def insert_row(db: apsw.Connection, dice: random.Random) -> Deed:
    """Entries, a case, or a row of a payment that there is not."""
    what, sql = dice.choice(INSERTS)
    _, payment = _row(db, dice, OWNED["payment"])
    for statement in sql.split(";"):
        db.execute(statement, (payment,))
    return Deed(what, frozenset({payment, "PAAAAAAAAAAAAAAAA"}))


def insert_commit(db: apsw.Connection, dice: random.Random) -> Deed:
    """A commit of nothing at the end."""
    (newest,) = db.execute("SELECT max(no) FROM commits").fetchall()[0]
    db.execute("INSERT INTO commits VALUES (?, 1, zeroblob(32))", (newest + 1,))
    return Deed("a commit", commits=frozenset({newest + 1}))


# Exchanges


def _two(db: apsw.Connection, dice: random.Random, sql: str, differ: int) -> tuple[Any, Any]:
    """Two rows that differ in a column."""
    rows = db.execute(sql).fetchall()
    one = dice.choice(rows)
    return one, dice.choice([other for other in rows if other[differ] != one[differ]])


def swap_records(db: apsw.Connection, dice: random.Random) -> Deed:
    """What two facts say."""
    all_of_them = "SELECT rowid, record, payment, commit_no FROM fact"
    one, other = _two(db, dice, all_of_them, 1)
    for row, said in ((one[0], other[1]), (other[0], one[1])):
        db.execute("UPDATE fact SET record = ? WHERE rowid = ?", (said, row))
    return Deed("two records", frozenset({one[2], other[2]}), frozenset({one[3], other[3]}))


def swap_order(db: apsw.Connection, dice: random.Random) -> Deed:
    """Two facts of one payment that follow each other."""
    place, payment, seq = _row(db, dice, "SELECT place, payment, seq FROM fact WHERE seq > 1")
    held = "SELECT commit_no FROM fact WHERE place = ? AND seq IN (?, ?)"
    commits = {no for (no,) in db.execute(held, (place, seq, seq - 1))}
    db.execute("UPDATE fact SET seq = 0 WHERE place = ? AND seq = ?", (place, seq))
    db.execute("UPDATE fact SET seq = ? WHERE place = ? AND seq = ?", (seq, place, seq - 1))
    db.execute("UPDATE fact SET seq = ? WHERE place = ? AND seq = 0", (seq - 1, place))
    return Deed("two facts of a payment", frozenset({payment}), frozenset(commits))


def swap_payments(db: apsw.Connection, dice: random.Random) -> Deed:
    """The states of two payments."""
    one, other = _two(db, dice, "SELECT place, body, id FROM payment", 1)
    for place, body in ((one[0], other[1]), (other[0], one[1])):
        db.execute("UPDATE payment SET body = ? WHERE place = ?", (body, place))
    return Deed("two payments' states", frozenset({one[2], other[2]}))


def swap_commits(db: apsw.Connection, dice: random.Random) -> Deed:
    """The numbers of two commits, with or without their facts."""
    (one, _), (other, _) = _two(db, dice, "SELECT no, hash FROM commits", 0)
    tables = ["UPDATE commits SET no = ? WHERE no = ?"]
    if dice.random() < 0.5:
        tables.append("UPDATE fact SET commit_no = ? WHERE commit_no = ?")
    for sql in tables:
        for new, old in ((-1, one), (one, other), (other, -1)):
            db.execute(sql, (new, old))
    return Deed("two commits", commits=frozenset({min(one, other)}))


def swap_evidence(db: apsw.Connection, dice: random.Random) -> Deed:
    """What two pieces of evidence say."""
    one, other = _two(db, dice, "SELECT rowid, body, payment FROM evidence", 1)
    for row, body in ((one[0], other[1]), (other[0], one[1])):
        db.execute("UPDATE evidence SET body = ? WHERE rowid = ?", (body, row))
    return Deed("two pieces of evidence", frozenset({one[2], other[2]}))


# The tail


def cut_tail(db: apsw.Connection, dice: random.Random) -> Deed:
    """All commits after one, with their facts."""
    (newest,) = db.execute("SELECT max(no) FROM commits").fetchall()[0]
    last = dice.randint(1, newest - 1)
    touched = {name for (name,) in db.execute("SELECT payment FROM fact WHERE commit_no > ?", (last,))}
    db.execute("DELETE FROM fact WHERE commit_no > ?", (last,))
    db.execute("DELETE FROM commits WHERE no > ?", (last,))
    return Deed(f"after commit {last}", frozenset(touched), frozenset({last + 1}))


RAW: dict[str, tuple[Attack, ...]] = {
    "edit": (edit_record, edit_column, edit_commit_of_fact, edit_money, edit_commit),
    "delete": (delete_row, delete_commit, delete_fact, delete_payment),
    "insert": (insert_fact, insert_row, insert_commit),
    "swap": (swap_records, swap_order, swap_payments, swap_commits, swap_evidence),
    "cut tail": (cut_tail,),
}
RECHAINED: dict[str, tuple[Attack, ...]] = {
    "edit": (edit_record, edit_commit_of_fact),
    "delete": (delete_fact, delete_payment),
    "insert": (insert_fact,),
    "swap": (swap_records, swap_order),
    "cut tail": (cut_tail,),
}
"""By kind: what is done as it is, and what is done and then made to fit as far as hashes go."""


def rechain(db: apsw.Connection) -> None:
    """Compute every hash of facts, payments and commits anew, over whatever stands there now."""
    for place, head, count in [(place, *_rechain_facts(db, place)) for (place,) in
                               db.execute("SELECT place FROM payment").fetchall()]:  # fmt: skip
        if count:
            db.execute("UPDATE payment SET head = ?, version = ? WHERE place = ?", (head, count, place))
        else:
            for sql in ("DELETE FROM evidence WHERE place = ?", "DELETE FROM payment WHERE place = ?"):
                db.execute(sql, (place,))
    chained = GENESIS
    for (number,) in db.execute("SELECT no FROM commits ORDER BY no").fetchall():
        hashes = [bytes(found) for (found,) in db.execute("SELECT hash FROM fact WHERE commit_no = ?", (number,))]
        chained = link_commit(chained, hashes)
        db.execute("UPDATE commits SET hash = ?, facts = ? WHERE no = ?", (chained, len(hashes), number))


def _rechain_facts(db: apsw.Connection, place: int) -> tuple[bytes, int]:
    head, count = GENESIS, 0
    for row, record in db.execute("SELECT rowid, record FROM fact WHERE place = ? ORDER BY seq", (place,)).fetchall():
        head, count = link(head, bytes(record)), count + 1
        db.execute("UPDATE fact SET hash = ? WHERE rowid = ?", (head, row))
    return head, count
