"""Does the door remember who may come in, and what was said under which key, and only that?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chongzheng.journal.doors import PER_MINUTE_MAX, Doors
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.place import SqlitePlace

NOON_MS = 1_790_000_000_000
EVERYTHING = frozenset({"report", "read"})


@pytest.fixture
def doors(place: SqlitePlace) -> Iterator[Doors]:
    """The door of a new journal."""
    place.open()
    side = Side.open(place.path)
    yield Doors(side)
    side.close()


def make(doors: Doors, name: str = "switch", scopes: frozenset[str] = EVERYTHING) -> str:
    """A token's text."""
    return doors.make_token(name, scopes, frozenset(), 60, NOON_MS, "shell:ann")


def test_a_token_is_known_by_its_text_and_by_nothing_else(doors: Doors) -> None:
    text = make(doors)
    found = doors.token(text)
    assert found is not None and found.name == "switch" and found.may("read") and not found.may("check")
    mark, name, secret = text.split("_", 2)
    longer, stranger, marked = f"{text}x", f"{mark}_000000000000_{secret}", f"x_{name}_{secret}"
    wrong = ("", "czt", f"{mark}_{name}_", longer, stranger, marked)
    assert [doors.token(one) for one in wrong] == [None] * len(wrong)


@pytest.mark.databases("sqlite")
def test_the_text_of_a_token_is_nowhere_in_the_journal(doors: Doors, place: SqlitePlace) -> None:
    secret = make(doors).split("_", 2)[2]
    kept = b"".join(path.read_bytes() for path in place.folder.iterdir() if path.name.startswith("journal"))
    assert b"switch" in kept
    assert secret.encode() not in kept


def test_a_revoked_token_is_known_but_may_nothing(doors: Doors) -> None:
    text = make(doors)
    assert doors.revoke("switch", NOON_MS + 1, "shell:ann")
    assert not doors.revoke("switch", NOON_MS + 2, "shell:ann")
    found = doors.token(text)
    assert found is not None and not found.may("read") and found.revoked_at == NOON_MS + 1


def test_a_name_is_given_once_even_after_it_was_revoked(doors: Doors) -> None:
    make(doors)
    doors.revoke("switch", NOON_MS, "shell:ann")
    with pytest.raises(TheirMistake, match="of this name already"):
        make(doors)
    assert [token.name for token in doors.tokens()] == ["switch"]


@pytest.mark.parametrize(
    ("name", "scopes", "per_minute"),
    [("", EVERYTHING, 1), ("a b", EVERYTHING, 1), ("a" * 65, EVERYTHING, 1), ("a", frozenset(), 1),
     ("a", frozenset({"all"}), 1), ("a", EVERYTHING, 0), ("a", EVERYTHING, PER_MINUTE_MAX + 1)],
)  # fmt: skip
def test_a_token_that_makes_no_sense_is_refused(
    doors: Doors, name: str, scopes: frozenset[str], per_minute: int
) -> None:
    with pytest.raises(TheirMistake, match="token"):
        doors.make_token(name, scopes, frozenset(), per_minute, NOON_MS, "shell:ann")
    assert doors.tokens() == []


def test_a_token_for_some_merchants_sees_only_theirs(doors: Doors) -> None:
    text = doors.make_token("one", EVERYTHING, frozenset({"M1"}), 60, NOON_MS, "shell:ann")
    found = doors.token(text)
    assert found is not None and found.sees("M1") and not found.sees("M2")


def test_the_first_to_say_something_under_a_key_has_it(doors: Doors) -> None:
    first = doors.say("t1", "k1", "f1", "P1", NOON_MS)
    again = doors.say("t1", "k1", "f2", "P2", NOON_MS + 5)
    other = doors.say("t2", "k1", "f2", "P2", NOON_MS + 5)
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert (again.fingerprint, again.payment, again.at) == ("f1", "P1", NOON_MS)


def test_a_key_said_by_many_at_once_is_new_for_one(doors: Doors) -> None:
    said: list[bool] = []
    threads = [
        threading.Thread(target=lambda: said.append(doors.say("t", "k", "f", "P", NOON_MS).is_new)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 7 + [True]


def test_what_is_done_to_tokens_is_in_the_audit(doors: Doors) -> None:
    make(doors)
    doors.revoke("switch", NOON_MS + 1, "shell:bob")
    assert [(who, what) for _, _, who, what, _, _ in doors.audit()] == [
        ("shell:ann", "token made"),
        ("shell:bob", "token revoked"),
    ]


def test_there_is_no_door_without_a_journal(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="no journal"):
        Side.open(tmp_path / "nothing.db")
    foreign = tmp_path / "foreign.db"
    foreign.write_bytes(b"not a database at all" * 100)
    with pytest.raises(TheirMistake):
        Side.open(foreign)


def test_what_fails_together_is_not_there(doors: Doors, place: SqlitePlace) -> None:
    side = Side.open(place.path)
    with pytest.raises(ZeroDivisionError), side.together():
        side.ask("put_key", token="t", key="k", fingerprint="f", payment="P", at=1)
        side.ask("put_key", token="t", key=str(1 // 0), fingerprint="f", payment="P", at=1)
    side.close()
    assert doors.say("t", "k", "g", "P", NOON_MS).is_new
