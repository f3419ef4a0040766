"""Which terminals may speak here, and under which keys? Sign-in, working keys, and the MAC both ways."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chongzheng.gateway import translate
from chongzheng.gateway.translate import Heard
from chongzheng.iso8583 import Message, check, seal_working_keys, sign
from chongzheng.journal import Journal, Vault
from chongzheng.mistakes import OurMistake, TheirMistake

TERMINALS_MAX = 200_000
BATCH_NUMBERS = 999_999
TERMINAL_CHARS, MERCHANT_CHARS = 8, 15
NO_MAC = "none"
LONG_MAK = frozenset({"x9.19", "xor-3des"})
"""Algorithms whose MAC key has 16 bytes; the others use single DES even in a slot of 16."""
LAYOUT_OF = {"001": "24", "003": "40", "004": "60"}
PIN_KEY_BYTES = {"24": 8, "40": 16, "60": 16}
TRACK_KEY_BYTES = 16
MASTER_KEY_BYTES = (8, 16, 24)

Execute = Callable[[Callable[[], Any], Callable[[Any], None]], None]


@dataclass(frozen=True, slots=True, repr=False)
class Terminal:
    """One terminal: F41 and F42 as on the wire, its sealed master key, and how its MACs are made."""

    terminal: str
    merchant: str
    master_key: bytes
    mac: str

    def __repr__(self) -> str:
        """Which one, never its key."""
        return f"Terminal({self.merchant!r}, {self.terminal!r})"


def terminal_of(terminal: str, merchant: str, master_key: bytes, mac: str) -> Terminal:
    """A terminal from the configuration, its names filled up with blanks as they stand on the wire."""
    return Terminal(terminal.ljust(TERMINAL_CHARS), merchant.ljust(MERCHANT_CHARS), master_key, mac)


def master_key_place(merchant: str, terminal: str) -> str:
    """What a sealed terminal master key is bound to."""
    return f"tmk:{merchant.strip()}:{terminal.strip()}"


class Terminals:
    """The terminals of the configuration and their working keys; keys survive a restart sealed in the journal.

    `execute(work, done)` runs `work` where the journal may be written and `done` with its result, or the
    exception it raised, back on the loop.
    """

    def __init__(self, terminals: Iterable[Terminal], vault: Vault, journal: Journal, execute: Execute) -> None:
        self._known = {(one.merchant, one.terminal): one for one in terminals}
        if len(self._known) > TERMINALS_MAX:
            raise TheirMistake(f"{len(self._known)} are configured, {TERMINALS_MAX} are possible", "terminals")
        self._vault = vault
        self._journal = journal
        self._execute = execute
        self._mac_keys: dict[Terminal, bytes] = {}

    def find(self, heard: Heard) -> Terminal | None:
        """Whose message this is, or None when the configuration names no such terminal at that merchant."""
        return self._known.get((heard.merchant, heard.terminal))

    def is_genuine(self, terminal: Terminal, body: bytes) -> bool:
        """Whether the MAC that ends `body` is this terminal's. A terminal without keys cannot be believed."""
        if terminal.mac == NO_MAC:
            return True
        key = self._mac_key(terminal)
        return key is not None and check(body, terminal.mac, key)

    def sealed(self, merchant: str, name: str, message: Message) -> bytes:
        """The body of `message` with the MAC of that terminal: for approvals and for "we own your reversal".

        Without MAC when the terminal has none or is no longer known. TheirMistake when a host's field does not fit.
        """
        terminal = self._known.get((merchant, name))
        key = None if terminal is None or terminal.mac == NO_MAC else self._mac_key(terminal)
        if terminal is None or key is None:
            return translate.POS.encode(message)
        return sign(translate.POS, message, terminal.mac, key)

    def sign_in(self, terminal: Terminal, heard: Heard, clock: tuple[str, str], done: Callable[[bytes], None]) -> None:
        """Make new keys and a new batch, keep them, and give `done` the body of the answer."""
        layout = LAYOUT_OF[heard.network_code]
        if terminal.mac in LONG_MAK and layout == "24":
            done(plain(translate.refuse(heard.message, translate.NOT_SUPPORTED, *clock)))
            return
        mac_key = secrets.token_bytes(16 if terminal.mac in LONG_MAK else 8)
        sealed = self._keys_for(terminal, layout, mac_key)

        def answer(batch: Any) -> None:
            if isinstance(batch, BaseException):
                done(plain(translate.refuse(heard.message, "96", *clock)))
                return
            self._mac_keys[terminal] = mac_key
            done(plain(translate.signed_in(heard.message, f"{batch:06d}", sealed, *clock)))

        self._execute(lambda: self._keep(terminal, mac_key), answer)

    def _keys_for(self, terminal: Terminal, layout: str, mac_key: bytes) -> bytes:
        place = master_key_place(terminal.merchant, terminal.terminal)
        master = opened(self._vault, terminal.master_key, place)
        pin_key = secrets.token_bytes(PIN_KEY_BYTES[layout])
        track_key = secrets.token_bytes(TRACK_KEY_BYTES) if layout == "60" else None
        return seal_working_keys(pin_key, mac_key, master, layout, track_key)

    def _keep(self, terminal: Terminal, mac_key: bytes) -> int:
        self._journal.save_secret(_secret_name(terminal), mac_key)
        count = self._journal.next_number(f"batch:{terminal.merchant}:{terminal.terminal}")
        return (count - 1) % BATCH_NUMBERS + 1

    def _mac_key(self, terminal: Terminal) -> bytes | None:
        key = self._mac_keys.get(terminal)
        if key is None:
            key = self._journal.load_secret(_secret_name(terminal))
            if key is not None:
                self._mac_keys[terminal] = key
        return key


def opened(vault: Vault, sealed: bytes, place: str) -> bytes:
    """The clear master key that was sealed for `place`; TheirMistake when it does not open or is no DES key."""
    try:
        key = vault.open(sealed, place)
    except OurMistake:
        raise TheirMistake(f"does not open with the vault's keys as {place}", "master_key") from None
    if len(key) not in MASTER_KEY_BYTES:
        raise TheirMistake("must be 8, 16 or 24 bytes", "master_key")
    return key


def plain(message: Message) -> bytes:
    """The body of a message without MAC; an answer that we made ourselves always fits the dialect."""
    try:
        return translate.POS.encode(message)
    except TheirMistake as mistake:
        raise OurMistake("an answer of ours does not fit the dialect", mistake.where) from mistake


def _secret_name(terminal: Terminal) -> str:
    return f"mak:{terminal.merchant}:{terminal.terminal}"
