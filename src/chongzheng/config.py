"""What does the operator want? The configuration file: typed, limited, and refused with one line that says where."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace as replace_struct

from chongzheng.gateway.channel import Channel, packaged, read
from chongzheng.journal.postgres import is_url
from chongzheng.mistakes import TheirMistake, turned_round
from chongzheng.reversal.policy import Policy
from chongzheng.sections import ConsoleSection, NoticesSection, SettlementSection, arrivals, says, telling

CONFIG_BYTES_MAX = 4_000_000
TERMINALS_FILE_BYTES_MAX = 64_000_000
TPDU_HEX, HEADER_HEX = "6000060000", "603100310000"

Mac = Literal["cup-ecb", "x9.9", "x9.19", "xor-3des", "line"]
Dialect = Literal["cup-pos", "cups", "iso87-ascii", "iso87-binary"]
InstitutionName = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,11}$")]
TerminalMac = Literal["cup-ecb", "x9.9", "x9.19", "xor-3des", "none"]
TerminalName = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,8}$")]
MerchantName = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,15}$")]
SealedHex = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Fa-f]{2}){30,256}$", extra_json_schema={"secret": True})]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^:\s]+:\d{1,5}$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that it does not know is a mistake, not a wish."""


class JournalSection(_Section, frozen=True, kw_only=True):
    """Where the memory is, and the key file of its vault."""

    path: Annotated[
        str,
        says(
            "The journal: everything that happened. A file, or a postgresql:// URL that several engines share.",
            extra_json_schema={"place": True},
        ),
    ]
    keys: Annotated[str, says("The vault's key file, mode 0600; opens card numbers and keys. Keep a copy elsewhere.")]
    lease_ms: Annotated[
        int,
        says("In PostgreSQL: how long an engine may say nothing before the others take over.", ge=3_000, le=600_000),
    ] = 10_000
    mark: Annotated[
        str, says("Remembers how far the journal has got, so that an older one is refused; empty: beside the journal.")
    ] = ""


class PosTlsSection(_Section, frozen=True, kw_only=True):
    """TLS towards terminals. Without this table they speak in the clear."""

    certificate: Annotated[str, says("Our certificate and its chain (PEM).")]
    key: Annotated[str, says("Its private key (PEM), mode 0600.")]
    authorities: Annotated[
        str, says("Authorities (PEM) that terminals' certificates must come from; empty: none is asked for.")
    ] = ""
    minimum: Annotated[Literal["1.2", "1.3"], says("The oldest version of TLS that is spoken.")] = "1.2"


class HostTlsSection(_Section, frozen=True, kw_only=True):
    """TLS towards the bank. Without this table the link is in the clear; with it never."""

    authorities: Annotated[str, says("Authorities (PEM) that the bank's certificate must come from.")]
    name: Annotated[str, says("The name that must stand in the bank's certificate; empty: that of the address.")] = ""
    certificate: Annotated[str, says("Our certificate (PEM) where the bank asks for one.")] = ""
    key: Annotated[str, says("Its private key (PEM), mode 0600.")] = ""
    minimum: Annotated[Literal["1.2", "1.3"], says("The oldest version of TLS that is spoken.")] = "1.2"


class PosSection(_Section, frozen=True, kw_only=True):
    """Where terminals dial in. `pin`: PIN blocks are refused, or pass as both sides share the PIN key."""

    listen: Annotated[Address, says("Where terminals dial in; port 0 takes a free one.")] = "127.0.0.1:0"
    mac: Annotated[TerminalMac, says("How terminals' MACs are made, where a terminal does not say otherwise.")] = (
        "cup-ecb"
    )
    pin: Annotated[
        Literal["refuse", "pass", "translate"],
        says("PIN blocks: refuse, pass where terminals and bank share the PIN key, or translate in a hardware module."),
    ] = "refuse"
    connections_per_address: Annotated[
        int, says("Connections that one address may hold; many terminals may stand behind one.", ge=1, le=4096)
    ] = 256
    kinds: Annotated[
        str, says("A file of message kinds that is read over the packaged one (channels/cup-pos.toml); empty: none.")
    ] = ""
    tls: PosTlsSection | None = None


