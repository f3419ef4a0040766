"""Where does the public page listen and which door does it ask? Read from console.toml, without what the desk needs."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from chongzheng.console import place as desk
from chongzheng.console.public.table import PublicTable
from chongzheng.mistakes import TheirMistake, turned_round


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """Of console.toml what the public page needs; whatever else stands there is the desk's."""

    door: str
    public: PublicTable


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """The table, checked: paths absolute, the token read and never shown."""

    file: Path
    door: str
    token: str
    listen: tuple[str, int]
    certificate: Path | None
    key: Path | None
    table: PublicTable

    def __repr__(self) -> str:
        return f"PublicPlace({self.file})"

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach us by https."""
        return self.certificate is not None or self.table.behind_proxy


def read(path: Path) -> PublicPlace:
    """The place that a console.toml describes. TheirMistake: `file: place: what is wrong`."""
    given = _given(path)
    table, here = given.public, path.resolve().parent
    host, _, port = table.listen.rpartition(":")
    if int(port) > desk.PORT_MAX:
        raise TheirMistake(f"public.listen: a port is at most {desk.PORT_MAX}", str(path))
    if bool(table.certificate) != bool(table.key):
        raise TheirMistake("public.certificate: certificate and key come together", str(path))
    if not table.certificate and not table.behind_proxy and not _is_here(host):
        what = "public.listen: beyond this machine it needs certificate and key, or behind_proxy = true"
        raise TheirMistake(what, str(path))
    return PublicPlace(
        file=path.resolve(),
        door=desk.door_of(given.door, path),
        token=desk.token_of(here / table.token_file, "chongzheng api token create public --scope public"),
        listen=(host, int(port)),
        certificate=here / table.certificate if table.certificate else None,
        key=here / table.key if table.key else None,
        table=table,
    )


def _given(path: Path) -> _File:
    try:
        told: dict[str, Any] = tomllib.loads(desk.text_of(path))
        if "public" not in told:
            raise TheirMistake("public: is missing; a table [public] says where the page listens", str(path))
        return msgspec.convert(told, _File)
    except tomllib.TOMLDecodeError as error:
        raise TheirMistake(f"is not TOML: {error}", str(path)) from None
    except msgspec.ValidationError as error:
        raise TheirMistake(turned_round(str(error)), str(path)) from None


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def named_by(environment: str) -> PublicPlace:
    """The place whose file this variable of the environment names."""
    return read(Path(os.environ[environment]))
