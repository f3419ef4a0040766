"""Which settings has the part that reads clearing files: where they come from, in which layouts, and until when?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

PACKED = "packed"
"""The price list of the installation."""
DAYS_AFTER_MAX = 31
EVERY_MS_MIN, EVERY_MS_MAX = 1_000, 86_400_000


def says(text: str, **limits: Any) -> msgspec.Meta:
    """What a setting means, and its limits; `chongzheng config` prints both."""
    return msgspec.Meta(description=text, **limits)


Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that it does not know is a mistake, not a wish."""


class ExpectedSection(Section, frozen=True, kw_only=True):
    """A file that comes every day; one that is not there in time is an alarm."""

    format: Annotated[Word, says("The layout's word.")]
    since: Annotated[Day, says("The first clearing day of which it is expected, yyyymmdd.")]
    by: Annotated[Clock, says("Until when it is there, on the shops' clock.")] = "09:00"
    days_after: Annotated[int, says("How many days after its clearing day it comes.", ge=0, le=DAYS_AFTER_MAX)] = 1
    counting: Annotated[Literal["D", "T"], says("Those days are calendar days (D) or working days (T).")] = "D"
    part: Annotated[str, says("Whose file, where several have one (a merchant's number); empty: there is one.")] = ""


class SftpSection(Section, frozen=True, kw_only=True):
    """A server that files are fetched from; needs the extra sftp."""

    name: Annotated[str, says("What the log calls it.", pattern=r"^[a-z0-9-]{1,32}$")]
    address: Annotated[str, says("host:port.", pattern=r"^[^:\s]+:\d{1,5}$")]
    user: Annotated[str, says("Who we are there.", min_length=1, max_length=128)]
    known_hosts: Annotated[str, says("A file with the server's host key; no other server is spoken to.")]
    key: Annotated[str, says("Our private key file, mode 0600; empty: the password file is used.")] = ""
    password: Annotated[str, says("A file with the password, mode 0600; empty: the key is used.")] = ""
    folder: Annotated[str, says("The folder on the server.")] = "."
    pattern: Annotated[str, says("Which files, like IND*ACOM*.", min_length=1, max_length=200)] = "*"
    every_ms: Annotated[int, says("How often we look.", ge=EVERY_MS_MIN, le=EVERY_MS_MAX)] = 600_000


class SettlementSection(Section, frozen=True, kw_only=True):
    """Where clearing files come from, and how they are read."""

    inbox: Annotated[str, says("Drop clearing files and their .ctl here; empty: nowhere.")] = ""
    layouts: Annotated[str, says("A folder of your own layouts (.toml), laid over ours; empty: none.")] = ""
    whole: Annotated[
        list[Word], says("Formats whose one file holds all trades of its channel, whoever its name says it is of.")
    ] = []
    fees: Annotated[
        str, says("Check fees against the agreement: packed, or your price list; empty: they are not checked.")
    ] = ""
    payouts: Annotated[
        str, says("When your channels pay, and under which names (TOML), laid over the packed rows; empty: only those.")
    ] = ""
    machines: Annotated[
        str, says("What was registered of machines (CSV machine,mcc,province), for category hopping; empty: nothing.")
    ] = ""
    upload_bytes_max: Annotated[int, says("The largest file that may be uploaded over HTTP.", ge=1_000, le=1 << 30)] = (
        268_435_456
    )
    expected: Annotated[list[ExpectedSection], says("Files that come every day.")] = []
    sftp: Annotated[list[SftpSection], says("Servers that files are fetched from.")] = []


def arrivals(folder: Path, given: SettlementSection) -> SettlementSection:
    """The section with the paths of its folders and files made absolute; an empty one stays empty."""

    def absolute(name: str) -> str:
        return str(folder / name) if name else ""

    servers = [
        replace(one, known_hosts=absolute(one.known_hosts), key=absolute(one.key), password=absolute(one.password))
        for one in given.sftp
    ]
    fees = given.fees if given.fees in ("", PACKED) else absolute(given.fees)
    return replace(
        given,
        inbox=absolute(given.inbox),
        layouts=absolute(given.layouts),
        fees=fees,
        sftp=servers,
        payouts=absolute(given.payouts),
        machines=absolute(given.machines),
    )
