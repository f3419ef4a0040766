"""How do the tables [host], [[host.links]], [keybox] and [outage] become a key box, terminals, links, and a pace?

What the configuration asks for and the pieces cannot do together is refused here, before anything is opened.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from chongzheng.gateway.breaker import Trip
from chongzheng.gateway.business_day import Calendar
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.cup_pos import CupPos
from chongzheng.gateway.cups import Cups
from chongzheng.gateway.host import Ears, HostLink, LinkSettings
from chongzheng.gateway.iso87 import Iso87
from chongzheng.gateway.keybox import KeyBox, Software
from chongzheng.gateway.links import LINKS_MAX, Links
from chongzheng.gateway.numbers import Execute, Named, NumberBook, unnamed
from chongzheng.gateway.pacing import Pace
from chongzheng.gateway.profile import LINK, Party, Profile
from chongzheng.gateway.terminals import Terminal, master_key_place, terminal_of
from chongzheng.iso8583 import CupEnvelope
from chongzheng.journal import Journal, Vault
from chongzheng.mistakes import TheirMistake

MAIN = "main"
"""The name of the link that [host] itself describes."""
SOFTWARE, HARDWARE = "software", "pkcs11"
TERMINAL_CHARS, MERCHANT_CHARS = 8, 15


def link_place(terminal: str) -> str:
    """What the sealed master key of a host link is bound to."""
    return f"link:{terminal}"


def key_box(section: Any, vault: Vault) -> KeyBox:
    """The box that [keybox] names. TheirMistake when the module is not there or does not open."""
    if section.kind == SOFTWARE:
        return Software(vault)
    try:
        from chongzheng.gateway.hsm import open_module
    except ImportError:
        raise TheirMistake("needs the package python-pkcs11: pip install 'chongzheng[hsm]'", "keybox.kind") from None
    try:
        return open_module(section.module, section.label, Path(section.pin_file))
    except TheirMistake as mistake:
        raise TheirMistake(f"{mistake.where}: {mistake.what}", "keybox") from None


def sealed_master_key(section: Any, vault: Vault, clear: bytes, place: str) -> tuple[bytes, bytes]:
    """A clear master key as the configuration may hold it for `place`, and its check value."""
    box = key_box(section, vault)
    try:
        sealed = box.seal_master(clear, place)
        return sealed, box.check_value(box.master(sealed, place))
    finally:
        box.close()


def refuse_what_does_not_fit(host: Any, pos: Any, keybox: Any) -> None:
    """TheirMistake for settings that are right by themselves and wrong together."""
    if pos.pin == "translate" and keybox.kind != HARDWARE:
        raise TheirMistake('"translate" needs [keybox] kind = "pkcs11": software must not open a PIN block', "pos.pin")
    if host.dialect != "cup-pos":
        for name in ("acquirer", "forwarder", "receiver"):
            if not getattr(host, name):
                raise TheirMistake(f"must be given for {host.dialect}", f"host.{name}")
    names = [MAIN, *(link.name for link in host.links)]
    if len(set(names)) != len(names):
        raise TheirMistake("two links have the same name", "host.links")
    if len(names) > LINKS_MAX:
        raise TheirMistake(f"{len(names)} links, {LINKS_MAX} are possible", "host.links")


def profile_of(host: Any, terminal: str, merchant: str) -> Profile:
    """The dialect of [host], spoken by this party."""
    words = ("acquirer", "forwarder", "receiver", "mcc", "service", "undo_type", "inquiry_code")
    party = Party(
        terminal=terminal.ljust(TERMINAL_CHARS),
        merchant=merchant.ljust(MERCHANT_CHARS),
        **{word: getattr(host, word) for word in words},
    )
    if host.dialect == "cup-pos":
        return CupPos(party, CupEnvelope(bytes.fromhex(host.tpdu), bytes.fromhex(host.header)))
    return Cups(party) if host.dialect == "cups" else Iso87(host.dialect, party)


def link_settings(host: Any, box: KeyBox, tls: ssl.SSLContext | None) -> list[LinkSettings]:
    """The link of [host] and those of [[host.links]], their master keys opened; what a link leaves out is [host]'s."""
    made = [_link(host, host, MAIN, box, tls, "host")]
    return made + [_link(host, link, link.name, box, tls, f"host.links.{link.name}") for link in host.links]


