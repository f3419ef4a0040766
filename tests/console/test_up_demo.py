"""Does one command open a working day: addresses at once, an account for every role, and nothing left behind?"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from chongzheng.journal.actors import Role
from console.world import Browser

PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
TOLD_S = 60
"""A machine that runs other tests at the same time; by itself it takes less than 10 s."""
ENDED_S = 30
FILLED_S = 90
LOOK_S = 0.2
CASE, PAYMENT = re.compile(r"/matters/case-\d+"), re.compile(r"/payments/[A-Z0-9]+")
LINK = re.compile(r"http://[^\s\"<]+/q/[^\s\"<]+")


@dataclass
class Up:
    """A day that was opened: its process, its folder, what it printed."""

    process: subprocess.Popen[bytes]
    folder: Path
    said: dict[str, Any]

    def signed_in(self, role: str) -> Browser:
        """The first person with this role."""
        one = Browser(self.said["console"])
        who = next(person["id"] for person in self.said["accounts"] if person["role"] == role)
        answer = one.sign_in(who, self.said["password"])
        assert answer.status_code == 302, answer.text
        return one


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`chongzheng up --demo`, in a group of its own as in a shell."""
    folder = tmp_path_factory.mktemp("up") / "day"
    out, errors = folder.parent / "up.json", folder.parent / "up.log"
    words = [*PROGRAM, "up", "--demo", "--keep", str(folder), "--json"]
    with open(out, "wb") as said, open(errors, "wb") as log:
        process = subprocess.Popen(words, stdout=said, stderr=log, start_new_session=True)
    try:
        until = time.monotonic() + TOLD_S
        while not out.read_bytes().endswith(b"\n") and time.monotonic() < until and process.poll() is None:
            time.sleep(LOOK_S)
        assert out.read_bytes(), errors.read_text("utf-8")
        yield Up(process, folder, json.loads(out.read_bytes()))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDED_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=60)


def test_every_role_has_an_account_that_signs_in(up: Up) -> None:
    assert {person["role"] for person in up.said["accounts"]} == set(Role)
    for role in (Role.CLERK, Role.SUPPLIER, Role.ADMINISTRATOR):
        assert up.signed_in(role).get("/help").status_code == 200


def test_the_sign_in_shows_the_accounts(up: Up) -> None:
    page = Browser(up.said["console"]).get("/sign-in").text
    assert up.said["password"] in page
    assert all(f">{person['id']}<" in page for person in up.said["accounts"])


def test_there_is_work_in_several_states(up: Up) -> None:
    clerk, until = up.signed_in(Role.CLERK), time.monotonic() + FILLED_S
    while "case-" not in (page := clerk.get("/queues/my").text) and time.monotonic() < until:
        time.sleep(LOOK_S)
    assert "case-" in page


def test_cardholders_have_their_page_and_the_desk_names_it_on_a_payment(up: Up) -> None:
    assert httpx.get(up.said["public"], trust_env=False).status_code == 200
    clerk, until = up.signed_in(Role.CLERK), time.monotonic() + FILLED_S
    while (case := CASE.search(clerk.get("/queues/all").text)) is None and time.monotonic() < until:
        time.sleep(LOOK_S)
    assert case, "no case is in any list yet"
    payment = PAYMENT.search(clerk.get(case[0]).text)
    assert payment
    shown = LINK.search(clerk.get(f"{payment[0]}/link").text)
    assert shown and shown[0].startswith(f"{up.said['public']}/q/")
    assert httpx.get(shown[0], trust_env=False).status_code == 200


def test_the_token_is_ours_alone(up: Up) -> None:
    tokens = ("console.token", "console-public.token")
    for name in (*tokens, "console.toml", "accounts.json", "vault.json", "console/console.sqlite"):
        assert (up.folder / name).stat().st_mode & 0o077 == 0, name


def test_without_demo_its_accounts_open_nothing(up: Up, tmp_path: Path) -> None:
    ended = _command("up", "--config", up.folder / "config.toml")
    assert ended.returncode == 2 and "--demo" in ended.stderr and ended.stderr.count("\n") == 1
    copy = tmp_path / "console.toml"
    (tmp_path / "console.token").write_text("czt_a_b")
    (tmp_path / "console.token").chmod(0o600)
    copy.write_text(f'journal = "{up.folder / "journal.db"}"\ndoor = "http://127.0.0.1:9"\n')
    ended = _command("console", "--config", copy)
    assert ended.returncode == 2 and "demonstration" in ended.stderr and ended.stderr.count("\n") == 1


def test_a_folder_that_holds_something_is_refused(up: Up) -> None:
    ended = _command("up", "--demo", "--keep", up.folder)
    assert ended.returncode == 2 and "is not empty" in ended.stderr and ended.stderr.count("\n") == 1


def test_ctrl_c_leaves_nothing_running(up: Up) -> None:
    """The last of this file: it ends the day."""
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(ENDED_S) == 0
    for name in ("console", "public", "api"):
        with pytest.raises(httpx.TransportError):
            httpx.get(up.said[name], trust_env=False, timeout=2)
    here = str(up.folder).encode()
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if here in _words(one)]


def _words(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
