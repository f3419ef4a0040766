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
Merchant = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,15}$")]
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


class OwnerSection(Section, frozen=True, kw_only=True):
    """Whose trades a file holds that names somebody by another number than terminals do."""

    format: Annotated[Word, says("The layout's word.")]
    part: Annotated[str, says("The number in the file's name: the wallet's merchant or account.", min_length=1)]
    merchants: Annotated[list[Merchant], says("Our merchant numbers; the file is silent about their payments only.")]


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
    owners: Annotated[list[OwnerSection], says("Whose trades the files of several merchants of a wallet hold.")] = []
    archives: Annotated[
        list[str], says("Folders of files that the command settle read; the inbox's own are found without.")
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


OutletName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,32}$")]
Url = Annotated[str, msgspec.Meta(pattern=r"^https?://\S{1,2000}$")]


class MailSection(Section, frozen=True, kw_only=True):
    """A mail server that notices leave through."""

    name: Annotated[OutletName, says("What addresses call it: mail:somebody@….")] = "mail"
    host: Annotated[str, says("The server.", min_length=1, max_length=255)]
    port: Annotated[int, says("Its port.", ge=1, le=65_535)] = 587
    tls: Annotated[
        Literal["starttls", "implicit", "none"], says("How the line is protected; none: on this machine only.")
    ] = "starttls"
    sender: Annotated[str, says("Who we are: the address that notices come from.", pattern=r"^[^@\s]+@[^@\s]+$")]
    user: Annotated[str, says("The user to sign in with; empty: without.")] = ""
    password: Annotated[str, says("A file with the password, mode 0600.")] = ""
    authorities: Annotated[str, says("Whose certificate the server must show (PEM); empty: the system's.")] = ""


class SmsSection(Section, frozen=True, kw_only=True):
    """A provider of short messages that takes JSON over HTTP."""

    name: Annotated[OutletName, says("What addresses call it: sms:13800138000.")] = "sms"
    url: Annotated[Url, says("Where messages are POSTed.")]
    body: Annotated[str, says("The JSON, with {to}, {text}, {id} and {secret} inside its strings.")]
    headers: Annotated[dict[str, str], says("Headers, with the same words in their values.")] = {}
    ok_field: Annotated[
        str, says("The field of the answer that says whether it went, with dots; empty: the status.")
    ] = ""
    ok_value: Annotated[str, says("What that field says when it went.")] = ""
    secret: Annotated[str, says("A file with the provider's secret, mode 0600; empty: none.")] = ""


class RoomSection(Section, frozen=True, kw_only=True):
    """The robot of a chat room."""

    name: Annotated[OutletName, says("What addresses call it: night-shift: (nothing behind the colon).")]
    kind: Annotated[Literal["wecom", "dingtalk", "feishu"], says("Whose chat it is.")]
    base: Annotated[Url, says("Where its service is: https://qyapi.weixin.qq.com, https://oapi.dingtalk.com ….")]
    token: Annotated[str, says("A file with the robot's key or token, mode 0600.")]
    secret: Annotated[str, says("A file with the secret that signs, mode 0600; empty: none.")] = ""


class HookSection(Section, frozen=True, kw_only=True):
    """Another program that is told, signed as the webhooks of the HTTP door are."""

    name: Annotated[OutletName, says("What addresses call it.")]
    url: Annotated[Url, says("Where notices are POSTed.")]
    secret: Annotated[str, says("A file with the secret that signs, mode 0600.")]


class NoticesSection(Section, frozen=True, kw_only=True):
    """How people are told. Without this table notices wait, and nothing leaves."""

    language: Annotated[Literal["zh", "en", "both"], says("In which language, where a notice does not say.")] = "both"
    contact: Annotated[str, says("How people reach us, as it stands at the end of a notice.", min_length=1)]
    complaints: Annotated[str, says("Where they complain; empty: the same.")] = ""
    texts: Annotated[str, says("A folder of your own templates (.toml), laid beside ours; empty: none.")] = ""
    people: Annotated[dict[str, str], says("Who is meant by a word: outlet:address.")] = {}
    mail: Annotated[list[MailSection], says("Mail servers.")] = []
    sms: Annotated[list[SmsSection], says("Providers of short messages.")] = []
    room: Annotated[list[RoomSection], says("Chat rooms.")] = []
    hook: Annotated[list[HookSection], says("Other programs.")] = []


FILES_OF_OUTLETS = ("password", "authorities", "token", "secret")


class ConsoleSection(Section, frozen=True, kw_only=True):
    """The web desk for people, started beside the engine in a process of its own. Without this table it is not."""

    file: Annotated[
        str, says("Its own configuration (docs/console.md); made, with a token, at the first start.", min_length=1)
    ] = "console.toml"
    listen: Annotated[
        str,
        says("Where browsers come in, for a file that is made; port 0 takes a free one.", pattern=r"^[^:\s]+:\d{1,5}$"),
    ] = "127.0.0.1:8600"
    public: Annotated[
        str,
        says(
            "Where cardholders' page comes in, beside too, for a file that is made; empty: no such page here.",
            pattern=r"^([^:\s]+:\d{1,5})?$",
        ),
    ] = ""


def telling(folder: Path, given: NoticesSection | None) -> NoticesSection | None:
    """The section with the paths of its folders and files made absolute; an empty one stays empty."""
    if given is None:
        return None

    def absolute(one: Any) -> Any:
        named = {name: getattr(one, name, "") for name in FILES_OF_OUTLETS}
        return replace(one, **{name: str(folder / text) for name, text in named.items() if text})

    kinds = {kind: list(map(absolute, getattr(given, kind))) for kind in ("mail", "sms", "room", "hook")}
    return replace(given, texts=str(folder / given.texts) if given.texts else "", **kinds)


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
        archives=[absolute(one) for one in given.archives],
    )
