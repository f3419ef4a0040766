"""Who was told what, did it arrive, and how is it said again? The command notice."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from chongzheng.cli.person import db_option, desk, json_option, now_ms, person_options, proven, refuse, show
from chongzheng.gateway import logs
from chongzheng.journal.actors import Actors, May, NotAllowed
from chongzheng.journal.matters import Matters
from chongzheng.journal.post import LEASE_MS, PAGE_MAX, STATES, Notice, Post
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.notices.blanks import LANGUAGES
from chongzheng.notices.catalogue import packaged
from chongzheng.notices.sending import House, deliver_due, worded
from chongzheng.notices.wording import Refused

EXIT_NO = 1
COLUMNS = ("id", "state", "matter", "template", "addressee", "outlet", "attempts", "made_at", "sent_at", "evidence")
_number = click.argument("number", metavar="NUMBER", type=click.IntRange(1))
_config = click.option("--config", type=click.Path(path_type=Path), help="The configuration whose [notices] counts.")


@click.group()
def notice() -> None:
    """Notices to people: asked for by a case, worded from what is proven, sent by the engine, with evidence."""


@notice.command("list")
@click.option("--state", type=click.Choice(STATES), default="all", show_default=True, help="Only those.")
@click.option("--matter", metavar="ID", help="Those of this matter.")
@click.option("--after", default=0, help="Go on behind this number.")
@click.option("--limit", "most", default=PAGE_MAX, show_default=True, type=click.IntRange(1, PAGE_MAX))
@db_option
@json_option
def listed(state: str, matter: str | None, after: int, most: int, db: Path | str, as_json: bool) -> None:
    """Notices by their numbers."""
    with desk(db) as side:
        post = Post(side)
        found = post.page(state, after, most) if matter is None else post.of_matter(matter)
    if matter is not None:
        found = [one for one in found if one.id > after and state in ("all", one.state)][:most]
    rows = [{name: getattr(one, name) or "" for name in COLUMNS} for one in found]
    show(rows, {"notices": [_said(one) for one in found]}, as_json)


@notice.command("show")
@_number
@db_option
def shown(number: int, db: Path | str) -> None:
    """Everything about one notice, and what was answered about its matter; always JSON."""
    with desk(db) as side:
        one = Post(side).get(number)
        replies = Post(side).replies(one.matter)
    document = {"notice": _said(one), "replies": [asdict(reply) for reply in replies]}
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


@notice.command("retry")
@_number
@person_options
@db_option
def retry(number: int, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """Word notice NUMBER anew and send it, after it failed or was refused. Exit 1 when it did neither."""
    with desk(db) as side:
        by, post = _worker(side, actor, password_stdin), Post(side)
        done = post.again(number, by, now_ms())
        state = post.get(number).state
    if not done:
        refuse(f"notice {number} is {state}: only what failed or was refused is sent again")
    click.echo(f"notice {number}: is sent at the engine's next look")


@notice.command("send-now")
@click.argument("number", metavar="[NUMBER]", required=False, type=click.IntRange(1))
@_config
@click.option("--db", "place", envvar="CHONGZHENG_DB", help="The journal; not needed with --config.")
@json_option
def send_now(number: int | None, config: Path | None, place: str | None, as_json: bool) -> None:
    """Send notice NUMBER now though it waits for its next attempt; with --config, send here whatever is due.

    Without --config the engine sends it, within a second; with it this program does, where no engine runs.
    """
    house = None
    db: Path | str | None = place
    if config is not None:
        from chongzheng.app import journal_and_house

        logs.configure("text")  # standard output is for the answer
        db, house = journal_and_house(config)
    if db is None or (number is None and house is None):
        raise TheirMistake("name a notice and its journal (--db), or a configuration (--config)", "notice send-now")
    with desk(db) as side:
        post = Post(side)
        if number is not None and not post.hurry(number, now_ms()):
            one = post.get(number)
            soon = one.state == "waiting" and one.next_at <= now_ms() + LEASE_MS
            why = "goes within two minutes anyway" if soon else f"is {one.state}; look at notice retry"
            refuse(f"notice {number} {why}")
        tried = asyncio.run(_sent(post, house)) if house is not None else 0
    said = {"notice": number, "tried": tried}
    click.echo(json.dumps(said) if as_json else f"{tried} tried here" if house else f"notice {number}: due now")


@notice.command("preview")
@click.argument("template", metavar="AUDIENCE.OCCASION")
@click.option("--words", metavar="JSON", default="{}", help="Blanks by name; facts: {name: {value, proof}}.")
@click.option("--payment", default="", help="The payment it is about: its truth, card, amount and time are filled in.")
@click.option("--matter", default="", help="The matter it is about: its reference.")
@click.option("--language", type=click.Choice((*LANGUAGES, "both")), default="both", show_default=True)
@_config
@db_option
@json_option
def preview(
    template: str,
    words: str,
    payment: str,
    matter: str,
    language: str,
    config: Path | None,
    db: Path | str,
    as_json: bool,
) -> None:
    """What would be said now by this template, or why it may not be said (exit 1). Nothing is sent."""
    try:
        said = json.loads(words)
    except ValueError as wrong:
        raise TheirMistake(f"is no JSON: {wrong}", "--words") from None
    if not isinstance(said, dict):
        raise TheirMistake("is no JSON object", "--words")
    if config is not None:
        from chongzheng.app import journal_and_house

        house = journal_and_house(config)[1]
    else:
        house = House(packaged(), {}, values={"contact": "[contact]", "complaints": "[complaints]"})
    with desk(db) as side:
        wanted = _wanted(template, matter, {**said, "payment": payment, "language": language})
        outcome = worded(Post(side), house, wanted, now_ms())
    if isinstance(outcome, Refused):
        refused = {"template": template, "refused": list(outcome.reasons)}
        click.echo(json.dumps(refused, ensure_ascii=False) if as_json else "\n".join(outcome.reasons))
        raise SystemExit(EXIT_NO)
    text = f"{outcome.subject}\n\n{outcome.body}\n\n{outcome.short}"
    click.echo(json.dumps(asdict(outcome), ensure_ascii=False) if as_json else text)


@notice.command("reply")
@click.argument("reference")
@click.argument("text")
@click.option("--outlet", default="mail", show_default=True, help="How it came.")
@person_options
@db_option
@json_option
def reply(
    reference: str, text: str, outlet: str, actor: str | None, password_stdin: bool, db: Path | str, as_json: bool
) -> None:
    """Attach TEXT, an answer to a notice, to the matter that REFERENCE names (CASE-17). Card numbers become stars."""
    with desk(db) as side:
        _worker(side, actor, password_stdin)
        matter, told = Matters(side, now_ms, Registers(side)).replied(reference, text, outlet)
    said = {"matter": matter, "told": told}
    click.echo(json.dumps(said) if as_json else f"{matter}: {'has heard it' if told else 'it stands beside it'}")


def _worker(side: Side, actor: str | None, password_stdin: bool) -> str:
    """Who works at the desk."""
    person = proven(Actors(side), actor, password_stdin)
    if not person.may(May.CHECK):
        raise NotAllowed(f"{person.id} may not {May.CHECK}")
    return person.id


async def _sent(post: Post, house: House) -> int:
    tried = 0
    while some := await deliver_due(post, house, now_ms):
        tried += some
    return tried


def _wanted(template: str, matter: str, said: dict[str, Any]) -> Notice:
    """A notice that nobody asked for, to see its words."""
    blank = {name: "" for name in ("wording", "outlet", "address", "subject", "body", "short", "stated", "person",
                                   "incident", "facts", "evidence")}  # fmt: skip
    return Notice(
        id=0, key="", matter=matter or "case-0", template=template, addressee="", said=said, made_at=0, state="waiting",
        next_at=0, attempts=0, sent_at=None, **blank,
    )  # fmt: skip


def _said(one: Notice) -> dict[str, Any]:
    return {**asdict(one), "said": dict(one.said)}
