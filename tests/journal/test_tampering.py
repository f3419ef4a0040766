"""Does the journal notice, and name the place, when somebody has changed the story afterwards?"""

from typing import Any

import pytest

from chongzheng.journal import Reader
from journal.made import NOON_MS, asked, kept, name_of, reply, returned, sale, written
from journal.place import Place

ONE, TWO = name_of(1), name_of(2)


def filled(place: Place) -> None:
    """Two finished payments and one that is being reversed, in seven commits."""
    journal = place.open()
    for pair in zip(returned(1), [*kept(2), sale(3)], strict=True):
        journal.apply(pair)
    journal.apply([asked(3)])
    journal.close()
    place.audit()


def found(place: Place) -> list[str]:
    """What the check says."""
    with place.reading() as reader:
        return reader.faults()


TAMPERED = {
    "edited fact": (
        "UPDATE fact SET record = CAST(replace(CAST(record AS TEXT), '156', '840') AS BLOB) "
        "WHERE payment = :one AND seq = 1",
        f"{ONE}: fact 1 does not follow",
    ),
    "unreadable fact": (
        "UPDATE fact SET record = x'7b' WHERE payment = :one AND seq = 2",
        f"{ONE}: fact 2 does not follow",
    ),
    "edited label": ("UPDATE fact SET rule = 'NEW.request' WHERE payment = :one AND seq = 3", f"{ONE}: fact 3 is"),
    "edited time": ("UPDATE fact SET at = at + 1 WHERE payment = :two AND seq = 3", f"{TWO}: fact 3 is labelled"),
    "edited hash": ("UPDATE fact SET hash = zeroblob(32) WHERE payment = :one AND seq = 5", f"{ONE}: fact 5 does not"),
    "deleted fact": ("DELETE FROM fact WHERE payment = :one AND seq = 2", f"{ONE}: fact 3 does not follow"),
    "deleted last fact": ("DELETE FROM fact WHERE payment = :one AND seq = 5", f"{ONE}: its facts do not end"),
    "inserted fact": (
        "INSERT INTO fact SELECT place, payment, 6, 6, at, kind, rule, record, hash FROM fact "
        "WHERE payment = :one AND seq = 5",
        f"{ONE}: fact 6 does not follow",
    ),
    "swapped facts": (
        "UPDATE fact SET seq = -seq WHERE payment = :one AND seq IN (2, 3);"
        "UPDATE fact SET seq = 5 + seq WHERE payment = :one AND seq < 0",
        f"{ONE}: fact 2 does not follow",
    ),
    "moved to another commit": ("UPDATE fact SET commit_no = 1 WHERE payment = :one AND seq = 2", "commit 1: facts"),
    "cut tail": (
        "DELETE FROM fact WHERE commit_no = 6; DELETE FROM commits WHERE no = 6",
        f"{name_of(3)}: its facts do not end",
    ),
    "cut commit": ("DELETE FROM commits WHERE no = 2", "commit 3: facts are missing"),
    "edited commit": ("UPDATE commits SET hash = zeroblob(32) WHERE no = 4", "commit 4: does not follow"),
    "edited entry": ("UPDATE entry SET fen = fen + 1 WHERE payment = :two", f"{TWO}: the entries of fact"),
    "deleted entry": ("DELETE FROM entry WHERE payment = :two AND seq = 3", f"{TWO}: the entries of fact 3"),
    "entries that cancel out": (
        "INSERT INTO entry SELECT place, id, 9, 0, 'suspense', 'merchant payable', 5 FROM payment WHERE id = :two;"
        "INSERT INTO entry SELECT place, id, 9, 1, 'merchant payable', 'suspense', 5 FROM payment WHERE id = :two",
        f"{TWO}: has entries of a fact 9",
    ),
    "edited payment state": (
        "UPDATE payment SET body = CAST(json_set(CAST(body AS TEXT), '$.state', 'RETURNED') AS BLOB) WHERE id = :two",
        f"{TWO}: its state is not the one",
    ),
    "unreadable payment": ("UPDATE payment SET body = x'00' WHERE id = :two", f"{TWO}: its state or one of"),
    "edited deadline": (
        "UPDATE payment SET wake_at = 9999999999999 WHERE state = 'REVERSING'",
        f"{name_of(3)}: its columns wake_at",
    ),
    "edited state column": ("UPDATE payment SET owes = 'nothing' WHERE state = 'REVERSING'", f"{name_of(3)}: its col"),
    "exchanged payments": (
        "UPDATE payment SET body = (SELECT p.body FROM payment p WHERE p.id = :two) WHERE id = :one",
        f"{ONE}: its state is another",
    ),
    "deleted payment": ("DELETE FROM payment WHERE id = :one", f"{ONE}: has rows but is no payment"),
    "erased payment": (
        "DELETE FROM payment WHERE id = :one; DELETE FROM fact WHERE payment = :one; DELETE FROM entry WHERE payment ="
        " :one; DELETE FROM evidence WHERE payment = :one; DELETE FROM release WHERE payment = :one;"
        "UPDATE commits SET facts = (SELECT count(*) FROM fact WHERE commit_no = no)",
        "commit 1: does not follow",
    ),
    "deleted release token": ("DELETE FROM release WHERE payment = :one", f"{ONE}: it was reversed without"),
    "edited evidence": ("UPDATE evidence SET body = x'7b7d' WHERE payment = :one", f"{ONE}: evidence E"),
    "deleted evidence": ("DELETE FROM evidence WHERE payment = :one AND kind = '0400'", f"{ONE}: fact 2 rests on"),
    "evidence under a false name": (
        "UPDATE evidence SET payment = :two WHERE payment = :one AND kind = '0410'",
        f"{TWO}: has rows but is no payment",
    ),
    "borrowed evidence": (
        "UPDATE evidence SET (place, payment) = (SELECT place, id FROM payment WHERE id = :two) "
        "WHERE payment = :one AND kind = '0410'",
        f"{ONE}: fact",
    ),
    "facts of two payments exchanged": (
        "UPDATE fact SET place = -place WHERE payment = :one; UPDATE fact SET place = (SELECT place FROM payment "
        "WHERE id = :one) WHERE payment = :two; UPDATE fact SET place = (SELECT place FROM payment WHERE id = :two) "
        "WHERE payment = :one",
        f"{TWO}: has rows but is no payment",
    ),
}
"""What somebody does to the finished database, and how the first finding about it begins."""


