"""How does a clearing file become facts? Match it, hand in what it says, remember that it was read.

Everything that is stored carries the file's own day as its instant, so that a file that is read again after a stop
gives the same evidence under the same ids, and only what was missing is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chongzheng.fees.agreement import Agreement, FeeCheck
from chongzheng.fees.tail import tails
from chongzheng.gateway import backwards, windows
from chongzheng.gateway.corrected import Changes, Said, changed, said_before
from chongzheng.gateway.loading import Desk, layouts, load, load_named
from chongzheng.journal import Committed, Evidence, FilePart, Journal, Reader, Submission, evidence
from chongzheng.journal.rows import encode
from chongzheng.journal.settled import Came
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.events import Event
from chongzheng.reversal.facts import DeadlinePassed, Moves
from chongzheng.reversal.payment import FINAL, Payment, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.settlement import charged, cleared, days, digest, rounding
from chongzheng.settlement.breaks import Break, Difference, Type
from chongzheng.settlement.differences import differences
from chongzheng.settlement.formats.layout import Witness
from chongzheng.settlement.intake import ClearingFile
from chongzheng.settlement.judge import Judgement, Saying, fact, judge
from chongzheng.settlement.line import CARD_CHANNEL, Record
from chongzheng.settlement.match import Candidate, Held, Matching, PointedBack, match
from chongzheng.settlement.windows import Windows

__all__ = ["Desk", "HandIn", "Outcome", "Summary", "Terms", "layouts", "load", "load_named", "preview", "settle"]

BATCH_MAX = 500
"""Facts handed in at once."""
STRAYS_AT_ONCE_MAX = 1_000
"""Breaks that may wait in memory before they are written."""
LARGE_ROWS = 200_000
"""From here on matching goes by sets, not row by row (decision 19)."""

Matcher = Callable[[Sequence[Record], Sequence[Candidate], Windows], Matching]

HandIn = Callable[[Sequence[Submission]], Sequence[Committed]]
"""Takes a bounded batch and returns when it is durable; `Journal.apply` is one."""


class Outcome(StrEnum):
    """What became of the file."""

    READ = "read"
    RESUMED = "read to its end, after a stop"
    CORRECTED = "read, in the place of an earlier file of this day"
    ALREADY_READ = "already read, nothing changed"
    SUPERSEDED = "a corrected file has taken its place, nothing changed"
    OTHER_CONTENT = "another file of this day was read before, nothing changed"
    DRY_RUN = "dry run, nothing changed"


_BEGUN = {
    "new": Outcome.READ,
    "unfinished": Outcome.RESUMED,
    "done": Outcome.ALREADY_READ,
    "superseded": Outcome.SUPERSEDED,
    "other for this day": Outcome.OTHER_CONTENT,
}
_READS = frozenset({Outcome.READ, Outcome.RESUMED, Outcome.CORRECTED})
_HELD = {
    Truth.CHARGED_KEPT: Held.KEPT,
    Truth.CHARGED_TWICE: Held.KEPT,
    Truth.CHARGED_RETURNED: Held.RETURNED,
    Truth.NEVER_CHARGED: Held.NEVER,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How files are taken. `corrects`: it may take the place of another file of its day; `whole`: words of formats
    whose file holds all trades of its channel, though its name says whose it is; `owners`: our merchant
    numbers by a format and the part that a file of it is; `agreed`: what fees are checked against on a day, by format,
    None: they are not; `matching`: says what settlement.match.match says, None: that function, and an engine in this
    process for a file of LARGE_ROWS.
    """

    corrects: bool = False
    whole: frozenset[str] = frozenset()
    owners: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    agreed: Callable[[str, str], Agreement] | None = None
    matching: Matcher | None = None


