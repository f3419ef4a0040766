"""Who is still to be told what, what was said and what shows it, what did they answer, and what did we promise?

A notice is put in the transaction that decides; it is worded and sent after the commit (notices/sending), so nobody is
told what was rolled back, and nobody is forgotten. Its key is used once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chongzheng.card import PAN_DIGITS_MIN, like_a_number
from chongzheng.journal.acts import Pen, enact, queue
from chongzheng.journal.rows import decode_payment
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

CLAIMED_MAX = 5
"""Sent one after the other, the slowest of them is done before the lease of the claim ends."""
LEASE_MS = 120_000
"""Whoever took notices to send them and was never heard of again loses them after this long."""
RETRY_AFTER_MS = (30_000, 120_000, 600_000, 3_600_000, 3_600_000, 21_600_000, 21_600_000)
"""Waits between attempts. After the last of them a notice has failed, and is a person's work."""
ATTEMPTS_MAX = len(RETRY_AFTER_MS) + 1
PAGE_MAX = 200
PROMISES_MAX = 100_000
EVIDENCE_CHARS_MAX = 400
REPLY_CHARS_MAX = 4_000
STATES = ("all", "waiting", "sent", "failed", "refused")
_LONG_NUMBER = like_a_number(PAN_DIGITS_MIN)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it stands. Until it is worded, everything from `wording` on is empty. Instants: epoch ms."""

    id: int
    key: str
    matter: str
    template: str
    addressee: str
    said: Mapping[str, Any]
    made_at: int
    state: str
    next_at: int
    attempts: int
    wording: str
    outlet: str
    address: str
    subject: str
    body: str
    short: str
    stated: str
    person: str
    incident: str
    facts: str
    sent_at: int | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered."""

    id: int
    matter: str
    at: int
    outlet: str
    text: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as it is kept in the register."""

    id: int
    matter: str
    what: str
    said_at: int
    due_at: int
    kept_at: int | None
    moved_at: int | None
    asked: bool


def starred(text: str) -> str:
    """A text in which whatever could be a card number is stars."""
    return _LONG_NUMBER.sub("****", text)


def put(pen: Pen, at: int, matter: str, template: str, to: str, key: str, said: Mapping[str, Any]) -> bool:
    """Ask that `to` be told by `template`, in the caller's transaction; False: under this key it was asked before."""
    text = json.dumps(dict(said), ensure_ascii=False, sort_keys=True)
    values = {"key": key, "matter": matter, "template": template, "addressee": to, "said": text, "at": at}
    return bool(pen.ask("put_notice", **values))


