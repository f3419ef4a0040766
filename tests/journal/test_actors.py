"""Is everybody in the register who they say, and does nobody get more rights than an administrator gave?"""

import pytest

from chongzheng.journal.actors import (
    ALLOWED,
    FAILURES_MAX,
    LOCKED_MS,
    SESSION_MS,
    Actors,
    May,
    NotAllowed,
    Role,
    Unproven,
    roles_of,
)
from chongzheng.journal.inspection import inspect
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import NOON_MS
from journal.place import Place

WORD = "correct horse battery"
OTHER = "another long password"
BOSS = frozenset({Role.ADMINISTRATOR})


@pytest.fixture
def actors(side: Side) -> Actors:
    """A register with one administrator, boss, and a clerk, li."""
    register = Actors(side)
    register.add("boss", "Wang Fang", BOSS, "shell:root", NOON_MS)
    register.set_password("boss", WORD, "shell:root", NOON_MS)
    register.add("li", "李雷", frozenset({Role.CLERK}), "boss", NOON_MS)
    register.set_password("li", OTHER, "boss", NOON_MS)
    return register


def faults(place: Place) -> list[str]:
    """What the journal says about itself."""
    with place.reading() as reader:
        return reader.faults()


def test_everybody_is_who_the_register_says(actors: Actors, place: Place) -> None:
    assert [(one.id, one.name, one.roles, one.active) for one in actors.all()] == [
        ("boss", "Wang Fang", BOSS, True),
        ("li", "李雷", frozenset({Role.CLERK}), True),
    ]
    assert actors.prove("li", OTHER, NOON_MS).id == "li"
    assert WORD not in repr(place.dump()) and OTHER not in repr(place.dump())
    assert faults(place) == []


@pytest.mark.parametrize(("who", "word"), [("li", WORD), ("li", ""), ("nobody", WORD), ("", ""), ("li", OTHER + "x")])
def test_a_wrong_name_or_password_opens_nothing_and_says_not_which(actors: Actors, who: str, word: str) -> None:
    with pytest.raises(Unproven, match="nobody who works here has this name and password"):
        actors.prove(who, word, NOON_MS)


def test_who_has_no_password_yet_cannot_come_in(actors: Actors) -> None:
    actors.add("han", "Han", frozenset({Role.CLERK}), "boss", NOON_MS)
    for word in ("", WORD):
        with pytest.raises(Unproven):
            actors.prove("han", word, NOON_MS)


def test_many_wrong_passwords_shut_the_door_for_a_while_even_for_the_right_one(actors: Actors) -> None:
    for _ in range(FAILURES_MAX):
        with pytest.raises(Unproven):
            actors.prove("li", WORD, NOON_MS)
    with pytest.raises(NotAllowed, match="wait 900 seconds"):
        actors.prove("li", OTHER, NOON_MS + 1)
    assert actors.prove("boss", WORD, NOON_MS).id == "boss", "only that person waits"
    assert actors.prove("li", OTHER, NOON_MS + LOCKED_MS + 1).id == "li"
    for _ in range(FAILURES_MAX - 1):
        with pytest.raises(Unproven):
            actors.prove("li", WORD, NOON_MS + LOCKED_MS + 2)
    assert actors.prove("li", OTHER, NOON_MS + LOCKED_MS + 2).id == "li", "what came before was forgiven"


def test_only_an_administrator_changes_the_register(actors: Actors) -> None:
    clerk = frozenset({Role.CLERK})
    for by in ("li", "nobody", "shell:root"):
        with pytest.raises(NotAllowed):
            actors.add("new", "New", clerk, by, NOON_MS)
        with pytest.raises(NotAllowed):
            actors.change("li", by, NOON_MS, roles=BOSS)
        with pytest.raises(NotAllowed):
            actors.set_password("boss", "something else entirely", by, NOON_MS)
    assert len(actors.all()) == 2 and actors.prove("boss", WORD, NOON_MS)
    actors.set_password("li", "my own new password", "li", NOON_MS)
    assert actors.prove("li", "my own new password", NOON_MS).id == "li"


def test_the_last_administrator_stays_one(actors: Actors) -> None:
    for change in ({"active": False}, {"roles": frozenset({Role.CLERK})}):
        with pytest.raises(TheirMistake, match="last administrator"):
            actors.change("boss", "boss", NOON_MS, **change)  # type: ignore[arg-type]
    actors.change("li", "boss", NOON_MS, roles=BOSS | {Role.CLERK})
    actors.change("boss", "li", NOON_MS, active=False)
    with pytest.raises(TheirMistake, match="last administrator"):
        actors.change("li", "li", NOON_MS, active=False)
    with pytest.raises(Unproven):
        actors.prove("boss", WORD, NOON_MS)


