"""How does a notice that was put become words, leave, and leave evidence: refused, sent, tried again or failed?

What is said about a payment's truth is what the journal says at this moment, never what the asker believed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from chongzheng.journal.post import Notice, Post
from chongzheng.mistakes import TheirMistake
from chongzheng.notices.apology import Apology, objection
from chongzheng.notices.outlets import Delivered, Failed, Message, Outlet
from chongzheng.notices.promises import Promise, Share, kept_share
from chongzheng.notices.taboo import Audience
from chongzheng.notices.wording import Known, Refused, Rendered, Template, Today, in_force, render
from chongzheng.reversal.payment import Proof
from chongzheng.settlement.days import CHINA_AHEAD_S, DAY_S, shifted

LOOK_EVERY_S = 1.0
APOLOGY = "apology"

log = structlog.get_logger("notices")


@dataclass(frozen=True, slots=True)
class House:
    """What every notice may use. `people`: a word for somebody -> `outlet:address`; `values`: blanks that are always
    the same (contact, complaints); `days_off`: the days off between two days (yyyymmdd), both included."""

    templates: Sequence[Template]
    outlets: Mapping[str, Outlet]
    people: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    language: str = "both"
    days_off: Callable[[str, str], frozenset[str]] = lambda first, last: frozenset()
    on_failed: Callable[[Notice, str], None] = lambda notice, why: None
    """Told once of each notice that failed or was refused: it is a person's work now."""


