"""What have the clerks of a day under way done so far? Some of everything: cases in each state, and what lies beside.

They work as in a day that is judged (casebook), but leave off half way. What the engine's rules refuse them stays as it
is: so it goes on a working day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from chongzheng.cases.case_states import REMEDYING
from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import number
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.simulator.demo import Run, engine_id
from chongzheng.simulator.office.aftermath import Aftermath
from chongzheng.simulator.office.casebook import Casebook, Known
from chongzheng.simulator.office.people import LI, MEI, QIAN, Office, now_ms
from chongzheng.simulator.planting import key_of_row

SHOPS = ("晨光便利店 / Morning Light Store", "老街面馆 / Old Street Noodles", "星河书店 / Galaxy Books")
HOUR_MS = 3_600_000
REFUSALS = (Overtaken, NotAllowed, TheirMistake, KeyError)
"""What a clerk hears when a case does not allow what was tried; the case stays where it is."""
BREATH_S = 0.15
"""Between two cases: an office is not a load test, and the engine has sales to serve."""
HANDED_OVER_S = 20.0


async def work(run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    """An hour of an office: `rows` is the bank's book, which its help desk sees."""
    office = Office(run.world.journal, run.show.advance)
    try:
        run.show.phase("clerks", 0)
        with suppress(OurMistake):
            await office.until(lambda: not office.matters.behind(), "handed over", HANDED_OVER_S)
        told = {engine_id(key): seen.told for key, seen in run.fleet.seen.items()}
        known = Known(told, {engine_id(key_of_row(row)): row for row in rows})
        book = Casebook(office, known, run.world.day, lambda merchant: SHOPS[int(merchant) % len(SHOPS)])
        cases = [one.id for one in office.all_of("case", open_only=True)]
        with suppress(*REFUSALS):
            Aftermath(office, run.world).declare(cases[len(cases) // 2 :])
        for case in cases:
            with suppress(*REFUSALS):
                DEPTHS[number(case) % len(DEPTHS)](book, case)
            await asyncio.sleep(BREATH_S)
        _beside(office, rows)
    finally:
        office.close()


def _untouched(book: Casebook, case: str) -> None:
    """Nobody's yet."""


def _taken(book: Casebook, case: str) -> None:
    book.office.say(case, "Taken", LI)
    book.office.say(case, "ConfirmStarted", LI)


def _confirmed(book: Casebook, case: str) -> None:
    book.confirm(case, book.known.book)


def _diagnosed(book: Casebook, case: str) -> None:
    _confirmed(book, case)
    book.diagnose(case)
    book.promise(case)


def _decided(book: Casebook, case: str) -> None:
    """And where money goes back, its refund waits for a second person."""
    _diagnosed(book, case)
    if book.decide(case) == "refund":
        book.refund(case)


def _advanced(book: Casebook, case: str) -> None:
    """Given back ahead of the file; it waits for whoever stops the reversal and approves."""
    _diagnosed(book, case)
    book.office.say(case, "Decided", MEI, action="provisional refund", note="charged, nothing was handed over")
    book.refund(case)


def _told(book: Casebook, case: str) -> None:
    """Put right and told, to the last step before the end."""
    _diagnosed(book, case)
    book.decide(case)
    if book.office.get(case).state == REMEDYING:
        book.office.say(case, "Remedied", MEI, result="nothing was to be put right")
    book.tell(case, "in_doubt", by=now_ms() + 24 * HOUR_MS)


DEPTHS: tuple[Callable[[Casebook, str], None], ...] = (
    _untouched, _taken, _advanced, _confirmed, _decided, _untouched, _diagnosed, _told, _advanced, _decided,
)  # fmt: skip


def _beside(office: Office, rows: Sequence[Mapping[str, Any]]) -> None:
    """What else lies on the desks: a slip, tasks, a visit, a complaint, a problem."""
    soon, row = now_ms() + 5 * HOUR_MS, rows[0] if rows else {}
    slip = {name: str(row.get(name, "")) for name in ("merchant", "terminal", "batch", "trace")}
    due: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("slip", LI, {**slip, "fen": 12_800, "code": "98"}),
        ("slip", LI, {"merchant": "898310000000099", "terminal": "10000099", "batch": "000001", "trace": "000042"}),
        ("task", LI, {"what": "请商户补传签购单 / ask the shop for the slip", "team": "merchants", "due_at": soon}),
        ("task", MEI, {"what": "核对昨日长款 / look at yesterday's surplus", "team": "finance", "due_at": soon}),
        ("survey", QIAN, {"site": "老街面馆，人民路 18 号 / Old Street Noodles", "due_at": soon,
                          "questions": ["打印机是否缺纸 / is there paper", "网络指示灯 / the network's lamp"]}),
        ("complaint", LI, {"channel": "phone", "ticket": "K-20417", "fen": 12_800,
                           "text": "卡被扣款，小票打印冲正失败 / debited, and the slip says that the reversal failed"}),
        ("problem", QIAN, {"title": "银行应答慢 / the bank answers slowly", "cause": "HO-ISSLATE"}),
    )  # fmt: skip
    for kind, who, said in due:
        with suppress(*REFUSALS):
            office.open(kind, who, said)
