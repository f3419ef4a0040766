"""How fast does Celery on Redis drain the same reversals? Acknowledged late, results kept, every write synced."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from importlib.metadata import version

import redis
from celery import Celery

from chongzheng.bench.alternatives_job import PlainWire, Watch, approved, jobs, store

PROCESSES = 4
LOOK_S = 0.02
app = Celery("reversals", broker=store(), backend=store())
app.conf.update(
    task_acks_late=True, worker_prefetch_multiplier=16, worker_hijack_root_logger=False, result_expires=3_600
)
_own = threading.local()


@app.task(name="reverse")  # type: ignore[untyped-decorator]  # celery has no types
def reverse(number: int) -> str:
    """The job, over the connection of this worker process."""
    if not hasattr(_own, "wire"):
        _own.wire = PlainWire()
    return approved(_own.wire.reverse(number))


def _worker() -> subprocess.Popen[bytes]:
    """A worker as it is started from the command line."""
    words = ("worker", "--pool", "prefork", "--concurrency", str(PROCESSES), "--loglevel", "ERROR")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return subprocess.Popen(
        (sys.executable, "-m", "celery", "-A", "chongzheng.bench.alternatives_celery", *words, *quiet),
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    """Send the tasks, then start a worker and wait until every result is there."""
    client = redis.Redis.from_url(store())
    for number in range(jobs()):
        reverse.delay(number)
    seen = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync")}
    watch, worker = Watch(), _worker()
    try:
        while not watch.is_done(client.info("keyspace").get("db0", {}).get("expires", 0)):  # only results expire
            if worker.poll() is not None:
                raise SystemExit(f"the worker ended with {worker.returncode}")
            time.sleep(LOOK_S)
        durability = f"Redis, appendonly={seen['appendonly']}, appendfsync={seen['appendfsync']}, acks_late"
        watch.report(version=version("celery"), durability=durability)
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
