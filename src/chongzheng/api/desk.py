"""What does each call of a person do? Sign in, see money in doubt, work breaks; never under a service token alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from chongzheng.api.desk_shapes import BreakPage, BreakStanding, BreakView, ClosedCase, Money, Session
from chongzheng.api.door import Call, Door
from chongzheng.api.refusals import refusal
from chongzheng.api.shapes import PAGE_MAX, Done
from chongzheng.journal.actors import NotAllowed, Unproven
from chongzheng.journal.breaks import Break, Decision, Overtaken, View
from chongzheng.journal.ledger import Exposure, Unposted
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import exposure
from chongzheng.reversal.booking import Resolution

Outcome = TypeVar("Outcome")


async def sign_in(door: Door, call: Call) -> Session:
    """A person shows who they are."""
    now, said = door.ways.clock(), call.body
    token, expires_at = await asked(lambda: door.actors.open_session(said.actor, said.password, now))
    person = await asked(lambda: door.actors.of_session(token, now))
    return Session(
        session=token, expires_at=expires_at, actor=person.id, name=person.name, roles=sorted(person.roles)
    )


async def sign_out(door: Door, call: Call) -> Done:
    """The session ends."""
    await asked(lambda: door.actors.end_session(call.session, door.ways.clock()))
    return Done()


async def money(door: Door, call: Call) -> Money:
    """All money in doubt."""
    def look() -> Exposure:
        with door.ledger() as ledger:
            return ledger.exposure()

    board = await asked(look)
    return msgspec.convert(exposure.document(board), Money)


async def breaks(door: Door, call: Call) -> BreakPage:
    """Differences, page by page."""
    most = int(call.query.get("limit", PAGE_MAX))
    state, after = call.query.get("state", "unresolved"), int(call.query.get("after", 0))
    found = await asked(lambda: door.breaks.page(state, after, most))
    return BreakPage(breaks=[_standing(one) for one in found], after=found[-1].id if len(found) == most else 0)


async def show_break(door: Door, call: Call) -> BreakView:
    """One difference, with the hash of what is shown."""
    return _view(await asked(lambda: door.breaks.view(_number(call)), "break"))


async def resolve_break(door: Door, call: Call) -> BreakView:
    """A person decides, or proposes where that takes two."""
    said, number, by = call.body, _number(call), call.actor.id
    decision = Decision(Resolution(said.how), said.reason, tuple(said.evidence), said.shown)
    await asked(lambda: door.breaks.resolve(number, by, decision), "break")
    return await show_break(door, call)


async def approve_break(door: Door, call: Call) -> BreakView:
    """A second person approves."""
    number, by = _number(call), call.actor.id
    await asked(lambda: door.breaks.approve(number, by, call.body.shown), "break")
    return await show_break(door, call)


async def reject_break(door: Door, call: Call) -> BreakView:
    """A proposal goes back."""
    number, by = _number(call), call.actor.id
    await asked(lambda: door.breaks.reject(number, by, call.body.reason), "break")
    return await show_break(door, call)


async def close_case(door: Door, call: Call) -> ClosedCase:
    """A case is closed, unless money of its payment lies in suspense."""
    number, by = int(call.path["case"]), call.actor.id
    payment = await asked(lambda: door.breaks.close_case(number, by, call.body.reason), "case")
    return ClosedCase(case=number, payment=payment)


async def asked(ask: Callable[[], Outcome], thing: str = "") -> Outcome:
    """In a thread, as all that waits for the database; what the desk says no to, in the words of the door."""
    try:
        return await asyncio.to_thread(ask)
    except Unproven as no:
        raise refusal("no_person", str(no), "Person") from None
    except NotAllowed as no:
        raise refusal("not_allowed", str(no), "Person") from None
    except Overtaken as no:
        raise refusal("overtaken", str(no), "shown") from None
    except Unposted as no:
        raise refusal("not_yet", str(no), "date") from None
    except TheirMistake as mistake:
        if thing and mistake.where.startswith(thing) and mistake.what.startswith("there is no"):
            raise refusal("not_found", mistake.what, thing) from None
        if thing == "case" and mistake.where.startswith(thing):
            raise refusal("not_yet", mistake.what, thing) from None
        raise


def _number(call: Call) -> int:
    return int(call.path["break"])


def _standing(one: Break) -> BreakStanding:
    known: dict[str, Any] = {name: getattr(one, name) for name in BreakStanding.__struct_fields__ if name != "proposal"}
    known["about"] = one.about.split()
    return BreakStanding(**known, proposal=msgspec.json.decode(one.proposal) if one.proposal else {})


def _view(view: View) -> BreakView:
    return BreakView(
        standing=_standing(view.one),
        payment=view.payment,
        suspense_fen=view.suspense_fen,
        takes_two=view.takes_two,
        hash=view.hash,
    )
