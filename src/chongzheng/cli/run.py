"""How is the engine started, stopped, and set up for the first time? The command up."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

from chongzheng.app import Engine, engine_of
from chongzheng.beside import Wanted, beside, refuse_strangers, wanted
from chongzheng.cli.addresses import announce
from chongzheng.first import first_configuration
from chongzheng.gateway import logs
from chongzheng.mistakes import TheirMistake
from chongzheng.settings import journal_and_desk

EXIT_NO = 1
COLLECT_AFTER = (100_000, 50, 100)
"""New objects until the collector looks for cycles among them; how many such looks until it looks further."""
FILES_WANTED = 16_384


@click.command("up")
@click.option("--config", type=click.Path(path_type=Path), help="The configuration file (TOML).")
@click.option("--address-file", type=click.Path(path_type=Path), help="Write the addresses there too, as JSON.")
@click.option("--init", "folder", type=click.Path(path_type=Path), help="Write a first configuration with fresh keys.")
@click.option("--demo", is_flag=True, help="A working day to look at: a bank, terminals, accounts for every role.")
@click.option("--keep", type=click.Path(path_type=Path), help="Of --demo: keep the day in this new folder.")
@click.option("--json", "as_json", is_flag=True, help="The addresses as one JSON document on stdout.")
def up(
    config: Path | None, address_file: Path | None, folder: Path | None, demo: bool, keep: Path | None, as_json: bool
) -> None:
    """Start the engine, its HTTP door and the web desk: every payment is taken to its proof.

    Prints its addresses and runs until it is told to stop (SIGTERM or Ctrl-C). `--init DIR` writes a commented
    configuration with fresh keys to begin with. `--demo` needs nothing: it makes a bank, terminals and a desk of its
    own, and prints the accounts to sign in with; beside `--config` it opens a day that `--demo --keep` made.
    """
    if folder is not None:
        _init(folder, as_json)
        return
    if demo and config is None:
        from chongzheng.cli.up import day

        day(keep, address_file, as_json)
        return
    if config is None:
        raise TheirMistake("is missing; name a configuration, or make a first one with up --init DIR", "--config")
    _raise_file_limit()
    journal, desk, api = journal_and_desk(config)
    refuse_strangers(journal, demo)
    what, engine = wanted(journal, desk, api), engine_of(config)
    logs.configure(engine.log_form)  # standard output is for addresses; what is worth knowing goes to standard error
    failure = _run(engine, what, address_file, as_json)
    if failure:
        click.echo(f"chongzheng: {failure}; start it again once the cause is mended", err=True)
        sys.exit(EXIT_NO)


def _run(engine: Engine, what: Wanted | None, address_file: Path | None, as_json: bool) -> str:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(engine, what, address_file, as_json))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it is installed; it halves the cost of a frame."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _serve(engine: Engine, what: Wanted | None, address_file: Path | None, as_json: bool) -> str:
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with beside(what) as desk:
        await engine.start()
        _collect_seldom()
        try:
            first = await desk.ready(engine.addresses.get("api", ""))
            announce({**first, **engine.addresses}, address_file, as_json)
            waits = [loop.create_task(told.wait()), loop.create_task(engine.failed.wait())]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        finally:
            await engine.stop()
    return engine.failure


def _collect_seldom() -> None:
    """An engine makes no cycles worth naming, but holds 100,000 objects: looking for garbage cost it a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _raise_file_limit() -> None:
    """A connection is an open file, and systems begin with 1,024 of those."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _init(folder: Path, as_json: bool) -> None:
    made = first_configuration(folder)
    if as_json:
        click.echo(json.dumps({name: str(path) for name, path in made.items()}))
        return
    for name, path in made.items():
        click.echo(f"{name:<14} {path}")
    click.echo(f"next: set the bank's address in it, then chongzheng up --config {made['configuration']}")
