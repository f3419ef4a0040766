"""How fast does Temporal's dev server drain the same reversals? One workflow of one activity each, state in SQLite."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from importlib.metadata import version

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from chongzheng.bench.alternatives_job import AT_ONCE, Wire, approved, jobs, loop_factory, report, store

TASKS = "reversals"
POLLS = 20
CONNECT_TRIES, CONNECT_WAIT_S = 200, 0.1
wires: list[Wire] = []


@activity.defn
async def send(number: int) -> str:
    """Send the reversal; its result goes into the workflow's history."""
    return approved(await wires[0].reverse(number))


@workflow.defn
class Reverse:
    """The job."""

    @workflow.run
    async def run(self, number: int) -> str:
        """One activity, retried by the server until it succeeds."""
        return await workflow.execute_activity(send, number, start_to_close_timeout=timedelta(seconds=60))


async def _connected() -> Client:
    for _ in range(CONNECT_TRIES):
        try:
            return await Client.connect(store())
        except RuntimeError:
            await asyncio.sleep(CONNECT_WAIT_S)
    return await Client.connect(store())


async def main() -> None:
    """Start the workflows while no worker runs, then start one and wait for every result."""
    client = await _connected()
    wires.append(await Wire.dial())
    room = asyncio.Semaphore(AT_ONCE)

    async def start(number: int) -> object:
        async with room:
            return await client.start_workflow(Reverse.run, number, id=f"reversal-{number}", task_queue=TASKS)

    handles = await asyncio.gather(*(start(number) for number in range(jobs())))
    begun = time.perf_counter()
    async with Worker(
        client,
        task_queue=TASKS,
        workflows=[Reverse],
        activities=[send],
        max_concurrent_activities=AT_ONCE,
        max_concurrent_workflow_tasks=AT_ONCE,
        max_concurrent_workflow_task_polls=POLLS,
        max_concurrent_activity_task_polls=POLLS,
    ):
        for handle in handles:
            await handle.result()
        seconds = time.perf_counter() - begun
    durability = "dev server, state in an SQLite file with its own settings"
    report(seconds, version=version("temporalio"), durability=durability)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main())
