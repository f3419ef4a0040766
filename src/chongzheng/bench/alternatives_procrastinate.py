"""How fast does procrastinate drain the same reversals? Tasks in PostgreSQL, one asynchronous worker.

It keeps no results, so the task writes the bank's answer into a table of its own, as an application would have to.
"""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version

from procrastinate import App, PsycopgConnector

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
PUT = "INSERT INTO answer VALUES (%(number)s, %(code)s) ON CONFLICT DO NOTHING"


async def main() -> None:
    """Defer the tasks, then run a worker until none is left."""
    app = App(connector=PsycopgConnector(conninfo=store(), max_size=WRITERS))
    wire = await Wire.dial()

    @app.task(name="reverse")
    async def reverse(number: int) -> str:
        code = approved(await wire.reverse(number))
        await app.connector.execute_query_async(PUT, number=number, code=code)
        return code

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await app.connector.execute_query_async(ANSWERS)
        for first in range(0, jobs(), CHUNK):
            numbers = range(first, min(first + CHUNK, jobs()))
            await reverse.batch_defer_async(*({"number": number} for number in numbers))
        begun = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=AT_ONCE, install_signal_handlers=False)
        seconds = time.perf_counter() - begun
        row = await app.connector.execute_query_one_async(
            "SELECT count(*) AS n, current_setting('synchronous_commit') AS sync, current_setting('fsync') AS fsync"
            " FROM procrastinate_jobs WHERE status = 'succeeded'"
        )
    if row["n"] != jobs():
        raise SystemExit(f"{row['n']} jobs succeeded")
    durability = f"PostgreSQL, synchronous_commit={row['sync']}, fsync={row['fsync']}"
    report(seconds, version=version("procrastinate"), durability=durability)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main())