class Post:
    """Notices, replies and promises. Every method is one short transaction."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def put(self, at: int, matter: str, template: str, to: str, key: str, said: Mapping[str, Any]) -> bool:
        """As the function `put`, by itself."""
        return put(self._side, at, matter, template, to, key, said)

    def claim(self, now: int) -> list[Notice]:
        """Notices that are due, for us to send until LEASE_MS from now."""
        with self._side.together():
            values = {"now": now, "lease_until": now + LEASE_MS, "most": CLAIMED_MAX}
            rows = self._side.ask_in_dialect("claim_notices", **values)
            return [self.get(int(one)) for (one,) in sorted(rows)]

    def due(self, now: int) -> bool:
        """Whether any notice is to be sent now."""
        return bool(self._side.ask("notices_due", now=now))

    def waiting(self) -> int:
        """How many notices are not sent yet."""
        return int(self._side.ask("count_waiting_notices")[0][0])

    def word(self, notice: int, **words: str) -> None:
        """Keep what will be said, before it is."""
        self._side.ask("word_notice", id=notice, **words)

    def sent(self, notice: int, evidence: str, now: int) -> None:
        """It was taken over by the other side, which said so."""
        self._settle(notice, "sent", now, now, evidence)

    def refused(self, notice: int, why: str, now: int) -> None:
        """It may not be said."""
        self._settle(notice, "refused", now, None, why)

    def failed(self, notice: Notice, why: str, now: int, for_good: bool) -> str:
        """It could not be sent: tried again later, or failed. Its state after that."""
        over = for_good or notice.attempts >= ATTEMPTS_MAX
        state = "failed" if over else "waiting"
        next_at = now if over else now + RETRY_AFTER_MS[max(notice.attempts, 1) - 1]
        self._settle(notice.id, state, next_at, None, why)
        return state

    def retry(self, notice: int, at: int) -> bool:
        """Word it anew and send it, after it failed or was refused."""
        return bool(self._side.ask("retry_notice", id=notice, at=at))

    def again(self, notice: int, by: str, at: int) -> bool:
        """As `retry`, with an act that says who wanted it."""
        with self._side.together():
            queue(self._side)
            return self.retry(notice, at) and bool(enact(self._side, at, by, "notice retried", f"notice {notice}"))

    def hurry(self, notice: int, at: int) -> bool:
        """Send it at the next look, though it waits for its next attempt; False: it does not wait so long that nobody
        can be sending it just now."""
        return bool(self._side.ask("hurry_notice", id=notice, at=at, leased_until=at + LEASE_MS))

    def there(self, notice: int) -> bool:
        """Whether there is a notice of this number."""
        return bool(self._side.ask("get_notice", id=notice))

    def get(self, notice: int) -> Notice:
        """One notice. TheirMistake: there is none of this number."""
        rows = self._side.ask("get_notice", id=notice)
        if not rows:
            raise TheirMistake("there is no notice of this number", str(notice))
        return _notice(rows[0])

    def page(self, state: str = "all", after: int = 0, most: int = PAGE_MAX) -> list[Notice]:
        """Notices in a state (or all), by number, behind the number `after`."""
        rows = self._side.ask("list_notices", state=state, after=after, most=min(most, PAGE_MAX))
        return [_notice(row) for row in rows]

    def of_matter(self, matter: str) -> list[Notice]:
        """Everything that was or will be said about a matter."""
        return [_notice(row) for row in self._side.ask("notices_of", matter=matter)]

    def apologies(self, person: str, template: str) -> list[tuple[str, str, int, str]]:
        """(person, incident, at, facts) of every notice by this template that this person had, or is about to have."""
        rows = self._side.ask("apologies_to", person=person)
        return [(row[0], row[1], row[2], row[3]) for row in rows if row[4].startswith(f"{template}/")]

    def standing(self, payment: str) -> tuple[str, str, int] | None:
        """(truth, proof, amount in fen) of a payment as the journal has it; None when there is none."""
        rows = self._side.ask("payment_standing", payment=payment)
        return (str(rows[0][2]), str(rows[0][3]), int(rows[0][8])) if rows else None

    def about(self, payment: str) -> dict[str, Any]:
        """What a notice may say of a payment without being told: its masked card, its amount (fen) and when it was made
        (epoch ms); {} when there is none."""
        rows = self._side.ask("payment_told_of", payment=payment)
        if not rows:
            return {}
        one = decode_payment(bytes(rows[0][0]))
        known = {"card": one.masked_pan, "amount": one.amount_fen, "at": one.opened_at}
        return {name: value for name, value in known.items() if value != ""}

    # What comes back

    def reply(self, reference: str, text: str, outlet: str, at: int) -> str:
        """Attach an answer to the matter that its reference names (CASE-17); that matter's id.

        Whatever could be a card number becomes stars before it is kept. TheirMistake: there is no such matter.
        """
        kind, _, digits = reference.strip().lower().rpartition("-")
        known = digits.isascii() and digits.isdigit() and len(digits) < 16
        if not known or not self._side.ask("matter_there", no=int(digits), kind=kind):
            raise TheirMistake("is no reference of ours; they look like CASE-17", "reference")
        if not text.strip() or len(text) > REPLY_CHARS_MAX:
            raise TheirMistake(f"has 1 to {REPLY_CHARS_MAX} characters", "text")
        matter = f"{kind}-{int(digits)}"
        self._side.ask("put_reply", matter=matter, at=at, outlet=outlet, text=starred(text))
        return matter

    def replies(self, matter: str) -> list[Reply]:
        """What was answered about a matter, oldest first."""
        return [Reply(*row) for row in self._side.ask("replies_of", matter=matter)]

    # What we promised

    def promise(self, key: str, matter: str, what: str, at: int, due_at: int) -> bool:
        """Remember that we said so; False: under this key we had."""
        return bool(self._side.ask("put_promise", key=key, matter=matter, what=what, at=at, due_at=due_at))

    def keep(self, key: str, at: int) -> bool:
        """It was done; False: there is no such promise, or it was done before."""
        return bool(self._side.ask("keep_promise", key=key, at=at))

    def move(self, key: str, new_key: str, due_at: int, at: int, asked: bool) -> bool:
        """Another date takes its place. `asked`: the other side wished it. False: none that could be moved."""
        with self._side.together():
            rows = self._side.ask("move_promise", key=key, at=at, asked=int(asked))
            return bool(rows) and self.promise(new_key, rows[0][0], rows[0][1], at, due_at)

    def promises(self, since: int, until: int) -> list[PromiseRow]:
        """Promises that were due between two instants, the first included."""
        rows = self._side.ask("promises_between", since=since, until=until, most=PROMISES_MAX)
        return [PromiseRow(*row[:7], bool(row[7])) for row in rows]

    def _settle(self, notice: int, state: str, next_at: int, sent_at: int | None, evidence: str) -> None:
        values = {"state": state, "next_at": next_at, "sent_at": sent_at, "evidence": evidence[:EVIDENCE_CHARS_MAX]}
        self._side.ask("settle_notice", id=notice, **values)


def _notice(row: Any) -> Notice:
    return Notice(*row[:5], json.loads(row[5]), *row[6:])
