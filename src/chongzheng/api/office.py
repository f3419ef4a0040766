"""What does each call of finance and administration do? Trial balances and closings, the register of people, limits."""

from __future__ import annotations

from collections.abc import Sequence

from chongzheng.api import office_shapes as shapes
from chongzheng.api.desk import asked
from chongzheng.api.door import Call, Door
from chongzheng.api.shapes import Done
from chongzheng.journal.actors import Actor, Role
from chongzheng.journal.hand_booking import Voucher
from chongzheng.journal.ledger import Balance, Closing
from chongzheng.journal.rules import ALONE_UP_TO_FEN
from chongzheng.reversal.booking import Booking


async def trial(door: Door, call: Call) -> shapes.Trial:
    """The trial balance of a day, closed or not."""
    day = call.query["date"]

    def look() -> Sequence[Balance]:
        with door.ledger() as ledger:
            return ledger.trial(day)

    return _trial(day, await asked(look))


async def close_day(door: Door, call: Call) -> shapes.Closed:
    """A day is closed, once."""
    day, by = call.body.date, call.actor.id

    def close() -> tuple[Closing, bool]:
        with door.ledger() as ledger:
            return ledger.close(day, by)

    closing, new = await asked(close)
    said = _trial(day, closing.balances)
    return shapes.Closed(date=day, closed_at=closing.at, closed_by=closing.by, new=new, trial=said)


async def book_voucher(door: Door, call: Call) -> shapes.MadeVoucher:
    """A remedy is booked by hand, by two people where that takes two."""
    said, by, now = call.body, call.actor.id, door.ways.clock()
    wanted = Voucher(
        Booking(said.what), said.fen, said.reason, said.evidence, said.payment or "", said.break_id or 0
    )
    second = None if said.second is None else (await asked(lambda: door.actors.of_session(said.second, now))).id
    return shapes.MadeVoucher(act=await asked(lambda: door.by_hand.book(wanted, by, second), "break"))


async def actors(door: Door, call: Call) -> shapes.Actors:
    """The register."""
    return shapes.Actors(actors=[_standing(one) for one in await asked(door.actors.all)])


async def add_actor(door: Door, call: Call) -> shapes.ActorStanding:
    """A new person."""
    said, by, now = call.body, call.actor.id, door.ways.clock()
    await asked(lambda: door.actors.add(said.actor, said.name, frozenset(map(Role, said.roles)), by, now))
    return await _one(door, said.actor)


async def change_actor(door: Door, call: Call) -> shapes.ActorStanding:
    """Other roles, or no more work here."""
    name, said, by, now = call.path["actor"], call.body, call.actor.id, door.ways.clock()
    roles = None if said.roles is None else frozenset(map(Role, said.roles))
    await asked(lambda: door.actors.change(name, by, now, roles=roles, active=said.active), "actor")
    return await _one(door, name)


async def change_password(door: Door, call: Call) -> Done:
    """A new password; sessions end."""
    name, by, now = call.path["actor"], call.actor.id, door.ways.clock()
    await asked(lambda: door.actors.set_password(name, call.body.password, by, now), "actor")
    return Done()


async def actor_history(door: Door, call: Call) -> shapes.ActorHistory:
    """Who changed what about a person."""
    name = call.path["actor"]
    return shapes.ActorHistory(actor=name, history=await asked(lambda: door.actors.history(name)))


async def limits(door: Door, call: Call) -> shapes.Limits:
    """Up to how much one person is enough."""
    now = door.ways.clock()
    rows = [one for one in await asked(door.rules.all) if one.name == ALONE_UP_TO_FEN]
    in_force = await asked(lambda: door.rules.limit(ALONE_UP_TO_FEN, now))
    return shapes.Limits(
        in_force_fen=in_force,
        rows=[
            shapes.LimitRow(
                fen=int(one.value),
                valid_from=one.valid_from,
                reason=one.reason,
                proposed_by=one.proposed_by,
                proposed_at=one.proposed_at,
                approved_by=one.approved_by,
                approved_at=one.approved_at,
            )
            for one in rows
        ],
    )


async def propose_limit(door: Door, call: Call) -> shapes.Limits:
    """The first person of two."""
    said, by, now = call.body, call.actor.id, door.ways.clock()
    row = (ALONE_UP_TO_FEN, said.valid_from, str(said.fen), said.reason)
    await asked(lambda: door.rules.propose(*row, by, now))
    return await limits(door, call)


async def approve_limit(door: Door, call: Call) -> shapes.Limits:
    """The second."""
    said, by, now = call.body, call.actor.id, door.ways.clock()
    await asked(lambda: door.rules.approve(ALONE_UP_TO_FEN, said.valid_from, str(said.fen), by, now))
    return await limits(door, call)


async def _one(door: Door, actor: str) -> shapes.ActorStanding:
    return next(_standing(one) for one in await asked(door.actors.all) if one.id == actor)


def _standing(one: Actor) -> shapes.ActorStanding:
    return shapes.ActorStanding(
        actor=one.id,
        name=one.name,
        roles=sorted(one.roles),
        active=one.active,
        has_password=one.has_password,
        made_at=one.made_at,
    )


def _trial(day: str, balances: Sequence[Balance]) -> shapes.Trial:
    return shapes.Trial(
        date=day,
        trial_fen=sum(one.closing_fen for one in balances),
        accounts=[
            shapes.AccountOfDay(**{name: getattr(one, name) for name in shapes.AccountOfDay.__struct_fields__})
            for one in balances
        ],
    )
