"""Which pages are there, and who may see or send each? One literal table.

Addresses, guard and role matrix are all made of it, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chongzheng.console.views import (
    access,
    breaks,
    bulk,
    fees,
    field,
    finding,
    guide,
    ledger,
    live,
    matter,
    money,
    opening,
    outside,
    payment,
    people,
    queues,
    registers,
    rows,
    settling,
)
from chongzheng.journal.actors import ALLOWED, May, Role

ALL = frozenset(Role)
READERS = ALLOWED[May.READ]
RULERS = ALLOWED[May.SET_RULES]
CHECKERS = ALLOWED[May.CHECK]
RESOLVERS = ALLOWED[May.RESOLVE]
APPROVERS = ALLOWED[May.APPROVE]
CLOSERS = ALLOWED[May.CLOSE_DAYS]
MONEY_READERS = READERS - {Role.TECHNICIAN}
MANAGERS = ALLOWED[May.MANAGE_ACTORS]
OVERSEERS = MANAGERS | {Role.AUDITOR}
REPORTERS = matter.REPORTERS
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """One address and method. `who`: roles that may; `door`: how far somebody must have come: "open" nobody need have
    signed in, "known" the password is enough, "in" the second factor too; `weighty`: takes a proof on the spot."""

    method: str
    path: str
    name: str
    view: Callable[..., Any]
    who: frozenset[Role]
    door: str = "in"
    weighty: bool = False


PAGES: tuple[Page, ...] = (
    Page("GET", "sign-in", "sign-in", access.sign_in, NOBODY, door="open"),
    Page("POST", "sign-in", "sign-in", access.signed_in, NOBODY, door="open"),
    Page("POST", "choice", "choice", access.chosen, NOBODY, door="open"),
    Page("POST", "sign-out", "sign-out", access.sign_out, ALL, door="known"),
    Page("GET", "second-factor", "second-factor", access.factor, ALL, door="known"),
    Page("POST", "second-factor", "second-factor", access.factor_shown, ALL, door="known"),
    Page("GET", "prove", "prove", access.again, ALL),
    Page("POST", "prove", "prove", access.proven_again, ALL),
    Page("GET", "", "home", queues.home, ALL),
    Page("GET", "help", "help", guide.helped, ALL),
    Page("GET", "tour", "tour", guide.begun, ALL),
    Page("GET", "tour/case", "tour-case", guide.case, ALL),
    Page("GET", "queues/<slug:name>", "queue", queues.listed, ALL),
    Page("GET", "areas/<slug:area>", "area", queues.area, ALL),
    Page("GET", "export/<slug:name>", "export", queues.exported, ALL),
    Page("POST", "columns", "columns", queues.columns_chosen, ALL),
    Page("POST", "filters", "filters", queues.filter_saved, ALL),
    Page("POST", "filters/<int:number>/drop", "filter-drop", queues.filter_dropped, ALL),
    Page("GET", "bulk", "bulk", bulk.chosen, ALL),
    Page("POST", "bulk/preview", "bulk-preview", bulk.previewed, ALL),
    Page("POST", "bulk/say", "bulk-say", bulk.said, ALL),
    Page("GET", "search", "search", finding.found, ALL),
    Page("GET", "matters/<slug:number>", "matter", matter.shown, ALL),
    Page("GET", "matters/<slug:number>/print", "matter-print", matter.printed, ALL),
    Page("GET", "matters/<slug:number>/report.pdf", "matter-report", matter.reported, REPORTERS),
    Page("POST", "matters/<slug:number>/say/<slug:fact>", "say", matter.said, ALL),
    Page("GET", "open", "open", opening.kinds, ALL),
    Page("GET", "open/<slug:kind>", "open-kind", opening.form, ALL),
    Page("POST", "open/<slug:kind>", "open-kind", opening.opened, ALL),
    Page("GET", "payments/<slug:number>", "payment", payment.shown, READERS),
    Page("GET", "payments/<slug:number>/print", "payment-print", payment.printed, READERS),
    Page("GET", "payments/<slug:number>/retrieval.pdf", "retrieval", payment.paper, READERS),
    Page("GET", "payments/<slug:number>/link", "payment-link", outside.link, CHECKERS),
    Page("GET", "matters/<slug:number>/contact", "contact", outside.contact, RESOLVERS),
    Page("POST", "payments/<slug:number>/check", "check", payment.checked, CHECKERS),
    Page("GET", "field/", "field", field.shell, CHECKERS),
    Page("GET", "field/worker.js", "field-worker", field.worker, CHECKERS),
    Page("GET", "field/state", "field-state", field.state, CHECKERS),
    Page("POST", "field/sync", "field-sync", field.synced, CHECKERS),
    Page("GET", "live", "live", live.shown, READERS),
    Page("GET", "live/figures", "live-figures", live.figures, READERS),
    Page("GET", "money", "money", money.shown, MONEY_READERS),
    Page("GET", "money/suspense", "suspense", money.suspense, MONEY_READERS),
    Page("GET", "money/breaks", "breaks", breaks.listed, MONEY_READERS),
    Page("GET", "money/breaks/<int:number>", "break", breaks.one, MONEY_READERS),
    Page("POST", "money/breaks/<int:number>/resolve", "break-resolve", breaks.resolved, RESOLVERS),
    Page("POST", "money/breaks/<int:number>/approve", "break-approve", breaks.approved, APPROVERS, weighty=True),
    Page("POST", "money/breaks/<int:number>/reject", "break-reject", breaks.rejected, RESOLVERS),
    Page("GET", "money/files", "clearing-files", settling.files, MONEY_READERS),
    Page("GET", "money/files/<str:digest>", "clearing-file", settling.file, MONEY_READERS),
    Page("GET", "money/bank", "statements", settling.statements, MONEY_READERS),
    Page("GET", "money/bank/<slug:statement>", "statement", settling.statement, MONEY_READERS),
    Page("GET", "money/ledger", "ledger", ledger.accounts, MONEY_READERS),
    Page("GET", "money/ledger/<slug:account>", "account", ledger.account, MONEY_READERS),
    Page("GET", "money/days", "days", ledger.days, MONEY_READERS),
    Page("POST", "money/days", "days", ledger.closed, CLOSERS, weighty=True),
    Page("GET", "money/days/<slug:day>", "day", ledger.day, MONEY_READERS),
    Page("GET", "money/days/<slug:day>/trial", "day-trial", ledger.trial, MONEY_READERS),
    Page("GET", "money/days/<slug:day>/export/<slug:form>", "day-export", ledger.exported, MONEY_READERS),
    Page("GET", "money/fees", "fees", fees.shown, MONEY_READERS),
    Page("GET", "money/fees/<str:digest>", "fees-file", fees.checked, MONEY_READERS),
    Page("GET", "money/hopping", "hopping", fees.hopping, MONEY_READERS),
    Page("GET", "people", "people", people.listed, OVERSEERS),
    Page("GET", "new-person", "person-add", people.form, MANAGERS),
    Page("POST", "new-person", "person-add", people.added, MANAGERS, weighty=True),
    Page("GET", "people/<str:actor>", "person", people.shown, OVERSEERS),
    Page("POST", "people/<str:actor>/change", "person-change", people.changed, MANAGERS, weighty=True),
    Page("POST", "people/<str:actor>/password", "person-password", people.password_given, MANAGERS, weighty=True),
    Page("GET", "registers", "registers", registers.listed, READERS),
    Page("GET", "registers/<str:name>", "register", registers.shown, READERS),
    Page("GET", "registers/<str:name>/propose", "propose", registers.form, RULERS),
    Page("POST", "registers/<str:name>/propose", "propose", registers.proposed, RULERS),
    Page("GET", "registers/<str:name>/export", "register-export", rows.exported, READERS),
    Page("GET", "registers/<str:name>/import", "register-import", rows.asked, RULERS),
    Page("POST", "registers/<str:name>/import", "register-import", rows.compared, RULERS),
    Page("POST", "registers/<str:name>/import/propose", "register-rows", rows.proposed, RULERS),
    Page("POST", "registers/<str:name>/approve", "approve", registers.approved, RULERS, weighty=True),
)
