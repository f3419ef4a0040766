"""Do files arrive whole and once: dropped, fetched over SFTP, uploaded; and is one that does not come an alarm?"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import httpx
import pytest

from chongzheng.api.clearing_ways import ClearingWays
from chongzheng.api.door import Door, Ways
from chongzheng.api.intake import Readers
from chongzheng.api.web import Web
from chongzheng.clearing import Clearing
from chongzheng.first import first_configuration
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.expected import Expectation, Standing, standing
from chongzheng.gateway.fetching import Fetcher, Server, fetch_new
from chongzheng.gateway.files import CONTROL_WAIT_MS, POLL_MS, Inbox
from chongzheng.gateway.receiving import OtherWaits, Receiving, TooLarge
from chongzheng.gateway.rest_days import between
from chongzheng.gateway.windows import rest
from chongzheng.journal.doors import Doors
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import State
from chongzheng.sections import ExpectedSection, SettlementSection
from chongzheng.settlement.days import closes_at, instant_ms
from chongzheng.settlement.formats.known import packaged
from unit.settlement import bills
from unit.settlement.acom_lines import DAY, NAME, line
from whole.test_settle import Shop, run
from whole.test_settle_formats import ALIPAY

HOUR_MS = 3_600_000
BYTES = "application/octet-stream"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield Shop(tmp_path)


# Dropped into the inbox


class Folder:
    """An inbox, and what was read of it."""

    def __init__(self, folder: Path) -> None:
        self.read: list[str] = []
        self.inbox = Inbox(folder, self._read, Counts(lambda *a, **k: None), packaged().closes)

    async def _read(self, path: Path) -> str:
        self.read.append(path.name)
        return path.name

    async def look(self, times: int) -> None:
        for _ in range(times):
            await self.inbox.look()


def test_a_file_that_closes_with_totals_waits_for_no_control_file(tmp_path: Path) -> None:
    one = Folder(tmp_path)
    (tmp_path / ALIPAY).write_bytes(bills.alipay([]))
    (tmp_path / NAME).write_bytes(line())
    asyncio.run(one.look(2))
    assert one.read == [ALIPAY]
    asyncio.run(one.look(CONTROL_WAIT_MS // POLL_MS + 1))
    assert one.read == [ALIPAY, NAME]


def section(**more: object) -> SettlementSection:
    return SettlementSection(**more)  # type: ignore[arg-type]


def reading(shop: Shop, settings: SettlementSection, now: int, work: Callable[[Clearing], None]) -> Counts:
    """An engine's part that reads files, over a journal of its own."""
    journal, counts = shop.open(), Counts(lambda *a, **k: None)
    clearing = Clearing(settings, 8, counts, lambda: now)
    clearing.attach(journal, shop.vault, journal.apply)
    try:
        work(clearing)
    finally:
        journal.close()
    return counts


def test_the_same_file_dropped_twice_is_read_once_and_another_of_its_day_is_refused(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    inbox = shop.folder / "inbox"
    inbox.mkdir()

    def drop(source: Path) -> None:
        for path in (source, source.with_name(f"{source.name}.ctl")):
            (inbox / path.name).write_bytes(path.read_bytes())

    def work(clearing: Clearing) -> None:
        for lines in ((line(),), (line(),), (line(fen=5),)):
            drop(shop.file(NAME, *lines))
            asyncio.run(_twice(clearing))

    async def _twice(clearing: Clearing) -> None:
        assert clearing._inbox is not None
        await clearing._inbox.look()
        assert await clearing._inbox.look() == 1

    counts = reading(shop, section(inbox=str(inbox)), closes_at(DAY), work)
    assert shop.verdict(kept)[0] is State.SETTLED
    assert (counts.of["settlement file read"], counts.of["settlement file refused"]) == (2, 1)
    why = (inbox / "refused" / f"{NAME}.why").read_text()
    assert "another file of this day was read before" in why and "corrects=" in why


# Fetched over SFTP


class _Gate(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("us", "secret")


@asynccontextmanager
async def server(root: Path, key: asyncssh.SSHKey) -> AsyncIterator[int]:
    """An SFTP server on a free port of this machine."""
    listening = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[key], server_factory=_Gate,
        sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=os.fsencode(root)),
    )  # fmt: skip
    try:
        yield listening.get_port()
    finally:
        listening.close()
        await listening.wait_closed()


