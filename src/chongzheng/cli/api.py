"""Who may use the HTTP door, and who is told of changes? The command api."""

from __future__ import annotations

import getpass
import json
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chongzheng.app import door_place
from chongzheng.cli.addresses import announce
from chongzheng.journal import Vault
from chongzheng.journal.doors import SCOPES, Doors
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reception import Reception

EXIT_NO = 1
PER_MINUTE = 600
LOOK_EVERY_S = 1
"""How often a door that stands alone looks whether it is still well."""

_config = click.option(
    "--config",
    envvar="CHONGZHENG_CONFIG",
    type=click.Path(path_type=Path),
    required=True,
    help="The engine's configuration (TOML); may also stand in CHONGZHENG_CONFIG. The engine may be running.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
_merchants = click.option("--merchant", "merchants", multiple=True, help="Only this merchant's payments; may repeat.")


@click.group("api")
def api() -> None:
    """The HTTP door: its tokens, its webhooks, and the door alone.

    An engine serves the door itself where its configuration has a table [api]. `chongzheng api serve` serves it without
    an engine, for journals in PostgreSQL: any number of them, beside any number of engines.
    """


@api.command("serve")
@_config
@click.option("--address-file", type=click.Path(path_type=Path), help="Write the address there too, as JSON.")
@_json
def serve(config: Path, address_file: Path | None, as_json: bool) -> None:
    """Serve the HTTP door alone: facts go to the engines on the same database, answers come from it.

    Prints its address and runs until it is told to stop (SIGTERM or Ctrl-C).
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    door = Reception(config)
    try:
        announce({"api": door.start()}, address_file, as_json)
        while not told.wait(LOOK_EVERY_S) and door.well():
            pass
    finally:
        door.stop()
    if not told.is_set():
        click.echo("chongzheng: the database or the door is gone; start it again once the cause is mended", err=True)
        sys.exit(EXIT_NO)


@api.group()
def token() -> None:
    """Who may come in."""


@token.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="May repeat.")
@_merchants
@click.option("--per-minute", default=PER_MINUTE, show_default=True, type=int, help="Requests in a minute.")
@_config
@_json
def create(
    name: str, scopes: tuple[str, ...], merchants: tuple[str, ...], per_minute: int, config: Path, as_json: bool
) -> None:
    """Make the token NAME and print it, once: only its hash is kept."""
    for merchant in merchants:
        _check_merchant(merchant)
    side, doors, _ = _open(config)
    try:
        text = doors.make_token(name, frozenset(scopes), frozenset(merchants), per_minute, _now(), _who())
    finally:
        side.close()
    click.echo(json.dumps({"name": name, "token": text, "scopes": sorted(scopes)}) if as_json else text)


@token.command("list")
@_config
@_json
def tokens(config: Path, as_json: bool) -> None:
    """All tokens, revoked ones too; never their text."""
    side, doors, _ = _open(config)
    try:
        found = doors.tokens()
    finally:
        side.close()
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "scopes": sorted(one.scopes),
            "merchants": sorted(one.merchants),
            "per_minute": one.per_minute,
            "made_at": one.made_at,
            "revoked_at": one.revoked_at,
        }
        for one in found
    ]
    _show(rows, {"tokens": rows}, as_json)


@token.command("revoke")
@click.argument("name")
@_config
def revoke(name: str, config: Path) -> None:
    """End the token NAME (or its id) for good; a door that knows it forgets it within seconds."""
    side, doors, _ = _open(config)
    try:
        done = doors.revoke(name, _now(), _who())
    finally:
        side.close()
    if not done:
        raise TheirMistake("there is no such token, or it was revoked before", name)
    click.echo(f"{name}: revoked")


@api.group()
def webhook() -> None:
    """Who is told of changes."""


@webhook.command("add")
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, help="Only events of this kind; may repeat. None: all.")
@_merchants
@_config
@_json
def add(url: str, kinds: tuple[str, ...], merchants: tuple[str, ...], config: Path, as_json: bool) -> None:
    """Tell URL of changes from now on; prints the secret that signatures are checked with, once."""
    for merchant in merchants:
        _check_merchant(merchant)
    side, doors, outbox = _open(config)
    try:
        name, secret = outbox.add(url, frozenset(kinds), frozenset(merchants), _now())
        doors.note(_now(), _who(), "webhook added", name, url)
    finally:
        side.close()
    click.echo(json.dumps({"webhook": name, "secret": secret}) if as_json else f"webhook {name}\nsecret  {secret}")


@webhook.command("list")
@_config
@_json
def webhooks(config: Path, as_json: bool) -> None:
    """All webhooks and how many deliveries wait, are done, or were given up."""
    side, _, outbox = _open(config)
    try:
        hooks, counts = outbox.webhooks(), outbox.counts()
    finally:
        side.close()
    rows: list[dict[str, Any]] = [
        {
            "id": hook.id,
            "url": hook.url,
            "kinds": sorted(hook.kinds),
            "merchants": sorted(hook.merchants),
            "made_at": hook.made_at,
            "stopped_at": hook.stopped_at,
            **{state: counts.get(hook.id, {}).get(state, 0) for state in ("waiting", "done", "given up")},
        }
        for hook in hooks
    ]
    _show(rows, {"webhooks": rows}, as_json)


@webhook.command("remove")
@click.argument("webhook_id")
@_config
def remove(webhook_id: str, config: Path) -> None:
    """Tell the webhook WEBHOOK_ID nothing more, not even what is waiting for it."""
    side, doors, outbox = _open(config)
    try:
        done = outbox.stop(webhook_id, _now())
        if done:
            doors.note(_now(), _who(), "webhook removed", webhook_id, "")
    finally:
        side.close()
    if not done:
        raise TheirMistake("there is no such webhook, or it was removed before", webhook_id)
    click.echo(f"{webhook_id}: removed")


@webhook.command("replay")
@click.argument("webhook_id")
@click.option("--since", required=True, help="From when on, like 2026-11-22T10:00:00+08:00.")
@click.option("--until", help="Until when; now, if not given.")
@_config
def replay(webhook_id: str, since: str, until: str | None, config: Path) -> None:
    """Tell the webhook WEBHOOK_ID again what happened in a time, under the same event ids."""
    begin, end = _instant(since, "--since"), _instant(until, "--until") if until else _now()
    side, doors, outbox = _open(config)
    try:
        outbox.replay(webhook_id, begin, end)
        doors.note(_now(), _who(), "webhook replayed", webhook_id, f"{begin} to {end}")
    finally:
        side.close()
    click.echo(f"{webhook_id}: told again by the engine that is running, or the next one")


def _open(config: Path) -> tuple[Side, Doors, Outbox]:
    place, keys = door_place(config)
    side = Side.open(place)
    return side, Doors(side), Outbox(side, Vault.from_file(keys))


def _check_merchant(text: str) -> None:
    if not (0 < len(text) <= 15 and text.isascii() and text.isprintable() and " " not in text):
        raise TheirMistake("a merchant number is 1 to 15 visible characters", "--merchant")


def _instant(text: str, where: str) -> int:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise TheirMistake("must be like 2026-11-22T10:00:00+08:00", where) from None
    if when.tzinfo is None:
        raise TheirMistake("says no zone; write it like 2026-11-22T10:00:00+08:00", where)
    return int(when.astimezone(UTC).timestamp()) * 1000


def _show(rows: list[dict[str, Any]], document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document))
        return
    table = Table(*(rows[0] if rows else ["none"]), show_lines=False)
    for row in rows:
        table.add_row(*(escape(_cell(name, value)) for name, value in row.items()))
    Console(file=sys.stdout).print(table)


def _cell(name: str, value: Any) -> str:
    if name.endswith("_at"):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="seconds") if value is not None else "-"
    return (" ".join(value) or "all") if isinstance(value, list) else str(value)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _who() -> str:
    """Whoever sits at this shell; the audit names them."""
    try:
        return f"shell:{getpass.getuser()}"
    except (OSError, KeyError):
        return "shell:unknown"