def tamper(place: Place, sql: str) -> None:
    """Each statement with :one and :two filled in."""
    for statement in sql.replace(":one", f"'{ONE}'").replace(":two", f"'{TWO}'").split(";"):
        place.raw(statement)


@pytest.mark.parametrize("what", TAMPERED)
def test_the_place_is_named(place: Place, what: str) -> None:
    sql, finding = TAMPERED[what]
    filled(place)
    before = place.dump()
    tamper(place, sql)
    assert place.dump() != before, "the test changed nothing"
    findings = found(place)
    assert any(line.startswith(finding) for line in findings), findings


def test_other_payments_are_not_accused(place: Place) -> None:
    filled(place)
    tamper(place, TAMPERED["edited fact"][0])
    assert all(line.startswith(ONE) for line in found(place))
    assert len(found(place)) == 1


def test_a_whole_story_rewritten_with_good_hashes_is_seen_by_the_commits(place: Place) -> None:
    from chongzheng.journal.audit import GENESIS, link

    filled(place)
    head = GENESIS
    for seq, record in place.raw("SELECT seq, record FROM fact WHERE payment = ? ORDER BY seq", TWO):
        forged = record.replace(b'"AnswerWritten"', b'"AnswerWritten" ')
        head = link(head, forged)
        place.raw("UPDATE fact SET record = ?, hash = ? WHERE payment = ? AND seq = ?", forged, head, TWO, seq)
    place.raw("UPDATE payment SET head = ? WHERE id = ?", head, TWO)
    assert found(place) == [
        "commit 3: does not follow from the one before, or its facts were changed",
        "commit 4: does not follow from the one before, or its facts were changed",
    ]


def test_a_check_sees_one_moment_while_the_engine_writes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = place.open()
    journal.apply([sale(1), sale(2)])
    waiting = [reply(1), reply(2), written(1), written(2), asked(1), asked(2), sale(1, NOON_MS + 1)]
    asking = Reader._all

    def ask(self: Reader, *words: Any) -> list[Any]:
        if waiting:
            journal.apply([waiting.pop(0)])
        return asking(self, *words)

    monkeypatch.setattr(Reader, "_all", ask)
    with place.reading() as reader:
        assert reader.faults() == []
    assert not waiting
    place.audit()
