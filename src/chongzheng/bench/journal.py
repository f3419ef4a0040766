"""How much of a processor does one durable fact cost: stepping, record, chain, rows and commit?

The facts are those of real life: a sale is three (taken, answered, answer written); a reversal is two (sent again at
its deadline, answered) after the two that made it necessary. Evidence is as large as what the gateway keeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from chongzheng.card import Pan
from chongzheng.journal import Committed, Journal, Submission, evidence, payment_id
from chongzheng.reversal import facts
from chongzheng.reversal.payment import Payment

BATCH_FACTS = 200
STEP_MS = 10
OPENED_AT_MS = 1_790_000_000_000
DAY_MS = 86_400_000
AMOUNT_FEN = 12_345
MERCHANT = "898100000000001"
STANS = 999_999
EVIDENCE = (
    '{{"mti":"{mti}","fields":{{"2":"622200******1902","3":"000000","4":"000000012345","11":"{stan:06d}","12":"101112",'
    '"13":"0922","14":"****","22":"051","23":"001","25":"00","26":"12","35":"****","37":"{stan:012d}","39":"{code}",'
    '"41":"{terminal}","42":"898100000000001","49":"156","52":"****","53":"2600000000000000",'
    '"55":"9F26089F2701809F101307020103A000000A010000000000B2FAE5CA9F37049F360200019505008004E8009A03",'
    '"60":"22000001000600","64":"41463433"}}}}'
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost. `cpu_us` and `wall_us` are per fact; the process's own time, kernel included."""

    story: str
    facts: int
    batch: int
    cpu_us: float
    wall_us: float
    facts_per_s: int


class Shop:
    """Made-up sales and reversals, each payment from a terminal of its own, in the order a busy engine sees them."""

    def __init__(self) -> None:
        self._at = OPENED_AT_MS
        self._n = 0

    def sales(self, count: int) -> Iterator[list[Submission]]:
        """Waves of so many sales: taken, answered, answer written."""
        names = self._opened(count)
        yield [self._taken(n) for n in names]
        yield [self._answered(n, "0210") for n in names]
        yield [self._written(n) for n in names]

    def doubts(self, count: int) -> Iterator[list[Submission]]:
        """Waves of so many sales that the host never answers: each ends with its first reversal sent."""
        names = self._opened(count)
        yield [self._taken(n) for n in names]
        yield [self._late(n, 50_000) for n in names]

    def reversals(self, doubtful: Sequence[Payment]) -> Iterator[list[Submission]]:
        """Two waves over payments that owe a reversal: sent once more at its deadline, answered."""
        self._at += 60_000
        yield [Submission(facts.DeadlinePassed(p.id, self._at, p.wake_at or 0)) for p in doubtful]
        yield [self._answered(int(p.key.stan) + STANS * int(p.key.batch), "0410") for p in doubtful]

    def _opened(self, count: int) -> range:
        first, self._n = self._n, self._n + count
        self._at += STEP_MS
        return range(first, self._n)

    def _key(self, n: int) -> facts.Key:
        return facts.Key(MERCHANT, f"{n % 1_000:08d}", f"{n // STANS:06d}", f"{n % STANS:06d}")

    def _taken(self, n: int) -> Submission:
        key = self._key(n)
        text = EVIDENCE.format(mti="0200", stan=n % STANS, code="", terminal=key.terminal)
        heard = evidence("0200", f"terminal:{key.terminal}", self._at, text.encode())
        request = facts.Request(
            key=key,
            amount_fen=AMOUNT_FEN,
            currency="156",
            fingerprint=f"{n:032x}",
            echo=("000000", f"{AMOUNT_FEN:012d}", key.stan, key.terminal, MERCHANT),
            identity=_identity(key),
            day="20260922",
            day_ends_at=OPENED_AT_MS + DAY_MS // 2,
            masked_pan="622200******1902",
        )
        return Submission(facts.RequestTaken(payment_id(key), self._at, heard.id, request), (heard,), CARD)

    def _answered(self, n: int, mti: str) -> Submission:
        key = self._key(n)
        text = EVIDENCE.format(mti=mti, stan=n % STANS, code="00", terminal=key.terminal)
        heard = evidence(mti, "host:90000001", self._at + STEP_MS, text.encode())
        echo = ("000000", f"{AMOUNT_FEN:012d}", key.stan, key.terminal, MERCHANT)
        answer = facts.Answer("00", "good", echo, f"{n:012d}", "123456")
        make = facts.ReplyArrived if mti == "0210" else facts.ReversalAnswered
        return Submission(make(payment_id(key), heard.at, heard.id, answer), (heard,))

    def _written(self, n: int) -> Submission:
        return Submission(facts.AnswerWritten(payment_id(self._key(n)), self._at + 2 * STEP_MS))

    def _late(self, n: int, wait_ms: int) -> Submission:
        due_at = self._at + wait_ms
        return Submission(facts.DeadlinePassed(payment_id(self._key(n)), due_at, due_at))


CARD = Pan("6222001234567531902")


def _identity(key: facts.Key) -> facts.Pairs:
    return (
        ("F3", "000000"), ("F4", f"{AMOUNT_FEN:012d}"), ("F11", key.stan), ("F22", "051"), ("F23", "001"),
        ("F25", "00"), ("F41", key.terminal), ("F42", key.merchant), ("F49", "156"), ("F60", f"22{key.batch}000600"),
        ("F61", f"{key.batch}{key.stan}0922"),
    )  # fmt: skip


def measure(journal: Journal, payments: int, batch: int = BATCH_FACTS) -> list[Cost]:
    """Sales, then doubts and their reversals, on an open journal; the making of the facts is not counted."""
    shop = Shop()
    sales = _run("sale", journal, [wave for _ in range(payments // batch) for wave in shop.sales(batch)])
    doubtful: list[Payment] = []
    doubts = _run("doubt", journal, [w for _ in range(payments // batch) for w in shop.doubts(batch)], doubtful.append)
    doubtful = [p for p in doubtful if p.attempts]
    groups = [doubtful[i : i + batch] for i in range(0, len(doubtful), batch)]
    reversals = _run("reversal", journal, [wave for group in groups for wave in shop.reversals(group)])
    return [sales, doubts, reversals]


def _run(
    story: str, journal: Journal, waves: list[list[Submission]], keep: Callable[[Payment], None] | None = None
) -> Cost:
    found: list[list[Committed]] = []
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    for wave in waves:
        committed = journal.apply(wave)
        if keep is not None:
            found.append(committed)
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    for committed in found:
        for one in committed:
            keep(one.payment)  # type: ignore[misc]
    count = sum(map(len, waves))
    return Cost(story, count, len(waves[0]), cpu / count / 1e3, wall / count / 1e3, round(count * 1e9 / wall))


def lines(costs: list[Cost]) -> list[str]:
    """One line a story, for people."""
    return [
        "{story:9} {facts:>8} facts  batch {batch:>4}  cpu {cpu_us:6.1f} us  wall {wall_us:6.1f} us  "
        "{facts_per_s:>7}/s".format(**asdict(cost))
        for cost in costs
    ]