class LinkSection(_Section, frozen=True, kw_only=True):
    """One more link to the same host; what it leaves out is as in [host]."""

    name: Annotated[str, says("What payments remember it by.", pattern=r"^[a-z0-9-]{1,16}$")]
    address: Annotated[Address, says("Where it goes.")]
    terminal: Annotated[str, says("Who we are on it (F41).", pattern=r"^[!-~]{0,8}$")] = ""
    merchant: Annotated[str, says("Who we are on it (F42).", pattern=r"^[!-~]{0,15}$")] = ""
    master_key: Annotated[SealedHex | None, says("Its own master key, sealed.")] = None


class KeyBoxSection(_Section, frozen=True, kw_only=True):
    """Who holds the keys: this process, with master keys sealed by the vault, or a hardware module (PKCS#11)."""

    kind: Annotated[Literal["software", "pkcs11"], says("software, or pkcs11.")] = "software"
    module: Annotated[str, says("The path of its PKCS#11 library.")] = ""
    label: Annotated[str, says("The label of its token.")] = "chongzheng"
    pin_file: Annotated[str, says("A file with the token's PIN, mode 0600.")] = "hsm.pin"


class HostSection(_Section, frozen=True, kw_only=True):
    """Where the bank is and who we are to it; `master_key` is sealed by the vault."""

    address: Annotated[Address, says("Where the bank is.")]
    terminal: Annotated[TerminalName, says("Who we are on this link (F41).")]
    merchant: Annotated[MerchantName, says("Who we are on this link (F42).")]
    master_key: Annotated[SealedHex, says("The link's master key, sealed by the vault.")]
    mac: Annotated[Mac, says("How the MACs on this link are made.")] = "cup-ecb"
    tpdu: Annotated[str, says("The routing bytes before each message, in hex.", pattern=r"^[0-9]{10}$")] = TPDU_HEX
    header: Annotated[str, says("The header after them, in hex.", pattern=r"^[0-9]{12}$")] = HEADER_HEX
    dialect: Annotated[Dialect, says("cup-pos towards an acquirer; the others towards a network.")] = "cup-pos"
    acquirer: Annotated[InstitutionName, says("Our institution (F32); a network's dialect needs it.")] = ""
    forwarder: Annotated[InstitutionName, says("Who forwards (F33); a network's dialect needs it.")] = ""
    receiver: Annotated[InstitutionName, says("Who receives (F100); a network's dialect needs it.")] = ""
    mcc: Annotated[str, says("The merchants' trade (F18) towards a network.", pattern=r"^[0-9]{4}$")] = "5999"
    service: Annotated[
        str, says("F60 behind the reason, towards a network; empty: the table's.", pattern=r"^[0-9 ]{0,30}$")
    ] = ""
    undo_type: Annotated[Literal["0400", "0420"], says("How iso87 reverses: request or advice.")] = "0420"
    inquiry_code: Annotated[
        str, says("F3 of an inquiry in iso87; empty: the network has none.", pattern=r"^([0-9]{6})?$")
    ] = ""
    fail_over: Annotated[
        list[Literal["sale", "reversal", "inquiry"]],
        says("What may leave on another link under the same identity; only what the host says is safe."),
    ] = []
    in_flight_max: Annotated[int, says("Sales without an answer that one link may carry.", ge=1, le=65_536)] = 2_048
    new_keys_every_ms: Annotated[int, says("How often new working keys are asked for; 0: never.", ge=0)] = 0
    links: Annotated[list[LinkSection], says("More links to the same host.")] = []
    tls: HostTlsSection | None = None


class ApiTlsSection(_Section, frozen=True, kw_only=True):
    """TLS towards clients of the API. Without this table it is spoken in the clear, on this machine only."""

    certificate: Annotated[str, says("Our certificate and its chain (PEM).")]
    key: Annotated[str, says("Its private key (PEM), mode 0600.")]


class ApiSection(_Section, frozen=True, kw_only=True):
    """The HTTP door for other programs. Without this table there is none."""

    listen: Annotated[Address, says("Where other programs call; port 0 takes a free one.")] = "127.0.0.1:0"
    behind_proxy: Annotated[bool, says("A proxy in front brings the TLS and says who called.")] = False
    open_metrics: Annotated[bool, says("Anybody who reaches /metrics may read them, without a token.")] = False
    tls: ApiTlsSection | None = None


