"""What does each call about matters do? Look, search, open, say a fact once under a key, the same of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from chongzheng.api import matter_shapes as shapes
from chongzheng.api.desk import asked
from chongzheng.api.door import Call, Door
from chongzheng.api.refusals import refusal
from chongzheng.api.reports import same_words
from chongzheng.api.shapes import PAGE_MAX
from chongzheng.cases.fields import Field
from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Kind, Matter, Row
from chongzheng.cases.queues import QUEUES, Seat
from chongzheng.journal import bulk
from chongzheng.journal import worklists as worklists_of
from chongzheng.journal.actors import Actor
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import NUMBER_MAX, PRIORITY_MAX, number
from chongzheng.mistakes import TheirMistake

Outcome = TypeVar("Outcome")
NO_MATTER = ("there is no matter", "is no id of a matter", "there is no such payment", "there is no such kind")
MARK = "~"


async def kinds(door: Door, call: Call) -> shapes.Kinds:
    """Every kind of matter, and its table."""
    return shapes.Kinds(kinds=[_kind(one) for one in KINDS.values()])


async def listed(door: Door, call: Call) -> shapes.MatterPage:
    """Matters of a kind, a queue, a person, a payment, a parent, or one of the person's own queues."""
    query, most = call.query, int(call.query.get("limit", PAGE_MAX))
    named = [name for name in ("kind", "queue", "owner", "payment", "parent", "worklist") if name in query]
    if len(named) != 1:
        raise refusal("bad_field", "say one of kind, queue, owner, payment, parent, worklist", "query")
    return await _asked(lambda: _page(door, call.actor, named[0], query, most))


async def search(door: Door, call: Call) -> shapes.MatterPage:
    """Matters that have all these words, newest first."""
    query, most = call.query, int(call.query.get("limit", PAGE_MAX))
    before, only = int(query.get("after", NUMBER_MAX)), query.get("open") == "yes"
    found = await _asked(lambda: door.matters.search(query["q"], query.get("kind", ""), only, before, most))
    return _paged(found, str(number(found[-1].id)) if len(found) == most else "")


async def worklists(door: Door, call: Call) -> shapes.Worklists:
    """The person's own queues, with how many are in each."""
    seat = _seat(door, call.actor, call.query)
    counts = await _asked(lambda: worklists_of.tallies(door.side, seat))
    names = [(name, *titles[:2]) for name, titles in QUEUES.items()]
    return shapes.Worklists(
        worklists=[shapes.WorklistCount(worklist=name, zh=zh, en=en, count=counts[name]) for name, zh, en in names]
    )


async def view(door: Door, call: Call) -> shapes.MatterView:
    """What a person is shown of a matter, and what that person can say of it."""
    return await _asked(lambda: _view(door, call.path["matter"], call.actor))


async def matter_story(door: Door, call: Call) -> shapes.MatterStory:
    """Every fact of it."""
    name = call.path["matter"]
    return shapes.MatterStory(matter=name, story=await _asked(lambda: door.matters.story(name)))


async def open_matter(door: Door, call: Call) -> shapes.MatterView:
    """A new matter, once under an idempotency key."""
    said, by = call.body, call.actor
    async with door.in_turn(f"{call.who.id}\x1f{call.key}"):
        key = door.matters.named(said.kind, said.key) or await _key(door, call)
        about = {"payment": said.payment, "parent": said.parent, "key": key}
        made = await _asked(lambda: door.matters.open(said.kind, said.words, by.id, **about))
        return await _asked(lambda: _view(door, made.id, by))


async def say(door: Door, call: Call) -> shapes.MatterView:
    """A fact of a matter, once under an idempotency key."""
    name, said, by = call.path["matter"], call.body, call.actor
    async with door.in_turn(f"{call.who.id}\x1f{call.key}"):
        key = await _key(door, call)
        await _asked(lambda: door.matters.say_once(key, name, said.fact, said.words, by.id, said.shown))
        return await _asked(lambda: _view(door, name, by))


async def preview(door: Door, call: Call) -> shapes.Forecast:
    """Whether it would be done; nothing is changed."""
    name, said, by = call.path["matter"], call.body, call.actor.id
    await _asked(lambda: door.matters.get(name))
    why = await _asked(lambda: door.matters.preview(name, said.fact, said.words, by, said.shown))
    return shapes.Forecast(done=not why, why=why)


async def preview_of_many(door: Door, call: Call) -> shapes.BulkResults:
    """What would become of each row."""
    said, by = call.body, call.actor.id
    words = (said.matters, said.fact, said.words, by, door.side, said.reference)
    return _results(await _asked(lambda: bulk.preview(door.matters, *words)))


async def say_to_many(door: Door, call: Call) -> shapes.BulkResults:
    """The same of many, each by itself, each once under the reference."""
    said, by = call.body, call.actor.id
    words = (said.matters, said.fact, said.words, by, said.reference, said.shown)
    return _results(await _asked(lambda: bulk.bulk(door.matters, door.side, *words)))


async def casework(door: Door, call: Call) -> shapes.Casework:
    """How all slow work stands."""
    return await _asked(lambda: _casework(door))


