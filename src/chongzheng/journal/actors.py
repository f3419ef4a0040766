"""Who works here, what may they do, and is this really them? The register of actors.

An actor is a person, not a sign-in: two names for one person would let that person approve what he or she proposed.
Every change is an act with the name of whoever made it. Passwords are argon2 hashes; a session's token is 256 random
bits of which only the hash is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chongzheng.journal.acts import enact, queue, sealed
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
NAME_CHARS_MAX = 64
PASSWORD_CHARS_MIN = 12
PASSWORD_CHARS_MAX = 200
FAILURES_MAX = 5
"""Wrong passwords in a row, after which a person waits."""
LOCKED_MS = 15 * 60_000
SESSION_MS = 8 * 3_600_000
"""A working day; then a person shows again who they are."""
SESSIONS_KEPT_MS = 30 * 86_400_000
MARK = "czp"
TOKEN_CHARS_MAX = 128
ID_BYTES, SECRET_BYTES = 8, 32
SHELL = "shell:"
"""Begins the name of whoever sits at the machine while the register has no administrator yet."""


class Role(StrEnum):
    """What a person is here for (DESIGN section 6a)."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    RISK = "risk"
    TECHNICIAN = "technician"
    SUPPLIER = "supplier"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    READ_ONLY = "read-only"


class May(StrEnum):
    """What only some may do."""

    SIGN_OUT = "sign out"
    READ = "read"
    CHECK = "check"
    RESOLVE = "resolve"
    APPROVE = "approve"
    CLOSE_DAYS = "close days"
    SET_RULES = "set rules"
    MANAGE_ACTORS = "manage actors"


_DESK = frozenset({Role.CLERK, Role.SUPERVISOR, Role.FINANCE, Role.RISK})
ALLOWED: MappingProxyType[May, frozenset[Role]] = MappingProxyType({
    May.SIGN_OUT: frozenset(Role),
    May.READ: frozenset(Role) - {Role.SUPPLIER},
    May.CHECK: _DESK | {Role.TECHNICIAN},
    May.RESOLVE: _DESK,
    May.APPROVE: frozenset({Role.SUPERVISOR, Role.FINANCE}),
    May.CLOSE_DAYS: frozenset({Role.FINANCE}),
    May.SET_RULES: frozenset({Role.SUPERVISOR, Role.FINANCE, Role.ADMINISTRATOR}),
    May.MANAGE_ACTORS: frozenset({Role.ADMINISTRATOR}),
})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the register. Instants are epoch ms."""

    id: str
    name: str
    roles: frozenset[Role]
    active: bool
    has_password: bool
    locked_until: int
    version: int
    made_at: int

    def may(self, what: May) -> bool:
        """Whether one of this person's roles allows it."""
        return self.active and not ALLOWED[what].isdisjoint(self.roles)


class NotAllowed(Exception):
    """Somebody is not who they say, or may not do this; the text is safe to show."""


class Unproven(NotAllowed):
    """Nobody has shown who they are."""


