"""Do administrators work the register of people from the desk: who comes, who goes, with which roles and history?"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from chongzheng.journal.actors import Actors
from console.world import PASSWORD, Browser, Day, working_day

NEW = "another horse 99 staple"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: people come and go in it."""
    with working_day(tmp_path_factory.mktemp("people"), more='second_factor = ["finance"]\n') as one:
        yield one


@pytest.fixture(scope="module")
def boss(day: Day) -> Browser:
    """An administrator who has just shown the password again."""
    browser = day.signed_in("administrator")
    browser.get("/prove?back=/people")
    assert browser.post("/prove", password=PASSWORD, back="/people").status_code == 302
    return browser


def send(browser: Browser, path: str, roles: list[str], **words: str) -> httpx.Response:
    """A form with its roles."""
    said = {"csrfmiddlewaretoken": browser._token, "role": roles, **words}
    return browser.http.post(path, data=said, headers={"Referer": str(browser.http.base_url)})


def test_people_are_found_by_name_role_and_standing(day: Day, boss: Browser) -> None:
    assert boss.get("/people").text.count("<tr data-row>") == 9
    assert "p-clerk" in boss.get("/people?q=CLERK").text and "p-risk" not in boss.get("/people?q=CLERK").text
    only = boss.get("/people?role=auditor").text
    assert "p-auditor" in only and only.count("<tr data-row>") == 1
    assert "刚刚" in boss.get("/people?q=administrator").text
    assert boss.get("/people?q=nobody-at-all").status_code == 200


def test_somebody_is_entered_signs_in_gets_other_roles_and_is_out(day: Day, boss: Browser) -> None:
    boss.get("/new-person")
    words = {"actor": "new.one", "name": "新来的", "password": NEW, "again": NEW}
    assert send(boss, "/new-person", ["clerk"], **words).headers["location"] == "/people/new.one"
    assert day.browser().sign_in("new.one", NEW).status_code == 302
    boss.get("/people/new.one")
    assert send(boss, "/people/new.one/change", ["risk", "auditor"], what="roles").status_code == 302
    found = Actors(day.side).get("new.one")
    assert found is not None and found.roles == {"risk", "auditor"}
    assert send(boss, "/people/new.one/change", [], active="no").status_code == 302
    assert day.browser().sign_in("new.one", NEW).status_code == 401
    page = boss.get("/people/new.one").text
    assert "已停用" in page and page.count("变更") >= 3 and "p-administrator" in page
    assert "已停用" not in boss.get("/people?active=yes&q=new.one").text
    assert NEW not in (day.folder / "console.log").read_text("utf-8")


def test_what_is_wrong_is_said_on_the_form_and_nothing_happens(day: Day, boss: Browser) -> None:
    boss.get("/new-person")
    before = len(Actors(day.side).all())
    differ = send(boss, "/new-person", ["clerk"], actor="other", name="Other", password=NEW, again="x")
    assert differ.status_code == 400 and "不一致" in differ.text and 'value="other"' in differ.text
    taken = send(boss, "/new-person", ["clerk"], actor="p-clerk", name="Other")
    none = send(boss, "/new-person", [], actor="other", name="Other")
    last = send(boss, "/people/p-administrator/change", ["clerk"], what="roles")
    weak = send(boss, "/people/p-clerk/password", [], password="short", again="short")
    for answer in (taken, none, last, weak):
        assert 400 <= answer.status_code < 500 and "alert-danger" in answer.text
    assert "最后一名管理员" in last.text and len(Actors(day.side).all()) == before
    assert boss.get("/people/nobody").status_code == 404
    assert send(boss, "/people/nobody/change", ["clerk"], what="roles").status_code == 404


def test_it_takes_a_proof_on_the_spot(day: Day) -> None:
    browser = day.signed_in("administrator")
    browser.get("/people/p-clerk")
    answer = send(browser, "/people/p-clerk/change", [], active="no")
    assert answer.headers["location"].startswith("/prove")
    assert day.signed_in("auditor").get("/people/p-clerk").text.count("<form") < browser.get(
        "/people/p-clerk"
    ).text.count("<form")
    found = Actors(day.side).get("p-clerk")
    assert found is not None and found.active
