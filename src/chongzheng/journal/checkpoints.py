"""What may leave this house every minute, so that nobody can rewrite or cut what came before: signed checkpoints.

A checkpoint says how far an engine's chain of commits has got, and how far the chain of what people did, under a
signature, and names the checkpoint before it.
The chain alone shows every change of somebody who cannot compute hashes; whoever owns database and program can, but
not undo a line that lies on another disk. One line of JSON each, appended, never changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chongzheng.journal.audit import GENESIS
from chongzheng.journal.reader import Reader
from chongzheng.journal.rows import encode
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE
from chongzheng.mistakes import TheirMistake

FORMAT = "chongzheng-checkpoint/1"
LINE_BYTES_MAX = 4_096
PRIVATE = 0o600
Ask = Callable[..., list[Any]]
"""Runs a named query with its values and returns all rows."""
Acts = tuple[int, str]
POSTS_AT_ONCE = 100
"""Checkpoints handed to the receiver in one turn; what is left goes in the next."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """`commit` and `hash`: the last of the engine's commits; `facts`: in all of them; `at`: epoch ms.

    `number` counts the engine's checkpoints in this file from 1, `previous` is the SHA-256 of the line before.
    `restored`: the journal had lost the commits after the first, up to the second number; else it is None. `acts`: the
    last act of people at that moment and its hash, number 0 where there was none; older lines do not say it.
    """

    engine: int
    number: int
    commit: int
    hash: str
    facts: int
    at: int
    previous: str
    restored: tuple[int, int] | None = None
    acts: Acts | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was found: its place (from 1), what it says, its own digest, and what is wrong with it."""

    place: int
    checkpoint: Checkpoint
    digest: str
    wrong: str = ""


class _Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    checkpoint: Checkpoint
    key: str
    signature: str


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """The line, without its end."""
    body = {"format": FORMAT, "checkpoint": checkpoint, "key": key.public_key().public_bytes_raw().hex()}
    return encode({**body, "signature": key.sign(encode(body)).hex()})


def lines(path: Path, trusted_hex: str = "") -> Iterator[Line]:
    """All checkpoints of the file, in order; a line that is none (a write that a power cut tore) is left out.

    `trusted_hex`: the public key that must have signed them; "" asks for none. TheirMistake: cannot be read.
    """
    try:
        with open(path, "rb") as file:
            for place, text in enumerate(file, 1):
                line = _line(place, text.rstrip(b"\n"), trusted_hex)
                if line is not None:
                    yield line
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None


def count_torn(path: Path) -> int:
    """How many lines of the file are no checkpoints."""
    with open(path, "rb") as file:
        return sum(_line(0, text.rstrip(b"\n"), "") is None for text in file)


def _line(place: int, text: bytes, trusted_hex: str) -> Line | None:
    if len(text) > LINE_BYTES_MAX:
        return None
    try:
        said = msgspec.json.decode(text, type=_Signed)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    wrong = _wrong(said, text, trusted_hex) if trusted_hex else ""
    return Line(place, said.checkpoint, hashlib.sha256(text).hexdigest(), wrong)


def _wrong(said: _Signed, text: bytes, trusted_hex: str) -> str:
    if said.format != FORMAT:
        return f"is not of the format {FORMAT}"
    if said.key != trusted_hex:
        return "is signed by a key that is not trusted"
    body = {"format": said.format, "checkpoint": said.checkpoint, "key": said.key}
    if encode({**body, "signature": said.signature}) != text:
        return "is not written in the one way there is"
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(trusted_hex))
        key.verify(bytes.fromhex(said.signature), encode(body))
    except (InvalidSignature, ValueError):
        return "has a signature that does not fit"
    return ""


