"""Are the cases of a bad day worked to a close: a bank that is away, doubts, clerks, refunds, a late reversal?

The world is the demo's: real processes, a bank with a book of its own. For a while the bank executes sales and loses
the answers, and refuses or loses the reversals. Clerks confirm, find the cause, give some of the money back before any
file has come; then a reversal takes effect after all, the files of two days come, and everything is put right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chongzheng.cases.calendar import day_of
from chongzheng.cases.case_states import CHAPTER_OF, CHAPTERS, CLOSED
from chongzheng.cases.matter import Matter
from chongzheng.journal import Reader
from chongzheng.reports import papers
from chongzheng.reports.case_file import case_file
from chongzheng.reports.documents import Document
from chongzheng.reports.period import period
from chongzheng.reversal.entries import Account
from chongzheng.simulator import demo, troubles, world
from chongzheng.simulator.books import compare
from chongzheng.simulator.demo import Run, Show
from chongzheng.simulator.office.people import Office
from chongzheng.simulator.office.postman import NOTICES, Postman
from chongzheng.simulator.office.shift import Shift
from chongzheng.simulator.troubles import Sale

OUTAGE_FROM = 8
"""The bank goes away after one in so many of the day's sales."""
SMALL_FEN = (1_000, 99_000)
DEAR_EVERY = 3
"""One sale in so many is as dear as in the demo; the others are small, as most of a day's are."""
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: `outage` of the `payments` meet a bank that is away. `rate`, `seed`, `folder` as in the demo."""

    payments: int
    terminals: int
    outage: int
    seed: int
    folder: Path
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `chapters`: chapter -> cases that went through it; `refunds`, `claw_backs` …: state -> how many;
    `promises`: (kept, made); `letters`: subjects; `documents`: files; `facts`: said by people; `contested`:
    cases in which file and book contradict each other.
    """

    world: demo.Report
    cases: int
    closed: int
    chapters: Mapping[str, int]
    refunds: Mapping[str, int]
    claw_backs: Mapping[str, int]
    compensations: Mapping[str, int]
    apologies: Mapping[str, int]
    tickets: Mapping[str, int]
    promises: tuple[int, int]
    causes: Mapping[str, int]
    notices: Mapping[str, int]
    letters: tuple[str, ...]
    documents: tuple[str, ...]
    facts: int
    contested: int = 0

    @property
    def suspense_fen(self) -> int:
        """What is nobody's; nought is wanted."""
        return self.world.books.balances.get(Account.SUSPENSE, 0)

    @property
    def advanced_fen(self) -> int:
        """What was given in advance and is not covered, recovered or written off; nought is wanted."""
        return self.world.books.balances.get(Account.PROVISIONAL, 0)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is not as it should be at the end of the day."""
        kept, made = self.promises
        wrong = {
            "a verdict is wrong, or something was lost": not self.world.ok,
            "a case is open": self.closed < self.cases or not self.cases,
            "a case skipped a chapter": any(self.chapters.get(name, 0) < self.cases for name in CHAPTERS),
            "a contradiction has no case": self.contested < len(self.world.planted),
            "money lies in suspense": bool(self.suspense_fen),
            "an advance is outstanding": bool(self.advanced_fen),
            "the books do not balance": self.world.books.trial_fen != 0,
            "a promise was not kept": kept < made,
            "a notice did not leave": set(self.notices) != {"sent"},
            "no letter for every notice": len(self.letters) != self.notices.get("sent", 0),
            "nothing was given back": not self.refunds.get("CONFIRMED_FINAL"),
            "nothing was taken back": not self.claw_backs.get("RECOVERED"),
            "nobody was compensated": not self.compensations.get("GRANTED"),
            "an apology did not leave": set(self.apologies) != {"SENT"},
            "no paper was written": not self.documents,
            "no ticket was answered": not self.tickets.get("CLOSED"),
        }
        return tuple(words for words, is_so in wrong.items() if is_so)

    @property
    def ok(self) -> bool:
        """Whether all of it is as it should be."""
        return not self.complaints


async def run(plan: Plan, show: Show) -> Report:
    """Run it. OurMistake when the world itself does not work; a case that stays open is a finding."""
    postman, shift = Postman(), Shift()
    await postman.start()
    try:
        day = _in_world(plan, show, postman.port, shift)
        found = await demo.carry_out(day)
        await shift.days_later()
        found = replace(
            found, books=compare(day.world.journal, day.cleared, day_of(shift.office.now()), frozenset(found.planted))
        )
        return _report(found, shift.office, postman, _papers(day, shift.office))
    finally:
        await postman.stop()
        shift.close()


def _in_world(plan: Plan, show: Show, port: int, shift: Shift) -> Run:
    first = plan.payments // OUTAGE_FROM
    made = world.make(
        plan.folder, plan.seed, plan.payments, plan.terminals, outage=(first, first + plan.outage),
        notices=NOTICES.format(port=port),
    )  # fmt: skip
    words = demo.Plan(plan.payments, plan.terminals, plan.seed, plan.rate, 0, plan.folder)
    day = demo.in_world(words, show, made)
    day.fleet.draw, day.clerks = _sale, shift
    shift.meet(day)
    return day


def _sale(seed: int, merchant: str, terminal: str, number: int) -> Sale:
    """As in the demo, but most of them small."""
    drawn = troubles.sale(seed, merchant, terminal, number)
    least, span = SMALL_FEN
    return drawn if number % DEAR_EVERY == 0 else replace(drawn, fen=least + drawn.fen % span)


def _report(found: demo.Report, office: Office, postman: Postman, documents: tuple[str, ...]) -> Report:
    cases = office.all_of("case")
    promises = [one for case in cases for one in case.body.get("promises", ())]
    return Report(
        world=found,
        cases=len(cases),
        closed=sum(case.state == CLOSED for case in cases),
        chapters=_chapters(office, cases),
        refunds=_states(office, "refund"),
        claw_backs=_states(office, "clawback"),
        compensations=_states(office, "compensation"),
        apologies=_states(office, "apology"),
        tickets=_states(office, "ticket"),
        promises=(sum(bool(one["kept_at"]) and not one["broken_at"] for one in promises), len(promises)),
        causes=Counter(str(case.body.get("cause", {}).get("primary", "")) for case in cases),
        notices=Counter(notice.state for notice in office.letters()),
        letters=tuple(str(letter["subject"]) for letter in postman.letters),
        documents=documents,
        facts=office.said,
        contested=sum(case.body.get("decision", {}).get("truth") == "contested" for case in cases),
    )


def _states(office: Office, kind: str) -> Mapping[str, int]:
    return Counter(one.state for one in office.all_of(kind))


def _chapters(office: Office, cases: list[Matter]) -> dict[str, int]:
    """Chapter -> how many cases were in it, by their stories."""
    counts = dict.fromkeys(CHAPTERS, 0)
    for case in cases:
        states = [act["state"] for act in office.matters.story(case.id) if "state" in act]
        for chapter in {CHAPTER_OF[state] for state in states}:
            counts[chapter] += 1
    return counts


def _papers(day: Run, office: Office) -> tuple[str, ...]:
    """The audit reports of cases, and of these days, as pages and as workbooks, in both tongues."""
    folder = day.plan.folder / "papers"
    folder.mkdir()
    told = _worth_reading(office)
    reader = Reader.open(day.world.journal)
    try:
        made: list[tuple[str, Document]] = []
        for language in LANGUAGES:
            made += [(f"{case}-{language}", case_file(reader, case, language)) for case in told]
            made.append((f"period-{language}", period(reader, day.world.day, day_of(office.now()), language)))
    finally:
        reader.close()
    for name, document in made:
        (folder / f"{name}.pdf").write_bytes(papers.pdf(document))
        (folder / f"{name}.xlsx").write_bytes(papers.workbook(document))
    return tuple(sorted(path.name for path in folder.iterdir()))


def _worth_reading(office: Office) -> list[str]:
    """One case of each way in which a refund ended, final or in advance; without refunds the first case."""
    found: dict[tuple[str, str], str] = {}
    for refund in office.all_of("refund"):
        found.setdefault((refund.state, str(refund.body["gives"])), refund.parent)
    return list(found.values()) or [case.id for case in office.all_of("case")[:1]]


def document(report: Report) -> dict[str, Any]:
    """The JSON document of a day."""
    kept, made = report.promises
    return {
        "cases": report.cases, "contested": report.contested, "closed": report.closed,
        "chapters": dict(report.chapters),
        "refunds": dict(report.refunds), "claw_backs": dict(report.claw_backs),
        "compensations": dict(report.compensations), "apologies": dict(report.apologies),
        "tickets": dict(report.tickets), "promises_made": made, "promises_kept": kept,
        "causes": dict(report.causes), "notices": dict(report.notices), "mails": len(report.letters),
        "documents": list(report.documents), "suspense_fen": report.suspense_fen,
        "advanced_fen": report.advanced_fen, "facts_said": report.facts,
        "day": demo_document(report.world), "complaints": list(report.complaints), "ok": report.ok,
    }  # fmt: skip


def demo_document(found: demo.Report) -> dict[str, Any]:
    """What the demo's own judge says of the same day."""
    judged = found.findings
    return {
        "payments": len(found.payments), "in_doubt": len(judged.in_doubt), "verdicts": dict(judged.verdicts),
        "wrong": len(judged.wrong), "unproven": len(judged.unproven), "lost": len(judged.lost),
        "returned_twice": len(judged.returned_twice), "books_apart": len(found.books.apart),
        "trial_balance_fen": found.books.trial_fen, "accounts_fen": found.books.balances,
        "seconds": found.seconds, "seed": found.plan.seed,
    }  # fmt: skip
