"""What does each call about registers, notices and the fleet of terminals do?"""

from __future__ import annotations

from typing import Any

from chongzheng.api import matter_shapes as shapes
from chongzheng.api.desk import asked
from chongzheng.api.door import Call, Door
from chongzheng.api.matters import words
from chongzheng.api.refusals import refusal
from chongzheng.api.shapes import PAGE_MAX
from chongzheng.cases import units
from chongzheng.cases.backup import Key
from chongzheng.cases.rebuild import rebuild
from chongzheng.cases.renewal import Unit, plan
from chongzheng.cases.shipped import REGISTERS
from chongzheng.journal.post import Notice
from chongzheng.journal.registers import Entry
from chongzheng.journal.rules import day_of

NAMES = tuple(shapes.NoticeStanding.__struct_fields__)


async def registers(door: Door, call: Call) -> shapes.RegisterKinds:
    """Every register, and what its rows say."""
    return shapes.RegisterKinds(
        registers=[
            shapes.RegisterKind(
                register=one.name, zh=one.titles[0], en=one.titles[1], two_people=one.money, words=words(one.fields)
            )
            for one in REGISTERS.values()
        ]
    )


async def rows(door: Door, call: Call) -> shapes.RegisterRows:
    """The rows in force on a day; today, if none is named."""
    name, day = _known(call), call.query.get("date", day_of(door.ways.clock()))
    found = await asked(lambda: door.registers.rows(name, day))
    return shapes.RegisterRows(register=name, day=day, rows={row: dict(body) for row, body in found.items()})


async def history(door: Door, call: Call) -> shapes.RegisterHistory:
    """Every edition of every row."""
    name = _known(call)
    return shapes.RegisterHistory(entries=[_entry(one) for one in await asked(lambda: door.registers.history(name))])


async def propose_row(door: Door, call: Call) -> shapes.RegisterEntry:
    """A new edition."""
    name, said, by, now = _known(call), call.body, call.actor.id, door.ways.clock()
    row = (name, said.name, said.valid_from, said.body, said.reason)
    return _entry(await asked(lambda: door.registers.propose(*row, by, now)))


async def approve_row(door: Door, call: Call) -> shapes.RegisterHistory:
    """A second person puts it in force."""
    name, said, by, now = _known(call), call.body, call.actor.id, door.ways.clock()
    await asked(lambda: door.registers.approve(name, said.name, said.valid_from, said.edition, by, now))
    return await history(door, call)


async def notices(door: Door, call: Call) -> shapes.NoticePage:
    """Notices in a state, or of a matter."""
    query, most = call.query, int(call.query.get("limit", PAGE_MAX))
    after, state = int(query.get("after", 0)), query.get("state", "all")
    if "matter" in query:
        whole = await asked(lambda: door.post.of_matter(query["matter"]))
        found = [one for one in whole if one.id > after and state in ("all", one.state)][:most]
    else:
        found = await asked(lambda: door.post.page(state, after, most))
    last = found[-1].id if len(found) == most else 0
    return shapes.NoticePage(notices=[_notice(one) for one in found], after=last)


async def retry_notice(door: Door, call: Call) -> shapes.NoticeStanding:
    """Word it anew and send it, after it failed or was refused."""
    no, now = int(call.path["notice"]), door.ways.clock()
    if not await asked(lambda: door.post.again(no, call.actor.id, now)):
        if not await asked(lambda: door.post.there(no)):
            raise refusal("not_found", "there is no notice of this number", "notice")
        raise refusal("not_yet", "it is sent, or waits to be sent", "notice")
    return _notice(await asked(lambda: door.post.get(no)))


async def reply(door: Door, call: Call) -> shapes.Attached:
    """An answer, attached to its matter."""
    said = call.body
    matter, told = await asked(lambda: door.matters.replied(said.reference, said.text, said.outlet))
    return shapes.Attached(matter=matter, told=told)


async def below_minimum(door: Door, call: Call) -> shapes.BelowMinimum:
    """Terminals below the minimum version of their model, sites with one way only, and all versions."""
    day = day_of(door.ways.clock())
    fleet = await asked(lambda: door.registers.rows("units", day))
    least = await asked(lambda: door.registers.rows("minimum versions", day))
    return shapes.BelowMinimum(
        terminals=units.below_minimum(fleet, least),
        sites_with_one_path=units.without_second_path(fleet),
        versions=[{"model": m, "version": v, "terminals": n} for (m, v), n in units.versions(fleet).items()],
    )


async def renewal_plan(door: Door, call: Call) -> shapes.RenewalPlan:
    """Which terminals or models to replace first within a budget."""
    of = [Unit(one.name, one.failures, one.attempts, one.price_fen, one.age_days) for one in call.body.units]
    if any(one.failures > one.attempts for one in of):
        raise refusal("bad_field", "more failed than were attempted", "units")
    made: dict[str, Any] = dict(await asked(lambda: plan(of, call.body.budget_fen)))
    return shapes.RenewalPlan(**made)


async def rebuild_records(door: Door, call: Call) -> shapes.RebuiltRecords:
    """What lost records said, as far as witnesses know."""
    said = call.body
    told = {who: {_key(one): one.values for one in getattr(said, who)} for who in ("host", "backup", "slip")}
    found = await asked(lambda: rebuild([_key(one) for one in said.lost], told))
    named = ("terminal", "batch", "stan")
    return shapes.RebuiltRecords(
        records=[
            shapes.RebuiltRecord(
                **dict(zip(named, one.key, strict=True)),
                rebuilt=one.whole,
                values=dict(one.values),
                sources=dict(one.sources),
                missing=list(one.missing),
                contested={name: dict(of) for name, of in one.contested.items()},
            )
            for one in found
        ]
    )


def _key(one: shapes.LostRecord) -> Key:
    return one.terminal, one.batch, one.stan


def _known(call: Call) -> str:
    name = call.path["register"]
    if name not in REGISTERS:
        raise refusal("not_found", f"there is no such register; there are {', '.join(REGISTERS)}", "register")
    return name


def _entry(one: Entry) -> shapes.RegisterEntry:
    known: dict[str, Any] = {name: getattr(one, name) for name in shapes.RegisterEntry.__struct_fields__}
    return shapes.RegisterEntry(**{**known, "body": dict(one.body)})


def _notice(one: Notice) -> shapes.NoticeStanding:
    return shapes.NoticeStanding(**{name: getattr(one, name) for name in NAMES})
