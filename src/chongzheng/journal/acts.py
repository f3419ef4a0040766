"""What did people do here, in which order, and has anybody changed the story afterwards? One chain of acts.

An act is written in the transaction that does what it says, beside the commits of facts (docs/decisions/0020): who
changed the register, who resolved which difference, what was booked by hand, which day was closed by whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from chongzheng.journal.audit import GENESIS, Fault, digest, link
from chongzheng.journal.rows import encode
from chongzheng.reversal.entries import Account, Entry

HEAD = ("no", "at", "actor", "kind", "subject")
PROGRAM = "program"
"""The actor of what the program books by itself."""


class Pen(Protocol):
    """A connection inside a transaction; `Side.together` gives one, and the writer's own."""

    def ask(self, name: str, /, **values: object) -> list[Any]:
        """One named statement and all its rows."""

    def ask_in_dialect(self, name: str, /, **values: object) -> list[Any]:
        """The same for one that differs between the databases."""


def queue(pen: Pen) -> None:
    """Wait until nobody else acts; first of all in a transaction whose checks must hold until it ends."""
    pen.ask_in_dialect("queue")


def enact(pen: Pen, at: int, actor: str, kind: str, subject: str, **content: object) -> int:
    """Write the act that this transaction does, and give its number. Whoever calls has queued."""
    last = pen.ask("last_act")
    no, before = (int(last[0][0]) + 1, bytes(last[0][1])) if last else (1, GENESIS)
    head = {"no": no, "at": at, "actor": actor, "kind": kind, "subject": subject}
    record = encode({**content, **head})
    pen.ask("put_act", **head, record=record, hash=link(before, record))
    return no


def book(
    pen: Pen,
    at: int,
    actor: str,
    kind: str,
    entries: Sequence[Entry],
    *,
    payment: str = "",
    break_id: int = 0,
    subject: str = "",
    **content: object,
) -> int:
    """Write an act together with its vouchers, and give its number. Its subject is the break, or else the payment,
    where none is named."""
    subject = subject or (f"break {break_id}" if break_id else payment or "books")
    content["payment"] = payment
    moves = [(str(entry.debit), str(entry.credit), entry.fen) for entry in entries]
    no = enact(pen, at, actor, kind, subject, **content, vouchers=moves)
    for n, (debit, credit, fen) in enumerate(moves):
        about = {"payment": payment, "break_id": break_id}
        pen.ask("put_voucher", act=no, n=n, at=at, kind=kind, **about, debit=debit, credit=credit, fen=fen)
    return no


def lies_on(pen: Pen, account: Account, payment: str, break_id: int = 0) -> int:
    """What vouchers left on an account for a payment, or for a break without one; in suspense what the machine left
    there as well. Above 0 it is a debit."""
    lies = int(pen.ask("voucher_balance", account=str(account), payment=payment, break_id=break_id)[0][0])
    if account is Account.SUSPENSE and payment:
        lies -= int(pen.ask("payment_standing", payment=payment)[0][4])
    return lies


def act_faults(ask: Any) -> Iterator[Fault]:
    """What does not add up in the chain of acts, and between it and what acts have written. `ask(name)` gives rows."""
    booked: dict[int, list[list[Any]]] = defaultdict(list)
    for no, _, _, _, _, _, debit, credit, fen in ask("all_vouchers"):
        booked[no].append([debit, credit, fen])
    chained, before, known = GENESIS, 0, set()
    made: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in ask("all_acts"):
        *head, record, stored = row
        said = _said(bytes(record))
        _remember(made, said)
        if head[0] != before + 1 or link(chained, bytes(record)) != bytes(stored):
            yield Fault(f"act {head[0]} does not follow from the one before")
        if [said.get(name) for name in HEAD] != head:
            yield Fault(f"act {head[0]} is labelled otherwise than it was written")
        if booked.pop(head[0], []) != said.get("vouchers", []):
            yield Fault(f"the vouchers of act {head[0]} are not those it booked")
        chained, before = bytes(stored), head[0]
        known.add((head[0], str(head[4])))
    yield from (Fault(f"has vouchers of an act {no} that does not exist") for no in booked)
    for break_id, act in ask("resolved_breaks"):
        if (act, f"break {break_id}") not in known:
            yield Fault(f"break {break_id} is resolved, and no act says so")
    for kind, names, rows in (("actor", OF_ACTOR, ask("actor_rows")), ("rule", OF_RULE, ask("rule_rows"))):
        yield from _apart(made, kind, ((name, dict(zip(names, row, strict=True))) for name, *row in rows))


OF_ACTOR = ("name", "roles", "active", "password")
OF_RULE = ("value", "proposed_by", "approved_by")


def _remember(made: dict[str, dict[str, Any]], said: dict[str, Any]) -> None:
    """What the rows must say that this act wrote; a password stands in the act as the hash of its hash."""
    subject = str(said.get("subject"))
    dated = f"{subject} from {said.get('valid_from')}"
    match said.get("kind"):
        case "actor added":
            made[subject] = {"name": said.get("name"), "roles": said.get("roles"), "active": 1, "password": ""}
        case "actor changed":
            made[subject] |= {name: said.get(name) for name in ("name", "roles", "active")}
        case "password changed":
            made[subject]["password"] = said.get("password")
        case "rule proposed":
            made[dated] = {"value": said.get("value"), "proposed_by": said.get("actor"), "approved_by": None}
        case "rule approved":
            made[dated]["approved_by"] = said.get("actor")


def _apart(made: dict[str, dict[str, Any]], kind: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Fault]:
    left = {subject for subject in made if subject.startswith(f"{kind} ")}
    for name, row in rows:
        left.discard(f"{kind} {name}")
        if row.get("password"):
            row["password"] = sealed(row["password"])
        if made.get(f"{kind} {name}") != row:
            yield Fault(f"{kind} {name} is not what the acts made of it")
    yield from (Fault(f"{subject} is gone, and an act made it") for subject in sorted(left))


def sealed(password_hash: str) -> str:
    """What an act says of a password: enough to see that somebody put another one in its place."""
    return digest(password_hash.encode())


def _said(record: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}
