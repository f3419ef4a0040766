"""How does the table [notices] become the house that notices leave: outlets, people, texts, and what is always said?"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chongzheng.mistakes import TheirMistake
from chongzheng.notices.catalogue import with_own
from chongzheng.notices.mail import Mail, MailServer
from chongzheng.notices.outlets import Outlet, secret
from chongzheng.notices.posting import Hook, Place, Receiver, Room, Sms, SmsGateway
from chongzheng.notices.sending import House


def house_of(section: Any, days_off: Callable[[str, str], frozenset[str]]) -> House:
    """The house of a section. `days_off`: those between two days (yyyymmdd). TheirMistake, at its place in the file:
    what cannot be followed."""
    outlets: dict[str, Outlet] = {}
    for where, name, outlet in _outlets(section):
        if name in outlets:
            raise TheirMistake("two outlets have this name", f"{where}.name")
        outlets[name] = outlet
    for who, address in section.people.items():
        if address.partition(":")[0] not in outlets:
            raise TheirMistake(f"names no outlet; there are {', '.join(outlets) or 'none'}", f"notices.people.{who}")
    templates = with_own(Path(section.texts) if section.texts else None)
    values = {"contact": section.contact, "complaints": section.complaints or section.contact}
    return House(templates, outlets, dict(section.people), values, section.language, days_off)


def _outlets(section: Any) -> Iterator[tuple[str, str, Outlet]]:
    """(place in the file, name, outlet) of each; a secret that cannot be read is refused now and not at night."""
    for one in section.mail:
        where = f"notices.mail.{one.name}"
        _try(where, "password", one.password)
        if one.tls == "none" and not _is_here(one.host):
            raise TheirMistake("is for a server on this machine only", f"{where}.tls")
        server = MailServer(one.host, one.port, one.tls, one.sender, one.user, one.password, one.authorities)
        yield where, one.name, Mail(server)
    for one in section.sms:
        where = f"notices.sms.{one.name}"
        _try(where, "secret", one.secret)
        _refuse_clear(where, "url", one.url)
        yield where, one.name, Sms(SmsGateway(one.url, one.body, one.headers, one.ok_field, one.ok_value, one.secret))
    for one in section.room:
        where = f"notices.room.{one.name}"
        _try(where, "token", one.token)
        _refuse_clear(where, "base", one.base)
        _try(where, "secret", one.secret)
        yield where, one.name, Room(Place(one.kind, one.base, one.token, one.secret))
    for one in section.hook:
        where = f"notices.hook.{one.name}"
        _try(where, "secret", one.secret)
        _refuse_clear(where, "url", one.url)
        yield where, one.name, Hook(Receiver(one.url, one.secret))


def _try(where: str, name: str, path: str) -> None:
    try:
        secret(path)
    except TheirMistake as mistake:
        raise TheirMistake(f"{mistake.where} {mistake.what}", f"{where}.{name}") from None


def _refuse_clear(where: str, name: str, url: str) -> None:
    """What people are told, and our secrets, leave this machine only under TLS."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_here(parts.hostname or ""):
        raise TheirMistake("is in the clear; beyond this machine it takes https", f"{where}.{name}")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
