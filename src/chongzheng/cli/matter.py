"""How does a person at the machine open a matter, say what happened to it, and see what waits? The command matter."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import Matter
from chongzheng.cli.person import db_option, desk, json_option, now_ms, person_options, proven, show
from chongzheng.journal.actors import Actors
from chongzheng.journal.matters import NUMBER_MAX, PAGE_MAX, Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

COLUMNS = ("id", "state", "queue", "owner", "priority", "payment", "fen", "opened_at", "due_at", "parent")
_words = click.option("--say", "words", multiple=True, metavar="NAME=VALUE", help="A word of the fact; may repeat.")
_document = click.option("--words", "document", metavar="JSON", default="{}", help="The words as one JSON object.")


@click.group()
def matter() -> None:
    """Slow work: cases, tasks, complaints, problems, tickets …, each with its own table of what can be said of it.

    `matter kinds` lists them, `matter kinds KIND` what can be said in which state, by whom, with which words.
    """


@matter.command("kinds")
@click.argument("kind", required=False, type=click.Choice(tuple(KINDS)))
@json_option
def kinds(kind: str | None, as_json: bool) -> None:
    """All kinds, or the table of one KIND."""
    if kind is None:
        rows = [{"kind": one.name, "zh": one.titles[0], "en": one.titles[1], "states": " ".join(one.states)}
                for one in KINDS.values()]  # fmt: skip
        show(rows, {"kinds": rows}, as_json)
        return
    table = [
        {
            "state": row.state or "-",
            "fact": row.fact,
            "next": row.next or "",
            "may": " ".join(sorted(row.may)) or "program",
            "shown": row.shown,
            "words": " ".join(word.name if word.needed else f"[{word.name}]" for word in row.takes),
        }
        for row in KINDS[kind].rows
    ]
    show(table, {"kind": kind, "rows": table}, as_json)


@matter.command("list")
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="Matters of this kind, by their numbers.")
@click.option("--queue", help="What waits in this queue, most urgent first.")
@click.option("--owner", help="What waits for this person, most urgent first.")
@click.option("--payment", help="Everything about this payment.")
@click.option("--open", "open_only", is_flag=True, help="With --kind: only what is not ended.")
@click.option("--after", default=0, help="With --kind: go on behind this number.")
@click.option("--limit", "most", default=PAGE_MAX, show_default=True, type=click.IntRange(1, PAGE_MAX))
@db_option
@json_option
def listed(
    kind: str | None,
    queue: str | None,
    owner: str | None,
    payment: str | None,
    open_only: bool,
    after: int,
    most: int,
    db: Path | str,
    as_json: bool,
) -> None:
    """Matters of a kind, a queue, a person or a payment: say which one of these."""
    if sum(one is not None for one in (kind, queue, owner, payment)) != 1:
        raise TheirMistake("say one of --kind, --queue, --owner, --payment", "matter list")
    with desk(db) as side:
        keeper = _keeper(side)
        if kind is not None:
            found = keeper.page(kind, after, most, open_only)
        elif queue is not None:
            found = keeper.queue(queue, most=most)
        elif owner is not None:
            found = keeper.owned(owner, most=most)
        else:
            found = keeper.of_payment(str(payment))
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in found]
    show(rows, {"matters": [_said(one) for one in found]}, as_json)


@matter.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(tuple(KINDS)), default=None, help="Only of this kind.")
@click.option("--open", "open_only", is_flag=True, help="Only what is not ended.")
@click.option("--before", default=NUMBER_MAX, help="Go on below this number.", show_default=False)
@click.option("--limit", "most", default=PAGE_MAX, show_default=True, type=click.IntRange(1, PAGE_MAX))
@db_option
@json_option
def search(
    words: tuple[str, ...], kind: str | None, open_only: bool, before: int, most: int, db: Path | str, as_json: bool
) -> None:
    """Matters that have all these WORDS, newest first: id, STAN, RRN, terminal, shop, masked card, words of texts."""
    with desk(db) as side:
        found = _keeper(side).search(" ".join(words), kind or "", open_only, before, most)
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in found]
    show(rows, {"matters": [_said(one) for one in found]}, as_json)


@matter.command("queues")
@db_option
@json_option
def queues(db: Path | str, as_json: bool) -> None:
    """What is open: how many of each kind in each queue, their sum, and the earliest deadline."""
    with desk(db) as side:
        found = _keeper(side).queues()
    rows = [dict(zip(("queue", "kind", "count", "fen", "due_at"), row, strict=True)) for row in found]
    show(rows, {"queues": rows}, as_json)


@matter.command("show")
@click.argument("matter_id", metavar="ID")
@db_option
def shown(matter_id: str, db: Path | str) -> None:
    """Matter ID as it stands, how its payment stands, its hash (for --shown) and its story; always JSON."""
    with desk(db) as side:
        keeper = _keeper(side)
        view, story = keeper.view(matter_id), keeper.story(matter_id)
    document = {"matter": _said(view.matter), "payment": dict(view.payment), "hash": view.hash, "story": story}
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


@matter.command("open")
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@_words
@_document
@click.option("--payment", default="", help="The payment it is about.")
@click.option("--parent", default="", help="The matter it belongs to.")
@click.option("--key", default="", help="Under one key there is one matter: the second call gives the first one.")
@person_options
@db_option
@json_option
def opened(
    kind: str,
    words: tuple[str, ...],
    document: str,
    payment: str,
    parent: str,
    key: str,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """Open a matter of KIND."""
    said = _spoken(words, document)
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        keeper = _keeper(side)
        one = keeper.open(kind, said, by, payment=payment, parent=parent, key=keeper.named(kind, key))
    _tell(one, as_json)


@matter.command("say")
@click.argument("matter_id", metavar="ID")
@click.argument("fact")
@_words
@_document
@click.option("--shown", default="", metavar="HASH", help="The hash that `matter show` gave you, where that is asked.")
@click.option("--preview", is_flag=True, help="Only say whether it would be done, and if not why.")
@person_options
@db_option
@json_option
def say(
    matter_id: str,
    fact: str,
    words: tuple[str, ...],
    document: str,
    shown: str,
    preview: bool,
    actor: str | None,
    password_stdin: bool,
    db: Path | str,
    as_json: bool,
) -> None:
    """Say a FACT of matter ID. Exit 1 when it does not hold; then nothing was done."""
    said = _spoken(words, document)
    with desk(db) as side:
        by = proven(Actors(side), actor, password_stdin).id
        if preview:
            why = _keeper(side).preview(matter_id, fact, said, by, shown)
            click.echo(json.dumps({"done": not why, "why": why}, ensure_ascii=False) if as_json else why or "it holds")
            raise SystemExit(int(bool(why)))
        one = _keeper(side).say(matter_id, fact, said, by, shown)
    _tell(one, as_json)


def _keeper(side: Side) -> Matters:
    return Matters(side, now_ms, Registers(side))


def _said(one: Matter) -> dict[str, Any]:
    return {**asdict(one), "body": dict(one.body)}


def _tell(one: Matter, as_json: bool) -> None:
    click.echo(json.dumps(_said(one), ensure_ascii=False) if as_json else f"{one.id}: {one.state}")


def _spoken(words: tuple[str, ...], document: str) -> dict[str, Any]:
    """The words of a fact. A value that is JSON is that (5, true, ["a"]); any other is text."""
    try:
        said = json.loads(document)
    except ValueError as wrong:
        raise TheirMistake(f"is no JSON: {wrong}", "--words") from None
    if not isinstance(said, dict):
        raise TheirMistake("is no JSON object", "--words")
    for word in words:
        name, mark, value = word.partition("=")
        if not mark or not name:
            raise TheirMistake("is written NAME=VALUE", f"--say {name}")
        try:
            said[name] = json.loads(value)
        except ValueError:
            said[name] = value
    return said
