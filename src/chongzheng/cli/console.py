"""How is the web desk for people started, and whose second factor is taken away? The command console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chongzheng.cli.addresses import announce
from chongzheng.mistakes import TheirMistake

if TYPE_CHECKING:
    from chongzheng.console.place import Place

_config = click.option(
    "--config",
    envvar="CHONGZHENG_CONSOLE",
    type=click.Path(path_type=Path),
    required=True,
    help="The console's own configuration (TOML), see docs/console.md; may also stand in CHONGZHENG_CONSOLE.",
)


@click.group("console", invoke_without_command=True)
@_config
@click.option("--address-file", type=click.Path(path_type=Path), help="Write the address there too, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="The address as one JSON document on stdout.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input ends: an engine started us.")
@click.pass_context
def console(context: click.Context, config: Path, address_file: Path | None, as_json: bool, with_parent: bool) -> None:
    """Serve the web desk: it reads the journal and acts through the HTTP door of an engine.

    Prints its address and runs until it is told to stop (SIGTERM or Ctrl-C).
    """
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    from chongzheng.console import frame, listening, place, serving
    from chongzheng.console.reading import Sight
    from chongzheng.journal import showroom

    if with_parent:
        listening.end_with_parent()
    here = place.read(config)
    sight = Sight(here.journal, frame.wall_clock_ms)  # a journal that cannot be read is one line now, not many later
    try:
        _refuse_strangers(here, showroom.declared(sight.side))
    finally:
        sight.close()
    serving.prepare(here)
    address = listening.address_of(here)
    announce({"console": listening.url_of(here, address)}, address_file, as_json)
    serving.server(here, address).serve()


def _refuse_strangers(here: Place, is_demo: bool) -> None:
    if is_demo and here.demo is None:
        what = "is a demonstration, with accounts that were printed; chongzheng up --demo opens it"
        raise TheirMistake(what, here.journal)
    if here.demo is not None and not is_demo:
        raise TheirMistake("demo: the journal is no demonstration; leave this line away", str(here.file))


@console.command("forget-factor")
@click.argument("actor_id")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
@click.pass_obj
def forget_factor(config: Path, actor_id: str, as_json: bool) -> None:
    """Take the second factor of ACTOR_ID away, who lost the device; the next sign-in asks for a new one."""
    from chongzheng.console import frame, place

    here = place.read(config)
    frame.set_up(here)
    frame.make_tables(here)
    from chongzheng.console.factors import forget

    taken = forget(actor_id)
    if not taken:
        raise TheirMistake("has no second factor here", actor_id)
    click.echo(json.dumps({"actor": actor_id, "taken": taken}) if as_json else f"{actor_id}: asked for a new one")
