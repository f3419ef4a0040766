"""Is all that finance needs of files, statements, fees and accounts to be had through the door, by whoever may?"""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from chongzheng.api.clearing_table import COUNTS, ENDPOINTS
from chongzheng.cli import main
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.ledger import Ledger
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from chongzheng.settlement.days import shifted
from unit.settlement.acom_lines import control, joined, line
from whole.door_room import API, Client, calling, problem, run, token_of
from whole.engine_room import QUICK, room

WORD = "correct horse battery"
PEOPLE = {"boss": Role.ADMINISTRATOR, "li": Role.CLERK, "wu": Role.FINANCE, "sup": Role.SUPPLIER}
DAY, NAME = "20260922", "IND26092201ACOM"
FEN = 12_300
SETTLEMENT = '[[settlement.expected]]\nformat = "acom"\nsince = "20260101"\n'
MT940 = (
    ":20:S1\r\n:25:6222020000001\r\n:28C:1/1\r\n:60F:C260922CNY1000,00\r\n:61:2609230923C5,00NTRFREF1//B1\r\n"
    ":86:中国银联 清算\r\n:62F:C260923CNY1005,00\r\n-\r\n"
)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashed at a price that tests can pay."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)


class Office:
    """People with a session each, at the door of a running engine that has an inbox."""

    def __init__(self, one: Client) -> None:
        self.one = one
        self.sessions: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        return self.one.room.folder

    async def hire(self) -> None:
        side, now = self.side(), wall_clock_ms()
        people = Actors(side)
        for who, role in PEOPLE.items():
            people.add(who, who, frozenset({role}), "shell:test" if who == "boss" else "boss", now)
        for who in reversed(PEOPLE):
            people.set_password(who, WORD, "boss", now)
            self.sessions[who] = people.open_session(who, WORD, now)[0]
        side.close()

    def side(self) -> Side:
        return Side.open(self.folder / "journal.db")

    async def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Person": self.sessions[who]} if who else {}
        return await self.one.http.request(method, path, headers=headers | more.pop("headers", {}), **more)

    async def get(self, path: str, who: str = "li") -> Any:
        answer = await self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def statement(self, **query: str) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream"}
        wanted = {"format": "mt940", **query}
        return await self.ask("", "PUT", "/statements/s.sta", content=MT940.encode(), params=wanted, headers=headers)


def with_office(folder: Path, test: Any) -> None:
    async def go() -> None:
        async with room(folder, None, more=API + SETTLEMENT, policy=QUICK) as here:
            scopes = frozenset({"read", "people", "files"})
            async with calling(here, token_of(here, scopes, name="desk")) as door:
                office = Office(door)
                await office.hire()
                await test(office)

    run(go())


async def dropped(office: Office) -> None:
    """The same file through the inbox of the running engine."""
    data = joined(line("000001", "0922100000", FEN))
    headers = {"Content-Type": "application/octet-stream"}
    for name, content in ((f"{NAME}.ctl", control(data, 1, FEN, DAY)), (NAME, data)):
        assert (await office.ask("", "PUT", f"/files/{name}", content=content, headers=headers)).status_code == 201
    for _ in range(200):
        found = (await office.get("/settlement/files"))["files"]
        if found and found[0]["state"] == "done":
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the file was not read")


