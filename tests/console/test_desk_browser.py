"""Are many acted on by keyboard alone, and does no page of lists, people or rows shut anybody out?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chongzheng.journal.matters import number
from console.seat import NARROW, WIDE, screen
from console.world import Day, working_day

WAIT_MS = 15_000
SHEET = b"name,zh,en,n\nreopens,\xe9\x87\x8d\xe5\xbc\x80,reopens,9\nanother,\xe6\x96\xb0,new,5\n"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: it is worked here."""
    with working_day(tmp_path_factory.mktemp("many")) as one:
        yield one


@pytest.mark.parametrize("language", ["zh", "en"])
def test_many_are_acted_on_by_keyboard_alone(day: Day, chromium: Browser, language: str) -> None:
    with screen(day, chromium, language) as one:
        one.page.set_default_timeout(WAIT_MS)
        one.sign_in("clerk")
        one.go("/queues/all?kind=task")
        keys = one.page.keyboard
        bar = one.page.locator("[data-picked]")
        assert not bar.is_visible()
        keys.press("j")
        keys.press("x")
        keys.press("j")
        keys.press("x")
        keys.press("j")
        keys.press("x")
        keys.press("x")
        assert bar.is_visible() and "2" in bar.inner_text()
        ids = [box.input_value() for box in one.page.locator("[data-pick]:checked").all()]
        before = {one_id: day.keeper.get(one_id).version for one_id in ids}
        keys.press("b")
        one.arrive("**/bulk?**")
        one.page.locator("button[value=Noted]").press("Enter")
        one.arrive("**fact=Noted**")
        keys.type("写给两件 jxb")
        keys.press("Control+Enter")
        one.arrive("**/bulk/preview")
        assert not one.grave()
        assert {one_id: day.keeper.get(one_id).version for one_id in ids} == before
        keys.press("Enter")
        one.arrive("**/bulk/say")
        assert one.page.locator(".result-done").count() == 2 and not one.grave()
        noted = [day.keeper.get(one_id) for one_id in sorted(ids, key=number)]
        assert all(it.body["notes"][-1]["text"] == "写给两件 jxb" for it in noted)
        keys.press("Enter")
        one.arrive("**/queues/all?kind=task")


def test_rows_are_chosen_by_mouse_one_by_one_or_all(day: Day, chromium: Browser) -> None:
    with screen(day, chromium, "en") as one:
        one.page.set_default_timeout(WAIT_MS)
        one.sign_in("clerk")
        one.go("/queues/all")
        one.page.locator("[data-pick]").first.click()
        assert one.page.locator("tr.picked-row").count() == 1 and one.page.url.endswith("/queues/all")
        one.page.locator("[data-pick-all]").click()
        count = one.page.locator("[data-pick]").count()
        assert one.page.locator("[data-pick]:checked").count() == count > 4
        one.page.locator("[data-pick-all]").click()
        assert not one.page.locator("[data-picked]").is_visible()
        one.page.locator("#columns summary").click()
        one.page.get_by_role("button", name="Shop", exact=True).click()
        one.arrive("**choose=yes**")
        assert one.page.locator("thead th", has_text="Shop").count() == 1


@pytest.mark.parametrize(("language", "light", "size"), [("zh", "light", WIDE), ("en", "dark", NARROW)])
def test_nothing_on_these_pages_shuts_anybody_out(
    day: Day, chromium: Browser, language: str, light: str, size: dict[str, int]
) -> None:
    task = day.matters["task-0"]
    pages = [
        "/queues/all?columns=stan,truth,merchant&choose=1",
        f"/bulk?m={task}&fact=Noted",
        "/registers?q=a",
        "/registers/clocks?q=final",
        "/registers/clocks/import",
        "/people",
        "/people/p-clerk",
        "/new-person",
    ]
    with screen(day, chromium, language, light, size) as one:
        one.page.set_default_timeout(WAIT_MS)
        one.sign_in("administrator")
        for path in pages:
            one.go(path)
            assert not one.grave(), path
            assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
        one.go("/registers/case%20limits/import")
        one.page.fill("#reason", "review")
        one.page.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": SHEET})
        one.page.locator("form[enctype] button").click()
        one.page.locator(".other").wait_for()
        assert not one.grave() and one.page.locator(".add").count() == 1
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
