"""Who works here, and what may they do? The command user."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from chongzheng.cli.person import (
    db_option,
    desk,
    json_option,
    now_ms,
    password,
    person_options,
    proven,
    shell_name,
    show,
)
from chongzheng.journal.actors import Actor, Actors, May, Role
from chongzheng.mistakes import TheirMistake

_roles = click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([one.value for one in Role]), help="May repeat."
)


@click.group()
def user() -> None:
    """The register of people: names, roles, passwords, sessions.

    The first administrator is made by whoever sits at the machine; from then on only administrators change the
    register. A password is asked for, or read from stdin; it never stands in a command.
    """


@user.command("add")
@click.argument("actor_id")
@click.option("--name", required=True, help="The person's name.")
@_roles
@person_options
@db_option
def add(
    actor_id: str, name: str, roles: tuple[str, ...], actor: str | None, password_stdin: bool, db: Path | str
) -> None:
    """Enter the person ACTOR_ID. `chongzheng user password` gives a password, without which nobody comes in."""
    with desk(db) as side:
        actors = Actors(side)
        actors.add(actor_id, name, frozenset(map(Role, roles)), _by(actors, actor, password_stdin), now_ms())
    click.echo(f"{actor_id}: added")


@user.command("role")
@click.argument("actor_id")
@_roles
@person_options
@db_option
def role(actor_id: str, roles: tuple[str, ...], actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """Give ACTOR_ID these roles, and no others."""
    with desk(db) as side:
        actors = Actors(side)
        by = proven(actors, actor, password_stdin).id
        actors.change(actor_id, by, now_ms(), roles=frozenset(map(Role, roles)))
    click.echo(f"{actor_id}: {' '.join(sorted(roles))}")


@user.command("disable")
@click.argument("actor_id")
@person_options
@db_option
def disable(actor_id: str, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """ACTOR_ID works here no more; sessions end, what was done stays under the name."""
    _set_active(actor_id, False, actor, password_stdin, db)


@user.command("enable")
@click.argument("actor_id")
@person_options
@db_option
def enable(actor_id: str, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """ACTOR_ID works here again."""
    _set_active(actor_id, True, actor, password_stdin, db)


@user.command("password")
@click.argument("actor_id")
@person_options
@db_option
def new_password(actor_id: str, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    """Give ACTOR_ID a new password: your own, or as an administrator somebody else's.

    With --password-stdin the first line is the password of whoever acts (none for the first administrator's first),
    the next one the new password.
    """
    with desk(db) as side:
        actors = Actors(side)
        by = _by(actors, actor, password_stdin)
        new = password(password_stdin, f"new password of {actor_id}")
        if not password_stdin and password(False, "the same again") != new:
            raise TheirMistake("the two are not the same", "password")
        actors.set_password(actor_id, new, by, now_ms())
    click.echo(f"{actor_id}: has a new password")


@user.command("session")
@person_options
@db_option
@json_option
def session(actor: str | None, password_stdin: bool, db: Path | str, as_json: bool) -> None:
    """Open a session and print its token, once; for CHONGZHENG_SESSION, or the header Person of the HTTP door."""
    if actor is None:
        raise TheirMistake("say who you are with --as ID", "person")
    with desk(db) as side:
        word = password(password_stdin, f"password of {actor}")
        token, expires_at = Actors(side).open_session(actor, word, now_ms())
    click.echo(json.dumps({"session": token, "expires_at": expires_at}) if as_json else token)


@user.command("list")
@db_option
@json_option
def people(db: Path | str, as_json: bool) -> None:
    """Everybody, also those who work here no more."""
    with desk(db) as side:
        rows = [_row(one) for one in Actors(side).all()]
    show(rows, {"actors": rows}, as_json)


@user.command("history")
@click.argument("actor_id")
@db_option
@json_option
def history(actor_id: str, db: Path | str, as_json: bool) -> None:
    """Every change of ACTOR_ID's row, with who made it."""
    with desk(db) as side:
        acts = Actors(side).history(actor_id)
    if not acts:
        raise TheirMistake("there is no person of this id", actor_id)
    rows = [
        {"at": one["at"], "by": one["actor"], "kind": one["kind"], "roles": one.get("roles", "")} for one in acts
    ]
    show(rows, {"actor": actor_id, "history": acts}, as_json)


def _set_active(actor_id: str, active: bool, actor: str | None, password_stdin: bool, db: Path | str) -> None:
    with desk(db) as side:
        actors = Actors(side)
        actors.change(actor_id, proven(actors, actor, password_stdin).id, now_ms(), active=active)
    click.echo(f"{actor_id}: {'enabled' if active else 'disabled'}")


def _by(actors: Actors, actor: str | None, password_stdin: bool) -> str:
    """Whoever acts; while nobody can manage the register, whoever sits at the machine."""
    if actor is None and not any(one.may(May.MANAGE_ACTORS) and one.has_password for one in actors.all()):
        return shell_name()
    return proven(actors, actor, password_stdin).id


def _row(one: Actor) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "roles": sorted(one.roles),
        "active": one.active,
        "has_password": one.has_password,
        "made_at": one.made_at,
    }
