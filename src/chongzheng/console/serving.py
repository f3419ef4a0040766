"""How is the console served: on which address, by how many processes, and how does it stop?"""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

from granian import Granian

from chongzheng.console import frame, listening, place
from chongzheng.mistakes import OurMistake

CONFIG_ENV = "CHONGZHENG_CONSOLE"
THREADS = 4


def application() -> Any:
    """The WSGI application of this process, for the configuration that the environment names."""
    frame.set_up(place.read(Path(os.environ[CONFIG_ENV])))
    threading.Thread(target=_warm, daemon=True, name="warm").start()
    return listening.with_static(frame.HERE / "static", "static/")


def _warm() -> None:
    from chongzheng.console.views.live import warm  # views can be loaded when Django is set up

    warm()


def prepare(here: place.Place) -> None:
    """Make the console's tables, in a process that ends with it: the one that starts the others must hold nothing open.

    OurMistake: it could not be done.
    """
    one = multiprocessing.get_context("fork").Process(target=_tables, args=(here.file,))
    one.start()
    one.join()
    if one.exitcode:
        raise OurMistake("the tables of the console could not be made", str(here.database))


def _tables(config: Path) -> None:
    here = place.read(config)
    frame.set_up(here)
    frame.make_tables(here)


def server(here: place.Place, address: tuple[str, int]) -> Granian:
    """The server, not yet started; its processes make the application anew from the configuration."""
    return listening.server("chongzheng.console.serving:application", CONFIG_ENV, here, address, here.workers, THREADS)