class Bank:
    """A bank's SFTP server with a folder, and our side of it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.inbox, self._folder = folder / "root", folder / "inbox", folder
        (self.root / "out").mkdir(parents=True)
        self.inbox.mkdir()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.password = folder / "password"
        self.password.write_text("secret\n")
        self.password.chmod(0o600)

    def put(self, name: str, data: bytes = b"data", ago_s: int = 0) -> None:
        path = self.root / "out" / name
        path.write_bytes(data)
        os.utime(path, (1_795_000_000 - ago_s, 1_795_000_000 - ago_s))

    def at(self, port: int, known: asyncssh.SSHKey | None = None, pattern: str = "IND*") -> Server:
        hosts = self._folder / "known_hosts"
        public = (known or self.key).export_public_key().decode()
        hosts.write_text(f"[127.0.0.1]:{port} {public}")
        return Server("bank", "127.0.0.1", port, "us", str(hosts), "", str(self.password), "out", pattern)

    def fetch(self, known: asyncssh.SSHKey | None = None) -> list[str]:
        async def visit() -> list[str]:
            async with server(self.root, self.key) as port:
                return await fetch_new(self.at(port, known), self.inbox)

        return asyncio.run(visit())


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def test_what_is_new_is_fetched_once_and_again_when_it_has_changed(bank: Bank) -> None:
    for name in (NAME, f"{NAME}.ctl", "other.txt", ".INDhidden"):
        bank.put(name)
    (bank.root / "out" / "INDfolder").mkdir()
    assert bank.fetch() == [f"{NAME}.ctl", NAME]
    assert (bank.inbox / NAME).read_bytes() == b"data"
    assert not list(bank.inbox.glob(".*.part"))
    assert bank.fetch() == []
    bank.put(NAME, b"data, corrected", ago_s=-60)
    assert bank.fetch() == [NAME]
    assert (bank.inbox / NAME).read_bytes() == b"data, corrected"


def test_another_server_is_not_spoken_to(bank: Bank) -> None:
    bank.put(NAME)
    with pytest.raises(TheirMistake, match="is not the server whose key is known"):
        bank.fetch(asyncssh.generate_private_key("ssh-ed25519"))
    assert not (bank.inbox / NAME).exists()
    bank.password.write_text("wrong")
    with pytest.raises(TheirMistake, match="cannot be fetched from"):
        bank.fetch()


def test_a_fetcher_refuses_what_is_open_or_missing(bank: Bank) -> None:
    counts, there = Counts(lambda *a, **k: None), bank.at(1)
    Fetcher(there, bank.inbox, counts)
    bank.password.chmod(0o644)
    with pytest.raises(TheirMistake, match="may be read by others"):
        Fetcher(there, bank.inbox, counts)
    bank.password.chmod(0o600)
    Path(there.known_hosts).unlink()
    with pytest.raises(TheirMistake, match="holds the server's host key"):
        Fetcher(there, bank.inbox, counts)
    with pytest.raises(TheirMistake, match="either a key or a password"):
        Fetcher(Server("b", "h", 1, "u", "k", "", "", ".", "*"), bank.inbox, counts)


# Uploaded


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


def test_an_upload_is_whole_or_not_at_all(tmp_path: Path) -> None:
    receiving = Receiving(tmp_path, 10)
    got = asyncio.run(receiving.take(NAME, pieces(b"12345", b"67890")))
    assert (got.size_bytes, got.sha256) == (10, hashlib.sha256(b"1234567890").hexdigest())
    assert asyncio.run(receiving.take(NAME, pieces(b"1234567890"))).again
    with pytest.raises(OtherWaits):
        asyncio.run(receiving.take(NAME, pieces(b"other")))
    with pytest.raises(TooLarge):
        asyncio.run(receiving.take("b", pieces(b"12345", b"678901")))
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


class Client:
    """Calls the application over no wire."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.folder = folder
        self._application = web.application()

    def call(
        self, method: str, path: str, content: bytes = b"", scope: str = "files", media: str = BYTES
    ) -> httpx.Response:
        token = (self.folder / f"{scope}.token").read_text()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": media}

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self._application)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(once())


@pytest.fixture
def door(shop: Shop) -> Iterator[Client]:
    shop.approved("000001", "RRN000000001")
    inbox = shop.folder / "inbox"
    inbox.mkdir()
    side = Side.open(shop.path)
    clearing, overdue = ClearingWays(Receiving(inbox, 1_000)), ["acom of 20261122"]
    ways = Ways(None, None, lambda: closes_at(DAY), dict, bytes, clearing, lambda: overdue)  # type: ignore[arg-type]
    web = Web(Door(ways, Readers(shop.path), side, Outbox(side, shop.vault), shop.vault))
    doors = Doors(side)
    for name in ("files", "read"):
        text = doors.make_token(name, frozenset({name}), frozenset(), 100, 1, "test")
        (shop.folder / f"{name}.token").write_text(text)
    yield Client(web, shop.folder)
    side.close()


