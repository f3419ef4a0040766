"""What is left when the engine is killed in the middle of anything? Every fact it said was durable, and no halves."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chongzheng.journal import Journal, Submission, Vault
from chongzheng.reversal.policy import Policy
from journal.made import NOON_MS, kept, reply, returned, sale, undone, written
from journal.place import SqlitePlace

DATABASES = ("sqlite",)

KILLS = 30
PAYMENTS_A_LIFE = 400


def work(life: int) -> Iterator[Submission]:
    """The facts of one life of the engine: payments of its own, and late news of the life before."""
    first = life * PAYMENTS_A_LIFE
    for n in range(first, first + PAYMENTS_A_LIFE):
        yield from (returned(n), kept(n), [sale(n), reply(n)], [sale(n)])[n % 4]
        if n >= PAYMENTS_A_LIFE:
            yield (written, undone, reply)[n % 3](n - PAYMENTS_A_LIFE, NOON_MS + 10_000 + life)


def live(place: Path, vault: Path, life: int, ack: int) -> None:
    """Apply batches for ever; after each, say through the pipe which evidence and which number are durable."""
    journal = Journal.open(place, Vault.from_file(vault), Policy())
    chance = random.Random(life)
    facts = list(work(life))
    while facts:
        size = chance.randint(1, 9)
        batch, facts = facts[:size], facts[size:]
        journal.apply(batch)
        journal.keep_stray(batch[0].evidence[0] if batch[0].evidence else returned(1)[0].evidence[0], "stray")
        if chance.random() < 0.2:
            journal.tidy()
        number = journal.next_number("batch")
        os.write(ack, " ".join([str(number), *(e.id for s in batch for e in s.evidence)]).encode() + b"\n")
    os.write(ack, b"done\n")
    time.sleep(60)


def one_life(place: SqlitePlace, life: int, after_s: float) -> list[str]:
    """Fork an engine, kill it so long after its first acknowledgement, and return the whole lines it sent."""
    heard, ack = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(heard)
            live(place.path, place.folder / "vault.json", life, ack)
        finally:
            os._exit(1)
    os.close(ack)
    try:
        said = os.read(heard, 65_536)
        assert said, "the engine died before it said anything"
        time.sleep(after_s)
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the engine ended by itself"
    while more := os.read(heard, 65_536):
        said += more
    os.close(heard)
    return said.decode().split("\n")[:-1]


def test_every_acknowledged_fact_survives_every_kill(place: SqlitePlace) -> None:
    chance = random.Random(20260922)
    acked: set[str] = set()
    numbers: list[int] = []
    for life in range(KILLS):
        lines = one_life(place, life, chance.uniform(0, 0.05))
        for number, *evidence in (line.split() for line in lines if line != "done"):
            numbers.append(int(number))
            acked.update(evidence)
        kept_now = {row[0] for row in place.raw("SELECT id FROM evidence UNION SELECT id FROM stray")}
        assert acked <= kept_now, f"life {life} lost what it had acknowledged"
        with place.reading() as reader:
            assert reader.faults() == [], f"after life {life}"
    assert len(acked) > 10 * KILLS
    assert numbers == sorted(set(numbers)), "a number was given out twice"
    place.open().apply([sale(999_999)])
    place.audit()


@pytest.mark.parametrize("life", range(3))
def test_killed_while_it_is_born(place: SqlitePlace, life: int) -> None:
    child = os.fork()
    if child == 0:
        try:
            live(place.path, place.folder / "vault.json", life, os.open(os.devnull, os.O_WRONLY))
        finally:
            os._exit(1)
    time.sleep(0.001 * life)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    place.open().apply([sale(999_999)])
    place.audit()
