"""What does an engine need before it starts for the first time? A commented configuration, a vault, and fresh keys."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from chongzheng.gateway.terminals import master_key_place
from chongzheng.journal import Vault
from chongzheng.journal.doors import Doors
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.uplink import link_place

MASTER_KEY_BYTES = 16
FIRST_TERMINAL, FIRST_LINK = ("10000001", "898100000000001"), "90000001"
FIRST_FILES = {
    "configuration": "config.toml",
    "vault": "vault.keys",
    "terminal key": "terminal.key",
    "host key": "host.key",
}
FIRST_TEXT = """\
# chongzheng: what this engine needs to know. Durations are milliseconds; paths are relative to this file.

[journal]
path = "journal.db"           # everything that happened; back it up
keys = "vault.keys"           # opens card numbers and keys; mode 0600, keep a copy elsewhere

[pos]
listen = "127.0.0.1:8583"     # where terminals dial in; port 0 takes a free one
mac = "cup-ecb"               # cup-ecb, x9.9, x9.19, xor-3des, or none
pin = "refuse"                # "pass" only where terminals and bank share the PIN key

[host]
address = "127.0.0.1:9000"    # the bank
terminal = "{link}"         # who we are on this link
merchant = "{merchant}"
master_key = "{host_key}"     # sealed; the clear key is in host.key: give it to the bank, then delete that file
mac = "cup-ecb"
tpdu = "6000060000"
header = "603100310000"

[api]
listen = "127.0.0.1:8580"     # where other programs call; its documentation is at /docs

[console]
listen = "127.0.0.1:8600"     # where people come in; up starts it, and makes console.toml and console.token beside
# public = "127.0.0.1:8610"   # where cardholders look up a payment, without an account; up starts that page too

[calendar]
utc_offset_h = 8
cut_over = "23:00"            # when the next business day begins, on the shops' clock

[policy]                      # any wait or code list of the reversal policy may be set here
reply_wait_ms = 50000         # how long we wait for the bank
terminal_wait_ms = 60000      # how long terminals wait for us; must be longer

[settlement]
inbox = "inbox"               # drop clearing files and their .ctl here

[[terminals]]                 # or: terminals_file = "terminals.csv" at the top (terminal,merchant,master_key)
terminal = "{terminal}"
merchant = "{merchant}"
master_key = "{terminal_key}" # sealed; the clear key is in terminal.key: load it into the terminal, then delete it
"""

CONSOLE_TEXT = """\
# The web desk for people; see docs/console.md. Paths are relative to this file.

journal = {journal}
door = "beside"               # the engine that starts us says where; alone on a machine name it: http://…
token_file = {token}
listen = {listen}
folder = {folder}
"""
PUBLIC_TEXT = """
[public]                      # the page for cardholders; as many of its limits as are set here
listen = {listen}
address = {address}
token_file = {token}
"""
DESK_SCOPES = frozenset({"people", "check", "metrics"})
PUBLIC_SCOPES = frozenset({"public"})
CALLS_PER_MINUTE = 100_000
NAME_BYTES = 3


def first_configuration(folder: Path) -> dict[str, Path]:
    """Write a commented configuration with fresh keys into `folder`; gives what was written, by its name.

    The two clear master keys are written once, for the terminal's and the bank's key officers, mode 0600.
    TheirMistake when one of the files is there already.
    """
    made = {name: folder / file for name, file in FIRST_FILES.items()}
    there = [str(path) for path in made.values() if path.exists()]
    if there:
        raise TheirMistake("is there already; nothing was written", there[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        vault = Vault.create(made["vault"])
        keys = {name: secrets.token_bytes(MASTER_KEY_BYTES) for name in ("terminal key", "host key")}
        terminal, merchant = FIRST_TERMINAL
        text = FIRST_TEXT.format(
            terminal=terminal,
            merchant=merchant,
            terminal_key=vault.seal(keys["terminal key"], master_key_place(merchant, terminal)).hex(),
            host_key=vault.seal(keys["host key"], link_place(FIRST_LINK)).hex(),
            link=FIRST_LINK,
        )
        made["configuration"].write_text(text, "utf-8")
        for name, key in keys.items():
            _write_private(made[name], key.hex() + "\n")
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(folder)) from None
    return made


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


@dataclass(frozen=True, slots=True)
class Pages:
    """Where pages come in that are made for the first time: the desk; cardholders' page ("" none), and what that is
    called outside ("" nothing yet)."""

    listen: str
    public: str = ""
    address: str = ""


def first_console(path: Path, journal: Path | str, pages: Pages, more: str = "") -> None:
    """Write the configuration of desk and cardholders' page, with tokens of the door in files beside it that nobody
    else may read.

    `more`: lines of TOML for the desk. TheirMistake when a file cannot be written, or a token's is there already.
    """
    token, public = path.with_suffix(".token"), path.with_name(f"{path.stem}-public.token")
    wanted = {token: DESK_SCOPES, **({public: PUBLIC_SCOPES} if pages.public else {})}
    for one in wanted:
        if one.exists():
            what = f"is there already, and {path.name} is not: bring that back, or take this away"
            raise TheirMistake(what, str(one))
    side, made = Side.open(journal), {}
    try:
        at = time.time_ns() // 1_000_000
        for one, scopes in wanted.items():
            name = f"{one.stem}-{secrets.token_hex(NAME_BYTES)}"
            made[one] = Doors(side).make_token(name, scopes, frozenset(), CALLS_PER_MINUTE, at, "up")
    finally:
        side.close()
    told = CONSOLE_TEXT.format(
        journal=json.dumps(os.path.relpath(journal, path.parent) if isinstance(journal, Path) else journal),
        token=json.dumps(token.name),
        listen=json.dumps(pages.listen),
        folder=json.dumps(path.stem),
    )
    places = {"listen": pages.public, "address": pages.address, "token": public.name}
    table = PUBLIC_TEXT.format(**{name: json.dumps(text) for name, text in places.items()}) if pages.public else ""
    try:
        for one, text in made.items():
            _write_private(one, text + "\n")
        _write_private(path, told + more + table)  # a database's URL may hold a password
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None