class Actors:
    """The register. Every method is one short transaction; hashing a password is done outside of it."""

    def __init__(self, side: Side) -> None:
        self._side = side

    # Changes

    def add(self, actor: str, name: str, roles: frozenset[Role], by: str, at: int) -> None:
        """A new person, still without a password. TheirMistake: the id is taken, or no id or name of a person.

        `by`: an administrator's id; or, while there is none, SHELL and whoever sits there.
        """
        _check_id(actor)
        _check_name(name)
        _check_roles(roles)
        with self._side.together():
            self._manages(by)
            if not self._side.ask("put_actor", id=actor, name=name, roles=_written(roles), at=at):
                raise TheirMistake("there is a person of this id already", actor)
            enact(self._side, at, by, "actor added", f"actor {actor}", name=name, roles=_written(roles))

    def change(
        self, actor: str, by: str, at: int, *, roles: frozenset[Role] | None = None, active: bool | None = None
    ) -> None:
        """Other roles, or no more work here. TheirMistake: nobody would be left who can manage the register.

        Sessions of whoever is disabled end with it; other roles count from the next request on.
        """
        if roles is not None:
            _check_roles(roles)
        with self._side.together():
            self._manages(by)
            now = self._known(actor)
            roles, active = now.roles if roles is None else roles, now.active if active is None else active
            values = {"name": now.name, "roles": _written(roles), "active": int(active)}
            self._side.ask("change_actor", id=actor, **values)
            if not any(one.may(May.MANAGE_ACTORS) for one in self.all()):
                raise TheirMistake("is the last administrator; make another one first", actor)
            if not active:
                self._side.ask("end_sessions_of", actor=actor, at=at)
            before = {"roles": _written(now.roles), "active": int(now.active)}
            enact(self._side, at, by, "actor changed", f"actor {actor}", before=before, **values)

    def set_password(self, actor: str, password: str, by: str, at: int) -> None:
        """A new password, the person's own wish or an administrator's; sessions end. TheirMistake: too weak a one."""
        _check_password(actor, password)
        hashed = _hasher().hash(password)
        with self._side.together():
            if by == actor:
                queue(self._side)
            else:
                self._manages(by)
            self._known(actor)
            self._side.ask("change_password", id=actor, password=hashed)
            self._side.ask("end_sessions_of", actor=actor, at=at)
            enact(self._side, at, by, "password changed", f"actor {actor}", password=sealed(hashed))

    # Questions

    def all(self) -> list[Actor]:
        """Everybody, also those who work here no more, oldest first."""
        return [_actor(row) for row in self._side.ask("all_actors")]

    def get(self, actor: str) -> Actor | None:
        """The person of this id."""
        rows = self._side.ask("get_actor", id=actor)
        return _actor(rows[0]) if rows else None

    def signed_in(self) -> dict[str, int]:
        """actor -> when the last session began, epoch ms, of the sessions that are kept (SESSIONS_KEPT_MS)."""
        return {str(actor): int(at) for actor, at in self._side.ask("last_sessions")}

    def history(self, actor: str) -> list[dict[str, Any]]:
        """Every change of this person's row, oldest first."""
        return [msgspec.json.decode(row[4]) for row in self._side.ask("acts_of", subject=f"actor {actor}")]

    # Proof

    def prove(self, actor: str, password: str, at: int) -> Actor:
        """The person whose password this is. NotAllowed says no more than that it is not so, or how long to wait."""
        rows = self._side.ask("get_actor", id=actor[:TOKEN_CHARS_MAX])
        found = _actor(rows[0]) if rows else None
        stored = str(rows[0][4]) if rows and rows[0][4] else _nobodys()
        if found is not None and found.locked_until > at:
            wait_s = (found.locked_until - at) // 1000 + 1
            raise NotAllowed(f"too many wrong passwords; wait {wait_s} seconds, or ask an administrator for a new one")
        right = _fits(stored, password)
        if found is None or not right or not found.active or not found.has_password:
            if found is not None:
                self._side.ask("note_failure", id=actor, most=FAILURES_MAX, until=at + LOCKED_MS)
            raise Unproven("nobody who works here has this name and password")
        if rows[0][5]:
            self._side.ask("forgive_failures", id=actor)
        return found

    def open_session(self, actor: str, password: str, at: int) -> tuple[str, int]:
        """(token, end in epoch ms) for a person who has shown the password; the token is given once, here."""
        person = self.prove(actor, password, at)
        name, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        expires_at = at + SESSION_MS
        with self._side.together():
            self._side.ask("forget_sessions", before=at - SESSIONS_KEPT_MS)
            values = {"id": name, "actor": person.id, "hash": _hashed(secret), "at": at, "expires_at": expires_at}
            self._side.ask("put_session", **values)
        return f"{MARK}_{name}_{secret}", expires_at

    def of_session(self, token: str, at: int) -> Actor:
        """The person whose session this is. Unproven: nobody's, ended, or too old."""
        name, secret = _parts(token)
        rows = self._side.ask("get_session", id=name) if name else []
        right = hmac.compare_digest(_hashed(secret), str(rows[0][2]) if rows else _hashed(""))
        person = self.get(str(rows[0][1])) if rows else None
        if not right or person is None or rows[0][5] is not None or rows[0][4] <= at or not person.active:
            raise Unproven("there is no such session, or it has ended; sign in again")
        return person

    def end_session(self, token: str, at: int) -> None:
        """Whoever holds the token is nobody from now on."""
        self.of_session(token, at)
        self._side.ask("end_session", id=_parts(token)[0], at=at)

    def allowed(self, actor: str, what: May) -> Actor:
        """The person, when he or she may do this now. Inside a transaction that has queued it holds until its end."""
        person = self.get(actor)
        if person is None or not person.active:
            raise NotAllowed(f"{actor} does not work here")
        if not person.may(what):
            raise NotAllowed(f"{actor} may not {what}; that takes one of: {', '.join(sorted(ALLOWED[what]))}")
        return person

    def _known(self, actor: str) -> Actor:
        found = self.get(actor)
        if found is None:
            raise TheirMistake("there is no person of this id", f"actor {actor}")
        return found

    def _manages(self, by: str) -> None:
        queue(self._side)
        if by.startswith(SHELL):
            if any(one.may(May.MANAGE_ACTORS) and one.has_password for one in self.all()):
                raise NotAllowed("there is an administrator; only administrators change the register")
        else:
            self.allowed(by, May.MANAGE_ACTORS)


def roles_of(words: str) -> frozenset[Role]:
    """The roles that these words, with blanks between, name. TheirMistake for a word that is none."""
    try:
        return frozenset(Role(word) for word in words.split())
    except ValueError as error:
        raise TheirMistake(f"{error}; roles are {', '.join(Role)}", "roles") from None


def _actor(row: tuple[Any, ...]) -> Actor:
    actor, name, roles, active, password, _, locked_until, version, made_at = row
    return Actor(actor, name, roles_of(roles), bool(active), bool(password), locked_until, version, made_at)


def _written(roles: frozenset[Role]) -> str:
    return " ".join(sorted(roles))


def _check_id(actor: str) -> None:
    if not ID.fullmatch(actor):
        raise TheirMistake("an id is 2 to 32 of a-z 0-9 . _ -, and begins with a letter or digit", "actor id")


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise TheirMistake(f"a name is 1 to {NAME_CHARS_MAX} visible characters", "actor name")


def _check_roles(roles: frozenset[Role]) -> None:
    if not roles:
        raise TheirMistake(f"name one or more of {', '.join(Role)}", "roles")


def _check_password(actor: str, password: str) -> None:
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise TheirMistake(f"has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters", "password")
    if actor in password.lower() or len(set(password)) < PASSWORD_CHARS_MIN // 2:
        raise TheirMistake("is too easy to guess: it holds the id, or a few characters again and again", "password")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Compared when there is nobody to compare with, so that the time taken does not tell who works here."""
    return _hasher().hash(secrets.token_urlsafe(SECRET_BYTES))


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password[:PASSWORD_CHARS_MAX])
    except (VerificationError, InvalidHashError):
        return False


def _parts(token: str) -> tuple[str, str]:
    mark, _, rest = token[:TOKEN_CHARS_MAX].partition("_")
    name, _, secret = rest.partition("_")
    return (name, secret) if mark == MARK else ("", "")


def _hashed(secret: str) -> str:
    """256 random bits need one round of SHA-256: there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