class CalendarSection(_Section, frozen=True, kw_only=True):
    """When a business day ends, on the clock of the shops. `fixed_day` is for demonstrations only."""

    utc_offset_h: Annotated[int, says("The shops' clock, hours ahead of UTC.", ge=-12, le=14)] = 8
    cut_over: Annotated[
        str,
        says("When the next business day begins, on the shops' clock.", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    ] = "23:00"
    fixed_day: Annotated[
        str, says("Every payment belongs to this day (yyyymmdd); for demonstrations.", pattern=r"^([0-9]{8})?$")
    ] = ""


class OutageSection(_Section, frozen=True, kw_only=True):
    """How a bank that is slow, busy or silent is spared, and what new sales get meanwhile."""

    window_start: Annotated[int, says("Reversals on their way to the bank at once, to begin with.", ge=1, le=4_096)] = (
        32
    )
    window_max: Annotated[int, says("How many it may become while the bank keeps up.", ge=1, le=4_096)] = 1_024
    per_terminal: Annotated[int, says("How many of them may be one terminal's.", ge=1, le=64)] = 4
    sale_share_percent: Annotated[
        int, says("How much of that window new sales claim before reversals.", ge=1, le=99)
    ] = 50
    silent_min: Annotated[
        int, says("So many messages in a row without a word of the bank may mean that it is down.", ge=1, le=10_000)
    ] = 8
    silent_after_ms: Annotated[
        int, says("And they do when the first is so old: then sales hear no at once.", ge=100, le=600_000)
    ] = 10_000
    open_max_ms: Annotated[
        int, says("The longest wait before a bank that is down is tried again.", ge=1_000, le=600_000)
    ] = 15_000


class InquirySection(_Section, frozen=True, kw_only=True):
    """How often the channel may be asked what became of a payment; when it is asked is policy.inquire_after_ms."""

    per_second: Annotated[int, says("Inquiries that the channel bears in a second.", ge=1, le=10_000)] = 20
    per_merchant_per_day: Annotated[int, says("Inquiries that one merchant may cost in a day.", ge=1)] = 2_000
    checks_per_merchant_per_day: Annotated[
        int, says("Questions of persons (check now) that one merchant may cost in a day, besides those.", ge=1)
    ] = 200
    answers: Annotated[
        dict[str, Literal["charged", "returned", "never", "not_found", "pending", "unknown"]],
        says("What F39 of an inquiry's answer means on this channel; what is not named here proves nothing."),
    ] = {}


class RetentionSection(_Section, frozen=True, kw_only=True):
    """One rule of retention: from a day on, a class of rows is kept so many days."""

    kind: Annotated[str, says("Which class of rows: one of those that `chongzheng config` shows under retention.")]
    keep_days: Annotated[int, says("How many days it is kept.", ge=1, le=36_525)]
    since: Annotated[Day, says("The day this rule comes into force; of several the newest in force counts.")]
    why: Annotated[str, says("The law or contract behind it, for whoever asks.")] = ""


class AuditSection(_Section, frozen=True, kw_only=True):
    """Signed checkpoints of the journal, so that nobody can rewrite or cut what came before one (docs/operate.md)."""

    checkpoints: Annotated[
        str, says("The file they are appended to, best on another disk and append-only; empty: beside the journal.")
    ] = ""
    every_commits: Annotated[int, says("A checkpoint is due after so many commits.", ge=1, le=1_000_000)] = 1_000
    every_ms: Annotated[int, says("Or after so long, if anything was committed.", ge=1_000, le=3_600_000)] = 60_000
    post: Annotated[
        str,
        says(
            "Where each is POSTed as well, until it is accepted; empty: nowhere.", pattern=r"^(https?://\S{1,2000})?$"
        ),
    ] = ""
    key: Annotated[
        str, says("The key that signs them and proof bundles, made if missing; empty: proof.key beside the journal.")
    ] = ""


class LogSection(_Section, frozen=True, kw_only=True):
    """What the log on standard error looks like."""

    form: Annotated[Literal["text", "json"], says("One line an event: for people, or JSON for machines.")] = "text"


class TracesSection(_Section, frozen=True, kw_only=True):
    """Which payments become OpenTelemetry traces; the extra `traces` must be installed."""

    endpoint: Annotated[str, says("Where they go (OTLP over HTTP, https://…/v1/traces); empty: nowhere.")] = ""
    slow_ms: Annotated[int, says("A payment that took longer than this is traced.", ge=1, le=600_000)] = 2_000
    per_mille: Annotated[int, says("How many in a thousand of the others are traced too.", ge=0, le=1_000)] = 0


class TerminalSection(_Section, frozen=True, kw_only=True):
    """One terminal; `master_key` is sealed by the vault, `mac` may differ from [pos]."""

    terminal: Annotated[TerminalName, says("Its number (F41).")]
    merchant: Annotated[MerchantName, says("Its merchant (F42).")]
    master_key: Annotated[SealedHex, says("Its master key, sealed by the vault.")]
    mac: Annotated[TerminalMac | None, says("How its MACs are made, where that differs from pos.mac.")] = None


class _File(_Section, frozen=True, kw_only=True):
    terminals_file: Annotated[
        str, says("A CSV file with more terminals: terminal,merchant,master_key and mac where it differs.")
    ] = ""
    journal: JournalSection
    pos: PosSection = PosSection()
    host: HostSection
    keybox: KeyBoxSection = KeyBoxSection()
    api: ApiSection | None = None
    console: ConsoleSection | None = None
    calendar: CalendarSection = CalendarSection()
    settlement: SettlementSection = SettlementSection()
    outage: OutageSection = OutageSection()
    inquiry: InquirySection = InquirySection()
    audit: AuditSection = AuditSection()
    log: LogSection = LogSection()
    traces: TracesSection = TracesSection()
    notices: NoticesSection | None = None
    policy: dict[str, Any] = {}
    retention: list[RetentionSection] = []
    terminals: list[TerminalSection] = []


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file, checked; paths are absolute. `journal` is a text where it is a database's URL."""

    journal: Path | str
    keys: Path
    pos: PosSection
    host: HostSection
    keybox: KeyBoxSection
    api: ApiSection | None
    console: ConsoleSection | None
    calendar: CalendarSection
    policy: Policy
    settlement: SettlementSection
    outage: OutageSection
    inquiry: InquirySection
    lease_ms: int
    mark: Path
    audit: AuditSection
    log: LogSection
    traces: TracesSection
    notices: NoticesSection | None
    retention: tuple[RetentionSection, ...]
    terminals: tuple[TerminalSection, ...]


def address(text: str) -> tuple[str, int]:
    """Host and port of `host:port`."""
    host, _, port = text.rpartition(":")
    return host, int(port)


def load(path: Path) -> Config:
    """Read and check a configuration file. TheirMistake: `file: place: what is wrong`."""
    data = _read(path, CONFIG_BYTES_MAX)
    try:
        parsed = msgspec.convert(tomllib.loads(data.decode("utf-8")), _File)
        policy = _policy(parsed.policy)
        _check_ports(parsed)
    except tomllib.TOMLDecodeError as error:
        raise TheirMistake(f"is not TOML: {error}", str(path)) from None
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", str(path)) from None
    except msgspec.ValidationError as error:
        raise TheirMistake(turned_round(str(error)), str(path)) from None
    except (ValueError, RecursionError):  # what the TOML reader does with numbers without end and brackets in brackets
        raise TheirMistake("holds a number or a nesting beyond all measure", str(path)) from None
    except TheirMistake as mistake:
        raise TheirMistake(f"{mistake.where}: {mistake.what}", str(path)) from None
    return _resolved(path, parsed, policy)


def _resolved(path: Path, parsed: _File, policy: Policy) -> Config:
    folder = path.resolve().parent
    terminals = tuple(parsed.terminals)
    if parsed.terminals_file:
        terminals += _terminals(folder / parsed.terminals_file)
    if not terminals:
        raise TheirMistake("terminals: name at least one, or a terminals_file", str(path))
    names = {(one.merchant, one.terminal) for one in terminals}
    if len(names) != len(terminals):
        raise TheirMistake("terminals: the same terminal of the same merchant stands there twice", str(path))
    return Config(
        journal=parsed.journal.path if is_url(parsed.journal.path) else folder / parsed.journal.path,
        keys=folder / parsed.journal.keys,
        pos=replace_struct(
            _beside(folder, parsed.pos), kinds=str(folder / parsed.pos.kinds) if parsed.pos.kinds else ""
        ),
        host=_beside(folder, parsed.host),
        keybox=replace_struct(parsed.keybox, pin_file=str(folder / parsed.keybox.pin_file)),
        api=_beside(folder, parsed.api),
        console=parsed.console and replace_struct(parsed.console, file=str(folder / parsed.console.file)),
        calendar=parsed.calendar,
        policy=policy,
        settlement=arrivals(folder, parsed.settlement),
        outage=parsed.outage,
        inquiry=parsed.inquiry,
        lease_ms=parsed.journal.lease_ms,
        mark=folder / (parsed.journal.mark or f"{_file_name(parsed.journal.path)}.mark"),
        audit=_audit(folder, parsed),
        log=parsed.log,
        traces=parsed.traces,
        notices=telling(folder, parsed.notices),
        retention=tuple(parsed.retention),
        terminals=terminals,
    )


def _audit(folder: Path, parsed: _File) -> AuditSection:
    """The section with the paths of its files made absolute, those that are not named beside the journal."""
    journal, given = parsed.journal.path, parsed.audit
    beside = folder if is_url(journal) else (folder / journal).parent
    file, key = given.checkpoints or f"{_file_name(journal)}.checkpoints", given.key or str(beside / "proof.key")
    return replace_struct(given, checkpoints=str(folder / file), key=str(folder / key))


def _file_name(journal: str) -> str:
    return "journal" if is_url(journal) else journal  # what its companions are called after


TLS_FILES = ("certificate", "key", "authorities")  # the API has no authorities: its clients show tokens


def _beside(folder: Path, section: Any) -> Any:
    """The section with the paths of its TLS files made absolute; an empty one stays empty."""
    if section is None or section.tls is None:
        return section
    given = {name: getattr(section.tls, name, "") for name in TLS_FILES}
    paths = {name: str(folder / text) for name, text in given.items() if text}
    return replace_struct(section, tls=replace_struct(section.tls, **paths))


def message_kinds(config: Config) -> Channel:
    """The packaged kinds of messages, with the operator's file over them. TheirMistake: `file: place: what`."""
    under = packaged("cup-pos")
    if not config.pos.kinds:
        return under
    path = Path(config.pos.kinds)
    data = _read(path, CONFIG_BYTES_MAX)
    try:
        return read(data.decode("utf-8"), under)
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", str(path)) from None
    except TheirMistake as mistake:
        raise TheirMistake(f"{mistake.where}: {mistake.what}", str(path)) from None


def _read(path: Path, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
    except ValueError:
        raise TheirMistake("is no name that a file can have", str(path)) from None
    if len(data) > most:
        raise TheirMistake(f"is larger than {most} bytes", str(path))
    return data


def _check_ports(parsed: _File) -> None:
    api = parsed.api.listen if parsed.api is not None else ""
    links = [(f"host.links.{link.name}.address", link.address) for link in parsed.host.links]
    ours = [("pos.listen", parsed.pos.listen), ("host.address", parsed.host.address), ("api.listen", api)]
    for place, text in ours + links:
        if text and address(text)[1] > 65_535:
            raise TheirMistake("a port is at most 65535", place)


def _policy(given: dict[str, Any]) -> Policy:
    """The default policy with the fields that the file gives; durations are whole milliseconds."""
    known = {field.name: getattr(Policy(), field.name) for field in fields(Policy)}
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise TheirMistake("there is no such setting", f"policy.{name}")
        changes[name] = _like(known[name], value, f"policy.{name}")
    return replace(Policy(), **changes)


def _like(default: object, value: Any, where: str) -> object:
    kind: Any
    if isinstance(default, tuple):
        kind = tuple[int, ...]
    elif isinstance(default, frozenset):
        kind = frozenset[str]
    elif isinstance(default, MappingProxyType):
        kind = dict[str, str]
    else:
        kind = type(default)
    try:
        converted = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise TheirMistake(turned_round(str(error)), where) from None
    return MappingProxyType(converted) if isinstance(default, MappingProxyType) else converted


def _terminals(path: Path) -> tuple[TerminalSection, ...]:
    """The rows of a terminals file: terminal, merchant, master_key, and mac where it differs."""
    text = _read(path, TERMINALS_FILE_BYTES_MAX).decode("utf-8-sig", "replace")
    rows = csv.DictReader(text.splitlines())
    found = []
    try:
        if not {"terminal", "merchant", "master_key"} <= set(rows.fieldnames or ()):
            raise TheirMistake("line 1: needs the columns terminal, merchant, master_key", str(path))
        for row in rows:
            found.append(msgspec.convert({k: v for k, v in row.items() if k and v}, TerminalSection))
    except msgspec.ValidationError as error:
        raise TheirMistake(f"line {rows.line_num}: {turned_round(str(error))}", str(path)) from None
    except csv.Error as error:
        raise TheirMistake(f"line {rows.line_num}: is not CSV: {error}", str(path)) from None
    return tuple(found)


def cut_over_min(section: CalendarSection) -> int:
    """Minutes after local midnight at which the next business day begins."""
    hours, minutes = re.split(":", section.cut_over)
    return int(hours) * 60 + int(minutes)
