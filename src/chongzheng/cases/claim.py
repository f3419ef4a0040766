"""What is claimed from a supplier for a month, on which tickets does it rest, and was it paid (S-48)?

The lines are computed from the tickets of that month and the clauses in force; nobody types a sum. Whether money came
is the bank statement's matter; the claim only says what is due, and what the supplier answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from chongzheng.cases import desk
from chongzheng.cases.claims import Breach, statement
from chongzheng.cases.effects import Free, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Ask, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all

DRAFT, APPROVED, SENT, PAID, DISPUTED, WITHDRAWN = "DRAFT", "APPROVED", "SENT", "PAID", "DISPUTED", "WITHDRAWN"
RUNNING = (DRAFT, APPROVED, SENT, DISPUTED)
CHINA = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PAY_MS = 30 * 24 * 3_600_000
"""Until then a claim that was sent is paid or answered; a reminder comes after it."""
_MONTH = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])")


def month_ms(month: str) -> tuple[int, int]:
    """Begin and end (the begin of the next) of a month yyyymm in China, epoch ms."""
    year, number = int(month[:4]), int(month[4:])
    begin = datetime(year, number, 1, tzinfo=CHINA)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=CHINA)
    return (begin - EPOCH) // timedelta(milliseconds=1), (end - EPOCH) // timedelta(milliseconds=1)


def breaches_of(tickets: Iterable[Matter], begin: int, end: int, now: int) -> tuple[list[Breach], list[str]]:
    """The breaches of a month, oldest ticket first, and the tickets whose fault the supplier does not accept.

    An answer counts for the month in which it was due, a fault for that in which its ticket was opened.
    """
    found: list[Breach] = []
    denied: list[str] = []
    for ticket in tickets:
        if ticket.state in ("DRAFT", "WITHDRAWN"):
            continue
        body = ticket.body
        due = [sent for sent in body["sent"] if begin <= sent["due_at"] < end]
        over = [(sent["answered_at"] or now) - sent["due_at"] for sent in due]
        found += [Breach(ticket.id, "late answer", late_ms) for late_ms in over if late_ms > 0]
        if not (body.get("breach") and begin <= ticket.opened_at < end):
            continue
        if body.get("answer", {}).get("accepts"):
            lasted_ms = max(0, body.get("until_at", 0) - body.get("from_at", 0))
            found.append(Breach(ticket.id, body["breach"], lasted_ms, body.get("loss_fen", 0)))
        else:
            denied.append(ticket.id)
    return found, denied


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    supplier, month = fact.said["supplier"], fact.said["month"]
    if supplier not in given.rule("suppliers"):
        return Refused("rule", f"the register suppliers has no row {supplier}")
    if not _MONTH.fullmatch(month):
        return Refused("field", "month: is a month, yyyymm")
    begin, end = month_ms(month)
    if fact.at < end:
        return Refused("rule", f"the month {month} is not over")
    breaches, denied = breaches_of(given.others["tickets"], begin, end, fact.at)
    lines = statement(supplier, given.rule("contracts"), breaches)
    fen = sum(line.claimed_fen for line in lines)
    changes = {"supplier": supplier, "month": month, "lines": [line.row() for line in lines], "denied": denied}
    only = Take(f"claim {supplier} {month}", f"{supplier} has a claim for {month} already")
    return Outcome(changes={**changes, "fen": fen}, moves={"fen": fen, "queue": "suppliers"}, effects=(only,))


def _approved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return Refused("rule", "nothing is due; withdraw it") if matter.fen == 0 else Outcome()


def _sent(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"sent_reference": fact.said["reference"]}, moves={"due_at": fact.at + PAY_MS})


def _overdue(matter: Matter, fact: Fact, given: Given) -> Outcome:
    reminders = matter.body.get("reminders", 0) + 1
    return Outcome(changes={"reminders": reminders}, moves={"due_at": fact.at + PAY_MS})


def _paid(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if fact.said["fen"] > matter.fen:
        return Refused("rule", f"{matter.fen} fen are claimed, not {fact.said['fen']}")
    paid = {"fen": fact.said["fen"], "reference": fact.said["reference"], "short_fen": matter.fen - fact.said["fen"]}
    return Outcome(changes={"paid": paid}, moves={"due_at": None})


def _disputed(matter: Matter, fact: Fact, given: Given) -> Outcome:
    return Outcome(changes={"dispute": fact.said["reason"]}, moves={"due_at": None})


def _withdrawn(matter: Matter, fact: Fact, given: Given) -> Outcome:
    free = Free(f"claim {matter.body['supplier']} {matter.body['month']}")
    return Outcome(changes={"withdrawn": fact.said["reason"]}, effects=(free,))


def _asks(matter: Matter, fact: Fact) -> Mapping[str, Ask]:
    month = str(fact.said.get("month", ""))
    if fact.name != "Opened" or not _MONTH.fullmatch(month):
        return {"tickets": Ask("ticket", "supplier", "")}
    return {"tickets": Ask("ticket", "supplier", str(fact.said.get("supplier", "")), month_ms(month)[0] - PAY_MS)}


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"supplier": matter.body.get("supplier", "")}


REFERENCE = Field("reference", "text", "编号", "its number: letter, e-mail, bank line")

CLAIM = Kind(
    name="claim",
    titles=("索赔单", "claim on a supplier"),
    states=(DRAFT, APPROVED, SENT, PAID, DISPUTED, WITHDRAWN),
    ended=frozenset({PAID, WITHDRAWN}),
    rows=(
        Row(NEW, "Opened", DRAFT, _opened, may=desk.DESK, program=True,
            takes=(Field("supplier", "word", "供应商", "row of the register suppliers"),
                   Field("month", "word", "月份", "the month, yyyymm"))),
        Row(DRAFT, "Approved", APPROVED, _approved, may=frozenset({desk.FINANCE}), apart=("Opened",), shown=True),
        Row(APPROVED, "Sent", SENT, _sent, may=desk.DESK, takes=(REFERENCE,)),
        Row(SENT, "ClockRan", None, _overdue),
        *in_all((SENT, DISPUTED), Row(SENT, "Paid", PAID, _paid, may=frozenset({desk.FINANCE}), shown=True,
            takes=(Field("fen", "fen", "到账金额", "what came, fen"), REFERENCE))),
        Row(SENT, "Disputed", DISPUTED, _disputed, may=desk.DESK | {desk.SUPPLIER}, takes=(desk.REASON,)),
        *in_all(RUNNING, Row(DRAFT, "Withdrawn", WITHDRAWN, _withdrawn, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows(RUNNING),
    ),
    tags=_tags,
    asks=_asks,
)  # fmt: skip
