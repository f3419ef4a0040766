"""Is nothing done twice and nothing left standing when calls are carried out and their answers are lost?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

from chongzheng.simulator.real.relay import Relay
from chongzheng.simulator.real.unknown import Campaign, database_place, run, through

SECONDS = 4.0


def carried_out(campaign: Campaign) -> dict[str, Any]:
    """The figures of a campaign."""
    return asyncio.run(run(campaign, lambda line: None))


def is_clean(found: dict[str, Any]) -> None:
    """Nothing twice, nothing stuck, and every kind of call was tried."""
    assert (found["duplicated"], found["stuck"], found["found"]) == (0, 0, [])
    assert all(found["unknown"][call] > 0 for call in ("commit", "host", "api", "webhook", "file")), found
    assert found["reports"] > 0 and found["events"] >= found["reports"]
    assert found["sent_blindly"] == 0


def test_lost_answers_of_every_call_do_nothing_twice(tmp_path: Path) -> None:
    found = carried_out(Campaign(SECONDS, tmp_path, seed=3))
    is_clean(found)
    assert found["engines_ended"] > 0  # on PostgreSQL the commit may have been the door's, which tries again


def test_lost_answers_of_commits_on_postgresql_do_nothing_twice(tmp_path: Path, postgres_url: str) -> None:
    is_clean(carried_out(Campaign(SECONDS, tmp_path, postgres_url, seed=4)))


def test_a_program_that_sends_again_blindly_is_found(tmp_path: Path) -> None:
    found = carried_out(Campaign(SECONDS, tmp_path, seed=5, blind=True))
    assert found["sent_blindly"] > 0 and found["duplicated"] > 0
    assert any("sent 2 times" in line for line in found["found"])


def test_a_relay_swallows_an_answer_and_hangs_up_only_when_it_may() -> None:
    async def test() -> None:
        done = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                done.append(line)
                writer.write(b"done\n")

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        place = server.sockets[0].getsockname()[:2]
        relay = Relay(lambda: place, lambda data: data.startswith(b"done"), 1.0, Random(1))
        address = await relay.start()
        answers = []
        for relay.calm in (True, False):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b"do it\n")
            answers.append(await reader.read(100))
            writer.close()
        assert answers == [b"done\n", b""]
        assert (done, relay.swallowed) == ([b"do it\n", b"do it\n"], 1)
        await relay.stop()
        server.close()

    asyncio.run(test())


def test_the_way_to_a_database_leads_through_the_relay() -> None:
    beside = "postgresql://me:@/books?host=/run/pg&options=-csearch_path%3Dt1"
    far = "postgresql://me:word@10.0.0.1:6000/books"
    assert database_place(beside) == Path("/run/pg/.s.PGSQL.5432")
    assert database_place(far) == ("10.0.0.1", 6000)
    led = through(beside, ("127.0.0.1", 7000))
    assert led.startswith("postgresql://me:@127.0.0.1:7000/books?options=-csearch_path%3Dt1&sslmode=disable")
    assert "host=" not in led and "word@127.0.0.1:7000" in through(far, ("127.0.0.1", 7000))
