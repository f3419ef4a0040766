"""Where does the console listen, what does it read, and how strict is it with people? Its own small configuration file.

The console needs no key of the engine: it reads the journal, and acts through the HTTP door in the name of the person
who is signed in. So it has a file of its own, and can stand on a machine of its own.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from chongzheng.console.public.table import PublicTable
from chongzheng.journal.actors import Role
from chongzheng.journal.postgres import is_url
from chongzheng.mistakes import TheirMistake, turned_round

FILE_BYTES_MAX = 64_000
TOKEN_CHARS_MAX = 200
SECRET_BYTES = 48
PRIVATE = 0o600
PORT_MAX = 65_535
BESIDE = "console.token"
HINT = "chongzheng api token create console --scope people"
BESIDE_US = "beside"
DOOR_ENV = "CHONGZHENG_DOOR"
"""How an engine tells the console that it starts where its door is."""
STRICT = ["administrator", "finance", "supervisor"]


def _says(text: str, **limits: int) -> Meta:
    return Meta(description=text, **limits)  # type: ignore[arg-type]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    journal: Annotated[
        str, _says("The journal that the engine writes: a file, or a postgresql:// URL. Only read here.")
    ]
    door: Annotated[
        str,
        Meta(
            pattern=r"^(beside|https?://[^\s/]+)$",
            description="Where the engine's HTTP door is; beside: the engine that starts us says it.",
        ),
    ]
    token_file: Annotated[str, _says("A file, mode 0600, with a token of that door with the scope people.")] = BESIDE
    listen: Annotated[str, Meta(pattern=r"^[^:\s]+:\d{1,5}$", description="Port 0 takes a free one.")] = (
        "127.0.0.1:8600"
    )
    folder: Annotated[str, _says("Where sessions, second factors and lock-outs are kept.")] = "console"
    certificate: Annotated[
        str, _says("Our certificate and its chain (PEM); empty: in the clear, this machine only.")
    ] = ""
    key: Annotated[str, _says("Its private key (PEM), mode 0600.")] = ""
    behind_proxy: Annotated[bool, _says("A proxy in front brings the TLS.")] = False
    second_factor: Annotated[list[Role], _says("Who needs a code of a second device, by role.")] = msgspec.field(
        default_factory=lambda: [Role(word) for word in STRICT]
    )
    idle_min: Annotated[int, _says("Minutes without a click after which a person signs in again.", ge=1, le=480)] = 20
    absolute_hours: Annotated[int, _says("Hours after which they do in any case.", ge=1, le=8)] = 8
    step_up_min: Annotated[int, _says("Minutes for which a proof before an approval counts.", ge=1, le=60)] = 5
    workers: Annotated[int, _says("Processes that make pages.", ge=1, le=16)] = 1
    public: Annotated[PublicTable | None, _says("The page for cardholders, which is served by itself.")] = None
    demo: Annotated[
        str, _says("Of a demonstration: the file with its accounts, shown at the sign-in; empty: none.")
    ] = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The file, checked: paths absolute, the token and the console's own secret read. Neither is ever shown."""

    file: Path
    journal: str
    door: str
    token: str
    secret: str
    listen: tuple[str, int]
    folder: Path
    certificate: Path | None
    key: Path | None
    behind_proxy: bool
    second_factor: frozenset[str]
    idle_ms: int
    absolute_ms: int
    step_up_ms: int
    workers: int
    demo: Path | None = None
    public: PublicTable | None = None

    def __repr__(self) -> str:
        return f"Place({self.file})"

    @property
    def database(self) -> Path:
        """The console's own file: sessions, second factors, lock-outs, saved filters."""
        return self.folder / "console.sqlite"

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach us by https."""
        return self.certificate is not None or self.behind_proxy


def read(path: Path) -> Place:
    """The place that a file describes. TheirMistake: `file: place: what is wrong`."""
    try:
        given = msgspec.convert(tomllib.loads(text_of(path)), _File)
    except tomllib.TOMLDecodeError as error:
        raise TheirMistake(f"is not TOML: {error}", str(path)) from None
    except msgspec.ValidationError as error:
        raise TheirMistake(turned_round(str(error)), str(path)) from None
    here = path.resolve().parent
    host, _, port = given.listen.rpartition(":")
    if int(port) > PORT_MAX:
        raise TheirMistake(f"listen: a port is at most {PORT_MAX}", str(path))
    if bool(given.certificate) != bool(given.key):
        raise TheirMistake("certificate: certificate and key come together", str(path))
    _refuse_clear(given, host, path)
    folder = _private_folder(here / given.folder)
    return Place(
        file=path.resolve(),
        journal=given.journal if is_url(given.journal) else str(here / given.journal),
        door=door_of(given.door, path),
        token=token_of(here / given.token_file, HINT),
        secret=_secret(folder / "secret"),
        listen=(host, int(port)),
        folder=folder,
        certificate=here / given.certificate if given.certificate else None,
        key=here / given.key if given.key else None,
        behind_proxy=given.behind_proxy,
        second_factor=frozenset(map(str, given.second_factor)),
        idle_ms=given.idle_min * 60_000,
        absolute_ms=given.absolute_hours * 3_600_000,
        step_up_ms=given.step_up_min * 60_000,
        workers=given.workers,
        demo=here / given.demo if given.demo else None,
        public=given.public,
    )


def door_of(given: str, path: Path) -> str:
    """Where the door is, as the configuration says it, or as the engine does that starts us."""
    if given != BESIDE_US:
        return given
    told = os.environ.get(DOOR_ENV, "")
    if not told:
        what = 'door: "beside" is for a console that chongzheng up starts; name the door, http://host:port'
        raise TheirMistake(what, str(path))
    return told


def _refuse_clear(given: _File, host: str, path: Path) -> None:
    """Passwords are not sent in the clear: TLS, or this machine only, or a proxy that brings the TLS."""
    try:
        local = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        local = host == "localhost"
    if not given.certificate and not local and not given.behind_proxy:
        what = "listen: beyond this machine it needs certificate and key, or behind_proxy = true"
        raise TheirMistake(what, str(path))


def text_of(path: Path) -> str:
    """What stands in a configuration."""
    try:
        with open(path, "rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"is larger than {FILE_BYTES_MAX} bytes", str(path))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", str(path)) from None


def token_of(path: Path, makes: str) -> str:
    """The token in this file; `makes`: the command that writes one."""
    try:
        if os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise TheirMistake("others may read it; give it mode 0600", str(path))
        text = path.read_text("utf-8").strip()
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror}); write a token there: {makes}", str(path)) from None
    if not text or len(text) > TOKEN_CHARS_MAX or not re.fullmatch(r"[!-~]+", text):
        raise TheirMistake("holds no token of the HTTP door", str(path))
    return text


def _private_folder(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise TheirMistake(f"cannot be made ({error.strerror})", str(path)) from None
    return path


def _secret(path: Path) -> str:
    """Signs cookies and seals what a session holds; made at the first start, and the same for all processes."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return path.read_text("ascii").strip()
    except OSError as error:
        raise TheirMistake(f"cannot be made ({error.strerror})", str(path)) from None
    text = secrets.token_urlsafe(SECRET_BYTES)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return text