class Signer:
    """Signs how far one engine has got, after so many commits or so long. Knows no threads; called from one at a time.

    Reads on a connection of its own and appends to a file: nothing of a payment ever waits for it.
    """

    def __init__(
        self,
        reader: Reader,
        file: Path,
        key: Callable[[], Ed25519PrivateKey],
        clock: Callable[[], int],
        every: tuple[int, int],
    ) -> None:
        """`every`: commits, and milliseconds, after which a checkpoint is due. `key` is asked for at the first."""
        self._reader = reader
        self._begin = reader.engine * NUMBERS_OF_ONE_ENGINE
        self._file = file
        self._key = key
        self._clock = clock
        self._commits, self._period_ms = every
        self._last: Line | None = None
        self._first = True

    @property
    def last(self) -> Checkpoint | None:
        """The newest checkpoint of this engine."""
        return self._last.checkpoint if self._last is not None else None

    def look(self, now_or_never: bool = False) -> Checkpoint | None:
        """Append a checkpoint if one is due, and give it. TheirMistake when the file cannot be written or read.

        The first look signs whatever came after the last checkpoint that an earlier process left.
        """
        if self._first:
            for line in self._own():
                self._last = line
        with self._reader.moment() as ask:
            rows = ask("last_commit", self._begin, self._begin + NUMBERS_OF_ONE_ENGINE)
            if not rows:
                return None
            commit, hashed, last = int(rows[0][0]), bytes(rows[0][1]).hex(), self.last
            acts = last_act(ask)
            if last is not None and (last.commit, last.hash, last.acts) == (commit, hashed, acts):
                self._first = False
                return None
            if not (self._first or now_or_never or self._is_due(commit)):
                return None
            made = self._next(ask, commit, hashed, acts)
        text = signed(made, self._key())
        append(self._file, text)
        self._last, self._first = Line(0, made, hashlib.sha256(text).hexdigest()), False
        return made

    def close(self) -> None:
        """The last word, and let go of the journal."""
        try:
            self.look(now_or_never=True)
        finally:
            self._reader.close()

    def _is_due(self, commit: int) -> bool:
        last = self.last
        return last is None or not (
            commit - last.commit < self._commits and 0 <= self._clock() - last.at < self._period_ms
        )

    def _own(self) -> Iterator[Line]:
        if self._file.exists():
            engine = self._reader.engine
            yield from (line for line in lines(self._file) if line.checkpoint.engine == engine)

    def _next(self, ask: Ask, commit: int, hashed: str, acts: Acts) -> Checkpoint:
        last, restored = self.last, None
        before = last if last is None or _holds(ask, last) else self._newest_held(ask)
        if last is not None and before is not last:
            restored = (before.commit if before else self._begin, last.commit)
        facts = ask("facts_between", before.commit if before else self._begin, commit)[0][0]
        return Checkpoint(
            engine=self._reader.engine,
            number=last.number + 1 if last else 1,
            commit=commit,
            hash=hashed,
            facts=int(facts) + (before.facts if before else 0),
            at=self._clock(),
            previous=self._last.digest if self._last is not None else GENESIS.hex(),
            restored=restored,
            acts=acts,
        )

    def _newest_held(self, ask: Ask) -> Checkpoint | None:
        """The newest checkpoint that the journal still contains: what came after it was lost, or given up."""
        held = [line.checkpoint for line in self._own() if _holds(ask, line.checkpoint)]
        return held[-1] if held else None


def last_act(ask: Ask) -> Acts:
    """The number and the hash of the last act; (0, GENESIS) where there is none."""
    rows = ask("last_act")
    return (int(rows[0][0]), bytes(rows[0][1]).hex()) if rows else (0, GENESIS.hex())


def _holds(ask: Ask, checkpoint: Checkpoint) -> bool:
    rows = ask("commit_at", checkpoint.commit)
    return bool(rows) and bytes(rows[0][0]).hex() == checkpoint.hash


def append(path: Path, text: bytes) -> None:
    """One more line, on the disk when this returns. TheirMistake when it cannot be written.

    What an earlier write tore is ended first, so that it spoils no other line.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            whole = (b"\n" if torn else b"") + text + b"\n"
            if os.write(handle, whole) != len(whole):
                raise TheirMistake("is full; a checkpoint was cut short", str(path))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None


class Posting:
    """Hands the file's lines to a receiver, each at least once and in order; remembers in `cursor` how far it got."""

    def __init__(self, file: Path, engine: int, cursor: Path, post: Callable[[bytes], None]) -> None:
        """`post` raises TheirMistake when the receiver does not say that it has the line."""
        self._file = file
        self._engine = engine
        self._cursor = cursor
        self._post = post

    def run(self) -> None:
        """Hand over what waits. TheirMistake: the receiver, or the file, said no; the rest stays for later."""
        for end, text in self._waiting():
            self._post(text)
            self._note(end)

    def _waiting(self) -> list[tuple[int, bytes]]:
        """(where it ends in the file, line) of this engine's checkpoints behind the cursor."""
        if not self._file.exists():
            return []
        found: list[tuple[int, bytes]] = []
        with open(self._file, "rb") as file:
            file.seek(self._known(os.fstat(file.fileno()).st_size))
            end = file.tell()
            while len(found) < POSTS_AT_ONCE and (text := file.readline()).endswith(b"\n"):
                end += len(text)
                line = _line(0, text[:-1], "")
                if line is not None and line.checkpoint.engine == self._engine:
                    found.append((end, text[:-1]))
        return found

    def _known(self, size: int) -> int:
        """A cursor beyond the end belongs to another file: begin anew, what is told twice does no harm."""
        try:
            offset = int(self._cursor.read_text("ascii"))
        except (OSError, ValueError):
            return 0
        return offset if 0 <= offset <= size else 0

    def _note(self, end: int) -> None:
        part = self._cursor.with_name(f"{self._cursor.name}.part")
        try:
            part.write_text(f"{end}\n", "ascii")
            os.replace(part, self._cursor)
        except OSError as error:
            raise TheirMistake(f"cannot be written ({error.strerror})", str(self._cursor)) from None