def test_a_file_is_listed_with_what_it_came_to_and_its_fees_are_checked_again(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        await dropped(office)
        (one,) = (await office.get(f"/settlement/files?since={DAY}&until={DAY}"))["files"]
        assert (one["name"], one["rows"], one["moved_fen"], one["state"]) == (NAME, 1, FEN, "done")
        assert sum(sum(by.values()) for by in one["breaks"].values()) == 1
        assert (await office.get("/settlement/files?until=20260921"))["files"] == []
        counts = (await office.get("/breaks/counts"))["counts"]
        assert [(each["state"], each["breaks"]) for each in counts] == [("open", 1)]
        fees = await office.get(f"/settlement/files/{one['digest']}/fees")
        assert (fees["rows"], fees["judged"]) == (1, 1) and fees["tail"]
        hopped = await office.get(f"/settlement/hopping?since={DAY}")
        assert (hopped["files"], hopped["trades"], hopped["absent"]) == (1, 1, [])
        (office.folder / "inbox" / "done" / NAME).unlink()
        gone = await office.ask("li", "GET", f"/settlement/files/{one['digest']}/fees")
        assert problem(gone) == (404, "not_found", "digest")
        assert (await office.get("/settlement/hopping"))["absent"] == [NAME]
        assert problem(await office.ask("li", "GET", f"/settlement/files/{'0' * 64}/fees"))[0] == 404
        assert (await office.get("/fee/tails")) == {"tails": [], "fen": 0}, "nobody asked for fees to be checked"

    with_office(tmp_path, test)


def test_what_a_command_settled_is_found_in_an_archive(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        await dropped(office)
        (one,) = (await office.get("/settlement/files"))["files"]
        done = office.folder / "inbox" / "done" / NAME
        (office.folder / "elsewhere").mkdir()
        done.rename(office.folder / "elsewhere" / NAME)
        done.with_name(f"{NAME}.ctl").rename(office.folder / "elsewhere" / f"{NAME}.ctl")
        assert (await office.get(f"/settlement/files/{one['digest']}/fees"))["rows"] == 1
        assert (await office.get("/settlement/hopping"))["absent"] == []

    with_office(tmp_path, test)


def told(office: Office, *words: str) -> Any:
    """What a command prints of the same journal."""
    done = CliRunner().invoke(main, [*words, "--db", str(office.folder / "journal.db"), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_commands_print_what_the_door_gives(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        await dropped(office)
        assert (await office.statement()).status_code == 200
        (row,) = (await office.get("/statements"))["statements"]
        twins = {
            "/settlement/files": ("settle", "files"),
            f"/settlement/files?since={DAY}&limit=1": ("settle", "files", "--since", DAY, "--limit", "1"),
            "/settlement/files?until=20260921": ("settle", "files", "--until", "2026-09-21"),
            f"/settlement/windows?date={DAY}": ("settle", "windows", "--date", DAY),
            "/statements": ("settle", "statements"),
            f"/statements/{row['statement']}": ("settle", "statements", row["statement"]),
            "/breaks/counts": ("breaks", "counts"),
            f"/fee/tails?since={DAY}": ("fee", "tails", "--since", DAY),
        }
        for path, words in twins.items():
            assert told(office, *words) == await office.get(path), path
        windows = {one["channel"]: one for one in told(office, "settle", "windows")["windows"]}
        assert (windows["card"]["before_days"], windows["others"]["before_days"]) == (1, 7)

    with_office(tmp_path, test)


def test_a_statement_is_compared_with_the_files_that_were_read_and_kept_once(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        await dropped(office)
        (tried,) = (await office.statement(dry_run="yes")).json()["statements"]
        assert tried["gaps"]["book"] == 0 and tried["movements"] == 1
        assert (await office.get("/statements"))["statements"] == []
        (said,) = (await office.statement()).json()["statements"]
        assert said["outcome"] == "read" and said["findings"], "5.00 is not what the day came to"
        assert {tuple(one["days"]) for one in said["findings"]} >= {(DAY,)}
        assert (await office.statement()).json()["statements"][0]["outcome"].startswith("already read")
        (row,) = (await office.get("/statements"))["statements"]
        view = await office.get(f"/statements/{row['statement']}")
        assert [one["fen"] for one in view["lines"]] == [500] and view["gaps"]
        assert problem(await office.ask("li", "GET", f"/statements/{'0' * 64}")) == (404, "not_found", "statement")
        wrong = await office.statement(format="camt053")
        assert problem(wrong)[:2] == (400, "bad_field")
        assert problem(await office.statement(format="leshua"))[2] == "query.date"

    with_office(tmp_path, test)


def test_a_closed_day_leaves_as_a_workbook_and_as_tables(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        day = shifted(day_of(wall_clock_ms()), -1)
        path = f"/money/export?date={day}"
        assert problem(await office.ask("li", "GET", path)) == (409, "not_yet", "query.date")
        side = office.side()
        Ledger(side, wall_clock_ms).close(day, "wu")
        side.close()
        book = await office.ask("li", "GET", path)
        assert book.status_code == 200 and f'filename="{day}.xlsx"' in book.headers["content-disposition"]
        assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
        table = await office.ask("li", "GET", f"{path}&form=csv")
        assert table.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
        assert rows[0][0] == "日期" and rows[-1][2] == "合计"
        assert b"\xe6\x8c\x82\xe8\xb4\xa6" in (await office.ask("li", "GET", f"{path}&form=csv&table=suspense")).content

    with_office(tmp_path, test)


def test_accounts_are_numbered_by_finance_alone_and_expected_files_are_said(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        wanted = {"account": "bank", "code": "1002"}
        assert problem(await office.ask("li", "POST", "/accounts", json=wanted))[:2] == (403, "not_allowed")
        assert (await office.ask("wu", "POST", "/accounts", json=wanted)).status_code == 200
        codes = {one["account"]: one["code"] for one in (await office.get("/accounts"))["accounts"]}
        assert codes["bank"] == "1002" and codes["suspense"] == ""
        unknown = await office.ask("wu", "POST", "/accounts", json={"account": "till", "code": "1"})
        assert problem(unknown)[:2] == (400, "bad_field")
        expected = await office.get("/settlement/expected")
        assert expected["missing"] > 0 and {one["format"] for one in expected["files"]} == {"acom"}

    with_office(tmp_path, test)


def test_nobody_reads_under_a_token_alone_and_a_supplier_reads_nothing(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        paths = [one.path for one in (*ENDPOINTS, COUNTS) if one.method == "GET"]
        for path in paths:
            plain = path.replace("{digest}", "0" * 64).replace("{statement}", "0" * 64)
            query = "?date=20260922" if plain == "/money/export" else ""
            assert problem(await office.ask("", "GET", f"{plain}{query}"))[:2] == (401, "no_person"), plain
            assert problem(await office.ask("sup", "GET", f"{plain}{query}"))[:2] == (403, "not_allowed"), plain
        async with calling(office.one.room, token_of(office.one.room, frozenset({"people"}), name="p")) as other:
            headers = {"Content-Type": "application/octet-stream"}
            refused = await other.http.put("/statements/s?format=mt940", content=b"x", headers=headers)
            assert problem(refused) == (403, "not_allowed", "Authorization")

    with_office(tmp_path, test)
