"""How fast does DBOS drain the same reversals? Durable workflows of one step on a queue in PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from importlib.metadata import version

import psycopg
from dbos import DBOS

from chongzheng.bench.alternatives_job import AT_ONCE, Watch, Wire, approved, jobs, store

LOOK_S = 0.02
POLLING_S = 0.05
ENQUEUED_AT_ONCE = 32
QUEUE, ENQUEUE = "reversals", "enqueue"
wires: list[Wire] = []


@DBOS.step()
async def send(number: int) -> str:
    """Send the reversal; its result is kept, so that it is not sent again after a crash."""
    return approved(await wires[0].reverse(number))


@DBOS.workflow()
async def reverse(number: int) -> str:
    """The job."""
    return await send(number)


def _done(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'").fetchone()
    return row[0] if row else 0


def _launch(*queues: str) -> None:
    """Start DBOS in this process; when queues are named, it works on those alone."""
    url = store().replace("postgresql://", "postgresql+psycopg://")
    DBOS(config={"name": "bench", "system_database_url": url, "sys_db_pool_size": 20, "log_level": "ERROR"})
    if queues:
        DBOS.listen_queues(queues)
    DBOS.launch()


async def _enqueue() -> None:
    _launch("none of ours")
    await DBOS.register_queue_async(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLLING_S)
    room = asyncio.Semaphore(ENQUEUED_AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await DBOS.enqueue_workflow_async(QUEUE, reverse, number)

    await asyncio.gather(*(one(number) for number in range(jobs())))
    DBOS.destroy()


async def main() -> None:
    """Enqueue the workflows while nobody works on their queue, then start a worker and wait for every result."""
    if sys.argv[2:] == [ENQUEUE]:
        await _enqueue()
        return
    subprocess.run((sys.executable, "-m", "chongzheng.bench.alternatives_dbos", *sys.argv[1:], ENQUEUE), check=True)
    wires.append(await Wire.dial())
    with psycopg.connect(store(), autocommit=True) as connection:
        watch = Watch()
        _launch()
        while not watch.is_done(_done(connection)):
            await asyncio.sleep(LOOK_S)
        settings = [connection.execute(f"SHOW {name}").fetchone() for name in ("synchronous_commit", "fsync")]
        sync, fsync = [row[0] for row in settings if row]
        watch.report(version=version("dbos"), durability=f"PostgreSQL, synchronous_commit={sync}, fsync={fsync}")
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main())
