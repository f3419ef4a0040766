"""May each role see and send exactly what the table of pages says? Made of that table, so a new page is in it too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import chongzheng.console
from chongzheng.journal.actors import ALLOWED, May, Role
from console.clearing import DIGEST, STATEMENT
from console.world import Browser, Day
from journal.made import name_of

HERE = Path(chongzheng.console.__file__).parent
ROLES = {
    "ALL": frozenset(Role),
    "NOBODY": frozenset(),
    "READERS": ALLOWED[May.READ],
    "RULERS": ALLOWED[May.SET_RULES],
    "MANAGERS": ALLOWED[May.MANAGE_ACTORS],
    "OVERSEERS": ALLOWED[May.MANAGE_ACTORS] | {Role.AUDITOR},
    "CHECKERS": ALLOWED[May.CHECK],
    "MONEY_READERS": ALLOWED[May.READ] - {Role.TECHNICIAN},
    "RESOLVERS": ALLOWED[May.RESOLVE],
    "APPROVERS": ALLOWED[May.APPROVE],
    "CLOSERS": ALLOWED[May.CLOSE_DAYS],
    "REPORTERS": frozenset({Role.AUDITOR, Role.SUPERVISOR}),
}
PLAIN = [role for role in Role if role is not Role.FINANCE]
"""Finance needs a second factor in this day; it is walked through in test_doors."""


def pages() -> list[tuple[str, str, str, str]]:
    """(method, address, roles, how far in) of every page, as the literal table says; read, not imported, so that this
    process needs no Django that is set up."""
    tree = ast.parse((HERE / "pages.py").read_text("utf-8"))
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Page":
            method, path, _, _, who = call.args
            assert isinstance(method, ast.Constant) and isinstance(path, ast.Constant) and isinstance(who, ast.Name)
            door = {word.arg: getattr(word.value, "value", "") for word in call.keywords}.get("door", "in")
            found.append((str(method.value), str(path.value), who.id, str(door)))
    return found


def address(path: str, day: Day) -> str:
    """An address of this kind that exists in the day."""
    blanks = {
        "<slug:name>": "my",
        "<slug:area>": "confirm",
        "<int:number>": "1",
        "<slug:kind>": "task",
        "<slug:fact>": "Nothing",
        "<str:name>": "case limits",
        "<str:actor>": "p-clerk",
        "<str:digest>": DIGEST,
        "<slug:statement>": STATEMENT,
        "<slug:account>": "suspense",
        "<slug:day>": "20260922",
        "<slug:form>": "xlsx",
    }
    path = path.replace("payments/<slug:number>", f"payments/{name_of(1)}")
    path = path.replace("matters/<slug:number>/report.pdf", f"matters/{day.matters['gap']}/report.pdf")
    path = path.replace("matters/<slug:number>", f"matters/{day.matters['task-1']}")
    for blank, text in blanks.items():
        path = path.replace(blank, text)
    assert "<" not in path, f"{path}: say here what stands in its blank"
    return f"/{path}"


@pytest.fixture(scope="module")
def browsers(day: Day) -> dict[Role, Browser]:
    """Each role, signed in."""
    return {role: day.signed_in(role) for role in PLAIN}


def test_the_table_is_there() -> None:
    assert len(pages()) > 25
    assert {who for _, _, who, _ in pages()} <= set(ROLES)


@pytest.mark.parametrize(("method", "path", "who", "door"), pages())
def test_only_the_roles_of_the_table_get_a_page(
    day: Day, browsers: dict[Role, Browser], method: str, path: str, who: str, door: str
) -> None:
    if path == "sign-out":
        return  # it would end the session of everybody here; test_doors walks it
    for role, browser in browsers.items():
        where, words = address(path, day), {"actor": f"x-{role}"}
        answer = browser.get(where) if method == "GET" else browser.post(where, **words)
        if door == "open" or role in ROLES[who]:
            seen = sees_kind(role, path)
            assert answer.status_code in ((200, 302, 400, 401, 409) if seen else (404,)), (
                role,
                path,
                answer.status_code,
            )
        else:
            assert answer.status_code == 403, (role, path)


@pytest.mark.parametrize(("method", "path", "who", "door"), [one for one in pages() if one[3] != "open"])
def test_nobody_who_is_not_signed_in_gets_a_page(day: Day, method: str, path: str, who: str, door: str) -> None:
    browser = day.browser()
    browser.get("/sign-in")
    answer = browser.get(address(path, day)) if method == "GET" else browser.post(address(path, day))
    assert answer.status_code == 302 and answer.headers["location"].startswith("/sign-in")


def sees_kind(role: Role, path: str) -> bool:
    """A supplier sees tickets alone, and may open none; a reader or an auditor opens no task."""
    if path.startswith("matters/") and role is Role.SUPPLIER:
        return False
    opens = {Role.CLERK, Role.SUPERVISOR, Role.RISK, Role.TECHNICIAN, Role.FINANCE}
    return not path.startswith("open/") or role in opens