@dataclass(slots=True)
class Summary:
    """What the file said: `matched` records with a payment, `silent` payments it says nothing of, `withheld` payments
    that a break may be about, `proven` verdicts by truth, `contested` and `stopped` payment ids, `opened` payments that
    nobody had told us of. `result` is a digest of what matched and what differs: the same file against the same book
    gives the same. `changes`: what a corrected file says otherwise, payment by payment. `tail`: what leads from its
    fees to what their rounding left over, one line a day.
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
    format: str = ""
    opened: int = 0
    differences: tuple[Difference, ...] = ()
    carried: int = 0
    result: str = ""
    changes: Changes | None = None
    kept: Counter[str] | None = None
    tail: tuple[str, ...] = ()

    @property
    def by_type(self) -> dict[str, int]:
        """How many differences there are of each type; of a file that was read before, those it brought then."""
        found = Counter(str(one.type) for one in self.differences) if self.kept is None else self.kept
        return {str(kind): found[str(kind)] for kind in Type}


def settle(
    file: ClearingFile,
    journal: Journal,
    reader: Reader,
    now_ms: int,
    hand_in: HandIn | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    terms: Terms = Terms(),
) -> Summary:
    """Hand in everything that the complete `file` says. `now_ms` stamps the facts; `progress(done, of)` counts them.

    Safe to call again with the same file after a stop at any point. JournalFull passes through; call again then.
    """
    earlier, known = _in_its_place(file, reader)
    work = _Work(file, reader, terms, earlier)
    if not (known or _may_take_its_place(file, earlier, terms)):
        return work.summary(Outcome.OTHER_CONTENT)
    changes = "" if work.changes is None else work.changes.as_json()
    part, records = FilePart(file.channel, file.format, file.part), len(file.records)
    begun = journal.begin_file(file.identity, file.name, file.day, records, True, now_ms, part, earlier, changes)
    summary = work.summary(Outcome.CORRECTED if begun == "new" and earlier else _BEGUN[begun])
    if summary.outcome not in _READS:
        return summary
    take = hand_in or journal.apply
    work.open_strangers(take, now_ms)
    summary = work.summary(summary.outcome)
    done = 0
    for batch in _batches(file, work.sayings, now_ms):
        _count(take(batch), summary)
        done += len(batch)
        progress(done, len(work.sayings))
    _keep_breaks(file, work.judgement.breaks, journal)
    journal.put_breaks(file.identity, part, file.day, summary.differences, now_ms)
    journal.finish_file(file.identity, work.came(), now_ms)
    return summary


def preview(file: ClearingFile, reader: Reader, terms: Terms = Terms()) -> Summary:
    """What `settle` would find, without a change."""
    outcome = Outcome.DRY_RUN
    for read in reader.settlement_days():
        if read["digest"] == file.identity and read["state"] == "done":
            outcome = Outcome.SUPERSEDED if read["superseded_by"] else Outcome.ALREADY_READ
    earlier, known = _in_its_place(file, reader)
    if not (known or _may_take_its_place(file, earlier, terms)):
        outcome = Outcome.OTHER_CONTENT
    work = _Work(file, reader, terms, earlier)
    if outcome is Outcome.DRY_RUN:
        work.imagine_strangers()
    return work.summary(outcome)


def refuse_other_policy(reader: Reader, policy: Policy) -> None:
    """TheirMistake when an open payment was judged so far by another policy than the one that would judge it now."""
    for payment in reader.payments():
        if payment.state not in FINAL and payment.policy != policy.version:
            raise TheirMistake(
                f"payments here follow policy {payment.policy!r}, not {policy.version!r}; give --config", "policy"
            )


class _Work:
    """One file against the book: what matches, what it tells each payment, and what differs."""

    def __init__(self, file: ClearingFile, reader: Reader, terms: Terms, earlier: str) -> None:
        self._file = file
        self._reader = reader
        self._terms = terms
        self._matcher = terms.matching or _matcher(len(file.records))
        self._places: set[backwards.Place] = set()
        self._before: dict[str, Said] = {}
        self._alone: tuple[Difference, ...] = ()
        self._fees: FeeCheck | None = None
        self.opened = 0
        self._windows = windows.on(reader, file.day)
        self._taken_back: set[str] = set()
        self._candidates = [self._as_if_unread(one, reader, earlier) for one in self._payments(reader)]
        self._earlier = earlier
        self._compare()

    def _payments(self, reader: Reader) -> Iterator[Payment]:
        """Every payment whose day lies where a trade of this file may come from, and every older one that is open, or
        that a line of this file may take back."""
        file, pointed = self._file, PointedBack(self._file.records)
        channels = {file.channel, *(record.channel for record in file.records)}
        oldest = min(self._windows.of(channel).oldest(file.day) for channel in channels)
        newest = days.shifted(file.day, 1)
        for payment in reader.payments():
            if payment.channel == CARD_CHANNEL:
                self._places.add((payment.key.merchant.strip(), payment.key.terminal.strip()))
            is_young = payment.day >= oldest or payment.state not in FINAL
            heard_it = any(day == file.day for day, _ in payment.days)
            if ((payment.day <= newest and is_young) or heard_it) and payment.channel in channels:
                yield payment
            elif pointed and payment.day < oldest and payment.channel in channels and self._may_be(payment, pointed):
                self._taken_back.add(payment.id)
                yield payment

    def _may_be(self, payment: Payment, pointed: PointedBack) -> bool:
        first_day = days.shifted(self._file.day, -self._windows.of(payment.channel).undone_days)
        return payment.day >= first_day and pointed.at(_candidate(payment))

    def _as_if_unread(self, payment: Payment, reader: Reader, earlier: str) -> Candidate:
        """A payment that heard the file whose place this one takes stands as if it had not."""
        made = _candidate(payment)
        if not earlier or self._file.day not in made.read_days:
            return made
        said = said_before(payment, self._file.day, reader, earlier.split(" ")[0])
        if said is None:
            return made
        self._before[payment.id] = said
        unread = tuple(day for day in made.read_days if day != self._file.day)
        return replace(made, read_days=unread, seen=made.seen - len(said.originals) + len(said.reversals))

    def _compare(self) -> None:
        file = self._file
        self.matching = self._matcher(file.records, self._candidates, self._windows)
        matched = {one.payment for one in self.matching.matches}
        heard = [one for one in self._candidates if one.payment in matched or self._speaks_of(one)]
        self.judgement = judge(self.matching, heard, file.day) if file.witness is Witness.TRADES else _NOTHING
        self._found = self._differences(heard)
        self.changes: Changes | None = None
        sayings: Sequence[Saying] = self.judgement.sayings
        if self._earlier and file.witness is Witness.TRADES:
            by_payment = {saying.payment: saying for saying in sayings}
            withheld = frozenset(self.judgement.withheld)
            sayings, self.changes = changed(by_payment, self._before, withheld, self._earlier)
        self.sayings = [(saying, self._before.get(saying.payment)) for saying in sayings]

    def _speaks_of(self, candidate: Candidate) -> bool:
        """Whether the file's silence is about this payment too."""
        file = self._file
        if candidate.payment in self._taken_back:
            return False
        owners = self._terms.owners.get((file.format, file.part), frozenset({file.part}))
        whose = not file.parted or file.format in self._terms.whole or candidate.merchant in owners
        return candidate.channel == file.channel and whose

    def _differences(self, heard: list[Candidate]) -> tuple[Difference, ...]:
        file = self._file
        if file.witness is Witness.FEES:
            everything, self.carried = list(self._wrong_fees()), 0
        else:
            rest = windows.rest_around(file.day) if self._windows.count_working_days else frozenset()
            findings = differences(self.matching, heard, {file.day}, rest, self._windows)
            everything, self.carried = [*findings.differences, *self._alone, *self._wrong_fees()], len(findings.carried)
        everything.sort(key=lambda one: (one.record_number, one.payment, one.type, one.fen))
        return tuple(everything)

    def _wrong_fees(self) -> tuple[Difference, ...]:
        """A file in which every fee is zero states none."""
        file, agreed = self._file, self._terms.agreed
        if agreed is None or not any(record.fee_fen or record.network_fee_fen for record in file.records):
            return ()
        payments = {one.record.number: one.payment for one in self.matching.matches}
        found, self._fees = charged.differences(file.records, agreed(file.format, file.day), payments)
        return found

    def came(self) -> Came:
        """What the file came to, and the tail of its fees, for the books."""
        file = self._file
        moved_fen, net_fen = cleared.total(file.records, file.witness is Witness.FEES)
        left = tails(self._fees.fees) if self._fees is not None else ()
        side = charged.side(file.format)
        entries = tuple(entry for one in left for entry in rounding.entries(one, side))
        matched = len({one.record.number for one in self.matching.matches})
        return Came(moved_fen, net_fen, matched, self._digest(), tuple(map(str, left)), entries)

    def open_strangers(self, take: HandIn, now_ms: int) -> None:
        """Payments that only the file knows; they wait for nobody, so their first deadline has passed."""
        records = self._strangers()
        for start in range(0, len(records), BATCH_MAX):
            page = records[start : start + BATCH_MAX]
            seen = [_record_evidence(self._file, record) for record in page]
            opened = take([backwards.opening(*one, self._file) for one in zip(page, seen, strict=True)])
            waiting = [one.payment for one in opened if not one.error and one.payment.wake_at is not None]
            passed = [Submission(DeadlinePassed(one.id, now_ms, one.wake_at or 0)) for one in waiting]
            later = {one.payment.id: one.payment for one in (take(passed) if passed else ())}
            self._candidates += [_candidate(later.get(one.payment.id, one.payment)) for one in opened if not one.error]
        self._look_again(records)

    def imagine_strangers(self) -> None:
        """The same for a dry run."""
        records = self._strangers()
        self._candidates += [backwards.candidate(record, self._file.day) for record in records]
        self._look_again(records)

    def _strangers(self) -> list[Record]:
        trades = self._file.witness is Witness.TRADES
        return backwards.strangers(self.matching.breaks, self._places) if trades else []

    def _look_again(self, opened: Sequence[Record]) -> None:
        """What was opened explains its line from now on, and is a difference all the same: only the file knew it."""
        self.opened = len(opened)
        if opened:
            self._alone = tuple(backwards.difference(record) for record in opened)
            self._compare()

    def summary(self, outcome: Outcome) -> Summary:
        """What there is to say, before anything is handed in."""
        file, judgement, matching = self._file, self.judgement, self.matching
        again = outcome in (Outcome.ALREADY_READ, Outcome.SUPERSEDED)
        about_one = sum(len(one.about) == 1 for one in matching.breaks) if file.witness is Witness.FEES else 0
        return Summary(
            file.name,
            file.day,
            file.digest,
            outcome,
            len(file.records),
            len({one.record.number for one in matching.matches}) + about_one,
            silent=sum(saying.is_silence for saying, _ in self.sayings),
            withheld=judgement.withheld,
            breaks=judgement.breaks,
            format=file.format,
            opened=self.opened,
            differences=() if again else self._found,
            kept=Counter(self._reader.breaks_of_file(file.identity)) if again else None,
            carried=self.carried,
            result=self._digest(),
            changes=self.changes,
            tail=tuple(map(str, tails(self._fees.fees))) if self._fees is not None else (),
        )

    def _digest(self) -> str:
        """Of the file and of what each of its lines was found to be about; what the book says of that is left out."""
        unmatched = sum(digest.fingerprint(f"{one.record.number} {one.why}") for one in self.matching.breaks)
        total = digest.of_matches(self.matching.matches) + unmatched + digest.fingerprint(self._file.identity)
        return digest.shown(total)