def test_a_change_counts_at_once_and_is_remembered_with_its_author(actors: Actors, place: Place) -> None:
    actors.change("li", "boss", NOON_MS + 5, roles=frozenset({Role.AUDITOR}))
    with pytest.raises(NotAllowed, match="li may not resolve; that takes one of: clerk, finance, risk, supervisor"):
        actors.allowed("li", May.RESOLVE)
    told = [(one["kind"], one["actor"], one["at"]) for one in actors.history("li")]
    assert told == [
        ("actor added", "boss", NOON_MS),
        ("password changed", "boss", NOON_MS),
        ("actor changed", "boss", NOON_MS + 5),
    ]
    assert actors.history("li")[-1]["before"]["roles"] == "clerk"


@pytest.mark.parametrize(("harm", "told"), [
    ("UPDATE actor SET roles = 'administrator' WHERE id = 'li'", "actor li is not what the acts made of it"),
    ("UPDATE actor SET password = (SELECT password FROM actor WHERE id = 'boss') WHERE id = 'li'", "actor li is not"),
    ("UPDATE actor SET active = 0 WHERE id = 'li'", "actor li is not what the acts made of it"),
    ("DELETE FROM actor WHERE id = 'li'", "actor li is gone, and an act made it"),
    ("INSERT INTO actor SELECT 'eve', name, roles, 1, password, 0, 0, 1, 0 FROM actor WHERE id = 'boss'", "actor eve"),
    ("UPDATE act SET record = x'7b7d' WHERE no = 1", "the one before"),
    ("INSERT INTO rule VALUES ('r', '20260101', '9', '', 'boss', 0, 'li', 0)", "rule r from 20260101 is not"),
    ("DELETE FROM act WHERE no = 1", "act 2 does not follow from the one before"),
    ("UPDATE act SET at = at + 1 WHERE no = 2", "act 2 is labelled otherwise than it was written"),
])  # fmt: skip
def test_a_right_that_nobody_gave_is_found(actors: Actors, place: Place, harm: str, told: str) -> None:
    assert faults(place) == []
    place.raw(harm)
    assert any(told in fault for fault in faults(place)), faults(place)
    short = inspect(place.path, chains_only=True).faults
    assert any(told in str(fault) for fault in short), "the short look sees it too"


def test_a_session_is_a_person_until_it_ends(actors: Actors, place: Place) -> None:
    token, expires_at = actors.open_session("li", OTHER, NOON_MS)
    assert expires_at == NOON_MS + SESSION_MS
    assert actors.of_session(token, NOON_MS + 1).id == "li"
    assert token.rpartition("_")[2] not in repr(place.dump())
    for wrong in (token + "x", token[:-1], "", "czp_1_2", "czt" + token[3:], token.upper()):
        with pytest.raises(Unproven):
            actors.of_session(wrong, NOON_MS + 1)
    with pytest.raises(Unproven):
        actors.of_session(token, expires_at)
    actors.end_session(token, NOON_MS + 2)
    with pytest.raises(Unproven):
        actors.of_session(token, NOON_MS + 3)


@pytest.mark.parametrize("how", ["disabled", "password"])
def test_sessions_end_with_the_work_and_with_the_password(actors: Actors, how: str) -> None:
    token, _ = actors.open_session("li", OTHER, NOON_MS)
    if how == "disabled":
        actors.change("li", "boss", NOON_MS, active=False)
        actors.change("li", "boss", NOON_MS, active=True)
    else:
        actors.set_password("li", "a third long password", "boss", NOON_MS)
    with pytest.raises(Unproven):
        actors.of_session(token, NOON_MS + 1)


@pytest.mark.parametrize("word", ["short", "li" * 10, "abababababab", "my li password 9", "x" * 201])
def test_weak_passwords_are_refused(actors: Actors, word: str) -> None:
    with pytest.raises(TheirMistake, match="password"):
        actors.set_password("li", word, "boss", NOON_MS)


@pytest.mark.parametrize(
    ("actor", "name", "roles"),
    [("B", "n", BOSS), ("a b", "n", BOSS), ("x" * 33, "n", BOSS), ("ok", "", BOSS), ("ok", "a\nb", BOSS),
     ("ok", "n", frozenset()), ("boss", "n", BOSS)],
)  # fmt: skip
def test_who_cannot_be_named_is_refused(actors: Actors, actor: str, name: str, roles: frozenset[Role]) -> None:
    with pytest.raises(TheirMistake):
        actors.add(actor, name, roles, "boss", NOON_MS)


def test_every_right_belongs_to_somebody_and_words_are_roles() -> None:
    assert set(ALLOWED) == set(May) and all(ALLOWED.values())
    assert roles_of("clerk finance") == {Role.CLERK, Role.FINANCE}
    with pytest.raises(TheirMistake, match="read-only"):
        roles_of("king")