def test_a_file_comes_in_through_the_door(door: Client) -> None:
    answer = door.call("PUT", f"/v1/files/{NAME}", line())
    assert (answer.status_code, answer.json()["size_bytes"]) == (201, 299)
    assert (door.folder / "inbox" / NAME).read_bytes() == line()
    assert door.call("PUT", f"/files/{NAME}", line()).json()["again"]
    assert door.call("PUT", f"/files/{NAME}", b"x").status_code == 409
    assert door.call("PUT", "/files/big", b"x" * 1_001).status_code == 413
    assert door.call("PUT", "/files/x", b"{}", media="application/json").status_code == 415
    assert door.call("PUT", "/files/x", b"x", "read").status_code == 403
    assert door.call("PUT", "/files/..%2Fx", b"x").status_code == 404
    assert door.call("PUT", "/files/.hidden", b"x").status_code == 404
    assert door.call("GET", "/readyz").json()["overdue"] == ["acom of 20261122"]
    assert [path.name for path in (door.folder / "inbox").iterdir()] == [NAME]


# Expected


def rows(*read: tuple[str, int], word: str = "acom", part: str = "") -> list[dict[str, object]]:
    return [{"format": word, "part": part, "day": day, "state": "done", "at": at} for day, at in read]


EVERY_DAY = Expectation("acom", "20261120", 9 * 60)


def test_a_file_is_awaited_then_missing_and_late_when_it_comes() -> None:
    def of(read: list[dict[str, object]], now: str) -> list[tuple[str, Standing]]:
        found = standing([EVERY_DAY], read, instant_ms(now), 8, between)
        return [(one.day, one.standing) for one in found]

    in_time = rows(("20261120", instant_ms("20261121085959")))
    assert of(in_time, "20261121090000") == [("20261120", Standing.READ), ("20261121", Standing.AWAITED)]
    assert of([], "20261121090001") == [("20261120", Standing.MISSING), ("20261121", Standing.AWAITED)]
    late = rows(("20261120", instant_ms("20261121090001")))
    assert of(late, "20261121100000")[0] == ("20261120", Standing.LATE)
    assert of([{**late[0], "state": "unfinished"}], "20261121100000")[0][1] is Standing.MISSING
    assert of([{**late[0], "part": "other"}], "20261121100000")[0][1] is Standing.MISSING


def test_working_days_and_holidays_move_the_hour() -> None:
    golden_week = Expectation("zm", "20251001", 9 * 60, days_after=1, working=True, part="M1")
    found = {one.day: one for one in standing([golden_week], [], instant_ms("20251009080000"), 8, between)}
    assert {found[day].due_at for day in ("20251001", "20251004", "20251008")} == {instant_ms("20251009090000")}
    assert found["20251001"].standing is Standing.AWAITED
    assert str(found["20251001"]) == "zm of M1 of 20251001"


def test_beyond_the_calendar_every_day_counts_as_worked() -> None:
    assert rest("20251001", "20251003") == {"20251001", "20251002", "20251003"}
    assert rest("29991225", "29991231") == frozenset()


def test_only_the_last_month_is_an_alarm() -> None:
    long_ago = Expectation("acom", "20200101", 0)
    assert len(standing([long_ago], [], instant_ms("20261122120000"), 8, between)) == 32


def test_a_missing_file_is_told_once_and_counted(shop: Shop) -> None:
    shop.approved("000001", "RRN000000001")
    figures: dict[str, Callable[[], float]] = {}

    def work(clearing: Clearing) -> None:
        clearing.measure(lambda name, text, value: figures.__setitem__(name, value))
        clearing.look()
        clearing.look()
        assert clearing.missing == [f"acom of {DAY}"]
        assert (figures["clearing_files_missing"](), figures["clearing_files_late"]()) == (1, 0)

    expected = ExpectedSection(format="acom", since=DAY)
    counts = reading(shop, section(expected=[expected]), closes_at(DAY) + 10 * HOUR_MS, work)
    assert counts.of["clearing file missing"] == 1


def test_the_command_says_what_is_missing(shop: Shop) -> None:
    made = first_configuration(shop.folder / "engine")
    config = made["configuration"]
    shop.approved("000001", "RRN000000001")
    shop.path.rename(config.with_name("journal.db"))
    text = config.read_text()
    code, out, _ = run("expected", "--config", config)
    assert (code, "no file is expected" in out) == (0, True)
    config.write_text(f'{text}\n[[settlement.expected]]\nformat = "acom"\nsince = "20200101"\n')
    code, out, _ = run("expected", "--config", config, "--json")
    assert code == 1 and '"standing": "missing"' in out
    assert "missing" in run("expected", "--config", config)[1]


def test_files_that_are_fetched_need_an_inbox(shop: Shop, bank: Bank) -> None:
    from chongzheng.sections import SftpSection

    fetched = SftpSection(name="b", address="h:22", user="u", known_hosts="k")
    with pytest.raises(TheirMistake, match="need a place to lie"):
        reading(shop, section(sftp=[fetched]), 0, lambda clearing: None)
