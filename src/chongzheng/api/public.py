"""What does somebody without an account hear of their own payment, and how does a complaint of theirs come in?

Whoever cannot say all four (reference, last four, amount, day), and has no signed link, hears the same as of a payment
that does not exist. A contact is sealed before it is written; opening it is noted with the name of whoever did.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from chongzheng.api import public_reference as written
from chongzheng.api import public_shapes as shapes
from chongzheng.api.desk import asked
from chongzheng.api.door import Call, Door
from chongzheng.api.refusals import refusal
from chongzheng.api.shapes import PAGE_MAX
from chongzheng.cases import calendar, cardholder
from chongzheng.cases.matter import PROGRAM, Matter
from chongzheng.cases.sight import hidden
from chongzheng.journal.post import starred
from chongzheng.journal.rows import decode_payment
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reversal.payment import Owes, Payment

MARK = "sealed:"
"""Begins a contact in the body of a complaint."""
CODE_HEX = 20
"""80 bits of a keyed hash: nobody guesses a link."""
LINK_DAYS = 400
"""So long after the payment its link still answers; disputes are over by then."""
PAGES_MAX = 20
"""Pages of a terminal's day that are looked through."""
DAY_MS = 86_400_000
CHANNEL = "web"
Found = TypeVar("Found")
_CARD = re.compile(r"[0-9](?:[ -]?[0-9]){15,}")
"""Sixteen digits and more; a telephone number with its country has fewer."""


# Links


def code_of(name: str, index: Callable[[str], str]) -> str:
    """The code of the signed link of a payment, or of a complaint. `index`: the vault's keyed hash."""
    return f"{name.upper()}-{index(f'public link {name.upper()}')[:CODE_HEX].upper()}"


def _named_by(code: str, index: Callable[[str], str]) -> str:
    """What a code of ours names; "" for one that we did not sign."""
    name = code.rpartition("-")[0]
    return name if hmac.compare_digest(code_of(name, index), code) else ""


async def link(door: Door, call: Call) -> shapes.Link:
    """The code of a payment's link, for a slip or a letter."""
    name = call.path["payment"]
    if await asked(lambda: _payment(door, name)) is None:
        raise refusal("not_found", "there is no such payment", "payment")
    return shapes.Link(code=code_of(name, door.ways.world.index))


# Where the money is


async def public_standing(door: Door, call: Call) -> shapes.PublicAnswer:
    """Where the money is, for whoever shows that it is theirs."""
    return await asked(lambda: _answer(door, call.body))


def _answer(door: Door, said: shapes.Proofs) -> shapes.PublicAnswer:
    payment, complaint = _found(door, said)
    if payment is None:
        alone = [_as_told(cardholder.heard(complaint, door.ways.clock()))] if complaint is not None else []
        return shapes.PublicAnswer(found=bool(alone), complaints=alone)
    now = door.ways.clock()
    waits_for_file = payment.file_due_at if payment.owes is Owes.FILE else 0
    matters = door.matters.of_payment(payment.id)
    told = cardholder.told(payment.verdict, payment.moves, payment.opened_at, matters, now, waits_for_file)
    return shapes.PublicAnswer(
        found=True, where=told.where, unknown=list(told.unknown), by=told.by, date=told.date,
        steps=[shapes.PublicStep(name=one.name, stood=one.stood, at=one.at) for one in told.steps],
        fen=payment.amount_fen, refund_fen=told.refund_fen,
        last_four=payment.masked_pan[-4:], paid_at=payment.opened_at,
        complaints=list(map(_as_told, told.complaints)),
    )  # fmt: skip


def _as_told(one: cardholder.Heard) -> shapes.PublicComplaint:
    return shapes.PublicComplaint(id=one.id, state=one.state, by=one.by, late=one.late)


def _found(door: Door, said: shapes.Proofs) -> tuple[Payment | None, Matter | None]:
    """What all of it together names: the payment, or a complaint that has none yet; nothing where anything is off."""
    if said.code:
        return _by_code(door, said.code)
    want = _proof(said.last_four, said.fen, said.day)
    fits = [
        one
        for one in _candidates(door, written.read(said.reference), said.day)
        if hmac.compare_digest(_proof(one.masked_pan[-4:], one.amount_fen, calendar.day_of(one.opened_at)), want)
    ]
    complete = bool(said.last_four and said.fen and said.day)
    return (fits[0] if len(fits) == 1 and complete else None), None


def _by_code(door: Door, code: str) -> tuple[Payment | None, Matter | None]:
    name = _named_by(code, door.ways.world.index)
    matter = _matter(door, name) if written.MATTER.fullmatch(name) else None
    payment = _payment(door, matter.payment if matter is not None else name)
    if payment is not None and door.ways.clock() - payment.opened_at > LINK_DAYS * DAY_MS:
        return None, None
    return payment, matter


def _proof(last_four: str, fen: int, day: str) -> bytes:
    return f"{last_four}\x1f{fen}\x1f{day}".encode()


def _candidates(door: Door, reference: str, day: str) -> Iterator[Payment]:
    """Payments that the reference may mean; each once."""
    seen: set[str] = set()
    for one in _meant(door, reference, day):
        if one is not None and one.id not in seen:
            seen.add(one.id)
            yield one


