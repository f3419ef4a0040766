"""How fast does pgqueuer drain the same reversals? Jobs in PostgreSQL, one asynchronous worker, durable tables.

It keeps no results, so the job writes the bank's answer into a table of its own, as an application would have to.
"""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from chongzheng.bench.alternatives_job import (
    ANSWERS,
    AT_ONCE,
    WRITERS,
    Wire,
    approved,
    jobs,
    loop_factory,
    report,
    store,
)

CHUNK = 1_000


async def main() -> None:
    """Enqueue the jobs, then run a worker until none is left."""
    connection = await asyncpg.connect(store())
    driver = AsyncpgDriver(connection)
    queries = Queries(driver)
    await queries.install()
    await connection.execute(ANSWERS)
    for first in range(0, jobs(), CHUNK):
        numbers = range(first, min(first + CHUNK, jobs()))
        await queries.enqueue(["reverse"] * len(numbers), [b"%d" % n for n in numbers], [0] * len(numbers))
    wire = await Wire.dial()
    answers = await asyncpg.create_pool(store(), min_size=WRITERS, max_size=WRITERS)
    queue = PgQueuer(driver)

    @queue.entrypoint("reverse")
    async def reverse(job: Job) -> None:
        number = int(job.payload or b"")
        code = approved(await wire.reverse(number))
        await answers.execute("INSERT INTO answer VALUES ($1, $2) ON CONFLICT DO NOTHING", number, code)

    begun = time.perf_counter()
    await queue.qm.run(batch_size=AT_ONCE, mode=QueueExecutionMode.drain)
    seconds = time.perf_counter() - begun
    finished = await answers.fetchval("SELECT count(*) FROM pgqueuer_log WHERE status = 'successful'")
    done = min(finished, await answers.fetchval("SELECT count(*) FROM answer"))
    sync, fsync = [await answers.fetchval(f"SHOW {name}") for name in ("synchronous_commit", "fsync")]
    if done < jobs():
        raise SystemExit(f"{done} jobs succeeded")
    durability = f"PostgreSQL, logged tables, synchronous_commit={sync}, fsync={fsync}"
    report(seconds, version=version("pgqueuer"), durability=durability)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main())
