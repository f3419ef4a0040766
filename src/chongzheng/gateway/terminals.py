"""Which terminals may speak here, and under which keys? Sign-in, working keys, and the MAC both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chongzheng.gateway import translate
from chongzheng.gateway.allowance import Allowance
from chongzheng.gateway.keybox import Key, KeyBox, Working, give_working_keys, is_mac
from chongzheng.gateway.profile import sealed
from chongzheng.gateway.translate import Heard
from chongzheng.iso8583 import Message, mac_input
from chongzheng.iso8583.mac import MAC_BYTES
from chongzheng.journal import Journal
from chongzheng.mistakes import OurMistake, TheirMistake

TERMINALS_MAX = 200_000
BATCH_NUMBERS = 999_999
TERMINAL_CHARS, MERCHANT_CHARS = 8, 15
NO_MAC = "none"
LONG_MAK = frozenset({"x9.19", "xor-3des"})
"""Algorithms whose MAC key has 16 bytes; the others use single DES even in a slot of 16."""
LAYOUT_OF = {"001": "24", "003": "40", "004": "60"}
LONG_BYTES, SHORT_BYTES = 16, 8
LOOK_EVERY_MS = 1_000
"""How often the journal is asked again for one terminal's keys, when a MAC does not fit the keys we know."""
LOOKS_PER_S, LOOKS_BURST = 50, 200
"""The same for all terminals: a flood of bad MACs costs no flood of queries."""

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
    """The terminals of the configuration and their working keys; keys survive a restart, kept in the journal.

    `execute(work, done)` runs `work` where the journal may be written and `done` with its result, or the
    exception it raised, back on the loop. Where several engines share the journal, a terminal may have signed in at
    another one: keys that do not fit are looked up there again, within limits. `clock`: epoch ms.
    """

    def __init__(
        self,
        terminals: Iterable[Terminal],
        box: KeyBox,
        journal: Journal,
        execute: Execute,
        clock: Callable[[], int],
    ) -> None:
        self._known = {(one.merchant, one.terminal): one for one in terminals}
        if len(self._known) > TERMINALS_MAX:
            raise TheirMistake(f"{len(self._known)} are configured, {TERMINALS_MAX} are possible", "terminals")
        self._box = box
        self._journal = journal
        self._execute = execute
        self._keys: dict[Terminal, Working] = {}
        self._new_keys: dict[Terminal, Working] = {}  # given out, and not yet used by their terminal
        self._clock = clock
        self._looked_at: dict[Terminal, int] = {}  # when the journal was asked
        self._looks = Allowance(LOOKS_PER_S, LOOKS_BURST, clock())

    def find(self, heard: Heard) -> Terminal | None:
        """Whose message this is, or None when the configuration names no such terminal at that merchant."""
        return self._known.get((heard.merchant, heard.terminal))

    def is_genuine(self, terminal: Terminal, body: bytes) -> bool:
        """Whether the MAC that ends `body` is this terminal's. A terminal without keys cannot be believed."""
        if terminal.mac == NO_MAC:
            return True
        try:
            known = self._fits(terminal, self._working(terminal), body) or self._fits_new(terminal, body)
            return known or self._fits_elsewhere(terminal, body)
        except OurMistake:  # a key module that fails: the terminal signs in again, and hears 96 until it works
            return False

    def _fits(self, terminal: Terminal, keys: Working | None, body: bytes) -> bool:
        return keys is not None and is_mac(self._box, keys.mac, terminal.mac, mac_input(body), body[-MAC_BYTES:])

    def _fits_new(self, terminal: Terminal, body: bytes) -> bool:
        """Anybody can ask for keys in a terminal's name, so the old ones hold until it has used the new."""
        keys = self._new_keys.get(terminal)
        if keys is None or not self._fits(terminal, keys, body):
            return False
        self._keys[terminal] = keys
        del self._new_keys[terminal]
        return True

    def _fits_elsewhere(self, terminal: Terminal, body: bytes) -> bool:
        """Its keys may be newer than those we know. Only keys that fit replace ours: anybody can ask for new ones."""
        if not self._may_look(terminal):
            return False
        keys = self._kept(terminal)
        if not self._fits(terminal, keys, body) or keys is None:
            return False
        self._keys[terminal] = keys
        self._new_keys.pop(terminal, None)
        self._looks.give_back()
        return True

    def _may_look(self, terminal: Terminal) -> bool:
        now = self._clock()
        if self._journal.alone or now - self._looked_at.get(terminal, 0) < LOOK_EVERY_MS:
            return False
        return self._looks.take(now)

    def sealed(self, merchant: str, name: str, message: Message) -> bytes:
        """The body of `message` with the MAC of that terminal: for approvals and for "we own your reversal".

        Without MAC when the terminal has none or is no longer known. TheirMistake when a host's field does not fit.
        """
        terminal = self._known.get((merchant, name))
        keys = None if terminal is None or terminal.mac == NO_MAC else self._working(terminal)
        if terminal is None or keys is None:
            return translate.POS.encode(message)
        return sealed(translate.POS, message, lambda data: self._box.mac(keys.mac, terminal.mac, data))

    def pin_key(self, merchant: str, name: str) -> Key | None:
        """The key under which that terminal's PIN blocks come; only a key box that translates them keeps it."""
        terminal = self._known.get((merchant, name))
        keys = self._working(terminal) if terminal is not None else None
        return keys.pin if keys is not None else None

    def sign_in(self, terminal: Terminal, heard: Heard, clock: tuple[str, str], done: Callable[[bytes], None]) -> None:
        """Make new keys and a new batch, keep them, and give `done` the body of the answer."""
        layout = LAYOUT_OF[heard.network_code]
        self._working(terminal)  # the keys there are hold on, see _fits_new
        if terminal.mac in LONG_MAK and layout == "24":
            done(plain(translate.refuse(heard.message, translate.NOT_SUPPORTED, *clock)))
            return
        try:
            working, f62 = self._keys_for(terminal, layout)
        except (TheirMistake, OurMistake):
            done(plain(translate.refuse(heard.message, "96", *clock)))
            return

        def answer(batch: Any) -> None:
            if isinstance(batch, BaseException):
                done(plain(translate.refuse(heard.message, "96", *clock)))
                return
            holds_on = terminal in self._keys and terminal.mac != NO_MAC
            (self._new_keys if holds_on else self._keys)[terminal] = working
            done(plain(translate.signed_in(heard.message, f"{batch:06d}", f62, *clock)))

        self._execute(lambda: self._keep(terminal, working), answer)

    def _keys_for(self, terminal: Terminal, layout: str) -> tuple[Working, bytes]:
        master = self._box.master(terminal.master_key, master_key_place(terminal.merchant, terminal.terminal))
        return give_working_keys(self._box, master, layout, LONG_BYTES if terminal.mac in LONG_MAK else SHORT_BYTES)

    def _keep(self, terminal: Terminal, working: Working) -> int:
        self._journal.save_secret(_secret_name(terminal), self._box.keep(working.mac))
        if self._box.translates_pins and working.pin is not None:
            self._journal.save_secret(_secret_name(terminal, "pik"), self._box.keep(working.pin))
        count = self._journal.next_number(f"batch:{terminal.merchant}:{terminal.terminal}")
        return (count - 1) % BATCH_NUMBERS + 1

    def _working(self, terminal: Terminal) -> Working | None:
        keys = self._keys.get(terminal)
        if keys is None and terminal not in self._looked_at:
            keys = self._kept(terminal)
            if keys is not None:
                self._keys[terminal] = keys
        return keys

    def _kept(self, terminal: Terminal) -> Working | None:
        """What the journal keeps, whoever gave it out."""
        kept = self._journal.load_secret(_secret_name(terminal))
        pin = None
        if kept is not None and self._box.translates_pins:
            pin = self._journal.load_secret(_secret_name(terminal, "pik"))
        recalled = self._box.recall(pin) if pin is not None else None
        keys = Working(recalled, self._box.recall(kept)) if kept is not None else None
        self._looked_at[terminal] = self._clock()
        return keys



def plain(message: Message) -> bytes:
    """The body of a message without MAC; an answer that we made ourselves always fits the dialect."""
    try:
        return translate.POS.encode(message)
    except TheirMistake as mistake:
        raise OurMistake("an answer of ours does not fit the dialect", mistake.where) from mistake


def _secret_name(terminal: Terminal, kind: str = "mak") -> str:
    return f"{kind}:{terminal.merchant}:{terminal.terminal}"