def _meant(door: Door, reference: str, day: str) -> Iterator[Payment | None]:
    if written.PAYMENT.fullmatch(reference):
        yield _payment(door, reference)
    if written.MATTER.fullmatch(reference):
        matter = _matter(door, reference)
        yield _payment(door, matter.payment) if matter is not None else None
    if written.RRN.fullmatch(reference):
        nothing: list[Matter] = []
        found = _known(lambda: door.matters.search(reference, most=PAGE_MAX), nothing)
        yield from (one for about in found if (one := _payment(door, about.payment)) and reference in _rrns(one))
    if (trace := written.TRACE.fullmatch(reference)) and day:
        yield from _of_terminal(door, trace[1], trace[2].zfill(written.TRACE_DIGITS), day)


def _rrns(payment: Payment) -> set[str]:
    """Its own reference numbers; a matter may be found by a number that merely stands in a text."""
    return {seen.rrn for seen in (payment.approval, payment.ack, payment.found) if seen is not None}


def _of_terminal(door: Door, terminal: str, stan: str, day: str) -> Iterator[Payment]:
    """The payments of a terminal on a day in China under this trace."""
    until = _known(lambda: calendar.instant(day), 0)
    at, name = until - DAY_MS - 1, ""
    for _ in range(PAGES_MAX if until else 0):
        rows = door.side.ask("list_by_terminal", terminal=terminal, at=at, id=name, most=PAGE_MAX)
        found = [decode_payment(bytes(body)) for (body,) in rows]
        yield from (one for one in found if one.key.stan == stan and one.opened_at < until)
        if len(found) < PAGE_MAX or found[-1].opened_at >= until:
            return
        at, name = found[-1].opened_at, found[-1].id


def _payment(door: Door, name: str) -> Payment | None:
    with door.reader() as reader:
        return reader.payment(name) if name else None


def _matter(door: Door, name: str) -> Matter | None:
    return _known(lambda: _there(door, name), None)


def _there(door: Door, name: str) -> Matter | None:
    return door.matters.get(name.lower())


def _known(look: Callable[[], Found], otherwise: Found) -> Found:
    """What is there; a reference that means nothing is no mistake of anybody's."""
    try:
        return look()
    except TheirMistake:
        return otherwise


# Complaints


async def complain(door: Door, call: Call) -> shapes.TakenIn:
    """A complaint: it joins the case of its payment where that is known, and waits for a person where it is not."""
    said: shapes.NewComplaint = call.body
    async with door.in_turn(f"{call.who.id}\x1f{call.key}"):
        return await asked(lambda: _taken_in(door, said, f"public {door.ways.world.index(call.key)}"))


def _taken_in(door: Door, said: shapes.NewComplaint, key: str) -> shapes.TakenIn:
    payment, _ = _found(door, said.proofs)
    ticket = f"W{secrets.token_hex(6).upper()}"
    text = said.text if payment is not None else f"{said.text}{_typed(said.proofs)}"
    words: dict[str, Any] = {"channel": CHANNEL, "ticket": ticket, "text": starred(text)}
    words |= {"contact": _sealed(door, said.contact, ticket)} if said.contact else {}
    words |= {"vulnerable": True} if said.urgent else {}
    words |= {"fen": said.proofs.fen} if said.proofs.fen else {}
    made = door.matters.open("complaint", words, PROGRAM, payment=payment.id if payment is not None else "", key=key)
    return shapes.TakenIn(
        id=made.id, code=code_of(made.id, door.ways.world.index), by=cardholder.heard(made, door.ways.clock()).by
    )


def _typed(proofs: shapes.Proofs) -> str:
    """What they said of a payment that was not found, for the person who looks for it; "" nothing."""
    reference = written.spaced(proofs.reference)
    link_to = proofs.code.rpartition("-")[0]
    found = (("参考 reference", reference), ("链接 link", link_to), ("末四位 last four", proofs.last_four),
             ("日期 day", proofs.day))  # fmt: skip
    words = "; ".join(f"{name}: {text}" for name, text in found if text)
    return f" [{words}]" if words else ""


def _sealed(door: Door, contact: str, ticket: str) -> str:
    """As it is written down; whatever is as long as a card number is not kept, though nobody could read it."""
    plain = _CARD.sub("****", contact).encode()
    return MARK + base64.b64encode(door.vault.seal(plain, _place(ticket))).decode()


def _place(ticket: str) -> str:
    """To what a sealed contact is bound: moved to another complaint it does not open."""
    return f"complaint contact {ticket}"


async def contact(door: Door, call: Call) -> shapes.Contact:
    """The contact of a complaint, opened for a person who answers it; noted before it is opened.

    Not for whom the register of sight hides it from, nor for the colleague whom the complaint is about.
    """
    name, by, now = call.path["matter"], call.actor.id, door.ways.clock()
    one = await asked(lambda: _matter(door, name))
    held = str(one.body.get("contact", "")) if one is not None else ""
    if one is None or one.kind != "complaint" or not held:
        raise refusal("not_found", "there is no contact with this matter", "matter")
    hides = await asked(lambda: hidden(one, call.actor.roles, door.registers.in_force(now)["sight"]))
    if hides is None or "contact" in hides or one.body.get("against") == by:
        raise refusal("not_allowed", "this contact is not for you to open", "Person")
    await asked(lambda: door.doors.note(now, by, "contact opened", one.id, ""))
    if not held.startswith(MARK):
        return shapes.Contact(contact=held)
    try:
        plain = door.vault.open(base64.b64decode(held.removeprefix(MARK)), _place(str(one.body["ticket"])))
    except (OurMistake, ValueError):
        raise refusal("not_found", "it was sealed under a key that is gone", "matter") from None
    return shapes.Contact(contact=plain.decode("utf-8"))
