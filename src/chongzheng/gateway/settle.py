"""How does a clearing file become facts? Let it in, match it, hand in what it says, remember that it was read.

Everything that is stored carries the file's own day as its instant, so that a file that is read again after a stop
gives the same evidence under the same ids, and only what was missing is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from chongzheng.journal import Committed, Evidence, Journal, Reader, Submission, evidence
from chongzheng.journal.rows import encode
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.events import Event
from chongzheng.reversal.facts import Moves
from chongzheng.reversal.payment import FINAL, Payment
from chongzheng.reversal.policy import Policy
from chongzheng.settlement import days
from chongzheng.settlement.breaks import Break
from chongzheng.settlement.formats.control import CONTROL_BYTES_MAX
from chongzheng.settlement.formats.known import Known, packaged
from chongzheng.settlement.formats.reader import keyless
from chongzheng.settlement.intake import ACOM, FILE_BYTES_MAX, ClearingFile, admit
from chongzheng.settlement.judge import Judgement, Saying, fact, judge
from chongzheng.settlement.line import Record
from chongzheng.settlement.match import Candidate, match

BATCH_MAX = 500
"""Facts handed in at once."""
STRAYS_AT_ONCE_MAX = 1_000
"""Breaks that may wait in memory before they are written."""
CONTROL_SUFFIX = ".ctl"

HandIn = Callable[[Sequence[Submission]], Sequence[Committed]]
"""Takes a bounded batch and returns when it is durable; `Journal.apply` is one."""


class Outcome(StrEnum):
    """What became of the file."""

    READ = "read"
    RESUMED = "read to its end, after a stop"
    ALREADY_READ = "already read, nothing changed"
    OTHER_CONTENT = "another file of this day was read before, nothing changed"
    DRY_RUN = "dry run, nothing changed"


_BEGUN = {
    "new": Outcome.READ,
    "unfinished": Outcome.RESUMED,
    "done": Outcome.ALREADY_READ,
    "other for this day": Outcome.OTHER_CONTENT,
}


@dataclass(slots=True)
class Summary:
    """What the file said: `matched` records with a payment, `silent` payments it says nothing of, `withheld` payments
    that a break may be about, `proven` verdicts by truth, `contested` and `stopped` payment ids.
    """

    name: str
    day: str
    digest: str
    outcome: Outcome
    records: int = 0
    matched: int = 0
    silent: int = 0
    withheld: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    proven: Counter[str] = field(default_factory=Counter)
    contested: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)


def settle(
    file: ClearingFile,
    journal: Journal,
    reader: Reader,
    now_ms: int,
    hand_in: HandIn | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Summary:
    """Hand in everything that the complete `file` says. `now_ms` stamps the facts; `progress(done, of)` counts them.

    Safe to call again with the same file after a stop at any point. JournalFull passes through; call again then.
    """
    begun = journal.begin_file(file.identity, file.name, file.day, len(file.records), True, now_ms)
    outcome = _BEGUN[begun]
    if outcome in (Outcome.ALREADY_READ, Outcome.OTHER_CONTENT):
        return Summary(file.name, file.day, file.digest, outcome, len(file.records))
    judgement, summary = _judge(file, reader, outcome)
    done = 0
    for batch in _batches(file, judgement.sayings, now_ms):
        _count((hand_in or journal.apply)(batch), summary)
        done += len(batch)
        progress(done, len(judgement.sayings))
    _keep_breaks(file, judgement.breaks, journal)
    journal.finish_file(file.identity)
    return summary


def preview(file: ClearingFile, reader: Reader) -> Summary:
    """What `settle` would find, without a change."""
    for read in reader.settlement_days():
        if read["digest"] == file.identity and read["state"] == "done":
            return Summary(file.name, file.day, file.digest, Outcome.ALREADY_READ, len(file.records))
        if read["day"] == file.day and read["digest"] != file.identity:
            return Summary(file.name, file.day, file.digest, Outcome.OTHER_CONTENT, len(file.records))
    return _judge(file, reader, Outcome.DRY_RUN)[1]


def load(
    path: Path,
    day: str,
    control: Path | None = None,
    word: str = ACOM,
    known: Known | None = None,
    hashed: Callable[[str], str] = keyless,
) -> ClearingFile:
    """The file at `path` with its control file (beside it, unless named); TheirMistake when it cannot be believed."""
    beside = control or path.with_name(path.name + CONTROL_SUFFIX)
    data = _bytes(path, FILE_BYTES_MAX)
    vouched = _bytes(beside, CONTROL_BYTES_MAX) if control is not None or beside.is_file() else None
    return admit(data, path.name, day, vouched, word, known, hashed)


def load_named(path: Path, known: Known | None = None, hashed: Callable[[str], str] = keyless) -> ClearingFile:
    """The same of a file whose name states its layout and its day; TheirMistake also when it does not."""
    word, day = (known or packaged()).of_file(path.name)
    if not days.is_day(day):
        raise TheirMistake("does not state in its name which day it is of", path.name)
    return load(path, day, None, word, known, hashed)


def refuse_other_policy(reader: Reader, policy: Policy) -> None:
    """TheirMistake when an open payment was judged so far by another policy than the one that would judge it now."""
    for payment in reader.payments():
        if payment.state not in FINAL and payment.policy != policy.version:
            raise TheirMistake(
                f"payments here follow policy {payment.policy!r}, not {policy.version!r}; give --config", "policy"
            )


def _bytes(path: Path, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None


def _judge(file: ClearingFile, reader: Reader, outcome: Outcome) -> tuple[Judgement, Summary]:
    candidates = list(_candidates(reader, file.day))
    matching = match(file.records, candidates)
    judgement = judge(matching, candidates, file.day)
    summary = Summary(file.name, file.day, file.digest, outcome, len(file.records), len(matching.matches))
    summary.silent = sum(saying.is_silence for saying in judgement.sayings)
    summary.withheld, summary.breaks = judgement.withheld, judgement.breaks
    return judgement, summary


def _candidates(reader: Reader, day: str) -> Iterator[Candidate]:
    """Every payment whose day lies where a trade of this file may come from, and every older one that is open."""
    oldest, newest = days.shifted(day, -2), days.shifted(day, 1)
    for payment in reader.payments():
        if payment.day <= newest and (payment.day >= oldest or payment.state not in FINAL):
            yield _candidate(payment)


def _candidate(payment: Payment) -> Candidate:
    return Candidate(
        payment=payment.id,
        terminal=payment.key.terminal.strip(),
        merchant=payment.key.merchant.strip(),
        stan=payment.key.stan,
        amount_fen=payment.fen,
        opened_at_ms=payment.opened_at,
        day=payment.day,
        rrns=(payment.approval.rrn,) if payment.approval is not None and payment.approval.rrn else (),
        masked_pan=payment.masked_pan,
        read_days=tuple(read for read, _ in payment.days),
        final=payment.state in FINAL,
        gives_back=payment.moves is Moves.CREDIT,
    )


def _batches(file: ClearingFile, sayings: Sequence[Saying], now_ms: int) -> Iterator[list[Submission]]:
    whole = _file_evidence(file)
    for start in range(0, len(sayings), BATCH_MAX):
        yield [_submission(file, saying, whole, now_ms) for saying in sayings[start : start + BATCH_MAX]]


def _submission(file: ClearingFile, saying: Saying, whole: Evidence, now_ms: int) -> Submission:
    records = (*saying.originals, *saying.reversals)
    kept = {record.number: _record_evidence(file, record) for record in records}
    saw = fact(saying, file.day, now_ms, whole.id, lambda record: kept[record.number].id)
    return Submission(saw, (whole, *kept.values()))


def _file_evidence(file: ClearingFile) -> Evidence:
    body = {
        "name": file.name,
        "day": file.day,
        "sha256": file.digest,
        "records": len(file.records),
        "amount_fen": file.amount_fen,
    }
    return evidence("settlement-file", file.name, days.closes_at(file.day), encode(body))


def _record_evidence(file: ClearingFile, record: Record) -> Evidence:
    body = {"day": file.day, "sha256": file.digest, "record": record}
    return evidence("settlement-record", file.name, days.closes_at(file.day), encode(body))


def _keep_breaks(file: ClearingFile, breaks: Sequence[Break], journal: Journal) -> None:
    for number, one in enumerate(breaks, 1):
        about = f"; about {' '.join(one.about)}" if one.about else ""
        journal.keep_stray(_record_evidence(file, one.record), f"{one}{about}")
        if number % STRAYS_AT_ONCE_MAX == 0:
            journal.tidy()
    journal.tidy()


def _count(committed: Sequence[Committed], summary: Summary) -> None:
    for one in committed:
        if one.error:
            summary.stopped.append(one.payment.id)
        elif one.rule.endswith(f".{Event.FILE_PROVES}"):
            summary.proven[one.payment.verdict.truth.value] += 1
        elif one.rule.endswith(f".{Event.FILE_CONTRADICTS}"):
            summary.contested.append(one.payment.id)
