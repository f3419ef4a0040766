"""Which files lie on the bank's or the network's SFTP server that we have not fetched, and how do they get here whole?

A file is fetched under a name that the inbox does not look at, and appears there under its own in one instant. What was
fetched is remembered by name, size and time of change, beside the inbox, so a file that is changed on the server comes
again; whether its content is new the journal knows. Only the server whose key is known is spoken to.
"""

from __future__ import annotations

import asyncio
import fnmatch
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chongzheng.gateway.counts import Counts
from chongzheng.mistakes import TheirMistake

if TYPE_CHECKING:
    import asyncssh

CONNECT_WAIT_S = 20
FETCH_WAIT_S = 600
FILES_MAX = 1_000
"""Files fetched in one go."""
FILE_BYTES_MAX = 1 << 30
REMEMBERED_MAX = 100_000
CONTROL_SUFFIX = ".ctl"
OURS_ALONE = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Server:
    """A server, who we are there, and what to fetch. `known_hosts`, `key`, `password` are paths of files."""

    name: str
    host: str
    port: int
    user: str
    known_hosts: str
    key: str
    password: str
    folder: str
    pattern: str


class Fetcher:
    """A chore that fetches what is new, on a thread and a loop of its own, so that no payment waits for its ciphers.

    TheirMistake at once: the extra is not installed, or a file of secrets is open to others.
    """

    def __init__(self, server: Server, inbox: Path, counts: Counts) -> None:
        if find_spec("asyncssh") is None:
            raise TheirMistake("needs the extra sftp: pip install 'chongzheng[sftp]'", "settlement.sftp")
        if bool(server.key) is bool(server.password):
            raise TheirMistake("needs either a key or a password file", f"settlement.sftp.{server.name}")
        _refuse_open(Path(server.key or server.password))
        if not Path(server.known_hosts).is_file():
            raise TheirMistake("is not there; it holds the server's host key", server.known_hosts)
        self._server, self._inbox, self._counts = server, inbox, counts
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[list[str]]] | None = None

    def __call__(self) -> None:
        """Fetch; blocks. TheirMistake: it could not be done."""
        with asyncio.Runner() as runner, suppress(asyncio.CancelledError):
            for name in runner.run(self._fetch()):
                self._counts.note("clearing file fetched", name)

    async def _fetch(self) -> list[str]:
        task = asyncio.ensure_future(fetch_new(self._server, self._inbox))
        self._running = (asyncio.get_running_loop(), task)
        try:
            return await task
        finally:
            self._running = None

    def stop(self) -> None:
        """Let a fetch that is under way go; from any thread. It begins anew another time."""
        running = self._running
        if running is not None:
            with suppress(RuntimeError):  # its loop ended meanwhile
                running[0].call_soon_threadsafe(running[1].cancel)


async def fetch_new(server: Server, inbox: Path) -> list[str]:
    """Fetch every file that matches and was not fetched as it is now; their names. TheirMistake: the server cannot be
    reached, is another, or lets us not in."""
    import asyncssh

    try:
        async with (
            asyncio.timeout(FETCH_WAIT_S),
            _connected(server) as connection,
            connection.start_sftp_client() as sftp,
        ):
            return await _Fetch(server, inbox, sftp).all()
    except asyncssh.HostKeyNotVerifiable:
        raise TheirMistake("is not the server whose key is known; nothing was fetched", server.name) from None
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise TheirMistake(f"cannot be fetched from ({type(error).__name__})", server.name) from None


def _connected(server: Server) -> Any:
    import asyncssh

    by_password: dict[str, Any] = {"client_keys": None, "password": _secret(server.password)} if server.password else {}
    secret = by_password or {"client_keys": [server.key]}
    return asyncssh.connect(
        server.host, server.port, username=server.user, known_hosts=server.known_hosts, config=None,
        agent_path=None, connect_timeout=CONNECT_WAIT_S, **secret,
    )  # fmt: skip


class _Fetch:
    """One visit."""

    def __init__(self, server: Server, inbox: Path, sftp: asyncssh.SFTPClient) -> None:
        self._server, self._inbox, self._sftp = server, inbox, sftp
        self._memory = inbox / f".fetched-{server.name}"
        self._known: dict[str, str] = _remembered(self._memory)

    async def all(self) -> list[str]:
        """Control files before the files they vouch for, so that a whole pair is there at once."""
        found = []
        for entry in await self._sftp.readdir(self._server.folder):
            name, attrs = str(entry.filename), entry.attrs
            is_file = attrs.permissions is None or stat.S_ISREG(attrs.permissions)
            if is_file and _is_wanted(name, self._server.pattern):
                found.append((not name.endswith(CONTROL_SUFFIX), name, attrs))
        new = []
        for _, name, attrs in sorted(found, key=lambda one: one[:2])[:FILES_MAX]:
            mark = f"{attrs.size} {attrs.mtime}"
            if self._known.get(name) != mark and await self._fetch(name, attrs):
                self._known[name] = mark
                _remember(self._memory, self._known)
                new.append(name)
        return new

    async def _fetch(self, name: str, attrs: Any) -> bool:
        """Whether it is here now, whole. One that is still growing, or too large, waits for another day."""
        if (attrs.size or 0) > FILE_BYTES_MAX:
            return False
        draft, remote = self._inbox / f".{name}.part", f"{self._server.folder}/{name}"
        before = await self._sftp.stat(remote)
        await self._sftp.get(remote, str(draft))
        after = await self._sftp.stat(remote)
        whole = before.size == after.size == draft.stat().st_size and before.mtime == after.mtime
        if whole:
            draft.replace(self._inbox / name)
        else:
            draft.unlink(missing_ok=True)
        return whole


def _is_wanted(name: str, pattern: str) -> bool:
    plain = name == os.path.basename(name) and not name.startswith(".") and name.isprintable()
    return plain and fnmatch.fnmatchcase(name.removesuffix(CONTROL_SUFFIX), pattern)


def _remembered(path: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known


def _remember(path: Path, known: dict[str, str]) -> None:
    """The newest names; what is forgotten comes again, and the journal knows it."""
    kept = dict(list(known.items())[-REMEMBERED_MAX:])
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    draft.replace(path)


def _refuse_open(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    if mode & OURS_ALONE:
        raise TheirMistake("may be read by others; chmod 600 it", str(path))


def _secret(path: str) -> str:
    return Path(path).read_text("utf-8").strip()
