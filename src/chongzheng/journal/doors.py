"""Who may come in through the HTTP door, and what was already said under this key?"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

SCOPES = ("report", "read", "check", "webhooks", "metrics", "people", "files", "public")
"""What a token may do: report payments and evidence, read them, ask for a check, manage webhooks, read metrics, carry
the calls of people, who show beside it who they are, bring clearing files, and serve the page for cardholders."""
NAME_CHARS_MAX = 64
PER_MINUTE_MAX = 100_000
SECRET_BYTES = 32
ID_BYTES = 6
MARK = "czt"
TOKEN_CHARS_MAX = 128


@dataclass(frozen=True, slots=True)
class Token:
    """One client of the door. `merchants` empty: all of them. Instants are epoch ms."""

    id: str
    name: str
    hash: str
    scopes: frozenset[str]
    merchants: frozenset[str]
    per_minute: int
    made_at: int
    revoked_at: int | None

    def may(self, scope: str) -> bool:
        """Whether this token opens what needs `scope`."""
        return scope in self.scopes and self.revoked_at is None

    def sees(self, merchant: str) -> bool:
        """Whether payments of this merchant are its business."""
        return not self.merchants or merchant in self.merchants


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was first said under an idempotency key: the fingerprint of it, its payment, and when (epoch ms)."""

    fingerprint: str
    payment: str
    at: int
    is_new: bool


class Doors:
    """Tokens, keys and the audit of the door. Every method is one short transaction."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def make_token(
        self, name: str, scopes: frozenset[str], merchants: frozenset[str], per_minute: int, at: int, who: str
    ) -> str:
        """A new token; its text is given here once and stored nowhere. TheirMistake for a name that is taken."""
        _check_token(name, scopes, per_minute)
        token, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        with self._side.together():
            made = self._side.ask(
                "put_token",
                id=token,
                name=name,
                hash=_hashed(secret),
                scopes=" ".join(sorted(scopes)),
                merchants=" ".join(sorted(merchants)),
                per_minute=per_minute,
                made_at=at,
            )
            if not made:
                raise TheirMistake("there is a token of this name already; revoked ones keep theirs", name)
            self.note(at, who, "token made", token, f"{name}: {' '.join(sorted(scopes))}")
        return f"{MARK}_{token}_{secret}"

    def token(self, text: str) -> Token | None:
        """The token with this text, revoked ones too; None when it is nobody's."""
        mark, _, rest = text[:TOKEN_CHARS_MAX].partition("_")
        name, _, secret = rest.partition("_")
        rows = self._side.ask("get_token", id=name) if mark == MARK else []
        found = _token(rows[0]) if rows else None
        # Compared also when there is no such token, so that the time taken does not tell the two apart.
        right = hmac.compare_digest(_hashed(secret), found.hash if found else _hashed(""))
        return found if right and found is not None else None

    def tokens(self) -> list[Token]:
        """All of them, oldest first."""
        return [_token(row) for row in self._side.ask("all_tokens")]

    def revoke(self, text: str, at: int, who: str) -> bool:
        """End the token of this id or name, for good."""
        with self._side.together():
            rows = self._side.ask("revoke_token", text=text, at=at)
            if rows:
                self.note(at, who, "token revoked", rows[0][0], "")
        return bool(rows)

    def say(self, token: str, key: str, fingerprint: str, payment: str, at: int) -> Spoken:
        """Note what is about to be said under this key, before it is: the first to say something has it."""
        values = {"token": token, "key": key}
        if self._side.ask("put_key", **values, fingerprint=fingerprint, payment=payment, at=at):
            return Spoken(fingerprint, payment, at, is_new=True)
        row = self._side.ask("get_key", **values)[0]
        return Spoken(row[0], row[1], row[2], is_new=False)

    def note(self, at: int, who: str, what: str, subject: str, detail: str) -> None:
        """A row of the door's audit."""
        name = f"A{at:013d}{secrets.token_hex(ID_BYTES)}"
        self._side.ask("put_audit", id=name, at=at, who=who, what=what, subject=subject, detail=detail)

    def audit(self) -> list[tuple[str, int, str, str, str, str]]:
        """(id, at, who, what, subject, detail), oldest first."""
        return [tuple(row) for row in self._side.ask("all_audit")]


def _check_token(name: str, scopes: frozenset[str], per_minute: int) -> None:
    if not name or len(name) > NAME_CHARS_MAX or not name.isprintable() or " " in name:
        raise TheirMistake(f"a name is 1 to {NAME_CHARS_MAX} visible characters without blanks", "token name")
    if not scopes or scopes - set(SCOPES):
        raise TheirMistake(f"name one or more of {', '.join(SCOPES)}", "token scopes")
    if not 0 < per_minute <= PER_MINUTE_MAX:
        raise TheirMistake(f"must be 1 to {PER_MINUTE_MAX}", "token requests per minute")


def _hashed(secret: str) -> str:
    """The secret is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: tuple[str, str, str, str, str, int, int, int | None]) -> Token:
    name, label, stored, scopes, merchants, per_minute, made_at, revoked_at = row
    return Token(
        name, label, stored, frozenset(scopes.split()), frozenset(merchants.split()), per_minute, made_at, revoked_at
    )
