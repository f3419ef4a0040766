"""How do many reports become facts in one commit, each taken, known already, or refused for itself?"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from chongzheng.api import reports
from chongzheng.api.answers import taken
from chongzheng.api.refusals import Refusal, refusal
from chongzheng.api.shapes import BATCH_MAX, Outcome, Report, Taken, from_json
from chongzheng.journal import Committed, JournalFull, Reader, Submission
from chongzheng.journal.doors import Token
from chongzheng.mistakes import TheirMistake

READERS_MAX = 4
"""Connections that read the journal for the door."""

Commit = Callable[[Sequence[Submission]], Awaitable[list[Committed]]]
_report = msgspec.json.Decoder(Report, dec_hook=from_json).decode


@dataclass(frozen=True, slots=True)
class New:
    """One report, understood: its payment and the facts it is, the first of which opens it."""

    payment: str
    submissions: list[Submission]


class Unavailable(Exception):
    """The engine takes no facts now; nothing was taken."""


class Readers:
    """A few connections that cannot write, lent one at a time to the threads that ask."""

    def __init__(self, place: str | Path) -> None:
        self._place = place
        self._free: queue.Queue[Reader | None] = queue.Queue(READERS_MAX)
        for _ in range(READERS_MAX):
            self._free.put(None)

    @contextmanager
    def one(self) -> Iterator[Reader]:
        """Waits until one is free."""
        reader = self._free.get()
        try:
            reader = reader or self._opened()
            yield reader
        finally:
            self._free.put(reader)

    def _opened(self) -> Reader:
        """A database that cannot be had now is no mistake of whoever asks."""
        try:
            return Reader.open(self._place)
        except TheirMistake:
            raise refusal("busy", "the journal cannot be read now", retry_after="5") from None

    def close(self) -> None:
        """Close all that are not lent."""
        while not self._free.empty():
            reader = self._free.get()
            if reader is not None:
                reader.close()


class Intake:
    """Reports in. `commit`: all submissions in one commit (Unavailable, JournalFull); `clock`: epoch ms."""

    def __init__(self, commit: Commit, world: reports.World, clock: Callable[[], int], readers: Readers) -> None:
        self._commit = commit
        self._world = world
        self._clock = clock
        self._readers = readers

    async def take(self, lines: Sequence[msgspec.Raw | bytes], who: Token, source: str) -> list[Outcome]:
        """At most BATCH_MAX reports as JSON texts; one outcome each, in order."""
        if len(lines) > BATCH_MAX:
            raise refusal("too_large", f"at most {BATCH_MAX} reports at once")
        outcomes: dict[int, Outcome] = {}
        new: dict[int, New] = {}
        for number, line in enumerate(lines, 1):
            try:
                new[number] = self._understood(line, who, source)
            except (msgspec.MsgspecError, UnicodeDecodeError, TheirMistake, Refusal) as error:
                outcomes[number] = _refused(number, error)
        outcomes.update(await self._take_new(new))
        return [outcomes[number] for number in sorted(outcomes)]

    async def commit(self, submissions: Sequence[Submission]) -> None:
        """All in one commit, or a refusal that says when to come again."""
        try:
            await self._commit(submissions)
        except JournalFull:
            raise refusal("busy", "the disk is full; nothing was taken", retry_after="30") from None
        except Unavailable as why:
            raise refusal("busy", str(why), retry_after="5") from None

    def _understood(self, line: msgspec.Raw | bytes, who: Token, source: str) -> New:
        report = _report(line)
        reports.check(report, self._clock(), self._world.kinds)
        if not who.sees(report.merchant):
            raise refusal("not_allowed", "this token may not speak for this merchant", "merchant")
        return New(reports.payment_of(report), reports.opening(report, source, self._world))

    async def _take_new(self, new: dict[int, New]) -> dict[int, Outcome]:
        """In rounds, one report of each payment in each: what contradicts an earlier line must not overtake it."""
        outcomes: dict[int, Outcome] = {}
        while new:
            now: dict[int, New] = {}
            seen: set[str] = set()
            for number, one in new.items():
                if one.payment not in seen:
                    seen.add(one.payment)
                    now[number] = one
            outcomes.update(await self._round(now))
            new = {number: one for number, one in new.items() if number not in now}
        return outcomes

    async def _round(self, new: dict[int, New]) -> dict[int, Outcome]:
        known, wrong = await asyncio.to_thread(self._before, new)
        fresh = [one.submissions for number, one in new.items() if number not in known and number not in wrong]
        if fresh:
            await self.commit([submission for submissions in fresh for submission in submissions])
        results, _ = await asyncio.to_thread(self._before, new)
        return {
            number: _conflict(number, one.payment)
            if number in wrong or number not in results
            else _outcome(number, results[number], number in known)
            for number, one in new.items()
        }

    def _before(self, new: dict[int, New]) -> tuple[dict[int, Taken], set[int]]:
        """What was taken before, and what contradicts the payment that is known."""
        known: dict[int, Taken] = {}
        wrong: set[int] = set()
        with self._readers.one() as reader:
            for number, one in new.items():
                found = reader.payment(one.payment)
                if found is None:
                    continue
                result = taken(reader, one.payment, one.submissions[0].evidence[0].id)
                if result is not None:
                    known[number] = result
                elif reports.contradicts(found, one.submissions[0].fact):
                    wrong.add(number)
        return known, wrong


def _refused(number: int, error: Exception) -> Outcome:
    match error:
        case Refusal():
            problem = error.problem
            return Outcome(line=number, result="refused", code=problem.code, what=problem.what, where=problem.where)
        case TheirMistake():
            return Outcome(line=number, result="refused", code="bad_field", what=error.what, where=error.where)
        case UnicodeDecodeError() | msgspec.DecodeError() if not isinstance(error, msgspec.ValidationError):
            return Outcome(line=number, result="refused", code="bad_request", what="is not JSON in UTF-8")
        case _:
            what, where = reports.plain_words(str(error))
            return Outcome(line=number, result="refused", code="bad_field", what=what, where=where)


def _outcome(number: int, result: Taken, repeated: bool) -> Outcome:
    word: Literal["known", "taken"] = "known" if repeated else "taken"
    truth = result.verdict.truth
    return Outcome(line=number, result=word, payment=result.payment, state=result.state, truth=truth)


def _conflict(number: int, payment: str) -> Outcome:
    what = refusal("payment_conflict").what
    return Outcome(line=number, result="refused", payment=payment, code="payment_conflict", what=what)