async def deliver(post: Post, house: House, clock: Callable[[], int]) -> None:
    """Send what is due, until cancelled. `clock`: epoch ms."""
    while True:
        try:
            while await deliver_due(post, house, clock):
                pass
        except Exception as error:  # noqa: BLE001 - a busy disk now is no reason never to tell again
            log.error("notices wait", why=type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


async def deliver_due(post: Post, house: House, clock: Callable[[], int]) -> int:
    """Send what is due now, once; how many notices were tried."""
    notices = await asyncio.to_thread(post.claim, clock())
    for notice in notices:
        await _deliver(post, house, notice, clock)
    return len(notices)


def worded(post: Post, house: House, notice: Notice, now: int) -> Rendered | Refused:
    """What this notice says, as of now. TheirMistake: a value does not fit."""
    said = dict(notice.said)
    template = _template(house, notice, now)
    if template is None:
        return Refused((f"there is no template {notice.template}",))
    facts = {name: _known(one) for name, one in said.pop("facts", {}).items()}
    standing = post.standing(str(said.get("payment", ""))) if said.get("payment") else None
    if standing is not None:
        facts["truth"] = Known(standing[0], Proof(standing[1]))
        said = {**post.about(str(said["payment"])), **said}
    values = {**house.values, "reference": notice.matter.upper(), **said}
    for name in ("ticket", "task"):
        if isinstance(values.get(name), str):
            values[name] = str(values[name]).upper()
    day = _day(now)
    today = Today(day, _off(house, day, template.ahead.working_days)) if template.ahead else None
    outcome = render(template, facts, values, str(said.get("language", house.language)), today)
    if isinstance(outcome, Rendered) and template.occasion == APOLOGY:
        why = _apology(post, template, said, outcome, now)
        return Refused((why,)) if why else outcome
    return outcome


def _off(house: House, day: str, working_days: int) -> frozenset[str]:
    """The days off from `day` until so many working days have passed; no further: near the end of a year the calendar
    of the next one may not be published. TheirMistake: it ends before."""
    ahead, off = 0, frozenset[str]()
    while (missing := working_days - (ahead - len(off - {day}))) > 0:
        ahead += missing
        off = house.days_off(day, shifted(day, ahead))
    return off


def kept(post: Post, since: int, until: int, now: int) -> Share:
    """The share of promises, due between two instants, that were kept."""
    return kept_share((Promise(*_fields(row)) for row in post.promises(since, until)), now)


def facts_digest(said: Mapping[str, Any], outcome: Rendered) -> str:
    """A digest of what an apology is about (the facts it states, the amount, where the money is): has it changed?"""
    about = [(fact, value) for fact, value, _, _ in outcome.stated]
    return hashlib.sha256(repr((about, said.get("amount"), said.get("standing"))).encode()).hexdigest()


async def _deliver(post: Post, house: House, notice: Notice, clock: Callable[[], int]) -> None:
    now = clock()
    try:
        place, _, address = _whereto(house, notice)
        outcome = worded(post, house, notice, now) if not notice.wording else None
    except TheirMistake as mistake:
        outcome = Refused((str(mistake),))
    if isinstance(outcome, Refused):
        await _refuse(post, house, notice, "; ".join(outcome.reasons), now)
        return
    outlet = house.outlets.get(place)
    if outlet is None:
        await _refuse(post, house, notice, f"there is no outlet {place!r} for {notice.addressee}", now)
        return
    if outcome is not None:
        await asyncio.to_thread(_keep, post, notice, outcome, place, address)
        notice = await asyncio.to_thread(post.get, notice.id)
    words = (notice.subject, notice.body, notice.short)
    mark = hashlib.sha256(notice.key.encode()).hexdigest()[:32]
    became = await _tried(outlet, Message(f"notice-{mark}", notice.address, *words, now))
    if isinstance(became, Delivered):
        await asyncio.to_thread(post.sent, notice.id, became.evidence, clock())
        return
    state = await asyncio.to_thread(post.failed, notice, became.why, clock(), became.for_good)
    if state == "failed":
        log.warning("a notice failed", notice=notice.id, why=became.why)
        house.on_failed(notice, became.why)


async def _tried(outlet: Outlet, message: Message) -> Delivered | Failed:
    try:
        return await outlet.send(message)
    except Exception as error:  # noqa: BLE001 - one outlet's fault delays no other notice
        return Failed(f"{type(error).__name__}: {error}" if isinstance(error, TheirMistake) else type(error).__name__)


async def _refuse(post: Post, house: House, notice: Notice, why: str, now: int) -> None:
    await asyncio.to_thread(post.refused, notice.id, why, now)
    log.warning("a notice was refused", notice=notice.id, why=why)
    house.on_failed(notice, why)


def _keep(post: Post, notice: Notice, outcome: Rendered, place: str, address: str) -> None:
    post.word(
        notice.id,
        wording=outcome.template,
        outlet=place,
        address=address,
        subject=outcome.subject,
        body=outcome.body,
        short=outcome.short,
        stated=json.dumps([[*one[:3], list(one[3])] for one in outcome.stated], ensure_ascii=False),
        person=str(notice.said.get("person", "")),
        incident=str(notice.said.get("incident", "")),
        facts=facts_digest(notice.said, outcome),
    )


def _whereto(house: House, notice: Notice) -> tuple[str, str, str]:
    """The outlet's name, a colon, the address: as said, or as the people we know have it."""
    return str(notice.said.get("to", house.people.get(notice.addressee, notice.addressee))).partition(":")


def _template(house: House, notice: Notice, now: int) -> Template | None:
    name = notice.template if "." in notice.template else f"{notice.said.get('audience', '')}.{notice.template}"
    audience, _, occasion = name.partition(".")
    if audience not in set(Audience):
        return None
    return in_force(house.templates, Audience(audience), occasion, _day(now))


def _apology(post: Post, template: Template, said: Mapping[str, Any], outcome: Rendered, now: int) -> str:
    person, incident = str(said.get("person", "")), str(said.get("incident", ""))
    if not person or not incident:
        return "an apology says to whom and for which incident (person, incident)"
    history = [Apology(*row) for row in post.apologies(person, template.name)]
    return objection(
        history, Apology(person, incident, now, facts_digest(said, outcome)), str(said.get("supervisor", ""))
    )


def _known(one: Mapping[str, Any]) -> Known:
    try:
        return Known(str(one["value"]), Proof(one["proof"]), tuple(map(str, one.get("evidence", ()))))
    except (KeyError, ValueError, TypeError, AttributeError):
        raise TheirMistake("has a value, a proof and evidence", "facts") from None


def _day(now: int) -> str:
    return shifted("19700101", (now // 1000 + CHINA_AHEAD_S) // DAY_S)


def _fields(row: Any) -> tuple[Any, ...]:
    return row.id, row.matter, row.what, row.said_at, row.due_at, row.kept_at, row.moved_at, row.asked
