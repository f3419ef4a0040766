"""How is the page for cardholders started, and which link goes onto a slip or a letter? The command public."""

from __future__ import annotations

import json
from pathlib import Path

import click

from chongzheng.cli.addresses import announce
from chongzheng.mistakes import TheirMistake

PICTURE_SCALE = 6


@click.group("public")
def public() -> None:
    """The page on which cardholders look up a payment and complain, without an account."""


@public.command("serve")
@click.option(
    "--config",
    envvar="CHONGZHENG_CONSOLE",
    type=click.Path(path_type=Path),
    required=True,
    help="A console.toml with a table [public] and the door; may also stand in CHONGZHENG_CONSOLE.",
)
@click.option("--address-file", type=click.Path(path_type=Path), help="Write the address there too, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="The address as one JSON document on stdout.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input ends: an engine started us.")
def serve(config: Path, address_file: Path | None, as_json: bool, with_parent: bool) -> None:
    """Serve the public page alone: it asks the HTTP door, knows no journal, and no way leads from it to the desk.

    Prints its address and runs until it is told to stop (SIGTERM or Ctrl-C).
    """
    from chongzheng.console import listening
    from chongzheng.console.public import place, serving

    if with_parent:
        listening.end_with_parent()
    here = place.read(config)
    address = listening.address_of(here)
    announce({"public": listening.url_of(here, address)}, address_file, as_json)
    serving.server(here, address).serve()


@public.command("link")
@click.argument("payment")
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The engine's configuration (TOML).")
@click.option("--address", required=True, help="What the public page is called outside: https://host")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the code for a slip there, as a picture.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def link(payment: str, config: Path, address: str, svg: Path | None, as_json: bool) -> None:
    """The signed link of PAYMENT: whoever has it sees where the money is, and nothing else."""
    from chongzheng.api.public import code_of
    from chongzheng.app import door_place
    from chongzheng.journal import Reader, Vault

    journal, keys = door_place(config)
    vault, reader = Vault.from_file(keys), Reader.open(journal)
    try:
        if reader.payment(payment) is None:
            raise TheirMistake("there is no such payment", payment)
    finally:
        reader.close()
    code = code_of(payment, vault.index)
    url = f"{address.rstrip('/')}/q/{code}"
    if svg is not None:
        _draw(url, svg)
    click.echo(json.dumps({"payment": payment, "code": code, "url": url}) if as_json else url)


def _draw(url: str, svg: Path) -> None:
    import segno

    try:
        segno.make(url, error="m").save(str(svg), kind="svg", scale=PICTURE_SCALE, border=4, light="#fff")
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(svg)) from None