def _casework(door: Door) -> shapes.Casework:
    return shapes.Casework(
        queues=[
            shapes.QueueCount(queue=q, kind=k, count=n, fen=fen, due_at=at)
            for q, k, n, fen, at in door.matters.queues()
        ],
        states=[shapes.StateCount(kind=k, state=s, count=n, fen=fen) for k, s, n, fen in door.matters.states()],
        owners=door.matters.owners(),
        notices_waiting=door.post.waiting(),
        engine=door.ways.casework(),
    )


def _page(door: Door, person: Actor, by: str, query: dict[str, str], most: int) -> shapes.MatterPage:
    priority, after = _place(query.get("after", ""))
    value = query[by]
    if by == "kind":
        found = door.matters.page(value, after, most, open_only=query.get("open") == "yes")
    elif by == "parent":
        found = door.matters.of_parent(value, after, most)
    elif by == "payment":
        found = [one for one in door.matters.of_payment(value) if number(one.id) > after][:most]
    elif by == "worklist":
        found, last = worklists_of.page(
            door.matters, door.side, value, _seat(door, person, query), (priority, after), most
        )
        return _paged(found, f"{last[0]}{MARK}{last[1]}" if last is not None else "")
    else:
        look = door.matters.queue if by == "queue" else door.matters.owned
        found = look(value, priority, after, most)
    return _paged(found, f"{found[-1].priority}{MARK}{number(found[-1].id)}" if len(found) == most else "")


def _place(after: str) -> tuple[int, int]:
    priority, _, no = after.partition(MARK)
    return (int(priority), int(no)) if no else (PRIORITY_MAX, 0)


def _paged(found: Iterable[Matter], after: str) -> shapes.MatterPage:
    return shapes.MatterPage(matters=[_standing(one) for one in found], after=after)


def _seat(door: Door, person: Actor, query: dict[str, str]) -> Seat:
    team = frozenset(one for one in query.get("team", "").split(",") if one)
    return Seat(person.id, door.ways.clock(), team)


def _standing(one: Matter) -> shapes.MatterStanding:
    known: dict[str, Any] = {name: getattr(one, name) for name in shapes.MatterStanding.__struct_fields__}
    return shapes.MatterStanding(**{**known, "body": dict(one.body)})


def _view(door: Door, matter: str, person: Actor) -> shapes.MatterView:
    seen = door.matters.view(matter)
    return shapes.MatterView(
        matter=_standing(seen.matter),
        payment=dict(seen.payment),
        hash=seen.hash,
        possible=[
            shapes.Possible(
                fact=row.fact, yours=_is_yours(row, seen.matter, person), shown=row.shown, words=words(row.takes)
            )
            for row in KINDS[seen.matter.kind].possible(seen.matter.state)
            if row.may
        ],
    )


def _is_yours(row: Row, matter: Matter, person: Actor) -> bool:
    return bool(row.may & {str(role) for role in person.roles}) and person.id not in matter.said_by(*row.apart)


def _kind(kind: Kind) -> shapes.KindOfMatter:
    rules = [
        shapes.Rule(
            state=row.state,
            fact=row.fact,
            next=row.next or "",
            may=sorted(row.may),
            shown=row.shown,
            apart=list(row.apart),
            words=words(row.takes),
        )
        for row in kind.rows
    ]
    zh, en = kind.titles
    states, ended = list(kind.states), sorted(kind.ended)
    return shapes.KindOfMatter(kind=kind.name, zh=zh, en=en, states=states, ended=ended, rules=rules)


def words(fields: Iterable[Field]) -> list[shapes.Word]:
    """Fields, as a client sees them."""
    return [
        shapes.Word(name=one.name, form=one.form, zh=one.zh, en=one.en, needed=one.needed, choices=list(one.choices))
        for one in fields
    ]


def _results(found: list[bulk.Result]) -> shapes.BulkResults:
    rows = [shapes.RowResult(matter=one.matter, result=one.result, why=one.why) for one in found]  # type: ignore[arg-type]
    done = sum(one.result != bulk.REFUSED for one in found)
    return shapes.BulkResults(results=rows, done=done, refused=len(found) - done)


async def _key(door: Door, call: Call) -> str:
    """The name under which this is done once. `key_reused`: it was used for something else."""
    where = "\x1f".join((call.actor.id, *call.path.values()))
    fingerprint = door.ways.world.index(f"{where}\x1f{same_words(call.said)}")
    key, now = door.ways.world.index(call.key), door.ways.clock()
    spoken = await asked(lambda: door.doors.say(call.who.id, key, fingerprint, "", now))
    if spoken.fingerprint != fingerprint:
        raise refusal("key_reused", where="Idempotency-Key")
    return f"api {call.who.id} {key}"


async def _asked(ask: Callable[[], Outcome]) -> Outcome:
    """As the desk's, in the words of matters: what is not there is not found, and a refusal says what is possible."""
    try:
        return await asked(lambda: _told(ask))
    except TheirMistake as mistake:
        if mistake.what.startswith(NO_MATTER):
            raise refusal("not_found", mistake.what, "matter") from None
        raise


def _told(ask: Callable[[], Outcome]) -> Outcome:
    try:
        return ask()
    except Overtaken as no:
        raise refusal("overtaken", str(no), "fact") from None
