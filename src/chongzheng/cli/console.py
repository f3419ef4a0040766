"""How is the web desk for people started, and whose second factor is taken away? The command console."""

from __future__ import annotations

import json
from pathlib import Path

import click

from chongzheng.cli.run import announce
from chongzheng.mistakes import TheirMistake

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
@click.pass_context
def console(context: click.Context, config: Path, address_file: Path | None, as_json: bool) -> None:
    """Serve the web desk: it reads the journal and acts through the HTTP door of an engine.

    Prints its address and runs until it is told to stop (SIGTERM or Ctrl-C).
    """
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    from chongzheng.console import frame, place, serving
    from chongzheng.console.reading import Sight

    here = place.read(config)
    Sight(
        here.journal, frame.wall_clock_ms
    ).close()  # a journal that cannot be read is one line now, not refusals later
    serving.prepare(here)
    address = serving.address_of(here)
    scheme = "https" if here.certificate is not None else "http"
    announce({"console": f"{scheme}://{address[0]}:{address[1]}"}, address_file, as_json)
    serving.server(here, address).serve()


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
