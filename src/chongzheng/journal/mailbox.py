"""How does a process without wires hand facts to an engine that writes them and acts on them?

A letter is what would have been one commit: facts with their evidence, card numbers sealed. Its sender leaves it beside
the journal and waits until it is gone; an engine takes it for a while, commits and acts, and only then takes it out. If
that engine dies another takes the letter again: a fact that is said twice is a repeat, which the machine knows.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from chongzheng.card import Pan
from chongzheng.journal.rows import Evidence, Submission, decode_fact, encode
from chongzheng.journal.side import Side
from chongzheng.journal.vault import Vault

LETTERS_MAX = 64
"""Letters that an engine takes at one go."""
HELD_MS = 10_000
"""How long a letter is left to the engine that took it."""
NAME_BYTES = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """What one sender wants committed together."""

    name: str
    submissions: list[Submission]


class _Said(msgspec.Struct, frozen=True):
    kind: str
    fact: msgspec.Raw
    evidence: tuple[Evidence, ...]
    card: bytes
    alias: str


_read = msgspec.json.Decoder(list[_Said]).decode


class Mailbox:
    """The letters beside a journal in PostgreSQL. Instants are epoch ms."""

    def __init__(self, side: Side, vault: Vault) -> None:
        self._side = side
        self._vault = vault
        with side.together():
            side.write_in_dialect("make_letters")

    # The sender

    def leave(self, submissions: Sequence[Submission], at: int) -> str:
        """Leave a letter; durable when this returns. Its name."""
        name = secrets.token_hex(NAME_BYTES)
        self._side.ask("leave_letter", name=name, at=at, body=encode([self._said(one) for one in submissions]))
        return name

    def waits(self, name: str) -> bool:
        """Whether the letter is still there: not committed, or its engine has not said so yet."""
        return bool(self._side.ask("letter_waits", name=name))

    def withdraw(self, name: str) -> bool:
        """Take a letter back that no engine has at present; False when one has it, or had it."""
        return bool(self._side.ask("withdraw_letter", name=name))

    # The engine

    def take(self) -> list[Letter]:
        """Letters that nobody has, oldest first; they are ours for HELD_MS."""
        rows = self._side.ask_in_dialect("take_letters", held_ms=HELD_MS, most=LETTERS_MAX)
        return [Letter(name, [self._heard(one) for one in _read(body)]) for name, _, body in sorted(rows, key=_age)]

    def done(self, letters: Sequence[Letter]) -> None:
        """Everything in them is committed."""
        with self._side.together():
            for letter in letters:
                self._side.ask("letter_done", name=letter.name)

    def _said(self, one: Submission) -> _Said:
        place = _place(one.fact.payment)
        card = self._vault.seal(one.card.reveal().encode(), place) if one.card is not None else b""
        return _Said(type(one.fact).__name__, msgspec.Raw(encode(one.fact)), one.evidence, card, one.alias)

    def _heard(self, said: _Said) -> Submission:
        fact = decode_fact(said.kind, bytes(said.fact))
        card = Pan(self._vault.open(said.card, _place(fact.payment)).decode()) if said.card else None
        return Submission(fact, said.evidence, card, said.alias)


def _place(payment: str) -> str:
    """What a card number in a letter is bound to."""
    return f"letter.card:{payment}"


def _age(row: tuple[str, int, bytes]) -> tuple[int, str]:
    return row[1], row[0]
