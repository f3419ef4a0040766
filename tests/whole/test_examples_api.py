"""Do the examples of the HTTP door run as they stand?"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from whole.door_room import client, run, token_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WAIT_S = 20


def test_the_switch_that_reports_comes_to_a_verdict_and_the_receiver_hears_of_it(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            receiver = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                f"import runpy, sys; sys.argv = ['r', '0']; runpy.run_path({str(EXAMPLES / 'webhook_receiver.py')!r}, "
                "run_name='__main__')",
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "WEBHOOK_SECRET": "none yet"},
            )
            assert receiver.stdout is not None
            try:
                port = int((await asyncio.wait_for(receiver.stdout.readline(), WAIT_S)).split()[-1])
                made = (await one.post("/webhooks", {"url": f"http://127.0.0.1:{port}/"})).json()
            finally:
                receiver.terminate()
                await receiver.wait()
            heard = await asyncio.create_subprocess_exec(
                sys.executable,
                str(EXAMPLES / "webhook_receiver.py"),
                str(port),
                stdout=subprocess.PIPE,
                env={**os.environ, "WEBHOOK_SECRET": made["secret"]},
            )
            assert heard.stdout is not None
            try:
                await asyncio.wait_for(heard.stdout.readline(), WAIT_S)
                words = (str(EXAMPLES / "switch_that_reports.py"), one.room.engine.addresses["api"])
                environment = {**os.environ, "CHONGZHENG_TOKEN": token_of(one.room, name="example")}
                done = await asyncio.to_thread(
                    subprocess.run,
                    [sys.executable, *words],
                    capture_output=True,
                    text=True,
                    env=environment,
                    timeout=WAIT_S,
                    check=False,
                )
                assert done.returncode == 0, done.stderr
                assert "charged_kept" in done.stdout and "RequestReported" in done.stdout
                line = await asyncio.wait_for(heard.stdout.readline(), WAIT_S)
                assert b"chongzheng.payment.forwarded" in line
            finally:
                heard.terminate()
                await heard.wait()

    run(test())


def test_the_calls_of_the_page_for_integrators_exist() -> None:
    from chongzheng.api.openapi import document

    text = (EXAMPLES.parent / "docs" / "integrate.md").read_text("utf-8")
    called = {
        line.split()[1].split("?")[0] for line in text.replace("`", "\n").split("\n") if line[:5] in ("POST ", "GET /")
    }
    paths = {*document()["paths"], "/metrics", "/docs", "/openapi.json"}
    assert {path for path in called if path.startswith("/")} <= paths, json.dumps(sorted(called))
