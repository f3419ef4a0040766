"""Does a journal of another switch come in once, line by line, with every problem located?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.journal import Reader
from chongzheng.reception import wall_clock_ms
from chongzheng.reversal.payment import Payment
from whole.door_room import API, REPLY, client, report, token_of
from whole.engine_room import MERCHANT, configure, room
from whole.scripted_host import ScriptedHost
from whole.scripted_terminal import PAN

CSV = "merchant,terminal,batch,stan,amount,at,card,reply_code,reply_mac,reply_rrn,sign,branch\n"


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def program(*words: str, **more: str) -> Ended:
    """The program, in this process: a start of Python for each of so many commands would take longer than all of it."""
    done = CliRunner().invoke(main, list(words), env=more)
    return Ended(done.exit_code, done.stdout, done.stderr)


def outcome(done: Ended) -> Any:
    """The one JSON document on stdout."""
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """The configuration of an engine that was up once and is stopped."""

    async def once() -> Path:
        async with room(tmp_path) as here:
            return here.config

    return asyncio.run(once())


def payments(config: Path) -> list[Payment]:
    """All payments of the journal."""
    reader = Reader.open(config.with_name("journal.db"))
    try:
        return list(reader.payments())
    finally:
        reader.close()


def row(stan: int, at: str, /, **changed: str) -> str:
    """A line of the CSV."""
    names = {"merchant": MERCHANT, "terminal": "77000001", "batch": "000001", "stan": f"{stan:06d}"}
    said = {"amount": "123.4", "at": at, "card": PAN, "reply_code": "00", "reply_mac": "good", "reply_rrn": "1"}
    cells = {**names, **said, "sign": "", "branch": "x", **changed}
    return ",".join(cells.values()) + "\n"


def test_a_csv_comes_in_with_its_problems_located_and_a_second_time_changes_nothing(
    engine: Path, tmp_path: Path
) -> None:
    now = str(wall_clock_ms())
    file, list_ = tmp_path / "switch.csv", tmp_path / "problems.jsonl"
    lines = [row(1, now), row(2, now, reply_code="", reply_mac="", reply_rrn=""), row(3, now, amount="1,5"),
             row(4, "yesterday"), "\n", row(1, now), row(1, now, amount="9"), row(5, now, stan="abc"),
             row(6, now, card="12"), row(7, now, amount="0")]  # fmt: skip
    file.write_text(CSV + "".join(lines), "utf-8")
    done = program("import", str(file), "--format", "csv", "--config", str(engine), "--problems", str(list_), "--json")
    assert done.returncode == 1 and done.stderr == ""
    said = outcome(done)
    assert (said["lines"], said["taken"], said["known"], said["refused"]) == (9, 2, 1, 6)
    assert said["states"] == {"APPROVED": 2, "FORWARDED": 1}
    assert sorted((p["line"], p["code"], p["where"]) for p in said["problems"]) == [
        (4, "bad_field", ""),
        (5, "bad_field", "at"),
        (8, "payment_conflict", ""),
        (9, "bad_field", "stan"),
        (10, "bad_field", "card"),
        (11, "bad_field", "amount_fen"),
    ]
    assert len(list_.read_text("utf-8").splitlines()) == 6
    assert PAN not in done.stdout + list_.read_text("utf-8")
    before = payments(engine)
    assert [(p.amount_fen, p.masked_pan[-4:]) for p in before] == [(12_340, PAN[-4:])] * 2
    again = outcome(program("import", str(file), "--format", "csv", "--config", str(engine), "--json"))
    assert (again["taken"], again["known"], again["refused"]) == (0, 3, 6)
    assert payments(engine) == before


def test_a_jsonl_comes_in_and_doubt_is_opened_when_the_engine_starts(engine: Path, tmp_path: Path) -> None:
    file = tmp_path / "switch.jsonl"
    lines = [report(1, reply=REPLY), report(2), "not json", report(3, colour="red")]
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "utf-8")
    said = outcome(program("import", str(file), "--format", "jsonl", "--config", str(engine), "--json"))
    assert (said["taken"], [p["line"] for p in said["problems"]]) == (2, [3, 4])

    async def later() -> None:
        host = ScriptedHost(port=0)
        async with room(tmp_path, host) as here:
            await here.until(lambda: sorted(p.state for p in here.payments()) == ["APPROVED", "DOUBTFUL"])

    asyncio.run(later())


def test_a_file_comes_in_through_the_door_of_an_engine_that_runs(tmp_path: Path) -> None:
    file = tmp_path / "switch.jsonl"
    reports = [report(n, reply=REPLY) for n in range(1, 451)]
    file.write_text("\n".join(json.dumps(one) for one in reports) + "\nnot json\n", "utf-8")

    async def test() -> None:
        async with client(tmp_path) as one:
            url, token = one.room.engine.addresses["api"], token_of(one.room, name="importer")
            words = ("import", str(file), "--format", "jsonl", "--url", url, "--json")
            said = outcome(await asyncio.to_thread(program, *words, CHONGZHENG_TOKEN=token))
            assert (said["lines"], said["taken"], [p["line"] for p in said["problems"]]) == (451, 450, [451])
            assert len(one.room.payments()) == 450
            again = outcome(await asyncio.to_thread(program, *words, CHONGZHENG_TOKEN=token))
            assert (again["taken"], again["known"]) == (0, 450)
            locked = await asyncio.to_thread(
                program, "import", str(file), "--format", "jsonl", "--config", str(one.room.config)
            )
            assert locked.returncode == 2 and "another engine" in locked.stderr
            refused = await asyncio.to_thread(program, *words, CHONGZHENG_TOKEN="czt_x_y")
            assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "token" in refused.stderr

    asyncio.run(test())


@pytest.mark.parametrize(("content", "options", "says"), [
    (None, (), "cannot be read"),
    ("terminal,stan\n", (), "needs the columns merchant, batch, at, amount_fen"),
    (CSV, ("--column", "merchant=SHOP"), "has no column SHOP"),
    (CSV, ("--column", "merchant"), "ours=theirs"),
    (CSV, ("--encoding", "klingon"), "no such encoding"),
    (CSV, ("--delimiter", "||"), "one character"),
    ("\udcff,\n", (), "is not utf-8"),
])  # fmt: skip
def test_a_file_that_cannot_be_brought_in_is_one_line(
    tmp_path: Path, content: str | None, options: tuple[str, ...], says: str
) -> None:
    file = tmp_path / "switch.csv"
    if content is not None:
        file.write_text(content, "utf-8", "surrogateescape")
    config = configure(tmp_path, 1, more=API)
    done = program("import", str(file), "--format", "csv", "--config", str(config), *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and says in done.stderr, done.stderr


def test_the_program_itself_says_what_it_did(engine: Path, tmp_path: Path) -> None:
    file = tmp_path / "switch.csv"
    file.write_text(CSV + row(1, str(wall_clock_ms())) + "x\n", "utf-8")
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", "import", str(file), "--format", "csv"]
    done = subprocess.run([*command, "--config", str(engine)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "2 lines, 1 taken" in done.stdout and "line 3: has 1 columns" in done.stdout


def test_import_needs_one_place_to_bring_it_to(tmp_path: Path) -> None:
    for options in ((), ("--url", "http://127.0.0.1:1", "--config", "x")):
        done = program("import", str(tmp_path / "x"), "--format", "csv", *options)
        assert done.returncode == 2 and "one of them" in done.stderr
    done = program("import", str(tmp_path / "x"), "--format", "csv", "--url", "http://127.0.0.1:1", CHONGZHENG_TOKEN="")
    assert done.returncode == 2 and "api token create" in done.stderr


def test_tokens_are_made_listed_and_revoked_while_the_engine_runs(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            config = ("--config", str(one.room.config))
            made = await asyncio.to_thread(program, "api", "token", "create", "shop", "--scope", "read", *config)
            assert made.returncode == 0 and made.stdout.startswith("czt_")
            headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
            assert (await one.http.get("/payments?day=20260101", headers=headers)).status_code == 200
            twice = await asyncio.to_thread(program, "api", "token", "create", "shop", "--scope", "read", *config)
            assert twice.returncode == 2 and twice.stderr.count("\n") == 1
            listed = await asyncio.to_thread(program, "api", "token", "list", "--json", *config)
            assert [token["name"] for token in outcome(listed)["tokens"]] == ["switch", "shop"]
            shown = await asyncio.to_thread(program, "api", "token", "list", *config)
            assert "shop" in shown.stdout and made.stdout.strip() not in shown.stdout
            assert (await asyncio.to_thread(program, "api", "token", "revoke", "shop", *config)).returncode == 0
            assert (await asyncio.to_thread(program, "api", "token", "revoke", "shop", *config)).returncode == 2

    asyncio.run(test())


def test_webhooks_are_managed_from_the_shell(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            config = ("--config", str(one.room.config))
            words = ("api", "webhook", "add", "https://shop.example/hook", "--kind", "chongzheng.payment.settled")
            made = outcome(await asyncio.to_thread(program, *words, "--json", *config))
            listed = outcome(await asyncio.to_thread(program, "api", "webhook", "list", "--json", *config))
            assert [(hook["id"], hook["waiting"]) for hook in listed["webhooks"]] == [(made["webhook"], 0)]
            replay = ("api", "webhook", "replay", made["webhook"], "--since")
            done = await asyncio.to_thread(program, *replay, "2026-11-22T10:00:00+08:00", *config)
            assert done.returncode == 0
            for since in ("now", "2026-11-22T10:00:00"):
                assert (await asyncio.to_thread(program, *replay, since, *config)).returncode == 2
            remove = ("api", "webhook", "remove", made["webhook"])
            assert [(await asyncio.to_thread(program, *remove, *config)).returncode for _ in range(2)] == [0, 2]
            bad = await asyncio.to_thread(program, "api", "webhook", "add", "http://shop.example", *config)
            assert bad.returncode == 2 and "https" in bad.stderr

    asyncio.run(test())
