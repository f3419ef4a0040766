"""How does a master key get into the configuration? The command seal-key: components in, a sealed key out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from chongzheng.app import sealed_master_key
from chongzheng.gateway.terminals import master_key_place
from chongzheng.mistakes import TheirMistake
from chongzheng.uplink import link_place

COMPONENTS_MAX = 9
LINE_CHARS_MAX = 64


@click.command("seal-key")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The configuration it is for.")
@click.option("--terminal", help="A terminal's master key: its number …")
@click.option("--merchant", help="… and its merchant.")
@click.option("--link", help="A host link's master key: our terminal number on it.")
def seal_key(path: Path, terminal: str | None, merchant: str | None, link: str | None) -> None:
    """Seal a master key for the configuration.

    Reads the key's components from standard input, one line of hex each (one line: the key itself), and adds them up
    bit by bit. Prints the sealed key on standard output and its check value on standard error.
    """
    if link is not None and terminal is None and merchant is None:
        place = link_place(link)
    elif link is None and terminal is not None and merchant is not None:
        place = master_key_place(merchant, terminal)
    else:
        raise TheirMistake("say --terminal and --merchant, or --link", "seal-key")
    sealed, check_value = sealed_master_key(path, _components(), place)
    click.echo(sealed.hex())
    click.echo(f"check value {check_value.hex().upper()}", err=True)


def _components() -> bytes:
    """All lines of hex, exclusive-ored. What was typed is never repeated in an error."""
    key = b""
    for number, line in enumerate(sys.stdin, start=1):
        text = line.strip()
        if number > COMPONENTS_MAX or len(text) > LINE_CHARS_MAX:
            raise TheirMistake(f"at most {COMPONENTS_MAX} lines of {LINE_CHARS_MAX} characters", "standard input")
        try:
            part = bytes.fromhex(text)
        except ValueError:
            raise TheirMistake("is not hex", f"standard input, line {number}") from None
        if key and len(part) != len(key):
            raise TheirMistake("has another length than the line before", f"standard input, line {number}")
        key = bytes(a ^ b for a, b in zip(key, part, strict=True)) if key else part
    return key