def _link(host: Any, link: Any, name: str, box: KeyBox, tls: ssl.SSLContext | None, where: str) -> LinkSettings:
    terminal = link.terminal or host.terminal
    sealed = link.master_key or host.master_key
    try:
        master = box.master(bytes.fromhex(sealed), link_place(terminal))
    except TheirMistake as mistake:
        raise TheirMistake(mistake.what, f"{where}.master_key") from None
    address, _, port = link.address.rpartition(":")
    profile = profile_of(host, terminal, link.merchant or host.merchant)
    rotation_ms = host.new_keys_every_ms
    tls_name = host.tls.name if host.tls is not None else ""
    return LinkSettings(
        name, address, int(port), profile, master, host.mac, host.in_flight_max, rotation_ms, tls, tls_name
    )


def links_of(
    settings: list[LinkSettings],
    host: Any,
    box: KeyBox,
    counts: Counts,
    ears: Ears,
    moment: Callable[[], str],
    may_send: Callable[[], bool],
) -> Links:
    """The links, not yet connected."""
    links = (HostLink(one, box, counts, ears, moment) for one in settings)
    return Links(links, frozenset(host.fail_over), may_send)


def calendar_of(section: Any, cut_over_min: int) -> Calendar:
    """The business days that the table [calendar] asks for."""
    return Calendar(section.utc_offset_h, cut_over_min, section.fixed_day)


def moment_of(calendar: Calendar, clock: Callable[[], int]) -> Callable[[], str]:
    """The time of transmission as F7 has it, on the shops' clock: MMDDhhmmss."""

    def moment() -> str:
        time, date = calendar.local(clock())
        return date + time

    return moment


def naming_of(
    host: Any,
    own_numbers: bool,
    links: Links,
    journal: Journal,
    execute: Execute,
    counts: Counts,
    moment: Callable[[], str],
) -> Callable[[str, str], Named | None]:
    """What freezes a new payment's names on the way up: `(day, type) -> Named`, None when no numbers are left."""
    if not own_numbers:
        return (lambda day, mti: _on_link(unnamed(), links)) if host.links else (lambda day, mti: unnamed())
    book = NumberBook(host.acquirer, journal, execute, counts)

    def name(day: str, mti: str) -> Named | None:
        numbers = book.take(day, mti, moment())
        return None if numbers is None else _on_link(Named(numbers.pairs(), numbers.name()), links)

    return name


def _on_link(named: Named, links: Links) -> Named:
    link = links.assign()
    return Named((*named.pairs, (LINK, link)), named.alias) if link else named


def sealed_terminals(sections: Iterable[Any], box: KeyBox, mac: str) -> list[Terminal]:
    """The terminals, with their master keys as the box has sealed them. `mac`: where a terminal says no other."""
    return [_terminal(one, box, one.mac or mac) for one in sections]


def _terminal(one: Any, box: KeyBox, mac: str) -> Terminal:
    try:
        box.master(bytes.fromhex(one.master_key), master_key_place(one.merchant, one.terminal))
    except TheirMistake as mistake:
        raise TheirMistake(mistake.what, f"terminals.{one.terminal}.master_key") from None
    return terminal_of(one.terminal, one.merchant, bytes.fromhex(one.master_key), mac)


def spared(outage: Any, patience_ms: int, reply_wait_ms: int) -> tuple[Pace, Trip]:
    """How reversals are paced towards the host, and when they are held back altogether."""
    pace = Pace(
        window_start=min(outage.window_start, outage.window_max),
        window_max=outage.window_max,
        lane_max=outage.per_terminal,
        sale_share_percent=outage.sale_share_percent,
        patience_ms=patience_ms,
    )
    silent_after_ms = min(outage.silent_after_ms, reply_wait_ms)
    return pace, Trip(outage.silent_min, silent_after_ms, open_max_ms=outage.open_max_ms)