_NOTHING = Judgement((), (), ())


def _matcher(rows: int) -> Matcher:
    if rows < LARGE_ROWS:
        return match
    from chongzheng.reconcile.matcher import matcher  # its engine is loaded for large files only

    return matcher("duckdb")


def _in_its_place(file: ClearingFile, reader: Reader) -> tuple[str, bool]:
    """The digest of the file whose place this one takes, or would take, and whether it has begun to; "" for none."""
    rows = reader.settlement_days()
    for row in rows:
        if row["digest"] == file.identity:
            return str(row["supersedes"]), True
    part = (file.channel, file.format, file.part, file.day, "")
    for row in rows:
        if (row["channel"], row["format"], row["part"], row["day"], row["superseded_by"]) == part:
            return str(row["digest"]), False
    return "", False


def _may_take_its_place(file: ClearingFile, earlier: str, terms: Terms) -> bool:
    """Somebody says so: whoever gives the file, or its control file, which names the one that it corrects."""
    return not earlier or terms.corrects or (file.corrects != "" and earlier.startswith(file.corrects))


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
        channel=payment.channel,
        order=payment.order,
        held=_HELD.get(payment.verdict.truth, Held.OPEN),
        seen=len(payment.originals) - len(payment.reversals),
    )


Telling = tuple[Saying, Said | None]
"""What the file says of a payment, and what the file whose place it takes said of it."""


def _batches(file: ClearingFile, sayings: Sequence[Telling], now_ms: int) -> Iterator[list[Submission]]:
    whole = _file_evidence(file)
    for start in range(0, len(sayings), BATCH_MAX):
        yield [_submission(file, telling, whole, now_ms) for telling in sayings[start : start + BATCH_MAX]]


def _submission(file: ClearingFile, telling: Telling, whole: Evidence, now_ms: int) -> Submission:
    saying, before = telling
    records = (*saying.originals, *saying.reversals)
    kept = {record.number: _record_evidence(file, record) for record in records}
    saw = fact(saying, file.day, now_ms, whole.id, lambda record: kept[record.number].id)
    if before is not None:
        saw = replace(saw, corrects=before.file, withdrawn=before.evidence)
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
